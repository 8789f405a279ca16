"""Syntax nodes with the values of indices put in."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from matcalc.core.walk import fold, postorder
from matcalc.read.syntax.nodes import BoundIndex, SyntaxNode, children

Env = Mapping[str, int]  # the values of indices, and of sizes that are numbers here


def has_bound(node: SyntaxNode) -> bool:
    """Whether bound indices stand in a place."""
    return any(isinstance(part.value, BoundIndex) for part in postorder(node, children))


def key_of(bound: BoundIndex) -> str:
    """What an index is called among the values of all; no name in the language."""
    return f"[{id(bound)}]"


def like(node: SyntaxNode, args: list[SyntaxNode], value: Any) -> SyntaxNode:
    """The node with other operands and another value."""
    return SyntaxNode(node.kind, tuple(args), node.start, node.end, mark=node.mark, value=value)


def number_node(value: int, node: SyntaxNode) -> SyntaxNode:
    """A number in the place of a node."""
    return SyntaxNode("number", (), node.start, node.end, value=Fraction(value))


def with_numbers(node: SyntaxNode, env: Env) -> SyntaxNode:
    """A place with the values of the indices in it."""

    def rule(part: SyntaxNode, args: list[SyntaxNode]) -> SyntaxNode:
        if part.kind == "name" and part.value in env:
            return number_node(env[str(part.value)], part)
        if isinstance(part.value, BoundIndex) and key_of(part.value) in env:
            return number_node(env[key_of(part.value)], part)
        return like(part, args, part.value)

    return fold(node, children, rule)
