"""Arrays with more axes than a matrix, which expressions with bound indices have."""

from __future__ import annotations

from matcalc.core.walk import postorder
from matcalc.engine.ir.nodes import Call, Node, Product, Sum


def is_wide(node: Node) -> bool:
    """Whether this is a sum, or a function, of more than two axes."""
    return node.is_tensor and isinstance(node, Sum | Call)


def has_wide(root: Node, *, functions: bool = True) -> bool:
    """Whether an array with more than two axes is a factor, or the argument of a function.

    Without ``functions`` it is a sum: values of functions are arrays that an einsum takes.
    """
    return any(
        is_wide(child) and (functions or isinstance(child, Sum))
        for node in postorder(root, lambda node: node.children)
        if not isinstance(node, Sum) and not _is_multiple(node)
        for child in node.children
    )


def _is_multiple(node: Node) -> bool:
    """Whether this is a number times another node."""
    if not isinstance(node, Product) or len(node.factors) != 1:
        return False
    _, labels, exponent = node.factors[0]
    return exponent == 1 and sorted(labels) == list(range(node.rank))
