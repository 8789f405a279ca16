"""Minima on kinks, entry by entry: the proximal operator of ``c*norm1(x)`` and its like.

On either side of its kink the gradient is affine. Each side has a zero, and because the function is
convex, that of the upper side is the lower one. The minimum is the first where it is above the
kink, the second where it is below, and else the kink, where zero is a subgradient (Parikh & Boyd,
"Proximal Algorithms" (2014), 6.5.2).
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from matcalc.answers.convex.convexity import verdict_on
from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.solving import affine_zero, matrix_of_map
from matcalc.claims.equality import prove_all
from matcalc.core.kinds import FREE, Variable
from matcalc.core.operations import FLAT, OPERATIONS, VANISHING
from matcalc.core.program import Program
from matcalc.core.tree import (
    Expr,
    fill,
    is_number,
    is_zero,
    number,
    split_scaled_terms,
    variable_names,
    zeros,
)
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import derive, simplify_tree
from matcalc.results import Expression, Formula

_JUMPS = FLAT & VANISHING  # the derivatives of what has kinks
_CONVEX = ("convex", "strictly convex")


class OnKinks(NamedTuple):
    """A minimum, what it is, and how it was proved."""

    point: Expr
    condition: str
    proof: str


def minimum_on_kinks(expression: Expression, gradient: Expr, known: Variable) -> OnKinks | None:
    """The minimum of a convex function that is a quadratic in each entry on both sides of one kink;
    None of others.
    """
    program, wrt = expression._program._replace(definitions={}), known.name
    jumps = [part for part in gradient.parts if part.op in _JUMPS and wrt in variable_names(part)]
    if len(jumps) != 1 or jumps[0].shape != known.shape or known.kind not in FREE:
        return None
    (jump,) = jumps
    inside = program._replace(expr=jump.args[0])
    zero = affine_zero(inside, wrt)
    if zero is None or not _is_identity(_slope(inside, known)):
        return None
    if verdict_on(expression, wrt).verdict not in _CONVEX:
        return None
    sides, proofs = [], []
    least = OPERATIONS[jump.op].values or (0, 0)
    for level in (1, int(least[0])):  # above the kink, and below it
        side = program._replace(expr=gradient.fold(partial(_with_level, jump, level)))
        found = affine_zero(side, wrt) if _is_separate(side, known) else None
        how = None if found is None else _prove(side, wrt, found.point)
        if found is None or how is None:
            return None
        sides.append(found.point)
        proofs.append((level, _said(program, found.point), how))
    middle = Expr("min", (sides[1], zero.point), known.shape)
    point = simplify_tree(program, Expr("max", (sides[0], middle), known.shape))
    kink = "0" if is_zero(zero.point) else _said(program, zero.point)
    (above, one, how), (below, other, how_below) = proofs
    also = "" if how == how_below else f"{how}, "
    return OnKinks(
        point,
        "the only minimum: it is convex, and a quadratic in each entry on both sides of the kink",
        f"with {above} in place of {_said(program, jump)} the gradient is zero at {one}, {also}"
        f"with {below} at {other}, {how_below}; between these zero is a subgradient at {kink}",
    )


def _with_level(jump: Expr, level: int, node: Expr, args: list[Expr]) -> Expr:
    if node is not jump:
        return node.with_args(args)
    return fill(number(level), node.shape, row=node.row) if node.shape else number(level)


def _slope(program: Program, known: Variable) -> Expr | None:
    """The derivative of an array by the variable, as a matrix."""
    return matrix_of_map(program, derive(program, known.name), known)


def _is_identity(matrix: Expr | None) -> bool:
    return matrix is not None and (matrix.op == "eye" or is_number(matrix, 1))


def _is_separate(program: Program, known: Variable) -> bool:
    """Whether each entry of a gradient rises with its own entry of the variable, and no other."""
    matrix = _slope(program, known)
    if matrix is None:
        return False
    by_entries = all(part.op in ("eye", "diag") for _, part in split_scaled_terms(matrix))
    return (by_entries or not matrix.shape) and Definiteness(program).is_definite(matrix)


def _prove(side: Program, wrt: str, point: Expr) -> str | None:
    there = put(side.expr, {wrt: point})
    return prove_all(side.without(wrt), [(there, zeros(there.shape, row=there.row))])


def _said(program: Program, tree: Expr) -> str:
    return str(Formula(program, tree))
