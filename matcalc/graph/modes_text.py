"""One mode of a program, a product of Jacobians, and their operations as text."""

from __future__ import annotations

from dataclasses import dataclass

from matcalc.core.dims import Shape
from matcalc.core.tree import Expr
from matcalc.graph.forms import table
from matcalc.graph.operations import Count, Side, Sizes, count, entries, sum_of
from matcalc.verify.verification import Verification


@dataclass(frozen=True, slots=True)
class Pass:
    """One mode: the lines of its program after the values, and what they compute.

    ``values`` are the operations of the program itself. The mode runs once for each entry of the
    arrays of the shapes ``seeds``.
    """

    lines: tuple[str, ...]
    trees: tuple[Expr, ...]
    values: tuple[Expr, ...]
    seeds: tuple[Shape, ...]
    sizes: Sizes
    verification: Verification

    @property
    def times(self) -> int:
        """How often it runs."""
        return sum([entries(shape, self.sizes) for shape in self.seeds])

    @property
    def once(self) -> Count:
        """The operations of one run."""
        return sum_of([count(tree, self.sizes) for tree in self.trees])

    @property
    def whole(self) -> Count:
        """The operations of the values and of all runs."""
        values = sum_of([count(tree, self.sizes) for tree in self.values])
        return values.plus(self.once.times(self.times))


@dataclass(frozen=True, slots=True)
class JacobianChain:
    """A product of Jacobians, the last first, with the order that takes the fewest operations."""

    names: tuple[str, ...]
    sides: tuple[Side, ...]
    forward: Count
    reverse: Count
    best: Count
    order: str


def cost_lines(forward: Pass, reverse: Pass, cheaper: str) -> list[str]:
    """The operations of both modes, side by side."""
    rows = [["", "passes", "multiplications", "additions", "functions", ""]]
    for name, each in (("forward", forward), ("reverse", reverse)):
        mark = "cheaper" if name == cheaper else ""
        rows.append([name, f"{each.times:,}", *[f"{n:,}" for n in each.whole], mark])
    return table(rows)


def order_lines(chain: JacobianChain) -> list[str]:
    """The Jacobians, and the operations of three orders of their product."""
    count = len(chain.sides)
    factors = [
        f"J{count - k} = {name}: {side.rows:,} x {side.columns:,}"
        for k, (name, side) in enumerate(zip(chain.names, chain.sides, strict=True))
    ]
    forward, reverse = _nest(count, forward=True), _nest(count, forward=False)
    rows = [["product of Jacobians, as dense matrices", "multiplications", "additions"]]
    for name, order, cost in (
        ("forward", forward, chain.forward),
        ("reverse", reverse, chain.reverse),
        ("best", chain.order, chain.best),
    ):
        rows.append([f"{name}: {order}", f"{cost.multiplications:,}", f"{cost.additions:,}"])
    return [*factors, *table(rows)]


def _nest(count: int, *, forward: bool) -> str:
    """``J3*(J2*J1)``, or ``(J3*J2)*J1``."""
    names = [f"J{count - k}" for k in range(count)]
    if count > 6:
        return "from the right to the left" if forward else "from the left to the right"
    if forward:
        text = names[-1]
        for k, name in enumerate(names[-2::-1]):
            text = f"{name}*{text if k == 0 else f'({text})'}"
        return text
    text = names[0]
    for k, name in enumerate(names[1:]):
        text = f"{text if k == 0 else f'({text})'}*{name}"
    return text
