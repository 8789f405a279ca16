"""One-hot matrices in C as lists of places: an entry at a place is one whose index is read."""

from __future__ import annotations

from matcalc.write.printers.c_code import CWriter, cheap
from matcalc.write.printers.code_levels import ATOM, Code, bracket
from matcalc.write.printers.numpy_nodes import CodeNode


def place(emitter: CWriter, node: CodeNode, index: str) -> str:
    """The place that is in a list at an index."""
    return bracket(emitter.codes[id(node)]).format(index)


def gather(emitter: CWriter, node: CodeNode) -> Code:
    """The entries, rows or columns at places."""
    array, places = node.args
    code = emitter.at_hand(emitter.codes[id(array)], array.shape)
    indices = [f"{{{axis}}}" for axis in range(array.rank)]
    indices[node.attr] = place(emitter, places, indices[node.attr])
    return emitter.move(code, indices)


def pair(emitter: CWriter, node: CodeNode) -> Code:
    """The places of entries row by row, from those of their rows and their columns."""
    row, column = (place(emitter, arg, "{0}") for arg in node.args)
    return cheap(emitter, f"({row} * {emitter.factor(node.attr)} + {column})")


def one_hot(emitter: CWriter, node: CodeNode) -> Code:
    """The matrix itself."""
    return cheap(emitter, f"({place(emitter, node.args[0], '{0}')} == {{1}} ? 1.0 : 0.0)")


def pick(emitter: CWriter, node: CodeNode) -> Code:
    """The entry of each row that is at its place."""
    values, places = node.args
    code = emitter.at_hand(emitter.codes[id(values)], values.shape)
    return emitter.move(code, ["{0}", place(emitter, places, "{0}")])


def sum_at(emitter: CWriter, node: CodeNode) -> Code:
    """Numbers or rows that are added up at their places."""
    values, places = node.args[:2]
    made = emitter.entry(emitter.target(node, node.shape), node.shape)
    emitter.fill(made[0], ("0.0", ATOM), node.shape)
    axes = emitter.axes(values.shape)
    names = [index for index, _ in axes]
    where = made[0].format(place(emitter, places, names[0]), *names[1:])
    value = emitter.codes[id(values)][0].format(*names)
    emitter.lines += emitter.loops(axes, [f"{where} += {value};"])
    return made
