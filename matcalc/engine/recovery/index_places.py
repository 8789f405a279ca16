"""Labels that shifts and differences of indices join: ``x[i-j+1]`` is x[k] where k = i - j + 1.

Of such an equation one label is put in for what it says. If that is one that was summed, its place
has to be inside its axis, which is a condition unless it always is: the derivative of
``sum[i,j](y[i]*k[j]*x[i-j+1])`` by x is ``sum[j<=n-l+1](y[j+l-1]*k[j])``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.indexed import AffineIndex, Condition, Index
from matcalc.engine.ir.nodes import Factor, Leaf, label_sizes
from matcalc.engine.ir.ranges import nonnegative

_LETTERS = "ijklpqrstuvwabcdefgh"
_LONG = 5  # a sum or a function at a label counts for so many entries


def at_index(index: Index) -> AffineIndex:
    """The place that an index says."""
    return AffineIndex(((index, 1),), ZERO)


class PositionEquation(NamedTuple):
    """``whole = the sum of c*label + offset``, of places that are counted from 1."""

    factor: int  # its place in the product
    whole: int
    terms: tuple[tuple[int, int], ...]
    offset: Dim
    solvable: bool  # for a label on the right, too


class SolvedLabel(NamedTuple):
    """What a label is put in for, the size of its axis, and whether that may be outside it."""

    label: int
    terms: tuple[tuple[int, int], ...]
    offset: Dim
    link: PositionEquation
    checked: bool


def links_of(factors: Sequence[Factor]) -> list[PositionEquation]:
    """The equations of a product."""
    found = []
    for k, (node, labels, _) in enumerate(factors):
        if not isinstance(node, Leaf) or node.kind not in ("select", "place"):
            continue
        coefficients = [1] if node.kind == "select" else [int(c) for c in node.name.split(",")]
        whole, *inner = labels
        offset = node.start.plus(ONE).plus(Dim(sum(coefficients), ()), -1)
        terms = tuple(zip(inner, coefficients, strict=True))
        found.append(PositionEquation(k, whole, terms, offset, node.kind == "place"))
    return found


def solve(
    factors: Sequence[Factor], fixed: Mapping[int, object], left: Container[int]
) -> list[SolvedLabel]:
    """For each equation that can be solved a label and what it is, in the order in which they are
    to be put in; ``fixed`` are the labels of the axes, ``left`` the equations that stay.
    """
    found: list[SolvedLabel] = []
    gone: set[int] = set()
    used: set[int] = set()  # labels that what is put in depends on
    for link in links_of(factors):
        inner = [label for label, _ in link.terms]
        if gone.intersection((*inner, link.whole)) or link.factor in left:
            continue
        if link.whole not in fixed and link.whole not in used and link.whole not in inner:
            found.append(SolvedLabel(link.whole, link.terms, link.offset, link, False))
            gone.add(link.whole)
            used.update(inner)
            continue
        if not link.solvable:
            continue
        free = [
            (label, c)
            for label, c in link.terms
            if label not in fixed and label not in used and abs(c) == 1 and inner.count(label) == 1
        ]
        if not free or link.whole in inner:
            continue
        label, c = min(free, key=lambda each: _weight(factors, each[0]))
        rest = [(other, -c * d) for other, d in link.terms if other != label]
        terms = ((link.whole, c), *rest)
        found.append(SolvedLabel(label, terms, ZERO.plus(link.offset, -c), link, True))
        gone.add(label)
        used.update(other for other, _ in terms)
    return found


def _weight(factors: Sequence[Factor], label: int) -> int:
    """How much is written at a label."""
    return sum(
        1 if isinstance(node, Leaf) else _LONG
        for node, labels, _ in factors
        if label in labels and node.kind != "place"
    )


def bind(
    factors: Sequence[Factor],
    labels: dict[int, AffineIndex],
    pick: Callable[[Dim, tuple[Index, ...]], Index],
) -> tuple[tuple[Index, ...], list[tuple[set[Index], Condition]]]:
    """Gives each label that has none a place; the indices that are summed, and conditions on them,
    each with those that it touches.

    A label that a range or a shift gives needs no index of its own. ``pick`` makes an index of a
    size besides others.
    """
    sizes = label_sizes(factors)
    left: set[int] = set()
    while True:
        solved = solve(factors, labels, left)
        given = {each.label for each in solved}
        found = dict(labels)
        bound: tuple[Index, ...] = ()
        for label in sorted(sizes):
            if label not in labels and label not in given:
                bound = (*bound, pick(sizes[label], bound))
                found[label] = at_index(bound[-1])
        masks: list[tuple[set[Index], Condition]] = []
        for each in solved:
            found[each.label] = put_in(each, found)
            limits = bounds(found[each.label], sizes[each.label]) if each.checked else []
            touched = [{i for i, _ in held.place.terms} & set(bound) for held in limits]
            masks += zip(touched, limits, strict=True)
            if not all(touched):  # nothing that is summed would be under the condition
                left.add(each.link.factor)
        if left.isdisjoint(each.link.factor for each in solved):
            labels.update(found)
            return bound, masks


def put_in(solved: SolvedLabel, labels: Mapping[int, AffineIndex]) -> AffineIndex:
    """The place that a label stands for."""
    terms: dict[Index, int] = {}
    offset = solved.offset
    for label, c in solved.terms:
        place = labels[label]
        for index, d in place.terms:
            terms[index] = terms.get(index, 0) + c * d
        offset = offset.plus(place.offset, c)
    return AffineIndex(tuple([(index, c) for index, c in terms.items() if c]), offset)


def bounds(place: AffineIndex, size: Dim) -> list[Condition]:
    """The conditions that a place is on an axis of this size, without those that always hold."""
    found = []
    if not nonnegative(_extreme(place, least=True).plus(ONE, -1)):
        found.append(Condition(">=", AffineIndex(place.terms, place.offset.plus(ONE, -1))))
    if not nonnegative(size.plus(_extreme(place, least=False), -1)):
        found.append(Condition("<=", AffineIndex(place.terms, place.offset.plus(size, -1))))
    return found


def always(held: Condition) -> bool:
    """Whether a condition holds whatever the indices are."""
    least, most = (_extreme(held.place, least=side) for side in (True, False))
    if held.op in ("<", "<="):
        return nonnegative(ZERO.plus(most, -1).plus(ONE if held.op == "<" else ZERO, -1))
    if held.op in (">", ">="):
        return nonnegative(least.plus(ONE if held.op == ">" else ZERO, -1))
    return held.op == "==" and not held.place.terms and not held.place.offset.scale


def _extreme(place: AffineIndex, *, least: bool) -> Dim:
    """The least or the largest value, where all indices vary freely."""
    value = place.offset
    for index, c in place.terms:
        last = index.start.plus(index.size).plus(ONE, -1)
        value = value.plus(index.start if least == (c > 0) else last, c)
    return value


def free_name(size: Dim, names: Sequence[tuple[str, Dim]], taken: Collection[str]) -> str:
    """A name for an index: the first of the ``names`` that runs over as much, or a letter."""
    known = {name for name, _ in names}
    preferred = [name for name, own in names if own == size]
    spare = [letter for letter in _LETTERS if letter not in known]
    others = [name for name, own in names if own != size]
    numbered = [f"i{k}" for k in range(1, 2 + len(taken))]
    found = (name for name in (*preferred, *spare, *others, *numbered) if name not in taken)
    return next(found)
