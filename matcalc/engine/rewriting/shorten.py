"""shorten(): products over sums are multiplied out where that makes the whole shorter, because
terms cancel or merge; and sums and products with inverses get the form that is shortest.

Sums stay factors otherwise: ``A'*(A*x - b)`` must come out like that.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import chain

from matcalc.core.dims import Shape
from matcalc.core.walk import postorder
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
    is_atom,
    is_diagonal,
    is_zero,
)
from matcalc.engine.ir.property_flags import SIMPLEX
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.rewriting.centred import CentredSums
from matcalc.engine.rewriting.diagonals import count_saved_by_diagonal
from matcalc.engine.rewriting.divisors import clear_divisors
from matcalc.engine.rewriting.inverses import Inverses
from matcalc.engine.rewriting.meeting import Meetings, count_kept, open_factor
from matcalc.engine.rewriting.places import find_places, put_together
from matcalc.engine.rewriting.reflections import reflections

_TERMS = 16  # a product that would fall into more terms than this is not multiplied out
_TRIES = 4  # sums tried per product
_QUOTIENTS = 6  # longer sums are not brought over a common denominator
_LONG = 60  # shorter ones are multiplied out sooner than it is known how short they can get
_FACTORS = 12  # longer products stay as they are: trying them would cost more than linear time


class Shortener:
    """Knows how long the nodes of one builder are; those that are ``named`` elsewhere are as long
    as a name.

    ``named`` does not change, so lengths and results are computed once per node.
    """

    def __init__(self, builder: Builder, *, named: Collection[Node] = ()) -> None:
        self.builder = builder
        self.named = named
        self.inverses = Inverses(builder)
        self.meetings = Meetings(self.length)
        self.centred = CentredSums(builder)
        self._lengths: dict[Node, int] = dict.fromkeys(named, 1)
        self._done: dict[Node, Node] = {}
        self._expanded: dict[Node, Node | None] = {}
        self._distributed: dict[tuple[Node, int], Node] = {}

    def shorten(self, root: Node) -> Node:
        """The node with everything multiplied out that gets shorter by it."""
        done = self._done
        for node in postorder(root, lambda node: () if node in done else node.children):
            if node not in done:
                self._step(node)
        return done[root]

    def _step(self, node: Node) -> None:
        fresh = rebuild(self.builder, node, [self._done[child] for child in node.children])
        if isinstance(node, Sum) and fresh is not node:
            # 1/u - x/(s^2*u^2) is 1/u^2 where u = 1 + x/s^2, unless s went into u first
            whole = self._quotient(node)
            if whole is not None and self.length(whole) < self.length(fresh):
                fresh = self.shorten(whole)
        while True:
            shorter = (
                self._sum(fresh)
                if isinstance(fresh, Sum)
                else self._product(fresh)
                if isinstance(fresh, Product)
                else None
            )
            if shorter is None:
                break
            fresh = shorter
        self._done[node] = self._done[fresh] = fresh

    def _product(self, node: Product) -> Node | None:
        """The product with one of its sums multiplied out, if that is shorter."""
        merged = self._denominator(node) or self.centred.drop(node)
        if merged is not None:
            return merged
        tried = 0 if len(node.factors) <= _FACTORS else _TRIES
        for index, (factor, labels, exponent) in enumerate(node.factors):
            # tr(S - c*eye) is tr(S) - c*n; diag(S - c*eye) has its entries at an output
            traced = len({*labels}) < len(labels) and max(labels) >= node.rank
            if (
                isinstance(factor, Sum)
                and exponent == 1
                and (traced or len(node.factors) > 1)
                and tried < _TRIES
            ):
                tried += 1
                most = (
                    self.length(node) + traced + count_saved_by_diagonal(node, index, self.length)
                )
                if self._least_opened(node, index) >= most:
                    continue
                candidate = self._distribute(node, index)
                if self.length(candidate) < most:
                    return candidate
        other = (
            self._reduced(node)
            or self._shares(node)
            or self._least(self.inverses.forms(node, self.expand), node)
        )
        if other is not None:
            return other
        # without the fractions it is easier to read even where it is as long
        for found in clear_divisors(self.builder, node):
            if self.length(found) <= self.length(node):
                return found
        return None

    def _shares(self, node: Product) -> Node | None:
        """(v + a)'*p as v'*p + a where the entries of p add up to 1: a may meet others there."""
        for index, (total, labels, exponent) in enumerate(node.factors):
            if not isinstance(total, Sum) or exponent != 1 or len(labels) != 1:
                continue
            (label,) = labels
            others = [
                k for k, (_, own, _) in enumerate(node.factors) if label in own and k != index
            ]
            if label < node.rank or len(others) != 1:
                continue
            shares, own, power = node.factors[others[0]]
            if own != labels or power != 1 or not self.builder.properties.infer(shares) & SIMPLEX:
                continue
            added: list[tuple[Rational, Node]] = []
            varying: list[tuple[Rational, Node]] = []
            for c, term in total.terms:
                entry = self.builder.constant_entry(term)
                (varying if entry.rank else added).append((c, entry))
            if not added:
                continue
            inside = [(self.builder.sum(varying, total.axes), (0,), 1), (shares, (0,), 1)]
            added.append((1, self.builder.product(1, inside, (), ())))
            rest = [f for k, f in enumerate(node.factors) if k not in (index, others[0])]
            whole = [*rest, (self.builder.sum(added, ()), (), 1)]
            return self.builder.product(node.coefficient, whole, tuple(range(node.rank)), node.axes)
        return None

    def _least(self, candidates: Iterable[Node], node: Node) -> Node | None:
        """The shortest of the candidates if it is shorter than the node, or as short and has fewer
        inverses.
        """
        options = list(candidates)
        found = min(options, key=self._rank) if options else node
        return found if options and self._rank(found) < self._rank(node) else None

    def _rank(self, node: Node) -> tuple[int, int]:
        inverses = {
            n
            for n in postorder(node, lambda n: n.children)
            if isinstance(n, Call) and n.name == "inv"
        }
        return self.length(node), len(inverses)

    def _denominator(self, node: Product) -> Node | None:
        """s^(k*e) * (a + b)^e is (s^k*a + s^k*b)^e, where that is shorter: 1/(t*(1 + q/t)) is 1/(t
        + q); the same entry by entry.

        If fractions are left inside, more of s goes there: 1/(t*(1 + q/t^2)) is t/(t^2 + q); and
        no more than there are fractions: 1/(t^2*(1 + q/t)) is 1/(t*(t + q)).
        """
        if len(node.factors) > _FACTORS:
            return None
        for index, (factor, labels, exponent) in enumerate(node.factors):
            if not isinstance(factor, Sum) or exponent == 1 or exponent.denominator != 1:
                continue
            for other, (scalar, own, power) in enumerate(node.factors):
                times = power / Fraction(exponent)
                if own not in ((), labels) or times <= 0 or other == index:
                    continue
                if len(set(own)) < len(own):
                    continue
                depth = -min(
                    e
                    for _, term in factor.terms
                    for base, _, e in (*as_term(term)[1], (scalar, own, 0))
                    if base is scalar
                )
                if own and depth <= 0:  # x.*(1 - x) stays
                    continue
                if depth > 1 and scalar.kind == "dimension":
                    continue  # sum(x)^2/n^2 is mean(x)^2
                if 0 < depth <= times and depth.denominator == 1:
                    candidate = self._move(node, index, other, int(depth))
                    if self.length(candidate) <= self.length(node):
                        return candidate
                if times.denominator != 1:
                    continue
                steps = [int(n) for n in (depth, times) if n >= times and n.denominator == 1]
                candidates = [self._move(node, index, other, n) for n in steps]
                candidate = min(candidates, key=self.length)
                if self.length(candidate) < self.length(node):
                    return candidate
        return None

    def _move(self, node: Product, index: int, other: int, times: int) -> Node:
        """The product with the factor ``other``, a scalar or one that goes entry by entry, to the
        power ``times`` moved into each term of the sum ``index``.
        """
        factor, labels, exponent = node.factors[index]
        assert isinstance(factor, Sum)
        scalar, own, power = node.factors[other]
        moved = scalar, tuple(range(len(own))), times
        whole = tuple(range(factor.rank))
        inside = self.builder.sum(
            [
                (c, self.builder.product(1, [moved, (term, whole, 1)], whole, factor.axes))
                for c, term in factor.terms
            ],
            factor.axes,
        )
        rest = [f for k, f in enumerate(node.factors) if k not in (index, other)]
        rest += [(inside, labels, exponent), (scalar, own, power - times * exponent)]
        return self.builder.product(node.coefficient, rest, tuple(range(node.rank)), node.axes)

    def _reduced(self, node: Product) -> Node | None:
        """(1 + a/b)/(a + b) as 1/b, and (1 + a/b)/(1 - a/b) as (a + b)/(b - a): with its sums over
        their common denominators, if that is shorter.
        """
        sums = [k for k, (factor, _, _) in enumerate(node.factors) if isinstance(factor, Sum)]
        if not 2 <= len(sums) <= _TRIES:
            return None
        factors, changed = list(node.factors), 0
        for k in sums:
            factor, labels, exponent = node.factors[k]
            depths = self._depths(factor) if isinstance(factor, Sum) else {}
            if any(f.kind == "dimension" for f, _, _ in depths):
                continue  # a mean stays a mean
            over = self._over(factor, depths) if depths and isinstance(factor, Sum) else None
            if over is not None:
                factors[k], changed = (over, labels, exponent), changed + 1
        if not changed:
            return None
        outputs = tuple(range(node.rank))
        whole = self.builder.product(node.coefficient, factors, outputs, node.axes)
        return whole if self.length(whole) < self.length(node) else None

    def _cancel(self, node: Sum) -> Node | None:
        """1/u + x/(s*u) is 1/s where u = s + x: a sum over one of its denominators is another."""
        products = [as_term(term)[1] for _, term in node.terms]
        if not 2 <= len(products) <= _QUOTIENTS or not any(map(_is_divisor, products[0])):
            return None
        whole = tuple(range(node.rank))
        shared = [f for f in products[0] if all(f in factors for factors in products[1:])]
        below = {f[0] for f in shared if _is_divisor(f) and f[1] == whole}
        terms = []
        for coefficient, term in node.terms if below else ():
            number, factors = as_term(term)
            rest = [f for f in factors if f not in shared]
            inner = self.builder.product(1, rest, whole, node.axes)
            terms.append((coefficient * number, inner))
        above = self.builder.sum(terms, node.axes)
        depths = self._depths(above) if isinstance(above, Sum) else {}
        if not isinstance(above, Sum) or not depths:
            return None
        over = self._over(above, depths)
        if over is None or below.isdisjoint([f for f, _, _ in as_term(over)[1]]):
            return None
        return self.builder.product(1, [*shared, (over, whole, 1)], whole, node.axes)

    def _distribute(self, node: Product, index: int) -> Node:
        known = self._distributed.get((node, index))
        if known is None:
            total = self.builder.sum(self._opened(node, index), node.axes)
            known = self.builder.scale(node.coefficient, total)
            self._distributed[node, index] = known
        return known

    def _opened(self, node: Product, index: int) -> list[tuple[Rational, Node]]:
        """The terms that a product falls into with one of its sums multiplied out, without the
        number in front.
        """
        factor, labels, _ = node.factors[index]
        assert isinstance(factor, Sum)
        rest = (*node.factors[:index], *node.factors[index + 1 :])
        outputs = tuple(range(node.rank))
        return [
            (c, self.builder.product(1, [*rest, (term, labels, 1)], outputs, node.axes))
            for c, term in factor.terms
        ]

    def _sum(self, node: Sum) -> Node | None:
        """The sum with every product over a sum in it multiplied out, if that is shorter."""
        opens = any(_place_of_sum(term) is not None for _, term in node.terms)
        if opens and self._least_expanded(node) < self.length(node):
            candidate = self.expand(node)
            if candidate is not None and self.length(candidate) < self.length(node):
                return candidate
        found = self._cancel(node) or self._quotient(node) or self._at_one_place(node)
        if found is not None:
            return found
        reflected = [self.expand(each) or each for each in reflections(self.builder, node)]
        merged = [each for each in reflected if len(as_sum(each)[1]) <= len(node.terms)]
        return self._least(chain(self.inverses.forms(node, self.expand), merged), node)

    def _quotient(self, node: Sum) -> Node | None:
        """The sum over a common denominator, if that is shorter: x/u - x*y/u^2 is x/u^2 where u = 1
        + y.
        """
        if len(node.terms) > _QUOTIENTS:
            return None
        depths = self._depths(node)
        uneven = {below: deep for below, deep in depths.items() if _whole_steps(deep)}
        sums = [
            below for below in uneven if isinstance(below[0], Sum)
        ]  # without one nothing can cancel
        choices = [uneven, *({below: uneven[below]} for below in sums if len(uneven) > 1)]
        for chosen in choices if sums else ():
            candidate = self._over(node, chosen)
            if candidate is not None and self.length(candidate) + 1 < self.length(node):
                return candidate
        return None

    def _at_one_place(self, node: Sum) -> Node | None:
        """The sum with terms that differ at one place of a network together, if what is there
        gets shorter by that, of no more terms.
        """
        if len(node.terms) > _QUOTIENTS:
            return None
        for place in find_places(self.builder, node):
            if self.length(place.inside) >= self.length(node):
                continue  # unit(2)*(unit(2)'*a + unit(2)'*b) has the whole there
            inside = self.shorten(place.inside)
            more = len(as_sum(inside)[1]) > len(place.terms)
            if more or self.length(inside) >= self.length(place.inside):
                continue
            return put_together(self.builder, node, place, inside)
        return None

    @staticmethod
    def _depths(node: Sum) -> dict[Factor, list[Rational]]:
        """Each base ^ -1 that is in some terms of a sum deeper than in others, and how deep."""
        whole = tuple(range(node.rank))
        depths: dict[Factor, list[Rational]] = {}
        for place, (_, term) in enumerate(node.terms):
            for base, labels, exponent in as_term(term)[1]:
                if exponent < 0 and labels in ((), whole):
                    depths.setdefault((base, labels, -1), [0] * len(node.terms))[place] = -exponent
        return {below: deep for below, deep in depths.items() if min(deep) != max(deep)}

    def _over(self, node: Sum, depths: Mapping[Factor, Sequence[Rational]]) -> Node | None:
        """The sum with these denominators in front, each as deep as in its deepest term; None if no
        terms cancel by that.
        """
        whole = tuple(range(node.rank))
        above = []
        for coefficient, term in node.terms:
            missing = [(base, labels, max(deep)) for (base, labels, _), deep in depths.items()]
            own, factors = as_term(term)
            product = self.builder.product(1, [*factors, *missing], whole, node.axes)
            if is_zero(product):
                return None  # x[i] - x[j] is 0 where delta[i,j] is not
            above.append((coefficient * own, product))
        total = self._open_sums(above, {base for base, _, _ in depths}, node.axes)
        opened = self.expand(total) or total
        if len(as_sum(opened)[1]) > len(as_sum(total)[1]):
            opened = total
        if len(as_sum(opened)[1]) > len(node.terms):
            return None
        below = [(base, labels, -max(deep)) for (base, labels, _), deep in depths.items()]
        return self.builder.product(1, [(opened, whole, 1), *below], whole, node.axes)

    def _open_sums(
        self, terms: Sequence[tuple[Rational, Node]], sums: Container[Node], axes: Shape
    ) -> Node:
        """The sum of the terms, with those of the factors multiplied out that are among the
        sums.
        """
        opened = []
        for coefficient, term in terms:
            factors = term.factors if isinstance(term, Product) else ()
            for place, (factor, _, exponent) in enumerate(factors):
                if isinstance(factor, Sum) and factor in sums and exponent == 1:
                    term = self._distribute(term, place)  # type: ignore[arg-type]
                    break
            opened.append((coefficient, term))
        return self.builder.sum(opened, axes)

    def symmetrise(self, node: Node) -> Node:
        """G + G' with the terms of a sum G collected with their transposes, where that is
        shorter.
        """
        coefficient, linear = as_sum(node)
        terms: list[tuple[Rational, Node]] = []
        for c, term in linear:
            alone = (
                term.factors[0] if isinstance(term, Product) and len(term.factors) == 1 else None
            )
            if alone is not None and isinstance(alone[0], Sum) and alone[1:] == ((1, 0), 1):
                terms += [
                    (coefficient * c * own, self.builder.transpose(inner))
                    for own, inner in alone[0].terms
                ]
            else:
                terms.append((coefficient * c, term))
        return (
            min(node, self.builder.sum(terms, node.axes), key=self.length)
            if len(terms) > len(linear)
            else node
        )

    def expand(self, node: Node) -> Node | None:
        """The node with every product over a sum in it multiplied out; None if there is none, or if
        that would be long.
        """
        if node not in self._expanded:
            self._expanded[node] = self._multiply_out(node)
        return self._expanded[node]

    def _multiply_out(self, node: Node) -> Node | None:
        coefficient, linear = as_sum(node)
        terms = [(coefficient * c, term) for c, term in linear]
        opened_ones, position = 0, 0
        while position < len(terms) and len(terms) <= _TERMS and opened_ones <= _TERMS:
            coefficient, term = terms[position]
            index = _place_of_sum(term)
            if index is None:
                position += 1
                continue
            assert isinstance(term, Product)
            if _is_multiple_of_eye(term):  # as a sum these were one multiple again
                multiple, opened = term.coefficient, tuple(self._opened(term, index))
            else:
                multiple, opened = as_sum(self._distribute(term, index))
            terms[position : position + 1] = [(coefficient * multiple * c, t) for c, t in opened]
            opened_ones += 1
        if not opened_ones or position < len(terms):
            return None
        return self.builder.sum(terms, node.axes)

    def _least_opened(self, node: Product, index: int) -> int:
        """No shorter is the product with this sum multiplied out; 0 if more is to be known."""
        opened = (
            open_factor(node.factors, index, scalar=not node.rank)
            if self.length(node) >= _LONG
            else None
        )
        return self.meetings.of_terms(opened) if opened else 0

    def _least_expanded(self, node: Sum) -> int:
        """No shorter is what ``expand`` makes of the sum; 0 if more is to be known."""
        if self.length(node) < _LONG:
            return 0
        terms = [as_product(term)[1] for _, term in node.terms]
        stay = [len(factors) > _FACTORS for factors in terms]
        opened_ones, position = 0, 0
        while position < len(terms) and opened_ones <= _TERMS:
            index = None if stay[position] else _first_sum(terms[position])
            if index is None:
                position += 1
                continue
            opened = open_factor(terms[position], index, scalar=not node.rank)
            if opened is None or not self.meetings.of_terms(opened):
                return 0
            long = [count_kept(factors) > _FACTORS for factors in opened]
            if any(len(opened[k]) > _FACTORS and not long[k] for k in range(len(opened))):
                return 0  # these may have fewer factors in the end
            terms[position : position + 1] = opened
            stay[position : position + 1] = long
            if len(terms) > _TERMS:
                return self.length(node)
            opened_ones += 1
        return self.meetings.of_terms(terms) if position == len(terms) else 0

    def length(self, node: Node) -> int:
        """About as many tokens as the printed form has."""
        known = self._lengths.get(node)
        if known is not None:
            return known
        lengths = self._lengths
        for part in postorder(node, lambda n: () if n in lengths else n.children):
            if part not in lengths:
                lengths[part] = self._measure(part)
        return lengths[node]

    def _measure(self, node: Node) -> int:
        inside = [self._lengths[child] for child in node.children]
        if isinstance(node, Product):
            powers = 2 * sum([e != 1 for _, _, e in node.factors])
            return sum(inside) + max(0, len(inside) - 1) + powers + _number(node) + is_atom(node)
        if isinstance(node, Sum):
            numbers = sum([2 * (c not in (1, -1)) for c, _ in node.terms])
            return sum(inside) + max(0, len(inside) - 1) + numbers
        return 1 + sum(inside) if isinstance(node, Call) else 1


def _first_sum(factors: Sequence[Factor]) -> int | None:
    """The place of the first factor that is a sum."""
    for place, (node, _, exponent) in enumerate(factors):
        if isinstance(node, Sum) and exponent == 1:
            return place
    return None


def _is_multiple_of_eye(term: Product) -> bool:
    """Whether this is a scalar times an identity matrix."""
    return is_diagonal(term) and all(labels in ((), (0, 1)) for _, labels, _ in term.factors)


def _place_of_sum(term: Node) -> int | None:
    """The place of a factor of a term that is multiplied out."""
    if isinstance(term, Product) and len(term.factors) <= _FACTORS:
        return _first_sum(term.factors)
    return None


def _is_divisor(factor: Factor) -> bool:
    """Whether a sum is divided by."""
    return isinstance(factor[0], Sum) and factor[2] < 0


def _whole_steps(depths: Sequence[Rational]) -> bool:
    """Whether the exponents differ by integers, so that what is missing above is a product."""
    return all((max(depths) - depth).denominator == 1 for depth in depths)


def _number(node: Product) -> int:
    c = abs(Fraction(node.coefficient))
    return (1 if not node.factors else 2 * ((c.numerator != 1) + (c.denominator != 1))) + (
        node.coefficient < 0
    )
