"""Functions of complex values that have branch cuts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matcalc.conjugates.reading import ComplexProgram
from matcalc.core.likeness import Likeness
from matcalc.core.operations import CUTS, ENTRIES
from matcalc.core.tree import Expr, is_number, variable_names


def has_branches(trees: Iterable[Expr], found: ComplexProgram) -> bool:
    """Whether a function of complex values has a branch cut; sqrt(a)*sqrt(b) is sqrt(a*b) on one
    side of it alone. Roots of a value times its conjugate are taken of numbers that are not
    negative.
    """
    return any(not _is_modulus(node, found) for node in cut_functions(trees, found))


def cut_functions(trees: Iterable[Expr], found: ComplexProgram) -> Iterator[Expr]:
    """The functions of complex values that have a branch cut, roots that are moduli among them."""
    moving = found.moving
    for tree in trees:
        yield from (node for node in tree.parts if has_cut(node) and moves(node, moving))


def _is_modulus(node: Expr, found: ComplexProgram) -> bool:
    """Whether this is the root of conj(a)*a, of the sum of such products, or of tr(X^H*X)."""
    if node.op != "sqrt":
        return False
    summed = ENTRIES.get(node.args[0].op) == "summed"
    inside = node.args[0].args[0] if summed else node.args[0]
    if inside.op not in ("*", ".*"):
        return False
    left, right = inside.args
    turned = inside.op == "*" and left.rank == 2
    if turned != (node.args[0].op == "tr") or left.rank != right.rank:
        return False
    likeness = Likeness()
    return likeness.of(found.conjugate_of(left), turned=turned) == likeness.of(right)


def has_cut(node: Expr) -> bool:
    """Whether the root of a tree is a function with a branch cut."""
    if node.op in ("^", ".^"):
        power = node.args[1]
        return not (is_number(power) and power.value.denominator == 1)
    return node.op in CUTS


def moves(node: Expr, moving: set[str]) -> bool:
    """Whether one of the variables occurs in a tree."""
    return not moving.isdisjoint(variable_names(node))
