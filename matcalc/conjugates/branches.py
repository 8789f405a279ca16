"""Functions of complex values that have branch cuts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matcalc.conjugates.reading import UNIT, conjugate
from matcalc.core.operations import CUTS
from matcalc.core.tree import Expr, is_number, variable_names


def has_branches(trees: Iterable[Expr], names: Sequence[str]) -> bool:
    """Whether a function of complex values has a branch cut; sqrt(a)*sqrt(b) is sqrt(a*b) on one
    side of it alone.
    """
    moving = {*names, *map(conjugate, names), UNIT}
    return any(has_cut(node) and moves(node, moving) for tree in trees for node in tree.parts)


def has_cut(node: Expr) -> bool:
    """Whether the root of a tree is a function with a branch cut."""
    if node.op in ("^", ".^"):
        power = node.args[1]
        return not (is_number(power) and power.value.denominator == 1)
    return node.op in CUTS


def moves(node: Expr, moving: set[str]) -> bool:
    """Whether one of the variables occurs in a tree."""
    return not moving.isdisjoint(variable_names(node))
