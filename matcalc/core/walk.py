"""Post-order visits without recursion: deep input must not meet Python's recursion limit."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar, cast

N = TypeVar("N")
R = TypeVar("R")


def postorder(root: N, children: Callable[[N], Iterable[N]]) -> list[N]:
    """Every node reachable from ``root`` once, children before parents."""
    done: set[int] = set()
    order: list[N] = []
    stack: list[N | None] = [root]
    while stack:
        node = stack.pop()
        if node is None:  # what lies under it has all its children in the order
            order.append(cast(N, stack.pop()))
            continue
        if id(node) in done:
            continue
        done.add(id(node))
        below = [child for child in children(node) if id(child) not in done]
        if below:
            stack += (node, None)
            below.reverse()
            stack += below
        else:
            order.append(node)
    return order


def fold(root: N, children: Callable[[N], Iterable[N]], rule: Callable[[N, list[R]], R]) -> R:
    """The value of ``root`` when ``rule(node, values of its children)`` gives that of each node,
    computed once.
    """
    values: dict[int, R] = {}
    for node in postorder(root, children):
        values[id(node)] = rule(node, [values[id(child)] for child in children(node)])
    return values[id(root)]
