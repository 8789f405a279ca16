"""The surfaces on which a claim alone may jump, as that where det(X) == 0, and the points that were
found on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.implied import Goal, branch_goals, gaps_of
from matcalc.verify.oracle.pieces import Pieces, Sight, Switch
from matcalc.verify.oracle.reach import names_of

_MOST = 3  # points on a surface that are taken: a claim may be right at the first by chance
_ROUNDING = 1e-12

Values = dict[str, Array]


class Rough(NamedTuple):
    """A point on a surface on which the expression is not known to be smooth."""

    switch: Switch
    values: Values


class Surface:
    """Where what decides at one switch is exactly 0, entries apart that are 0 everywhere, as those
    off a diagonal.
    """

    def __init__(self, place: int, pieces: Pieces, sights: Sequence[Sight]) -> None:
        self.place, self.switch = place, pieces.switches[place]
        self.smooth: list[Values] = []
        self.rough: list[Values] = []
        self._names = names_of(self.switch)
        self._goals = branch_goals(pieces, place)
        self._varies = [sight.gaps[place] != 0 for sight in sights]
        self._outside: list[Sight] = []  # on the surface, but in another branch

    def holds(self, sight: Sight, values: Values) -> bool:
        """Whether a point is on the surface, and at another place of it than those before."""
        gap = sight.gaps[self.place]
        varies = [each for each in self._varies if each.shape == gap.shape]
        there = (gap == 0) & (np.any(varies, axis=0) if varies else True)
        if np.any(there) and not np.any(there & sight.counting[self.place]):
            self._outside.append(sight)
        return bool(np.any(there & sight.counting[self.place])) and not any(
            all(np.array_equal(values[name], known[name]) for name in self._names)
            for known in (*self.smooth, *self.rough)
        )

    @property
    def full(self) -> bool:
        """Whether no more points are needed."""
        return len(self.smooth) >= _MOST or len(self.rough) >= 2 * _MOST

    def is_in_another_branch(self) -> bool:
        """Whether a condition of the branch is as far from holding at all points on the surface, as
        abs(x) > 1 is where x is 0.
        """
        return any(self._misses(goal) for goal in self._goals)

    def _misses(self, goal: Goal) -> bool:
        pairs = [(each.gaps[self.place], each.gaps[goal.place]) for each in self._outside]
        found = [
            np.broadcast_to(other, gap.shape)[gap == 0]
            for gap, other in pairs
            if other.shape in ((), gap.shape)
        ]
        deciding = np.concatenate(found) if found else np.zeros(0)
        if len(deciding) < 2 or np.ptp(deciding) > _ROUNDING * (1 + np.abs(deciding[0])):
            return False
        holds = deciding[0] * goal.side > 0 if goal.side else deciding[0] == 0
        return not holds


def is_border_of(place: int, others: Iterable[int], sights: Sequence[Sight]) -> bool:
    """Whether a surface seems to be that of another switch, which decides alike at all points."""
    for other in others:
        ours, theirs = gaps_of(sights, place, other)
        products = np.sign(ours) * np.sign(theirs)
        if len(products) and (np.all(products >= 0) or np.all(products <= 0)):
            return True
    return False
