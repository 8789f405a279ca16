"""Where the network of a matrix product falls into a left and a right part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcalc.core.dims import Dim
from matcalc.engine.ir.nodes import Factor, label_sizes


class Cut(NamedTuple):
    """A summed label at which all that hangs on output 0 (``left``) meets all that hangs on output
    1 (``right``).
    """

    label: int
    size: Dim
    left: list[Factor]
    right: list[Factor]


def parts(
    factors: Sequence[Factor], start: set[int], end: int, at: int = -1
) -> tuple[list[Factor], list[Factor]] | None:
    """What hangs together with ``start`` without passing ``at``, and the rest; None where that
    reaches ``end`` or is all.
    """
    labelled = [factor for factor in factors if factor[1]]
    reached, left = set(start), []
    while True:
        left = [factor for factor in labelled if reached.intersection(factor[1])]
        more = {label for _, labels, _ in left for label in labels} - reached - {at}
        if not more:
            break
        reached |= more
    right = [factor for factor in labelled if factor not in left]
    return None if end in reached or not left or not right else (left, right)


def bridges(factors: Sequence[Factor]) -> list[Cut]:
    """The cuts of a matrix with outputs 0 and 1, from left to right."""
    found = []
    for label, size in sorted(label_sizes(factors).items()):
        sides = parts(factors, {0}, 1, label) if label > 1 else None
        if sides is not None and any(label in labels for _, labels, _ in sides[0]):
            found.append(Cut(label, size, *sides))
    return sorted(found, key=lambda cut: len(cut.left))
