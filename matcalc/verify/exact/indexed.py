"""Forms with bound indices, evaluated for each choice of the indices."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod
from typing import TYPE_CHECKING

from matcalc.core.choices import Loop
from matcalc.core.tree import Expr
from matcalc.verify.exact.degree import Bound, Degree
from matcalc.verify.exact.jets import Jet, constant
from matcalc.verify.exact.rows import Rows, select, split

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcalc.verify.exact.evaluate import Evaluation


def evaluate_indexed(
    run: Evaluation,
    node: Expr,
    args: Sequence[Jet],
    step: Callable[[Expr, list[Jet]], Jet],
    children: Callable[[Expr], tuple[Expr, ...]],
) -> Jet:
    """The value of an ``indexed`` node; ``step`` evaluates what has no indices itself."""
    extent = run.extent(node.shape)
    rules = Rows(run, step, children)
    column, rows = Loop(node.value, args, run.sizes, rules, children).values()
    if not node.value.indices:
        return split(column, rows)[0]
    if not rows:
        return constant(extent, [], run.count)
    return Jet(extent, select(column, rows).parts)


class _Inside(Bound):
    """The degrees of the parts of a body; each stands for its values at all indices together."""

    def __init__(self, outer: Bound, node: Expr, args: Sequence[Degree]) -> None:
        super().__init__(outer.variables, outer.sizes, outer.fresh)
        self._args = args
        self._largest = 1
        for part in _parts(node.value.body):
            if part.op == "reduce":
                self._largest *= prod([i.size.size(self.sizes) for i in part.value.indices])
        self._largest *= prod([index.size.size(self.sizes) for index in node.value.indices])

    def entries(self, node: Expr) -> int:
        return super().entries(node) * self._largest

    def _step(self, node: Expr, args: list[Degree]) -> Degree:
        if node.op == "slot":
            slot: Degree = self._args[node.value]
            return slot
        if node.op == "index":
            return Degree(0)
        if node.op == "at":
            return args[0]
        if node.op != "reduce":
            return super()._step(node, args)
        name = node.value.name
        if name in ("sum", "mean"):
            return args[0]
        if name == "prod":
            return args[0].power(self._largest)
        if name in ("max", "min"):
            return args[0].times(Degree(1))
        self.argument = max(self.argument, args[0].whole)
        return self.opaque(node, args)


def _parts(root: Expr) -> list[Expr]:
    found, todo = [], [root]
    seen: set[int] = set()
    while todo:
        part = todo.pop()
        if id(part) not in seen:
            seen.add(id(part))
            found.append(part)
            todo += part.args
    return found


def degree(bound: Bound, node: Expr, args: list[Degree]) -> Degree:
    """The degree of an ``indexed`` node."""
    inside = _Inside(bound, node, args)
    found = inside.of(node.value.body)
    bound.argument = max(bound.argument, inside.argument)
    bound.inner = max(bound.inner, inside.depth)
    return found
