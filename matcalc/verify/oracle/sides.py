"""Which sides of the switches have to be visited, and what has to hold at once on each of them.

A side is empty, and no way to it is asked for, if bounds of the expression prove it, if the branch
that it is in does, or if two of the things that hold there exclude each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

from matcalc.core.bounds import Bounds
from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import Variable
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr, number
from matcalc.verify.oracle.bounds import bounds, dominates
from matcalc.verify.oracle.implied import Goal, branch_goals, excludes, goal_of, is_implied
from matcalc.verify.oracle.interpret import Sizes, interpret
from matcalc.verify.oracle.ordered import extreme, never_above
from matcalc.verify.oracle.pieces import (
    EQUAL,
    JOINT,
    MOST_PLACES,
    PLACE,
    SIDE,
    Pieces,
    Sight,
    Switch,
)

_COMBINED = 5  # comparisons in a condition whose sides are combined
_MOST_LARGEST = 8  # entries of which each may be the largest


class _Row(NamedTuple):
    """Sides of the comparisons in a condition, and whether it holds there; None where something
    else decides, too.
    """

    goals: list[Goal]
    holds: bool | None


class Sides:
    """The sides of the switches of an expression, as far as some points tell: ``sights`` is what is
    seen there. ``moving`` are the switches that the variable decides.
    """

    def __init__(
        self,
        pieces: Pieces,
        variables: Mapping[str, Variable],
        sizes: Sizes,
        moving: set[int],
        sights: Sequence[Sight],
    ) -> None:
        self.pieces, self.variables, self.sizes = pieces, variables, sizes
        self.moving, self.sights = moving, sights
        self._visited = {
            Goal(place, side)
            for sight, (place, switch) in product(sights, enumerate(pieces.switches))
            for side, _ in sight.sides(switch, place)
        }

    def goals(self) -> list[Goal]:
        """The sides that are not known to be empty."""
        found: list[Goal] = []
        for place, switch in enumerate(self.pieces.switches):
            if switch.kind == PLACE:
                found += [Goal(place, k) for k in self._places(switch)]
            else:
                sides = {EQUAL: [0], SIDE: [1, -1, 0]}.get(switch.kind) or self._joint(place)
                found += [Goal(place, side) for side in sides if self._may_be(Goal(place, side))]
        return found

    def ways(self, goal: Goal) -> Iterator[list[Goal]]:
        """What holds on a side: itself and the branches that it is in. One way, or several for
        a condition that is made of others.
        """
        switch, outside = self.pieces.switches[goal.place], branch_goals(self.pieces, goal.place)
        if switch.kind in (SIDE, EQUAL):
            yield [*outside, goal]
        for row in self._table(switch) if switch.kind == JOINT else ():
            if row.holds is None or row.holds == (goal.side > 0):
                yield [*outside, *row.goals]

    def _may_be(self, goal: Goal) -> bool:
        switch = self.pieces.switches[goal.place]
        rounded = switch.kind == SIDE and goal.side == 0  # as logsoftmax(x) may be where it is not
        if switch.kind == JOINT or (goal in self._visited and not rounded):
            return True
        if switch.kind == EQUAL:
            # where the variable itself decides, the equation holds nowhere but on a border
            gap = self._bounds_of(switch)
            possible = goal.place not in self.moving and gap.least <= 0 <= gap.most
        elif goal.side == 0:
            # k^2 <= 0 holds nowhere else
            gap = self._bounds_of(switch)
            compared = switch.node.op in COMPARISONS and goal.place not in self.moving
            possible = compared and 0 in (gap.least, gap.most)
        else:
            possible = self._may_be_beyond(switch, goal.side)
        return possible and not is_implied(self.pieces, goal, self.sights)

    def may_vanish(self, place: int) -> bool:
        """Whether no bounds say that what decides is never 0."""
        gap = self._bounds_of(self.pieces.switches[place])
        return gap.least <= 0 <= gap.most

    def _may_be_beyond(self, switch: Switch, side: int) -> bool:
        if switch.right is not None and switch.sign > 0:
            ends = (switch.left, switch.right)[::side]
            if dominates(ends[1], ends[0]) or never_above(ends[0], ends[1], self.variables):
                return False
        gap = self._bounds_of(switch)
        return gap.most > 0 if side > 0 else gap.least < 0

    def _bounds_of(self, switch: Switch) -> Bounds:
        """Bounds of what decides."""
        left = bounds(switch.left, self.variables)
        if switch.right is None:
            return left
        right = bounds(switch.right, self.variables)
        return left.plus(right.negate() if switch.sign > 0 else right)

    def _places(self, switch: Switch) -> Iterable[int]:
        """Which entries may be the largest; of many it is left open which, and of values over an
        index whether.
        """
        if switch.node.op == "reduce":
            return []
        shape = [size.size(dict(self.sizes)) for size in switch.left.shape]
        if len(switch.node.args) == 2 and len(shape) == 2:
            shape = [shape[0] if switch.node.args[1].value == 1 else shape[1]]
        count = int(np.prod(shape))
        if switch.node.op != "norminf":
            largest = switch.node.op == "amax"
            place = extreme(switch.left, largest, count, self.variables)
            if place is not None:
                return [min(place, MOST_PLACES - 1)]
        return range(count if count <= _MOST_LARGEST else 2)

    def _joint(self, place: int) -> list[int]:
        """The sides of a condition that is made of several: where they hold together, and of any
        other than a product where it does not hold.
        """
        switch = self.pieces.switches[place]
        outside = branch_goals(self.pieces, place)
        rows = [row for row in self._table(switch) if self._may_hold([*outside, *row.goals])]
        sides = [
            side
            for side, holds in ((1, True), (-1, False))
            if any(row.holds in (holds, None) for row in rows)
        ]
        return [side for side in sides if side > 0] if len(switch.factors) > 1 else sides

    def _may_hold(self, goals: Sequence[Goal]) -> bool:
        """Whether no bounds and no two of these sides say that they are empty together."""
        return all(self._may_be(goal) for goal in goals) and not any(
            excludes(one, other, self.sights) for one, other in combinations(goals, 2)
        )

    def _table(self, switch: Switch) -> list[_Row]:
        """The sides on which a product holds; of another condition all sides of its comparisons."""
        if len(switch.factors) > 1:
            found = [goal_of(self.pieces, factor) for factor in switch.factors]
            return [_Row([goal for goal in found if goal is not None], holds=True)]
        (condition,) = switch.factors
        inside = self._inside(condition)
        choices: list[list[Goal | None]] = [
            [None, Goal(place, 0)]
            if self.pieces.switches[place].kind == EQUAL
            else [Goal(place, 1), Goal(place, -1)]
            for place in inside[:_COMBINED]
        ]
        whole = len(inside) <= _COMBINED
        return [
            _Row(
                [goal for goal in chosen if goal is not None],
                self._holds(condition, dict(zip(inside, chosen, strict=True))) if whole else None,
            )
            for chosen in product(*choices)
        ]

    def _inside(self, condition: Expr) -> list[int]:
        """The switches that a condition is made of."""
        nodes = {id(node) for node in condition.parts}
        return [
            place
            for place, each in enumerate(self.pieces.switches)
            if each.kind in (SIDE, EQUAL) and id(each.node) in nodes
        ]

    def _holds(self, condition: Expr, chosen: Mapping[int, Goal | None]) -> bool | None:
        """Whether a condition holds on these sides of its comparisons; None where more decides."""
        truths = {}
        for place, goal in chosen.items():
            node = self.pieces.switches[place].node
            wanted = goal_of(self.pieces, node) or goal_of(self.pieces, node, holds=False)
            truths[id(node)] = (goal == wanted) == (goal_of(self.pieces, node) is not None)

        def put(node: Expr, args: list[Expr]) -> Expr:
            return number(int(truths[id(node)])) if id(node) in truths else node.with_args(args)

        # what is compared has gone, so variables that are left decide, too
        plain = condition.fold(put)
        if not plain.operations.isdisjoint(("variable", "indexed")):
            return None
        try:
            return bool(np.any(interpret(plain, {}, self.sizes) != 0))
        except (EvaluationError, KeyError):
            return None
