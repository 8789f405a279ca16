"""Triangles of ones: L_k[i,j] = 1 where j - i <= k, else 0, by which ``tril`` and ``triu`` are
entry-by-entry products.
"""

from __future__ import annotations

from matcalc.core.errors import UnsupportedError
from matcalc.engine.ir.nodes import Factor, Labels, Leaf, Node


def is_mask(node: Node) -> bool:
    """Whether this is a triangle of ones."""
    return isinstance(node, Leaf) and node.kind == "lower"


def reduce_masks(factors: list[Factor]) -> tuple[list[Factor], list[Labels], bool]:
    """The factors with as few triangles as possible, pairs of labels to be merged, and whether the
    product vanishes.

    L_k.*L_l = L_min(k,l); L_k.*L_l' is 0 for k + l < 0 and the identity of a square for k = l = 0;
    on a diagonal L_k is 1 or 0.
    """
    lowest: dict[Labels, int] = {}
    square: set[Labels] = set()
    for node, labels, exponent in factors:
        if is_mask(node):
            if exponent < 0:
                raise UnsupportedError(
                    "division by zero", hint="one half of a triangular matrix is zero everywhere"
                )
            lowest[labels] = min(lowest.get(labels, _offset(node)), _offset(node))
            if node.axes[0] == node.axes[1]:
                square.add(labels)
    vanishes = any(labels[0] == labels[1] and k < 0 for labels, k in lowest.items())
    vanishes = vanishes or any(
        k + lowest[labels[::-1]] < 0 for labels, k in lowest.items() if labels[::-1] in lowest
    )
    both = [labels for labels, k in lowest.items() if k == 0 and lowest.get(labels[::-1]) == 0]
    merged = [labels for labels in both if labels[0] < labels[1] and labels in square]
    kept: list[Factor] = []
    for node, labels, exponent in factors:
        if not is_mask(node):
            kept.append((node, labels, exponent))
        elif labels[0] != labels[1] and _offset(node) == lowest[labels]:
            kept.append((node, labels, 1))
    return kept, merged, vanishes


def _offset(mask: Node) -> int:
    assert isinstance(mask, Leaf)
    return int(mask.name)
