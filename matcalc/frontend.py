"""The front end: text and declarations in, a typed program out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from matcalc.core.errors import NameProblem, Span, SyntaxProblem
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.shapes.infer import infer, infer_pair
from matcalc.syntax.declare import declared, from_statement
from matcalc.syntax.nodes import Statement
from matcalc.syntax.parser import parse


def read(
    text: str, declarations: Mapping[str, str | Variable] | Iterable[str] = (), kinds: Mapping[str, str] | None = None
) -> Program:
    """Parses and types a program; raises a ``MatcalcError`` that knows its place in the text.

    ``declarations`` is a mapping ``{"A": "symmetric(n)"}`` or lines ``"A: symmetric(n)"``; the text may hold more of them.
    ``kinds`` are those of names of which nothing else was declared: ``{"b": "vector"}``.
    """
    statements, variables = _statements(text, declarations)
    _check_order(statements, text)
    return infer(statements, variables, text, kinds)


def read_pair(left: str, right: str, declarations: Mapping[str, str | Variable] | Iterable[str] = ()) -> tuple[Program, Program]:
    """Two programs over the same variables whose values have one shape.

    A declaration of one holds in both; the right one may use the definitions of the left one, and make them anew.
    """
    for text in (left, right):
        _check_order(_statements(text, declarations)[0], text)
    text = f"{left};\n{right}"
    statements, variables = _statements(text, declarations)
    end = 1 + next(place for place, statement in enumerate(statements) if statement.role == "value")
    program = infer_pair(statements[:end], statements[end:], variables, text)
    one, other = program.expr.args
    return replace(program, expr=one), replace(program, expr=other)


def _statements(
    text: str, declarations: Mapping[str, str | Variable] | Iterable[str]
) -> tuple[list[Statement], dict[str, Variable]]:
    """The definitions and values of a text, and everything that is declared."""
    variables = declared([declarations] if isinstance(declarations, str) else declarations)
    statements = parse(text, power_of_T=_is_scalar(variables.get("T")))
    if any(statement.name == "T" and _is_power(statement) for statement in statements):
        statements = parse(text, power_of_T=True)
    rest: list[Statement] = []
    for statement in statements:
        if statement.role == "declaration":
            if statement.name in variables:
                raise NameProblem(f"{statement.name} is declared twice", source=text, span=statement.name_span)
            variables[statement.name] = from_statement(statement, text)
        else:
            rest.append(statement)
    return rest, variables


def _is_scalar(variable: Variable | None) -> bool:
    """Whether this is a variable that can be an exponent."""
    return variable is not None and not variable.shape


def _is_power(statement: Statement) -> bool:
    """Whether a statement about T makes ``X^T`` a power."""
    return statement.role == "definition" or statement.body.value in ("scalar", "positive")


def _check_order(statements: list[Statement], text: str) -> None:
    """Definitions come first, and one value ends the program."""
    for statement in statements[:-1]:
        if statement.role == "value":
            hint = "a line goes on inside brackets and after an operator; the answer is the last statement"
            raise SyntaxProblem("this value is not used", source=text, span=statement.body.span, hint=hint)
    if not statements or statements[-1].role != "value":
        end = len(text.rstrip("; \t\r\n"))
        hint = "end with what is wanted, as in  r = A*x; r'*r"
        raise SyntaxProblem("there is no expression after the definitions", source=text, span=Span(end, end), hint=hint)
