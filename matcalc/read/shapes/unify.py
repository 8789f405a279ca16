"""Unification of dimensions: equations between integers, declared names and unknowns, their
products, and sums of these.

While inference runs, the unknowns are factors called ``?0``, ``?1``, ... and the factors of a
product keep their order (rows before columns), so that two products can be matched factor by factor
where nothing else decides. Sums are solved where they are linear in an unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from math import gcd
from typing import Generic, TypeVar

from matcalc.core.dims import ONE, Dim, combine_terms, size_letters
from matcalc.core.errors import ShapeError

C = TypeVar("C")  # what an equation carries with it: why it has to hold
_MOST_FACTORS = 1_024


class Unifier(Generic[C]):
    """The equations so far, solved as far as they can be."""

    def __init__(self) -> None:
        self._bound: dict[str, Dim] = {}
        self._unknowns = 0
        self._waiting: list[tuple[Dim, Dim, C]] = []
        self.chosen: list[C] = []  # equations of which one of several solutions was taken

    def fresh(self) -> Dim:
        """A new unknown."""
        self._unknowns += 1
        return Dim(1, (f"?{self._unknowns - 1}",))

    def resolve(self, dim: Dim) -> Dim:
        """The dimension with everything put in that is known by now."""
        bound = self._bound
        while True:
            scale, names, rest = dim
            if rest:
                return self._resolve_sum(dim)
            for name in names:
                if name in bound:
                    break
            else:
                return dim
            if scale == 1 and len(names) == 1:
                known = bound[names[0]]
                if known.plain and known.plain in bound:
                    bound[names[0]] = bound[known.names[0]]  # shortens the chain for the next one
                dim = known
                continue
            factors: list[str] = []
            for name in names:
                part = bound.get(name)
                if part is None:
                    factors.append(name)
                elif part.rest:
                    return self._resolve_sum(dim)
                else:
                    scale *= part.scale
                    factors += part.names
            dim = _limit(Dim(scale, tuple(factors)))

    def _resolve_sum(self, dim: Dim) -> Dim:
        """The same where sums are put in."""
        while any(name in self._bound for name in dim.letters):
            dim = _limit(dim.put(self._bound.get))
        return dim

    def product(self, first: Dim, *others: Dim) -> Dim:
        """The product with the factors in this order."""
        return reduce(self._times, others, self.resolve(first))

    def _times(self, left: Dim, right: Dim) -> Dim:
        right = self.resolve(right)
        if left.rest or right.rest:
            return _limit(left.times(right))
        return _limit(Dim(left.scale * right.scale, left.names + right.names))

    def equate(self, left: Dim, right: Dim, cause: C) -> bool:
        """Makes the two equal; False if they cannot be. ``cause`` comes back from ``finish`` if
        that shows only later.
        """
        done = self._step(left, right)
        if done is None:
            self._waiting.append((left, right, cause))
        return done is not False

    def _step(self, left: Dim, right: Dim) -> bool | None:
        """True: equal now. False: never. None: several unknowns in a product, to be seen later."""
        left, right = self.resolve(left), self.resolve(right)
        if left.rest or right.rest:
            return self._step_sums(left, right)
        left, right = _cancel(left, right)
        if left == right:
            return True
        pairs: list[tuple[Dim, Dim]] = [(left, right), (right, left)]
        if _is_unknown(left) and _is_unknown(
            right
        ):  # the older one stays, so that names are given in order of appearance
            pairs.sort(key=lambda pair: (pair[0].scale, -int(pair[0].names[0][1:])))
            if pairs[0][0].scale > 1:  # 2*a = 3*b: a is 3*k and b is 2*k
                common = self.fresh()
                return self._bind(
                    Dim(1, left.names), Dim(right.scale, common.names)
                ) and self._step(left, right)
        for unknown, value in pairs:
            if _is_unknown(unknown):
                return self._bind(unknown, value)
        free = any(name[0] == "?" for name in left.names + right.names)
        return None if free else False

    def _step_sums(self, left: Dim, right: Dim) -> bool | None:
        """The same for sums: solved where a single unknown is left, or where one side is an
        unknown.
        """
        gap = left.plus(right, -1)
        if not gap.scale:
            return True
        unknowns = dict.fromkeys(name for name in gap.letters if name[0] == "?")
        for one, other in ((left, right), (right, left)):
            if one.plain in unknowns:
                if one.plain not in other.letters:
                    return self._assign(one.plain, other)
                return (
                    False
                    if all(c > 0 for c, _ in gap.terms) or all(c < 0 for c, _ in gap.terms)
                    else None
                )
        if len(unknowns) == 1:
            (name,) = unknowns
            return self._solve(name, gap)
        if unknowns:
            return None
        return False

    def _solve(self, name: str, gap: Dim) -> bool | None:
        """gap = 0 for the unknown, in which it is linear."""
        slope = combine_terms((c, _drop(names, name)) for c, names in gap.terms if name in names)
        if name in slope.letters:
            return None
        rest = combine_terms((-c, names) for c, names in gap.terms if name not in names)
        value = rest.over(slope)
        return value is not None and self._assign(name, value)

    def _assign(self, name: str | None, value: Dim) -> bool:
        """Binds an unknown to what may be a sum."""
        if name is None or not value.scale or not value.possible:
            return False
        self._bound[name] = value
        return True

    def _bind(self, unknown: Dim, value: Dim) -> bool:
        if value.scale % unknown.scale:
            return False
        self._bound[unknown.names[0]] = Dim(value.scale // unknown.scale, value.names)
        return True

    def finish(self) -> C | None:
        """Solves what was left waiting; the cause of an equation that has no solution, or None if
        all is well.
        """
        while self._waiting:
            waiting, self._waiting = self._waiting, []
            for left, right, cause in waiting:
                if not self.equate(left, right, cause):
                    return cause
            if len(self._waiting) == len(waiting):
                left, right, cause = self._waiting.pop(0)
                if self._alike(left, right):
                    continue
                if not self._factorwise(left, right):
                    return cause
                if not (left.rest or right.rest):  # blocks that meet are cut at the same places
                    self.chosen.append(cause)
        return None

    def _alike(self, left: Dim, right: Dim) -> bool:
        """Equates the one unknown of each side where these are alike, as n*n = m*m, or n*(n + 1)/2
        on both: sizes are positive, so that there is no other solution.
        """
        left, right = self.resolve(left), self.resolve(right)
        if not left.rest and not right.rest:
            left, right = _cancel(left, right)
        unknown = [{name for name in side.letters if name[0] == "?"} for side in (left, right)]
        if [len(each) for each in unknown] != [1, 1]:
            return False
        (one,), (other,) = unknown
        older, younger = sorted((one, other), key=lambda name: int(name[1:]))
        if left.put({one: Dim(1, (other,))}.get) != right:
            return False
        self._bound[younger] = Dim(1, (older,))
        return True

    def _factorwise(self, left: Dim, right: Dim) -> bool:
        """Equates the factors one by one: the choice where m*n = p*q leaves one."""
        left, right = self.resolve(left), self.resolve(right)
        if left.rest or right.rest:
            return self._summandwise(left, right)
        left, right = _cancel(left, right)
        if left.scale != right.scale or len(left.names) != len(right.names):
            return False
        return all(
            self._step(Dim(1, (a,)), Dim(1, (b,)))
            for a, b in zip(left.names, right.names, strict=True)
        )

    def _summandwise(self, left: Dim, right: Dim) -> bool:
        """Equates one summand of each: the choice where m + p = q + r leaves one; else solves for
        the latest unknown.

        What is known goes first, so that of ?0 + n = m + ?1 the unknowns are m and n.
        """
        gap = left.plus(right, -1)
        sides: list[list[Dim]] = [[], []]
        for c, names in sorted(gap.terms, key=lambda term: _age(term[1])):
            sides[c < 0].append(Dim(-c if c < 0 else c, names))
        for one, other in (sides, sides[::-1]):
            unknown = next((each for each in other if _is_unknown(each) and each.scale == 1), None)
            known = next((each for each in one if all(name[0] != "?" for name in each.names)), None)
            if unknown is not None and known is not None and len(sides[0]) == len(sides[1]):
                return self._assign(unknown.plain, known) and self._last(left, right)
        first, second = (
            [each for each in side if _is_unknown(each) and each.scale == 1] for side in sides
        )
        if first and second:
            older, younger = sorted((first[0], second[0]), key=lambda each: _age(each.names))
            return self._assign(younger.plain, older) and self._last(left, right)
        alone = sorted(
            (each for each in first + second), key=lambda each: _age(each.names), reverse=True
        )
        return any(self._solve(each.names[0], gap) for each in alone)

    def _last(self, left: Dim, right: Dim) -> bool:
        """What is left of an equation of which one summand was decided."""
        left, right = self.resolve(left), self.resolve(right)
        return left == right or (self._step(left, right) or self._factorwise(left, right))

    def name_unknowns(self, taken: Iterable[str]) -> dict[str, str]:
        """A name for each unknown that is left, in order of appearance, none of them ``taken``."""
        used = set(taken)
        names = (name for name in size_letters() if name not in used)
        return {f"?{k}": next(names) for k in range(self._unknowns) if f"?{k}" not in self._bound}


def _age(names: tuple[str, ...]) -> tuple[int, ...]:
    """Unknowns are numbered as they come up; what is known comes first."""
    return tuple([int(name[1:]) if name[0] == "?" else -1 for name in names])


def _drop(names: tuple[str, ...], name: str) -> tuple[str, ...]:
    """The monomial divided by one of its names."""
    place = names.index(name)
    return names[:place] + names[place + 1 :]


def _limit(dim: Dim) -> Dim:
    """The dimension, if it is of a size that can be worked with: definitions can square it again
    and again.
    """
    if len(dim.letters) > _MOST_FACTORS or dim.scale.numerator.bit_length() > _MOST_FACTORS:
        raise ShapeError(f"a dimension with more than {_MOST_FACTORS} factors")
    return dim


def _is_unknown(dim: Dim) -> bool:
    """Whether this is a multiple of a single unknown."""
    return len(dim.names) == 1 and dim.names[0][0] == "?"


def _cancel(left: Dim, right: Dim) -> tuple[Dim, Dim]:
    """Both sides without their common factors (dimensions are positive)."""
    if left.scale == right.scale == 1 and len(left.names) == len(right.names) == 1:
        return (left, right) if left != right else (ONE, ONE)
    rest = list(right.names)
    kept: list[str] = []
    for name in left.names:
        if name in rest:
            rest.remove(name)
        else:
            kept.append(name)
    common = gcd(int(left.scale), int(right.scale))
    return Dim(int(left.scale) // common, tuple(kept)), Dim(int(right.scale) // common, tuple(rest))
