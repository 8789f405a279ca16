"""derivative(): the chain rule over the shared network, each node visited once.

The derivative has the axes of the node followed by those of the variable. It is accumulated
backwards (adjoints: d root / d node, small when the root is) where the root has at most as many
axes as the variable, forwards otherwise. What is accumulated are open products: extending one by a
layer costs the layer, so a chain of K layers costs O(K).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcalc.core.dims import Shape
from matcalc.core.walk import postorder
from matcalc.engine.calculus.partials import CallRule, Partial, partials
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Factor, Labels, Node, Rational


@dataclass(frozen=True, slots=True)
class _Term:
    """``coefficient * prod(factors)`` on the labels of the fixed end (root or variable) and of a
    node.
    """

    coefficient: Rational
    factors: tuple[Factor, ...]
    fixed: Labels
    moving: Labels


def derivative(builder: Builder, root: Node, variable: Node, rule: CallRule) -> Node:
    """d root / d variable; zero of the right shape where the root does not depend on it."""
    return _Accumulation(builder, root, variable, rule).run()


class _Accumulation:
    def __init__(self, builder: Builder, root: Node, variable: Node, rule: CallRule) -> None:
        self.builder = builder
        self.root = root
        self.variable = variable
        self.rule = rule
        self.order = postorder(root, lambda node: node.children)
        self.active = _dependents(self.order, variable)
        self._next = 0

    def run(self) -> Node:
        axes = self.root.axes + self.variable.axes
        if self.root not in self.active:
            return self.builder.zero(axes)
        backwards = self.root.rank <= self.variable.rank
        terms = self._backward() if backwards else self._forward()
        nodes = [
            self._close(
                term, term.fixed + term.moving if backwards else term.moving + term.fixed, axes
            )
            for term in terms
        ]
        return self.builder.sum([(1, node) for node in nodes], axes)

    def _labels(self, count: int) -> Labels:
        self._next += count
        return tuple(range(self._next - count, self._next))

    def _close(self, term: _Term, outputs: Labels, axes: Shape) -> Node:
        return self.builder.product(term.coefficient, term.factors, outputs, axes)

    def _backward(self) -> list[_Term]:
        """d root / d node for every node, the root first."""
        start = self._labels(self.root.rank)
        adjoints: dict[Node, list[_Term]] = {self.root: [_Term(1, (), start, start)]}
        for node in reversed(self.order):
            if node is self.variable or node not in self.active:
                continue
            terms = self._gather(adjoints.pop(node), node, self.root)
            for partial in partials(node, self.rule, self.active.__contains__):
                for term in terms:
                    adjoints.setdefault(partial.child, []).append(
                        self._extend(term, partial, partial.outputs, partial.inputs)
                    )
        return adjoints[self.variable]

    def _forward(self) -> list[_Term]:
        """d node / d variable for every node, the variable first."""
        start = self._labels(self.variable.rank)
        tangents: dict[Node, list[_Term]] = {self.variable: [_Term(1, (), start, start)]}
        for node in self.order:
            if node is self.variable or node not in self.active:
                continue
            terms = [
                self._extend(term, partial, partial.inputs, partial.outputs)
                for partial in partials(node, self.rule, self.active.__contains__)
                for term in tangents[partial.child]
            ]
            tangents[node] = self._gather(terms, node, self.variable)
        return tangents[self.root]

    def _gather(self, terms: list[_Term], node: Node, fixed: Node) -> list[_Term]:
        """Several contributions become one factor, as long as that is no wider than a matrix."""
        if len(terms) == 1 or node.rank + fixed.rank > 2:
            return terms
        axes = fixed.axes + node.axes
        total = self.builder.sum(
            [(1, self._close(term, term.fixed + term.moving, axes)) for term in terms], axes
        )
        outer, inner = self._labels(fixed.rank), self._labels(node.rank)
        return [_Term(1, ((total, outer + inner, 1),), outer, inner)]

    def _extend(self, term: _Term, partial: Partial, near: Labels, far: Labels) -> _Term:
        """The product of a term with a partial derivative whose ``near`` labels are the term's
        moving ones.

        A label may stand twice among the inputs of a partial (``diag``): then two moving labels are
        one, which an identity says.
        """
        names: dict[int, int] = {}
        links: list[Factor] = []
        for axis, (label, moving) in enumerate(zip(near, term.moving, strict=True)):
            if label in names:
                links.append(
                    (self.builder.eye(partial.child.axes[axis]), (names[label], moving), 1)
                )
            else:
                names[label] = moving
        factors: list[Factor] = []
        for node, labels, exponent in partial.factors:
            factors.append((node, self._rename(labels, names), exponent))
        return _Term(
            term.coefficient * partial.coefficient,
            term.factors + tuple(links) + tuple(factors),
            term.fixed,
            self._rename(far, names),
        )

    def _rename(self, labels: Labels, names: dict[int, int]) -> Labels:
        for label in labels:
            if label not in names:
                names[label] = self._labels(1)[0]
        return tuple([names[label] for label in labels])


def _dependents(order: Sequence[Node], variable: Node) -> set[Node]:
    """The nodes that the variable is part of."""
    active = {variable}
    for node in order:
        if any(child in active for child in node.children):
            active.add(node)
    return active
