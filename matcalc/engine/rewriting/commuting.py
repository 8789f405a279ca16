"""Commuting(): where matrices commute, derivatives of functions of matrices are ordinary, and
factors have one order.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.operations import FUNCTIONS_OF_MATRICES
from matcalc.core.walk import fold
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
    is_zero,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.rewriting.kernels import Kernel, merge_kernels
from matcalc.engine.rewriting.ordinary import Ordinary
from matcalc.engine.rewriting.paths import path, places_at, times


class Commuting:
    """Reduces kernels and orders commuting factors among the nodes of one builder.

    ``_done`` maps a node to its reduced form; ``_commute`` says of a pair, in the order in which it
    was asked for, whether the two matrices are proved to commute.
    """

    def __init__(self, builder: Builder, lowering: Lowering) -> None:
        self.builder = builder
        self.ordinary = Ordinary(builder, lowering)
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
                if (
                    other is None or other in seen
                ):  # around a trace neighbours may change places for ever
                    break
                fresh = other
                seen.add(fresh)
            if isinstance(fresh, Sum):
                fresh = self._merge_transposed(fresh)
            if isinstance(fresh, Sum):
                fresh = merge_kernels(self.builder, fresh) or fresh
            if isinstance(fresh, Call) and fresh.slots:
                words = self.ordinary.write_out(fresh)
                fresh = fresh if words is None else words
            self._done[node] = self._done[fresh] = fresh
        return self._done[node]

    def _product(self, node: Product) -> Node | None:
        """One step, or None where there is nothing to be done."""
        coefficient, factors = as_product(node)
        for index, (factor, labels, exponent) in enumerate(factors):
            if isinstance(factor, Call) and factor.slots and exponent == 1:
                kernel = Kernel(self.ordinary, self.commute, node.rank, factors, index)
                found = kernel.reduce()
                if found is not None:
                    return self.builder.product(
                        coefficient, found, tuple(range(node.rank)), node.axes
                    )
                spread = kernel.split()
                if spread is not None:
                    return self.reduce(self.builder.scale(coefficient, spread))
                words = self.ordinary.write_out(factor)
                if words is not None:
                    others = [f for place, f in enumerate(factors) if place != index]
                    return self.builder.product(
                        coefficient,
                        [*others, (words, labels, 1)],
                        tuple(range(node.rank)),
                        node.axes,
                    )
        ordered = self._order(node, list(factors))
        return (
            None
            if ordered is None
            else self.builder.product(coefficient, ordered, tuple(range(node.rank)), node.axes)
        )

    def _merge_transposed(self, node: Sum) -> Node:
        """The sum with the terms of transposed sums among its own, where some of them are there."""
        spread: list[tuple[Rational, Node]] = []
        for c, term in node.terms:
            _, factors = as_product(term)
            if len(factors) == 1 and isinstance(factors[0][0], Sum) and factors[0][1] == (1, 0):
                own, turned = as_sum(self.builder.transpose(term))
                spread += [
                    (c * own * each, self.reduce(self.builder.transpose(part)))
                    for each, part in turned
                ]
            else:
                spread.append((c, term))
        merged = self.builder.sum(spread, node.axes)
        return merged if len(as_sum(merged)[1]) < len(spread) else node

    # which matrices commute

    def commute(self, left: Node, right: Node) -> bool:
        """Whether the matrices are proved to commute: their products are one network, or they are
        functions of such.
        """
        key = (left, right)
        if key not in self._commute:
            self._commute[key] = self._decide(left, right)
        return self._commute[key]

    def _decide(self, left: Node, right: Node) -> bool:
        pending = [(left, right)]
        seen = set(pending)
        while pending:
            one, other = pending.pop()
            if one is other or times(self.builder, one, other) is times(self.builder, other, one):
                continue
            fresh = next(
                (
                    [(part, rest) if first else (rest, part) for part in parts]
                    for whole, rest, first in ((one, other, True), (other, one, False))
                    if (parts := self._parts(whole))
                ),
                None,
            ) or self._transposed_pairs(one, other)
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
            chain = path(self.builder, 2, bare, (0, 1), None)
            if chain is not None and len(chain[1]) == len(bare) > 1:
                return self._links(bare, chain[1])
            if (
                len(bare) == 1
                and len(node.factors) > 1
                and bare[0][1] == (0, 1)
                and bare[0][2] == 1
            ):
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

    def _transposed_pairs(self, one: Node, other: Node) -> list[tuple[Node, Node]] | None:
        """A' and B' commute where A and B do; only if that takes a transpose away."""
        if any(
            isinstance(n, Product) and len(n.factors) == 1 and isinstance(n.factors[0][0], Call)
            for n in (one, other)
        ):
            pair = self.builder.transpose(one), self.builder.transpose(other)
            return [pair] if any(isinstance(n, Call) for n in pair) else None
        return None

    def _order(self, node: Product, factors: list[Factor]) -> list[Factor] | None:
        """Two neighbours of a chain that commute, one of them a function, change places if the
        plainer one is after. Symmetric ones have no direction of their own: what comes first is
        nearer to the rows of the product.
        """
        steps = _distances(factors) if node.rank else {}
        for label in sorted(
            {label for _, labels, _ in factors for label in labels if label >= node.rank}
        ):
            places = places_at(factors, label, None)
            if len(places) != 2:
                continue
            (p, pl, pe), (q, ql, qe) = (factors[place] for place in places)
            if (
                pe != 1
                or qe != 1
                or len(pl) != 2
                or len(ql) != 2
                or pl[0] == pl[1]
                or ql[0] == ql[1]
            ):
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
            rest = [factor for place, factor in enumerate(factors) if place not in places]
            together = self._exponential(left, right)
            if together is not None:
                return [*rest, (together, (start, end), 1)]
            if not left.axes[0] == right.axes[1] == left.axes[1]:
                continue
            symmetric = p.parity > 0 and q.parity > 0
            if symmetric and steps.get(end, 0) < steps.get(start, 0):
                (left, start), (right, end) = (right, end), (left, start)
                p, q = q, p
            before = _order(p) > _order(q) or _cancels(right, start, rest)
            if before and self.commute(left, right):
                return [*rest, (right, (start, label), 1), (left, (label, end), 1)]
            if symmetric and not steps and self.commute(left, right):
                turned = [*rest, (left, (end, label), 1), (right, (label, start), 1)]
                if self.builder.product(node.coefficient, turned, (), ()).id < node.id:
                    return turned
        return None

    def _exponential(self, left: Node, right: Node) -> Node | None:
        """expm(A)*expm(B) = expm(A + B) where A and B commute (Higham 2008, theorem 10.2)."""
        if not (
            isinstance(left, Call) and isinstance(right, Call) and left.name == right.name == "expm"
        ):
            return None
        if left.slots or right.slots or not self.commute(left.args[0], right.args[0]):
            return None
        total = self.builder.sum([(1, left.args[0]), (1, right.args[0])], left.axes)
        return (
            self.builder.eye(left.axes[0])
            if is_zero(total)
            else self.builder.call("expm", [total], left.axes)
        )


def _cancels(node: Node, label: int, others: Sequence[Factor]) -> bool:
    """Whether this is the inverse of a matrix that is at the label."""
    if not isinstance(node, Call) or node.name != "inv":
        return False
    return any(other is node.args[0] and label in labels for other, labels, _ in others)


def _distances(factors: Sequence[Factor]) -> dict[int, int]:
    """How many factors lie between the first output and each label."""
    steps = {0: 0}
    queue = [0]
    for at in queue:
        for _, labels, _ in factors:
            if at in labels:
                fresh = [label for label in labels if label not in steps]
                steps.update(dict.fromkeys(fresh, steps[at] + 1))
                queue += fresh
    return steps


def _order(node: Node) -> tuple[bool, int]:
    return isinstance(node, Call), node.id
