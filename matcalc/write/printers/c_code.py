"""Statements of C. An array in memory has its entries row by row, the last axis fastest.

The code of an array is that of one entry, with a place for the index of each axis: ``A[{0} * n +
{1}]``. So another order of axes, a part, a diagonal or broadcasting is other indices, and an
expression entry by entry is one loop. What is summed or computed by a function of whole arrays is
in memory, and so is what would be computed again and again.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from itertools import chain, count
from typing import NamedTuple

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import ONE, ZERO, Dim, Shape
from matcalc.core.functions.languages import ENTRY_CALLS, LANGUAGE_CALLS
from matcalc.core.operations import COMPARISONS
from matcalc.core.user_functions import UserFunction
from matcalc.write.printers.code_levels import (
    ATOM,
    COMPARISON,
    LEVELS,
    SUM,
    TERM,
    UNARY,
    Code,
    bracket,
)
from matcalc.write.printers.language_code import LanguageWriter, TargetLanguage, is_condition
from matcalc.write.printers.numpy_nodes import CodeNode

INDENT = "    "
C = TargetLanguage("c", "C", "//", INDENT, "/", "functions.c", r"\A// (\w+): ")
_WIDTH = 240  # characters of an entry that is computed where it is needed
_MOST_SQUARED = 16  # the highest power that is computed by products
_SIMPLE = re.compile(r"-?[\w.]+\Z")


class Factor(NamedTuple):
    """A factor of a contraction: the code of an entry, and the labels of its axes."""

    code: Code
    labels: tuple[int, ...]


class CWriter(LanguageWriter):
    """Writes the statements; ``c_rules.py`` says which for each operation."""

    language = C

    def __init__(
        self,
        root: CodeNode,
        names: Mapping[str, str],
        functions: Mapping[UserFunction | FunctionRef | str, str],
        sizes: Mapping[str, str],
        taken: Callable[[str], bool],
        side: int | None = None,
    ) -> None:
        super().__init__(root, names, functions, sizes, taken, side)
        letters = chain("ijklpqrsuvw", (f"i{number}" for number in count(1)))
        self.index_names = (name for name in letters if not taken(name))
        self.indices: list[str] = []
        self.memory: list[tuple[str, str]] = []  # the arrays that are needed, with their sizes
        self.pointers: dict[str, str] = {}  # of the entries that are in memory row by row
        self.targets: dict[int, str] = {}  # where results go

    # entries and loops

    def entry(self, name: str, shape: Shape) -> Code:
        """The code of an array in memory."""
        code = self._in_memory(name, shape)
        self.named.add(code)
        self.pointers[code] = name
        return code, ATOM

    def _in_memory(self, name: str, shape: Shape) -> str:
        """An entry of an array that stands row by row."""
        text = ""
        for axis, dim in enumerate(shape):
            if dim != ONE:
                inner = f"({text})" if " + " in text else text
                text = f"{inner} * {self.factor(dim)} + {{{axis}}}" if text else f"{{{axis}}}"
        return f"{name}[{text or '0'}]"

    def amount(self, shape: Shape) -> str:
        """How many entries an array has."""
        return " * ".join(self.factor(dim) for dim in shape if dim != ONE) or "1"

    def room(self, size: str) -> str:
        """The name of an array of our own."""
        name = next(self.fresh)
        self.memory.append((name, size))
        return name

    def target(self, node: CodeNode | None, shape: Shape) -> str:
        """The name of the array that a value is written to."""
        found = self.targets.pop(id(node), None) if node is not None else None
        return found or self.room(self.amount(shape))

    def axes(self, shape: Shape) -> list[tuple[str, str]]:
        """An index for each axis, and its size; 0 for an axis of length 1."""
        while len(self.indices) < len(shape):
            self.indices.append(next(self.index_names))
        return [
            ("0" if dim == ONE else index, self.size(dim))
            for index, dim in zip(self.indices, shape, strict=False)
        ]

    @staticmethod
    def loops(axes: Sequence[tuple[str, str]], body: list[str]) -> list[str]:
        """Statements for all values of the indices."""
        for index, size in reversed(axes):
            if index != "0":
                head = f"for (ptrdiff_t {index} = 0; {index} < {size}; ++{index}) {{"
                body = [head, *(INDENT + line for line in body), "}"]
        return body

    def fill(self, text: str, code: Code, shape: Shape) -> None:
        """Statements that write every entry."""
        axes = self.axes(shape)
        names = [index for index, _ in axes]
        line = f"{text.format(*names)} = {code[0].format(*names)};"
        self.lines += self.loops(axes, [line])

    def store(self, code: Code, shape: Shape, node: CodeNode | None = None) -> Code:
        """The same in memory."""
        if not shape:
            return self._name(code)
        made = self.entry(self.target(node, shape), shape)
        self.fill(made[0], code, shape)
        return made

    def at_hand(self, code: Code, shape: Shape) -> Code:
        """What costs next to nothing to read: in memory, unless it is a number or there already."""
        cheap = code[0] in self.named or _SIMPLE.match(code[0])
        return code if cheap else self.store(code, shape)

    def pointer(self, node: CodeNode) -> str:
        """The address of an operand whose entries stand row by row."""
        code = self.codes[id(node)]
        if not node.rank:
            return f"&{self._name(code)[0]}"
        found = self.pointers.get(code[0])
        if found and self._in_memory(found, node.shape) == code[0]:  # and no block of a wider one
            return found
        return self.pointers[self.store(code, node.shape)[0]]

    def move(self, code: Code, places: Sequence[str]) -> Code:
        """The entries at other places; as cheap as what they are of."""
        text = code[0].format(*places)
        if code[0] in self.named:
            self.named.add(text)
        return text, code[1]

    def over(self, arg: CodeNode, node: CodeNode) -> Code:
        """An operand with as many axes as the node, after axes of length 1."""
        code = self.codes[id(arg)]
        if arg.shape == node.shape or arg.op == "number":
            return code
        code = self.at_hand(code, arg.shape)
        shift = node.rank - arg.rank
        return self.move(
            code,
            ["0" if dim == ONE else f"{{{axis + shift}}}" for axis, dim in enumerate(arg.shape)],
        )

    # what the pass over the nodes calls

    def _name(self, code: Code, node: CodeNode | None = None) -> Code:
        if node is not None and node.rank:
            return self.store(code, node.shape, node)
        name = next(self.fresh)
        self.named.add(name)
        self.lines.append(f"const double {name} = {code[0]};")
        return name, ATOM

    def note(self, code: Code) -> Code:
        """A name for a number."""
        return self._name(code)

    def _write_node(self, node: CodeNode) -> Code:
        code = self._code(node)
        return self._name(code, node) if len(code[0]) > _WIDTH and node.args else code

    def choice(self, node: CodeNode) -> Code:
        """One of two ways, by the sizes."""
        name = self.target(node, node.shape)
        made = self.entry(name, node.shape)
        for arg in node.args:
            self.targets[id(arg)] = name
        sides = self._sides(node)
        for arg in node.args:
            self.targets.pop(id(arg), None)
        heads = (f"if ({self._no_more(node.attr)}) {{", "} else {")
        for head, (lines, text) in zip(heads, sides, strict=True):
            outside, self.lines = self.lines, lines
            if text != made[0]:
                self.fill(made[0], (text, ATOM), node.shape)
            lines, self.lines = self.lines, outside
            self.lines += [head, *(INDENT + line for line in lines)]
        self.lines.append("}")
        return made

    # entry by entry

    def infix(self, node: CodeNode) -> Code:
        """An operator between entries, or a product of matrices."""
        left, right = node.args
        if node.attr == "@":
            return self.matrix_product(left, right, node)
        codes = [self.over(arg, node) for arg in node.args]
        return self.operator(node.attr, codes, right)

    def operator(self, sign: str, codes: Sequence[Code], right: CodeNode) -> Code:
        """An operator between two numbers."""
        if sign == "**":
            return self.power(codes[0], codes[1], right)
        level = LEVELS[sign]
        first = level + 1 if sign in COMPARISONS else level
        return f"{bracket(codes[0], first)} {sign} {bracket(codes[1], level + 1)}", level

    def power(self, base: Code, exponent: Code, right: CodeNode) -> Code:
        """A power: a product where the exponent is a small integer."""
        value = right.attr if right.op == "number" else None
        if value is not None and value.denominator == 1 and abs(value) <= _MOST_SQUARED:
            if value == 2 and (base[0] in self.named or _SIMPLE.match(base[0])):
                return f"{bracket(base)} * {bracket(base)}", TERM
            return f"{self.helper('whole_power')}({base[0]}, {value})", ATOM
        return f"pow({base[0]}, {exponent[0]})", ATOM

    def map_entries(self, node: CodeNode, cell: str) -> Code:
        """A function entry by entry."""
        codes = [self.over(arg, node) for arg in node.args]
        if cell == "/":
            return self.operator("/", codes, node.args[1])
        name = self.callee(cell, node)
        return f"{name}({', '.join(text for text, _ in codes)})", ATOM

    def condition(self, node: CodeNode, whole: CodeNode) -> str:
        """The test of a choice between entries."""
        code = self.over(node, whole)
        if is_condition(node):
            return bracket(code, COMPARISON)
        return f"{bracket(code, SUM)} != 0.0"

    # sums

    def matrix_product(self, left: CodeNode, right: CodeNode, node: CodeNode) -> Code:
        """A product of matrices and vectors, and of stacks of them."""
        k, row, column = 100, 50, 51
        batch = list(range(max(left.rank, right.rank, 2) - 2))

        def labels(arg: CodeNode, own: list[int]) -> tuple[int, ...]:
            return (*batch[len(batch) - arg.rank + 2 :], *own) if arg.rank > 1 else (k,)

        first, second = labels(left, [row, k]), labels(right, [k, column])
        output = [*batch, *[row] * (left.rank > 1), *[column] * (right.rank > 1)]
        return self.contraction(node.args, (first, second), output, node)

    def contraction(
        self,
        args: Sequence[CodeNode],
        inputs: Sequence[Sequence[int]],
        output: Sequence[int],
        node: CodeNode,
    ) -> Code:
        """The product of all operands on all indices, summed: two at a time, those first that leave
        fewest axes.
        """
        sizes: dict[int, Dim] = {}
        factors = []
        for arg, given in zip(args, inputs, strict=True):
            code = self.codes[id(arg)]
            sizes |= {
                label: dim
                for label, dim in zip(given, arg.shape, strict=True)
                if sizes.get(label, ONE) == ONE
            }
            factors.append(Factor(code if arg.rank else self.at_hand(code, ()), tuple(given)))
        while len(factors) > 2:
            pairs = [(a, b) for b in range(len(factors)) for a in range(b)]
            kept = {pair: self._kept_labels(factors, pair, output) for pair in pairs}
            a, b = min(pairs, key=lambda pair: (len(kept[pair]), pair[1], pair[0]))
            made = self._sum([factors[a], factors[b]], kept[a, b], sizes, None)
            factors = [each for place, each in enumerate(factors) if place not in (a, b)]
            factors.append(Factor(made, kept[a, b]))
        return self._sum(factors, tuple(output), sizes, node)

    @staticmethod
    def _kept_labels(
        factors: Sequence[Factor], pair: tuple[int, int], output: Sequence[int]
    ) -> tuple[int, ...]:
        """The labels of a product of two factors that others or the result have as well."""
        own = dict.fromkeys(label for place in pair for label in factors[place].labels)
        others = {
            label
            for place, each in enumerate(factors)
            if place not in pair
            for label in each.labels
        }
        return tuple([label for label in own if label in others or label in output])

    def _sum(
        self,
        factors: Sequence[Factor],
        output: tuple[int, ...],
        sizes: Mapping[int, Dim],
        node: CodeNode | None,
    ) -> Code:
        labels = list(dict.fromkeys([*output, *(x for each in factors for x in each.labels)]))
        codes = [self._place(each, labels, sizes) for each in factors]
        codes = [code for code in codes if code[0] != "1.0"] or codes[:1]
        text = " * ".join(bracket(code, UNARY if place else TERM)
                          for place, code in enumerate(codes))  # fmt: skip
        level = codes[0][1] if len(codes) == 1 else TERM
        gone = labels[len(output) :]
        if not gone:
            return text, level
        shape = tuple([sizes[label] for label in output])
        axes = self.axes(tuple([sizes[label] for label in labels]))
        names = [index for index, _ in axes]
        body = text.format(*names)
        if not output:
            total = next(self.fresh)
            self.named.add(total)
            self.lines.append(f"double {total} = 0.0;")
            self.lines += self.loops(axes, [f"{total} += {body};"])
            return total, ATOM
        made = self.entry(self.target(node, shape), shape)
        own, summed = axes[: len(output)], axes[len(output) :]
        place = made[0].format(*names)
        if any(_last(code[0]) == str(len(output) - 1) for code in codes):  # along rows of memory
            before, last = own[:-1], own[-1:]
            lines = self.loops(last, [f"{place} = 0.0;"])
            lines += self.loops([*summed, *last], [f"{place} += {body};"])
            self.lines += self.loops(before, lines)
            return made
        total = next(self.fresh)
        lines = [f"double {total} = 0.0;", *self.loops(summed, [f"{total} += {body};"])]
        self.lines += self.loops(own, [*lines, f"{place} = {total};"])
        return made

    def _place(self, factor: Factor, labels: list[int], sizes: Mapping[int, Dim]) -> Code:
        """The entry of a factor with its labels at their places among all."""
        code = factor.code
        if set(labels) != set(factor.labels):  # read several times
            code = self.at_hand(code, tuple([sizes[label] for label in factor.labels]))
        return self.move(code, [f"{{{labels.index(label)}}}" for label in factor.labels])


def _last(text: str) -> str | None:
    """The axis along which an entry in memory has its neighbours."""
    found = re.search(r"(?:\[| \+ )\{(\d+)\}\]", text)
    return found[1] if found else None


def cheap(emitter: CWriter, text: str) -> Code:
    """The code of what may be computed as often as it is needed."""
    emitter.named.add(text)
    return text, ATOM


def cell_of(function: str) -> str:
    """What C calls a function of NumPy code."""
    return LANGUAGE_CALLS.get(function, {}).get("c", "-")


def is_entrywise(function: str) -> bool:
    """Whether a function acts on every entry."""
    return function in ENTRY_CALLS


def offset(place: str, start: Dim, size: str) -> str:
    """An index that begins elsewhere."""
    return place if start == ZERO else f"({place} + {size})"
