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
        labels = [each for part, own, _ in node.factors if isinstance(part, Sum) for each in own]
        for label in labels:
            found = _only_sum(node, label) if label >= node.rank else None
            if found is None:
                continue
            index, total, axis = found
            kept = [term for term in total.terms if not self._vanishes(term[1], axis)]
            if len(kept) < len(total.terms):
                factors = list(node.factors)
                factors[index] = self.builder.sum(kept, total.axes), factors[index][1], 1
                outputs = tuple(range(node.rank))
                return self.builder.product(node.coefficient, factors, outputs, node.axes)
        return None

    def _vanishes(self, term: Node, axis: int) -> bool:
        """Whether a term is zero when it is summed over an axis, because a part of it is."""
        found = _only_sum(term, axis) if isinstance(term, Product) else None
        return found is not None and self._is_centred(*found[1:])

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


def _only_sum(node: Product, label: int) -> tuple[int, Sum, int] | None:
    """The place of the factor that alone has a label, once, where that is a plain sum; the sum, and
    which axis of it the label is.
    """
    having = [k for k, (_, own, _) in enumerate(node.factors) for each in own if each == label]
    if len(having) != 1:
        return None
    factor, labels, exponent = node.factors[having[0]]
    if not isinstance(factor, Sum) or exponent != 1:
        return None
    return having[0], factor, labels.index(label)
