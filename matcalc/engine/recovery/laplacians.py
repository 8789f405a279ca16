"""Laplacians times vectors: x.*(W*vector(1)) - W*x is (diag(W*vector(1)) - W)*x.

Sums over pairs of differences are such: sum[i<j](W[i,j]*(x[i] - x[j])^2). By points, which are the
rows of a matrix X, their gradient has the Laplacian anyway, for there X is a factor of both terms.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from functools import reduce
from typing import NamedTuple

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable
from matcalc.core.likeness import chain, symmetric_names
from matcalc.core.tree import Expr, drop_transpose, is_number, join_signed, split_signed_terms
from matcalc.core.walk import fold
from matcalc.engine.recovery.factory import ExpressionFactory

_LONGEST = 8  # terms of a sum that is looked at


def name_laplacians(
    factory: ExpressionFactory, tree: Expr, variables: Mapping[str, Variable]
) -> Expr:
    """The tree of a factory with its Laplacians as factors."""
    ops = tree.operations
    if not {".*", "fill"} <= ops:
        return tree

    named = {id(node) for node in tree.parts if node.op == "-" and node.args[0].op == "diag"}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = factory.remake(node, args)
        total = made.op in ("+", "-") and made.rank == 1 and not made.row
        return _join(factory, made, named) if total else made

    made = fold(tree, lambda node: node.args, rule)
    return _name_energies(factory, made, variables) if "sum" in ops and made is not tree else made


def _name_energies(
    factory: ExpressionFactory, tree: Expr, variables: Mapping[str, Variable]
) -> Expr:
    """The tree with 2*x'*L*x for sum(W.*(x*vector(1)' - vector(1)*x').^2), of a symmetric W whose
    Laplacian L stands in it.
    """
    symmetric = symmetric_names(variables)
    found = {
        id(node.args[1]): node
        for node in tree.parts
        if node.op == "-"
        and node.args[0].op == "diag"
        and node.args[1].op == "variable"
        and node.args[1].value in symmetric
    }

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = factory.remake(node, args)
        if made.op != "sum" or made.args[0].op != ".*" or made.args[0].rank != 2:
            return made
        weight, square = made.args[0].args
        vector = _differing(square)
        if vector is None or id(weight) not in found:
            return made
        product = factory.times(factory.transpose(vector), found[id(weight)])
        return factory.times(factory.number(2), factory.times(product, vector))

    return fold(tree, lambda node: node.args, rule) if found else tree


def _differing(square: Expr) -> Expr | None:
    """The x of (x*vector(1)' - vector(1)*x').^2."""
    if square.op != ".^" or not is_number(square.args[1], 2) or square.args[0].op != "-":
        return None
    (x, ones), (other, row) = (
        side.args if side.op == "*" else (side, side) for side in square.args[0].args
    )
    plain = x.rank == 1 and row.op == "'" and row.args[0] is x
    fills = [drop_transpose(each) for each in (ones, other)]
    ones_only = all(each.op == "fill" and is_number(each.args[0], 1) for each in fills)
    return x if plain and ones_only else None


def _join(factory: ExpressionFactory, node: Expr, named: Container[int]) -> Expr:
    """The sum with one Laplacian as a factor, where that is shorter; one that stands elsewhere in
    the answer may have a name.
    """
    terms = split_signed_terms(node, most=_LONGEST)
    for k, (sign, term) in enumerate(terms):
        for weight in _weights(factory, term):
            image = _links(weight.scalars, (*weight.links, weight.vector))
            for other, (own, each) in enumerate(terms):
                if own == -sign * weight.sign and _links(*chain(each)) == image:
                    left = [each for place, each in enumerate(terms) if place not in (k, other)]
                    left += [(sign * own, each) for own, each in weight.beside(factory)]
                    whole = weight.laplacian(factory, node.shape[0])
                    joined = weight.times(factory, whole)
                    made = _add(factory, [(sign * weight.sign, joined), *left])
                    saved = factory.size(whole) - 1 if id(whole) in named else 0
                    if factory.size(made) - saved < factory.size(node):
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
        """diag(W*vector(1)) - W."""
        matrix = reduce(factory.times, self.links)
        degrees = factory.times(matrix, self.ones)
        whole = factory.make("diag", (degrees,), (size, size))
        for sign, term in split_signed_terms(matrix, most=_LONGEST):
            whole = factory.binary("-" if sign > 0 else "+", whole, term)
        return whole

    def times(self, factory: ExpressionFactory, laplacian: Expr) -> Expr:
        """scalars*(diag(W*vector(1)) - W)*x."""
        product = factory.times(laplacian, self.vector)
        return reduce(lambda total, scalar: factory.times(scalar, total), self.scalars, product)

    def beside(self, factory: ExpressionFactory) -> list[tuple[int, Expr]]:
        """The product of x and the rest of y."""
        if not self.rest:
            return []
        left = _add(factory, self.rest)
        sign, left = (-1, left.args[0]) if left.op == "neg" else (1, left)
        if not left.rank:
            whole = self.vector if is_number(left, 1) else _scale(factory, left, self.vector)
        elif left.op == "*" and not left.args[0].rank:
            product = factory.binary(".*", self.vector, left.args[1])
            whole = _scale(factory, left.args[0], product)
        else:
            whole = factory.binary(".*", self.vector, left)
        return [(sign, whole)]


def _scale(factory: ExpressionFactory, scalar: Expr, vector: Expr) -> Expr:
    """The multiple, with one division at the end."""
    if scalar.op != "/":
        return factory.times(scalar, vector)
    above, below = scalar.args
    return factory.binary(
        "/", vector if is_number(above, 1) else factory.times(above, vector), below
    )


def _weights(factory: ExpressionFactory, term: Expr) -> Iterator[_Weight]:
    """The weights of x.*y, and of c*(x.*y) with a sum c of which a term is 1."""
    factor, product = term.args if term.op == "*" and not term.args[0].rank else (None, term)
    if product.op != ".*":
        return
    for vector, other in (product.args, product.args[::-1]):
        if factor is None:
            parts = split_signed_terms(other, most=_LONGEST)
        else:
            scales = split_signed_terms(factor, most=_LONGEST)
            if not any(is_number(each, 1) for _, each in scales):
                return
            parts = [
                (sign, other if is_number(each, 1) else factory.times(each, other))
                for sign, each in scales
            ]
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
