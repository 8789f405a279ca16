"""Products that are not multiplied out yet."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape
from matcalc.write.printers.numpy_nodes import CodeNode

MATRIX, INVERSE, DIAGONAL, COLUMN, ROW = "matrix", "inverse", "diagonal", "column", "row"


class CodeFactor(NamedTuple):
    """One factor: ``node`` is the matrix, the matrix to invert, the diagonal or the vector."""

    kind: str
    node: CodeNode
    flipped: bool = False

    def transpose(self) -> CodeFactor:
        """The factor of the transposed chain."""
        if self.kind in (COLUMN, ROW):
            return CodeFactor(ROW if self.kind == COLUMN else COLUMN, self.node)
        return CodeFactor(self.kind, self.node, self.kind != DIAGONAL and not self.flipped)

    @property
    def ends(self) -> tuple[Dim, Dim]:
        """Rows and columns of a factor that is no vector."""
        shape = self.node.shape
        return (
            (shape[0], shape[0])
            if self.kind == DIAGONAL
            else (shape[-1], shape[0])
            if self.flipped
            else (shape[0], shape[-1])
        )


@dataclass(slots=True)
class CodeProduct:
    """number * top / bottom * factors: a product that is not multiplied out yet; without factors a
    scalar or the identity.
    """

    shape: Shape
    number: Fraction = Fraction(1)
    top: list[CodeNode] = field(default_factory=list)
    bottom: list[CodeNode] = field(default_factory=list)
    factors: deque[CodeFactor] = field(default_factory=deque)
    array: CodeNode | None = None

    @property
    def scaled(self) -> bool:
        """Whether there is a coefficient."""
        return self.number != 1 or bool(self.top or self.bottom)

    def copy(self) -> CodeProduct:
        """One that may be changed."""
        return CodeProduct(
            self.shape, self.number, list(self.top), list(self.bottom), deque(self.factors)
        )

    def scale(self, other: CodeProduct) -> None:
        """Takes over a coefficient."""
        self.number *= other.number
        self.top += other.top
        self.bottom += other.bottom

    def transpose(self) -> CodeProduct:
        """The transposed product, the coefficient included."""
        factors = deque(factor.transpose() for factor in reversed(self.factors))
        return CodeProduct(self.shape[::-1], self.number, self.top, self.bottom, factors)


def shared_ends(left: CodeProduct, right: CodeProduct) -> tuple[int, int]:
    """How many factors two products of matrices begin with alike, and how many they end with alike;
    both keep what is left as a matrix.
    """
    a, b = list(left.factors), list(right.factors)
    if any(factor.kind in (COLUMN, ROW) for factor in [*a, *b]):
        return 0, 0
    most = min(len(a), len(b))
    first = next((k for k in range(most) if a[k] != b[k]), most)
    last = next((k for k in range(most - first) if a[-1 - k] != b[-1 - k]), most - first)
    return first, last
