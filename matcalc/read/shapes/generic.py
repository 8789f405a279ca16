"""Calls of functions that are only declared, and of their derivatives: f(x), f'(x), grad_f(u),
hess_f(u), jac_f(u).

The typed tree has them as ``apply`` nodes whose value is a ``FunctionRef``.
"""

from __future__ import annotations

import re

from matcalc.core.declared import HIGHEST_ORDER, FunctionRef
from matcalc.core.dims import Shape
from matcalc.core.errors import Span, UnknownNameError
from matcalc.core.kinds import Variable
from matcalc.core.tree import APPLY, Expr
from matcalc.read.shapes.context import Context, derivative_of
from matcalc.read.syntax.nodes import Node

_ORDERS: dict[tuple[int, ...], dict[str, int]] = {
    (1, 0): {"grad": 1, "hess": 2},
    (1, 1): {"jac": 1, "hess": 2},
    (2, 0): {"grad": 1, "hess": 2},  # the second one is an array with four axes
}
_HIGHER = re.compile(f"d[3-{HIGHEST_ORDER}]")
_NAMED = {
    (): "{0}'(x), {0}''(x)",
    (1, 0): "grad_{0}(u), hess_{0}(u), d3_{0}(u, v)",
    (2, 0): "grad_{0}(U), hess_{0}(U)",
    (1, 1): "jac_{0}(u), hess_{0}(u, w)",
}


def call(context: Context, node: Node, function: Variable, args: list[Expr]) -> Expr:
    """The value of a declared function or of a derivative of it."""
    prefix, primes = derivative_of(str(node.value), function.name)
    order = _ORDERS.get(function.ranks, {}).get(prefix) if prefix else primes
    if function.ranks == (1, 0) and _HIGHER.fullmatch(prefix):
        order = int(prefix[1])
    if order is None or order > HIGHEST_ORDER or (primes and function.ranks):
        hint = f"its derivatives are {_NAMED[function.ranks].format(function.name)}"
        message = (
            f"{function.name} is declared as {function}, of which {node.value} is no derivative"
        )
        raise UnknownNameError(
            message, source=context.source, span=node.mark or node.span, hint=hint
        )
    ref = FunctionRef(function.name, function.ranks, order)
    weighted = ref.of_vectors and order == 2
    directed = ref.scalar_of_vector and order > 2
    counts = (2,) if weighted else (order - 1, order, order + 1) if directed else (1,)
    if len(node.args) not in counts:
        message = f"{node.value} takes {_counted(counts)}, not {len(node.args)}"
        raise UnknownNameError(message, source=context.source, span=Span(node.start, node.end))
    if ref.entrywise:
        return context.like(APPLY, (args[0],), args[0], node, value=ref)
    given, value = function.shapes
    wanted = (given, value) if weighted else (given,) * len(args)
    args = [_argument(context, node, k, args[k], shape) for k, shape in enumerate(wanted)]
    shape = given * 2 if weighted else value + given * (order - len(args) + 1)
    return context.make(APPLY, tuple(args), shape, node, value=ref)


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
