"""gather_branches(): what the derivatives of the branches of ``where`` leave behind becomes one
``where`` again.

d where(c, f, g) is where(c, 1, 0)*df + where(c, 0, 1)*dg. A factor that may have no value where its
branch is not taken, as the 1/x of log(x), must not are outside; what both branches have in common
does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matcalc.core.dims import Dim
from matcalc.core.operations import TOTAL
from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Labels,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    as_sum,
    is_number,
)
from matcalc.engine.ir.rebuild import rebuild

Term = tuple[Rational, Node]


@dataclass(slots=True)
class _Group:
    """Terms with one condition on the same labels and the same factors outside it: per side
    coefficient and factors.
    """

    condition: Node
    labels: Labels
    outside: tuple[Factor, ...]
    sides: tuple[list[tuple[Rational, list[Factor]]], ...] = field(default_factory=lambda: ([], []))


def gather_branches(builder: Builder, root: Node) -> Node:
    """The node with its cases together."""
    return _Gathering(builder).run(root)


class _Gathering:
    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._partial: dict[Node, bool] = {}

    def run(self, root: Node) -> Node:
        """The node with its cases together."""
        return fold(root, lambda node: node.children, self._step)[1]

    def _step(self, node: Node, children: list[tuple[Node, Node]]) -> tuple[Node, Node]:
        """The node with the cases of its parts gathered, and its own too; a sum wants the terms as
        they were.
        """
        if isinstance(node, Sum):
            terms = [(c, raw) for (c, _), (raw, _) in zip(node.terms, children, strict=True)]
            raw = self.builder.sum(terms, node.axes)
        else:
            cases = isinstance(node, Product)
            raw = rebuild(
                self.builder,
                node,
                [raw if cases and _side(raw) is not None else done for raw, done in children],
            )
        return raw, self._gather(raw)

    def _gather(self, node: Node) -> Node:
        """The terms of a node by conditions."""
        if not isinstance(node, Sum | Product) and _side(node) is None:
            return node
        multiple, inner = as_sum(node)
        terms: list[Term] = [(multiple * c, term) for c, term in inner]
        groups: dict[object, _Group] = {}
        rest: list[Term] = []
        for coefficient, term in terms:
            own, factors = as_product(term)
            place = next(
                (
                    k
                    for k, (f, labels, _) in enumerate(factors)
                    if _side(f) is not None and _are_disjoint(labels)
                ),
                None,
            )
            if place is None:
                rest.append((coefficient, term))
            else:
                self._sort(groups, coefficient * own, factors, place)
        if not groups:
            return node
        found = [self._together(group, node) for group in groups.values()]
        return self.builder.sum([*rest, *((1, term) for term in found)], node.axes)

    @staticmethod
    def _sort(
        groups: dict[object, _Group], coefficient: Rational, factors: Sequence[Factor], place: int
    ) -> None:
        """Puts a term to those with its condition; one that has both sides of it is zero."""
        case, labels, _ = factors[place]
        assert isinstance(case, Call)
        condition, side = case.args[0], _side(case)
        assert side is not None
        others = [factor for k, factor in enumerate(factors) if k != place]
        if any(
            isinstance(f, Call) and _side(f) == 1 - side and f.args[0] is condition
            for f, own, _ in others
            if own == labels
        ):
            return
        outside = tuple([factor for factor in others if not set(factor[1]) <= set(labels)])
        key = (condition.id, labels, tuple([(f.id, own, e) for f, own, e in outside]))
        group = groups.setdefault(key, _Group(condition, labels, outside))
        inside = [factor for factor in others if factor not in outside]
        group.sides[side].append((coefficient, inside))

    def _together(self, group: _Group, node: Node) -> Node:
        """common * where(condition, first, second)."""
        entries = [*group.sides[0], *group.sides[1]]
        common = [f for f in entries[0][1] if all(f in inside for _, inside in entries[1:])]
        if not all(group.sides):
            common = [
                f for f in common if not self.partial(f[0]) and f[2] > 0 and f[2].denominator == 1
            ]
        sizes = dict(zip(group.labels, group.condition.axes, strict=True))
        first, second = (self._branch(side, common, group.labels, sizes) for side in group.sides)
        chosen = self._choose(group.condition, first, second)
        factors = [(chosen, group.labels if chosen.rank else (), 1), *common, *group.outside]
        return self.builder.product(1, factors, tuple(range(node.rank)), node.axes)

    def _branch(
        self,
        side: list[tuple[Rational, list[Factor]]],
        common: list[Factor],
        labels: Labels,
        sizes: dict[int, Dim],
    ) -> Node:
        builder, axes = self.builder, tuple([sizes[label] for label in labels])
        terms = [
            (
                c,
                builder.product(
                    1,
                    [*(f for f in inside if f not in common), *_ones(builder, labels, sizes)],
                    labels,
                    axes,
                ),
            )
            for c, inside in side
        ]
        return self._gather(builder.sum(terms, axes))

    def _choose(self, condition: Node, first: Node, second: Node) -> Node:
        """where(c, a, b), which for c a multiple of the indicator is that multiple of c."""
        builder = self.builder
        one, other = builder.constant_entry(first), builder.constant_entry(second)
        if is_number(one) and is_number(other):
            gap = builder.sum([(1, one), (-1, other)], ())
            base = builder.times(other, builder.ones(condition.axes))
            return builder.sum([(1, builder.times(gap, condition)), (1, base)], condition.axes)
        return builder.elementwise("where", [condition, first, second])

    def partial(self, root: Node) -> bool:
        """Whether there may be points where the node has no finite value."""

        def rule(node: Node, inside: list[bool]) -> bool:
            if node not in self._partial:
                own = isinstance(node, Call) and node.name not in TOTAL
                if isinstance(node, Product):
                    own = any(
                        e < 0 or e.denominator != 1
                        for f, _, e in node.factors
                        if not self.builder.positive(f)
                    )
                self._partial[node] = own or any(inside)
            return self._partial[node]

        return fold(root, lambda node: () if node in self._partial else node.children, rule)


def _ones(builder: Builder, labels: Labels, sizes: dict[int, Dim]) -> list[Factor]:
    return [(builder.ones((sizes[label],)), (label,), 1) for label in labels]


def _are_disjoint(labels: Labels) -> bool:
    return len(set(labels)) == len(labels)


def _side(node: Node) -> int | None:
    """0 for where(c, 1, 0), 1 for where(c, 0, 1)."""
    if (
        not isinstance(node, Call)
        or node.name != "where"
        or not all(is_number(arg) for arg in node.args[1:])
    ):
        return None
    values = tuple([arg.coefficient for arg in node.args[1:]])  # type: ignore[attr-defined]
    return {(1, 0): 0, (0, 1): 1}.get(values)
