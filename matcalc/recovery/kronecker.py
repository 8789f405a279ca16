"""Derivatives with three axes and more as matrices: ``d vec(F) = J * d vec(X)`` with J a Kronecker product where it is one.

vec runs through a matrix column by column, so the first axis of a pair is the fast one: dF[i,j]/dX[k,l] = A[i,k] B[j,l] is
kron(B, A).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from matcalc.core.dims import ONE, Dim
from matcalc.core.tree import Expr, number
from matcalc.core.walk import fold
from matcalc.printers.text import text
from matcalc.recovery.triangles import is_triangle, turned

Sized = tuple[Expr, tuple[int, ...]]


def kronecker(tree: Expr, columns: int) -> Expr | None:
    """The matrix form of a tree whose last ``columns`` axes are those of the variable; None where there is none."""
    if not tree.rank - columns or tree.rank - columns > 2 or columns > 2:
        return None

    def rule(expr: Expr, args: list[Expr | None]) -> Expr | None:
        if expr.op == "einsum" and expr.rank == tree.rank:
            return _product(expr, columns)
        if expr.op == "fill":
            return None
        if expr.rank < 3:
            return expr
        inside = [arg for arg in args if arg is not None]
        if len(inside) < len(args):
            return None
        joined = _joined(expr.op, inside)
        if joined is not None:
            return joined
        return Expr(expr.op, tuple(inside), max((arg.shape for arg in inside), key=len), value=expr.value)

    return fold(tree, lambda e: e.args if e.rank > 2 and e.op != "einsum" else (), rule)


def _joined(op: str, inside: list[Expr]) -> Expr | None:
    """D*K + D*L as D*(K + L), kron(A, B) + kron(A, C) as kron(A, B + C), and likewise for differences."""
    if op not in ("+", "-") or inside[0].op != inside[1].op or inside[0].op not in ("*", "kron"):
        return None
    (first, left), (second, right) = (side.args for side in inside)
    if text(first) == text(second) and (inside[0].op == "kron" or first.op == "diag") and left.shape == right.shape:
        return Expr(inside[0].op, (first, Expr(op, (left, right), left.shape, row=left.row)), inside[0].shape)
    if inside[0].op == "kron" and text(left) == text(right) and first.shape == second.shape:
        return Expr("kron", (Expr(op, (first, second), first.shape, row=first.row), left), inside[0].shape)
    return None


def _product(expr: Expr, columns: int) -> Expr | None:
    """One term: every factor belongs to one pair of a row and a column index, or to all rows or all columns."""
    labels, outputs = expr.value
    factors: list[Sized] = list(zip(expr.args, labels, strict=True))
    fused = {own[0]: own[1:] for factor, own in factors if factor.op == "fuse"}
    factors = [factor for factor in factors if factor[0].op != "fuse"]
    split = expr.rank - columns
    rows, cols = _slow_to_fast(outputs[:split], fused), _slow_to_fast(outputs[split:], fused)
    if len(set(rows)) < len(rows) or any(label not in rows and label not in cols for _, own in factors for label in own):
        return None
    sizes = {
        label: size for factor, own in zip(expr.args, labels, strict=True) for label, size in zip(own, factor.shape, strict=True)
    }
    left, inside = _scaling(factors, outputs[:split], fused)
    right, inside = _scaling(inside, outputs[split:], fused)
    length = max(len(rows), len(cols))
    for upper in _padded(rows, length):
        for lower in _padded(cols, length):
            inner = _blocks(inside, list(zip(upper, lower, strict=True)), sizes)
            if inner is not None:
                return _times(_times(left, inner), right)
    return _apart(factors, outputs[:split], outputs[split:])


def _apart(factors: list[Sized], rows: Sequence[int], cols: Sequence[int]) -> Expr | None:
    """vec(P)*vec(Q)' where one matrix stands on the rows and one on the columns."""
    if len(rows) != 2 or len(cols) != 2:
        return None
    sides = [[factor for factor in factors if set(factor[1]) <= set(axes)] for axes in (rows, cols)]
    if len(sides[0]) + len(sides[1]) < len(factors):
        return None
    matrices = [_matrix(side, axes) for side, axes in zip(sides, (rows, cols), strict=True)]
    if matrices[0] is None or matrices[1] is None:
        return None
    left, right = _vec(matrices[0]), _vec(matrices[1])
    return Expr("*", (left, _transpose(right)), (left.shape[0], right.shape[0]))


def _matrix(side: list[Sized], axes: Sequence[int]) -> Expr | None:
    """One matrix, or the outer product of two vectors, on two axes in order."""
    if len(side) == 1 and len(side[0][1]) == 2:
        return side[0][0] if tuple(side[0][1]) == tuple(axes) else _transpose(side[0][0])
    if len(side) == 2 and all(len(own) == 1 for _, own in side):
        column, row = sorted(side, key=lambda factor: axes.index(factor[1][0]))
        if column[1] != row[1]:
            return Expr("*", (column[0], _transpose(row[0])), (column[0].shape[0], row[0].shape[0]))
    return None


def _slow_to_fast(axes: Sequence[int], fused: Mapping[int, tuple[int, ...]]) -> list[int]:
    """The indices that a column-by-column index runs through, the slowest first; a fused axis counts as its parts."""
    found: list[int] = []
    for axis in reversed(axes):
        found += _slow_to_fast(fused[axis], fused) if axis in fused else [axis]
    return found


def _padded(axes: list[int], length: int) -> Iterator[list[int | None]]:
    """The axes in order, with gaps up to a length: there a row stands alone, or a column."""
    for places in combinations(range(length), len(axes)):
        row: list[int | None] = [None] * length
        for place, axis in zip(places, axes, strict=True):
            row[place] = axis
        yield row


def _scaling(factors: list[Sized], axes: Sequence[int], fused: Mapping[int, object]) -> tuple[Expr | None, list[Sized]]:
    """diag(vec(W)) for a factor on both axes of one side, diag(u) for one on a fused axis; and the other factors."""
    for index, (expr, own) in enumerate(factors):
        if set(own) == set(axes) and (len(axes) == 2 or axes[0] in fused):
            vector = expr if len(axes) == 1 else _vec(expr if tuple(own) == tuple(axes) else _transpose(expr))
            scaling = Expr("diag", (vector,), vector.shape * 2)
            return scaling, factors[:index] + factors[index + 1 :]
    return None, factors


def _vec(expr: Expr) -> Expr:
    return Expr("vec", (expr,), (expr.shape[0].times(expr.shape[1]),))


def _blocks(factors: list[Sized], pairs: list[tuple[int | None, int | None]], sizes: Mapping[int, Dim]) -> Expr | None:
    """kron of what stands on each pair; None unless every factor has its place."""
    result: Expr | None = None
    placed = 0
    for row, col in pairs:
        own = [(expr, at) for expr, at in factors if set(at) <= {row, col}]
        placed += len(own)
        block = _block(own, row, col, sizes)
        if block is None:
            return None
        result = block if result is None else _kron(result, block)
    return result if placed == len(factors) else None


def _block(own: list[Sized], row: int | None, col: int | None, sizes: Mapping[int, Dim]) -> Expr | None:
    """The matrix, column or row that the factors on one pair of indices are."""
    if row is not None and row == col:
        size = sizes[row]
        if not own:
            return Expr("eye", (), (size, size))
        return Expr("diag", (own[0][0],), (size, size)) if len(own) == 1 else None
    if row is None or col is None:
        return None if len(own) != 1 else own[0][0] if row is not None else _transpose(own[0][0])
    matrices = [expr if tuple(at) == (row, col) else _transpose(expr) for expr, at in own if len(at) == 2]
    weights = [(expr, at[0]) for expr, at in own if len(at) == 1]
    if not matrices and sorted(at for _, at in weights) == sorted((row, col)):
        (left, _), (right, _) = sorted(weights, key=lambda weight: weight[1] == col)
        return Expr("*", (left, _transpose(right)), (left.shape[0], right.shape[0]))
    if len(matrices) != 1 or len(weights) > 1:
        return None
    if not weights:
        return matrices[0]
    scaling = Expr("diag", (weights[0][0],), weights[0][0].shape * 2)
    return _times(scaling, matrices[0]) if weights[0][1] == row else _times(matrices[0], scaling)


def _kron(slow: Expr, fast: Expr) -> Expr:
    def axes(expr: Expr) -> tuple[Dim, Dim]:
        if expr.rank == 2:
            return expr.shape[0], expr.shape[1]
        return (ONE, expr.shape[0]) if expr.row else (expr.shape[0], ONE)

    (m, n), (p, q) = axes(slow), axes(fast)
    if slow.op == fast.op == "eye":
        return Expr("eye", (), (m.times(p), n.times(q)))
    return Expr("kron", (slow, fast), (m.times(p), n.times(q)))


def _times(left: Expr | None, right: Expr | None) -> Expr | None:
    if left is None or right is None:
        return left if right is None else right
    if "eye" in (left.op, right.op):
        return right if left.op == "eye" else left
    if right.op == "*":
        return _times(_times(left, right.args[0]), right.args[1])
    return Expr("*", (left, right), (left.shape[0], right.shape[-1]))


def _transpose(expr: Expr) -> Expr:
    if expr.op == "'":
        return expr.args[0]
    if expr.op == "eye":
        return expr
    if is_triangle(expr):
        op, offsets = turned(expr)
        whole = Expr("fill", expr.args[0].args, expr.shape[::-1])
        return Expr(op, (whole, *map(number, offsets)), whole.shape)
    return Expr("'", (expr,), expr.shape[::-1], row=expr.rank == 1)
