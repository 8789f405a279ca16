"""The nearest matrix whose entries repeat along diagonals, as a product.

A projector takes vec(A) to vec(f(A)), where f is ``toeplitz``, ``circulant`` or ``hankel``. It is a
symmetric constant, a call whose argument is the identity matrix of the size.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import ONE, Dim
from matcalc.core.operations import PROJECTORS
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Labels, Node, Sum, as_product

_PROJECTOR = {kind: name for name, kind in PROJECTORS.items()}


def projector(builder: Builder, name: str, n: Dim) -> Node:
    """The matrix with n^2 rows and columns, of the function ``name``."""
    if n == ONE:
        return builder.eye(n)
    node = builder.call(_PROJECTOR[name], [builder.eye(n)], (n.times(n), n.times(n)))
    node.parity, node.transposed = 1, node
    return node


def nearest(
    builder: Builder, name: str, n: Dim, places: Labels, result: Labels, between: Labels
) -> list[Factor]:
    """The factors that take a matrix on the labels ``places`` to the nearest one on the labels
    ``result``; ``between`` are two labels that are not used yet.
    """
    if n == ONE:
        return [(builder.eye(n), (a, b), 1) for a, b in zip(places, result, strict=True)]
    fuse = builder.leaf("fuse", (n.times(n), n, n))
    before, after = between
    return [
        (fuse, (before, *places), 1),
        (projector(builder, name, n), (after, before), 1),
        (fuse, (after, *result), 1),
    ]


def project_once(builder: Builder, node: Node) -> Node:
    """The node with one projector for two that follow each other, in each of its terms."""
    if isinstance(node, Sum):
        return builder.sum([(c, project_once(builder, term)) for c, term in node.terms], node.axes)
    coefficient, factors = as_product(node)
    ends = [label for _, labels, _ in factors for label in labels]
    for place, (one, (a, b), _) in _projectors(factors):
        for other_place, (other, (c, d), _) in _projectors(factors[:place]):
            shared = {a, b} & {c, d}
            if one is other and len(shared) == 1 and ends.count(shared.copy().pop()) == 2:
                left, right = {a, b, c, d} - shared
                rest = [f for k, f in enumerate(factors) if k not in (place, other_place)]
                outputs = tuple(range(node.rank))
                joined = [*rest, (one, (left, right), 1)]
                return project_once(
                    builder, builder.product(coefficient, joined, outputs, node.axes)
                )
    return node


def _projectors(factors: Sequence[Factor]) -> list[tuple[int, Factor]]:
    return [
        (place, factor)
        for place, factor in enumerate(factors)
        if isinstance(factor[0], Call) and factor[0].name in PROJECTORS and len(set(factor[1])) == 2
    ]
