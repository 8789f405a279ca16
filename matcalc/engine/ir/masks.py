"""Triangles of ones: L_k[i,j] = 1 where j - i <= k, else 0, by which ``tril`` and ``triu`` are
entry-by-entry products; and what is apart from a diagonal: U_k[i,j] = 1 where j - i != k.
"""

from __future__ import annotations

from matcalc.core.errors import UnsupportedError
from matcalc.engine.ir.nodes import Factor, Labels, Leaf, Node

MASKS = ("lower", "apart")  # the kinds of leaves


def is_mask(node: Node) -> bool:
    """Whether this is a triangle of ones, or what is apart from a diagonal."""
    return node.kind in MASKS


def reduce_masks(factors: list[Factor]) -> tuple[list[Factor], list[Labels], bool]:
    """The factors with as few triangles as possible, pairs of labels to be merged, and whether the
    product vanishes.

    L_k.*L_l = L_min(k,l); L_k.*L_l' is 0 for k + l < 0 and the identity of a square for k = l = 0;
    on a diagonal L_k is 1 or 0.
    """
    apart = [factor for factor in factors if _is_apart(factor[0])]
    if apart:
        factors, vanishes = _without_apart(factors, apart)
        if vanishes:
            return factors, [], True
    lowest: dict[Labels, int] = {}
    square: set[Labels] = set()
    for node, labels, exponent in factors:
        if is_mask(node) and not _is_apart(node):
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
        if not is_mask(node) or _is_apart(node):
            kept.append((node, labels, exponent))
        elif labels[0] != labels[1] and _offset(node) == lowest[labels]:
            kept.append((node, labels, 1))
    return kept, merged, vanishes


def _is_apart(node: Node) -> bool:
    return node.kind == "apart"


def _without_apart(factors: list[Factor], apart: list[Factor]) -> tuple[list[Factor], bool]:
    """The factors without those U_k that are 1 wherever the others are not 0, and whether all is 0.

    U_k meets its own diagonal where its labels are one, or where an identity joins them.
    """
    equal = {frozenset(labels) for node, labels, _ in factors if node.kind == "eye"}
    kept = [factor for factor in factors if not _is_apart(factor[0])]
    for node, labels, exponent in apart:
        k = _offset(node)
        if exponent < 0:
            raise UnsupportedError("division by zero", hint="a condition is 0 where it fails")
        if labels[0] == labels[1] or frozenset(labels) in equal:
            if k == 0:
                return kept, True
            continue
        below = [_offset(n) for n, own, _ in factors if _is_lower(n) and own == labels]
        above = [_offset(n) for n, own, _ in factors if _is_lower(n) and own == labels[::-1]]
        if not any(other < k for other in below) and not any(-other > k for other in above):
            kept.append((node, labels, 1))
    return kept, False


def _is_lower(node: Node) -> bool:
    return node.kind == "lower"


def _offset(mask: Node) -> int:
    assert isinstance(mask, Leaf)
    return int(mask.name)
