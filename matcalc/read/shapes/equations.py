"""Shape rules of the solutions of matrix equations."""

from __future__ import annotations

from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import SyntaxNode


def equation(context: Context, node: SyntaxNode, name: str, args: list[Expr]) -> Expr:
    """sylvester(A, B, C) with square A and B, the rows of C those of A and its columns those of B;
    lyapunov(A, Q) with square matrices of one size.
    """
    for arg, place in zip(args, node.args, strict=True):
        if id(arg) in context.rankless:
            context.settle(arg, (context.unifier.fresh(), context.unifier.fresh()))
        if arg.rank != 2:
            context.settle(arg)
            raise context.problem(
                f"{name} needs matrices; this is {context.describe(arg)}", place.span
            )
    *coefficients, right = args
    for arg, place in zip(coefficients, node.args, strict=False):
        context.square(arg, name, place.span)
    for axis, side in enumerate((coefficients[0], coefficients[-1])):
        line = "rows" if axis == 0 else "columns"
        context.equate(
            (side, side.shape[0]),
            (right, right.shape[axis]),
            node.args[-1].span,
            f"{name} needs as many {line} on the right side as here, {{0}} and not {{1}}",
        )
    return context.make(name, tuple(args), right.shape, node)
