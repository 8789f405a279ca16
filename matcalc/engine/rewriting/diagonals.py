"""Diagonals of products with sums of outer products: diag(A*(u*v' - w*ones')) is v.*(A*u) - A*w."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.engine.ir.nodes import Factor, Node, Product, as_sum, as_term


def count_saved_by_diagonal(node: Product, index: int, length: Callable[[Node], int]) -> int:
    """What is saved where diag(A*S), S the sum at ``index``, is multiplied out: the diagonal, the
    rows of ones in S, and A, which comes twice then, and may have a name.
    """
    total, labels, _ = node.factors[index]
    if node.rank != 1 or len(labels) != 2 or 0 not in labels or labels[0] == labels[1]:
        return 0
    if not all(_splits(as_term(term)[1]) for _, term in as_sum(total)[1]):
        return 0
    facing = [f for f, own, _ in node.factors if {*own} == {*labels} and f is not total]
    return 2 + length(facing[0]) if len(facing) == 1 else 0


def _splits(factors: Sequence[Factor]) -> bool:
    """Whether a matrix is a product of what depends on its rows and of what depends on its
    columns.
    """
    reached, size = {0}, 0
    while len(reached) > size:
        size = len(reached)
        for _, labels, _ in factors:
            if reached & {*labels}:
                reached |= {*labels}
    return 1 not in reached
