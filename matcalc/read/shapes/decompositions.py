"""Shape rules of triangles, cumulative sums, eigenvalues and singular values."""

from __future__ import annotations

from matcalc.core.operations import OF_TALL, OPERATIONS, TRANSPOSED
from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.scalars import of_scalar
from matcalc.read.syntax.nodes import SyntaxNode

_FURTHEST = 1000


def _settle(context: Context, arg: Expr, *, square: bool = False) -> Expr:
    """``ones`` and the like as a matrix."""
    if id(arg) in context.rankless:
        rows = context.unifier.fresh()
        context.settle(arg, (rows, rows if square else context.unifier.fresh()))
    return arg


def triangle(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """tril(A, k), triu(A, k): the entries with j - i <= k or j - i >= k, zeros elsewhere."""
    arg = _settle(context, args[0])
    if not arg.shape and len(args) == 1:
        context.odd("function", arg, node, name=name)
        return arg
    if arg.rank != 2:
        x = context.quote(arg)
        hint = f"of the matrix with this diagonal: {name}(diag({x}))" if arg.rank == 1 else None
        raise context.problem(
            f"{name} needs a matrix, not {context.describe(arg)}", node.args[0].span, hint
        )
    made = [arg]
    if len(args) == 2:
        offset, at = context.literal(args[1]), node.args[1]
        if offset is None or offset.denominator != 1 or abs(offset) > _FURTHEST:
            hint = (
                f"{name}(A, -1) leaves the diagonal out"
                if name == "tril"
                else f"{name}(A, 1) leaves the diagonal out"
            )
            raise context.problem(
                f"the second argument of {name} is the number of a diagonal: -1, 0, 1, ...",
                at.span,
                hint,
            )
        if offset:
            made.append(context.number(offset, at))
    return context.make(name, tuple(made), arg.shape, node)


def cumulative(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """cumsum(x)[i] = x[1] + ... + x[i], revcumsum(x)[i] = x[i] + ... + x[n]; of a matrix for each
    column (1) or row (2), of any array along an axis.
    """
    arg = _settle(context, args[0]) if len(args) == 2 else context.settle(args[0])
    x = context.quote(arg)
    if len(args) == 1:
        if arg.rank == 2:
            hint = f"{name}({x}, 1) sums down each column, {name}({x}, 2) along each row"
            raise context.problem(f"{name} of a matrix needs a direction", node.args[0].span, hint)
        if arg.is_tensor:
            hint = f"{name}({x}, 1) sums along the first axis, {name}({x}, {arg.rank}) the last"
            raise context.problem(f"{name} of a tensor needs an axis", node.args[0].span, hint)
        if not arg.shape:
            context.odd("function", arg, node, name=name)
            return arg
        return context.make(name, (arg,), arg.shape, node, row=arg.row)
    which, at = context.literal(args[1]), node.args[1]
    if which is None or which not in range(1, max(arg.rank, 2) + 1):
        wanted = "1 (down each column) or 2 (along each row)"
        if arg.is_tensor:
            wanted = f"an axis, a number from 1 to {arg.rank}"
        raise context.problem(f"the second argument of {name} is {wanted}", at.span)
    if arg.rank < 2:
        hint = f"{name}({x}) takes the entries in order"
        raise context.problem(
            f"{name} by column or row needs a matrix, not {context.describe(arg)}",
            node.args[0].span,
            hint,
        )
    return context.make(name, (arg, context.number(which, at)), arg.shape, node)


def spectrum(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """eigvals and eigvec: a vector with an entry for each row of a square matrix."""
    arg = _settle(context, args[0], square=True)
    if arg.rank != 2:
        return _no_matrix(context, node, name, arg)
    context.square(arg, name, node.args[0].span)
    return context.make(name, (arg,), arg.shape[:1], node)


def eigen(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """eigval(A, k), eigright(A, k), eigleft(A, k): of any square matrix, the first without k."""
    arg = _settle(context, args[0], square=True)
    which, made = context.literal(args[1]) if len(args) == 2 else None, [arg]
    if len(args) == 2:
        at = node.args[1]
        if which is None or which.denominator != 1 or not 1 <= which <= _FURTHEST:
            raise context.problem(
                f"the second argument of {name} says which real eigenvalue: 1, 2, ...",
                at.span,
                f"{name}({context.base(arg)}, 1) is that of the largest",
            )
        if which != 1:
            made.append(context.number(which, at))
    if arg.rank != 2:
        return _no_matrix(context, node, name, arg)
    context.square(arg, name, node.args[0].span)
    return context.make(name, tuple(made), () if name == "eigval" else arg.shape[:1], node)


def singular(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """Singular values and vectors of an m x n matrix, norms of them, and the factors of QR:
    ``"m,n->n,n"`` is the signature of what has the shape (n, n).
    """
    arg = _settle(context, args[0])
    if arg.rank != 2:
        return _no_matrix(context, node, name, arg)
    if name in OF_TALL or name.startswith("qr_"):
        rows, columns = (context.final(size, {}).integer for size in arg.shape)
        if rows is not None and columns is not None and rows < columns:
            message = f"{name} needs at least as many rows as columns, not {context.describe(arg)}"
            other = f"{TRANSPOSED.get(name, name)}({context.base(arg)}')"
            hint = f"write {other}" if name in OF_TALL else f"for the transpose it is {other}"
            raise context.problem(message, node.args[0].span, hint)
    if name == "schatten" and (id(args[1]) in context.rankless or args[1].shape):
        raise context.problem(
            f"the second argument of {name} is {context.describe(args[1])}, not a scalar",
            node.args[1].span,
        )
    sizes = dict(zip("mn", arg.shape, strict=True))
    _, _, value = OPERATIONS[name].signature.partition("->")
    shape = tuple([sizes[letter] for letter in value.split(",") if letter])
    return context.make(name, tuple(args), shape, node)


def gaps(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """invgap(x)[i,j] = 1/(x[j] - x[i]) of a vector."""
    arg = context.settle(args[0])
    if arg.rank != 1:
        raise context.problem(
            f"{name} needs a vector, not {context.describe(arg)}", node.args[0].span
        )
    return context.make(name, (arg,), arg.shape * 2, node)


def _no_matrix(context: Context, node: SyntaxNode, name: str, arg: Expr) -> Expr:
    """What these are of a scalar; there are none of a vector."""
    if arg.rank == 1:
        hint = (
            f"norm2({context.quote(arg)}) is the norm of a vector"
            if name.endswith("norm")
            else None
        )
        raise context.problem(
            f"{name} needs a matrix, not {context.describe(arg)}", node.args[0].span, hint
        )
    return of_scalar(context, node, name, arg)
