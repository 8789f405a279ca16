"""Ranges of indices in products: S[k, i] selects from what else is on k, and two selections
cancel or vanish.

Of a sum that is made of blocks a range is one of them, S1'*(S1*A + S2*B) = A; so what ranges select
from is narrowed down until only variables and functions of whole matrices are left, of which they
are slices.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from matcalc.core.dims import ONE, Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.walk import postorder
from matcalc.engine.ir.nodes import Call, Factor, Labels, Leaf, Node, Product, Sum
from matcalc.engine.ir.ranges import Range, are_disjoint, covers, in_order, inside
from matcalc.engine.ir.table import NodeTable


def is_range(node: Node) -> bool:
    """Whether this is a selection or a unit vector."""
    return node.kind in ("select", "unit")


def range_of(leaf: Leaf) -> Range:
    """The places that a selection or a unit vector selects."""
    return Range(leaf.start, leaf.axes[1] if leaf.kind == "select" else ONE)


@dataclass(slots=True)
class RestrictedProduct:
    """What becomes of a product: factors that stay, factors to be taken apart, labels that are one,
    labels summed away.

    ``alternatives`` are products of which the whole is the sum.
    """

    kept: list[Factor]
    fresh: list[Factor] = field(default_factory=list)
    merged: list[tuple[int, int]] = field(default_factory=list)
    gone: set[int] = field(default_factory=set)
    vanishes: bool = False
    alternatives: list[list[Factor]] | None = None


class Restrictions:
    """Nodes narrowed down to ranges, and what is known of the ranges inside them.

    The caches are keyed by nodes and axes. Nodes never change, so no entry becomes stale.
    """

    def __init__(self, builder: NodeTable) -> None:
        self.builder = builder
        self._made: dict[tuple[Node, int, Leaf], Node] = {}
        self._selected: dict[tuple[Node, int], bool] = {}
        self._cuts: dict[tuple[Node, int], tuple[Leaf, ...] | None] = {}
        self._places: dict[tuple[Node, int], _NodeAxis] = {}

    def of(self, node: Node, axis: int, leaf: Leaf) -> Node | None:
        """The node on a range of one axis (a unit vector takes the axis away); None where it is a
        slice of it and no more.
        """
        if not _entrywise(self.builder, node) and not self.is_selected(node, axis):
            return None
        for place in postorder(self._place(node, axis), self._inner):
            key = (place.node, place.axis, leaf)
            if key not in self._made:
                self._made[key] = self._make(place, leaf)
        return self._made[node, axis, leaf]

    def meet(self, flat: list[Factor], rank: int) -> RestrictedProduct | None:
        """The first thing that ranges do in a product; None where there is nothing to do."""
        places = [index for index, (node, _, _) in enumerate(flat) if is_range(node)]
        for index in places:
            node, labels, exponent = flat[index]
            if exponent != 1:
                if exponent < 0:
                    raise UnsupportedError(
                        "division by zero", hint="a block of this expression is zero everywhere"
                    )
                return _replace(flat, {index: [(node, labels, 1)]})
            change = (
                _pairs(self.builder, flat, index, places)
                or _alone(flat, index, rank)
                or _narrow(self, flat, index, rank)
            )
            if change is not None:
                return change
        return _split(self, flat, rank)

    def is_selected(self, node: Node, axis: int) -> bool:
        """Whether a range is on this axis somewhere inside."""
        for place in postorder(self._place(node, axis), self._below):
            key = (place.node, place.axis)
            if key not in self._selected:
                own = is_range(place.node) and place.axis == 0
                self._selected[key] = own or any(
                    self._selected[each.node, each.axis] for each in self._below(place)
                )
        return self._selected[node, axis]

    def cuts(self, node: Node, axis: int) -> tuple[Leaf, ...] | None:
        """The ranges outside which the node is zero, where it is made of blocks on this axis as
        a whole.
        """
        for place in postorder(self._place(node, axis), self._below):
            key = (place.node, place.axis)
            if key not in self._cuts:
                self._cuts[key] = self._cut(place)
        return self._cuts[node, axis]

    def _cut(self, place: _NodeAxis) -> tuple[Leaf, ...] | None:
        node = place.node
        if isinstance(node, Leaf):
            return (node,) if is_range(node) and place.axis == 0 else None
        found = [self._cuts[each.node, each.axis] for each in self._below(place)]
        if isinstance(node, Product):
            return next((cuts for cuts in found if cuts is not None), None)
        if not found or any(cuts is None for cuts in found):
            return None
        union = tuple(dict.fromkeys(leaf for cuts in found for leaf in cuts or ()))
        if isinstance(node, Call):
            ordered = in_order([range_of(leaf) for leaf in union])
            return union if ordered is not None and covers(ordered, node.axes[place.axis]) else None
        return union

    def _place(self, node: Node, axis: int) -> _NodeAxis:
        return self._places.setdefault((node, axis), _NodeAxis(node, axis))

    def _below(self, place: _NodeAxis) -> list[_NodeAxis]:
        """The parts that are on the same index."""
        node, axis = place.node, place.axis
        if isinstance(node, Product):
            return [
                self._place(factor, labels.index(axis))
                for factor, labels, exponent in node.factors
                if labels.count(axis) == 1 and exponent > 0
            ]
        if isinstance(node, Sum):
            return [self._place(term, axis) for _, term in node.terms]
        if isinstance(node, Call) and _entrywise(self.builder, node):
            return [self._place(arg, axis) for arg in node.args if arg.rank]
        return []

    def _inner(self, place: _NodeAxis) -> list[_NodeAxis]:
        """The parts that are narrowed down, not just selected from."""
        return [
            each
            for each in self._below(place)
            if _entrywise(self.builder, each.node) or self.is_selected(each.node, each.axis)
        ]

    def _make(self, place: _NodeAxis, leaf: Leaf) -> Node:
        node, axis = place.node, place.axis
        if isinstance(node, Sum):
            terms = [(c, self.narrow(term, axis, leaf)) for c, term in node.terms]
            return self.builder.sum(terms, _axes(node, axis, leaf))
        if isinstance(node, Call):
            args = [self.narrow(arg, axis, leaf) if arg.rank else arg for arg in node.args]
            return self.builder.elementwise(node.name, args)
        return self._product(node, axis, leaf)

    def narrow(self, node: Node, axis: int, leaf: Leaf) -> Node:
        """The node on a range of one axis."""
        known = self._made.get((node, axis, leaf))
        return known if known is not None else self._product(node, axis, leaf)

    def _product(self, node: Node, axis: int, leaf: Leaf) -> Node:
        labels = tuple(range(node.rank))
        own = (axis, node.rank)[: leaf.rank]
        outputs = labels[:axis] + own[1:] + labels[axis + 1 :]
        return self.builder.product(
            1, [(node, labels, 1), (leaf, own, 1)], outputs, _axes(node, axis, leaf)
        )


@dataclass(frozen=True, eq=False, slots=True)
class _NodeAxis:
    """An axis of a node."""

    node: Node
    axis: int


def _entrywise(builder: NodeTable, node: Node) -> bool:
    """Whether ranges go into the arguments.

    They do not go into ``u == max(u)`` where u is a sum of products: both sides have to be rounded
    alike, and a range of u would be computed anew.
    """
    return (
        isinstance(node, Call)
        and builder.acts_entrywise(node.name)
        and not node.slots
        and node.rank > 0
        and not (node.name == "equal" and any(map(_sums, node.args)))
    )


def _sums(node: Node) -> bool:
    """Whether there is a sum over an index in it, blocks apart."""
    return any(
        isinstance(part, Product) and _summed(part)
        for part in postorder(node, lambda each: each.children)
    )


def _summed(product: Product) -> set[int]:
    """The labels that are summed, but for those at which a range selects."""
    used = {label for _, labels, _ in product.factors for label in labels}
    ranges = {label for node, labels, _ in product.factors if is_range(node) for label in labels}
    return used - ranges - set(range(product.rank))


def _axes(node: Node, axis: int, leaf: Leaf) -> Shape:
    return node.axes[:axis] + leaf.axes[1:] + node.axes[axis + 1 :]


def _replace(flat: Sequence[Factor], changes: dict[int, list[Factor]]) -> RestrictedProduct:
    """The product with some factors replaced by others."""
    return RestrictedProduct(
        [factor for index, factor in enumerate(flat) if index not in changes],
        [f for each in changes.values() for f in each],
    )


def _pairs(
    builder: NodeTable, flat: list[Factor], index: int, places: list[int]
) -> RestrictedProduct | None:
    """Two ranges of one index, or a range of a range."""
    node, labels, _ = flat[index]
    assert isinstance(node, Leaf)
    for other in places:
        more, own, _ = flat[other]
        assert isinstance(more, Leaf)
        if other == index:
            continue
        if node.kind == "select" and labels[1] == own[0]:
            return _replace(flat, {index: [_compose(builder, node, more, labels, own)]})
        if labels[0] != own[0]:
            continue
        one, two = range_of(node), range_of(more)
        if are_disjoint(one, two):
            return RestrictedProduct([], vanishes=True)
        if node is more and node.kind == "select":
            change = _replace(flat, {other: []})
            change.merged.append((labels[1], own[1]))
            return change
        if more.kind == "select" and one != two and inside(one, two):
            return _replace(flat, {other: [_shift(builder, node, more, labels, own)]})
        if more.kind == "select" and node.kind == "unit" and one == two:
            return _replace(flat, {other: [_shift(builder, node, more, labels, own)]})
    return None


def _compose(builder: NodeTable, node: Leaf, more: Leaf, labels: Labels, own: Labels) -> Factor:
    """S[k,i] T[i,j] is a range of a range, S''[k,j]."""
    start = node.start.plus(more.start)
    if more.kind == "unit":
        return builder.unit(node.axes[0], start), labels[:1], 1
    return builder.select(node.axes[0], start, more.axes[1]), (labels[0], own[1]), 1


def _shift(builder: NodeTable, node: Leaf, more: Leaf, labels: Labels, own: Labels) -> Factor:
    """S[k,i] T[k,j] with the range of S inside that of T: j is a place in i's range."""
    start = node.start.plus(more.start, -1)
    if node.kind == "unit":
        return builder.unit(more.axes[1], start), own[1:], 1
    return builder.select(more.axes[1], start, node.axes[1]), (own[1], labels[1]), 1


def _alone(flat: Sequence[Factor], index: int, rank: int) -> RestrictedProduct | None:
    """sum_k S[k,i] = 1."""
    whole = flat[index][1][0]
    if whole < rank or any(whole in labels for k, (_, labels, _) in enumerate(flat) if k != index):
        return None
    change = _replace(flat, {index: []})
    change.gone.add(whole)
    return change


def _narrow(
    restrictions: Restrictions, flat: list[Factor], index: int, rank: int
) -> RestrictedProduct | None:
    """What else is on the index of a range: narrowed down, or at an output taken off it."""
    leaf, labels, _ = flat[index]
    assert isinstance(leaf, Leaf)
    whole = labels[0]
    others = [
        k
        for k, (node, own, _) in enumerate(flat)
        if k != index and own.count(whole) == 1 and not is_range(node)
    ]
    for k in others:
        node, own, exponent = flat[k]
        axis = own.index(whole)
        narrow = None
        if not isinstance(node, Leaf):
            narrow = restrictions.of(node, axis, leaf)
        if narrow is None:
            several = leaf.kind == "unit" and (len(others) > 1 or exponent != 1)
            eye = node.kind == "eye"
            if eye or (whole >= rank and not several):
                continue
            narrow = restrictions.narrow(node, axis, leaf)
        return _replace(flat, {k: [(narrow, own[:axis] + labels[1:] + own[axis + 1 :], exponent)]})
    return None


def _split(restrictions: Restrictions, flat: list[Factor], rank: int) -> RestrictedProduct | None:
    """Two factors of blocks over one summed index: the sum over the blocks, [A; B]'*[C; D] = A'*C +
    B'*D.
    """
    at: dict[int, list[int]] = {}
    for index, (_, labels, _) in enumerate(flat):
        for label in labels:
            at.setdefault(label, []).append(index)
    fresh = 1 + max([rank, *at])
    for label, indices in sorted(at.items()):
        if label < rank or len(indices) < 2 or len(set(indices)) < len(indices):
            continue
        leaves: dict[Leaf, None] = {}
        for index in indices:
            node, labels, _ = flat[index]
            cuts = None if isinstance(node, Leaf) else restrictions.cuts(node, labels.index(label))
            if cuts is None:
                break
            leaves.update(dict.fromkeys(cuts))
        else:
            if in_order([range_of(leaf) for leaf in leaves]) is None:
                continue
            rest = [factor for index, factor in enumerate(flat) if index not in indices]
            return RestrictedProduct(
                [],
                alternatives=[
                    [*rest, *_on(restrictions, flat, indices, label, leaf, fresh)]
                    for leaf in leaves
                ],
            )
    return None


def _on(
    restrictions: Restrictions,
    flat: list[Factor],
    indices: list[int],
    label: int,
    leaf: Leaf,
    fresh: int,
) -> list[Factor]:
    """The factors on one range of an index."""
    found: list[Factor] = []
    for index in indices:
        node, labels, exponent = flat[index]
        axis = labels.index(label)
        narrow = restrictions.of(node, axis, leaf)
        assert narrow is not None
        found.append(
            (narrow, labels[:axis] + (fresh,) * (leaf.rank - 1) + labels[axis + 1 :], exponent)
        )
    return found
