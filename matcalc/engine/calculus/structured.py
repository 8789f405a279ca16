"""Gradients within a structured set: the projection of the free gradient onto its tangent space."""

from __future__ import annotations

from fractions import Fraction

from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node

PROJECTED = ("symmetric", "psd", "diagonal", "skew", "triangular")


def project(builder: Builder, node: Node, kind: str, first: int) -> Node:
    """Project the axes ``first`` and ``first + 1``.

    G = free derivative: symmetric and psd (G + G')/2, skew (G - G')/2, diagonal the diagonal part
    of G, triangular the lower one (orthogonal projection in the inner product tr(A'*B); Magnus &
    Neudecker 2019, ch. 3.8 ff.).
    """
    labels = list(range(node.rank))
    if kind == "diagonal":
        eye = (builder.eye(node.axes[first]), (first, first + 1), 1)
        return builder.product(1, [(node, tuple(labels), 1), eye], tuple(labels), node.axes)
    if kind == "triangular":
        lower = (builder.leaf("lower", node.axes[first : first + 2], "0"), (first, first + 1), 1)
        return builder.product(1, [(node, tuple(labels), 1), lower], tuple(labels), node.axes)
    order = labels.copy()
    order[first], order[first + 1] = order[first + 1], order[first]
    sign = -1 if kind == "skew" else 1
    return builder.sum(
        [(Fraction(1, 2), node), (Fraction(sign, 2), builder.permute(node, tuple(order)))],
        node.axes,
    )
