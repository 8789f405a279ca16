"""Names that a question brings: the variables of --wrt, and directions that are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcalc.core.directions import direction_of
from matcalc.core.errors import (
    ArgumentError,
    MatcalcError,
    ParseError,
    ShapeError,
    UnknownNameError,
)
from matcalc.core.kinds import Variable, size_names
from matcalc.core.members import families
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import Expr
from matcalc.read.frontend import read


def require_scalar(expr: Expr, what: str, hint: str | None = None) -> None:
    """ArgumentError unless the expression is a scalar, as ``what`` requires: ``a Hessian is``."""
    if expr.rank:
        kind = ("", "a vector", "a matrix", "an array")[min(expr.rank, 3)]
        message = f"{what} defined for scalars, and this expression is {kind}"
        raise ArgumentError(message, hint=hint)


def number_hint(program: Program, name: str) -> str | None:
    """The declaration with which the program is a scalar; None where there is none, or where it is
    one.
    """
    if not program.expr.rank:
        return None
    known = {each.name: each for each in program.variables.values() if each.declared}
    if name in known or not program.variables[name].shape:
        return None
    try:
        scalar = read(program.source, {**known, name: "scalar"}, language=program.language)
    except MatcalcError:
        return None
    return None if scalar.expr.rank else f"declare {name}: scalar if it is a number"


def require_different(wrt: Sequence[str]) -> list[str]:
    """The variables to differentiate with respect to; ArgumentError where there is none, or one is
    named twice.
    """
    names = list(wrt)
    if not names:
        raise ArgumentError(
            "there is no variable to differentiate with respect to", hint='for example ["x", "y"]'
        )
    for name in names:
        if not isinstance(name, str):
            raise ArgumentError(f"wrt must have the names of variables, not {name!r}")
        if names.count(name) > 1:
            raise ArgumentError(f"{name} is given twice", hint="name each variable once")
    return names


def with_members(program: Program, names: Sequence[str]) -> list[str]:
    """The names, with all members in place of the name of a family."""
    known = families(program.variables)
    return [each for name in names for each in known.get(name, [name])]


def with_variable(program: Program, variable: Variable, role: str) -> Program:
    """The program with one more variable, or with a declared one of this shape.

    ``role`` says in messages what the variable is. Raises ArgumentError where the name is none, and
    ShapeError where a declared variable of this name has another shape.
    """
    name = variable.name
    known = program.variables.get(name)
    if known is not None:
        if known.kind == "function" or known.shape != variable.shape:
            raise ShapeError(
                f"{name} is {known} here, and {role} has to be {variable}",
                hint=f"give {role} another name",
            )
        return program
    _require_name(name, role)
    sizes = size_names(program.variables.values())
    if name in sizes:
        raise ArgumentError(
            f"{name} is a size here, so {role} cannot have this name",
            hint="give it a name that is not used",
        )
    return program.declare(variable)


def with_directions(program: Program, moves: Mapping[str, str]) -> Program:
    """The program with a direction for each variable that moves."""
    if not isinstance(moves, Mapping) or not moves:
        raise ArgumentError(
            f"directions must be a mapping from variables to names, not {moves!r}",
            hint='for example {"x": "v"}',
        )
    for name, direction in moves.items():
        variable = require_variable(program, name)
        if direction in moves:
            raise ArgumentError(
                f"{direction} varies as well, so it cannot be the direction of {name}",
                hint="give the direction a name of its own",
            )
        _require_name(direction, f"a direction of {name}")
        program = with_variable(
            program, direction_of(variable, direction), f"a direction of {name}"
        )
    return program


def _require_name(name: object, role: str) -> None:
    """ArgumentError where this is not a name that a variable can have."""
    if not isinstance(name, str):
        raise ArgumentError(f"the name of {role} must be a string, not {name!r}")
    try:
        expr = read(name, {name: Variable(name, "scalar")}).expr
    except (ParseError, UnknownNameError) as problem:
        raise ArgumentError(
            f"{name!r} is not a name that a variable can have: {problem.message}"
        ) from None
    if expr.op != "variable" or expr.value != name:
        raise ArgumentError(f"{name!r} is not a name that a variable can have")


def free_name(program: Program, *wanted: str) -> str:
    """The first of these names that means nothing yet; the first one numbered where all do."""
    sizes = size_names(program.variables.values())
    taken = {*program.variables, *program.definitions, *sizes}
    numbered = (f"{wanted[0]}{count}" for count in range(1, len(taken) + 2))
    return next(name for name in (*wanted, *numbered) if name not in taken)
