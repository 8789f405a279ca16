"""Arrays whose entries are different on a diagonal and beside it: ``where(i == j, ..., ...)``.

A second derivative of 1/norm2(X[i,:] - X[j,:]) has one form where its two indices are equal, and
another, without a value there, where they are not.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from matcalc.core.indexed import Index
from matcalc.core.tree import Expr, number
from matcalc.engine.ir.nodes import Factor, Leaf, Node, Rational, as_product, as_sum
from matcalc.engine.recovery.index_terms import IndexTerm, comparison
from matcalc.engine.recovery.open_derivatives import Places

_EQUAL, _BELOW, _ABOVE = "==", "<", ">"
_EVERY = frozenset((_EQUAL, _BELOW, _ABOVE))
Pair = tuple[int, int]  # two axes, the first of which comes first


class PartialTerm(NamedTuple):
    """A multiple of a term, without the factors at some places."""

    coefficient: Rational
    term: Node
    without: frozenset[int] = frozenset()


class CaseWriter:
    """Writes sums of terms of which some stand only where two indices differ."""

    def _term(
        self,
        coefficient: Rational,
        node: Node,
        places: Places,
        scope: tuple[Index, ...],
        without: Collection[int],
    ) -> IndexTerm:
        raise NotImplementedError

    def _total(self, terms: Sequence[IndexTerm], scope: tuple[Index, ...]) -> Expr:
        raise NotImplementedError

    def _cases(
        self, node: Node, pairs: Sequence[Pair], places: Places, scope: tuple[Index, ...]
    ) -> Expr:
        """The entry of a node; ``pairs`` are the axes on which terms have no value everywhere."""
        multiple, terms = as_sum(node)
        return self._split(
            [PartialTerm(multiple * c, term) for c, term in terms], pairs, places, scope
        )

    def _split(
        self,
        parts: Sequence[PartialTerm],
        pairs: Sequence[Pair],
        places: Places,
        scope: tuple[Index, ...],
    ) -> Expr:
        if not pairs:
            terms = [self._term(p.coefficient, p.term, places, scope, p.without) for p in parts]
            return self._total(terms, scope)
        pair, *others = pairs
        where: dict[str, list[PartialTerm]] = {_EQUAL: [], _BELOW: [], _ABOVE: []}
        kept: list[PartialTerm] = []
        single: list[Expr] = []
        for part in parts:
            signs, masks = _stands(part, pair)
            if masks is None:
                single.append(self._alone(part, pair, others, places, scope))
            elif signs == _EVERY:
                kept.append(part)
            else:
                inside = part._replace(without=part.without | masks)
                for sign, found in where.items():
                    if sign in signs:
                        found.append(inside)
        total = self._branches(where, pair, others, places, scope)
        sides = [self._split(kept, others, places, scope)] if kept else []
        sides += [*single, *([total] if total is not None else [])]
        result = sides[0]
        for side in sides[1:]:
            result = Expr("+", (result, side), ())
        return result

    def _branches(
        self,
        where: dict[str, list[PartialTerm]],
        pair: Pair,
        others: Sequence[Pair],
        places: Places,
        scope: tuple[Index, ...],
    ) -> Expr | None:
        def total(sign: str) -> Expr:
            found = where[sign]
            return self._split(found, others, places, scope) if found else number(0)

        def case(sign: str, inside: Expr, outside: Expr) -> Expr:
            return Expr("where", (self._compare(sign, pair, places), inside, outside), ())

        if not any(where.values()):
            return None
        below, equal, above = total(_BELOW), total(_EQUAL), total(_ABOVE)
        if repr(below) == repr(above):
            if not where[_EQUAL]:
                return case("!=", below, equal)
            return case(_EQUAL, equal, below)
        if repr(equal) == repr(above):
            return case(_BELOW, below, above) if where[_BELOW] else case(">=", above, below)
        if repr(equal) == repr(below):
            return case(_ABOVE, above, below) if where[_ABOVE] else case("<=", below, above)
        return case(_BELOW, below, case(_ABOVE, above, equal))

    def _alone(
        self,
        part: PartialTerm,
        pair: Pair,
        others: Sequence[Pair],
        places: Places,
        scope: tuple[Index, ...],
    ) -> Expr:
        """A term under a condition of its own, such as i < j - 1."""
        _, factors = as_product(part.term)
        masks = [k for k, factor in enumerate(factors) if _is_mask(factor) and _on(factor, pair)]
        inside = part._replace(without=part.without | set(masks))
        result = self._split([inside], others, places, scope)
        for k in masks:
            mask, labels, _ = factors[k]
            assert isinstance(mask, Leaf)
            held = comparison(mask, tuple([places[label] for label in labels]))
            result = Expr("where", (held, result, number(0)), ())
        return result

    def _compare(self, sign: str, pair: Pair, places: Places) -> Expr:
        sides = []
        for axis in pair:
            index = places[axis].plain
            assert index is not None
            sides.append(Expr("index", (), (), value=index))
        return Expr(sign, tuple(sides), ())


def _is_mask(factor: Factor) -> bool:
    return isinstance(factor[0], Leaf) and factor[0].kind in ("lower", "apart", "eye")


def _on(factor: Factor, pair: Pair) -> bool:
    return set(factor[1]) == set(pair)


def _stands(part: PartialTerm, pair: Pair) -> tuple[frozenset[str], frozenset[int] | None]:
    """Where a term is not zero: where the first of two axes is equal to the second, below or above
    it; and the factors that say so. None of them where this is said otherwise.
    """
    signs, masks = _EVERY, set()
    for k, factor in enumerate(as_product(part.term)[1]):
        if k in part.without or not _is_mask(factor) or not _on(factor, pair):
            continue
        found = _signs(factor, pair)
        if found is None:
            return signs, None
        signs &= found
        masks.add(k)
    return signs, frozenset(masks)


def _signs(factor: Factor, pair: Pair) -> frozenset[str] | None:
    mask, labels, _ = factor
    assert isinstance(mask, Leaf)
    if mask.kind == "eye":
        return frozenset((_EQUAL,))
    if mask.axes[0] != mask.axes[1] or mask.name not in ("0", "-1"):
        return None
    if mask.kind == "apart":
        return frozenset((_BELOW, _ABOVE)) if mask.name == "0" else None
    # lower: the second label is at most (0), or less than (-1) the first one
    strict = frozenset((_ABOVE if labels == pair else _BELOW,))
    return strict if mask.name == "-1" else strict | {_EQUAL}
