"""Proves derivatives along directions, step by step: each is the derivative of what came before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from matcalc.core.directions import PARAMETER, Step, displace, free_variable
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.subspaces import SPACES, split_frame
from matcalc.core.tree import Expr, variable
from matcalc.verify.verification import Verification, compare, verify

if TYPE_CHECKING:
    from matcalc.verify.oracle.compare import Comparison

_DIRECTION = "?v"  # no name in the language begins with it


def verify_steps(
    program: Program, steps: Sequence[Step], trees: Sequence[Expr], structure: str
) -> Verification:
    """Verifies that each tree is the derivative of the one before by its step; the weakest of the
    verdicts.

    Raises VerificationError if one is not.
    """
    found = []
    for step, tree in zip(steps, trees, strict=True):
        found.append(verify(_claim(program, step, structure), tree))
        program = program._replace(expr=tree)
    return weakest(found)


def compare_steps(
    program: Program, steps: Sequence[Step], trees: Sequence[Expr], structure: str, seed: int
) -> Comparison:
    """The numeric verdict: on the first step that fails, or on the last one."""
    for step, tree in zip(steps, trees, strict=True):
        report = compare(_claim(program, step, structure), tree, seed)
        if not report.ok:
            break
        program = program._replace(expr=tree)
    return report


def verify_orders(statement: DerivativeStatement, trees: Sequence[Expr]) -> Verification:
    """Verifies a derivative of high order, the last of the trees: each is that of the one before.

    All but the last are in mixed layout.
    """
    return verify_steps(*_orders(statement, trees), statement.structure)


def compare_orders(statement: DerivativeStatement, trees: Sequence[Expr], seed: int) -> Comparison:
    """The same against numbers."""
    return compare_steps(*_orders(statement, trees), statement.structure, seed)


def _orders(
    statement: DerivativeStatement, trees: Sequence[Expr]
) -> tuple[Program, list[str], list[Expr]]:
    axes, last = statement.axes, trees[-1]
    mixed = tuple(range(len(axes)))
    if axes != mixed:
        last = Expr("einsum", (last,), statement.mixed_shape, value=((axes,), mixed))
    return statement.program, [statement.wrt] * statement.order, [*trees[:-1], last]


def verify_several(program: Program, trees: Mapping[str, Expr], structure: str) -> Verification:
    """Verifies derivatives with respect to several variables, all at once: the sum of their
    products with random directions is the derivative along these.

    Those within symmetric matrices and the like are verified alone, for a gradient has to be of the
    kind as well.
    """
    kinds = {name: DerivativeStatement(program, name, 1, structure).kind for name in trees}
    alone = [name for name in trees if split_frame(kinds[name])[0] in SPACES]
    found = [
        verify(DerivativeStatement(program, name, 1, structure), trees[name]) for name in alone
    ]
    together = {name: tree for name, tree in trees.items() if name not in alone}
    if together:
        statement, tree = _along_all(program, together)
        found.append(verify(statement, tree))
    return weakest(found)


def compare_several(
    program: Program, trees: Mapping[str, Expr], structure: str, seed: int
) -> Comparison:
    """The numeric verdict on each of the derivatives: on the first that fails, or on the worst."""
    reports: list[Comparison] = []
    for name, tree in trees.items():
        reports.append(compare(DerivativeStatement(program, name, 1, structure), tree, seed))
        if not reports[-1].ok:
            break
    return worst(reports)


def worst(reports: Sequence[Comparison]) -> Comparison:
    """The first report that failed, or the one with the largest error."""
    from matcalc.verify.oracle.compare import worst as of_points  # noqa: PLC0415 - it loads NumPy

    return of_points(reports)


def _along_all(program: Program, trees: Mapping[str, Expr]) -> tuple[DerivativeStatement, Expr]:
    """The derivative along a direction for each variable, and what the derivatives say it is."""
    moves = {name: f"{_DIRECTION}{name}" for name in trees}
    directions = {
        direction: free_variable(direction, program.variables[name])
        for name, direction in moves.items()
    }
    program = program.declare(*directions.values())
    total: Expr | None = None
    for name, tree in trees.items():
        term = _apply(tree, variable(moves[name], directions[moves[name]].shape))
        total = term if total is None else Expr("+", (total, term), term.shape)
    assert total is not None
    return DerivativeStatement(displace(program, moves), PARAMETER), total


def _apply(tree: Expr, direction: Expr) -> Expr:
    """The sum of the products of the last axes with a direction."""
    if not tree.shape:
        return Expr("*", (tree, direction))
    outer = tree.rank - direction.rank
    axes = tuple(range(tree.rank))
    if not direction.shape:  # the direction of a scalar is a number
        return Expr("*", (direction, tree), tree.shape, row=tree.row)
    return Expr(
        "einsum", (tree, direction), tree.shape[:outer], value=((axes, axes[outer:]), axes[:outer])
    )


def weakest(found: Sequence[Verification]) -> Verification:
    """The verdict on all: as sure as the least sure. A proof for some sizes alone, or only where
    there is a value, says so for all.
    """
    for kind in ("none", "numeric"):
        these = [each for each in found if each.kind == kind]
        if these:
            return max(these, key=lambda each: each.error or 0.0)
    return next((each for each in found if each.how), Verification("exact"))


def _claim(program: Program, step: Step, structure: str) -> DerivativeStatement:
    """What is to be proved of a step: a derivative with respect to a variable, or by how far it
    goes along the directions.
    """
    if isinstance(step, str):
        return DerivativeStatement(program, step, 1, structure)
    return DerivativeStatement(displace(program, step), PARAMETER)
