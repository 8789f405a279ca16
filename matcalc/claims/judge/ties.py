"""What a claim says on a kink of the objective. Where there is no derivative, a value there is a
convention, but not one beyond the values beside it.

If the limits of a partial derivative are one number and the objective is continuous, that number is
its value there, by the mean value theorem. Else the generalised gradient is the convex hull of the
limits of gradients (Clarke, Optimization and Nonsmooth Analysis, 1983, theorem 2.5.1). So no entry
of its members is larger or smaller than in all of these limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from matcalc.claims.judge.question import Point, Question, Sample
from matcalc.claims.judge.smallest import Counterexample
from matcalc.core.kinds import FREE
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.implied import Goal, branch_goals
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.pieces import Pieces, jumps_at_zero
from matcalc.verify.oracle.reach import names_of, reach_points
from matcalc.write.printers.text import text

_MOST_LOOKS = 300  # points that are looked at for one kink
_RAYS = 24  # to a point on a kink, so that each entry comes from both of its sides,
_STEP = 1e-7  # and how far they begin from it
_MORE = 1e-4  # by which a value is beyond others
_ONE = 1e-6  # of how much beyond it is: by so little differ limits that are one
_ZERO = 1e-9  # what rounding leaves of zero
_JUMP = 1e-4  # by so much jumps what is not continuous


class OnKink(NamedTuple):
    """What is said of a claim on a kink of the objective; with a counterexample where the kink is
    none of the derivative, which has a value there.
    """

    says: str
    counterexample: Counterexample | None = None


def find_beyond(asked: Question, samples: Sequence[Sample]) -> OnKink | None:
    """Whether a claim that is right off the kinks of the objective has a value on one that is not
    the derivative there, or where there is none, a value that no generalised gradient has.
    """
    if asked.program is None or asked.tree is None or asked.order != 1:
        return None
    if asked.variables[asked.wrt].kind not in FREE:
        return None
    noted: OnKink | None = None
    for condition, point in _on_kinks(asked, asked.tree, samples):
        found = _compare(asked, condition, point)
        if found is not None and found.counterexample is not None:
            return found
        noted = noted or found
    return noted


def _compare(asked: Question, condition: str, point: Point) -> OnKink | None:
    """What is said of the claim at one point on a kink."""
    there = asked.claimed(point)
    limits, is_continuous = _limits(asked, point)
    if not (limits.size and np.all(np.isfinite(there)) and np.all(np.isfinite(limits))):
        return None
    low, high = limits.min(axis=0), limits.max(axis=0)
    beyond = np.maximum(there - high, low - there)
    slack = _MORE * max(1.0, float(np.max(np.abs(limits))))
    # where the limits of a partial derivative are one number, that is its value there
    smooth = np.logical_and(is_continuous, high - low <= _ONE * beyond)
    smooth = np.logical_and(smooth, beyond > slack)
    worst = np.unravel_index(int(np.argmax(np.where(smooth, np.inf, beyond))), beyond.shape)
    if not beyond[worst] > slack:
        return None
    index = tuple(int(k) for k in worst)
    entry = f"entry {list(index)} of the claim" if index else "the claim"
    values = [0.0 if abs(each) < _ZERO else each for each in (low[worst], high[worst])]
    if smooth[worst]:
        what = f"entry {list(index)} of the derivative" if index else "the derivative"
        return OnKink(
            f"at a point where {condition}, {what} is {values[0]:.4g}, "
            f"and the claim {there[worst]:.4g}",
            Counterexample(point, index, float(there[worst]), values[0]),
        )
    shown = " to ".join(dict.fromkeys([f"{each:.4g}" for each in values]))
    return OnKink(
        f"on the kink where {condition}, {entry} is {there[worst]:.4g}, and beside it "
        f"{shown}: no generalised gradient is beyond these"
    )


def _on_kinks(
    asked: Question, tree: Expr, samples: Sequence[Sample]
) -> Iterator[tuple[str, Point]]:
    """Points on kinks of the objective on which the claim may have a value of its own, and what
    holds there.
    """
    assert asked.program is not None
    pieces = Pieces([asked.program.expr, tree])
    own = {switch.describe(0, text) for switch in Pieces([tree]).switches if jumps_at_zero(switch)}
    variables = {
        name: variable for name, variable in asked.variables.items() if variable.kind != "function"
    }
    bases = [sample.point.values for sample in samples[:3]]
    sizes = samples[0].point.sizes
    for place, switch in enumerate(pieces.switches):
        condition = switch.describe(0, text)
        if condition not in own or asked.wrt not in names_of(switch):
            continue
        goals = [*branch_goals(pieces, place), Goal(place, 0)]
        for values in reach_points(goals, pieces, variables, sizes, bases, [_MOST_LOOKS]):
            point = Point(sizes, values)
            if asked.kinked(point):
                yield condition, point
                break


def _limits(asked: Question, point: Point) -> tuple[Array, bool]:
    """The limits of the claim, which is the derivative off the kinks, along some rays to a point
    on one; and whether the objective is continuous there.
    """
    assert asked.program is not None
    rng, expr = np.random.default_rng(0), asked.program.expr
    value = point.values[asked.wrt]
    here = interpret(expr, point.values, point.sizes)
    limits, largest = [], 0.0
    for _ in range(_RAYS):
        step = _STEP * (1 + np.abs(value)) * rng.uniform(-1, 1, value.shape)
        far, near = (
            Point(point.sizes, {**point.values, asked.wrt: value + part * step})
            for part in (1, 1 / 2)
        )
        if not (asked.kinked(far) or asked.kinked(near)):
            limits.append(2 * asked.claimed(near) - asked.claimed(far))
            jump = np.abs(interpret(expr, near.values, near.sizes) - here)
            largest = max(largest, float(np.max(jump, initial=0.0)))
    return np.array(limits), largest < _JUMP * max(1.0, float(np.max(np.abs(here), initial=0.0)))
