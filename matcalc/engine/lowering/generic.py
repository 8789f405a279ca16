"""Calls of functions that are only declared, as nodes."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Shape
from matcalc.engine.ir.nodes import Factor, Node
from matcalc.engine.lowering.terms import ContractionBuilder, Value


def generic(
    shop: ContractionBuilder, function: FunctionRef, args: Sequence[Node], shape: Shape
) -> Value:
    """The call; hess_f(u, w) is the sum over k of w[k] times the second derivatives of f_k."""
    if function.entrywise:
        return shop.builder.elementwise(function, args)
    if len(args) == 1 or not function.classic:
        return shop.builder.call(function, args, shape)
    if function.scalar_of_vector:
        return _along(shop, function, args, shape)
    point, weights = args
    bend = shop.builder.call(function, [point], weights.axes + shape)
    return shop.builder.product(1, [(weights, (2,), 1), (bend, (2, 0, 1), 1)], (0, 1), shape)


def _along(
    shop: ContractionBuilder, function: FunctionRef, args: Sequence[Node], shape: Shape
) -> Value:
    """A derivative of a scalar function of a vector in directions."""
    point, *directions = args
    order, rank = function.order, len(shape)
    whole = shop.builder.call(function, [point], point.axes * order)
    factors: list[Factor] = [(whole, tuple(range(order)), 1)]
    factors += [(direction, (rank + k,), 1) for k, direction in enumerate(directions)]
    return shop.builder.product(1, factors, tuple(range(rank)), shape)
