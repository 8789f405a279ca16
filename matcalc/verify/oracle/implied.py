"""What one switch says of another: two that decide by the same quantity, but for a number, have
sides in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from matcalc.core.tree import Expr, is_number
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.pieces import EQUAL, SIDE, Pieces, Sight, together, vanishing_part

_SAME = 1e-9
_NOTHING = 1e-12  # a distance between two borders that is one of rounding
_ENOUGH = 12  # entries from which a relation is read off

Relation = tuple[float, float]


class Goal(NamedTuple):
    """A side of the switch in a place, 0 where both sides of an equation are the same."""

    place: int
    side: int


def _relation(x: Array, y: Array) -> Relation | None:
    """(a, c) where y = a*x + c at all entries."""
    if len(x) < _ENOUGH or len(x) != len(y):
        return None
    spread = np.max(np.abs(x - x[0]))
    if not spread > 0 or not (np.all(np.isfinite(x)) and np.all(np.isfinite(y))):
        return None
    far = int(np.argmax(np.abs(x - x[0])))
    slope = (y[far] - y[0]) / (x[far] - x[0])
    near = int(np.argmin(np.abs(x)))
    offset = y[near] - slope * x[near]
    gaps = np.abs(slope * x + offset - y) / (1.0 + np.abs(y) + np.abs(slope * x))
    return (float(slope), float(offset)) if np.max(gaps) < _SAME and slope != 0 else None


def gaps_of(sights: Sequence[Sight], one: int, other: int) -> tuple[Array, Array]:
    """The values of two switches, entry by entry, at all points; a scalar goes with each entry."""
    pairs = [
        np.broadcast_arrays(sight.gaps[one], sight.gaps[other])
        for sight in sights
        if _alike(sight, one, other)
    ]
    if not pairs:
        return np.zeros(0), np.zeros(0)
    return np.concatenate([x.ravel() for x, _ in pairs]), np.concatenate(
        [y.ravel() for _, y in pairs]
    )


def _alike(sight: Sight, one: int, other: int) -> bool:
    shapes = sight.gaps[one].shape, sight.gaps[other].shape
    return shapes[0] == shapes[1] or () in shapes


def is_implied(pieces: Pieces, goal: Goal, sights: Sequence[Sight]) -> bool:
    """Whether the branch that a switch is in says that it is never on this side: where x > 5 it
    is not below 0.
    """
    facts = branch_goals(pieces, goal.place)
    return any(excludes(fact, goal, sights) for fact in facts)


def excludes(one: Goal, other: Goal, sights: Sequence[Sight]) -> bool:
    """Whether two sides have nothing in common, because the same quantity decides."""
    relation = _relation(*gaps_of(sights, one.place, other.place))
    if relation is None:
        return False
    a, c = relation  # the second is a*x + c where the first is x
    if one.side == 0:
        return abs(c) > _NOTHING if other.side == 0 else c * other.side <= _NOTHING
    if other.side == 0:
        return -c / a * one.side <= _NOTHING
    return a * one.side * other.side < 0 and c * other.side <= _NOTHING


def branch_goals(pieces: Pieces, place: int) -> list[Goal]:
    """What holds in the branches that a switch is in: comparisons that hold together, or one
    that does not.
    """
    found = []
    for guard in pieces.guards[pieces.switches[place]]:
        holding = together(guard.condition)
        if guard.first or len(holding) == 1:
            found += [goal for part in holding if (goal := goal_of(pieces, part, guard.first))]
    return found


def goal_of(pieces: Pieces, condition: Expr, holds: bool = True) -> Goal | None:
    """The side of a switch on which a condition holds, or does not; None where no side is meant, as
    of ``!=``.
    """
    found = vanishing_part(condition)
    if found is None:
        return None
    condition, straight = found
    for place, switch in enumerate(pieces.switches):
        if switch.node is condition and switch.kind in (SIDE, EQUAL):
            op = condition.op
            if op in ("==", "!="):
                return Goal(place, 0) if ((op == "==") == straight) == holds else None
            side = -1 if op in ("<", "<=", "min") else 1
            if op in ("max", "min") and is_number(condition.args[0], 0):
                side = -side  # of max(0, u) the first less the second decides
            return Goal(place, side if straight == holds else -side)
    return None


def windows(pieces: Pieces, sights: Sequence[Sight]) -> Iterator[tuple[Goal, Goal]]:
    """Pairs of sides that have a stretch in common, as 3 < x and x < 3.1, outside branches: both
    have to be seen at once.
    """
    free = [
        place
        for place, switch in enumerate(pieces.switches)
        if switch.kind == SIDE and not pieces.guards[switch]
    ]
    for turn, one in enumerate(free):
        for other in free[turn + 1 :]:
            relation = _relation(*gaps_of(sights, one, other))
            if relation is None or abs(relation[1]) <= _NOTHING:
                continue
            a, c = relation
            for side in (1, -1):
                for beyond in (1, -1):
                    # x*side > 0 and (a*x + c)*beyond > 0: an open end, or the stretch between 0 and
                    # -c/a
                    if a * side * beyond > 0 or c * beyond > 0:
                        yield Goal(one, side), Goal(other, beyond)
