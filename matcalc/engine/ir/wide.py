"""Arrays with more axes than a matrix, which expressions with bound indices have."""

from __future__ import annotations

from matcalc.core.walk import postorder
from matcalc.engine.ir.nodes import Call, Node, Sum


def is_wide(node: Node) -> bool:
    """Whether this is a sum, or a function, of more than two axes."""
    return node.rank > 2 and isinstance(node, Sum | Call)


def has_wide(root: Node) -> bool:
    """Whether an array with more than two axes is a factor, or the argument of a function."""
    return any(
        is_wide(child)
        for node in postorder(root, lambda node: node.children)
        if not isinstance(node, Sum)
        for child in node.children
    )
