"""Derivatives of functions of matrices in a contraction: a matrix that is on the axes of an
open direction is the direction, so the array of all directions is not made.
"""

from __future__ import annotations

from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode

_OPEN = "slots="


def close_directions(build: CodeBuilder, node: CodeNode) -> CodeNode:
    """The contraction with fewer open directions, or the same."""
    for place, call in enumerate(node.args if node.op == "einsum" else ()):
        if call.op == "call" and call.attr[2] and call.attr[2][0].startswith(_OPEN):
            found = _closed(build, node, place)
            if found is not None:
                return close_directions(build, found)
    return node


def _closed(build: CodeBuilder, node: CodeNode, place: int) -> CodeNode | None:
    inputs, output = node.attr
    call, own = node.args[place], inputs[place]
    for at in range(2, len(own), 2):
        pair = own[at : at + 2]
        touching = [
            k for k, labels in enumerate(inputs) if k != place and not {*pair}.isdisjoint(labels)
        ]
        if len(touching) != 1 or not {*pair}.isdisjoint(output) or len({*pair}) < 2:
            continue
        (other,) = touching
        if sorted(inputs[other]) != sorted(pair) or len({*own}) < len(own):
            continue
        matrix = node.args[other]
        matrix = matrix if inputs[other] == pair else build.transpose(matrix)
        slots = int(call.attr[2][0].removeprefix(_OPEN)) - 1
        after = (f"{_OPEN}{slots}",) if slots else ()
        shape = call.shape[:at] + call.shape[at + 2 :]
        fewer = build.call(call.attr[0], *call.args, matrix, shape=shape, after=after)
        args, labels = list(node.args), list(inputs)
        args[place], labels[place] = fewer, own[:at] + own[at + 2 :]
        del args[other], labels[other]
        return build.node("einsum", (tuple(labels), output), tuple(args), node.shape)
    return None
