"""A survey: points that between them are on both sides of every kink, and the pieces to which no
way was found.

Many points are looked at, which costs an evaluation each, and few are chosen. Points of several
sizes come first, then such as lie near the numbers of the expression; for a side that none of them
is on, a search along lines. Between two points on either side of a kink the border is looked for,
and points close to it are looked at, so that a narrow piece between two borders is seen. With
``near`` some of them are always taken: there a steep slope differs from the jump that it is close
to everywhere else, as sigmoid(1000*x) from step(x). A side is
empty, and no way to it is asked for, if bounds of the expression prove it or if the branch that it
is in does.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import NamedTuple

import numpy as np

from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import FREE, Variable
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.implied import Goal, branch_goals, windows
from matcalc.verify.oracle.interpret import Sizes
from matcalc.verify.oracle.notable import notable_points
from matcalc.verify.oracle.pieces import (
    PLACE,
    SIDE,
    Pieces,
    Sight,
    Switch,
    jumps_at_zero,
)
from matcalc.verify.oracle.preconditions import KINK, find_violation
from matcalc.verify.oracle.reach import MOVED, names_of, reach_points
from matcalc.verify.oracle.sample import STYLES, draw, nudge
from matcalc.verify.oracle.sides import Sides
from matcalc.verify.oracle.surfaces import Rough, Surface, is_border_of

_WORK = 150_000  # evaluations of nodes that one survey may take
_MOST_LOOKS = 1200
_MOST_SOUGHT = 1500  # points on ways to such at which several things hold
_MOST_CHOSEN = 32
_PAIRED = 8  # with so many switches also pairs of sides are looked for, and the borders
_SCALES = (1.0, 4.0, 30.0, 300.0, 1e4, 1e7, 0.1, 0.01)
_STEPS = tuple(s * 2.0**k for k in range(-2, 52, 3) for s in (1, -1))
_BESIDE = (1e-5, 2e-4, 4e-3, 0.02, 0.2)
_NEAR = (4e-3, 1e-5)  # the distances of the points that are always taken
_BESIDE_KINK = 1e-8  # how close a point may come to a kink where no room around it is needed
_BISECTIONS = 40
_COMPARED = 24  # points at which switches are compared with each other

Values = dict[str, Array]
Feature = tuple[object, ...]


class SwitchSide(NamedTuple):
    """A side of a switch."""

    switch: Switch
    side: int

    def describe(self, text: Callable[[Expr], str]) -> str:
        """What holds there."""
        return self.switch.describe(self.side, text)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A point that was looked at."""

    values: Values
    sight: Sight
    features: frozenset[Feature]


def survey(
    strict: Sequence[Expr],
    beside: Sequence[Expr],
    variables: Mapping[str, Variable],
    rng: np.random.Generator,
    sizes: Sizes,
    around: str | None = None,
    wrt: str = "",
    *,
    near: bool = False,
    surfaces: bool = False,
) -> tuple[list[Values], list[SwitchSide], list[Rough]]:
    """Points at which all of ``strict`` is smooth, and ``beside`` on no kink; the pieces that none
    of them visits; and points where ``beside`` jumps at which ``strict`` may not be smooth. With
    ``surfaces`` only those on which ``beside`` alone jumps.
    """
    pieces = Pieces([*strict, *beside])
    if not pieces.switches or (surfaces and not any(map(jumps_at_zero, pieces.switches))):
        return [], [], []
    asked = _Survey(pieces, strict, beside, variables, rng, sizes, around, wrt, near=near)
    return asked.surfaces() if surfaces else asked.result()


class _Survey:
    def __init__(
        self,
        pieces: Pieces,
        strict: Sequence[Expr],
        beside: Sequence[Expr],
        variables: Mapping[str, Variable],
        rng: np.random.Generator,
        sizes: Sizes,
        around: str | None,
        wrt: str,
        *,
        near: bool,
    ) -> None:
        self.near = near
        self.pieces, self.strict, self.beside = pieces, strict, beside
        self.variables = {
            name: variable for name, variable in variables.items() if variable.kind != "function"
        }
        self.positive = [name for name, each in variables.items() if each.kind == "positive"]
        self.rng, self.sizes, self.around, self.wrt = rng, sizes, around, wrt
        self.budget = min(_MOST_LOOKS, max(40, _WORK // pieces.size))
        self.sought = [min(_MOST_SOUGHT, _WORK // pieces.size)]
        self.moving = {
            place for place, switch in enumerate(pieces.switches) if wrt in names_of(switch)
        }
        self.paired = len(pieces.switches) <= _PAIRED
        self.looks: list[Look] = []
        self.seen: set[Feature] = set()
        self.unfit: list[tuple[Values, Sight]] = []
        self.sights: list[Sight] = []  # of the first points, by which switches are compared
        self.numbers = _numbers(pieces)
        # where ``beside`` alone jumps, while points on it are looked for, and what jumps not there
        self.surface: Surface | None = None
        self.smooth = Pieces(strict)
        self.rough: list[Rough] = []

    def result(self) -> tuple[list[Values], list[SwitchSide], list[Rough]]:
        for values in self._draws():
            self._look(values)
        sides = Sides(self.pieces, self.variables, self.sizes, self.moving, self.sights)
        wanted = sides.goals()
        for goal in wanted:
            for goals in sides.ways(goal) if ("side", *goal) not in self.seen else ():
                self._reach(goals, ("side", *goal))
            if ("side", *goal) not in self.seen:
                self._search(*goal)
        unequal = self._visit_equations_of_claims(sides)
        if self.paired:
            for place, switch in enumerate(self.pieces.switches):
                if switch.kind == SIDE:
                    self._border(place)
                elif switch.kind == PLACE and self.near:
                    self._tie(place)
        missing = [
            SwitchSide(self.pieces.switches[place], side)
            for place, side in wanted
            if ("side", place, side) not in self.seen
        ]
        missing += unequal
        if not missing:
            missing = self._unseen_windows()
        return self._choose(), missing, self.rough

    def surfaces(self) -> tuple[list[Values], list[SwitchSide], list[Rough]]:
        """Points on the surfaces on which ``beside`` alone jumps, and those that were not found."""
        for values in islice(self._draws(), _COMPARED):
            self._look(values)
        sides = Sides(self.pieces, self.variables, self.sizes, self.moving, self.sights)
        missing = self._visit_equations_of_claims(sides)
        return self._choose(), missing, self.rough

    def _visit_equations_of_claims(self, sides: Sides) -> list[SwitchSide]:
        """Points on a surface such as sum(x) == 1 on which only ``beside`` jumps: an expression
        that is smooth there has a derivative, which no convention decides. What is returned are
        the surfaces on which no point was found, fit or not.
        """
        claimed = set(Pieces(self.beside).switches)
        missing: list[SwitchSide] = []
        for place in sorted(self.moving):
            switch = self.pieces.switches[place]
            if switch not in claimed or not jumps_at_zero(switch):
                continue
            self.surface = surface = Surface(place, self.pieces, self.sights)
            goals = [*branch_goals(self.pieces, place), Goal(place, 0)]
            for values in chain(self._ways_to(goals), self._notable(switch)):
                self._look(values)
                if surface.full or self.budget <= 0:
                    break
            self.surface = None
            self.rough += [Rough(switch, values) for values in surface.rough]
            known = is_border_of(place, range(len(self.smooth.switches)), self.sights)
            found = surface.smooth or surface.rough or surface.is_in_another_branch()
            if not (found or known) and sides.may_vanish(place):
                missing.append(SwitchSide(switch, 0))
        return missing

    def _unseen_windows(self) -> list[SwitchSide]:
        """The sides of narrow pieces that no point is in, nor is found to be."""
        found: list[SwitchSide] = []
        for both in windows(self.pieces, self.sights) if self.paired else ():
            if not all(("side", *goal) in self.seen for goal in both):
                continue  # all sides that are not empty were seen
            feature = ("pair", *both[0], *both[1])
            if feature not in self.seen:
                self._reach(both, feature)
            if feature not in self.seen and not found:
                found = [SwitchSide(self.pieces.switches[place], side) for place, side in both]
        return found

    def _draws(self) -> Iterator[Values]:
        """All variables alike first, then each in a style and of a size of its own; and around the
        numbers that occur.
        """
        names = list(self.variables)
        for _ in range(12):
            yield {name: self._draw(name, "normal", 1.0) for name in names}
        for scale in _SCALES:
            for style in ("normal", "positive", "negative"):
                yield {name: self._draw(name, style, scale) for name in names}
        for _ in range(24 if len(names) > 1 else 6):
            styles = [str(self.rng.choice(list(STYLES))) for _ in names]
            scales = [float(self.rng.choice(_SCALES[:4])) for _ in names]
            yield {
                name: self._draw(name, style, scale)
                for name, style, scale in zip(names, styles, scales, strict=True)
            }
        for number in self.numbers:
            for spread in (0.05, 1.0):
                base = {
                    name: self._draw(name, "normal", spread * max(1.0, abs(number)))
                    for name in names
                }
                for each in names:
                    if self.variables[each].kind in FREE | {"positive"}:
                        moved = (
                            np.abs(number + base[each])
                            if self.variables[each].kind == "positive"
                            else number + base[each]
                        )
                        yield {
                            **{name: self._draw(name, "normal", 1.0) for name in names},
                            each: moved,
                        }

    def _draw(self, name: str, style: str, scale: float) -> Array:
        variable = self.variables[name]
        value = draw(variable, self.rng, self.sizes, style)
        return value * scale if variable.kind in MOVED else value

    def _look(self, values: Values, *own: Feature) -> Sight | None:
        """Looks at a point, and keeps it if it is fit; ``own`` are features that it has whatever is
        seen there.
        """
        if self.budget <= 0:
            return None
        self.budget -= 1
        if any(np.any(values[name] <= 0) for name in self.positive):  # beyond a border
            return None
        try:
            sight = self.pieces.sight(values, self.sizes)
        except (EvaluationError, np.linalg.LinAlgError, FloatingPointError):
            return None
        if len(self.sights) < _COMPARED:
            self.sights.append(sight)
        features = self._features(sight).union(own)
        surface = self.surface if self.surface and self.surface.holds(sight, values) else None
        if surface:
            features |= {("surface", surface.place, len(surface.smooth))}
        if features <= self.seen and len(self.looks) > 2:
            return sight
        fit = self._fit(values)
        if surface:
            (surface.smooth if fit else surface.rough).append(values)
        if not fit:
            self.unfit.append((values, sight))
            return sight
        self.looks.append(Look(values, sight, features))
        self.seen |= features
        return sight

    def _fit(self, values: Values) -> bool:
        places = [values] if self.around is None else [values, nudge(values, self.around)]
        room = _BESIDE_KINK if self.around is None and self.near else KINK
        try:
            if any(
                find_violation(expr, place, self.sizes, kink=room, moving=self.wrt)
                for expr in self.strict
                for place in places
            ):
                return False
            if self.surface is not None:  # a claim says there what it says
                return not self._is_near_kink(self.smooth, values)
            found = [
                find_violation(expr, values, self.sizes, kink=_BESIDE_KINK, moving=self.wrt)
                for expr in self.beside
            ]
        except (EvaluationError, np.linalg.LinAlgError):
            return False
        return all(text is None or not text.endswith("kink") for text in found)

    def _is_near_kink(self, pieces: Pieces, values: Values) -> bool:
        """Whether the sides here are others than beside it; rounding may be all that tells
        exp(x) > 10 from x > log(10).
        """
        places = [k for k, switch in enumerate(pieces.switches) if switch.kind == SIDE]
        if not places:
            return False
        turns = {
            name: self.rng.choice((-_BESIDE_KINK, _BESIDE_KINK), value.shape) * (1 + np.abs(value))
            for name, value in values.items()
        }
        around = [
            {name: value + sign * turns[name] for name, value in values.items()}
            for sign in (0, 1, -1)
        ]
        sights = [pieces.sight(each, self.sizes) for each in around]
        return any(
            bool(np.any(signs == 0) or np.any(signs != signs[:1]))
            for signs in (np.sign([sight.gaps[place] for sight in sights]) for place in places)
        )

    def _features(self, sight: Sight) -> frozenset[Feature]:
        """The sides that are visited, those on which the whole is, and pairs of sides at one
        entry.
        """
        found: set[Feature] = set()
        masks: list[list[tuple[int, Array]]] = []
        for place, switch in enumerate(self.pieces.switches):
            for side, whole in sight.sides(switch, place):
                found.add(("side", place, side))
                if whole:
                    found.add(("whole", place, side))
            gap, counts = sight.gaps[place], sight.counting[place]
            masks.append(
                [(side, (gap * side > 0) & counts) for side in (1, -1)]
                if switch.kind == SIDE and self.paired
                else []
            )
        for place, ours in enumerate(masks):
            for other in range(place + 1, len(masks)):
                for side, mask in ours:
                    for beyond, theirs in masks[other]:
                        both = (
                            mask & theirs
                            if mask.shape == theirs.shape
                            else np.any(mask) & np.any(theirs)
                        )
                        if np.any(both):
                            found.add(("pair", place, side, other, beyond))
        return frozenset(found)

    def _bases(self) -> list[Values]:
        return [look.values for look in self.looks[:4]] + [values for values, _ in self.unfit[:2]]

    def _search(self, place: int, side: int) -> None:
        """Along lines through points that are known, all variables at once and each alone, ever
        further.
        """
        switch, wanted = self.pieces.switches[place], ("side", place, side)
        names = [name for name in self.variables if self.variables[name].kind in MOVED]
        if side == 0 and switch.kind != PLACE:
            self._look_at(self._notable(switch), wanted)
            return
        for base in self._bases():
            for moving in [names, *([name] for name in names if len(names) > 1)]:
                other = {
                    name: draw(self.variables[name], self.rng, self.sizes, "normal")
                    for name in moving
                }
                for step in _STEPS:
                    self._look(
                        {
                            **base,
                            **{
                                name: self._along(name, base[name], other[name], step)
                                for name in moving
                            },
                        }
                    )
                    if wanted in self.seen or self.budget <= 0:
                        return

    def _reach(self, goals: Sequence[Goal], wanted: Feature) -> None:
        """Moves single entries until all goals are met at once."""
        if wanted not in self.seen:
            self._look_at(self._ways_to(goals), wanted)

    def _look_at(self, points: Iterable[Values], wanted: Feature) -> None:
        """Looks at points until one shows what is wanted."""
        for values in points:
            self._look(values)
            if wanted in self.seen or self.budget <= 0:
                return

    def _ways_to(self, goals: Sequence[Goal]) -> Iterator[Values]:
        """Points at which all goals are met at once, single entries being moved."""
        if self.budget > 0:
            yield from reach_points(
                goals, self.pieces, self.variables, self.sizes, self._bases(), self.sought
            )

    def _notable(self, switch: Switch) -> Iterator[Values]:
        """Points at which both sides of an equation may be the same."""
        numbers = (0.0, *self.numbers)
        for base in self._bases()[:2] if switch not in self.pieces.inside else ():
            yield from notable_points(switch.ends, base, self.variables, self.sizes, numbers)

    def _along(self, name: str, base: Array, other: Array, step: float) -> Array:
        if self.variables[name].kind in ("positive", "psd"):  # a cone
            return base * abs(step) if step > 0 else base / abs(step)
        return np.asarray(base + step * other)

    def _border(self, place: int) -> None:
        """Points close to the border of a switch, on the line between one before it and one after
        it.
        """
        below, above = (
            next(
                (
                    look
                    for look in self.looks
                    if np.any((look.sight.gaps[place] * side > 0) & look.sight.counting[place])
                ),
                None,
            )
            for side in (-1, 1)
        )
        if below is None or above is None:
            return
        names = [name for name in self.variables if self.variables[name].kind in MOVED]
        entry = int(np.argmax(above.sight.gaps[place]))
        start = _decider(above.sight, place, entry)
        if (
            below.sight.gaps[place].shape != above.sight.gaps[place].shape
            or _decider(below.sight, place, entry) >= 0
        ):
            below = next(
                (look for look in self.looks if _decider(look.sight, place, entry) < 0), below
            )
        lost, found = 0.0, 1.0

        def between(t: float) -> Values:
            return {
                name: below.values[name] + t * (x - below.values[name])
                if name in names
                else below.values[name]
                for name, x in above.values.items()
            }

        for _ in range(_BISECTIONS):
            middle = (lost + found) / 2
            try:
                gap = _decider(self.pieces.sight(between(middle), self.sizes), place, entry)
            except (EvaluationError, np.linalg.LinAlgError):
                return
            self.budget -= 1
            lost, found = (middle, found) if not gap > 0 else (lost, middle)
        slope = max(abs(start), 1e-9) / max(1.0 - found, 1e-9)  # as if it were linear
        for beside in _BESIDE:
            for side in (1, -1):
                own = [("near", place, side, beside)] if self.near and beside in _NEAR else []
                self._look(between(found + side * beside / slope), *own)

    def _tie(self, place: int) -> None:
        """Points at which another entry is almost as large as the largest one."""
        names = [name for name in self.variables if self.variables[name].kind in MOVED]
        one = self.looks[0] if self.looks else None
        other = next(
            (
                look
                for look in self.looks[1:]
                if one is not None and np.any(look.sight.gaps[place] != one.sight.gaps[place])
            ),
            None,
        )
        if one is None or other is None:
            return

        def between(t: float) -> Values:
            return {
                name: x + t * (other.values[name] - x) if name in names else x
                for name, x in one.values.items()
            }

        first, last = 0.0, 1.0
        for _ in range(_BISECTIONS):
            middle = (first + last) / 2
            try:
                sight = self.pieces.sight(between(middle), self.sizes)
            except (EvaluationError, np.linalg.LinAlgError):
                return
            self.budget -= 1
            same = np.array_equal(sight.gaps[place], one.sight.gaps[place])
            first, last = (middle, last) if same else (first, middle)
        for beside in _NEAR:
            for side in (1, -1):
                self._look(between(last + side * beside), ("near", place, side, beside))

    def _choose(self) -> list[Values]:
        """Those that between them show the most, one after the other."""
        todo = set(self.seen)
        chosen: list[Values] = []
        limit = min(_MOST_CHOSEN, 4 + 4 * len(self.pieces.switches))
        rest = list(self.looks)
        while todo and rest and len(chosen) < limit:
            best = max(rest, key=lambda look: _worth(look.features & todo))
            if not best.features & todo:
                break
            chosen.append(best.values)
            todo -= best.features
            rest.remove(best)
        return chosen


def _decider(sight: Sight, place: int, entry: int) -> float:
    """What decides at one entry; not a number where there is no such."""
    gap = sight.gaps[place].ravel()
    return float(gap[entry]) if entry < gap.size else float("nan")


def _worth(features: Collection[Feature]) -> int:
    """A side counts more than all pairs, and a surface or what is near to a side more than one."""
    worths = {"side": 1000, "surface": 100, "near": 10}
    return sum(worths.get(str(feature[0]), 1) for feature in features)


def _numbers(pieces: Pieces) -> list[float]:
    """The numbers that the switches mention, and their opposites."""
    found: dict[float, None] = {}
    for switch in pieces.switches:
        for root in switch.ends:
            for node in root.parts:
                if node.op == "number" and 0 < abs(node.value) < 10**9:
                    found |= dict.fromkeys((float(node.value), -float(node.value)))
    return list(found)[:12]
