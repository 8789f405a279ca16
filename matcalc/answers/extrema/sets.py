"""Stationary points within the set that a kind is, or on the one that equations define."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcalc.answers.common.equations import Equation, read_equation
from matcalc.answers.extrema.joint_points import JointPoint, joint_stationary, points_under
from matcalc.answers.extrema.lagrange import (
    ConstrainedPoint,
    find_constrained_point,
    sets_of_equations,
)
from matcalc.answers.extrema.orthonormal import KINDS, ProcrustesPoint, on_orthonormal
from matcalc.answers.extrema.points_together import JointPoints
from matcalc.answers.extrema.several_points import StationaryPoints
from matcalc.answers.extrema.stationary import NamedProblem, StationaryPoint, stationary
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import Expr
from matcalc.results import Expression

_IDENTITY = "I"  # what papers call eye, unless it is declared
StationaryAnswer = (
    StationaryPoint
    | StationaryPoints
    | ConstrainedPoint
    | ProcrustesPoint
    | JointPoint
    | JointPoints
    | NamedProblem
)


def stationary_point(
    expression: Expression, wrt: str | Sequence[str], given: Sequence[str | Equation]
) -> StationaryAnswer:
    """The point where a scalar is stationary within the kind of a variable, and under equations; or
    in several variables together.
    """
    if not isinstance(wrt, str) and len(wrt) != 1:
        if given:
            return points_under(expression, wrt, given)
        return joint_stationary(expression, wrt)
    (wrt,) = [wrt] if isinstance(wrt, str) else wrt
    known = require_variable(expression._program, wrt)
    if len(given) == 1 and known.kind == "matrix":
        program = _with_orthonormal(expression._program, wrt, given[0])
        if program is not None:
            return on_orthonormal(Expression(program), wrt)
    if known.kind in KINDS:
        if given:
            raise UnsupportedError(
                f"{wrt} is {known}, and equations are solved for scalars and vectors",
                hint="leave out --subject-to, in Python subject_to",
            )
        return on_orthonormal(expression, wrt)
    if given or known.kind in sets_of_equations():
        return find_constrained_point(expression, wrt, given)
    return stationary(expression, wrt)


def _with_orthonormal(program: Program, wrt: str, source: str | Equation) -> Program | None:
    """The program with a variable of orthonormal columns, where an equation says that it is one:
    X'*X = eye; None where it says something else.
    """
    if isinstance(source, str) and _IDENTITY not in program.variables:
        source = re.sub(rf"\b{_IDENTITY}\b", "eye", source)
    program, zero = read_equation(program, source)
    if zero.op != "-" or not any(
        _is_gram(one, wrt) and other.op == "eye" for one, other in (zero.args, zero.args[::-1])
    ):
        return None
    shape = program.variables[wrt].shape
    kind, dims = ("orthogonal", shape[:1]) if shape[0] == shape[1] else ("orthonormal", shape)
    return program.declare(Variable(wrt, kind, dims))


def _is_gram(tree: Expr, name: str) -> bool:
    """Whether this is X'*X."""
    if tree.op != "*" or tree.args[0].op != "'":
        return False
    parts = tree.args[0].args[0], tree.args[1]
    return all(part.op == "variable" and part.value == name for part in parts)
