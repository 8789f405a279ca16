"""Proves derivatives along directions, step by step: each is the derivative of what came before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from matcalc.core.directions import PARAMETER, Step, moving
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.verify.verification import Verification, compare, verify

if TYPE_CHECKING:
    from matcalc.verify.oracle.compare import Report


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
        program = replace(program, expr=tree)
    return weakest(found)


def compare_steps(
    program: Program, steps: Sequence[Step], trees: Sequence[Expr], structure: str, seed: int
) -> Report:
    """The numeric verdict: on the first step that fails, or on the last one."""
    for step, tree in zip(steps, trees, strict=True):
        report = compare(_claim(program, step, structure), tree, seed)
        if not report.ok:
            break
        program = replace(program, expr=tree)
    return report


def weakest(found: Sequence[Verification]) -> Verification:
    """The verdict on all: as sure as the least sure."""
    for kind in ("none", "numeric"):
        these = [each for each in found if each.kind == kind]
        if these:
            return max(these, key=lambda each: each.error or 0.0)
    return Verification("exact")


def _claim(program: Program, step: Step, structure: str) -> DerivativeStatement:
    """What is to be proved of a step: a derivative by a variable, or by how far it goes along the
    directions.
    """
    if isinstance(step, str):
        return DerivativeStatement(program, step, 1, structure)
    return DerivativeStatement(moving(program, step), PARAMETER)
