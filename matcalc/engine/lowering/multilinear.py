"""Products and rearrangements of entries, with the fused index F[k,i,j] = 1 where k = i + j*m; and
sums over named labels.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matcalc.core.dims import ONE, Dim, Shape, half
from matcalc.core.operations import PROJECTORS
from matcalc.core.tree import Expr
from matcalc.engine.ir.nearest import projector
from matcalc.engine.ir.nodes import Factor, Labels, Node
from matcalc.engine.lowering.terms import ContractionBuilder, Lowered, Open

_THREE = Dim(3, ())
Size = Callable[[Dim], Dim]  # a dimension of the tree in the names of the network


def fuse(sums: ContractionBuilder, inner: Dim, outer: Dim) -> Node:
    """F[k,i,j] = 1 where k = i + j*inner."""
    return sums.builder.leaf("fuse", (inner.times(outer), inner, outer))


def _vec(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """vec(A)[i + j*m] = A[i,j]."""
    return stack(sums, sums.open(args[0]))


def stack(sums: ContractionBuilder, a: Open) -> Open:
    """The entries as one axis, the first axis fastest."""
    factors, (label, size) = _fuse_all(sums, a.outputs, a.axes)
    return Open(a.coefficient, [*a.factors, *factors], (label,), (size,))


def _fuse_all(
    sums: ContractionBuilder, labels: Labels, sizes: Shape
) -> tuple[list[Factor], tuple[int, Dim]]:
    """The factors that make one index of several, the first of which is the fastest; its label and
    its size.
    """
    factors: list[Factor] = []
    label, size = labels[0], sizes[0]
    for slow, more in zip(labels[1:], sizes[1:], strict=True):
        (k,) = sums.labels(1)
        factors.append((fuse(sums, size, more), (k, label, slow), 1))
        label, size = k, size.times(more)
    return factors, (label, size)


def _kron(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """kron(A, B)[i2 + i1*p, j2 + j1*q] = A[i1,j1] B[i2,j2]; a column has no j, a row no i."""
    a, b = sums.open(args[0]), sums.open(args[1])
    factors = a.factors + b.factors
    outputs: Labels = ()
    axes: Shape = ()
    for axis in (0, 1):
        ends = [(side, _place(arg, axis)) for side, arg in zip((a, b), expr.args, strict=True)]
        here = [side.outputs[place] for side, place in ends if place is not None]
        sizes = [side.axes[place] for side, place in ends if place is not None]
        if len(here) == 2:
            (k,) = sums.labels(1)
            factors = [*factors, (fuse(sums, sizes[1], sizes[0]), (k, here[1], here[0]), 1)]
            outputs, axes = (*outputs, k), (*axes, sizes[0].times(sizes[1]))
        else:
            outputs, axes = (*outputs, *here), (*axes, *sizes)
    return Open(a.coefficient * b.coefficient, factors, outputs, axes)


def _place(expr: Expr, axis: int) -> int | None:
    """Which axis of the value is its rows (0), its columns (1)."""
    if expr.rank == 2:
        return axis
    return 0 if expr.row == (axis == 1) else None


def _khatrirao(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """khatrirao(A, B)[i2 + i1*p, j] = A[i1,j] B[i2,j]."""
    a, b = sums.open(args[0]), sums.open(args[1])
    (k,) = sums.labels(1)
    joint: Factor = (fuse(sums, b.axes[0], a.axes[0]), (k, b.outputs[0], a.outputs[0]), 1)
    whole = sums.join(
        a,
        b,
        [(a.outputs[1], b.outputs[1])],
        (k, a.outputs[1]),
        (a.axes[0].times(b.axes[0]), a.axes[1]),
    )
    return Open(whole.coefficient, [*whole.factors, joint], whole.outputs, whole.axes)


def _sign(sums: ContractionBuilder) -> Node:
    """The sign of the permutation i, j, k."""
    return sums.builder.leaf("epsilon", (_THREE,) * 3)


def _cross(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """cross(x, y)[i] = sum_jk e[i,j,k] x[j] y[k]."""
    a, b = sums.open(args[0]), sums.open(args[1])
    (i,) = sums.labels(1)
    sign: Factor = (_sign(sums), (i, *a.outputs, *b.outputs), 1)
    return Open(a.coefficient * b.coefficient, [*a.factors, *b.factors, sign], (i,), (_THREE,))


def _skewmat(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """skewmat(x)[i,k] = sum_j e[i,j,k] x[j]."""
    a = sums.open(args[0])
    i, k = sums.labels(2)
    return Open(
        a.coefficient, [*a.factors, (_sign(sums), (i, *a.outputs, k), 1)], (i, k), (_THREE, _THREE)
    )


def _vee(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """vee(M)[j] = sum_ik e[i,j,k] M[i,k]/2."""
    a = sums.open(args[0])
    (j,) = sums.labels(1)
    sign: Factor = (_sign(sums), (a.outputs[0], j, a.outputs[1]), 1)
    return Open(Fraction(a.coefficient) / 2, [*a.factors, sign], (j,), (_THREE,))


def _reshape(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """R[i,j] = u[i + j*m], where u is the argument or its vec."""
    u = stack(sums, sums.open(args[0]))
    outputs = sums.labels(len(expr.shape))
    axes = tuple([size(axis) for axis in expr.shape])
    factors, (whole, _) = _fuse_all(sums, outputs, axes)
    same: Factor = (sums.builder.eye(u.axes[0]), (*u.outputs, whole), 1)
    return Open(u.coefficient, [*u.factors, *factors, same], outputs, axes)


def _permute(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """R[i,j,k] = T[k,i,j], as the value says."""
    a = sums.open(args[0])
    return Open(
        a.coefficient,
        a.factors,
        tuple([a.outputs[axis] for axis in expr.value]),
        tuple([a.axes[axis] for axis in expr.value]),
    )


def _commutation(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """K[j + i*n, i + j*m] = 1: the place of A[i,j] in vec(A') and in vec(A)."""
    m, n = (size(_stated_size(arg)) for arg in expr.args)
    k, q, i, j = sums.labels(4)
    return Open(
        1,
        [(fuse(sums, n, m), (k, j, i), 1), (fuse(sums, m, n), (q, i, j), 1)],
        (k, q),
        (m.times(n), m.times(n)),
    )


def _halving_matrix(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """The matrix as a function without arguments: its axes say its size."""
    return sums.open(sums.builder.call(expr.op, [], tuple([size(axis) for axis in expr.shape])))


def _projector(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """The constant, which is an identity for n = 1."""
    n = size(_stated_size(expr.args[0]))
    return sums.open(projector(sums.builder, PROJECTORS[expr.op], n))


def _vech(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """vech(A) = elimination(n)*vec(A)."""
    u = stack(sums, sums.open(args[0]))
    n = size(expr.args[0].shape[0])
    (k,) = sums.labels(1)
    if n == ONE:
        return u
    eliminate = sums.builder.call("elimination", [], (half(n), n.times(n)))
    return Open(u.coefficient, [*u.factors, (eliminate, (k, *u.outputs), 1)], (k,), (half(n),))


def _stated_size(arg: Expr) -> Dim:
    """The size that an argument is."""
    return Dim(int(arg.value), ()) if arg.op == "number" else arg.value


def _einsum(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """The sum over the labels that are not in the output, as results write it."""
    labels, outputs = expr.value
    names: dict[int, int] = {}
    factors: list[Factor] = []
    for arg, own in zip(args, labels, strict=True):
        for label in own:
            if label not in names:
                (names[label],) = sums.labels(1)
        factors.append((sums.close(arg), tuple([names[label] for label in own]), 1))
    return Open(
        1,
        factors,
        tuple([names[label] for label in outputs]),
        tuple([size(axis) for axis in expr.shape]),
    )


def _fuse(sums: ContractionBuilder, expr: Expr, args: list[Lowered], size: Size) -> Open:
    """The fused index itself, as a factor of an ``einsum``."""
    return sums.open(fuse(sums, size(expr.shape[1]), size(expr.shape[2])))


def matrix_of(sums: ContractionBuilder, node: Node, rows: int) -> Node:
    """The first axes as rows and the others as columns, two axes being fused into one."""
    value = sums.open(node)
    factors, outputs, axes = list(value.factors), list[int](), list[Dim]()
    for part, sizes in (
        (value.outputs[:rows], value.axes[:rows]),
        (value.outputs[rows:], value.axes[rows:]),
    ):
        fuses, (label, axis) = _fuse_all(sums, part, sizes)
        factors += fuses
        outputs.append(label)
        axes.append(axis)
    return sums.close(Open(value.coefficient, factors, tuple(outputs), tuple(axes)))


RULES: dict[str, Callable[[ContractionBuilder, Expr, list[Lowered], Size], Open]] = {
    "vec": _vec,
    "kron": _kron,
    "khatrirao": _khatrirao,
    "cross": _cross,
    "skewmat": _skewmat,
    "vee": _vee,
    "reshape": _reshape,
    "permute": _permute,
    "commutation": _commutation,
    "vech": _vech,
    "elimination": _halving_matrix,
    "duplication": _halving_matrix,
    **dict.fromkeys(PROJECTORS, _projector),
    "einsum": _einsum,
    "fuse": _fuse,
    "epsilon": lambda sums, expr, args, size: sums.open(_sign(sums)),
}
