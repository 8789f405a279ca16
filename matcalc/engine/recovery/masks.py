"""Triangles of ones, by which entries are chosen and cumulative sums are taken."""

from __future__ import annotations

from fractions import Fraction

from matcalc.core.operations import RUNNING, TOTALS, TRIANGLES
from matcalc.core.tree import Expr, is_number

_OTHER_HALF = dict(zip(TRIANGLES, reversed(TRIANGLES), strict=True))


def is_triangle(expr: Expr) -> bool:
    """Whether this is tril(ones, k) or triu(ones, k)."""
    return (
        expr.op in _OTHER_HALF and expr.args[0].op == "fill" and is_number(expr.args[0].args[0], 1)
    )


def triangles_in(expr: Expr) -> list[Expr]:
    """The triangles inside each other that ones are cut by, the innermost first: two of a band.
    None where it is something else.
    """
    found: list[Expr] = []
    while expr.op in _OTHER_HALF:
        found.insert(0, expr)
        expr = expr.args[0]
    return found if expr.op == "fill" and is_number(expr.args[0], 1) else []


def is_running(expr: Expr) -> bool:
    """Whether a product with this is a cumulative sum: a square triangle with its diagonal."""
    return is_triangle(expr) and len(expr.args) == 1 and expr.shape[0] == expr.shape[1]


def transpose_mask(triangle: Expr) -> tuple[str, list[Fraction]]:
    """The transpose of a triangle of ones: the function, and its offset if it has one; tril(ones,
    k)' = triu(ones, -k).
    """
    return _OTHER_HALF[triangle.op], [-offset.value for offset in triangle.args[1:]]


def is_masked(tree: Expr) -> bool:
    """Whether ones beside a diagonal are in the tree, for which indices have conditions."""
    return any(map(is_off_diagonal, tree.parts))


def counts_places(tree: Expr) -> bool:
    """Whether cumulative sums are in the tree for the numbers of places, as cumsum(ones) and
    sum(revcumsum(x)) do, which is sum[i](i*x[i]).
    """
    return any(
        (node.op in RUNNING and node.args[0].op == "fill")
        or (node.op in TOTALS and (node.args[0].op in RUNNING or is_triangle(node.args[0])))
        for node in tree.parts
        if node.args
    )


def is_off_diagonal(expr: Expr) -> bool:
    """Whether this is ones - eye."""
    return expr.op == "-" and [arg.op for arg in expr.args] == ["fill", "eye"]
