"""What a claim says at points where the objective may not be smooth, as on a kink or where a matrix
is singular. Where there is no derivative, a value there is a convention, but not one beyond the
values beside it.

If the limits of each partial derivative are one number and the objective is continuous, these are
its derivative there, by the mean value theorem. Else the generalised gradient is the convex hull of
the limits of gradients (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1). So no
entry of its members is larger or smaller than in all of these limits. The same holds of second
derivatives, which are derivatives of the first.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from matcalc.claims.judge.question import OnBorder, Point, Question
from matcalc.claims.judge.smallest import Counterexample
from matcalc.core.kinds import FREE
from matcalc.core.subspaces import SPACES, independent
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.compare import largest_place
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.numeric import numeric_derivative
from matcalc.verify.oracle.sample import matrix_of_entries

_RAYS = 24  # to a point on a kink, so that each entry comes from both of its sides,
_STEP = 1e-7  # and how far they begin from it
_MORE = 1e-4  # by which a value is beyond others
_ONE = 1e-6  # of how much beyond it is: by so little differ limits that are one
_ZERO = 1e-9  # what rounding leaves of zero
_PLAIN = (0.0, 1.0, -1.0, 2.0)
_JUMP = 1e-4  # by so much jumps what is not continuous


class OnKink(NamedTuple):
    """What is said about a claim on a kink of the objective; with a counterexample where the kink
    is none of the derivative, which has a value there.
    """

    says: str
    counterexample: Counterexample | None = None


def find_beyond(asked: Question, rough: Sequence[OnBorder]) -> OnKink | None:
    """Whether a claim that is right elsewhere has a value at one of these points that is not the
    derivative there, or where there is none, a value that no generalised gradient has.
    """
    if asked.program is None or asked.tree is None:
        return None
    if asked.variables[asked.wrt].kind not in (*FREE, *SPACES):
        return None
    noted: OnKink | None = None
    for condition, point in sorted(rough, key=lambda each: _count_odd(each.point)):
        found = _compare(asked, condition, point)
        if found is not None and found.counterexample is not None:
            return found
        noted = noted or found
    return noted


def _count_odd(point: Point) -> int:
    """How many entries are not numbers that one would choose."""
    return sum(int(np.sum(~np.isin(value, _PLAIN))) for value in point.values.values())


def _compare(asked: Question, condition: str, point: Point) -> OnKink | None:
    """What is said about the claim at one point on a kink."""
    there = asked.claimed(point)
    limits, pairs = _limits(asked, point)
    if not (limits.size and np.all(np.isfinite(there)) and np.all(np.isfinite(limits))):
        return None
    low, high = limits.min(axis=0), limits.max(axis=0)
    beyond = np.maximum(there - high, low - there)
    slack = _MORE * max(1.0, float(np.max(np.abs(limits))))
    if not np.any(beyond > slack):
        return None
    # where the limits of all partial derivatives are one number each, these are the derivative; a
    # formula that takes both branches of a tie may well miss the one that both have in common
    settled = bool(np.max(high - low) <= slack) and all(
        _is_continuous(asked, point, pairs, order) for order in range(asked.order)
    )
    smooth = np.logical_and(settled, high - low <= _ONE * beyond)
    smooth = np.logical_and(smooth, beyond > slack)
    index = largest_place(np.where(smooth, np.inf, beyond))
    if not beyond[index] > slack:
        return None
    entry = f"entry {list(index)} of the claim" if index else "the claim"
    values = [0.0 if abs(each) < _ZERO else each for each in (low[index], high[index])]
    if smooth[index]:
        what = f"entry {list(index)} of the derivative" if index else "the derivative"
        return OnKink(
            f"at a point where {condition}, {what} is {values[0]:.4g}, "
            f"and the claim {there[index]:.4g}",
            Counterexample(point, index, float(there[index]), values[0]),
        )
    shown = " to ".join(dict.fromkeys([f"{each:.4g}" for each in values]))
    what = "generalised gradient" if asked.order == 1 else "limit of the derivative"
    return OnKink(
        f"on the kink where {condition}, {entry} is {there[index]:.4g}, and beside it "
        f"{shown}: no other value is a {what}"
    )


def _limits(asked: Question, point: Point) -> tuple[Array, list[list[Point]]]:
    """The limits of the claim, which is the derivative elsewhere, along some rays to a point; and
    two points on each ray.
    """
    rng = np.random.default_rng(0)
    pairs = []
    for _ in range(_RAYS):
        step = _STEP * _direction(asked, point, rng)
        pair = [
            Point(point.sizes, {**point.values, asked.wrt: point.values[asked.wrt] + part * step})
            for part in (1, 1 / 2)
        ]
        pairs.append(pair)
    limits = [2 * asked.claimed(near) - asked.claimed(far) for far, near in pairs]
    return np.array(limits), pairs


def _direction(asked: Question, point: Point, rng: np.random.Generator) -> Array:
    """A random direction in which the variable may move, of entries about as large as its own."""
    variable, value = asked.variables[asked.wrt], point.values[asked.wrt]
    if variable.kind not in SPACES:
        return np.asarray((1 + np.abs(value)) * rng.uniform(-1, 1, value.shape))
    entries = rng.uniform(-1, 1, len(independent(variable.kind, len(value))))
    room = 1 + float(np.max(np.abs(value), initial=0.0))
    return room * matrix_of_entries(variable.kind, entries, len(value))


def _is_continuous(
    asked: Question, point: Point, pairs: Sequence[Sequence[Point]], order: int
) -> bool:
    """Whether the objective, or its derivative of lower order, has one limit along all rays: that
    is its value.
    """
    assert asked.program is not None
    expr = asked.program.expr

    def at(place: Point) -> Array:
        if not order:
            return interpret(expr, place.values, place.sizes)
        found, _ = numeric_derivative(
            expr, asked.variables, asked.wrt, order, place.values, place.sizes
        )
        return found

    ends = np.array([at(near) for _, near in pairs])
    here = ends[0] if order else at(point)
    room = _JUMP * max(1.0, float(np.max(np.abs(here), initial=0.0)))
    return bool(np.max(np.abs(ends - here), initial=0.0) < room)
