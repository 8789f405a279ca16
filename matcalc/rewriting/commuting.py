"""Commuting(): where matrices commute, derivatives of functions of matrices are ordinary, and factors have one order.

A kernel, the k-th derivative of f at X, joins k + 1 pairs of labels: that of the value and those of the directions. As a form in
k + 1 matrices it is symmetric, if the first is transposed: tr(M*L(X, E)) = tr(L(X, M)*E). If all but one of them commute with X,
it is tr(f'(X)*M*E) and so on (Higham 2008, theorem 3.6; f'(X) from the entries slope-NAME): the derivative of tr(f(X)), and
that of expm(t*A) by t. If one is the identity, it is the kernel of f', one order lower.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, permutations
from math import comb, factorial

from matcalc.catalogue.compiled import rewrite
from matcalc.core.dims import Dim
from matcalc.core.operations import FUNCTIONS_OF_MATRICES
from matcalc.core.walk import fold
from matcalc.ir.build import Builder
from matcalc.ir.nodes import Call, Factor, Labels, Leaf, Node, Product, Sum, as_product, as_term, is_number
from matcalc.ir.rebuild import rebuild
from matcalc.lowering.lower import Lowering

Pair = tuple[int, int]
Direction = tuple[Node, list[int]]  # a matrix, and the places of its factors

_MOST_WORDS = 4  # terms into which the derivative of a whole power is written out


class Commuting:
    """Works on the nodes of one builder; results are remembered."""

    def __init__(self, builder: Builder, lowering: Lowering) -> None:
        self.builder = builder
        self.lowering = lowering
        self._done: dict[Node, Node] = {}
        self._commute: dict[tuple[Node, Node], bool] = {}

    def reduce(self, root: Node) -> Node:
        """The node with every kernel reduced that can be, and commuting factors in order."""
        return fold(root, lambda node: () if node in self._done else node.children, self._step)

    def _step(self, node: Node, children: list[Node]) -> Node:
        if node not in self._done:
            fresh = rebuild(self.builder, node, children)
            seen = {fresh}
            while isinstance(fresh, Product):
                other = self._product(fresh)
                if other is None or other in seen:  # around a trace neighbours may change places for ever
                    break
                fresh = other
                seen.add(fresh)
            if isinstance(fresh, Call) and fresh.slots:
                words = self._written_out(fresh)
                fresh = fresh if words is None else words
            self._done[node] = self._done[fresh] = fresh
        return self._done[node]

    def _product(self, node: Product) -> Node | None:
        """One step, or None where there is nothing to be done."""
        coefficient, factors = as_product(node)
        for index, (factor, labels, exponent) in enumerate(factors):
            if isinstance(factor, Call) and factor.slots and exponent == 1:
                kernel = _Kernel(self, node.rank, factors, index)
                found = kernel.reduced()
                if found is not None:
                    return self.builder.product(coefficient, found, tuple(range(node.rank)), node.axes)
                spread = kernel.summed()
                if spread is not None:
                    return self.reduce(self.builder.scale(coefficient, spread))
                words = self._written_out(factor)
                if words is not None:
                    others = [f for place, f in enumerate(factors) if place != index]
                    return self.builder.product(coefficient, [*others, (words, labels, 1)], tuple(range(node.rank)), node.axes)
        ordered = self._ordered(node.rank, list(factors))
        return None if ordered is None else self.builder.product(coefficient, ordered, tuple(range(node.rank)), node.axes)

    # which matrices commute

    def commute(self, left: Node, right: Node) -> bool:
        """Whether the matrices are proved to commute: their products are one network, or they are functions of such."""
        key = (left, right)
        if key not in self._commute:
            self._commute[key] = self._commuting(left, right)
        return self._commute[key]

    def _commuting(self, left: Node, right: Node) -> bool:
        pending = [(left, right)]
        seen = set(pending)
        while pending:
            one, other = pending.pop()
            if one is other or self.times(one, other) is self.times(other, one):
                continue
            fresh = next(
                (
                    [(part, rest) if first else (rest, part) for part in parts]
                    for whole, rest, first in ((one, other, True), (other, one, False))
                    if (parts := self._parts(whole))
                ),
                None,
            ) or self._turned(one, other)
            if fresh is None:
                return False
            pending += [pair for pair in fresh if pair not in seen]
            seen.update(fresh)
        return True

    def _parts(self, node: Node) -> list[Node]:
        """Matrices of which the node is a function; none if it is made of no others."""
        if isinstance(node, Call) and node.name in FUNCTIONS_OF_MATRICES and not node.slots:
            return [node.args[0]]
        if isinstance(node, Sum):
            return [term for _, term in node.terms]
        if isinstance(node, Product):
            bare = [factor for factor in node.factors if factor[1]]
            path = self.path(2, bare, (0, 1), None)
            if path is not None and len(path[1]) == len(bare) > 1:
                return self._links(bare, path[1])
            if len(bare) == 1 and len(node.factors) > 1 and bare[0][1] == (0, 1) and bare[0][2] == 1:
                return [bare[0][0]]
        return []

    def _links(self, factors: Sequence[Factor], places: Sequence[int]) -> list[Node]:
        """The factors of a path from 0 to 1, each in its direction."""
        links, at = [], 0
        for place in places:
            node, labels, _ = factors[place]
            links.append(node if labels[0] == at else self.builder.transpose(node))
            at = labels[1] if labels[0] == at else labels[0]
        return links

    def _turned(self, one: Node, other: Node) -> list[tuple[Node, Node]] | None:
        """A' and B' commute where A and B do; only if that takes a transpose away."""
        if any(isinstance(n, Product) and len(n.factors) == 1 and isinstance(n.factors[0][0], Call) for n in (one, other)):
            pair = self.builder.transpose(one), self.builder.transpose(other)
            return [pair] if any(isinstance(n, Call) for n in pair) else None
        return None

    def times(self, left: Node, right: Node) -> Node:
        """The matrix product."""
        factors: list[Factor] = [(left, (0, 1), 1), (right, (1, 2), 1)]
        return self.builder.product(1, factors, (0, 2), (left.axes[0], right.axes[1]))

    # paths

    def path(self, rank: int, factors: Sequence[Factor], pair: Pair, kernel: int | None) -> Direction | None:
        """The matrix D for which factors are D[a, b]: nothing else touches what is between, and only the kernel its ends.

        Without a kernel the ends are outputs.
        """
        start, end = pair
        if kernel is not None and min(pair) < rank:
            return None
        if start == end:
            alone = kernel is not None and not _touching(factors, start, kernel)
            return (self.builder.eye(_size(factors, start)), []) if alone else None
        places: list[int] = []
        at = start
        while True:
            onward = [place for place in _touching(factors, at, kernel) if place not in places]
            if at == end and places:
                break
            if len(onward) != 1 or (at < rank and at != start):
                return None
            _, labels, exponent = factors[onward[0]]
            if len(labels) != 2 or exponent != 1 or labels[0] == labels[1]:
                return None
            places.append(onward[0])
            at = labels[1] if labels[0] == at else labels[0]
        if onward:
            return None
        axes = (_size(factors, start), _size(factors, end))
        return self.builder.product(1, [factors[place] for place in places], pair, axes), places

    def _ordered(self, rank: int, factors: list[Factor]) -> list[Factor] | None:
        """Two neighbours of a chain that commute, one of them a function, change places if the plainer one is behind."""
        for label in sorted({label for _, labels, _ in factors for label in labels if label >= rank}):
            touching = _touching(factors, label, None)
            if len(touching) != 2:
                continue
            (p, pl, pe), (q, ql, qe) = (factors[place] for place in touching)
            if pe != 1 or qe != 1 or len(pl) != 2 or len(ql) != 2 or pl[0] == pl[1] or ql[0] == ql[1]:
                continue
            if not any(isinstance(n, Call) and n.name in FUNCTIONS_OF_MATRICES for n in (p, q)):
                continue
            # in the direction in which fewer of the two are transposed
            if (pl[0] == label) + (ql[1] == label) > 1:
                (p, pl), (q, ql) = (q, ql), (p, pl)
            start, end = (pl[0] if pl[1] == label else pl[1]), (ql[0] if ql[1] == label else ql[1])
            if start == end:
                continue
            left = p if pl[1] == label else self.builder.transpose(p)
            right = q if ql[0] == label else self.builder.transpose(q)
            if _order(p) > _order(q) and left.axes[0] == right.axes[1] == left.axes[1] and self.commute(left, right):
                rest = [factor for place, factor in enumerate(factors) if place not in touching]
                return [*rest, (right, (start, label), 1), (left, (label, end), 1)]
        return None

    # derivatives

    def slope(self, call: Call, order: int) -> Node | None:
        """The ordinary derivative of that order of f at its argument."""
        result: Node = call
        coefficient: Node = self.builder.number(1)
        for _ in range(order):
            derived = self.derived(result)
            if derived is None:
                return None
            coefficient, result = self.builder.times(coefficient, derived[0]), derived[1]
        return self.builder.times(coefficient, self._plain(result))

    def derived(self, node: Node) -> tuple[Node, Node] | None:
        """f' of a function of a matrix, a scalar times another node; None of what is not a single function."""
        one = self.builder.number(1)
        if not isinstance(node, Call) or node.name not in FUNCTIONS_OF_MATRICES:
            return None
        x = node.args[0]
        if node.name == "inv":
            node = self._power(x, self.builder.number(-1))
        if node.name == "power":
            exponent = node.args[1]
            return exponent, self._power(x, self.builder.sum([(1, exponent), (-1, one)], ()))
        rule = rewrite(f"slope-{node.name}")
        sizes = {size.names[0]: x.axes[0] for size in rule.variables["X"].shape}
        body = self.lowering.lower(rule.right, {"X": x}, sizes)
        coefficient, factors = as_term(body)
        if len(factors) == 1 and factors[0][1:] == ((0, 1), 1):
            return self.builder.number(coefficient), factors[0][0]
        return one, body

    def _power(self, base: Node, exponent: Node) -> Call:
        node = self.builder.call("power", [base, exponent], base.axes)
        assert isinstance(node, Call)
        return node

    def _plain(self, node: Node) -> Node:
        """The node with a small whole power written as products."""
        if isinstance(node, Call) and node.name == "power":
            return self.lowering.matrix_power(*node.args)
        return node

    def _written_out(self, kernel: Call) -> Node | None:
        """The kernel of a small whole power as a sum of products: E*X + X*E, -inv(X)*E*inv(X)."""
        if kernel.name != "power" or not is_number(kernel.args[1]):
            return None
        value = kernel.args[1].coefficient  # type: ignore[attr-defined]
        if value.denominator != 1 or value == 0:
            return None
        count, k = abs(int(value)), kernel.slots
        gaps = count if value > 0 else count + k - 1
        if comb(gaps, k) * factorial(k) > _MOST_WORDS:
            return None
        link = kernel.args[0] if value > 0 else self.builder.call("inv", [kernel.args[0]], kernel.args[0].axes)
        words = [
            self._word(kernel, link, count, places, order)
            for places in combinations(range(gaps), k)
            for order in permutations(range(k))
        ]
        return self.builder.sum([(1 if value > 0 else (-1) ** k, word) for word in words], kernel.axes)

    def _word(self, kernel: Call, link: Node, count: int, places: Sequence[int], order: Sequence[int]) -> Node:
        """A product of links in which directions stand: of X in the given places, of inv(X) in the given gaps."""
        size, k = kernel.axes[0], kernel.slots
        positive = link is kernel.args[0]
        letters = [order[places.index(p)] if p in places else None for p in range(count)] if positive else [None]
        if not positive:
            for gap in range(count + k - 1):
                letters += [order[places.index(gap)], None] if gap in places else [None]
        factors: list[Factor] = []
        fresh = 2 + 2 * k
        at = 0
        for letter in letters:
            if letter is None:
                factors.append((link, (at, fresh), 1))
                at, fresh = fresh, fresh + 1
            else:
                factors.append((self.builder.eye(size), (at, 2 + 2 * letter), 1))
                at = 3 + 2 * letter
        factors.append((self.builder.eye(size), (at, 1), 1))
        return self.builder.product(1, factors, tuple(range(2 + 2 * k)), kernel.axes)


class _Kernel:
    """One kernel in a product."""

    def __init__(self, commuting: Commuting, rank: int, factors: Sequence[Factor], index: int) -> None:
        self.commuting = commuting
        self.builder = commuting.builder
        self.rank = rank
        self.factors = factors
        self.index = index
        call, labels, _ = factors[index]
        assert isinstance(call, Call)
        self.call = call
        # turned so that the form is symmetric in the matrices D[a, b]
        self.pairs: list[Pair] = [(labels[1], labels[0])] + [(labels[k], labels[k + 1]) for k in range(2, len(labels), 2)]
        self.directions = [self._direction(pair) for pair in self.pairs]

    def _direction(self, pair: Pair) -> Direction | None:
        return self.commuting.path(self.rank, self.factors, pair, self.index)

    def reduced(self) -> list[Factor] | None:
        """The factors with the kernel replaced; None where it stays."""
        x = self.call.args[0]
        known = [k for k, found in enumerate(self.directions) if found is not None and self.commuting.commute(found[0], x)]
        if len(known) >= len(self.pairs) - 1:
            return self._ordinary(known)
        lone = next((k for k in known if _is_eye(self.directions[k])), None)
        if lone is not None:
            return self._lower(lone)
        return None

    def _ordinary(self, known: list[int]) -> list[Factor] | None:
        """f^(k)(X) times all matrices that commute, in place of the matrix that need not."""
        open_pair = next((k for k in range(len(self.pairs)) if k not in known), 0)
        base = self.builder.call(self.call.name, self.call.args, self.call.args[0].axes)
        if not isinstance(base, Call) or base.args[0] is not self.call.args[0]:
            return None
        result = self.commuting.slope(base, self.call.slots)
        if result is None:
            return None
        gone = {self.index}
        for k in known:
            found = self.directions[k]
            if k != open_pair and found is not None:
                result = self.commuting.times(found[0], result)
                gone.update(found[1])
        a, b = self.pairs[open_pair]
        return [*(factor for place, factor in enumerate(self.factors) if place not in gone), (result, (b, a), 1)]

    def _lower(self, lone: int) -> list[Factor] | None:
        """The kernel of f' on the pairs but one that an identity closes."""
        base = self.builder.call(self.call.name, self.call.args, self.call.args[0].axes)
        if not isinstance(base, Call) or base.args[0] is not self.call.args[0]:
            return None
        derived = self.commuting.derived(base)
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

    def summed(self) -> Node | None:
        """The product as a sum, where a direction is a sum and some of its terms commute."""
        for found in self.directions:
            if found is None or not isinstance(found[0], Sum) or len(found[1]) != 1:
                continue
            terms = found[0].terms
            if any(self.commuting.commute(term, self.call.args[0]) for _, term in terms):
                return self._apart(found[1][0])
        return None

    def _apart(self, place: int) -> Node:
        sum_, labels, _ = self.factors[place]
        assert isinstance(sum_, Sum)
        rest = [factor for k, factor in enumerate(self.factors) if k != place]
        sizes = {label: size for node, own, _ in self.factors for label, size in zip(own, node.axes, strict=True)}
        axes = tuple([sizes[label] for label in range(self.rank)])
        outputs = tuple(range(self.rank))
        terms = [(c, self.builder.product(1, [*rest, (term, labels, 1)], outputs, axes)) for c, term in sum_.terms]
        return self.builder.sum(terms, axes)


def _touching(factors: Sequence[Factor], label: int, without: int | None) -> list[int]:
    """The places of the factors that a label touches, as often as it does."""
    return [place for place, (_, labels, _) in enumerate(factors) for own in labels if own == label and place != without]


def _size(factors: Sequence[Factor], label: int) -> Dim:
    """The dimension of a label."""
    return next(node.axes[labels.index(label)] for node, labels, _ in factors if label in labels)


def _is_eye(found: Direction | None) -> bool:
    return found is not None and isinstance(found[0], Leaf) and found[0].kind == "eye"


def _order(node: Node) -> tuple[bool, int]:
    return isinstance(node, Call), node.id
