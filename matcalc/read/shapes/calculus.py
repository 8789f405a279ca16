"""Shapes of the derivatives that are inside an expression."""

from __future__ import annotations

from matcalc.core.inner import INNER
from matcalc.core.kinds import MOST_AXES
from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import SyntaxNode


def inner_derivative(context: Context, node: SyntaxNode, args: list[Expr]) -> Expr:
    """``grad(f, x)`` and its like: the axes of the expression, then those of the variable."""
    name = str(node.value)
    if len(args) < 2 or (len(args) > 2 and name != "jacobian"):
        message = f"{name} takes an expression and the variable to differentiate with respect to"
        found = f"{len(args)} argument{'' if len(args) == 1 else 's'}"
        raise context.problem(f"{message}, not {found}", node.span, f"write {INNER[name]}")
    value, variables = context.settle(args[0]), args[1:]
    for variable, place in zip(variables, node.args[1:], strict=True):
        if variable.op != "variable" or place.kind != "name" or place.value != variable.value:
            raise context.problem(
                f"{name} is taken with respect to a variable, and {context.quote(variable)} "
                f"is not one",
                place.span,
                f"write {INNER[name]}",
            )
    context.unexpanded = True
    made = (value, *variables)
    if len(variables) > 1:
        return _beside(context, node, value, variables)
    x = variables[0]
    if name in ("grad", "hessian", "lap") and value.shape:
        other = {"grad": f"jacobian({context.quote(value)}, {x.value})"}.get(name)
        raise context.problem(
            f"{name} takes a scalar, not {context.describe(value)}",
            node.args[0].span,
            f"write {other}" if other else None,
        )
    if name == "grad":
        return context.make(name, made, x.shape, node)
    if name == "hessian":
        _limit(context, node, 2 * x.rank)
        return context.make(name, made, x.shape * 2, node)
    if name == "lap":
        return context.make(name, made, (), node)
    if name == "div":
        if value.rank != x.rank:
            raise context.problem(
                f"div takes an expression with the shape of {x.value}, and "
                f"{context.describe(value)} is not like {context.describe(x)}",
                node.span,
            )
        for left, right in zip(value.shape, x.shape, strict=True):
            what = "div of {0} by {1}"
            context.equate((value, left), (x, right), node.span, what)
        return context.make(name, made, (), node)
    if not value.shape and x.rank > 1:
        raise context.problem(
            f"the derivative of a scalar with respect to {context.describe(x)} is not a Jacobian",
            node.span,
            f"write grad({context.quote(value)}, {x.value})",
        )
    _limit(context, node, value.rank + x.rank)
    return context.make(name, made, value.shape + x.shape, node, row=not value.shape and x.rank > 0)


def _limit(context: Context, node: SyntaxNode, axes: int) -> None:
    if axes > MOST_AXES:
        raise context.problem(
            f"this derivative has {axes} axes; inside an expression there are at most {MOST_AXES}",
            node.span,
        )


def _beside(context: Context, node: SyntaxNode, value: Expr, variables: list[Expr]) -> Expr:
    """The derivatives of a vector by scalars, as the columns of a matrix."""
    if value.rank != 1 or any(variable.shape for variable in variables):
        raise context.problem(
            "with respect to several variables, jacobian takes a vector and scalars",
            node.span,
            "write jacobian(F, x) with one vector x",
        )
    from matcalc.core.dims import dim  # noqa: PLC0415 - few texts have any

    shape = (value.shape[0], dim(len(variables)))
    return context.make("jacobian", (value, *variables), shape, node)
