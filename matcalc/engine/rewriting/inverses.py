"""Inverse algebra: equal forms of sums and products with inverses, to be taken where they are
shorter.

Four theorems, each true wherever the inverses exist that are written down:

* ``M*inv(M) = eye``, term by term of a sum ``M``: ``eye - B*inv(A + B) = A*inv(A + B)``;
* ``inv(A)*(B - A)*inv(B) = inv(A) - inv(B)``, the resolvent identity (Horn & Johnson, Matrix
  Analysis (2013), 0.7.4 and 5.8);
* ``L*N*R + L*N*X*N*R = L*N*(M + X)*N*R`` where ``N = inv(M)``, from the first;
* ``f(M)*U = U*f(N)`` where ``M*U = U*N``, the push-through identity: ``M = U*V`` and ``N = V*U``,
  or a multiple of the identity is added to both (of inverses Henderson & Searle, SIAM Review 23
  (1981), (17); of functions of matrices Higham, Functions of Matrices (2008), corollary 1.34).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import chain
from typing import NamedTuple

from matcalc.core.operations import FUNCTIONS_OF_MATRICES
from matcalc.engine.ir.branches import embed
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    as_sum,
    as_term,
    is_zero,
    quotient,
)
from matcalc.engine.rewriting.places import open_term

_TERMS = 12  # sums of more terms, and products of more factors, are left alone
_FACTORS = 12
_OTHERS = FUNCTIONS_OF_MATRICES - {"inv"}

Terms = list[tuple[Rational, Node]]


class MatrixFunctionUse(NamedTuple):
    """An inverse, or another function of a matrix, in a product: as a matrix from ``near`` to
    ``far`` it is that of ``inside``; ``rest`` is all else, and ``call`` the function as it stands.
    """

    inside: Node
    near: int
    far: int
    rest: list[Factor]
    call: Call


class Meeting(NamedTuple):
    """T*inv(M) in a product: T is between ``start`` and the inverse, ``multiple`` times;
    ``rest`` is what is left.
    """

    place: MatrixFunctionUse
    start: int
    rest: list[Factor]
    multiple: Fraction


class Inverses:
    """Other forms of the nodes of one builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._zeros: dict[object, Terms] = {}

    def forms(self, node: Node, expand: Callable[[Node], Node | None]) -> Iterator[Node]:
        """What equals a sum or a product that is a scalar, a vector or a matrix."""
        if node.is_tensor or not (self.builder.inverses or self.builder.matrix_functions):
            return iter(())
        if isinstance(node, Sum):
            return chain(self._of_sum(node), self._of_frames(node, expand))
        return self._of_product(node)

    def _of_sum(self, node: Node) -> Iterator[Node]:
        """Sums that equal a sum."""
        common, linear = as_sum(node)
        terms = [(common * c, term) for c, term in linear]
        if len(terms) > _TERMS:
            return
        replaced: set[tuple[Node, Node]] = set()  # parts and inverses, each with its transpose
        for index, (c, term) in enumerate(terms):
            others = [*terms[:index], *terms[index + 1 :]]
            for place in chain(self._places(term), self._functions(term) if others else ()):
                inverse = place.call.name == "inv"
                for part, meeting in self._cancellations(place, term) if inverse else ():
                    zero = self._zero(meeting, term)
                    yield self.builder.sum([*terms, *_scale(c, zero)], node.axes)
                    if others and (part, place.inside) not in replaced:
                        replaced |= self._both(part, place.inside)
                        yield self.builder.sum(self._without(part, place.inside, terms), node.axes)
                for pushed in self._push_through(place, term):
                    yield self.builder.sum([*others, (c, pushed)], node.axes)
                    for again in self._places(pushed) if inverse else ():
                        for _, meeting in self._cancellations(again, pushed):
                            zero = self._zero(meeting, pushed)
                            yield self.builder.sum(
                                [*others, (c, pushed), *_scale(c, zero)], node.axes
                            )

    def _both(self, part: Node, inside: Node) -> set[tuple[Node, Node]]:
        return {(part, inside), (self.builder.transpose(part), self.builder.transpose(inside))}

    def _without(self, part: Node, inside: Node, terms: Terms) -> Terms:
        """The terms with ``part`` beside the inverse replaced wherever it is, on both sides."""
        alike = self._both(part, inside)
        done: Terms = []
        queue = list(terms)
        while queue and len(done) + len(queue) <= _TERMS:
            c, term = queue.pop()
            found = next(
                (
                    meeting
                    for place in self._places(term)
                    for other, meeting in self._cancellations(place, term)
                    if (other, place.inside) in alike
                ),
                None,
            )
            if found is None:
                done.append((c, term))
            else:
                common, linear = as_sum(
                    self.builder.sum([(c, term), *_scale(c, self._zero(found, term))], term.axes)
                )
                queue += [(common * own, other) for own, other in linear]
        return done + queue

    def _of_frames(self, node: Node, expand: Callable[[Node], Node | None]) -> Iterator[Node]:
        """Sums that equal a sum with terms L*N*R and L*N*X*N*R, where N = inv(M): the two are
        L*N*(M + X)*N*R, and with ``expand`` terms of M and X cancel.
        """
        common, linear = as_sum(node)
        if not 2 <= len(linear) <= _TERMS:
            return
        opened = [open_term(term) for _, term in linear]
        terms = [
            (common * c * own, list(factors))
            for (c, _), (own, factors) in zip(linear, opened, strict=True)
        ]
        for longer, (c, factors) in enumerate(terms):
            for one, two in self._pairs(factors):
                for shorter, (other, fewer) in enumerate(terms):
                    left = self._between(one, two, fewer, node.rank) if shorter != longer else None
                    if left is None:
                        continue
                    axes = one.inside.axes
                    between = self.builder.product(1, left, (one.far, two.near), axes)
                    middle = self.builder.sum([(c, between), (other, one.inside)], axes)
                    inside = expand(middle) or middle
                    count = [len(self._linear(each)[1]) for each in (inside, one.inside, between)]
                    if count[0] >= count[1] + count[2]:
                        continue
                    around = [factor for factor in factors if factor not in left]
                    whole = self.builder.product(
                        1,
                        [*around, (inside, (one.far, two.near), 1)],
                        tuple(range(node.rank)),
                        node.axes,
                    )
                    rest = [
                        (common * c, t)
                        for k, (c, t) in enumerate(linear)
                        if k not in (longer, shorter)
                    ]
                    yield self.builder.sum([(1, whole), *rest], node.axes)

    def _pairs(
        self, factors: list[Factor]
    ) -> Iterator[tuple[MatrixFunctionUse, MatrixFunctionUse]]:
        """Two inverses of one matrix, one after the other."""
        if len(factors) <= _FACTORS:
            for one in self._among(factors):
                for two in self._among(one.rest):
                    if one.inside is two.inside and one.near != two.far:
                        yield one, two

    def _between(
        self, one: MatrixFunctionUse, two: MatrixFunctionUse, factors: list[Factor], rank: int
    ) -> list[Factor] | None:
        """The X of L*N*X*N*R where the factors are L*N*R."""
        for place in self._among(factors):
            names = {k: k for k in range(rank)}
            ends = ((place.near, one.near), (place.far, two.far))
            if place.inside is one.inside and all(names.setdefault(*end) == end[1] for end in ends):
                found = embed(place.rest, two.rest, names, rank, rank)
                if found is not None:
                    return found[0]
        return None

    def _of_product(self, node: Node) -> Iterator[Node]:
        """Differences that equal a product: inv(A)*(B - A)*inv(B)."""
        coefficient, factors = as_product(node)
        if len(factors) > _FACTORS:
            return
        for one in self._among(list(factors)):
            for two in self._among(one.rest):
                difference = self.builder.sum([(1, two.inside), (-1, one.inside)], two.inside.axes)
                if one.inside.axes != two.inside.axes or is_zero(difference):
                    continue
                own, wanted = as_term(difference)
                found = embed(list(wanted), two.rest, {0: one.far, 1: two.near}, node.rank, 0)
                if found is not None:
                    parted = self._part(node, one, two, found[0])
                    yield self.builder.scale(quotient(coefficient, own), parted)

    def _part(
        self, node: Node, one: MatrixFunctionUse, two: MatrixFunctionUse, rest: list[Factor]
    ) -> Node:
        first, second = self._inverse(one.inside), self._inverse(two.inside)
        difference = self.builder.sum([(1, first), (-1, second)], first.axes)
        return self.builder.product(
            1, [*rest, (difference, (one.near, two.far), 1)], tuple(range(node.rank)), node.axes
        )

    def _inverse(self, node: Node) -> Node:
        return self.builder.call("inv", [node], node.axes)

    def _places(self, term: Node) -> Iterator[MatrixFunctionUse]:
        _, factors = as_product(term)
        if len(factors) <= _FACTORS:
            yield from self._among(list(factors))

    def _functions(self, term: Node) -> Iterator[MatrixFunctionUse]:
        """Every function of a matrix in a term but inverses."""
        _, factors = as_product(term)
        if self.builder.matrix_functions and len(factors) <= _FACTORS:
            yield from self._among(list(factors), _OTHERS)

    def _among(
        self, factors: list[Factor], names: frozenset[str] = frozenset(("inv",))
    ) -> Iterator[MatrixFunctionUse]:
        """Every function of these names among factors, read in both directions."""
        for index, (node, labels, exponent) in enumerate(factors):
            if isinstance(node, Call) and node.name in names and exponent == 1 and not node.slots:
                rest = factors[:index] + factors[index + 1 :]
                near, far = labels
                yield MatrixFunctionUse(node.args[0], near, far, rest, node)
                yield MatrixFunctionUse(self.builder.transpose(node.args[0]), far, near, rest, node)

    def _linear(self, node: Node) -> tuple[Rational, Terms]:
        """The node as a multiple of a linear combination; the transpose of one too."""
        common, linear = as_sum(node)
        if len(linear) == 1 and node.rank == 2:
            common, linear = as_sum(self.builder.transpose(node))
            return common, [(c, self.builder.transpose(part)) for c, part in linear]
        return common, list(linear)

    def _cancellations(
        self, place: MatrixFunctionUse, term: Node
    ) -> Iterator[tuple[Node, Meeting]]:
        """Each term T of M with T*inv(M) in the product. A diagonal T need not be apart; c*eye
        may be anywhere.
        """
        common, linear = self._linear(place.inside)
        if not 2 <= len(linear) <= _TERMS:
            return
        for c, part in linear:
            factors = list(as_term(part)[1])
            if any(_identity(node) for node, _, _ in factors):
                wanted = [factor for factor in factors if not _identity(factor[0])]
                found = embed(wanted, place.rest, {0: place.near, 1: place.near}, term.rank, 2)
            else:
                found = embed(factors, place.rest, {1: place.near}, term.rank, 2)
                if found is not None and not _is_free(found[0], place.near, term.rank):
                    continue
            if found is not None and 0 in found[1]:
                yield part, Meeting(place, found[1][0], found[0], Fraction(common) * c)

    def _zero(self, meeting: Meeting, term: Node) -> Terms:
        """L*R - sum of L*T_j*inv(M)*R, which is zero, so scaled that the product L*T*inv(M)*R
        goes.
        """
        place, start, rest, multiple = meeting
        known = self._zeros.get((term, place.inside, place.near, start, tuple(rest)))
        if known is not None:
            return known
        builder, outputs = self.builder, tuple(range(term.rank))
        common, linear = self._linear(place.inside)
        eye, inverse = builder.eye(place.inside.axes[0]), self._inverse(place.inside)
        middle = 1 + max(
            (place.near, place.far, *(label for _, labels, _ in rest for label in labels))
        )
        found: Terms = [
            (
                1 / multiple,
                builder.product(1, [*rest, (eye, (start, place.far), 1)], outputs, term.axes),
            )
        ]
        for c, part in linear:
            factors = [*rest, (part, (start, middle), 1), (inverse, (middle, place.far), 1)]
            found.append((-common * c / multiple, builder.product(1, factors, outputs, term.axes)))
        self._zeros[term, place.inside, place.near, start, tuple(rest)] = found
        return found

    def _push_through(self, place: MatrixFunctionUse, term: Node) -> Iterator[Node]:
        """f(M)*U in the product as U*f(N), for each U that is found in front of M and after f."""
        for U, inside in self._intertwined(place.inside):
            size = inside.axes[0]
            if size != place.inside.axes[0] and not self._updates_identity(place):
                continue  # f need not be defined at 0
            wanted = [(node, labels, e) for node, labels, e in as_term(U)[1]]
            found = embed(wanted, place.rest, {0: place.far}, term.rank, 2)
            if found is None or 1 not in found[1] or not _is_free(found[0], place.far, term.rank):
                continue
            middle = 1 + max(
                (place.near, place.far, *(label for _, labels, _ in place.rest for label in labels))
            )
            factors = [
                *found[0],
                (U, (place.near, middle), 1),
                (self._same_function(place.call, inside), (middle, found[1][1]), 1),
            ]
            yield self.builder.product(1, factors, tuple(range(term.rank)), term.axes)

    def _updates_identity(self, place: MatrixFunctionUse) -> bool:
        """Whether this is the inverse of a sum, so that what is added to zero eigenvalues is
        inverted.
        """
        return place.call.name == "inv" and len(self._linear(place.inside)[1]) > 1

    def _same_function(self, call: Call, inside: Node) -> Node:
        return self.builder.call(call.name, [inside, *call.args[1:]], inside.axes)

    def _intertwined(self, node: Node) -> Iterator[tuple[Node, Node]]:
        """U and N with M*U = U*N, for each way to cut the chain U*V that the matrix M is made of by
        functions and multiples of the identity.
        """
        if isinstance(node, Call) and node.name in FUNCTIONS_OF_MATRICES and not node.slots:
            for U, inside in self._intertwined(node.args[0]):
                if inside.axes == node.axes:
                    yield U, self._same_function(node, inside)
            return
        common, linear = self._linear(node)
        products = [(c, term) for c, term in linear if not _scalar_matrix(term)]
        if len(products) != 1 or len(linear) > 2:
            return
        ((c, product),) = products
        if not isinstance(product, Product):
            return
        # few functions of matrices are of products
        from matcalc.engine.rewriting.cuts import bridges  # noqa: PLC0415

        for cut in bridges(product.factors):
            size = cut.size
            U = self.builder.product(1, cut.left, (0, cut.label), (product.axes[0], size))
            right = [*_scalars(product), *cut.right]
            V = self.builder.product(1, right, (cut.label, 1), (size, product.axes[1]))
            inner = self.builder.product(1, [(V, (0, 2), 1), (U, (2, 1), 1)], (0, 1), (size, size))
            terms = [(common * c, inner)]
            for scalar, unit in linear:
                if unit is not product:
                    one = [*_scalars(unit), (self.builder.eye(size), (0, 1), 1)]
                    square = self.builder.product(1, one, (0, 1), (size, size))
                    terms.insert(0, (common * scalar, square))
            yield U, self.builder.sum(terms, (size, size))


def _scale(c: Rational, terms: Terms) -> Terms:
    return [(c * own, term) for own, term in terms]


def _is_free(rest: list[Factor], label: int, rank: int) -> bool:
    """Whether a label is summed and nothing that is left touches it."""
    return label >= rank and not any(label in labels for _, labels, _ in rest)


def _identity(node: Node) -> bool:
    return node.kind == "eye"


def _scalars(node: Node) -> list[Factor]:
    return [factor for factor in as_term(node)[1] if not factor[1]]


def _scalar_matrix(node: Node) -> bool:
    """Whether the node is a scalar times the identity."""
    return all(not labels or _identity(factor) for factor, labels, _ in as_term(node)[1])
