"""Shape rules of products and rearrangements of entries: kron, khatrirao, reshape, commutation,
vech.
"""

from __future__ import annotations

from matcalc.core.dims import ONE, Dim, Shape, half
from matcalc.core.tree import Expr, sides_of
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.operators import multiply
from matcalc.read.syntax.nodes import SyntaxNode


def _join(context: Context, left: Dim | None, right: Dim | None) -> Dim | None:
    return left or right if left is None or right is None else context.unifier.product(left, right)


def kron(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """kron(A, B)[(i,k), (j,l)] = A[i,j] B[k,l]; a column is one column of a matrix, a row one
    row.
    """
    left, right = context.settle(args[0]), context.settle(args[1])
    if not left.shape or not right.shape:
        for arg, part in zip((left, right), node.args, strict=True):
            if not arg.shape:
                context.odd("function", arg, part, name=name)
        return multiply(context, node, left, right)
    rows, columns = (
        _join(context, a, b) for a, b in zip(sides_of(left), sides_of(right), strict=True)
    )
    shape: Shape = tuple([axis for axis in (rows, columns) if axis is not None])
    return context.make(name, (left, right), shape, node, row=rows is None)


def khatrirao(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """khatrirao(A, B)[(i,k), j] = A[i,j] B[k,j]; a column is a matrix of one column."""
    left, right = context.settle(args[0]), context.settle(args[1])
    for arg, part in zip((left, right), node.args, strict=True):
        if not arg.shape or arg.row:
            hint = "khatrirao(A', B')' works row by row"
            raise context.problem(
                f"khatrirao takes matrices and columns, not {context.describe(arg)}",
                part.span,
                hint,
            )
    if left.rank != right.rank:
        kind = "a column" if left.rank < right.rank else "a matrix"
        other = "a matrix" if left.rank < right.rank else "a column"
        hint = "kron multiplies each column with each"
        raise context.problem(
            f"khatrirao works column by column: {kind} and {other} do not fit",
            node.mark or node.span,
            hint,
        )
    rows = context.unifier.product(left.shape[0], right.shape[0])
    if left.rank == 1:
        return context.make("kron", (left, right), (rows,), node)
    pair = (left, left.shape[1]), (right, right.shape[1])
    context.equate(
        *pair, node.mark or node.span, "khatrirao needs as many columns in {0} as in {1}"
    )
    return context.make(name, (left, right), (rows, left.shape[1]), node)


def _size(arg: Expr) -> Dim:
    """The size that an argument states."""
    return arg.value if arg.op == "dimension" else Dim(int(arg.value), ())


def reshape(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """The entries of vec(X) as an array of these sizes, the first axis fastest."""
    arg = context.settle(args[0])
    if not arg.shape:
        raise context.problem(
            "reshape needs a vector, a matrix or a tensor, not a scalar",
            node.args[0].span,
            "matrix(c) is filled with c",
        )
    shape = tuple([_size(size) for size in args[1:]])
    count = context.unifier.product(*arg.shape[::-1]) if arg.rank > 1 else arg.shape[0]
    result = context.make(name, (arg, *args[1:]), shape, node)
    what = "reshape keeps the number of entries: {0} cannot become {1}"
    context.equate(
        (arg, count), (result, context.unifier.product(*shape[::-1])), node.mark or node.span, what
    )
    return result


def commutation(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """commutation(m, n)*vec(A) = vec(A') for every m x n matrix A (Magnus and Neudecker's K_mn);
    eye for one row or column.
    """
    rows, columns = _size(args[0]), _size(args[1])
    size = rows.times(columns)
    if ONE in (rows, columns):
        return context.make("eye", (), (size, size), node)
    # in the order of vec: the columns count an m x n matrix, the rows its transpose
    shape = (context.unifier.product(rows, columns), context.unifier.product(columns, rows))
    return context.make(name, tuple(args), shape, node)


def vech(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """The lower half of a square matrix, column by column: n*(n + 1)/2 entries."""
    arg = context.settle(args[0])
    if arg.rank != 2:
        raise context.problem(
            f"vech needs a square matrix, not {context.describe(arg)}", node.args[0].span
        )
    context.square(arg, name, node.args[0].span)
    return context.make(name, (arg,), (half(context.unifier.resolve(arg.shape[0])),), node)


def halving_matrix(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """elimination(n)*vec(A) = vech(A), duplication(n)*vech(S) = vec(S) (Magnus and Neudecker's L_n
    and D_n); eye for n = 1.
    """
    size = _size(args[0])
    if size == ONE:
        return context.make("eye", (), (ONE, ONE), node)
    shape = (half(size), size.times(size))
    return context.make(name, tuple(args), shape if name == "elimination" else shape[::-1], node)


def projector(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """toeplitz_projector(n)*vec(A) = vec(toeplitz(A)); eye for n = 1."""
    size = _size(args[0])
    if size == ONE:
        return context.make("eye", (), (ONE, ONE), node)
    return context.make(name, tuple(args), (size.times(size), size.times(size)), node)


_THREE = Dim(3, ())


def _three(context: Context, arg: Expr, node: SyntaxNode, name: str) -> None:
    """Demands that every axis has three entries."""
    needed = Expr("eye", (), (_THREE, _THREE), span=node.span)
    for size in arg.shape:
        context.equate(
            (arg, size),
            (needed, _THREE),
            node.span,
            f"{name} is for three dimensions, not for {{0}}",
        )


def cross(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """cross(x, y) = (x2*y3 - x3*y2, x3*y1 - x1*y3, x1*y2 - x2*y1); of two rows a row."""
    left, right = context.settle(args[0]), context.settle(args[1])
    for arg, part in zip((left, right), node.args, strict=True):
        if arg.rank != 1:
            raise context.problem(
                f"cross needs two vectors; this is {context.describe(arg)}", part.span
            )
        _three(context, arg, part, name)
    if left.row != right.row:
        hint = "transpose one of them"
        raise context.problem("cross needs two columns or two rows", node.mark or node.span, hint)
    return context.make(name, (left, right), (_THREE,), node, row=left.row)


def skewmat(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """skewmat(x) = [0, -x3, x2; x3, 0, -x1; -x2, x1, 0], so that skewmat(x)*y = cross(x, y)."""
    arg = context.settle(args[0])
    if arg.rank != 1:
        raise context.problem(
            f"skewmat needs a vector, not {context.describe(arg)}", node.args[0].span
        )
    _three(context, arg, node.args[0], name)
    return context.make(name, (arg,), (_THREE, _THREE), node)


def vee(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """vee(M) = (M32 - M23, M13 - M31, M21 - M12)/2, the x of which skewmat(x) is the skew part of
    M.
    """
    arg = context.settle(args[0], (_THREE, _THREE))
    if arg.rank != 2:
        raise context.problem(f"vee needs a matrix, not {context.describe(arg)}", node.args[0].span)
    _three(context, arg, node.args[0], name)
    return context.make(name, (arg,), (_THREE,), node)
