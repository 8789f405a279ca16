"""Kernels of derivatives of functions of matrices: reduced where directions commute, added where
they are linear.

A kernel, the k-th derivative of f at X, joins k + 1 pairs of labels: that of the value and those of
the directions. As a form in k + 1 matrices it is symmetric, if the first is transposed: tr(M*L(X,
E)) = tr(L(X, M)*E). If all but one of them commute with X, it is tr(f'(X)*M*E) and so on (Higham
2008, chapter 3): the derivative of tr(f(X)), and that of expm(t*A) by t. If one is the identity, it
is the kernel of f', one order lower.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Labels, Leaf, Node, Rational, Sum, as_term
from matcalc.engine.rewriting.ordinary import Ordinary
from matcalc.engine.rewriting.paths import Pair, PlacedMatrix, path, times

Commute = Callable[[Node, Node], bool]


class Kernel:
    """One kernel in a product."""

    def __init__(
        self, ordinary: Ordinary, commute: Commute, rank: int, factors: Sequence[Factor], index: int
    ) -> None:
        self.ordinary = ordinary
        self.commute = commute
        self.builder = ordinary.builder
        self.rank = rank
        self.factors = factors
        self.index = index
        call, labels, _ = factors[index]
        assert isinstance(call, Call)
        self.call = call
        # turned so that the form is symmetric in the matrices D[a, b]
        self.pairs: list[Pair] = [(labels[1], labels[0])] + [
            (labels[k], labels[k + 1]) for k in range(2, len(labels), 2)
        ]
        self.directions = [self._direction(pair) for pair in self.pairs]

    def _direction(self, pair: Pair) -> PlacedMatrix | None:
        return path(self.builder, self.rank, self.factors, pair, self.index)

    def reduce(self) -> list[Factor] | None:
        """The factors with the kernel replaced; None where it stays."""
        x = self.call.args[0]
        known = [
            k
            for k, found in enumerate(self.directions)
            if found is not None and self.commute(found[0], x)
        ]
        if len(known) >= len(self.pairs) - 1:
            return self._ordinary(known)
        lone = next((k for k in known if _is_eye(self.directions[k])), None)
        if lone is not None:
            return self._lower(lone)
        return self._turn()

    def _turn(self) -> list[Factor] | None:
        """tr(M*L(X, E, F)) as tr(L(X, M, F)*E) where E is open: the value has the axes that are
        asked for, and a direction less runs over all basis matrices.
        """
        value = self.pairs[0]
        open_ = [k for k, pair in enumerate(self.pairs) if max(pair) < self.rank]
        if self.directions[0] is None or len(open_) < 2:  # one is turned where it is written
            return None
        pairs = list(self.pairs)
        pairs[0], pairs[open_[0]] = pairs[open_[0]], value
        first, *others = pairs
        labels: Labels = (first[1], first[0], *(label for pair in others for label in pair))
        rest = [factor for place, factor in enumerate(self.factors) if place != self.index]
        return [*rest, (self.call, labels, 1)]

    def _base(self) -> Call | None:
        """The function of which this is the derivative, if it keeps its argument."""
        base = self.builder.call(self.call.name, self.call.args, self.call.args[0].axes)
        if isinstance(base, Call) and base.args[0] is self.call.args[0]:
            return base
        return None

    def _ordinary(self, known: list[int]) -> list[Factor] | None:
        """f^(k)(X) times all matrices that commute, in place of the matrix that need not."""
        open_pair = next((k for k in range(len(self.pairs)) if k not in known), 0)
        base = self._base()
        if base is None:
            return None
        result = self.ordinary.differentiate(base, self.call.slots)
        if result is None:
            return None
        gone = {self.index}
        for k in known:
            found = self.directions[k]
            if k != open_pair and found is not None:
                result = times(self.builder, found[0], result)
                gone.update(found[1])
        a, b = self.pairs[open_pair]
        return [
            *(factor for place, factor in enumerate(self.factors) if place not in gone),
            (result, (b, a), 1),
        ]

    def _lower(self, lone: int) -> list[Factor] | None:
        """The kernel of f' on the pairs but one that an identity closes."""
        base = self._base()
        if base is None:
            return None
        derived = self.ordinary.derivative(base)
        if derived is None or not isinstance(derived[1], Call):
            return None
        coefficient, function = derived
        name, args = function.name, function.args  # type: ignore[attr-defined]
        if name == "inv":
            name, args = "power", (args[0], self.builder.number(-1))
        first, *others = [pair for k, pair in enumerate(self.pairs) if k != lone]
        labels: Labels = (first[1], first[0], *(label for pair in others for label in pair))
        kernel = self.builder.call(name, args, self.call.axes[2:], len(others))
        rest = [factor for place, factor in enumerate(self.factors) if place != self.index]
        return [*rest, (coefficient, (), 1), (kernel, labels, 1)]

    def split(self) -> Node | None:
        """The product as a sum, where a direction is a sum with a multiple of the identity.

        Of other terms that commute it does not pay: L(X, f(X) - A) is short.
        """
        for found in self.directions:
            for place in found[1] if found is not None and len(found[1]) == 1 else ():
                node = self.factors[place][0]
                if isinstance(node, Sum) and any(_multiple_of_eye(term) for _, term in node.terms):
                    return self._split_off(place)
        return None

    def _split_off(self, place: int) -> Node:
        sum_, labels, _ = self.factors[place]
        assert isinstance(sum_, Sum)
        rest = [factor for k, factor in enumerate(self.factors) if k != place]
        sizes = {
            label: size
            for node, own, _ in self.factors
            for label, size in zip(own, node.axes, strict=True)
        }
        axes = tuple([sizes[label] for label in range(self.rank)])
        outputs = tuple(range(self.rank))
        terms = [
            (c, self.builder.product(1, [*rest, (term, labels, 1)], outputs, axes))
            for c, term in sum_.terms
        ]
        return self.builder.sum(terms, axes)


def merge_kernels(builder: Builder, node: Sum) -> Node | None:
    """L(X, A) + L(X, B) as L(X, A + B), in a sum of matrices; None if there are no two such
    terms.
    """
    groups: dict[tuple[Node, Labels], list[tuple[Rational, Node]]] = {}
    rest: list[tuple[Rational, Node]] = []
    for coefficient, term in node.terms:
        found = _linear(builder, term) if node.rank == 2 else None
        if found is None:
            rest.append((coefficient, term))
        else:
            groups.setdefault(found[0], []).append((coefficient * found[1], found[2]))
    if all(len(terms) < 2 for terms in groups.values()):
        return None
    for (kernel, outputs), terms in groups.items():
        total = builder.sum(terms, kernel.axes[2:])
        factors: list[Factor] = [(kernel, (*outputs, 2, 3), 1), (total, (2, 3), 1)]
        rest.append((1, builder.product(1, factors, (0, 1), node.axes)))
    return builder.sum(rest, node.axes)


def _linear(builder: Builder, term: Node) -> tuple[tuple[Node, Labels], Rational, Node] | None:
    """The term as L(X, E): the kernel with the labels of the value, a number, and E times all
    scalars.

    L[i,j,k,l] = L[l,k,j,i] for a first derivative, so the value can be in front; at a symmetric
    X it is L[j,i,l,k], too, so it need not be transposed.
    """
    coefficient, factors = as_term(term)
    places = [
        k
        for k, (node, _, e) in enumerate(factors)
        if isinstance(node, Call) and node.slots and e == 1
    ]
    if len(places) != 1 or factors[places[0]][0].slots != 1:  # type: ignore[attr-defined]
        return None
    kernel, labels, _ = factors[places[0]]
    first, second = labels[:2], labels[2:]
    if sorted(second) == [0, 1]:
        first, second = second[::-1], first[::-1]
    if sorted(first) != [0, 1]:
        return None
    if first == (1, 0) and kernel.args[0].parity > 0:  # type: ignore[attr-defined]
        first, second = (0, 1), second[::-1]
    direction = path(builder, 2, factors, (second[0], second[1]), places[0])
    others = [
        factor
        for k, factor in enumerate(factors)
        if k != places[0] and not (direction and k in direction[1])
    ]
    if direction is None or any(own for _, own, _ in others):
        return None
    whole: list[Factor] = [(direction[0], (0, 1), 1), *others]
    return (kernel, first), coefficient, builder.product(1, whole, (0, 1), direction[0].axes)


def _is_eye(found: PlacedMatrix | None) -> bool:
    return found is not None and isinstance(found[0], Leaf) and found[0].kind == "eye"


def _multiple_of_eye(node: Node) -> bool:
    bare = [factor for factor, labels, _ in as_term(node)[1] if labels]
    return len(bare) == 1 and isinstance(bare[0], Leaf) and bare[0].kind == "eye"
