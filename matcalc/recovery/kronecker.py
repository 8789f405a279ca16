"""Derivatives with three axes and more as matrices: ``d vec(F) = J * d vec(X)`` with J a Kronecker product where it is one.

vec runs through a matrix column by column, so the first axis of a pair is the fast one: dF[i,j]/dX[k,l] = A[i,k] B[j,l] is kron(B, A).
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import ONE, Dim
from matcalc.core.tree import Expr
from matcalc.core.walk import fold

Sized = tuple[Expr, tuple[int, ...]]


def kronecker(tree: Expr, columns: int) -> Expr | None:
    """The matrix form of a tree whose last ``columns`` axes are those of the variable; None where there is none."""
    if not tree.rank - columns or tree.rank - columns > 2 or columns > 2:
        return None

    def rule(expr: Expr, args: list[Expr | None]) -> Expr | None:
        if expr.op == "einsum" and expr.rank == tree.rank:
            return _product(expr, columns)
        if expr.rank < 3:
            return expr
        if any(arg is None for arg in args):
            return None
        inside = [arg for arg in args if arg is not None]
        return Expr(expr.op, tuple(inside), max((arg.shape for arg in inside), key=len), value=expr.value)

    return fold(tree, lambda e: e.args if e.rank > 2 and e.op != "einsum" else (), rule)


def _product(expr: Expr, columns: int) -> Expr | None:
    """One term: every factor belongs to the slow pair of axes, to the fast pair, or to all rows or all columns."""
    labels, outputs = expr.value
    factors: list[Sized] = list(zip(expr.args, labels, strict=True))
    if any(label not in outputs for _, own in factors for label in own) or any(len(own) > 2 for _, own in factors):
        return None
    rows, cols = outputs[: expr.rank - columns], outputs[expr.rank - columns :]
    sizes = dict(zip(outputs, expr.shape, strict=True))
    left, factors = _scaling(factors, rows)
    right, factors = _scaling(factors, cols)
    for fast_row, slow_row in _pairs(rows):
        for fast_col, slow_col in _pairs(cols):
            fast = _block(factors, fast_row, fast_col)
            slow = _block(factors, slow_row, slow_col)
            if fast is not None and slow is not None and sum(map(len, (fast[1], slow[1]))) == len(factors):
                inner = _kron(slow[0], fast[0], [sizes[label] for label in rows], [sizes[label] for label in cols])
                return _times(_times(left, inner), right)
    return None


def _pairs(axes: Sequence[int]) -> list[tuple[int | None, int | None]]:
    """(fast, slow): a single axis may be either."""
    return [(axes[0], axes[1])] if len(axes) == 2 else [(axes[0], None), (None, axes[0])]


def _scaling(factors: list[Sized], axes: Sequence[int]) -> tuple[Expr | None, list[Sized]]:
    """diag(vec(W)) for a factor on both axes of one side, and the other factors."""
    if len(axes) != 2:
        return None, factors
    for index, (expr, own) in enumerate(factors):
        if set(own) == set(axes):
            whole = expr if own == tuple(axes) else _transpose(expr)
            size = whole.shape[0].times(whole.shape[1])
            scaling = Expr("diag", (Expr("vec", (whole,), (size,)),), (size, size))
            return scaling, factors[:index] + factors[index + 1 :]
    return None, factors


def _block(factors: list[Sized], row: int | None, col: int | None) -> tuple[Expr, list[int]] | None:
    """The matrix (or row, or column) that the factors on these axes are, with their numbers."""
    own = [(k, expr, at) for k, (expr, at) in enumerate(factors) if set(at) <= {row, col}]
    used = [k for k, _, _ in own]
    if len(own) == 1 and len(own[0][2]) == 2:
        _, expr, at = own[0]
        return (expr if at == (row, col) else _transpose(expr)), used
    if row is not None and col is not None:
        return None
    if len(own) != 1:
        return None
    vector = own[0][1]
    return (vector if row is not None else _transpose(vector)), used


def _kron(slow: Expr, fast: Expr, rows: list[Dim], cols: list[Dim]) -> Expr:
    height, width = ONE, ONE
    for size in rows:
        height = height.times(size)
    for size in cols:
        width = width.times(size)
    return Expr("kron", (slow, fast), (height, width))


def _times(left: Expr | None, right: Expr | None) -> Expr | None:
    if left is None or right is None:
        return left if right is None else right
    if left.op == "diag" and right.op == "kron" and all(arg.op == "eye" for arg in right.args):
        return left
    if right.op == "diag" and left.op == "kron" and all(arg.op == "eye" for arg in left.args):
        return right
    if right.op == "*":
        return _times(_times(left, right.args[0]), right.args[1])
    return Expr("*", (left, right), (left.shape[0], right.shape[-1]))


def _transpose(expr: Expr) -> Expr:
    if expr.op == "'":
        return expr.args[0]
    if expr.op == "eye":
        return expr
    return Expr("'", (expr,), expr.shape[::-1], row=expr.rank == 1)


