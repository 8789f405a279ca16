"""Shape rules of triangles, cumulative sums, eigenvalues and singular values."""

from __future__ import annotations

from matcalc.core.tree import Expr
from matcalc.shapes.context import Context
from matcalc.syntax.nodes import Node

_FURTHEST = 1000


def triangle(context: Context, node: Node, name: str, args: list[Expr]) -> Expr:
    """tril(A, k), triu(A, k): the entries with j - i <= k or j - i >= k, zeros elsewhere."""
    arg = args[0]
    if id(arg) in context.rankless:
        context.settle(arg, (context.unifier.fresh(), context.unifier.fresh()))
    if not arg.shape and len(args) == 1:
        return arg
    if arg.rank != 2:
        x = context.quote(arg)
        hint = f"of the matrix with this diagonal: {name}(diag({x}))" if arg.rank == 1 else None
        raise context.problem(f"{name} needs a matrix, not {context.describe(arg)}", node.args[0].span, hint)
    made = [arg]
    if len(args) == 2:
        offset, at = context.literal(args[1]), node.args[1]
        if offset is None or offset.denominator != 1 or abs(offset) > _FURTHEST:
            hint = f"{name}(A, -1) leaves the diagonal out" if name == "tril" else f"{name}(A, 1) leaves the diagonal out"
            raise context.problem(f"the second argument of {name} is the number of a diagonal: -1, 0, 1, ...", at.span, hint)
        if offset:
            made.append(context.number(offset, at))
    return context.make(name, tuple(made), arg.shape, node)


def cumulative(context: Context, node: Node, name: str, args: list[Expr]) -> Expr:
    """cumsum(x)[i] = x[1] + ... + x[i], revcumsum(x)[i] = x[i] + ... + x[n]; of a matrix for each column (1) or row (2)."""
    arg = args[0]
    if len(args) == 2 and id(arg) in context.rankless:
        context.settle(arg, (context.unifier.fresh(), context.unifier.fresh()))
    context.settle(arg)
    if len(args) == 1:
        if arg.rank == 2:
            x = context.quote(arg)
            hint = f"{name}({x}, 1) sums down each column, {name}({x}, 2) along each row"
            raise context.problem(f"{name} of a matrix needs a direction", node.args[0].span, hint)
        return context.make(name, (arg,), arg.shape, node, row=arg.row) if arg.shape else arg
    which, at = context.literal(args[1]), node.args[1]
    if which not in (1, 2):
        raise context.problem(f"the second argument of {name} is 1 (down each column) or 2 (along each row)", at.span)
    if arg.rank != 2:
        hint = f"{name}({context.quote(arg)}) takes the entries in order"
        raise context.problem(f"{name} by column or row needs a matrix, not {context.describe(arg)}", node.args[0].span, hint)
    return context.make(name, (arg, context.number(which, at)), arg.shape, node)
