"""derivative(): the chain rule over the shared network, each node visited once.

The derivative has the axes of the node followed by those of the variable. It is accumulated
backwards (adjoints: d root / d node, small when the root is) where the root has at most as many
axes as the variable, forwards otherwise. What is accumulated are open products: extending one by a
layer costs the layer, so a chain of K layers costs O(K). derivatives() are those by several
variables, with adjoints in common; directional() is the derivative along directions, which has the
axes of the node alone.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.dims import Shape
from matcalc.core.operations import VANISHING
from matcalc.core.walk import postorder
from matcalc.engine.calculus.partials import CallRule, Partial, partials
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Labels, Node, Product, Rational, Sum, is_zero

_DEEPEST = 30  # nested parts that are looked into for zeros


class _ChainTerm(NamedTuple):
    """``coefficient * prod(factors)`` on the labels of the fixed end (root or variable) and of a
    node.
    """

    coefficient: Rational
    factors: tuple[Factor, ...]
    fixed: Labels
    moving: Labels


def derivative(builder: Builder, root: Node, variable: Node, rule: CallRule) -> Node:
    """d root / d variable; zero of the right shape where the root does not depend on it."""
    return derivatives(builder, root, (variable,), rule)[0]


def derivatives(
    builder: Builder, root: Node, variables: Sequence[Node], rule: CallRule
) -> list[Node]:
    """d root / d variable for each of the variables.

    Those with at least as many axes as the root share one pass backwards: what is known of a layer
    serves all that come before it.
    """
    backwards = [variable for variable in variables if root.rank <= variable.rank]
    found: dict[Node, Node] = {}
    if backwards:
        accumulation = _Accumulation(builder, root, backwards, rule)
        found = accumulation.adjoint(backwards)
    for variable in variables:
        if variable not in found:
            found[variable] = _Accumulation(builder, root, (variable,), rule).tangent(variable)
    return [found[variable] for variable in variables]


def directional(builder: Builder, root: Node, moves: Mapping[Node, Node], rule: CallRule) -> Node:
    """d/dt of the root, all variables moving at once, each by t times its direction.

    It is accumulated forwards, so nothing has more axes than the node that it is the derivative of.
    """
    return _Accumulation(builder, root, moves, rule).along(moves)


class _Accumulation:
    def __init__(
        self, builder: Builder, root: Node, variables: Collection[Node], rule: CallRule
    ) -> None:
        self.builder = builder
        self.root = root
        self.rule = rule
        self.order = postorder(root, lambda node: node.children)
        self.variables = frozenset(variables)
        self.active = _dependents(self.order, variables)
        self._next = 0

    def adjoint(self, variables: Sequence[Node]) -> dict[Node, Node]:
        """The derivative with respect to each variable, accumulated backwards."""
        adjoints = self._backward() if self.root in self.active else {}
        found = {}
        for variable in variables:
            axes = self.root.axes + variable.axes
            terms = adjoints.get(variable, [])
            nodes = [self._close(term, term.fixed + term.moving, axes) for term in terms]
            found[variable] = self.builder.sum([(1, node) for node in nodes], axes)
        return found

    def tangent(self, variable: Node) -> Node:
        """The derivative with respect to a variable, accumulated forwards."""
        start = self._labels(variable.rank)
        return self._tangent_of_root({variable: [_ChainTerm(1, (), start, start)]}, variable.axes)

    def along(self, moves: Mapping[Node, Node]) -> Node:
        """The derivative along the directions."""
        starts = {}
        for variable, direction in moves.items():
            labels = self._labels(variable.rank)
            starts[variable] = [_ChainTerm(1, ((direction, labels, 1),), (), labels)]
        return self._tangent_of_root(starts, ())

    def _tangent_of_root(self, starts: Mapping[Node, list[_ChainTerm]], fixed: Shape) -> Node:
        """The tangent of the root."""
        axes = self.root.axes + fixed
        if self.root not in self.active:
            return self.builder.zero(axes)
        terms = self._forward(starts, fixed)
        nodes = [self._close(term, term.moving + term.fixed, axes) for term in terms]
        return self.builder.sum([(1, node) for node in nodes], axes)

    def _labels(self, count: int) -> Labels:
        self._next += count
        return tuple(range(self._next - count, self._next))

    def _close(self, term: _ChainTerm, outputs: Labels, axes: Shape) -> Node:
        return self.builder.product(term.coefficient, term.factors, outputs, axes)

    def _backward(self) -> dict[Node, list[_ChainTerm]]:
        """d root / d node for every node, the root first; those of the variables are left."""
        start = self._labels(self.root.rank)
        adjoints: dict[Node, list[_ChainTerm]] = {self.root: [_ChainTerm(1, (), start, start)]}
        for node in reversed(self.order):
            if node in self.variables or node not in self.active:
                continue
            terms = self._gather(adjoints.pop(node), node, self.root.axes)
            for partial in partials(node, self.rule, self.active.__contains__, self._domain_mask):
                for term in terms:
                    adjoints.setdefault(partial.child, []).append(
                        self._extend(term, partial, partial.outputs, partial.inputs)
                    )
        return adjoints

    def _forward(self, starts: Mapping[Node, list[_ChainTerm]], fixed: Shape) -> list[_ChainTerm]:
        """The tangent of every node, those of the variables first."""
        tangents = dict(starts)
        for node in self.order:
            if node in self.variables or node not in self.active:
                continue
            terms = [
                self._extend(term, partial, partial.inputs, partial.outputs)
                for partial in partials(
                    node, self.rule, self.active.__contains__, self._domain_mask
                )
                for term in tangents[partial.child]
            ]
            tangents[node] = self._gather(terms, node, fixed)
        return tangents[self.root]

    def _domain_mask(self, node: Node, labels: Labels) -> tuple[Factor, ...]:
        """The mask i != j for the root of an array that is zero for i = j whatever the variables
        are, as the distances of points: there the root is constant.
        """
        if not self.builder.indexed or node.rank != 2 or node.axes[0] != node.axes[1]:
            return ()
        if not self._meets_in_zero(node, 0, 1):
            return ()
        return ((self.builder.leaf("apart", node.axes, "0"), labels, 1),)

    def _meets_in_zero(self, node: Node, one: int, other: int, depth: int = 0) -> bool:
        """Whether an array is zero where two of its axes have one index, as far as its parts
        show.
        """
        if depth > _DEEPEST or node.axes[one] != node.axes[other]:
            return False
        kept = [axis for axis in range(node.rank) if axis != other]
        labels = tuple([one if axis == other else axis for axis in range(node.rank)])
        axes = tuple([node.axes[axis] for axis in kept])
        if is_zero(self.builder.product(1, [(node, labels, 1)], tuple(kept), axes)):
            return True
        if isinstance(node, Sum):
            return all(self._meets_in_zero(term, one, other, depth + 1) for _, term in node.terms)
        if isinstance(node, Product):
            return any(
                exponent > 0
                and own.count(one) == own.count(other) == 1
                and self._meets_in_zero(factor, own.index(one), own.index(other), depth + 1)
                for factor, own, exponent in node.factors
            )
        # what an entrywise function that is 0 at 0 is taken of
        zero = isinstance(node, Call) and node.name in VANISHING and len(node.args) == 1
        return zero and self._meets_in_zero(node.children[0], one, other, depth + 1)

    def _gather(self, terms: list[_ChainTerm], node: Node, fixed: Shape) -> list[_ChainTerm]:
        """Several contributions become one factor, as long as that is no wider than values are."""
        if len(terms) == 1 or node.rank + len(fixed) > self.builder.widest:
            return terms
        axes = fixed + node.axes
        total = self.builder.sum(
            [(1, self._close(term, term.fixed + term.moving, axes)) for term in terms], axes
        )
        outer, inner = self._labels(len(fixed)), self._labels(node.rank)
        return [_ChainTerm(1, ((total, outer + inner, 1),), outer, inner)]

    def _extend(self, term: _ChainTerm, partial: Partial, near: Labels, far: Labels) -> _ChainTerm:
        """The product of a term with a partial derivative whose ``near`` labels are the term's
        moving ones.

        A label may be twice among the inputs of a partial (``diag``): then two moving labels are
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
        return _ChainTerm(
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


def _dependents(order: Sequence[Node], variables: Collection[Node]) -> set[Node]:
    """The nodes that one of the variables is part of."""
    active = set(variables)
    for node in order:
        if not active.isdisjoint(node.children):
            active.add(node)
    return active
