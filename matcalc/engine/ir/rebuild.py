"""Nodes made anew from changed children."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Node, Product, Sum
from matcalc.engine.ir.nodes import is_number as is_rational


def rebuild(builder: Builder, node: Node, children: list[Node]) -> Node:
    """The node with other children, in normal form; the node itself where nothing changed."""
    if tuple(children) == node.children:
        return node
    if isinstance(node, Product):
        factors = [
            (child, labels, e) for child, (_, labels, e) in zip(children, node.factors, strict=True)
        ]
        return builder.product(node.coefficient, factors, tuple(range(node.rank)), node.axes)
    if isinstance(node, Sum):
        return builder.sum(
            [(c, child) for child, (c, _) in zip(children, node.terms, strict=True)], node.axes
        )
    assert isinstance(node, Call)
    if node.name == "pow":
        base, exponent = children
        if is_rational(exponent):
            return builder.power(base, exponent.coefficient)  # type: ignore[attr-defined]
        if builder.constant_entry(base) is builder.number(1):
            return builder.ones(node.axes) if node.axes else base
    if builder.acts_entrywise(node.name):
        return builder.elementwise(node.name, children)
    return builder.call(node.name, children, node.axes, node.slots)


def substitute(builder: Builder, root: Node, replacements: Mapping[Node, Node]) -> Node:
    """The node with leaves replaced."""
    return fold(
        root,
        lambda node: () if node in replacements else node.children,
        lambda node, children: (
            replacements[node] if node in replacements else rebuild(builder, node, children)
        ),
    )
