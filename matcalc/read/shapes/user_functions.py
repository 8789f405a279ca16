"""The shape rule of the functions that users bring."""

from __future__ import annotations

from matcalc.core.dims import Dim
from matcalc.core.kinds import size_names
from matcalc.core.tree import APPLY, Expr
from matcalc.core.user_functions import UserFunction
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.operators import entrywise
from matcalc.read.syntax.nodes import SyntaxNode


def apply_user_function(
    context: Context, node: SyntaxNode, own: UserFunction, args: list[Expr]
) -> Expr:
    """A user's function: the arguments have the shapes of its parameters, for some sizes, and the
    value has what these say.
    """
    name = own.name
    if own.entrywise:
        wide = args[0]
        for other in args[1:]:
            wide = entrywise(context, node, APPLY, wide, other, f"take {name} of {{0}} and {{1}}")
        return context.like(APPLY, tuple(args), wide, node, value=own)
    letters = size_names(own.parameters)
    sizes: dict[str, Dim] = {letter: context.unifier.fresh() for letter in letters}
    for parameter, arg, place in zip(own.parameters, args, node.args, strict=True):
        wanted = tuple([size.put(sizes.get) for size in parameter.shape])
        if wanted:
            context.settle(arg, wanted)
        if id(arg) in context.rankless or arg.rank != len(wanted):
            context.settle(arg)
            message = (
                f"{name} takes {parameter} as {parameter.name}; this is {context.describe(arg)}"
            )
            raise context.problem(message, place.span)
        pattern = Expr(APPLY, (), wanted, value=own, span=place.span)
        for axis, other_axis in zip(arg.shape, wanted, strict=True):
            what = f"{name} takes {parameter} as {parameter.name}, not {{0}}"
            context.equate((arg, axis), (pattern, other_axis), place.span, what)
    shape = tuple([size.put(sizes.get) for size in own.shape])
    return context.make(APPLY, tuple(args), shape, node, value=own)
