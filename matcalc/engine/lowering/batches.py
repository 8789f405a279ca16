"""Values that depend on bound indices: nodes whose first axes are the indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from matcalc.core.dims import Shape
from matcalc.core.indexed import Index
from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Factor, Node

if TYPE_CHECKING:
    from matcalc.engine.lowering.lower import Lowering


class Batch(NamedTuple):
    """A node whose first axes are indices."""

    indices: tuple[Index, ...]
    node: Node

    @property
    def own(self) -> Shape:
        """The axes that the value itself has."""
        return self.node.axes[len(self.indices) :]


def sliced(low: Lowering, part: Expr, value: Batch) -> Batch:
    """Entries and parts of axes at places that are no indices, for all choices at once."""
    first = len(value.indices)
    labels = list(range(first + len(value.own)))
    factors: list[Factor] = [(value.node, tuple(labels), 1)]
    outputs, axes = labels[:first], list(value.node.axes[:first])
    for place, size, label in zip(part.value, value.own, labels[first:], strict=True):
        if place is None:
            outputs.append(label)
            axes.append(size)
            continue
        start, count = low.size(place[0]), place[1]
        if count is None:
            factors.append((low.builder.unit(size, start), (label,), 1))
            continue
        other = first + len(value.own) + label
        factors.append((low.builder.select(size, start, low.size(count)), (label, other), 1))
        outputs.append(other)
        axes.append(low.size(count))
    return Batch(value.indices, low.builder.product(1, factors, tuple(outputs), tuple(axes)))
