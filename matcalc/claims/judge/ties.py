"""What a claim says on a kink of the objective, where there is no derivative: a value there is a
convention, but not one beyond the values beside it.

The generalised gradient is the convex hull of the limits of gradients (Clarke, Optimization and
Nonsmooth Analysis, 1983, theorem 2.5.1). So no entry of its members is larger or smaller than in
all of these limits.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from matcalc.claims.judge.question import Point, Question, Sample
from matcalc.core.kinds import FREE
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.implied import Goal, branch_goals
from matcalc.verify.oracle.pieces import Pieces, jumps_at_zero
from matcalc.verify.oracle.reach import names_of, reach_points
from matcalc.write.printers.text import text

_MOST_LOOKS = 300  # points that are looked at for one kink
_BESIDE = 24  # points around one on a kink, so that each entry is on both of its sides,
_STEP = 1e-7  # and how far from it
_MORE = 1e-4  # by which a value is beyond others


def find_beyond(asked: Question, samples: Sequence[Sample]) -> tuple[str, ...]:
    """What is said of a claim that is right wherever there is a derivative, and has a value on a
    kink that no generalised gradient has there.
    """
    if asked.program is None or asked.tree is None or asked.order != 1:
        return ()
    if asked.variables[asked.wrt].kind not in FREE:
        return ()
    for condition, point in _on_kinks(asked, asked.tree, samples):
        there = asked.claimed(point)
        beside = _beside(asked, point)
        if not (beside.size and np.all(np.isfinite(there)) and np.all(np.isfinite(beside))):
            continue
        low, high = beside.min(axis=0), beside.max(axis=0)
        slack = _MORE * max(1.0, float(np.max(np.abs(beside))))
        beyond = np.maximum(there - high, low - there)
        worst = np.unravel_index(int(np.argmax(beyond)), beyond.shape)
        if beyond[worst] > slack:
            entry = f"entry {[int(k) for k in worst]} of the claim" if worst else "the claim"
            values = " to ".join(dict.fromkeys((f"{low[worst]:.4g}", f"{high[worst]:.4g}")))
            return (
                f"on the kink where {condition}, {entry} is {there[worst]:.4g}, and beside it "
                f"{values}: no generalised gradient is beyond these",
            )
    return ()


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


def _beside(asked: Question, point: Point) -> Array:
    """The values of the claim around a point on a kink, off which it is the derivative."""
    rng = np.random.default_rng(0)
    value = point.values[asked.wrt]
    step = _STEP * (1 + np.abs(value))
    around = [value + step * rng.uniform(-1, 1, value.shape) for _ in range(_BESIDE)]
    points = [Point(point.sizes, {**point.values, asked.wrt: each}) for each in around]
    return np.array([asked.claimed(each) for each in points if not asked.kinked(each)])
