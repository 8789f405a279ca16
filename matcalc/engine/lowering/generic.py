"""Calls of functions that are only declared, as nodes."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import Shape
from matcalc.core.operations import ENTRYWISE
from matcalc.engine.ir.nodes import Factor, Node
from matcalc.engine.lowering.terms import ContractionBuilder, Value


def generic(shop: ContractionBuilder, name: str, args: Sequence[Node], shape: Shape) -> Value:
    """The call; hess_f(u, w) is the sum over k of w[k] times the second derivatives of f_k."""
    if name in ENTRYWISE:
        return shop.builder.elementwise(name, args)
    if len(args) == 1:
        return shop.builder.call(name, args, shape)
    if name[1] == "s":
        return _along(shop, name, args, shape)
    point, weights = args
    bend = shop.builder.call(name, [point], weights.axes + shape)
    return shop.builder.product(1, [(weights, (2,), 1), (bend, (2, 0, 1), 1)], (0, 1), shape)


def _along(shop: ContractionBuilder, name: str, args: Sequence[Node], shape: Shape) -> Value:
    """A derivative of a scalar function of a vector in directions."""
    point, *directions = args
    order, rank = int(name[2]), len(shape)
    whole = shop.builder.call(name, [point], point.axes * order)
    factors: list[Factor] = [(whole, tuple(range(order)), 1)]
    factors += [(direction, (rank + k,), 1) for k, direction in enumerate(directions)]
    return shop.builder.product(1, factors, tuple(range(rank)), shape)
