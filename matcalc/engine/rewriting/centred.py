"""Sums over an axis along which a part is centred: the columns of X - ones*mean(X, 1)' add up to
zero, and so do their multiples.

Where such a part is a term of a longer sum, multiplying out once is not enough to see it.
"""

from __future__ import annotations

from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Labels, Node, Product, Sum, is_zero

_TERMS = 6  # of a sum that may be centred


class CentredSums:
    """Finds what vanishes when it is summed, in the nodes of one builder."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self._known: dict[tuple[Sum, int], bool] = {}

    def drop(self, node: Product) -> Node | None:
        """The product without the terms of its sums that vanish by a sum over one axis; None where
        there are none.
        """
        for index, (factor, labels, exponent) in enumerate(node.factors):
            if not isinstance(factor, Sum) or exponent != 1:
                continue
            for axis in _summed_alone(node, index):
                kept = [term for term in factor.terms if not self._term_vanishes(term[1], axis)]
                if len(kept) < len(factor.terms):
                    rest = self.builder.sum(kept, factor.axes)
                    factors = list(node.factors)
                    factors[index] = rest, labels, 1
                    outputs = tuple(range(node.rank))
                    return self.builder.product(node.coefficient, factors, outputs, node.axes)
        return None

    def _term_vanishes(self, term: Node, axis: int) -> bool:
        if not isinstance(term, Product):
            return False
        for index, (factor, labels, exponent) in enumerate(term.factors):
            if isinstance(factor, Sum) and exponent == 1 and labels.count(axis) == 1:
                alone = all(
                    axis not in own for k, (_, own, _) in enumerate(term.factors) if k != index
                )
                return alone and self._is_centred(factor, labels.index(axis))
        return False

    def _is_centred(self, total: Sum, axis: int) -> bool:
        """Whether a sum is zero when it is summed over an axis."""
        if not 2 <= len(total.terms) <= _TERMS:
            return False
        key = total, axis
        if key not in self._known:
            labels = tuple(range(total.rank))
            outputs: Labels = (*labels[:axis], *labels[axis + 1 :])
            axes = tuple([total.axes[place] for place in outputs])
            summed = [
                (c, self.builder.product(1, [(term, labels, 1)], outputs, axes))
                for c, term in total.terms
            ]
            self._known[key] = is_zero(self.builder.sum(summed, axes))
        return self._known[key]


def _summed_alone(node: Product, index: int) -> list[int]:
    """The axes of a factor over which a product is summed and that no other factor has."""
    labels = node.factors[index][1]
    others = {label for k, (_, own, _) in enumerate(node.factors) if k != index for label in own}
    return [
        axis
        for axis, label in enumerate(labels)
        if label >= node.rank and label not in others and labels.count(label) == 1
    ]
