"""Declarations of functions: ``f: function``, ``f: function(vector(n)) -> scalar``."""

from __future__ import annotations

from collections.abc import Container

from matcalc.core.dims import Dim
from matcalc.core.errors import ParseError, Span, UnknownNameError
from matcalc.core.kinds import KINDS, Variable
from matcalc.core.operations import BUILT_IN_NAMES
from matcalc.read.syntax.declare import size
from matcalc.read.syntax.nodes import Node, Statement

_FORMS = (
    "a function is declared as  f: function  (of scalars, entry by entry),  f: "
    "function(vector(n)) -> scalar,  "
    "f: function(vector(n)) -> vector(m)  or  f: function(matrix(m, n)) -> scalar"
)
_RANKS = ("scalar", "vector", "matrix")
_POSSIBLE = {(0, 0), (1, 0), (1, 1), (2, 0)}  # ranks of the argument and of the value


def function(statement: Statement, source: str, functions: Container[str] = ()) -> Variable:
    """The function that a declaration declares."""
    name, body = statement.name, statement.body
    if name in BUILT_IN_NAMES or name in functions:
        hint = "choose another name"
        raise UnknownNameError(
            f"{name} is a function of the language", source=source, span=_span(statement), hint=hint
        )
    if body.kind == "name":
        return Variable(name, "function")
    given, value = body.args if body.kind == "->" else (body, None)
    if value is None or given.kind != "call" or given.value != "function" or len(given.args) != 1:
        raise ParseError(
            "this is no declaration of a function", source=source, span=body.span, hint=_FORMS
        )
    shapes = [_shape(part, source) for part in (given.args[0], value)]
    ranks = tuple([len(shape) for shape in shapes])
    if ranks not in _POSSIBLE:
        raise ParseError(
            "functions of this kind are not supported", source=source, span=body.span, hint=_FORMS
        )
    return Variable(name, "function", shapes[0] + shapes[1], True, ranks if any(ranks) else ())


def _shape(node: Node, source: str) -> tuple[Dim, ...]:
    """The sizes in ``scalar``, ``vector(n)``, ``matrix(m, n)``."""
    if (
        node.kind not in ("name", "call")
        or node.value not in _RANKS
        or len(node.args) != KINDS[str(node.value)]
    ):
        message = "arguments and values of functions are  scalar,  vector(n)  or  matrix(m, n)"
        raise ParseError(message, source=source, span=node.span, hint=_FORMS)
    return tuple([size(arg, source) for arg in node.args])


def _span(statement: Statement) -> Span:
    return statement.name_span or statement.body.span
