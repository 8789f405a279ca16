"""Functions of an order, which is an integer: their derivatives are the same function of the
neighbouring orders.

Such a differential would need a pattern for numbers in ``identities/``; published/special.toml
states cases of both.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node


def _polygamma(builder: Builder, order: Node, x: Node) -> Node:
    """psi_k' = psi_(k+1) (Abramowitz & Stegun 6.4.1)."""
    return _neighbour(builder, "polygamma", order, x, 1)


def _besselj(builder: Builder, order: Node, x: Node) -> Node:
    """J_k' = (J_(k-1) - J_(k+1))/2 and J_0' = -J_1 (Abramowitz & Stegun 9.1.27, 9.1.28)."""
    above = _neighbour(builder, "besselj", order, x, 1)
    if order.coefficient == 0:  # type: ignore[attr-defined]
        return builder.sum([(-1, above)], x.axes)
    below = _neighbour(builder, "besselj", order, x, -1)
    return builder.sum([(Fraction(1, 2), below), (Fraction(-1, 2), above)], x.axes)


def _neighbour(builder: Builder, name: str, order: Node, x: Node, distance: int) -> Node:
    return builder.elementwise(
        name, [builder.sum([(1, order), (1, builder.number(distance))], ()), x]
    )


ORDERED: dict[str, Callable[[Builder, Node, Node], Node]] = {
    "polygamma": _polygamma,
    "besselj": _besselj,
}
