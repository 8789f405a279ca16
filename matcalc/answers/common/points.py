"""Points that a polynomial is taken at: a new name, an expression, or the variable itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from matcalc.answers.common.names import free_name, with_variable
from matcalc.core.directions import direction_of
from matcalc.core.errors import ArgumentError, DomainError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.rng import seed_of
from matcalc.core.split import split_outside_brackets
from matcalc.core.tree import Expr, is_number, is_zero, variable, variable_names
from matcalc.read.frontend import read, read_pair
from matcalc.write.printers.text import text

_SHAPES = ("eye", "I", "ones", "zeros", "pi", "π")  # names that are values
_NEAR = Fraction(1, 10**9)  # how far from a point a function is looked at, to see whether it bends


@dataclass(frozen=True, slots=True)
class ExpansionPoint:
    """Where one variable is, and how far it has moved from there.

    ``tree`` is the point and ``moved`` the displacement. ``fixed`` says that the point is no
    variable, so that the derivatives can be evaluated there.
    """

    wrt: str
    said: str
    tree: Expr
    moved: Expr
    fixed: bool = False

    @property
    def is_named(self) -> bool:
        """Whether the displacement is a variable, and the point the variable itself."""
        return self.moved.op == "variable" and not self.fixed


def points_by_name(said: str) -> dict[str, str] | None:
    """The points that ``x=1, y=2`` says, by the names of the variables; None of other texts."""
    found = {}
    for piece in split_outside_brackets(said):
        name, equals, point = piece.partition("=")
        if not equals or not name.strip().isidentifier() or point.startswith("="):
            return None
        found[name.strip()] = point.strip()
    return found


def point_of(program: Program, wrt: str, at: object) -> tuple[Program, ExpansionPoint]:
    """The point that ``at`` says, and the program with the variables that it brings.

    Without ``at`` the point is the variable itself, and the displacement is a new variable. A name
    that is not a variable yet becomes one like ``wrt``. All else is an expression of the shape of
    ``wrt``; the number 0 is the zero of any shape.
    """
    known = program.variables[wrt]
    self = variable(wrt, known.shape)
    if at is None:
        step = free_name(program, f"d{wrt}", *"hkvu")
        program = with_variable(program, direction_of(known, step), "the displacement")
        return program, ExpansionPoint(wrt, wrt, self, variable(step, known.shape))
    said = str(at) if isinstance(at, str | int | float | Fraction) else ""
    if not said or isinstance(at, bool):
        raise ArgumentError(
            f"a point must be a name, a number or an expression, not {at!r}",
            hint='for example at="a"',
        )
    if said == wrt:
        raise ArgumentError(
            f"the point cannot be {wrt}, which moves away from it",
            hint=f"leave the point out for a polynomial in the displacement d{wrt}",
        )
    meant = {*_SHAPES, *program.definitions, *variable_names(program.expr)}  # names that are values
    if said.isidentifier() and said not in meant:
        program = with_variable(program, known._replace(name=said), "the point")
        point = variable(said, known.shape)
        return program, ExpansionPoint(wrt, said, point, Expr("-", (self, point), known.shape))
    program, point = _type(program, known, said)
    zero = is_zero(point)
    op, away = ("+", point.args[0]) if point.op == "neg" else ("-", point)
    moved = self if zero else Expr(op, (self, away), known.shape)
    return program, ExpansionPoint(wrt, said, point, moved, fixed=True)


def _type(program: Program, known: Variable, said: str) -> tuple[Program, Expr]:
    """A point that is an expression, and the program with its variables."""
    alone = read(said, {**program.variables}, language=program.language).expr
    number = not alone.shape and not variable_names(alone)
    if known.shape and number:
        if not is_number(alone, 0):
            one = "vector(1)" if len(known.shape) == 1 else f"ones({_sizes(known)})"
            more = ""
            if len(known.shape) == 2 and known.shape[0] == known.shape[1]:
                more = f" or {said}*eye({known.shape[0]})"
            raise ArgumentError(
                f"the point {said} is a number, and {known.name} is a {known}",
                hint=f"write {said}*{one}{more}",
            )
        return program, Expr("fill", (alone,), known.shape)
    column = program._replace(expr=variable(known.name, known.shape), source=known.name)
    declared = {name: each._replace(declared=True) for name, each in program.variables.items()}
    _, point = read_pair(column, said, declared, language=program.language)
    if known.name in variable_names(point.expr):
        raise ArgumentError(
            f"the point {said} depends on {known.name}, which moves away from it",
            hint="give the point a name of its own, and put the expression in its place later",
        )
    fresh = [each for name, each in point.variables.items() if name not in declared]
    return program.declare(*fresh), point.expr


def _sizes(known: Variable) -> str:
    return ", ".join(map(str, known.shape))


def require_smooth(
    program: Program, trees: list[Expr], near: list[Expr], points: list[ExpansionPoint]
) -> None:
    """UnsupportedError where the expression has no derivatives at a point.

    ``trees`` are the expression and its derivatives at the point, ``near`` the expression close by.
    """
    import numpy as np  # noqa: PLC0415 - slow to load

    from matcalc.verify.oracle.sample import find_sizes  # noqa: PLC0415 - it loads NumPy

    try:
        find_sizes([*trees, *near], program.variables, np.random.default_rng(seed_of(0, None)))
    except DomainError as problem:
        reason = problem.message.partition(": ")[2] or problem.message
        said = ", ".join(f"{point.wrt} = {point.said}" for point in points)
        raise UnsupportedError(
            f"{text(program.expr)} has no Taylor polynomial at {said}: {reason}",
            hint="choose another point, or leave it out",
        ) from None


def beside(point: ExpansionPoint, direction: Expr) -> Expr:
    """A point that is very near."""
    step = Expr("*", (Expr("number", value=_NEAR), direction), direction.shape)
    return Expr("+", (point.tree, step), point.tree.shape)
