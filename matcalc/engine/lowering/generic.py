"""Calls of functions that are only declared, as nodes."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.declared import FunctionRef
from matcalc.core.dims import Shape
from matcalc.engine.ir.nodes import Factor, Node
from matcalc.engine.lowering.terms import ContractionBuilder, Lowered


def generic(
    sums: ContractionBuilder, function: FunctionRef, args: Sequence[Node], shape: Shape
) -> Lowered:
    """The call; hess_f(u, w) is the sum over k of w[k] times the second derivatives of f_k."""
    if function.entrywise:
        return sums.builder.elementwise(function, args)
    if len(args) == 1 or not function.classic:
        return sums.builder.call(function, args, shape)
    if not function.weighted:
        return _along(sums, function, args[0], args[1:], shape)
    point, weights, *directions = args
    return _along(sums, function, point, directions, shape, weights)


def _along(
    sums: ContractionBuilder,
    function: FunctionRef,
    point: Node,
    directions: Sequence[Node],
    shape: Shape,
    weights: Node | None = None,
) -> Lowered:
    """A derivative of a function of a vector in directions; of a vector of functions it is that of
    their sum with weights, or of each of them.
    """
    order, rank = function.order, len(shape)
    values = shape[: function.along] if weights is None else weights.axes
    first = 1 if function.along else 0  # of the labels for the argument
    labels = (*[0 if function.along else order for _ in values], *range(first, first + order))
    bare = function._replace(along=False)
    whole = sums.builder.call(bare, [point], values + point.axes * order)
    factors: list[Factor] = [(whole, labels, 1)]
    factors += [(direction, (rank + k,), 1) for k, direction in enumerate(directions)]
    if weights is not None:
        factors.append((weights, (order,), 1))
    return sums.builder.product(1, factors, tuple(range(rank)), shape)
