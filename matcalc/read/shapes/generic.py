"""Calls of functions that are only declared, and of their derivatives: f(x), f'(x), grad_f(u),
hess_f(u), jac_f(u).

The typed tree has them as ``@`` + kind + order + ``:`` + name. The kinds are ``e`` (of scalars,
entry by entry), ``s`` (a scalar of a vector), ``v`` (a vector of a vector) and ``m`` (a scalar of a
matrix); the order is that of the derivative, whose axes are those of the value, then those of the
argument for each order. ``@v2`` with a second argument w is the matrix of second derivatives of
w'*f(u); ``@s3`` and higher are contracted with the arguments behind the first: d3_f(u, v) is the
derivative of hess_f(u) in the direction v.
"""

from __future__ import annotations

import re

from matcalc.core.dims import Shape
from matcalc.core.errors import Span, UnknownNameError
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context, derivative_of
from matcalc.read.syntax.nodes import Node

_KINDS = {(): "e", (1, 0): "s", (1, 1): "v", (2, 0): "m"}
_ORDERS = {("s", "grad"): 1, ("s", "hess"): 2, ("m", "grad"): 1, ("v", "jac"): 1, ("v", "hess"): 2}
_HIGHER = re.compile("d[3-9]")
_HIGHEST = 9  # the order is one digit of a name
_NAMED = {
    "e": "{0}'(x), {0}''(x)",
    "s": "grad_{0}(u), hess_{0}(u), d3_{0}(u, v)",
    "m": "grad_{0}(U)",
    "v": "jac_{0}(u), hess_{0}(u, w)",
}


def call(context: Context, node: Node, function: Variable, args: list[Expr]) -> Expr:
    """The value of a declared function or of a derivative of it."""
    kind = _KINDS[function.ranks]
    prefix, primes = derivative_of(str(node.value), function.name)
    order = _ORDERS.get((kind, prefix)) if prefix else primes
    if kind == "s" and _HIGHER.fullmatch(prefix):
        order = int(prefix[1])
    if order is None or order > _HIGHEST or (primes and kind != "e"):
        hint = f"its derivatives are {_NAMED[kind].format(function.name)}"
        message = (
            f"{function.name} is declared as {function}, of which {node.value} is no derivative"
        )
        raise UnknownNameError(
            message, source=context.source, span=node.mark or node.span, hint=hint
        )
    counts = (
        (2,)
        if (kind, order) == ("v", 2)
        else (order - 1, order, order + 1)
        if order > 2 and kind == "s"
        else (1,)
    )
    if len(node.args) not in counts:
        message = f"{node.value} takes {_counted(counts)}, not {len(node.args)}"
        raise UnknownNameError(message, source=context.source, span=Span(node.start, node.end))
    name = f"@{kind}{order}:{function.name}"
    if kind == "e":
        return context.like(name, (args[0],), args[0], node)
    given, value = function.shapes
    wanted = (given, value) if (kind, order) == ("v", 2) else (given,) * len(args)
    args = [_argument(context, node, k, args[k], shape) for k, shape in enumerate(wanted)]
    shape = given * 2 if kind == "v" and order == 2 else value + given * (order - len(args) + 1)
    return context.make(name, tuple(args), shape, node)


def _counted(counts: tuple[int, ...]) -> str:
    """How many arguments a derivative takes: the point, then weights or directions."""
    if counts == (1,):
        return "one argument"
    return (
        "two arguments: the point and weights"
        if counts == (2,)
        else f"a point and {counts[0] - 1} to {counts[-1] - 1} directions"
    )


def _argument(context: Context, node: Node, place: int, arg: Expr, wanted: Shape) -> Expr:
    """An argument of the shape that was declared; a row counts as a column."""
    span = node.args[place].span
    context.settle(arg, wanted)
    kind = Variable("", ("scalar", "vector", "matrix")[len(wanted)], wanted)
    if arg.rank != len(wanted):
        raise context.problem(f"{node.value} takes a {kind}; this is {context.describe(arg)}", span)
    pattern = Expr(str(node.value), (), wanted, span=span)
    for one, other in zip(arg.shape, pattern.shape, strict=True):
        context.equate(
            (arg, one), (pattern, other), span, f"{node.value} takes a {kind}, not {{0}}"
        )
    return context.make("'", (arg,), arg.shape, node) if arg.row else arg
