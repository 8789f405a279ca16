"""Laplacians times vectors: x.*(W*vector(1)) - W*x is (diag(W*vector(1)) - W)*x.

Sums over pairs of differences are such: sum[i<j](W[i,j]*(x[i] - x[j])^2). By points, which are the
rows of a matrix X, their gradient has the Laplacian anyway, for there X is a factor of both terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from matcalc.core.dims import Dim
from matcalc.core.likeness import chain
from matcalc.core.tree import Expr, is_number, join_signed, split_signed_terms
from matcalc.core.walk import fold
from matcalc.engine.recovery.factory import ExpressionFactory

_LONGEST = 8  # terms of a sum that is looked at


def name_laplacians(factory: ExpressionFactory, tree: Expr) -> Expr:
    """The tree of a factory with its Laplacians as factors."""
    if not {".*", "fill"} <= {node.op for node in tree.parts}:
        return tree

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = factory.remake(node, args)
        total = made.op in ("+", "-") and made.rank == 1 and not made.row
        return _join(factory, made) if total else made

    return fold(tree, lambda node: node.args, rule)


def _join(factory: ExpressionFactory, node: Expr) -> Expr:
    """The sum with one Laplacian as a factor, where that is shorter."""
    terms = split_signed_terms(node, most=_LONGEST)
    for k, (sign, term) in enumerate(terms):
        for weight in _weights(term):
            image = _links(weight.scalars, (*weight.links, weight.vector))
            for other, (own, each) in enumerate(terms):
                if own == -sign * weight.sign and _links(*chain(each)) == image:
                    left = [each for place, each in enumerate(terms) if place not in (k, other)]
                    left += [(sign * own, each) for own, each in weight.beside(factory)]
                    joined = weight.laplacian(factory, node.shape[0])
                    made = _add(factory, [(sign * weight.sign, joined), *left])
                    if factory.size(made) < factory.size(node):
                        return made
    return node


class _Weight(NamedTuple):
    """The term ``scalars*W*vector(1)`` of the y in x.*y, with its sign, and the others of y."""

    vector: Expr
    sign: int
    scalars: tuple[Expr, ...]
    links: tuple[Expr, ...]
    ones: Expr
    rest: tuple[tuple[int, Expr], ...]

    def laplacian(self, factory: ExpressionFactory, size: Dim) -> Expr:
        """scalars*(diag(W*vector(1)) - W)*x."""
        matrix = reduce(factory.times, self.links)
        degrees = factory.times(matrix, self.ones)
        whole = factory.make("diag", (degrees,), (size, size))
        for sign, term in split_signed_terms(matrix, most=_LONGEST):
            whole = factory.binary("-" if sign > 0 else "+", whole, term)
        product = factory.times(whole, self.vector)
        return reduce(lambda total, scalar: factory.times(scalar, total), self.scalars, product)

    def beside(self, factory: ExpressionFactory) -> list[tuple[int, Expr]]:
        """The product of x and the rest of y."""
        if not self.rest:
            return []
        left = _add(factory, self.rest)
        if left.rank:
            return [(1, factory.binary(".*", self.vector, left))]
        return [(1, self.vector if is_number(left, 1) else factory.times(left, self.vector))]


def _weights(term: Expr) -> Iterator[_Weight]:
    if term.op != ".*":
        return
    for vector, other in (term.args, term.args[::-1]):
        parts = split_signed_terms(other, most=_LONGEST)
        for place, (sign, part) in enumerate(parts):
            scalars, links = chain(part)
            ones = links[-1] if links else part
            if len(links) < 2 or ones.op != "fill" or not is_number(ones.args[0], 1):
                continue
            matrices = links[:-1]
            if all(link.rank == 2 for link in matrices) and matrices[0].shape[0] == ones.shape[0]:
                rest = (*parts[:place], *parts[place + 1 :])
                yield _Weight(vector, sign, tuple(scalars), tuple(matrices), ones, rest)


def _links(scalars: Sequence[Expr], links: Sequence[Expr]) -> tuple[list[int], list[int]]:
    """What two products are compared by."""
    return sorted(map(id, scalars)), list(map(id, links))


def _add(factory: ExpressionFactory, terms: Sequence[tuple[int, Expr]]) -> Expr:
    return join_signed(terms, factory.binary, factory.negative)
