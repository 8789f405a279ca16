"""What one switch says of another: two that decide by the same quantity, but for a number, have
sides in common.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.pieces import SIDE, Pieces, Sight

_SAME = 1e-9
_ENOUGH = 12  # entries from which a relation is read off

Relation = tuple[float, float]


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


def _entries(sights: Sequence[Sight], one: int, other: int) -> tuple[Array, Array]:
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


def implied(pieces: Pieces, place: int, side: int, sights: Sequence[Sight]) -> bool:
    """Whether the branch that a switch stands in says that it is never on this side: where x > 5 it
    is not below 0.
    """
    for known, its_side in _facts(pieces, place):
        relation = _relation(*_entries(sights, known, place))
        # where known*its_side > 0: place = a*known + c has the sign of a*its_side if c has it, too
        if (
            relation is not None
            and relation[0] * its_side * side < 0
            and relation[1] * side <= _SAME
        ):
            return True
    return False


def _facts(pieces: Pieces, place: int) -> Iterator[tuple[int, int]]:
    """Switches of which the side is known in the branch: comparisons that hold together, or one
    that does not hold.
    """
    for guard in pieces.guards[pieces.switches[place]]:
        holding = _together(guard.condition) if guard.first else [guard.condition]
        for known, switch in enumerate(pieces.switches):
            if switch.kind == SIDE and any(switch.node is node for node in holding):
                says = (
                    1
                    if switch.node.op in (">", ">=", "step")
                    else -1
                    if switch.node.op in ("<", "<=")
                    else 0
                )
                if says:
                    yield known, says if guard.first else -says


def _together(condition: Expr) -> list[Expr]:
    """The factors of a product, all of which hold where it does."""
    found, todo = [], [condition]
    while todo:
        node = todo.pop()
        if node.op in ("*", ".*"):
            todo += node.args
        else:
            found.append(node)
    return found


def windows(pieces: Pieces, sights: Sequence[Sight]) -> Iterator[tuple[int, int, int, int]]:
    """Pairs of sides that have a stretch in common, as 3 < x and x < 3.1, outside of branches: both
    have to be seen at once.
    """
    free = [
        place
        for place, switch in enumerate(pieces.switches)
        if switch.kind == SIDE and not pieces.guards[switch]
    ]
    for turn, one in enumerate(free):
        for other in free[turn + 1 :]:
            relation = _relation(*_entries(sights, one, other))
            if relation is None or abs(relation[1]) <= _SAME:
                continue
            a, c = relation
            for side in (1, -1):
                for beyond in (1, -1):
                    # x*side > 0 and (a*x + c)*beyond > 0: an open end, or the stretch between 0 and
                    # -c/a
                    if a * side * beyond > 0 or c * beyond > 0:
                        yield one, side, other, beyond
