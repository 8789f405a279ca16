"""Answers of the engine as formulas that are analytic in a variable and its conjugate."""

from __future__ import annotations

from collections.abc import Container
from fractions import Fraction

from matcalc.core.errors import UnsupportedError
from matcalc.core.operations import ANALYTIC, SIZES
from matcalc.core.tree import Expr, is_number, number, transpose

# operators of the typed tree that are analytic in their arguments
_OPERATORS = frozenset(
    (
        *("number", "constant", "variable", "dimension", "eye", "fill", "unit", "fuse"),
        *("+", "-", "neg", "*", "/", ".*", "./", ".^", "^", "'", "einsum", "indexed"),
        *("blocks", "slice", *(name for name, place in SIZES.items() if place == 0)),
    )
)

_NORM = "norm2"  # the only one that the engine writes of its own


def without_norms(tree: Expr, moving: set[str]) -> Expr:
    """The tree without norms of complex values: those of the engine are ``sqrt(sum(x.^2))`` and
    stand for that.
    """

    def rule(node: Expr, parts: list[tuple[Expr, bool]]) -> tuple[Expr, bool]:
        args = tuple([part[0] for part in parts])
        moves = any(part[1] for part in parts) or (node.op == "variable" and node.value in moving)
        if moves and node.op == _NORM:
            square = _square(node.with_args(args))
            return Expr("sqrt", (square,), square.shape, row=node.row), True
        if moves and node.op in ("^", ".^") and node.args[0].op == _NORM and is_number(args[1]):
            return _power(args[0].args[0], args[1].value / 2, node), True
        return node.with_args(args), moves

    return tree.fold(rule)[0]


def analytic(tree: Expr, moving: set[str]) -> Expr:
    """The tree without norms. UnsupportedError where something is left that is not analytic."""
    result = without_norms(tree, moving)
    other = find_other(result, moving)
    if other:
        raise UnsupportedError(
            f"the derivative has {other} of complex values, and no form without it is known"
        )
    return result


def find_other(tree: Expr, moving: Container[str]) -> str:
    """A function that is not analytic in the variables, such as abs; empty where there is none."""
    found: list[str] = []

    def check(node: Expr, parts: list[bool]) -> bool:
        moves = any(parts) or (node.op == "variable" and node.value in moving)
        if moves and node.op not in _OPERATORS and node.op not in ANALYTIC:
            found.append(node.op)
        return moves

    tree.fold(check)
    return found[0] if found else ""


def _square(norm: Expr) -> Expr:
    """norm2(a)^2 as a'*a, and that along an axis as sums of squares."""
    inside = norm.args[0]
    if len(norm.args) > 1:
        squares = Expr(".^", (inside, number(2)), inside.shape)
        return Expr("sum", (squares, norm.args[1]), norm.shape, row=norm.row)
    if not inside.shape:
        return Expr("^", (inside, number(2)))
    across = transpose(inside)
    if inside.rank == 1:
        return Expr("*", (inside, across) if inside.row else (across, inside))
    return Expr("tr", (Expr("*", (across, inside), (inside.shape[1],) * 2),))


def _power(base: Expr, exponent: Fraction, node: Expr) -> Expr:
    if exponent == 1:
        return base
    return Expr(node.op, (base, number(exponent)), node.shape, row=node.row)
