"""Products of entries, and what divides by their factors: ``prod(x)/x[i]`` is the product of all
entries but one, ``prod(x)/(x[i]*x[j])`` that of all but two where i and j differ.

Second derivatives have terms that divide once too often. Where i and j differ these have a value
as well; what is left of them where i is j has to vanish with other terms.
"""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.dims import ONE, ZERO
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


class CarriedTerm(NamedTuple):
    """A number times factors on labels, of which the first are those of the whole."""

    coefficient: Rational
    factors: list[Factor]

    def fresh(self) -> int:
        """A label that is nowhere."""
        return 1 + max((label for _, labels, _ in self.factors for label in labels), default=-1)


class _CarrierFactor(NamedTuple):
    """A factor of what a product is taken of: its node, its axes there, its exponent."""

    node: Node
    axes: Labels
    exponent: int


class Carrier:
    """A product of entries, of which division may be part: of a vector, of each row of a matrix, or
    of a whole matrix.
    """

    def __init__(self, builder: Builder, call: Call) -> None:
        self.builder = builder
        self.call = call
        self.argument = call.args[0]
        self.rows = call.rank
        self.along = tuple(range(self.rows, self.argument.rank))  # the axes that are multiplied
        self.coefficient, factors = as_product(self.argument)
        self.parts: list[_CarrierFactor] = []
        for node, labels, exponent in factors:
            if exponent.denominator == 1 and exponent > 0:
                self.parts.append(_CarrierFactor(node, labels, int(exponent)))
        inside = all(
            exponent.denominator == 1
            and exponent > 0
            and max(labels, default=0) < self.argument.rank
            for _, labels, exponent in factors
        )
        if not inside:  # a contraction: entries of the whole alone
            axes = tuple(range(self.argument.rank))
            self.coefficient, self.parts = 1, [_CarrierFactor(self.argument, axes, 1)]

    def place(self, factor: Factor, row: Labels) -> tuple[Labels, int, int] | None:
        """Where a factor divides by entries: the labels, the part and how often; or None."""
        node, labels, exponent = factor
        if exponent.denominator != 1 or exponent >= 0:
            return None
        for number, part in enumerate(self.parts):
            if part.node is not node or not set(self.along) <= set(part.axes):
                continue
            found = dict(zip(part.axes, labels, strict=True))
            if all(found.get(axis, label) == label for axis, label in enumerate(row)):
                return tuple([found[axis] for axis in self.along]), number, -int(exponent)
        return None

    def places(self, term: CarriedTerm, row: Labels) -> Counter[Labels]:
        """How many of the products each entry needs that a term divides by."""
        divided: Counter[tuple[Labels, int]] = Counter()
        for factor in term.factors:
            place = self.place(factor, row)
            if place is not None:
                labels, number, times = place
                divided[labels, number] += times
        found: Counter[Labels] = Counter()
        for (labels, number), times in divided.items():
            found[labels] = max(found[labels], -(-times // self.parts[number].exponent))
        return found

    def take(self, term: CarriedTerm, row: Labels, places: Counter[Labels]) -> CarriedTerm:
        """A term with as many products of others as it divides by entries."""
        used = sum(places.values())
        factors: list[Factor] = [*term.factors, (self.call, row, -used)]
        coefficient = term.coefficient
        fresh = term.fresh()
        for labels, times in places.items():
            for _ in range(times):
                factors += self._others(row, labels, fresh)
                fresh += 1
            more, own = self._entries(row, labels)
            coefficient = coefficient * more**times
            factors += [(node, places, e * times) for node, places, e in own]
        return CarriedTerm(coefficient, join_powers(factors))

    def split_apart(
        self, term: CarriedTerm, row: Labels, ends: tuple[Labels, Labels]
    ) -> CarriedTerm:
        """The term where two entries that it divides by are different ones, with the products of
        all entries but these.
        """
        places = self.places(term, row)
        factors: list[Factor] = [*term.factors, *self._all_but_two(row, ends, term.fresh())]
        factors.append((self.call, row, -1))
        coefficient = term.coefficient
        for labels in ends:
            more, own = self._entries(row, labels)
            coefficient = coefficient * more
            factors += own
            places[labels] -= 1
        return self.take(CarriedTerm(coefficient, factors), row, +places)

    def identify(self, term: CarriedTerm, ends: tuple[Labels, Labels], rank: int) -> CarriedTerm:
        """The term where two entries that it divides by are one; ``rank`` axes are outputs."""
        names: dict[int, int] = {}
        factors: list[Factor] = []
        for axis, pair in zip(self.along, zip(*ends, strict=True), strict=True):
            a, b = sorted(names.get(label, label) for label in pair)
            if a == b:
                continue
            names = {label: a if new == b else new for label, new in names.items()} | {b: a}
            if b < rank:
                factors.append((self.builder.eye(self.argument.axes[axis]), (a, b), 1))
        factors += [
            (node, tuple([names.get(label, label) for label in labels]), e)
            for node, labels, e in term.factors
        ]
        return CarriedTerm(term.coefficient, factors)

    def _entries(self, row: Labels, labels: Labels) -> tuple[Rational, list[Factor]]:
        """An entry of what the product is taken of, as factors."""
        names = dict(enumerate((*row, *labels)))
        return self.coefficient, [
            (part.node, tuple([names[axis] for axis in part.axes]), part.exponent)
            for part in self.parts
        ]

    def _others(self, row: Labels, labels: Labels, fresh: int) -> list[Factor]:
        """The product of all entries but one."""
        if len(labels) == 1:
            args = self.call.args[:1] if not row else self.call.args
            others = self.builder.call("prodothers", list(args), self.argument.axes)
            return [(others, (*row, *labels), 1)]
        whole, fuse = self._stacked()
        others = self.builder.call("prodothers", [whole], whole.axes)
        return [(others, (fresh,), 1), (fuse, (fresh, *labels), 1)]

    def _stacked(self) -> tuple[Node, Node]:
        """All entries of a matrix as a vector, and the index that runs through them."""
        rows, columns = self.argument.axes
        fuse = self.builder.leaf("fuse", (rows.times(columns), rows, columns))
        factors: list[Factor] = [(self.argument, (1, 2), 1), (fuse, (0, 1, 2), 1)]
        return self.builder.product(1, factors, (0,), fuse.axes[:1]), fuse

    def _all_but_two(self, row: Labels, ends: tuple[Labels, Labels], fresh: int) -> list[Factor]:
        """The product of all entries but two, and 0 where these are one."""
        (a, *_), (b, *_) = ends
        if row:
            return self._all_but_two_of_rows(row[0], a, b, fresh)
        if len(self.along) == 1:
            return [(self._all_but_two_of(self.argument), (a, b), 1)]
        whole, fuse = self._stacked()
        links: list[Factor] = [(fuse, (fresh + k, *end), 1) for k, end in enumerate(ends)]
        return [*links, (self._all_but_two_of(whole), (fresh, fresh + 1), 1)]

    def _all_but_two_of(self, u: Node) -> Node:
        """Row i of a matrix is u with 1 in the place of u[i]: without entry j all entries but two,
        where i and j differ.
        """
        build, axes = self.builder, u.axes * 2
        eye = build.eye(u.axes[0])
        ones = build.leaf("ones", u.axes)
        rows = build.product(1, [(ones, (0,), 1), (u, (1,), 1)], (0, 1), axes)
        diagonal = build.product(1, [(u, (0,), 1), (eye, (0, 1), 1)], (0, 1), axes)
        matrix = build.sum([(1, rows), (-1, diagonal), (1, eye)], axes)
        others = build.call("prodothers", [matrix, build.number(2)], axes)
        apart = build.sum([(1, build.ones(axes)), (-1, eye)], axes)
        return build.product(1, [(others, (0, 1), 1), (apart, (0, 1), 1)], (0, 1), axes)

    def _all_but_two_of_rows(self, row: int, a: int, b: int, fresh: int) -> list[Factor]:
        """The same of each row: below one another stand the matrices with column 1, 2, ... made
        ones.
        """
        build, (height, width) = self.builder, self.argument.axes
        fuse = build.leaf("fuse", (height.times(width), height, width))
        axes = (fuse.axes[0], width)
        eye = build.eye(width)
        copies: list[Factor] = [(fuse, (0, 2, 3), 1), (self.argument, (2, 1), 1)]
        ones: list[Factor] = [(fuse, (0, 2, 1), 1)]
        matrix = build.sum(
            [
                (1, build.product(1, copies, (0, 1), axes)),
                (-1, build.product(1, [*ones, (self.argument, (2, 1), 1)], (0, 1), axes)),
                (1, build.product(1, ones, (0, 1), axes)),
            ],
            axes,
        )
        others = build.call("prodothers", [matrix, build.number(2)], axes)
        apart = build.sum([(1, build.ones(eye.axes)), (-1, eye)], eye.axes)
        return [(others, (fresh, b), 1), (fuse, (fresh, row, a), 1), (apart, (a, b), 1)]


class Pool:
    """Terms that divide once too often. Each is the part where two of the entries differ and the
    part where they are one. The first has a value; of the second nothing may be left.
    """

    def __init__(self, builder: Builder, carrier: Carrier, root: Node) -> None:
        self.builder = builder
        self.carrier = carrier
        self.root = root
        self.terms: dict[Node, tuple[Rational, CarriedTerm, Labels]] = {}
        self.done: list[CarriedTerm] = []

    def add(self, term: CarriedTerm, row: Labels) -> None:
        """Adds a term that divides by entries of the row at a label."""
        outputs = tuple(range(self.root.rank))
        node = self.builder.product(term.coefficient, term.factors, outputs, self.root.axes)
        size: Rational = 1
        if isinstance(node, Product) and node.coefficient:
            size = node.coefficient
            node = self.builder.scale(Fraction(1) / size, node)
        elif isinstance(node, Sum) and not node.terms:
            return
        unit = CarriedTerm(Fraction(term.coefficient) / size, term.factors)
        before = self.terms.get(node, (0, unit, row))
        self.terms[node] = (before[0] + size, *before[1:])

    def result(self) -> list[CarriedTerm] | None:
        """The terms without divisions; None where some are left."""
        while True:
            split = self._next()
            if split is None:
                left = any(size for size, _, _ in self.terms.values())
                return None if left else self.done
            node, ends = split
            size, unit, row = self.terms.pop(node)
            term = CarriedTerm(unit.coefficient * size, unit.factors)
            self.done.append(self.carrier.split_apart(term, row, ends))
            equal = self.carrier.identify(term, ends, self.root.rank)
            places = self.carrier.places(equal, row)
            if sum(places.values()) > _power(equal, self.carrier.call, row):
                self.add(equal, row)
            else:
                self.done.append(self.carrier.take(equal, row, places))

    def _next(self) -> tuple[Node, tuple[Labels, Labels]] | None:
        """A term that is left, and two entries that it divides by."""
        for node, (size, term, row) in self.terms.items():
            places = sorted(self.carrier.places(term, row)) if size else []
            if len(places) > 1:
                return node, (places[0], places[1])
        return None


def _power(term: CarriedTerm, call: Node, row: Labels) -> int:
    return sum(int(e) for node, labels, e in term.factors if node is call and labels == row)


def join_powers(factors: list[Factor]) -> list[Factor]:
    """Equal factors on equal labels as powers."""
    found: dict[tuple[Node, Labels], Rational] = {}
    for node, labels, e in factors:
        found[node, labels] = found.get((node, labels), 0) + e
    return [(node, labels, e) for (node, labels), e in found.items() if e]


def exponents(term: CarriedTerm, call: Node) -> dict[Labels, int]:
    """To which powers a function is a factor, by its labels."""
    return {labels: int(e) for node, labels, e in term.factors if node is call and e >= 1}


def is_product(node: Node) -> bool:
    """Whether it is a product of entries: along the last axis, or of all."""
    return (
        isinstance(node, Call) and node.name == "prod" and node.rank in (0, node.args[0].rank - 1)
    )


def split_product(builder: Builder, node: Node) -> Node:
    """The product of a stack as that of its pieces; the determinant of a diagonal matrix as the
    product of its entries; determinant and inverse of a matrix with scaled rows or columns as those
    of the matrix and the scales. The node itself if it is none of these.
    """
    if not isinstance(node, Call):
        return node
    if is_product(node):
        return _by_pieces(builder, node, node.args[0])
    if node.name == "det":
        return _of_diagonal(builder, node) or _without_scales(builder, node)
    return _without_scales(builder, node) if node.name == "inv" else node


def _of_diagonal(builder: Builder, call: Call) -> Node | None:
    (argument,) = call.args
    coefficient, factors = as_product(argument)
    rest = [factor for factor in factors if factor[0].kind != "eye" or set(factor[1]) != {0, 1}]
    if len(rest) == len(factors):
        return None
    rest = [
        (each, tuple([0 if label == 1 else label for label in labels]), e)
        for each, labels, e in rest
    ]
    entries = builder.product(coefficient, rest, (0,), argument.axes[:1])
    return builder.call("prod", [entries], ())


def _without_scales(builder: Builder, call: Call) -> Node:
    """det(diag(u)*M*diag(v)) as prod(u)*det(M)*prod(v), and inv(diag(u)*M*diag(v)) as
    diag(1./v)*inv(M)*diag(1./u).
    """
    (argument,) = call.args
    coefficient, factors = as_product(argument)
    scales = [factor for factor in factors if factor[1] in ((0,), (1,))]
    rest = [factor for factor in factors if factor[1] not in ((0,), (1,))]
    if not scales or not rest:
        return call
    inner = builder.call(
        call.name, [builder.product(coefficient, rest, (0, 1), argument.axes)], call.axes
    )
    if call.name == "inv":
        turned: list[Factor] = [(node, (1 - label,), -e) for node, (label,), e in scales]
        return builder.product(1, [(inner, (0, 1), 1), *turned], (0, 1), call.axes)
    parts: list[Factor] = [(inner, (), 1)]
    for node, _, e in scales:
        entries = builder.product(1, [(node, (0,), e)], (0,), node.axes)
        parts.append((builder.call("prod", [entries], ()), (), 1))
    return builder.product(1, parts, (), ())


def _by_pieces(builder: Builder, call: Call, argument: Node) -> Node:
    """prod([x; y]) as prod(x)*prod(y), along the last axis."""
    axis = argument.rank - 1
    if not isinstance(argument, Sum) or call.rank != axis:
        return call
    rows = tuple(range(axis))
    pieces: list[Factor] = []
    ranges = []
    for scale, term in argument.terms:
        coefficient, factors = as_product(term)
        there = [factor for factor in factors if axis in factor[1]]
        place = there[0][0] if len(there) == 1 else None
        if not isinstance(place, Leaf) or place.kind not in ("select", "unit"):
            return call
        rest = [factor for factor in factors if axis not in factor[1]]
        inner = there[0][1][1:]
        axes = (*argument.axes[:axis], *place.axes[1:])
        rest += [(builder.leaf("ones", place.axes[1:]), inner, 1)] if inner else []
        piece = builder.product(scale * coefficient, rest, (*rows, *inner), axes)
        if inner:
            piece = builder.call("prod", [piece, *call.args[1:]], call.axes)
        pieces.append((piece, rows, 1))
        ranges.append((place.start, place.start.plus(place.axes[1] if inner else ONE)))
    ends = Counter([end for _, end in ranges]) - Counter([start for start, _ in ranges])
    starts = Counter([start for start, _ in ranges]) - Counter([end for _, end in ranges])
    if ends != Counter([argument.axes[axis]]) or starts != Counter([ZERO]):
        return call
    return builder.product(1, pieces, rows, call.axes)
