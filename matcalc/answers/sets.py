"""Stationary points within the set that a kind is, or on the one that equations define."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matcalc.answers.lagrange import ConstrainedPoint, constrained, sets_of_equations
from matcalc.answers.orthonormal import KINDS, ProcrustesPoint, on_orthonormal
from matcalc.answers.stationary import NamedProblem, StationaryPoint, stationary
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.engine.pipeline import require_variable
from matcalc.results import Expression

Point = StationaryPoint | ConstrainedPoint | ProcrustesPoint | NamedProblem


def stationary_point(
    expression: Expression, wrt: str, constraints: str | Sequence[str] = ()
) -> Point:
    """The point where a scalar is stationary within the kind of a variable, and under equations."""
    given = [constraints] if isinstance(constraints, str) else list(constraints)
    known = require_variable(expression._program, wrt)
    if len(given) == 1 and len(known.shape) == 2 and _is_orthonormality(given[0], wrt):
        program = expression._program
        kind = "orthogonal" if known.shape[0] == known.shape[1] else "orthonormal"
        dims = known.shape[:1] if kind == "orthogonal" else known.shape
        variables = {**program.variables, wrt: Variable(wrt, kind, dims)}
        return on_orthonormal(Expression(replace(program, variables=variables)), wrt)
    if known.kind in KINDS:
        if given:
            raise UnsupportedError(
                f"{wrt} is {known}, and equations are solved for scalars and vectors",
                hint="leave out --subject-to, in Python subject_to",
            )
        return on_orthonormal(expression, wrt)
    if given or known.kind in sets_of_equations():
        return constrained(expression, wrt, given)
    return stationary(expression, wrt)


def _is_orthonormality(source: str, wrt: str) -> bool:
    """Whether an equation says X'*X = eye."""
    bare = source.replace(" ", "")
    ones = ("eye", f"eye(cols({wrt}))", "I")
    product = f"{wrt}'*{wrt}"
    sides = bare.split("=")
    return (
        len(sides) == 2
        and product in sides
        and any(side in ones or side.startswith("eye(") for side in sides)
    )
