"""Ways to a point at which several things hold at once, as where k = 1 and a = 2 and x > 1000.

One entry of one variable is moved at a time, until what decides has the wanted sign or, for an
equation, is exactly 0. Equations of numbers such as 1/4 are exact in floating point, so the search
begins at such numbers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import NamedTuple

import numpy as np

from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import FREE, Variable
from matcalc.core.subspaces import SPACES, independent
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.implied import Goal
from matcalc.verify.oracle.interpret import Sizes
from matcalc.verify.oracle.pieces import Pieces, Switch
from matcalc.verify.oracle.preconditions import is_of_kind

_MARGINS = (1.0, 0.1, 1e-2, 1e-3, 1e-4, 1e-6)  # how far beyond a border, within narrow pieces
_ROUNDS = 4
_MOST_SIGHTS = 300  # points that are looked at for one set of goals
_STEPS = 24
_QUARTERS, _SMALL = 4, 8
_TRIED = 3  # entries of a variable
_ENTRIES = (0, 1)  # entries of what decides: of x[i] - x[j] the first is always 0
MOVED = FREE | {"positive", *SPACES}

Values = dict[str, Array]


def names_of(switch: Switch) -> set[str]:
    """The variables that decide."""
    nodes = (node for root in switch.ends for node in root.parts)
    return {node.value for node in nodes if node.op == "variable"}


class _Aim(NamedTuple):
    """What is to be met: the goals, at which entry of all that decides, and how far beyond each
    border.
    """

    pieces: Pieces
    variables: Mapping[str, Variable]
    sizes: Sizes
    entry: int
    margin: float
    sights: list[int]  # how many points may still be looked at

    def gap(self, goal: Goal, values: Values) -> float:
        """What decides; not a number where it has no value."""
        if self.sights[0] <= 0:
            return float("nan")
        self.sights[0] -= 1
        try:
            gap = self.pieces.sight(values, self.sizes).gaps[goal.place].ravel()
        except (EvaluationError, ValueError, np.linalg.LinAlgError):
            return float("nan")
        return float(gap[min(self.entry, gap.size - 1)]) if gap.size else float("nan")

    def is_met(self, goal: Goal, values: Values) -> bool:
        """Whether the goal is met."""
        gap = self.gap(goal, values)
        return gap == 0 if goal.side == 0 else gap * goal.side > 0


def reach_points(
    goals: Sequence[Goal],
    pieces: Pieces,
    variables: Mapping[str, Variable],
    sizes: Sizes,
    bases: Sequence[Values],
    budget: list[int],
) -> Iterator[Values]:
    """Points at which all goals are met at one entry, if they are found. ``budget`` says how many
    points may be looked at, and is lowered.
    """
    decide = [pieces.switches[goal.place] for goal in goals]
    count = Counter(name for switch in decide for name in names_of(switch))
    equal = any(goal.side == 0 for goal in goals)
    bordering = any(goal.side for goal in goals)
    single = all(not each.node.shape and each not in pieces.inside for each in decide)
    entries = _ENTRIES[:1] if single else _ENTRIES
    allowed = min(_MOST_SIGHTS, budget[0])
    sights = [allowed]
    for base in _starts(bases, variables, count, equal):
        for margin, entry in product(_MARGINS if bordering else _MARGINS[:1], entries):
            aim = _Aim(pieces, variables, sizes, entry, margin, sights)
            found = _settle(aim, goals, base, count)
            budget[0], allowed = budget[0] - allowed + sights[0], sights[0]
            if found is not None:
                yield found
                if bordering:
                    break


def _starts(
    bases: Sequence[Values], variables: Mapping[str, Variable], count: Counter[str], equal: bool
) -> Iterator[Values]:
    """The points themselves or, for equations, such of fractions, of ones and of zeros."""
    for base in bases if not equal else ():
        yield base
    moved = {name for name in count if variables[name].kind in MOVED}

    def each(base: Values, change: Callable[[Array], Array]) -> Values:
        made = {name: change(base[name]) for name in moved}
        return {
            **base,
            **{name: x for name, x in made.items() if is_of_kind(variables[name], x)},
        }

    for base in bases if equal else ():
        yield each(base, lambda value: np.round(value * _QUARTERS) / _QUARTERS)
        yield each(base, np.ones_like)
        yield each(base, np.zeros_like)
        # of positive numbers some sums and traces are reached from small ones only
        yield each(base, lambda value: np.round(value * _SMALL) / _SMALL**2)


def _settle(aim: _Aim, goals: Sequence[Goal], base: Values, count: Counter[str]) -> Values | None:
    values = dict(base)
    for _ in range(_ROUNDS):
        unmet = [goal for goal in goals if not aim.is_met(goal, values)]
        if not unmet:
            return values
        before = values
        for goal in unmet:
            # what decides least besides is moved first
            names = sorted(
                names_of(aim.pieces.switches[goal.place]), key=lambda name: (count[name], name)
            )
            moved = (
                _move(aim, name, goal, values)
                for name in names
                if aim.variables[name].kind in MOVED
            )
            values = next((found for found in moved if found is not None), values)
        if values is before:
            return None
    return None


def _move(aim: _Aim, name: str, goal: Goal, values: Values) -> Values | None:
    """The point with one independent entry of a variable moved so far that the goal is met."""
    start = values[name]
    for places in islice(_independent_entries(aim.variables[name], start), _TRIED):

        def at(entry: float, places: Sequence[tuple[int, ...]] = places) -> Values:
            made = np.array(start, dtype=float)
            for *place, sign in places:
                made[tuple(place)] = sign * entry
            return {**values, name: made}

        def miss(entry: float, at: Callable[[float], Values] = at) -> float:
            return aim.gap(goal, at(entry)) - goal.side * aim.margin

        found = _root(miss, float(start[tuple(places[0][:-1])]), exact=goal.side == 0)
        if found is None:
            continue
        made = at(found)
        if is_of_kind(aim.variables[name], made[name]) and aim.is_met(goal, made):
            return made
    return None


def _independent_entries(variable: Variable, value: Array) -> Iterable[tuple[tuple[int, ...], ...]]:
    """Where each entry that can be chosen stands, and with which sign."""
    if variable.kind in SPACES:
        return independent(variable.kind, len(value))
    return (((*place, 1),) for place in np.ndindex(*value.shape))


def _root(miss: Callable[[float], float], start: float, *, exact: bool) -> float | None:
    """Where a function is 0, by secants; if it has to be exact, among the numbers beside that."""
    before, now = start + 1.0, start
    values = miss(before), miss(now)
    for _ in range(_STEPS):
        if values[1] == 0:
            return now
        slope = (values[1] - values[0]) / (now - before) if now != before else 0.0
        if slope == 0 or not np.isfinite(slope):
            break
        before, now = now, now - values[1] / slope
        values = values[1], miss(now)
    if not np.isfinite(values[1]):
        return None
    for beside in (np.nextafter(now, -np.inf), np.nextafter(now, np.inf)) if exact else ():
        if miss(float(beside)) == 0:
            return float(beside)
    return now if not exact or values[1] == 0 else None
