"""Post-order visits without recursion: deep input must not meet Python's recursion limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Protocol, TypeVar

N = TypeVar("N")
R = TypeVar("R")
T = TypeVar("T", bound="HasOperands")


class HasOperands(Protocol):
    """What has operands of its own kind: a typed tree, a phrase of LaTeX, generated code."""

    @property
    def args(self: T) -> tuple[T, ...]:
        """The operands."""


operands = attrgetter("args")  # of a node, as the children that a walk goes to


def postorder(root: N, children: Callable[[N], Sequence[N]]) -> list[N]:
    """Every node reachable from ``root`` once, children before parents."""
    if not children(root):
        return [root]
    done: set[int] = set()
    order: list[N] = []
    stack: list[N | None] = [root]
    pop, place = stack.pop, order.append
    while stack:
        node = pop()
        if node is None:  # what lies under it has all its children in the order
            place(pop())  # type: ignore[arg-type]
            continue
        name = id(node)
        if name in done:
            continue
        done.add(name)
        below = children(node)
        if below:
            stack += (node, None)
            stack += below[::-1]
        else:
            place(node)
    return order


def fold(root: N, children: Callable[[N], Sequence[N]], rule: Callable[[N, list[R]], R]) -> R:
    """The value of ``root`` when ``rule(node, values of its children)`` gives that of each node,
    computed once.
    """
    values: dict[int, R] = {}
    for node in postorder(root, children):
        below = children(node)
        values[id(node)] = rule(node, [values[id(child)] for child in below] if below else [])
    return values[id(root)]
