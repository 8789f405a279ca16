"""Factors of a product that are a matrix between two labels."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import Dim
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Factor, Node

Pair = tuple[int, int]
PlacedMatrix = tuple[Node, list[int]]  # a matrix, and the places of its factors


def path(
    builder: Builder, rank: int, factors: Sequence[Factor], pair: Pair, kernel: int | None
) -> PlacedMatrix | None:
    """The matrix D for which factors are D[a, b]: nothing else touches what is between, and only
    the kernel its ends.

    Without a kernel the ends are outputs.
    """
    start, end = pair
    if kernel is not None and min(pair) < rank:
        return None
    if start == end:
        alone = kernel is not None and not places_at(factors, start, kernel)
        return (builder.eye(size(factors, start)), []) if alone else None
    places: list[int] = []
    at = start
    while True:
        onward = [place for place in places_at(factors, at, kernel) if place not in places]
        if at == end and places:
            break
        if len(onward) != 1 or (at < rank and at != start):
            return None
        _, labels, exponent = factors[onward[0]]
        if len(labels) != 2 or exponent != 1 or labels[0] == labels[1]:
            return None
        places.append(onward[0])
        at = labels[1] if labels[0] == at else labels[0]
    if onward:
        return None
    axes = (size(factors, start), size(factors, end))
    return builder.product(1, [factors[place] for place in places], pair, axes), places


def places_at(factors: Sequence[Factor], label: int, without: int | None) -> list[int]:
    """The places of the factors that a label touches, as often as it does."""
    return [
        place
        for place, (_, labels, _) in enumerate(factors)
        for own in labels
        if own == label and place != without
    ]


def size(factors: Sequence[Factor], label: int) -> Dim:
    """The dimension of a label."""
    return next(node.axes[labels.index(label)] for node, labels, _ in factors if label in labels)


def times(builder: Builder, left: Node, right: Node) -> Node:
    """The matrix product."""
    factors: list[Factor] = [(left, (0, 1), 1), (right, (1, 2), 1)]
    return builder.product(1, factors, (0, 2), (left.axes[0], right.axes[1]))
