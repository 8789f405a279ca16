"""Syntax nodes together with how many axes they have: what the meaning of a sign in a paper depends
on.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from matcalc.core.errors import Span, UnsupportedError
from matcalc.core.functions.spec import ANY_TO_SCALAR, VECTOR_TO_VECTOR
from matcalc.core.operations import OPERATIONS
from matcalc.read.syntax.nodes import SyntaxNode
from matcalc.read.tex.phrases import Phrase

SLOT = "·"  # what the indices of entries begin with


class BeyondProducts(UnsupportedError):
    """A sum that cannot be written as a product of vectors and matrices."""


@dataclass(frozen=True, slots=True)
class Value:
    """A node with its number of axes.

    With ``axes`` it is a number for each setting of those indices: the entry of ``node`` there.
    ``rest`` are further such factors of a product, kept apart until a sum or a function needs them
    together. With ``slots``, which are indices for the entries themselves, it is a vector or a
    matrix for each setting of the others.
    """

    node: SyntaxNode
    rank: int = 0
    row: bool = False
    axes: tuple[str, ...] = ()
    rest: tuple[Value, ...] = ()
    slots: tuple[str, ...] = ()

    @property
    def scalar(self) -> bool:
        """Whether this is a number (for each setting of its indices)."""
        return not self.slots and (bool(self.axes) or bool(self.rest) or self.rank == 0)

    @property
    def order(self) -> int:
        """Whether it is a number, a vector or a matrix, for each setting of its indices."""
        return len(self.slots) if self.indexed else self.rank

    @property
    def indexed(self) -> bool:
        """Whether it depends on an index."""
        return bool(self.axes) or bool(self.rest)

    @property
    def factors(self) -> tuple[Value, ...]:
        """The factors of the product that it is."""
        return (Value(self.node, self.rank, self.row, self.axes), *self.rest)


class Maker:
    """Makes nodes that all have the place of one phrase."""

    def __init__(self, phrase: Phrase) -> None:
        self.start, self.end = phrase.start, phrase.end
        self.mark = phrase.mark or Span(phrase.start, phrase.end)

    def node(
        self, kind: str, *args: SyntaxNode, value: Fraction | str | tuple[int, ...] | None = None
    ) -> SyntaxNode:
        """A node of that kind."""
        return SyntaxNode(kind, args, self.start, self.end, mark=self.mark, value=value)

    def number(self, value: int | Fraction) -> SyntaxNode:
        """An exact number."""
        return self.node("number", value=Fraction(value))

    def call(self, name: str, *args: SyntaxNode) -> SyntaxNode:
        """A function's value."""
        return self.node("call", *args, value=name)

    def transpose(self, node: SyntaxNode) -> SyntaxNode:
        """The transpose; that of a transpose is the operand."""
        return node.args[0] if node.kind == "'" else self.node("'", node)

    def ones(self) -> SyntaxNode:
        """A vector of ones as long as its place asks for."""
        return self.node("name", value="ones")


def binary(make: Maker, kind: str, left: Value, right: Value) -> Value:
    """An operator on two values without indices; the rank of the result is what it is if the
    operands fit.
    """
    node = make.node(kind, left.node, right.node)
    if kind != "*" or left.rank == 0 or right.rank == 0:
        wide = left if left.rank >= right.rank else right
        return Value(node, wide.rank, wide.row)
    if left.rank == right.rank == 1:
        return Value(node, 0 if left.row else 2)
    if left.rank == right.rank:
        return Value(node, 2)
    return Value(node, 1, left.rank == 1)


def transpose(make: Maker, value: Value) -> Value:
    """The transpose: of a column the row."""
    return Value(make.transpose(value.node), value.rank, value.rank == 1 and not value.row)


# functions that a second argument applies along an axis
ALONG_AXES = frozenset(
    name for name, spec in OPERATIONS.items() if spec.along or spec.signature == ANY_TO_SCALAR
)


def call_function(make: Maker, name: str, args: list[Value]) -> Value:
    """A function of values without indices."""
    node = make.call(name, *[arg.node for arg in args])
    operation = OPERATIONS.get(name)
    if operation is not None and len(args) == 2 and args[0].rank > 2 and name in ALONG_AXES:
        keeps = operation.signature == VECTOR_TO_VECTOR
        return Value(node, args[0].rank - (not keeps))
    if operation is not None and operation.signature == "any->scalar" and len(args) == 2:
        return Value(
            node, 1, row=args[1].node.value == 1
        )  # of each column a row, of each row a column
    if (
        operation is None
        or operation.signature.endswith("->scalar")
        or not args
        or (operation.of_entries and len(args) == 1)
    ):
        return Value(node)
    if name == "reshape":
        return Value(node, len(args) - 1)
    if operation.ranks:
        return Value(node, operation.ranks[min(args[0].rank, len(operation.ranks) - 1)])
    if operation.rank is not None:
        return Value(node, operation.rank)
    if name == "kron" and args[0].row != args[1].row and all(arg.rank for arg in args):
        return Value(node, 2)
    wide = max(args, key=lambda arg: arg.rank)
    return Value(node, wide.rank, wide.row)
