"""The axes of an answer as its layout has them."""

from __future__ import annotations

from matcalc.core.tree import Expr
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node
from matcalc.engine.recovery.recover import Recovery


def lies(node: Node, rank: int, layout: str) -> bool:
    """Whether the layout makes a row of a gradient."""
    return node.rank == 1 and layout != "mixed" and (layout == "numerator") != (rank > 0)


def reorder_axes(builder: Builder, node: Node, rank: int, layout: str) -> Node:
    """The node with its axes as the layout has them."""
    if layout == "mixed" or (layout == "numerator") == (rank > 0) or node.rank < 2:
        return node
    if node.rank == 2:
        return builder.transpose(node)
    return builder.permute(node, tuple(range(rank, node.rank)) + tuple(range(rank)))


def lay_out(recovery: Recovery, builder: Builder, node: Node, rank: int, layout: str) -> Expr:
    """numerator: the gradient of a scalar is transposed; denominator: the derivative of anything
    else is.
    """
    node = reorder_axes(builder, node, rank, layout)
    return recovery.recover_row(node) if lies(node, rank, layout) else recovery.recover(node)
