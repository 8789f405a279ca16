"""Matching of patterns on networks, up to the names of summed labels and the order of factors and
terms.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import isqrt

from matcalc.core.kinds import FREE, Variable
from matcalc.core.operations import OPERATIONS
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
    as_sum,
    as_term,
    is_number,
    label_sizes,
    magnitude,
    quotient,
)

# the larger and the smaller of two: the order in which these stand does not matter
_EITHER_WAY = frozenset(name for name, row in OPERATIONS.items() if row.branches == "order")
Match = Mapping[str, Node]
Names = Mapping[int, int]  # labels of the pattern -> labels of the network


class Matcher:
    """Matches nodes of a pattern (leaves ``variable`` are to be bound) against nodes of one
    builder.
    """

    def __init__(
        self, builder: Builder, variables: Mapping[str, Variable], *, lifted: bool
    ) -> None:
        self.builder = builder
        self.variables = variables
        self.lifted = lifted

    def node(self, pattern: Node, node: Node, binding: Match) -> Iterator[Match]:
        """The bindings under which the pattern is the node."""
        if isinstance(pattern, Leaf):
            yield from self._leaf(pattern, node, binding)
        elif is_number(pattern):
            if self._entry(node) is not None and self._entry(node) == pattern.coefficient:  # type: ignore[attr-defined]
                yield binding
        elif isinstance(pattern, Call):
            if (
                isinstance(node, Call)
                and node.name == pattern.name
                and node.slots == pattern.slots
                and len(node.args) == len(pattern.args)
            ):
                yield from self._all(list(zip(pattern.args, node.args, strict=True)), binding)
                if node.name in _EITHER_WAY:
                    turned = list(zip(pattern.args, node.args[::-1], strict=True))
                    yield from self._all(turned, binding)
        elif isinstance(pattern, Sum):
            multiple, terms = as_sum(node)
            if len(terms) >= len(pattern.terms):
                own = [(multiple * c, term) for c, term in terms]
                for found, _, rest in self._terms(list(pattern.terms), own, binding, 1):
                    if not rest:
                        yield found
        else:
            yield from self._whole_product(pattern, node, binding)

    def _all(self, pairs: list[tuple[Node, Node]], binding: Match) -> Iterator[Match]:
        if not pairs:
            yield binding
            return
        for found in self.node(*pairs[0], binding):
            yield from self._all(pairs[1:], found)

    def _entry(self, node: Node) -> Rational | None:
        """The number that the node is everywhere."""
        scalar = self.builder.constant_entry(node) if self.lifted else node
        return scalar.coefficient if isinstance(scalar, Product) and not scalar.factors else None

    def _leaf(self, pattern: Leaf, node: Node, binding: Match) -> Iterator[Match]:
        if isinstance(pattern, Literal):
            if node is pattern.node:
                yield binding
        elif pattern.kind != "variable":
            if isinstance(node, Leaf) and node.kind == pattern.kind and node.name == pattern.name:
                yield binding
        elif pattern.name in binding:
            known = binding[pattern.name]
            if known is node or (self.lifted and self._is_broadcast(known, node)):
                yield binding
        elif self._fits(self.variables[pattern.name], node):
            yield {**binding, pattern.name: node}

    def _is_broadcast(self, one: Node, other: Node) -> bool:
        """Whether both are one scalar, which goes with every entry: d + min(x, d) has it twice."""
        scalar = self.builder.constant_entry
        return one.rank != other.rank and scalar(one) is scalar(other)

    def _fits(self, variable: Variable, node: Node) -> bool:
        """Whether the node is provably of the declared kind."""
        if variable.kind == "positive":
            return self.builder.positive(node)
        if self.lifted:
            return True
        if node.rank != len(variable.shape) or (
            node.rank == 2
            and variable.shape[0] == variable.shape[1]
            and node.axes[0] != node.axes[1]
        ):
            return False
        if variable.kind in FREE:
            return True
        return self.builder.properties.has(node, variable.kind)

    # products

    def _whole_product(self, pattern: Node, node: Node, binding: Match) -> Iterator[Match]:
        if not self.lifted and pattern.rank != node.rank:
            return
        own, wanted = as_product(pattern)
        if len(wanted) > 1 and not self.lifted and not isinstance(node, Product):
            return  # one factor is not several
        alone = wanted[0][0] if len(wanted) == 1 and wanted[0][2] == 1 else None
        if self.lifted and isinstance(alone, Leaf) and alone.kind == "variable":
            # c*x is any node: x is a c-th of it
            yield from self._leaf(alone, self.builder.scale(quotient(1, own), node), binding)
            return
        # entry by entry: of x'*x the entries are not those of the factors, so it stays whole
        coefficient, factors = as_term(node) if self.lifted else as_product(node)
        split = None if self.lifted else self._match_multiple(wanted, node, binding)
        if split is not None:
            yield split
        elif own == 1 and len(wanted) == 2:
            yield from self._multiple(wanted, node, binding)
        if own == coefficient:
            names = {label: label for label in range(node.rank)}
            if self.lifted:
                names[-1] = node.rank
            search = Search(self, pattern.rank, node.rank, whole=True)
            for found, _, rest in search.run(list(wanted), list(factors), binding, names):
                if not rest:
                    yield found

    def _match_multiple(
        self, wanted: tuple[Factor, ...], node: Node, binding: Match
    ) -> Match | None:
        """a*A for a scalar a: all numbers and scalar factors there are, if there are any."""
        if len(wanted) != 2 or not all(
            isinstance(f, Leaf) and f.kind == "variable" and e == 1 for f, _, e in wanted
        ):
            return None
        scalar, array = sorted(wanted, key=lambda factor: len(factor[1]))
        if scalar[1] or not array[1] or scalar[0] in binding.values():
            return None
        coefficient, factors = as_term(node)
        scalars = [factor for factor in factors if not factor[1]]
        if coefficient == 1 and not scalars:
            return None
        a = self.builder.product(coefficient, scalars, (), ())
        bare = self.builder.product(
            1, [factor for factor in factors if factor[1]], tuple(range(node.rank)), node.axes
        )
        names = scalar[0].name, array[0].name  # type: ignore[attr-defined]
        fits = self._fits(self.variables[names[0]], a) and self._fits(
            self.variables[names[1]], bare
        )
        return {**binding, names[0]: a, names[1]: bare} if fits else None

    def _multiple(self, wanted: tuple[Factor, ...], node: Node, binding: Match) -> Iterator[Match]:
        """a*F for a scalar a and a scalar F that is not a variable: a is all else that there is,
        numbers and powers included.
        """
        (scalar, _, power), (sought, _, exponent) = sorted(
            wanted, key=lambda factor: _openness(factor[0]), reverse=True
        )
        if (
            not isinstance(scalar, Leaf)
            or scalar.kind != "variable"
            or power != 1
            or isinstance(sought, Leaf)
        ):
            return
        coefficient, factors = as_product(node)
        outputs = tuple(range(node.rank))
        if any(labels not in ((), outputs) for _, labels, _ in factors) or scalar.name in binding:
            return
        for place, (factor, labels, own) in enumerate(factors):
            rest = factors[:place] + factors[place + 1 :]
            if own != exponent or labels != outputs or (coefficient == 1 and not rest):
                continue
            flat = not any(labels for _, labels, _ in rest)
            a = self.builder.product(
                coefficient, rest, () if flat else outputs, () if flat else node.axes
            )
            for found in self.node(sought, factor, binding):
                if self._fits(self.variables[scalar.name], a):
                    yield {**found, scalar.name: a}

    # sums

    def terms(
        self, pattern: Sum, node: Sum, binding: Match
    ) -> Iterator[tuple[Match, Rational, list[tuple[Rational, Node]]]]:
        """Ways to find the pattern's terms, all times one ratio, among those of a sum, and what is
        left over.
        """
        yield from self._terms(list(pattern.terms), list(node.terms), binding, None)

    def _terms(
        self,
        wanted: list[tuple[Rational, Node]],
        there: list[tuple[Rational, Node]],
        binding: Match,
        ratio: Rational | None,
    ) -> Iterator[tuple[Match, Rational, list[tuple[Rational, Node]]]]:
        if not wanted:
            assert ratio is not None
            yield binding, ratio, there
            return
        index = min(range(len(wanted)), key=lambda k: _openness(wanted[k][1]))
        (coefficient, term), rest = wanted[index], wanted[:index] + wanted[index + 1 :]
        multiple, inner = (
            as_sum(binding[term.name])
            if isinstance(term, Leaf) and term.name in binding
            else (1, ())
        )
        if len(inner) > 1:  # a variable that is a sum: its terms stand among the others
            terms: list[tuple[Rational, Node]] = [
                (coefficient * multiple * c, Literal(node)) for c, node in inner
            ]
            yield from self._terms(terms + rest, there, binding, ratio)
            return
        aim = None if ratio is None else ratio * coefficient
        is_known = isinstance(term, Leaf) and term.name in binding
        squares = (
            isinstance(term, Leaf)
            and term.kind == "variable"
            and self.variables[term.name].kind == "positive"
        )
        for position, (own, node) in enumerate(there):
            others = there[:position] + there[position + 1 :]
            if aim is None or own == aim:
                found_ratio = quotient(own, coefficient) if ratio is None else ratio
                for found in self.node(term, node, binding):
                    yield from self._terms(rest, others, found, found_ratio)
                continue
            times = quotient(own, aim)
            if is_known or (squares and self._is_square(node, times)):
                for found in self.node(term, self.builder.scale(times, node), binding):
                    yield from self._terms(rest, others, found, ratio)

    def _is_square(self, node: Node, times: Rational) -> bool:
        """Whether a node is a number that so many times over is the square of another: the c of c +
        x^2.
        """
        entry = self._entry(node)
        if entry is None or entry * times <= 0:
            return False
        value = Fraction(entry * times)
        return all(isqrt(part) ** 2 == part for part in (value.numerator, value.denominator))


class Literal(Leaf):
    """A node that has to be met as it is."""

    __slots__ = ("node",)

    def __init__(self, node: Node) -> None:
        super().__init__(node.id, node.axes, "literal", "", "")
        self.node = node


# factors looked at in one search; in products of hundreds of factors not every pair is tried
_TRIES = 4_000


class Search:
    """Finds the factors of a pattern among those of a product.

    ``inner``: labels of the pattern from there on are summed in it; ``outer``: labels of the
    product below are its outputs. ``whole``: nothing may be left over, so that one free matrix
    variable can take all that remains.
    """

    def __init__(self, matcher: Matcher, inner: int, outer: int, *, whole: bool) -> None:
        self.matcher = matcher
        self.inner = inner
        self.outer = outer
        self.whole = whole
        self.tries = _TRIES

    def run(
        self, wanted: list[Factor], there: list[Factor], binding: Match, names: Names
    ) -> Iterator[tuple[Match, Names, list[Factor]]]:
        """Every way: the binding, the labels, and the factors left over.

        A label that the pattern sums must be summed there and touch nothing that is left over.
        """
        if not wanted:
            if self.matcher.lifted or self._is_closed(names, there):
                yield binding, names, there
            return
        freedom = [_freedom(factor, binding) for factor in wanted]
        # of two free variables either may be the one that takes a single factor
        starts = (
            range(len(wanted))
            if self.whole and min(freedom) == 2
            else [freedom.index(min(freedom))]
        )
        for index in starts:
            yield from self._with(
                wanted[index], wanted[:index] + wanted[index + 1 :], there, binding, names
            )

    def _with(
        self,
        first: Factor,
        rest: list[Factor],
        there: list[Factor],
        binding: Match,
        names: Names,
    ) -> Iterator[tuple[Match, Names, list[Factor]]]:
        """The ways in which ``first`` is found next."""
        bound = _find_bound_product(first, binding)
        if bound is not None:
            yield from self.run(
                _expand(bound, first[1], [first, *rest], names) + rest, there, binding, names
            )
            return
        sought = first[0].name if isinstance(first[0], Call) else None
        for position, (node, labels, exponent) in enumerate(there):
            if sought is not None and not (isinstance(node, Call) and node.name == sought):
                continue  # most factors of most products: told at a glance
            left = _take(first[2], exponent)
            self.tries -= 1
            if left is None or self.tries < 0:
                continue
            others = (
                there[:position] + ([(node, labels, left)] if left else []) + there[position + 1 :]
            )
            for own, turned in self._orientations(first[0], node, labels):
                fresh = self._relabel(first, turned, names)
                if fresh is not None:
                    for found in self.matcher.node(first[0], own, binding):
                        yield from self.run(rest, others, found, fresh)
        if self.whole and not rest:
            yield from self._remainder(first, there, binding, names)

    def _orientations(self, pattern: Node, node: Node, labels: Labels) -> list[tuple[Node, Labels]]:
        """The factor as it stands, and turned round where that is the same or a free variable can
        take the transpose.
        """
        if node.parity > 0:
            return [(node, labels), (node, labels[::-1])]
        if (
            node.rank == 2
            and isinstance(pattern, Leaf)
            and pattern.kind == "variable"
            and not self.matcher.lifted
        ):
            return [(node, labels), (self.matcher.builder.transpose(node), labels[::-1])]
        if node.rank == 2 and isinstance(node, Sum) and isinstance(pattern, Sum):
            # of a sum and its transpose the one that came first stands for both
            across = self.matcher.builder.transpose
            terms = tuple([(c, across(term)) for c, term in node.terms])
            return [(node, labels), (Sum(node.id, node.axes[::-1], terms), labels[::-1])]
        return [(node, labels)]

    def _relabel(self, first: Factor, labels: Labels, names: Names) -> Names | None:
        """The labels of the pattern with those of one more factor."""
        if self.matcher.lifted and not first[1]:
            # a rule for scalars holds on any labels, the same for all its factors; -1 keeps how
            # many they are
            place = {-1: len(labels), **dict(enumerate(labels))}
            return place if not names or names == place else None
        if len(labels) != len(first[1]):
            return None
        fresh = dict(names)
        for mine, theirs in zip(first[1], labels, strict=True):
            if fresh.setdefault(mine, theirs) != theirs:
                return None
        return fresh

    def _is_closed(self, names: Names, rest: list[Factor]) -> bool:
        outside = {label for _, labels, _ in rest for label in labels} | set(range(self.outer))
        outside |= {
            theirs for mine, theirs in names.items() if mine < self.inner
        }  # in A[i,i] nothing is a matrix product
        seen = [theirs for mine, theirs in names.items() if mine >= self.inner]
        return len(set(seen)) == len(seen) and not any(theirs in outside for theirs in seen)

    def _is_joined(self, names: Names, there: list[Factor]) -> bool:
        """Whether every label that the pattern sums is summed here, and joins just what was found
        and what remains.
        """
        seen = [theirs for mine, theirs in names.items() if mine >= self.inner]
        touches = [sum(theirs in labels for _, labels, _ in there) for theirs in seen]
        ends = {theirs for mine, theirs in names.items() if mine < self.inner}
        free = all(theirs >= self.outer and theirs not in ends for theirs in seen)
        return free and len(set(seen)) == len(seen) and all(n == 1 for n in touches)

    def _remainder(
        self, first: Factor, there: list[Factor], binding: Match, names: Names
    ) -> Iterator[tuple[Match, Names, list[Factor]]]:
        """The last free matrix variable of a whole product may stand for several factors."""
        node, labels, exponent = first
        if (
            exponent != 1
            or len(there) < 2
            or not isinstance(node, Leaf)
            or node.kind != "variable"
            or node.name in binding
        ):
            return
        if any(label not in names for label in labels) or not self._is_joined(names, there):
            return
        outputs = tuple([names[label] for label in labels])
        sizes = label_sizes(there)
        if not set(outputs) <= set(sizes) or any(
            label < self.outer and label not in outputs for label in sizes
        ):
            return
        rest = self.matcher.builder.product(
            1, there, outputs, tuple([sizes[label] for label in outputs])
        )
        for found in self.matcher.node(node, rest, binding):
            yield found, names, []


def _openness(node: Node) -> int:
    """How much a term of a pattern can be: a free variable anything, and a number everything that
    is constant.
    """
    return 2 if is_number(node) else int(isinstance(node, Leaf) and node.kind == "variable")


def _freedom(factor: Factor, binding: Match) -> int:
    """Calls first, then bound variables, then free ones: the most telling factor narrows the search
    most.
    """
    node = factor[0]
    if isinstance(node, Leaf) and node.kind == "variable":
        return 1 if node.name in binding else 2
    return 0


def _find_bound_product(factor: Factor, binding: Match) -> Product | None:
    """The product that the factor's variable is bound to: it stands flattened among the factors."""
    node, labels, exponent = factor
    if isinstance(node, Leaf) and node.kind == "variable" and exponent == 1 and labels:
        bound = binding.get(node.name)
        if isinstance(bound, Product) and bound.coefficient == 1:
            return bound
    return None


def _expand(bound: Product, labels: Labels, wanted: list[Factor], names: Names) -> list[Factor]:
    """Its factors, summed labels renamed apart from all others of the pattern."""
    offset = max([*(label for _, own, _ in wanted for label in own), *names], default=0) + 1
    return [
        (Literal(f), tuple([labels[x] if x < bound.rank else x + offset for x in own]), e)
        for f, own, e in bound.factors
    ]


def _take(wanted: Rational, exponent: Rational) -> Rational | None:
    """What is left of a power when the wanted one is taken out of it."""
    if exponent == wanted:
        return 0
    same_sign = (exponent > 0) == (wanted > 0)
    return exponent - wanted if same_sign and magnitude(exponent) > magnitude(wanted) else None
