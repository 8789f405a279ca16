"""Source for languages other than Python, from the same array program as for NumPy.

What is common to MATLAB, C++, C and Julia is here: the arguments and their checks, the order of
the statements, and every operation in terms of a few that a language has to write: an array with
its axes in another order, an operation entry by entry, a product of matrices, a sum over axes.
"""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from matcalc.core.dims import Dim
from matcalc.core.errors import UnsupportedError
from matcalc.core.functions.languages import ENTRY_CALLS, LANGUAGE_CALLS
from matcalc.write.printers.code_levels import ATOM, TERM, UNARY, Code, bracket
from matcalc.write.printers.numpy_emit import Emitter
from matcalc.write.printers.numpy_emit import number as number_code
from matcalc.write.printers.numpy_nodes import OUTER, CodeNode

_Order = Sequence[int | None]  # axes of the operand, and None for an axis of length 1
_HERE = Path(__file__).resolve().parent
_REDUCTIONS = frozenset(
    (
        *("np.sum", "np.mean", "np.prod", "np.max", "np.min", "np.var", "np.std"),
        *("np.linalg.norm", "np.logaddexp.reduce"),
    )
)


class TargetLanguage(NamedTuple):
    """What is said about a language outside its code."""

    backend: str
    title: str
    comment: str
    indent: str
    quotient: str  # of two sizes
    helpers: str  # the file of the functions that come with the code
    head: str  # how a function in it begins, as a regular expression


class Helper(NamedTuple):
    """A function that comes with the code."""

    text: str
    needs: tuple[str, ...]


@cache
def helpers(language: TargetLanguage) -> dict[str, Helper]:
    """The functions of a language's file, in order."""
    text = (_HERE / "helpers" / language.helpers).read_text(encoding="utf-8")
    pieces = [piece.strip("\n") for piece in text.split("\n\n") if re.search(language.head, piece)]
    found: dict[str, str] = {}
    for piece in pieces:  # several methods of one function are one piece
        name = _head_name(language, piece)
        found[name] = f"{found[name]}\n\n{piece}" if name in found else piece
    comment = re.compile(rf"(?m)^\s*{language.comment}.*$")
    said = {name: comment.sub("", piece) for name, piece in found.items()}
    return {
        name: Helper(
            piece,
            tuple(
                other
                for other in found
                if other != name and re.search(rf"(?<![\w:.]){other}\b", said[name])
            ),
        )
        for name, piece in found.items()
    }


def _head_name(language: TargetLanguage, piece: str) -> str:
    match = re.search(language.head, piece)
    assert match is not None
    return match[1]


def with_needs(language: TargetLanguage, names: Sequence[str]) -> list[str]:
    """The text of these functions and of those that they call, called ones first."""
    table = helpers(language)
    wanted: set[str] = set()
    stack = list(names)
    while stack:
        name = stack.pop()
        if name not in wanted:
            wanted.add(name)
            stack += table[name].needs
    return [helper.text for name, helper in table.items() if name in wanted]


def infix_code(left: Code, sign: str, right: Code, level: int) -> Code:
    """Two operands of one level; a product before another sign of its level has brackets."""
    mixed = level == TERM and f" {sign} " not in left[0]
    before = bracket(left, UNARY if mixed and left[1] == TERM else level)
    return f"{before} {sign} {bracket(right, level + 1)}", level


def form_code(cell: str, operands: Sequence[Code]) -> Code:
    """A form of the table of a language, in brackets unless it is a call."""
    text = cell.format(*map(bracket, operands))
    return (text, ATOM) if re.fullmatch(r"\w+\(.*\)", cell) else (f"({text})", ATOM)


class LanguageWriter(Emitter):
    """What the code of every language has: functions that come with it, and sizes."""

    language: TargetLanguage
    helpers: dict[str, None]

    def missing_error(self, what: str) -> UnsupportedError:
        """What to raise for what the language cannot express."""
        return UnsupportedError(
            f"{self.language.title} has no {what}, and matcalc has none for it",
            hint='source("numpy"), or --format numpy, computes it',
        )

    def helper(self, name: str) -> str:
        """The name of a function that comes with the code."""
        self.helpers[name] = None
        return name

    def callee(self, cell: str, node: CodeNode) -> str:
        """The function that a cell of the table names: the language's own, or one that comes with
        the code (``=``).
        """
        return self.helper(cell[1:] or node.attr[0].rpartition(".")[2]) if cell[0] == "=" else cell

    def text(self, node: CodeNode) -> str:
        """The code of an operand."""
        return self.codes[id(node)][0]

    def size(self, dim: Dim) -> str:
        """A size."""
        return self._size(dim)[0]

    def _size(self, dim: Dim) -> Code:
        text, level = super()._size(dim)
        return text.replace(" // ", f" {self.language.quotient} "), level

    def _is_fresh(self, node: CodeNode) -> bool:
        return False  # nothing is changed in place


_CONSTANTS = ("np.pi", "np.e", "np.inf")


class LanguageEmitter(LanguageWriter):
    """Writes the statements in a language that has arrays."""

    branch = ("if {}", "else", "end")  # what stands around the statements of two branches
    stop = ";"  # ends a statement
    constants: tuple[str, str, str]  # pi, e and infinity

    def _code(self, node: CodeNode) -> Code:
        rule = _RULES.get(node.op)
        if rule is not None:
            return rule(self, node)
        if node.op == "choice" and self.side is None:
            return self._choice(node)
        return super()._code(node)

    def _choice(self, node: CodeNode) -> Code:
        sides = self._sides(node)
        name = next(self.fresh)
        self.named.add(name)
        self._branches(self._no_more(node.attr), name, sides, node)
        return name, ATOM

    def operands(self, node: CodeNode) -> list[Code]:
        """The operands with as many axes as the node; those without axes stay."""
        return [
            self.align(self.codes[id(arg)], arg.rank, node.rank)
            if arg.rank
            else self.codes[id(arg)]
            for arg in node.args
        ]

    def align(self, code: Code, rank: int, wanted: int) -> Code:
        """An array that has axes of length 1 in front of its own."""
        if rank == wanted:
            return code
        order = [*[None] * (wanted - rank), *range(rank)]
        return self._rearrange(code, rank, order)

    def _infix(self, node: CodeNode) -> Code:
        left, right = node.args
        if node.attr == "@":
            return self._matrix_product(left, right, node)
        operands = self.operands(node)
        return self._entrywise(node.attr, operands, [arg.rank for arg in node.args])

    def _matrix_product(self, left: CodeNode, right: CodeNode, node: CodeNode) -> Code:
        if max(left.rank, right.rank) <= 2:
            return self._product(self.codes[id(left)], left.rank, self.codes[id(right)], right.rank)
        k, batch = 100, list(range(max(left.rank, right.rank) - 2))
        first = [*batch[len(batch) - left.rank + 2 :], 50, k] if left.rank > 1 else [k]
        second = [*batch[len(batch) - right.rank + 2 :], k, 51] if right.rank > 1 else [k]
        output = [*batch, *([50] if left.rank > 1 else []), *([51] if right.rank > 1 else [])]
        return self.contraction(node.args, (first, second), output)

    def contraction(
        self, args: Sequence[CodeNode], inputs: Sequence[Sequence[int]], output: Sequence[int]
    ) -> Code:
        """The product of all operands on all indices, summed."""
        labels = [*output, *dict.fromkeys(x for each in inputs for x in each if x not in output)]
        factors: list[Code] = []
        for arg, given in zip(args, inputs, strict=True):
            code, own = self.codes[id(arg)], list(given)
            if arg.rank == 2 and own[0] == own[1]:
                code, own = self._diagonal(code), own[:1]
            if len(set(own)) < len(own):
                raise self.missing_error("diagonal of an array with more than two axes")
            order = [own.index(label) if label in own else None for label in labels]
            factors.append(self._rearrange(code, len(own), order) if own else code)
        ranks = [len(labels) if arg.rank else 0 for arg in args]
        total, rank = factors[0], ranks[0]
        for factor, other in zip(factors[1:], ranks[1:], strict=True):
            total = self._entrywise("*", [total, factor], [rank, other])
            rank = max(rank, other)
        gone = list(range(len(output), len(labels)))
        if not gone:
            return total
        return self._reduce("np.sum", total, len(labels), gone if output else None)

    def _outer(self, left: Code, first: int, right: Code, second: int) -> Code:
        """All products of an entry of the one and an entry of the other."""
        wide = self._rearrange(left, first, [*range(first), *[None] * second])
        return self._entrywise("*", [wide, self.align(right, second, first + second)], [1, 1])

    def _write_size(self, dim: Dim) -> Code:
        """A size as a number."""
        return self._size(dim)

    # what a language writes

    def _branches(
        self, condition: str, name: str, sides: Sequence[tuple[list[str], str]], node: CodeNode
    ) -> None:
        """Statements that give a name the one value or the other."""
        *heads, end = self.branch
        for head, (lines, code) in zip(heads, sides, strict=True):
            self.lines.append(head.format(condition))
            statements = [*lines, f"{name} = {code}{self.stop}"]
            self.lines += [f"{self.language.indent}{line}" for line in statements]
        self.lines.append(end)

    @abstractmethod
    def _entrywise(self, operator: str, operands: list[Code], ranks: list[int]) -> Code:
        """An operator between arrays with the same number of axes, or numbers."""

    @abstractmethod
    def _product(self, left: Code, first: int, right: Code, second: int) -> Code:
        """A product of matrices and vectors."""

    @abstractmethod
    def _rearrange(self, code: Code, rank: int, order: _Order) -> Code:
        """An array with its axes in another order, and axes of length 1."""

    @abstractmethod
    def _diagonal(self, code: Code) -> Code:
        """The diagonal of a square matrix."""

    @abstractmethod
    def _reduce(self, function: str, code: Code, rank: int, axes: Sequence[int] | None) -> Code:
        """A reduction over some axes, or over all."""

    @abstractmethod
    def _map(self, cell: str, node: CodeNode) -> Code:
        """A function entry by entry."""

    @abstractmethod
    def _call(self, cell: str, node: CodeNode, more: Sequence[str]) -> Code:
        """A function of whole arrays; ``more`` are arguments that are texts."""

    @abstractmethod
    def _take(self, node: CodeNode, axis: int) -> Code:
        """The entries of the first operand at the places that are the second, along an axis."""

    @abstractmethod
    def _open(self, node: CodeNode, slots: int) -> Code:
        """A derivative along directions, the last of which are all basis matrices."""

    @abstractmethod
    def _choose(self, condition: Code, branches: list[Code], node: CodeNode) -> Code:
        """``where``, the condition being one."""

    @abstractmethod
    def _indicator(self, node: CodeNode) -> Code:
        """The condition that is the first operand, as numbers."""

    @abstractmethod
    def _fill(self, function: str, node: CodeNode) -> Code:
        """An array of ones, zeros, a number, or the identity."""

    @abstractmethod
    def _eye(self, size: str) -> Code:
        """An identity."""

    @abstractmethod
    def _reshape(self, node: CodeNode, rows: bool) -> Code:
        """Another shape, the entries taken row by row or column by column."""

    @abstractmethod
    def _slice(self, node: CodeNode) -> Code:
        """A part of an array."""

    @abstractmethod
    def _stack(self, node: CodeNode) -> Code:
        """Blocks."""

    @abstractmethod
    def _unit(self, node: CodeNode) -> Code:
        """A unit vector."""

    @abstractmethod
    def _count(self, node: CodeNode) -> Code:
        """The numbers from the first operand to that before the second."""

    @abstractmethod
    def _gather(self, node: CodeNode) -> Code:
        """The entries, rows or columns of the first operand at the places that are the second."""

    @abstractmethod
    def _pair(self, node: CodeNode) -> Code:
        """The places of entries row by row, from those of their rows and their columns."""

    @abstractmethod
    def _chain(self, node: CodeNode) -> Code:
        """The product of several matrices, in the order that is cheapest."""

    @abstractmethod
    def _determinant(self, node: CodeNode, sign: bool) -> Code:
        """The sign of a determinant, or the logarithm of its absolute value."""

    def _constant(self, text: str) -> Code:
        """A number that has a name in NumPy."""
        value = self.constants[_CONSTANTS.index(text.removeprefix("-"))]
        return (f"-{value}", UNARY) if text.startswith("-") else (value, ATOM)

    def _literal(self, value: Fraction) -> Code:
        """A number."""
        text, level = number_code(value)
        return self._constant(text) if "np." in text else (text, level)


def _call(emitter: LanguageEmitter, node: CodeNode) -> Code:
    function, _, after = node.attr
    arg = node.args[0] if node.args else None
    cell = LANGUAGE_CALLS.get(function, {}).get(emitter.language.backend, "-")
    if function == OUTER:
        left, right = node.args
        codes = [emitter.codes[id(arg)] for arg in node.args]
        return emitter._outer(codes[0], left.rank, codes[1], right.rank)
    if function in ("np.transpose", "np.swapaxes"):
        assert arg is not None
        order = whole_numbers(after[0]) if function == "np.transpose" else list(range(arg.rank))
        if function == "np.swapaxes":
            order[-2:] = order[:-3:-1]
        return emitter._rearrange(emitter.codes[id(arg)], arg.rank, order)
    if function == "np.linalg.slogdet":
        assert arg is not None
        return emitter.codes[id(arg)]  # what is taken of it says which part
    if cell == "-":
        raise emitter.missing_error(function.rpartition(".")[2])
    if function == "np.where":
        return _where(emitter, node, after)
    if function in ("np.divide", "np.float_power"):
        operator = "/" if function == "np.divide" else "**"
        return emitter._entrywise(
            operator, emitter.operands(node), [each.rank for each in node.args]
        )
    if function == "np.arange":
        return emitter._count(node)
    if function in _REDUCTIONS:
        assert arg is not None
        axes = _axes(after, arg.rank)
        return emitter._reduce(function, emitter.codes[id(arg)], arg.rank, axes)
    if function == "np.diagonal":
        assert arg is not None
        return emitter._diagonal(emitter.codes[id(arg)])
    if function in ENTRY_CALLS:
        return emitter._map(cell, node)
    if function == "np.cumsum":
        axis = 0 if not after else whole_numbers(after[0])[0]
        return emitter._call(cell, node, [str(axis + 1)])
    if function == "np.take":
        return emitter._take(node, whole_numbers(after[0])[0])
    if any("=" in text for text in after):
        return emitter._open(node, whole_numbers(after[0])[0])
    return emitter._call(cell, node, after)


def whole_numbers(text: str) -> list[int]:
    """The integers in a text."""
    return [int(found) for found in re.findall(r"-?\d+", text)]


def _axes(after: Sequence[str], rank: int) -> list[int] | None:
    """The axes that go away, or None for all."""
    if not after:
        return None
    axes = sorted(axis % rank for axis in whole_numbers(after[0]))
    return None if len(axes) == rank else axes


def _where(emitter: LanguageEmitter, node: CodeNode, after: Sequence[str]) -> Code:
    if tuple(after) == ("1.0", "0.0"):
        return emitter._indicator(node)
    condition, *branches = emitter.operands(node)
    holds = node.args[0]
    if not is_condition(holds):
        zero = emitter._literal(Fraction(0))
        condition = emitter._entrywise("!=", [condition, zero], [holds.rank, 0])
    values = [Fraction(text) if "np." not in text else None for text in after]
    branches += [
        emitter._constant(text) if value is None else emitter._literal(value)
        for text, value in zip(after, values, strict=True)
    ]
    return emitter._choose(condition, branches, node)


def is_condition(node: CodeNode) -> bool:
    """Whether the value is true or false."""
    return node.op == "infix" and node.attr in ("<", "<=", ">", ">=", "==", "!=")


def _suffix(emitter: LanguageEmitter, node: CodeNode) -> Code:
    inner, text = node.args[0], node.attr
    code = emitter.codes[id(inner)]
    if inner.calls("np.linalg.slogdet"):
        return emitter._determinant(inner, sign=text == "[0]")
    if text == ".T":
        return emitter._rearrange(code, 2, (1, 0))
    if text.startswith(".transpose("):
        return emitter._rearrange(code, inner.rank, whole_numbers(text))
    if text.startswith(".ravel("):
        return emitter._reshape(node, rows=False)
    if text == ".astype(int)":
        return code
    places = text.strip("[]").split(", ")
    axes = iter(range(inner.rank))
    order = [None if place == "None" else next(axes) for place in places]
    if any(place not in ("None", ":") for place in places):
        raise emitter.missing_error(f"entries {text}")
    return emitter._rearrange(code, inner.rank, [*order, *axes])


def _scatter(emitter: LanguageEmitter, node: CodeNode) -> Code:
    """The values on a diagonal, by multiplying with identities; and what they are added to."""
    value, *base = node.args
    pattern: tuple[int, ...] = node.attr
    rank = len(pattern)
    first = {label: pattern.index(label) for label in pattern}
    repeated = [(axis, label) for axis, label in enumerate(pattern) if first[label] != axis]
    total, own = emitter.codes[id(value)], 0
    if value.rank:
        places = {place: k for k, place in enumerate(first.values())}
        total = emitter._rearrange(total, value.rank, [places.get(k) for k in range(rank)])
        own = rank
    for axis, label in repeated:
        order: list[int | None] = [None] * rank
        order[first[label]], order[axis] = 0, 1
        eye = emitter._rearrange(emitter._eye(emitter.size(node.shape[axis])), 2, order)
        total = emitter._entrywise("*", [total, eye], [own, rank])
        own = rank
    shape = dict(zip(first.values(), value.shape, strict=True)) if value.rank else {}
    whole = [axis for label, axis in first.items() if pattern.count(label) == 1]
    if any(shape.get(axis) != node.shape[axis] for axis in whole):
        total = emitter._entrywise("*", [total, emitter._fill("ones", node)], [rank, rank])
    if not base:
        return total
    return emitter._entrywise("+", [emitter.codes[id(base[0])], total], [rank, rank])


def _negative(emitter: LanguageEmitter, node: CodeNode) -> Code:
    return f"-{emitter._bracket(node.args[0], UNARY)}", UNARY


def _apply(emitter: LanguageEmitter, node: CodeNode) -> Code:
    given = ", ".join(emitter.text(arg) for arg in node.args)
    return f"{emitter.functions[node.attr]}({given})", ATOM


_RULES: dict[str, Callable[[Any, CodeNode], Code]] = {
    "number": lambda emitter, node: emitter._literal(node.attr),
    "text": lambda emitter, node: emitter._constant(node.attr),
    "size": lambda emitter, node: emitter._write_size(node.attr),
    "call": _call,
    "suffix": _suffix,
    "scattered": _scatter,
    "neg": _negative,
    "apply": _apply,
    "filled": lambda emitter, node: emitter._fill(node.attr.rpartition(".")[2], node),
    "shaped": lambda emitter, node: emitter._reshape(node, rows=True),
    "reshaped": lambda emitter, node: emitter._reshape(node, rows=False),
    "einsum": lambda emitter, node: emitter.contraction(node.args, *node.attr),
    "sliced": lambda emitter, node: emitter._slice(node),
    "stacked": lambda emitter, node: emitter._stack(node),
    "unit": lambda emitter, node: emitter._unit(node),
    "multiplied": lambda emitter, node: emitter._chain(node),
    "gathered": lambda emitter, node: emitter._gather(node),
    "paired": lambda emitter, node: emitter._pair(node),
}
