"""Calls of the functions that come with C code. What they take is read off their heads: ``solve:
inv(A)*B for A[n,n], B[n,k], with work[n*n]`` has two arrays, sizes that these tell, and memory to
work in.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from matcalc.core.dims import ONE
from matcalc.core.errors import UnsupportedError
from matcalc.write.printers.c_code import CWriter
from matcalc.write.printers.code_levels import ATOM, Code
from matcalc.write.printers.numpy_nodes import CodeNode

_FILE = Path(__file__).resolve().parent / "helpers" / "functions.c"


class Signature(NamedTuple):
    """The head of a function."""

    name: str
    returns: bool  # a number; else the last parameter is where the result goes
    parameters: list[tuple[str, str]]  # type and name
    shapes: Mapping[str, list[str]]  # the sizes of arrays; of the memory an expression in them


@cache
def signatures() -> dict[str, Signature]:
    """Those of all functions."""
    found = {}
    for piece in _FILE.read_text(encoding="utf-8").split("\n\n"):
        head = re.search(r"static (double|void) (\w+)\(([^)]*)\)", piece)
        if head is None:  # it is called by others alone
            continue
        said = " ".join(re.findall(r"(?m)^// (.*)$", piece))
        shapes = {name: sizes.split(",") for name, sizes in re.findall(r"(\w+)\[([^]]*)\]", said)}
        texts = " ".join(head[3].split()).split(", ")
        parameters = [re.fullmatch(r"(.*?)(\w+)", text).groups() for text in texts]  # type: ignore[union-attr]
        typed = [(kind.strip(), name) for kind, name in parameters]
        found[head[2]] = Signature(head[2], head[1] == "double", typed, shapes)
    return found


def whole_call(emitter: CWriter, name: str, node: CodeNode, more: Sequence[str]) -> Code:
    """The code of a function of whole arrays that comes with the code."""
    emitter.helper(name)
    call = CCall(emitter, signatures()[name], node, list(more))
    text = f"{name}({', '.join(call.given)})"
    if call.signature.returns:
        return text, ATOM
    emitter.lines.append(f"{text};")
    return emitter.entry(call.result, node.shape)


class CCall:
    """The arguments of a call: ``given`` are their texts, ``result`` is where the value goes."""

    def __init__(
        self, emitter: CWriter, signature: Signature, node: CodeNode, more: list[str]
    ) -> None:
        self.emitter = emitter
        self.signature = signature
        self.node = node
        self.left = list(node.args)
        self.more = more
        self.sizes: dict[str, str] = {}
        self.result = ""
        arrays = [name for kind, name in signature.parameters if kind == "const double *"]
        told = {size for name in arrays for size in signature.shapes[name]}
        parts = {}
        for kind, name in signature.parameters:
            if kind == "const double *":
                parts[name] = self._array(name)
            elif kind == "double":
                parts[name] = self._number()
            elif kind == "ptrdiff_t" and name not in told:
                parts[name] = self._whole()
        if self.left or self.more:
            raise self._refusal()
        self.given = [parts.get(name) or self._rest(name) for _, name in signature.parameters]

    def _refusal(self) -> UnsupportedError:
        function = self.node.attr[0].rpartition(".")[2]
        return self.emitter.missing_error(f"{function} of these arguments")

    def _next(self) -> CodeNode:
        if not self.left:
            raise self._refusal()
        return self.left.pop(0)

    def _array(self, name: str) -> str:
        """An array, whose sizes are those that the head names; a vector is a matrix of one column,
        and a matrix may be taken as the vector of its entries where the result is a number.
        """
        node, names = self._next(), self.signature.shapes[name]
        dims = [self.emitter.factor(dim) for dim in node.shape]
        if len(dims) > len(names):
            if len(names) > 1 or not self.signature.returns:
                raise self._refusal()
            dims = [" * ".join(dims)]
        dims += ["1"] * (len(names) - len(dims))
        for size, text in zip(names, dims, strict=True):
            self.sizes.setdefault(size, text)
        return self.emitter.pointer(node)

    def _number(self) -> str:
        node = self._next()
        if node.rank:
            raise self._refusal()
        return self.emitter.codes[id(node)][0]

    def _whole(self) -> str:
        """An integer, such as an axis; 1 where none is given."""
        if not self.left:
            return self.more.pop(0) if self.more else "1"
        node = self._next()
        if node.op == "size":
            return self.emitter.size(node.attr)
        if node.op != "number" or node.attr.denominator != 1:
            raise self._refusal()
        return str(node.attr)

    def _rest(self, name: str) -> str:
        """A size, the memory to work in, or where the result goes."""
        if name in self.sizes:
            return self.sizes[name]
        if name == "result":
            self.result = self.emitter.target(self.node, self.node.shape or (ONE,))
            return self.result
        (amount,) = self.signature.shapes[name]
        terms = [
            "*".join(self.sizes.get(word, word) for word in term.split("*"))
            for term in amount.split(" + ")
        ]
        return self.emitter.room(" + ".join(terms).replace("*", " * ").replace("  *  ", " * "))
