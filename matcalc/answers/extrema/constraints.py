"""Equations that hold, with their multipliers, and the gradient of the Lagrangian."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcalc.answers.common.equations import Equation, equation_text, read_equation
from matcalc.answers.common.names import free_name
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_number, number, transpose, variable, variable_names
from matcalc.engine.definite import Definiteness
from matcalc.engine.pipeline import derive


@dataclass(frozen=True, slots=True)
class Constraint:
    """An equation, with what is zero in it and the multiplier it has."""

    source: str
    zero: Expr
    multiplier: Variable


def read_constraint(
    program: Program, equation: str | Equation, *wrt: str
) -> tuple[Program, Constraint]:
    """An equation as what is zero in it, and the program with its variables and multiplier."""
    program, zero = read_equation(program, equation)
    source = equation_text(equation)
    if variable_names(zero).isdisjoint(wrt):
        names = " or ".join(wrt)
        raise ArgumentError(f"{source} does not constrain {names}", hint=f"it has no {names}")
    if zero.rank > 1:
        raise UnsupportedError(
            f"{source} is an equation of matrices",
            hint="only equations of scalars and vectors are solved",
        )
    zero = _squared(program, (transpose(zero) if zero.row else zero).fold(_square_of_norm))
    name = free_name(program, "l", "k", "u")
    kind = "vector" if zero.shape else "scalar"
    multiplier = Variable(name, kind, zero.shape)
    return program.declare(multiplier), Constraint(source, zero, multiplier)


def _square_of_norm(node: Expr, args: list[Expr]) -> Expr:
    """x'*x for norm2(x)^2, which is the same with the values put in that the engine finds."""
    if node.op == "^" and args[0].op == "norm2" and is_number(args[1], 2):
        (vector,) = args[0].args
        if vector.rank == 1 and not vector.row:
            return Expr("*", (transpose(vector), vector))
    return node.with_args(args)


def _squared(program: Program, zero: Expr) -> Expr:
    """Of ``norm2(x) - r`` with a positive r the difference of the squares, which is smooth."""
    if (
        zero.op != "-"
        or zero.args[0].op != "norm2"
        or not Definiteness(program).is_positive(zero.args[1])
    ):
        return zero
    vector, level = zero.args[0].args[0], zero.args[1]
    if vector.rank != 1:
        return zero
    square = Expr("*", (transpose(vector), vector))
    return Expr("-", (square, Expr("^", (level, number(2)))))


def _weigh(constraint: Constraint) -> Expr:
    """l'*c."""
    factor = variable(constraint.multiplier.name, constraint.zero.shape)
    return Expr("*", (transpose(factor), constraint.zero))


def lagrangian_gradient(program: Program, wrt: str, found: Sequence[Constraint]) -> Expr:
    """The gradient of a scalar and the constraints with their multipliers, f + l'*c."""
    lagrangian = program._replace(expr=with_multipliers(program, found))
    return derive(lagrangian, wrt, structure="free")


def with_multipliers(program: Program, found: Sequence[Constraint]) -> Expr:
    """The Lagrangian, f + l'*c."""
    whole = program.expr
    for each in found:
        whole = Expr("+", (whole, _weigh(each)))
    return whole


def is_ellipsoid(program: Program, wrt: str, found: Sequence[Constraint]) -> bool:
    """Whether one equation, in which a definite form has a value, bounds the set: with an
    indefinite one it goes to infinity, and so does what is linear on it.
    """
    if len(found) != 1:
        return False
    slope = derive(program._replace(expr=found[0].zero), wrt)
    bend = derive(program._replace(expr=slope), wrt)
    return bend.rank == 2 and Definiteness(program).is_definite(bend)


def are_affine(program: Program, names: Sequence[str], found: Sequence[Constraint]) -> bool:
    """Whether equations are affine in all these variables together."""
    slopes = [derive(program._replace(expr=each.zero), name) for each in found for name in names]
    return all(variable_names(slope).isdisjoint(names) for slope in slopes)
