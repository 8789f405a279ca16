"""Derivatives within a structured set: the projection of the free derivative onto its tangent
space, or the derivative by what determines a matrix of the set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matcalc.core.dims import ONE, half
from matcalc.core.kinds import KindSpec, kind_spec
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nearest import nearest, project_once
from matcalc.engine.ir.nodes import Factor, Node, Rational, Sum


def constrain(
    builder: Builder,
    node: Node,
    kind: str,
    structure: str,
    places: Sequence[int],
    tidy: Callable[[Node], Node],
) -> Node:
    """A free derivative with respect to a variable of a kind, in the structure asked for.

    ``places`` are the first of the two axes of each variable, ascending; ``tidy`` brings the node
    in order after each.
    """
    if structure == "free" or not kind_spec(kind).linear:
        return node
    ways = {"declared": project, "independent": by_independent, "vech": by_coordinates}
    for place in reversed(places):  # two axes may become one
        node = tidy(ways[structure](builder, node, kind, place))
    return node


def project(builder: Builder, node: Node, kind: str, first: int) -> Node:
    """Project the axes ``first`` and ``first + 1``.

    G = free derivative: symmetric and psd (G + G')/2, skew (G - G')/2, diagonal the diagonal part
    of G, triangular the lower one, upper and tridiagonal alike (orthogonal projection in the inner
    product tr(A'*B); Magnus & Neudecker 2019, ch. 3.8 ff.), Toeplitz and its like the means along
    diagonals. Of a sum whose terms are partly of the kind the others are projected.
    """
    spec = kind_spec(kind)
    if spec.nearest:
        return _average(builder, node, spec, first)
    if spec.banded:
        return _mask(builder, node, spec, first)
    turned = _exchange(builder, node, first)
    return builder.sum([(Fraction(1, 2), node), (Fraction(spec.symmetry, 2), turned)], node.axes)


def by_independent(builder: Builder, node: Node, kind: str, first: int) -> Node:
    """By the independent entries, each at all of its places: symmetric and psd G + G' -
    diag(diag(G)), skew G - G'; an entry that stands alone has its own derivative (Petersen &
    Pedersen, The Matrix Cookbook (2012), (138)).
    """
    spec = kind_spec(kind)
    if spec.banded:
        return _mask(builder, node, spec, first)
    if spec.nearest:  # of a circulant matrix: each number is in n places
        return builder.times(builder.size(node.axes[first]), _average(builder, node, spec, first))
    turned = _exchange(builder, node, first)
    if spec.symmetry < 0:
        return builder.sum([(1, node), (-1, turned)], node.axes)
    once = _mask(builder, node, kind_spec("diagonal"), first)
    return builder.sum([(1, node), (1, turned), (-1, once)], node.axes)


def by_coordinates(builder: Builder, node: Node, kind: str, first: int) -> Node:
    """By vech(X), of a diagonal matrix by diag(X): the axes ``first`` and ``first + 1`` become one.

    A gradient is vech of that by the independent entries. With more axes a derivative by a
    symmetric matrix is J*duplication(n), which is the same.
    """
    labels = list(range(node.rank))
    row, column, joined, fused = first, first + 1, node.rank, node.rank + 1
    n = node.axes[first]
    spec = kind_spec(kind)
    if spec.below == spec.above == 0:
        labels[column] = row
        outputs = [k for k in range(node.rank) if k != column]
        axes = (*node.axes[:column], *node.axes[column + 1 :])
        return builder.product(1, [(node, tuple(labels), 1)], tuple(outputs), axes)
    outputs = [*labels[:first], joined, *labels[first + 2 :]]
    axes = (*node.axes[:first], half(n), *node.axes[first + 2 :])
    if node.is_tensor and spec.reflection > 0:
        name, shape, order = "duplication", (n.times(n), half(n)), (fused, joined)
    else:
        if spec.banded:  # vech leaves out the rest
            row, column = (column, row) if spec.below == 0 else (row, column)
        else:
            node = by_independent(builder, node, kind, first)
        name, shape, order = "elimination", (half(n), n.times(n)), (joined, fused)
    factors: list[Factor] = [(node, tuple(labels), 1)]
    if n == ONE:
        factors.append((builder.leaf("fuse", (n, n, n)), (joined, row, column), 1))
    else:
        factors.append((builder.call(name, [], shape), order, 1))
        factors.append((builder.leaf("fuse", (n.times(n), n, n)), (fused, row, column), 1))
    return builder.product(1, factors, tuple(outputs), axes)


def _mask(builder: Builder, node: Node, spec: KindSpec, first: int) -> Node:
    """The entries that a matrix of a kind has, and zeros."""
    labels = tuple(range(node.rank))
    n, place = node.axes[first], (first, first + 1)
    masks: list[Factor]
    if spec.below == spec.above == 0:
        masks = [(builder.eye(n), place, 1)]
    else:
        ends = ((spec.above, place), (spec.below, place[::-1]))
        masks = [
            (builder.leaf("lower", (n, n), str(offset)), labels_there, 1)
            for offset, labels_there in ends
            if offset is not None
        ]
    return builder.product(1, [(node, labels, 1), *masks], labels, node.axes)


def _average(builder: Builder, node: Node, spec: KindSpec, first: int) -> Node:
    """Each entry the mean of those that are one entry of a matrix of the kind."""
    if isinstance(node, Sum) and node.rank == 2:
        kept: list[tuple[Rational, Node]] = []
        left: list[tuple[Rational, Node]] = []
        for part in node.terms:
            (kept if builder.properties.has(part[1], spec.name) else left).append(part)
        if kept:
            rest = builder.sum(left, node.axes)
            return builder.sum([*kept, (1, _average(builder, rest, spec, first))], node.axes)
    if node.rank == 2 and builder.properties.has(node, spec.name):
        return node
    row, column, before, after = (node.rank + k for k in range(4))
    outputs = list(range(node.rank))
    labels = (*outputs[:first], row, column, *outputs[first + 2 :])
    factors = nearest(
        builder,
        spec.nearest,
        node.axes[first],
        (row, column),
        (first, first + 1),
        (before, after),
    )
    whole = builder.product(1, [(node, labels, 1), *factors], tuple(outputs), node.axes)
    return project_once(builder, whole)


def _exchange(builder: Builder, node: Node, first: int) -> Node:
    """The node with the axes ``first`` and ``first + 1`` exchanged."""
    order = list(range(node.rank))
    order[first], order[first + 1] = order[first + 1], order[first]
    return builder.permute(node, tuple(order))
