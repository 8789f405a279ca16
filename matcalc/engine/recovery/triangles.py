"""Triangles of ones in products: tril(A) for L.*A, cumsum(x) for L*x."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING

from matcalc.core.tree import Expr, is_number

if TYPE_CHECKING:
    from matcalc.engine.recovery.factory import ExpressionFactory

_OTHER_HALF = {"tril": "triu", "triu": "tril"}


def is_triangle(expr: Expr) -> bool:
    """Whether this is tril(ones, k) or triu(ones, k)."""
    return (
        expr.op in _OTHER_HALF and expr.args[0].op == "fill" and is_number(expr.args[0].args[0], 1)
    )


def is_running(expr: Expr) -> bool:
    """Whether a product with this is a cumulative sum: a square triangle with its diagonal."""
    return is_triangle(expr) and len(expr.args) == 1 and expr.shape[0] == expr.shape[1]


def transpose_mask(triangle: Expr) -> tuple[str, list[Fraction]]:
    """The transpose of a triangle of ones: the function, and its offset if it has one; tril(ones,
    k)' = triu(ones, -k).
    """
    return _OTHER_HALF[triangle.op], [-offset.value for offset in triangle.args[1:]]


def apply_mask(forge: ExpressionFactory, triangle: Expr, array: Expr | None) -> Expr:
    """The entries of an array within a triangle of ones; the triangle where there is no array."""
    return (
        triangle
        if array is None
        else forge.make(triangle.op, (array, *triangle.args[1:]), array.shape)
    )


def accumulate(
    forge: ExpressionFactory, factors: list[Expr], product: Callable[[list[Expr]], Expr]
) -> list[Expr]:
    """The factors of a matrix product, those with a triangle as cumulative sums.

    A triangle sums what stands behind it, one at the end what stands before it; one of triangles
    alone stays.
    """
    last = max(
        (place for place, factor in enumerate(factors) if not is_running(factor)),
        default=len(factors) - 1,
    )
    found: list[Expr] = []
    for factor in reversed(factors[: last + 1]):
        if found and is_running(factor):
            found = [_sum(forge, factor.op == "triu", product(found), 1)]
        else:
            found.insert(0, factor)
    for factor in factors[last + 1 :]:
        found = [_sum(forge, factor.op == "tril", product(found), 2)]
    return found


def _sum(forge: ExpressionFactory, backwards: bool, array: Expr, axis: int) -> Expr:
    args = (array, forge.number(axis)) if array.rank == 2 else (array,)
    return forge.make("revcumsum" if backwards else "cumsum", args, array.shape, row=array.row)
