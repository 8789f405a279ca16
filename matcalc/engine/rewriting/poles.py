"""Derivatives of products and determinants without division: ``prod(x)*y./x`` is ``prodothers(x).*
y``, and ``det(X)*(a*inv(X)' + B)`` is ``a*cof(X) + det(X)*B``.

The formulas divide by entries and invert matrices, and have no value where an entry is 0 or the
matrix is singular. What they say is a polynomial all the same. It is found by multiplying out: in
each term a product of entries takes up as many divisions by them as it has factors. Where one
division too many is left, as in second derivatives, a term with two different entries and its
opposite with the same entry twice are together the products of all entries but two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.walk import fold, postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Labels,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
)
from matcalc.engine.ir.rebuild import rebuild

_MOST_TERMS = 60  # that are multiplied out
_MOST_POWERS = 3  # of a sum that is multiplied out


class _Term(NamedTuple):
    """A number times factors on labels, of which the first are those of the whole."""

    coefficient: Rational
    factors: list[Factor]


class _Part(NamedTuple):
    """A factor of what a product is taken of: its node, its axes there, its exponent."""

    node: Node
    axes: Labels
    exponent: int


class _Carrier:
    """A product of entries, of which division may be part."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.argument = call.args[0]
        self.axis = self.argument.rank - 1  # along which entries are multiplied
        self.coefficient, factors = as_product(self.argument)
        self.parts: list[_Part] = []
        for node, labels, exponent in factors:
            if exponent.denominator == 1 and exponent > 0:
                self.parts.append(_Part(node, labels, int(exponent)))
        inside = all(
            exponent.denominator == 1 and exponent > 0 and max(labels, default=0) <= self.axis
            for _, labels, exponent in factors
        )
        if not inside:  # a contraction: entries of the whole alone
            axes = tuple(range(self.argument.rank))
            self.coefficient, self.parts = 1, [_Part(self.argument, axes, 1)]

    def place(self, factor: Factor, row: Labels) -> tuple[int, int, int] | None:
        """The label along which a factor divides by entries, the part and how often; or None."""
        node, labels, exponent = factor
        if exponent.denominator != 1 or exponent >= 0:
            return None
        for number, part in enumerate(self.parts):
            if part.node is not node or self.axis not in part.axes:
                continue
            found = dict(zip(part.axes, labels, strict=True))
            if all(found.get(axis, label) == label for axis, label in enumerate(row)):
                return found[self.axis], number, -int(exponent)
        return None


def cleared(builder: Builder, root: Node) -> Node:
    """The node with its divisions taken up, also inside of calls; the node itself where there are
    none, or where some would be left.
    """

    def rule(node: Node, children: list[Node]) -> Node:
        if isinstance(node, Call):
            children = [_Clearing(builder, child).result() for child in children]
        return rebuild(builder, node, children)

    inner = fold(root, lambda node: node.children, rule)
    return _Clearing(builder, inner).result()


class _Clearing:
    """One sum of products."""

    def __init__(self, builder: Builder, root: Node) -> None:
        self.builder = builder
        self.root = root
        found = [each for each in _outside(root) if isinstance(each, Call)]
        self.products = [_Carrier(call) for call in found if _is_product(call)]
        self.matrices = {call.args[0]: call for call in found if _is_det(call)}
        self.poles = {part.node for each in self.products for part in each.parts}
        self._inside: dict[Node, bool] = {}

    def result(self) -> Node:
        """The sum without divisions, or as it was."""
        if not self.products and not self.matrices:
            return self.root
        terms = self._expanded()
        if terms is None or not self._divides(terms):
            return self.root
        terms = [self._apart(term) for term in terms]
        for matrix in list(self.matrices):
            found = self._cofactors(terms, matrix)
            if found is None:
                return self.root
            terms = found
        for carrier in self.products:
            found = self._others(terms, carrier)
            if found is None:
                return self.root
            terms = found
        return self._whole(terms)

    def _divides(self, terms: list[_Term]) -> bool:
        """Whether there is something to take up."""
        return any(
            (e < 0 and node in self.poles) or _is_inverse(node)
            for _, factors in terms
            for node, _, e in factors
        )

    def _node(self, term: _Term) -> Node:
        outputs = tuple(range(self.root.rank))
        return self.builder.product(term.coefficient, term.factors, outputs, self.root.axes)

    def _whole(self, terms: Iterable[_Term]) -> Node:
        return self.builder.sum([(1, self._node(term)) for term in terms], self.root.axes)

    # multiplied out

    def _matters(self, root: Node) -> bool:
        """Whether a sum or a product has one of the functions or a division in it."""

        def parts(node: Node) -> tuple[Node, ...]:
            return node.children if isinstance(node, (Sum, Product)) else ()

        def rule(node: Node, found: list[bool]) -> bool:
            if isinstance(node, Product) and any(
                e < 0 and inner in self.poles for inner, _, e in node.factors
            ):
                return True
            return _is_product(node) or _is_inverse(node) or _is_det(node) or any(found)

        if root not in self._inside:
            self._inside[root] = fold(root, parts, rule)
        return self._inside[root]

    def _expanded(self) -> list[_Term] | None:
        rank = self.root.rank
        todo = [(_Term(1, [(self.root, tuple(range(rank)), 1)]), rank)]
        done: list[_Term] = []
        while todo:
            term, fresh = todo.pop()
            place = next((k for k, each in enumerate(term.factors) if self._opens(each)), None)
            if place is None:
                done.append(term._replace(factors=_joined(term.factors)))
                continue
            node, labels, exponent = term.factors[place]
            rest = [*term.factors[:place], *term.factors[place + 1 :]]
            rest += [(node, labels, exponent - 1)] * (exponent > 1)
            if isinstance(node, Sum):
                for c, inner in reversed(node.terms):
                    opened = _Term(term.coefficient * c, [*rest, (inner, labels, 1)])
                    todo.append((opened, fresh))
            else:
                assert isinstance(node, Product)
                names = dict(enumerate(labels))
                for each in (label for _, own, _ in node.factors for label in own):
                    if each not in names:
                        names[each] = fresh
                        fresh += 1
                rest += [
                    (inner, tuple([names[label] for label in own]), e)
                    for inner, own, e in node.factors
                ]
                todo.append((_Term(term.coefficient * node.coefficient, rest), fresh))
            if len(todo) + len(done) > _MOST_TERMS:
                return None
        return done

    def _opens(self, factor: Factor) -> bool:
        node, _, exponent = factor
        return (
            isinstance(node, (Sum, Product))
            and bool(node.children)
            and exponent.denominator == 1
            and 1 <= exponent <= _MOST_POWERS
            and self._matters(node)
        )

    # products of entries

    def _others(self, terms: list[_Term], carrier: _Carrier) -> list[_Term] | None:
        """The terms with divisions by entries taken up; None where some are left."""
        done: list[_Term] = []
        left: list[_Term] = []
        for term in terms:
            powers = _exponents(term, carrier.call)
            row = next(iter(powers), ())
            places = self._places(term, carrier, row)
            if not powers or not places:
                done.append(term)
                continue
            if len(powers) > 1:  # of several rows
                return None
            count = sum(places.values())
            if count > powers[row] + 1:
                return None
            if count == powers[row] + 1:
                left.append(term)
            else:
                done.append(self._taken(term, carrier, row, places))
        pairs = self._pairs(left, carrier) if left else []
        return None if pairs is None else [*done, *pairs]

    @staticmethod
    def _places(term: _Term, carrier: _Carrier, row: Labels) -> Counter[int]:
        """How many of the products each label needs."""
        found: Counter[int] = Counter()
        for factor in term.factors:
            place = carrier.place(factor, row)
            if place is not None:
                label, number, times = place
                needed = -(-times // carrier.parts[number].exponent)
                found[label] = max(found[label], needed)
        return found

    def _taken(self, term: _Term, carrier: _Carrier, row: Labels, places: Counter[int]) -> _Term:
        """A term with as many products of others as it divides by entries."""
        used = sum(places.values())
        factors: list[Factor] = [*term.factors, (carrier.call, row, -used)]
        coefficient = term.coefficient
        others = self._call(carrier)
        for label, times in places.items():
            factors.append((others, (*row, label), times))
            more, own = self._entries(carrier, row, label)
            coefficient = coefficient * more**times
            factors += [(node, labels, e * times) for node, labels, e in own]
        return _Term(coefficient, _joined(factors))

    @staticmethod
    def _entries(carrier: _Carrier, row: Labels, label: int) -> tuple[Rational, list[Factor]]:
        """An entry of what the product is taken of, as factors."""
        names = dict(enumerate((*row, label)))
        return carrier.coefficient, [
            (part.node, tuple([names[axis] for axis in part.axes]), part.exponent)
            for part in carrier.parts
        ]

    def _call(self, carrier: _Carrier) -> Node:
        args = carrier.call.args
        return self.builder.call("prodothers", list(args), carrier.argument.axes)

    def _pairs(self, terms: list[_Term], carrier: _Carrier) -> list[_Term] | None:
        """Terms that divide once too often, each with its opposite of equal entries; None where one
        has none.
        """
        if carrier.argument.rank != 1:
            return None
        sizes: dict[Node, Rational] = {}
        known: dict[Node, tuple[Rational, _Term]] = {}
        for term in terms:
            size, core = self._core(term)
            sizes[core] = sizes.get(core, 0) + size
            known[core] = (size / Fraction(term.coefficient), term)
        done: list[_Term] = []
        for core, (ratio, term) in known.items():
            scale = sizes[core] / Fraction(ratio)
            places = sorted(self._places(term, carrier, ()))
            for a, b in [(a, b) for b in places for a in places if a < b and scale]:
                size, other = self._core(self._equal(_Term(scale, term.factors), a, b, carrier))
                if sizes.get(other) == -size:
                    done.append(self._paired(_Term(scale, term.factors), a, b, carrier))
                    sizes[core] = sizes[other] = 0
                    break
        return None if any(sizes.values()) else done

    def _core(self, term: _Term) -> tuple[Rational, Node]:
        """The term as a number and a node without one."""
        node = self._node(term)
        if not isinstance(node, Product) or not node.coefficient:
            return 1, node
        return node.coefficient, self.builder.scale(Fraction(1) / node.coefficient, node)

    def _equal(self, term: _Term, a: int, b: int, carrier: _Carrier) -> _Term:
        """The term where two labels are one."""
        a, b = sorted((a, b))  # those of the whole come first
        factors: list[Factor] = [
            (node, tuple([a if label == b else label for label in labels]), e)
            for node, labels, e in term.factors
        ]
        if b < self.root.rank:
            factors.append((self.builder.eye(carrier.argument.axes[0]), (a, b), 1))
        return _Term(term.coefficient, factors)

    def _paired(self, term: _Term, a: int, b: int, carrier: _Carrier) -> _Term:
        """The term with the products of all entries but two for the two that are divided by."""
        places = self._places(term, carrier, ())
        first: list[Factor] = [(self._all_but_two(carrier), (a, b), 1), (carrier.call, (), -1)]
        coefficient = term.coefficient
        for label in (a, b):
            more, own = self._entries(carrier, (), label)
            coefficient = coefficient * more
            first += own
            places[label] -= 1
        return self._taken(_Term(coefficient, [*term.factors, *first]), carrier, (), +places)

    def _all_but_two(self, carrier: _Carrier) -> Node:
        """Row i of a matrix is u with 1 in the place of u[i]: without entry j all entries but two,
        where i and j differ.
        """
        build, u = self.builder, carrier.argument
        axes = u.axes * 2
        eye = build.eye(u.axes[0])
        ones = build.leaf("ones", u.axes)
        rows = build.product(1, [(ones, (0,), 1), (u, (1,), 1)], (0, 1), axes)
        diagonal = build.product(1, [(u, (0,), 1), (eye, (0, 1), 1)], (0, 1), axes)
        matrix = build.sum([(1, rows), (-1, diagonal), (1, eye)], axes)
        others = build.call("prodothers", [matrix, build.number(2)], axes)
        apart = build.sum([(1, build.ones(axes)), (-1, eye)], axes)
        return build.product(1, [(others, (0, 1), 1), (apart, (0, 1), 1)], (0, 1), axes)

    # determinants

    def _apart(self, term: _Term) -> _Term:
        """det(A*X) as det(A)*det(X) where there is inv(X)."""
        factors: list[Factor] = []
        for node, labels, e in term.factors:
            square = (
                [] if not isinstance(node, Call) or node.name != "det" else _chain(node.args[0])
            )
            if not any(
                _is_inverse(each) and each.children[0] in square for each, _, _ in term.factors
            ):
                square = []
            for each in square:
                call = self.builder.call("det", [each], ())
                if isinstance(call, Call):
                    self.matrices[each] = call
                factors.append((call, labels, e))
            if not square:
                factors.append((node, labels, e))
        return _Term(term.coefficient, _joined(factors))

    def _cofactors(self, terms: list[_Term], matrix: Node) -> list[_Term] | None:
        """The terms with determinants times inverses as cofactors; None where inverses are left."""
        call = self.matrices[matrix]
        if isinstance(matrix, Leaf) and matrix.structure == "psd":
            return terms  # it has a factor of Cholesky
        done: list[_Term] = []
        for term in terms:
            power = _exponents(term, call).get((), 0)
            inverses = [
                (factor, same) for factor in term.factors if (same := _same(matrix, factor[0]))
            ]
            if power < 1 or not inverses:
                done.append(term)
                continue
            used = sum(int(e) for (_, _, e), _ in inverses)
            if used > power or any(e.denominator != 1 or e < 1 for (_, _, e), _ in inverses):
                return None
            rest = [
                factor for factor in term.factors if factor not in [each for each, _ in inverses]
            ]
            coefficient = term.coefficient
            cofactors = self.builder.call("cof", [matrix], matrix.axes)
            for (_, labels, e), (ratio, turned) in inverses:
                coefficient = coefficient * ratio ** int(e)
                rest.append((cofactors, labels if turned else labels[::-1], e))
            done.append(_Term(coefficient, _joined([*rest, (call, (), -used)])))
        return done


def _same(matrix: Node, inverse: Node) -> tuple[Rational, bool] | None:
    """How many times inv(matrix) an inverse is, and whether it is that of the transpose."""
    if not _is_inverse(inverse):
        return None
    (inner,) = inverse.children
    if inner is matrix:
        return 1, False
    coefficient, factors = as_product(matrix)
    if len(factors) == 1:
        node, labels, e = factors[0]
        if node is inner and e == 1 and sorted(labels) == [0, 1]:
            return coefficient, labels == (1, 0)
    return None


def _chain(matrix: Node) -> list[Node]:
    """The factors of a product of square matrices."""
    coefficient, factors = as_product(matrix)
    square = all(node.axes == matrix.axes and e == 1 for node, _, e in factors)
    summed = [label for _, labels, _ in factors for label in labels if label > 1]
    twice = all(summed.count(label) == 2 for label in summed)
    whole = len(summed) == 2 * (len(factors) - 1)
    return (
        [node for node, _, _ in factors] if coefficient == 1 and square and twice and whole else []
    )


def _exponents(term: _Term, call: Node) -> dict[Labels, int]:
    """To which powers a function is a factor, by its labels."""
    return {labels: int(e) for node, labels, e in term.factors if node is call and e >= 1}


def _joined(factors: list[Factor]) -> list[Factor]:
    """Equal factors on equal labels as powers."""
    found: dict[tuple[Node, Labels], Rational] = {}
    for node, labels, e in factors:
        found[node, labels] = found.get((node, labels), 0) + e
    return [(node, labels, e) for (node, labels), e in found.items() if e]


def _is_product(node: Node) -> bool:
    """Whether it is a product along the last axis, and not over several."""
    return isinstance(node, Call) and node.name == "prod" and node.rank == node.args[0].rank - 1


def _is_det(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "det"


def _is_inverse(node: Node) -> bool:
    return isinstance(node, Call) and node.name == "inv"


def _outside(root: Node) -> list[Node]:
    """The nodes that sums and products are made of, each once."""
    return postorder(root, lambda node: node.children if isinstance(node, (Sum, Product)) else ())
