"""Calls of functions that are only declared, and of their derivatives: f(x), f'(x), grad_f(u),
hess_f(u), jac_f(u), and d1_f(u, A), d12_f(u, A) of functions of several arguments.

The typed tree has them as ``apply`` nodes whose value is a ``FunctionRef``.
"""

from __future__ import annotations

import re

from matcalc.core.declared import HIGHEST_ORDER, FunctionRef
from matcalc.core.dims import Shape
from matcalc.core.errors import Span
from matcalc.core.kinds import MOST_RESULT_AXES, Variable, free_kind
from matcalc.core.tree import APPLY, Expr
from matcalc.read.shapes.context import Context, derivative_of
from matcalc.read.shapes.operators import entrywise
from matcalc.read.syntax.nodes import SyntaxNode

_HIGHER = re.compile(f"d[2-{HIGHEST_ORDER}]")
_PARTIAL = re.compile(f"d[1-9]{{1,{HIGHEST_ORDER}}}")


def call(context: Context, node: SyntaxNode, function: Variable, args: list[Expr]) -> Expr:
    """The value of a declared function or of a derivative of it."""
    ref = _derivative(context, node, function)
    weighted = ref.weighted
    directed = ref.along or (ref.of_a_vector and ref.order > 2)
    directions = range(max(ref.order - 2, ref.along), ref.order + 1) if directed else (0,)
    counts = tuple([ref.arity + weighted + count for count in directions])
    if len(node.args) not in counts:
        message = (
            f"{node.value} takes {_argument_count(ref, counts, weighted)}, not {len(node.args)}"
        )
        raise context.name_problem(message, Span(node.start, node.end))
    if ref.entrywise:
        wide = args[0]
        for other in args[1:]:
            what = f"take {node.value} of {{0}} and {{1}}"
            wide = entrywise(context, node, APPLY, wide, other, what)
        return context.like(APPLY, tuple(args), wide, node, value=ref)
    *given, value = function.shapes
    wanted = [*given, value] if weighted else given
    wanted += given * (len(args) - len(wanted))
    args = [_argument(context, node, k, args[k], shape) for k, shape in enumerate(wanted)]
    shape = () if weighted else value
    if ref.arity > 1:
        shape += tuple([axis for place in ref.by for axis in given[place]])
    else:
        shape += given[0] * (ref.order - len(args) + 1 + weighted)
    if len(shape) > MOST_RESULT_AXES:
        message = f"{node.value} has {len(shape)} axes; the limit is {MOST_RESULT_AXES}"
        raise context.problem(message, node.span)
    return context.make(APPLY, tuple(args), shape, node, value=ref)


def _derivative(context: Context, node: SyntaxNode, function: Variable) -> FunctionRef:
    """Which derivative of the function the name of a call says, the function itself included."""
    ref = FunctionRef(function.name, function.ranks, value=function.value)
    prefix, primes = derivative_of(str(node.value), function.name)
    if prefix and not primes:
        if ref.arity > 1 and _PARTIAL.fullmatch(prefix):
            by = tuple([int(digit) - 1 for digit in prefix[1:]])
            ref = ref._replace(order=len(by), by=by)
            if max(by) < ref.arity and by == tuple(sorted(by)):
                return ref
        order = {"hess": 2, "jac" if ref.ranks[-1:] != (0,) else "grad": 1}.get(prefix, 0)
        if _HIGHER.fullmatch(prefix) and (ref.of_a_vector or not ref.classic):
            order = int(prefix[1]) if prefix != "d2" or ref.of_vectors else 0
        if order and ref.arity == 1 and not ref.primed:
            return ref._replace(order=order, along=prefix == "d2")
    elif not prefix and primes <= (HIGHEST_ORDER if ref.primed else 0):
        return ref._replace(order=primes)
    hint = f"its derivatives are {_derivative_name(ref)}"
    message = (
        f"{function.name} is declared as {function}, and {node.value} is not one of its derivatives"
    )
    raise context.name_problem(message, node.mark or node.span, hint)


def _derivative_name(ref: FunctionRef) -> str:
    """What the derivatives of a function are called."""
    if ref.arity > 1:
        names = ", ".join([f"d{place + 1}_{{0}}" for place in range(ref.arity)])
        hint = f"{names} by each argument, d12_{{0}} by the first and the second, in this order"
    elif ref.primed:
        hint = "{0}'(x), {0}''(x)"
    elif ref.of_vectors:
        hint = "jac_{0}(u), hess_{0}(u, w), d2_{0}(u, v), d3_{0}(u, w, v)"
    elif ref.scalar_of_vector:
        hint = "grad_{0}(u), hess_{0}(u), d3_{0}(u, v)"
    else:
        first = "jac" if ref.ranks[-1] else "grad"
        hint = f"{first}_{{0}}(U), hess_{{0}}(U)"
    return hint.format(ref.name)


def _argument_count(ref: FunctionRef, counts: tuple[int, ...], weighted: bool) -> str:
    """How many arguments a derivative takes: the point, then weights, then directions."""
    if counts == (ref.arity,):
        return "one argument" if ref.arity == 1 else f"{ref.arity} arguments"
    if len(counts) == 1:
        return "two arguments: the point and weights"
    before = 1 + weighted
    what = "a point, weights" if weighted else "a point"
    least, most = counts[0] - before, counts[-1] - before
    return f"{what} and {least} {'to' if most > least + 1 else 'or'} {most} directions"


def _argument(context: Context, node: SyntaxNode, place: int, arg: Expr, wanted: Shape) -> Expr:
    """An argument of the shape that was declared; a row counts as a column."""
    span = node.args[place].span
    context.settle(arg, wanted)
    kind = Variable("", free_kind(len(wanted)), wanted)
    if arg.rank != len(wanted):
        raise context.problem(f"{node.value} takes a {kind}; this is {context.describe(arg)}", span)
    pattern = Expr(str(node.value), (), wanted, span=span)
    for one, other in zip(arg.shape, pattern.shape, strict=True):
        context.equate(
            (arg, one), (pattern, other), span, f"{node.value} takes a {kind}, not {{0}}"
        )
    return context.make("'", (arg,), arg.shape, node) if arg.row else arg
