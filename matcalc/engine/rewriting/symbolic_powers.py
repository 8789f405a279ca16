"""Powers with names as exponents, by the lowest one of their base: x.^(a - 1).*(a - s*x) for
a*x.^(a - 1) - s*x.^a, as densities are differentiated.

The lowest power has a variable of its own while the rest is shortened, for a power times its base
is one power.
"""

from __future__ import annotations

from typing import NamedTuple

from matcalc.core.walk import postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Node, Product, is_number
from matcalc.engine.ir.rebuild import substitute

NAME = "power "  # with a number behind it; no variable of a user has a blank in its name


class LowestPower(NamedTuple):
    """The base and the exponent that a variable stands for."""

    base: Node
    exponent: Node

    def raised(self, builder: Builder, by: int) -> Node:
        """The power with a greater exponent."""
        exponent = builder.sum([(1, self.exponent), (by, builder.number(1))], ())
        return builder.elementwise("pow", [self.base, exponent])


def name_lowest_powers(builder: Builder, root: Node) -> tuple[Node, dict[str, LowestPower]] | None:
    """The node with variables for the lowest powers of bases of which it has several that differ by
    whole numbers; None where it has none.
    """
    groups: dict[Node, list[Node]] = {}
    for node in postorder(root, lambda node: node.children):
        if isinstance(node, Call) and node.name == "pow" and not node.args[1].rank:
            groups.setdefault(node.args[0], []).append(node)
    meanings: dict[str, LowestPower] = {}
    fresh: dict[Node, Node] = {}
    for base, powers in groups.items():
        steps = [_whole_difference(builder, each, powers[0]) for each in powers]
        known = [step for step in steps if step is not None]
        if len(known) < max(2, len(powers)):
            continue
        lowest = powers[steps.index(min(known))]
        name = f"{NAME}{len(meanings)}"
        leaf = builder.leaf("variable", lowest.axes, name)
        meanings[name] = LowestPower(base, lowest.args[1])  # type: ignore[attr-defined]
        for each, step in zip(powers, known, strict=True):
            fresh[each] = builder.times(leaf, builder.power(base, step - min(known)))
    return (substitute(builder, root, fresh), meanings) if meanings else None


def _whole_difference(builder: Builder, one: Node, other: Node) -> int | None:
    """By how much the exponent of one power is greater, where that is a whole number."""
    assert isinstance(one, Call)
    assert isinstance(other, Call)
    gap = builder.sum([(1, one.args[1]), (-1, other.args[1])], ())
    if one is other:
        return 0
    if not isinstance(gap, Product) or not is_number(gap) or gap.coefficient.denominator != 1:
        return None
    return int(gap.coefficient)
