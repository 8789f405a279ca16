"""Triangles of ones in products: tril(A) for L.*A, cumsum(x) for L*x."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from matcalc.core.tree import Expr
from matcalc.engine.recovery.masks import is_running

if TYPE_CHECKING:
    from matcalc.engine.recovery.factory import ExpressionFactory


def apply_mask(factory: ExpressionFactory, triangle: Expr, array: Expr | None) -> Expr:
    """The entries of an array within a triangle of ones; the triangle where there is no array."""
    return (
        triangle
        if array is None
        else factory.make(triangle.op, (array, *triangle.args[1:]), array.shape)
    )


def accumulate(
    factory: ExpressionFactory, factors: list[Expr], product: Callable[[list[Expr]], Expr]
) -> list[Expr]:
    """The factors of a matrix product, those with a triangle as cumulative sums.

    A triangle sums what follows it, one at the end what comes before it; one of triangles
    alone stays.
    """
    last = max(
        (place for place, factor in enumerate(factors) if not is_running(factor)),
        default=len(factors) - 1,
    )
    found: list[Expr] = []
    for factor in reversed(factors[: last + 1]):
        if found and is_running(factor):
            found = [_sum(factory, factor.op == "triu", product(found), 1)]
        else:
            found.insert(0, factor)
    for factor in factors[last + 1 :]:
        found = [_sum(factory, factor.op == "tril", product(found), 2)]
    return found


def _sum(factory: ExpressionFactory, backwards: bool, array: Expr, axis: int) -> Expr:
    args = (array, factory.number(axis)) if array.rank == 2 else (array,)
    return factory.make("revcumsum" if backwards else "cumsum", args, array.shape, row=array.row)
