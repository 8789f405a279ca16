"""Terms that differ at one place of one network: D'*diag(u)*D - D'*diag(v)*D is D'*diag(u - v)*D.

What is there entry by entry is a sum of its own, and may cancel, as in
``D'*diag(1./sqrt(u + 1) - u./(u + 1).^1.5)*D``.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.dims import Dim
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Factor,
    Labels,
    Node,
    Rational,
    Sum,
    as_product,
    is_atom,
    label_sizes,
)

_WIDEST = 2  # axes of what is at a place
_LONGEST = 12  # factors of a term that is looked at

Term = tuple[Rational, Node]


class DifferingTerms(NamedTuple):
    """Terms of a sum that differ at one place: which they are, the network around it, and on which
    labels of this what they have there stands, entry by entry.
    """

    terms: frozenset[int]
    outside: tuple[Factor, ...]
    labels: Labels
    inside: Node


def gather_places(builder: Builder, node: Sum) -> Node | None:
    """The sum with the terms together that differ at one index; None where no two do."""
    place = max(_places(builder, node, {1}), key=lambda each: len(each.terms), default=None)
    return None if place is None else put_together(builder, node, place, place.inside)


def put_together(builder: Builder, node: Sum, place: DifferingTerms, inside: Node) -> Node:
    """The sum with the terms that differ at a place as one that has ``inside`` there."""
    factors = [*place.outside, (inside, place.labels, 1)]
    whole = builder.product(1, factors, tuple(range(node.rank)), node.axes)
    rest = [term for k, term in enumerate(node.terms) if k not in place.terms]
    return builder.sum([(1, whole), *rest], node.axes)


def find_places(builder: Builder, node: Sum) -> Iterator[DifferingTerms]:
    """The places at which two terms or more of a sum differ, and sums stand."""
    products = [open_term(term)[1] for _, term in node.terms]
    return _places(builder, node, _axes_of_sums(products))


def _places(builder: Builder, node: Sum, axes: Container[int]) -> Iterator[DifferingTerms]:
    found: dict[object, list[tuple[int, tuple[Factor, ...], Labels, Term]]] = {}
    for index, (coefficient, term) in enumerate(node.terms if axes else ()):
        number, factors = open_term(term)
        if len(factors) > _LONGEST:
            continue
        for labels in _candidates(factors, axes, term.rank):
            inside = [f for f in factors if set(f[1]) <= set(labels)]
            outside = tuple([f for f in factors if f not in inside])
            sizes = _sizes(term, factors)
            around = _cover(builder, sizes, outside, _join(term.rank, labels))
            own = _cover(builder, sizes, inside, labels)
            key = around, tuple([label if label < term.rank else -1 for label in labels])
            entry = index, outside, labels, (coefficient * number, own)
            found.setdefault(key, []).append(entry)
    for members in found.values():
        _, outside, labels, (_, own) = members[0]
        if len({index for index, *_ in members}) == len(members) > 1:
            terms = [term for *_, term in members]
            total = builder.sum(terms, own.axes)
            yield DifferingTerms(frozenset(index for index, *_ in members), outside, labels, total)


def _candidates(factors: Sequence[Factor], axes: Container[int], rank: int) -> list[Labels]:
    """The labels on which factors with so many axes stand, other than where all of the term
    does.
    """
    found: dict[frozenset[int], Labels] = {}
    for _, labels, _ in sorted(factors, key=lambda factor: factor[0].id):
        if len(labels) in axes and len(set(labels)) == len(labels):
            found.setdefault(frozenset(labels), labels)  # of two orders the one of the oldest
    found.pop(frozenset(range(rank)), None)
    return list(found.values())


def _axes_of_sums(products: Sequence[Sequence[Factor]]) -> set[int]:
    """How many axes sums have among the factors."""
    sums = [base for factors in products for base, _, _ in factors if isinstance(base, Sum)]
    return {base.rank for base in sums if 0 < base.rank <= _WIDEST}


def open_term(term: Node) -> tuple[Rational, tuple[Factor, ...]]:
    """A term as a number and factors, those of one scalar network among them taken apart."""
    number, factors = as_product(term)
    if term.rank:
        return number, factors
    atoms = [k for k, (base, _, e) in enumerate(factors) if is_atom(base) and e == 1]
    if len(atoms) != 1:
        return number, factors
    own, inside = as_product(factors[atoms[0]][0])
    return number * own, (*factors[: atoms[0]], *factors[atoms[0] + 1 :], *inside)


def _join(rank: int, labels: Labels) -> Labels:
    """The outputs, and these labels after them."""
    return (*range(rank), *(label for label in labels if label >= rank))


def _sizes(term: Node, factors: Sequence[Factor]) -> dict[int, Dim]:
    return dict(enumerate(term.axes)) | label_sizes(factors)


def _cover(
    builder: Builder, sizes: Mapping[int, Dim], factors: Sequence[Factor], outputs: Labels
) -> Node:
    """The product of some factors with these outputs, which ones cover where nothing else does."""
    covered = {label for _, own, _ in factors for label in own}
    ones = [(builder.ones((sizes[x],)), (x,), 1) for x in outputs if x not in covered]
    return builder.product(1, [*factors, *ones], outputs, tuple([sizes[x] for x in outputs]))
