"""Forms with bound indices, evaluated for each choice of the indices."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING

from matcalc.core.choices import Loop, Rules
from matcalc.core.tree import Expr
from matcalc.verify.exact.degree import Bound, Degree
from matcalc.verify.exact.field import Never, Zero, inverse, strides
from matcalc.verify.exact.functions import FUNCTIONS
from matcalc.verify.exact.jets import Jet, add, constant, hadamard, linear, scale
from matcalc.verify.exact.jets import stack as assemble

if TYPE_CHECKING:
    from collections.abc import Callable

    from matcalc.verify.exact.evaluate import Evaluation

_STEP = 8  # multiplications that take as long as a step of a loop


def indexed(
    run: Evaluation,
    node: Expr,
    args: Sequence[Jet],
    step: Callable[[Expr, list[Jet]], Jet],
    children: Callable[[Expr], tuple[Expr, ...]],
) -> Jet:
    """The value of an ``indexed`` node; ``step`` evaluates what has no indices itself."""

    def paid(part: Expr, inside: list[Jet]) -> Jet:
        run.meter.pay(_STEP)  # there are as many steps as choices of the indices
        return step(part, inside)

    def zero(entry: Jet) -> bool:
        run.meter.pay(1)
        return not any(part is not None and any(part) for part in entry.parts)

    rules = Rules(
        paid,
        lambda value: constant((), [value], run.count, Fraction(value)),
        lambda array, places: _take(run, array, places),
        lambda part, found: _reduce(run, part, found),
        zero,
    )
    found = Loop(node.value, args, run.sizes, rules, children).values()
    return assemble(found, run.extent(node.shape)) if node.value.indices else found[0]


def _take(run: Evaluation, array: Jet, places: list[int | None]) -> Jet:
    """Entries at places, counted from 0."""
    chosen = [0]
    for place, size, step in zip(places, array.extent, strides(array.extent), strict=True):
        if place is None:
            chosen = [start + k * step for start in chosen for k in range(size)]
        elif 0 <= place < size:
            chosen = [start + place * step for start in chosen]
        else:
            raise Never("a place outside of an array")
    extent = tuple([s for s, place in zip(array.extent, places, strict=True) if place is None])
    run.meter.pay(len(chosen) * run.count)
    return linear(array, lambda part: [part[k] for k in chosen], extent)


def _reduce(run: Evaluation, part: Expr, found: list[Jet]) -> Jet:
    name, extent = part.value.name, run.extent(part.shape)
    run.meter.pay(len(found) * prod(extent) * run.count)
    if name in ("sum", "mean", "prod"):
        start = int(name == "prod")
        total = constant(extent, [start] * prod(extent), run.count)
        for value in found:
            total = hadamard(total, value) if start else add(total, value)
        if name == "mean":
            if not found:
                raise Zero("a mean of nothing")
            total = scale(inverse(len(found)), total)
        return total
    if not found:
        raise Never(f"{name} of nothing")
    whole = assemble(found, (len(found),))
    rule = FUNCTIONS[{"max": "amax", "min": "amin"}.get(name, name)]
    return rule(run.field, [whole])


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
            return args[0].raised(self._largest)
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
