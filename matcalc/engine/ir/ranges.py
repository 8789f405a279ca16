"""Ranges of an index, and how two of them lie to each other so far as that holds for all sizes."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim


class Range(NamedTuple):
    """The places start, ..., start + size - 1."""

    start: Dim
    size: Dim

    @property
    def end(self) -> Dim:
        """The place after the last."""
        return self.start.plus(self.size)


@lru_cache(maxsize=4096)
def nonnegative(size: Dim) -> bool:
    """Whether a dimension is at least 0 for all sizes: its coefficients are, in how much larger
    than 1 the sizes are.
    """
    if not size.rest:
        return size.scale >= 0
    return all(c >= 0 for c, _ in size.put(lambda name: Dim(1, (name,)).plus(ONE)).terms)


def are_disjoint(one: Range, other: Range) -> bool:
    """Whether they have no place in common."""
    return before(one, other) or before(other, one)


def before(one: Range, other: Range) -> bool:
    """Whether the first ends where the other starts, or earlier."""
    return nonnegative(other.start.plus(one.end, -1))


def inside(one: Range, other: Range) -> bool:
    """Whether all places of the first are places of the other."""
    return nonnegative(one.start.plus(other.start, -1)) and nonnegative(other.end.plus(one.end, -1))


def in_order(ranges: list[Range]) -> list[Range] | None:
    """The ranges from the first to the last; None where they overlap, or where it depends on the
    sizes.
    """
    ordered: list[Range] = []
    for each in ranges:
        place = next((k for k, known in enumerate(ordered) if before(each, known)), len(ordered))
        if not all(before(known, each) for known in ordered[:place]) or not all(
            before(each, known) for known in ordered[place:]
        ):
            return None
        ordered.insert(place, each)
    return ordered


def covers(ranges: list[Range], size: Dim) -> bool:
    """Whether ordered ranges leave nothing out."""
    end = ZERO
    for each in ranges:
        if each.start != end:
            return False
        end = each.end
    return end == size
