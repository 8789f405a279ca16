"""Open products: factors on globally distinct labels, not yet put into normal form, so that a chain
costs one pass.
"""

from __future__ import annotations

from typing import NamedTuple

from matcalc.core.dims import Shape
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Factor, Labels, Node, Rational, as_term


class Open(NamedTuple):
    """``coefficient * prod(factors)`` summed over all labels but the ``outputs``.

    ``outputs`` has a label for each of ``axes``, in order. No other open product has any of its
    labels, so two of them can be joined without renaming.
    """

    coefficient: Rational
    factors: list[Factor]
    outputs: Labels
    axes: Shape


class Combination(NamedTuple):
    """A linear combination not yet collected: all terms have the ``axes``, and one node may be in
    several of them.
    """

    terms: list[tuple[Rational, Node]]
    axes: Shape


Lowered = Open | Combination | Node


class ContractionBuilder:
    """Opens nodes on fresh labels and closes open products again."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._next = 0

    def labels(self, count: int) -> Labels:
        """Labels that were never used before."""
        self._next += count
        return tuple(range(self._next - count, self._next))

    def open(self, value: Lowered) -> Open:
        """The value as one product."""
        if isinstance(value, Open):
            return value
        node = self.close(value)
        coefficient, form = as_term(node)
        names = list(self.labels(node.rank))
        factors: list[Factor] = []
        for factor, labels, exponent in form:
            for label in labels:
                if label >= len(names):
                    names += self.labels(label - len(names) + 1)
            factors.append((factor, tuple([names[label] for label in labels]), exponent))
        return Open(coefficient, factors, tuple(names[: node.rank]), node.axes)

    def close(self, value: Lowered) -> Node:
        """The value as a node in normal form."""
        if isinstance(value, Node):
            return value
        if isinstance(value, Open):
            return self.builder.product(value.coefficient, value.factors, value.outputs, value.axes)
        return self.builder.sum(value.terms, value.axes)

    def terms(self, value: Lowered) -> list[tuple[Rational, Node]]:
        """The value as a linear combination."""
        return value.terms if isinstance(value, Combination) else [(1, self.close(value))]

    def join(
        self, left: Open, right: Open, pairs: list[tuple[int, int]], outputs: Labels, axes: Shape
    ) -> Open:
        """The product of two, with pairs of labels identified."""
        builder = self.builder
        sizes = dict(zip(left.outputs, left.axes, strict=True))
        links: list[Factor] = [(builder.eye(sizes[a]), (a, b), 1) for a, b in pairs]
        return Open(
            left.coefficient * right.coefficient,
            left.factors + right.factors + links,
            outputs,
            axes,
        )

    def entrywise(self, left: Lowered, right: Lowered) -> Open:
        """The entry-by-entry product; a scalar multiplies everything."""
        a, b = self.open(left), self.open(right)
        if not b.outputs:
            a, b = b, a
        if not a.outputs:
            return self.join(a, b, [], b.outputs, b.axes)
        return self.join(a, b, list(zip(a.outputs, b.outputs, strict=True)), a.outputs, a.axes)

    def add(self, left: Lowered, right: Lowered, sign: int) -> Combination:
        """The sum; a scalar is added to every entry."""
        first, second = self.terms(left), self.terms(right)
        axes = max(first[0][1].axes, second[0][1].axes, key=len) if first and second else ()
        return Combination(
            self._spread(first, axes)
            + [(sign * c, node) for c, node in self._spread(second, axes)],
            axes,
        )

    def _spread(
        self, terms: list[tuple[Rational, Node]], axes: Shape
    ) -> list[tuple[Rational, Node]]:
        if not axes or terms[0][1].axes:
            return terms
        ones = self.builder.ones(axes)
        return [(c, self.builder.times(node, ones)) for c, node in terms]
