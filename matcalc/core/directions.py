"""Derivatives along directions: what a direction is, and the program that moves along one."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.kinds import ROWS, ZERO, Variable, free_kind
from matcalc.core.program import Program
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr

# kinds that are linear spaces, or lie open in one; in the others a direction is any array
_TANGENT = {row.name: row.tangent for row in ROWS if row.linear}
PARAMETER = "?t"  # no name in the language

# what is derived by once: a variable, or directions of one or more variables that move together
Step = str | Mapping[str, str]


def direction_of(variable: Variable, name: str) -> Variable:
    """The variable ``name`` that is a direction in which ``variable`` can move within its kind."""
    kind = _TANGENT.get(variable.kind)
    if kind is not None:
        return Variable(name, kind, variable.dims, declared=False)
    return free_variable(name, variable)


def free_variable(name: str, like: Variable | Expr) -> Variable:
    """A variable of the same shape of which nothing else is known."""
    return Variable(name, free_kind(len(like.shape)), like.shape, declared=False)


def keeps_kind(variable: Variable, direction: Variable) -> bool:
    """Whether a variable that moves in this direction stays of its kind, as far as that is a linear
    space.
    """
    return _TANGENT.get(variable.kind) in (None, _TANGENT.get(direction.kind))


def displace(program: Program, moves: Mapping[str, str]) -> Program:
    """The program at x + t*v for each variable x and its direction v, where the scalar t is zero.

    Its derivative with respect to t, ``PARAMETER``, is the derivative along the directions.
    """
    parameter = Expr("variable", value=PARAMETER)

    def move(node: Expr) -> Expr:
        step = _like(node, "*", (parameter, _like(node, "variable", (), moves[node.value])))
        return _like(node, "+", (node, step))

    expr = replace_variables(program.expr, dict.fromkeys(moves, move))
    variables = {**program.variables, PARAMETER: Variable(PARAMETER, ZERO)}
    return program._replace(expr=expr, variables=variables)


def _like(node: Expr, op: str, args: tuple[Expr, ...], value: object = None) -> Expr:
    return Expr(op, args, node.shape, value=value, row=node.row, span=node.span)
