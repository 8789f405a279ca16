"""Values that depend on bound indices: nodes whose first axes are the indices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from matcalc.core.dims import Dim, Shape
from matcalc.core.indexed import Index
from matcalc.core.tree import Expr
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Factor, Node
from matcalc.engine.lowering.base import TreeLowering


class Batch(NamedTuple):
    """A node whose first axes are indices."""

    indices: tuple[Index, ...]
    node: Node

    @property
    def own(self) -> Shape:
        """The axes that the value itself has."""
        return self.node.axes[len(self.indices) :]


class LowersParts(Protocol):
    """What lowers the body of a form."""

    low: TreeLowering

    @property
    def build(self) -> Builder:
        """What makes the nodes."""

    def lower(self, root: Expr, names: Mapping[str, Batch]) -> Batch:
        """The value of a part."""

    def align(self, args: Sequence[Batch]) -> tuple[tuple[Index, ...], Shape, list[Node]]:
        """Values for an operation entry by entry."""


def slice_batch(build: Builder, size: Callable[[Dim], Dim], part: Expr, value: Batch) -> Batch:
    """Entries and parts of axes at places that are not indices, for all choices at once."""
    first = len(value.indices)
    labels = list(range(first + len(value.own)))
    factors: list[Factor] = [(value.node, tuple(labels), 1)]
    outputs, axes = labels[:first], list(value.node.axes[:first])
    for place, axis, label in zip(part.value, value.own, labels[first:], strict=True):
        if place is None:
            outputs.append(label)
            axes.append(axis)
            continue
        start, count = size(place[0]), place[1]
        if count is None:
            factors.append((build.unit(axis, start), (label,), 1))
            continue
        other = first + len(value.own) + label
        factors.append((build.select(axis, start, size(count)), (label, other), 1))
        outputs.append(other)
        axes.append(size(count))
    return Batch(value.indices, build.product(1, factors, tuple(outputs), tuple(axes)))


def exponential_share(body: LowersParts, factor: Expr, quotient: Expr) -> Batch | None:
    """sigmoid(u - v) of exp(u)/(exp(u) + exp(v)), in which u and v may depend on different indices:
    the odds of Bradley and Terry; None where the quotient is none.
    """
    if len(quotient.args) != 2 or factor.op != "exp" or quotient.args[1].op != "+":
        return None
    below = quotient.args[1].args
    if factor.args[0].shape or any(each.op != "exp" or each.args[0].shape for each in below):
        return None
    if "variable" in quotient.operations:
        return None  # of the definition of a function
    u, one, two = (body.lower(each.args[0], {}) for each in (factor, *below))
    if u not in (one, two):
        return None
    indices, _, (first, second) = body.align([u, two if u == one else one])
    axes = first.axes or second.axes
    first, second = (
        each if each.axes == axes else body.build.times(each, body.build.ones(axes))
        for each in (first, second)
    )
    gap = body.build.sum([(1, first), (-1, second)], axes)
    return Batch(indices, body.build.elementwise("sigmoid", [gap]))


def softmax_of(body: LowersParts, exponent: Expr) -> Batch | None:
    """softmax[j](E) for the exponent E - logsumexp[j](E) with two other indices or more: along an
    axis of an array; None for other exponents. What has fewer axes is found by its own identities.
    """
    total = exponent.args[1] if exponent.op == "-" else exponent
    if total.op != "reduce" or total.value.name != "logsumexp" or total.value.conditions:
        return None
    if "variable" in exponent.operations:
        return None  # of the definition of a function
    above, below = body.lower(exponent.args[0], {}), body.lower(total.args[0], {})
    (hidden,) = total.value.indices[:1]
    places = [k for k, index in enumerate(below.indices) if index == hidden]
    same = above.node is below.node and len(above.indices) == len(below.indices)
    if above.own or not same or len(places) != 1 or len(total.value.indices) > 1:
        return None
    others = [
        pair
        for k, pair in enumerate(zip(above.indices, below.indices, strict=True))
        if k != places[0]
    ]
    if len(others) < 2 or any(one is not other for one, other in others):
        return None
    axes = above.node.axes
    args = (Expr("variable", (), axes, value="?"), Expr("number", value=places[0] + 1))
    return Batch(
        above.indices, body.low.fresh().lower(Expr("softmax", args, axes), {"?": above.node})
    )
