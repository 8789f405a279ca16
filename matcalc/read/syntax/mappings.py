"""Declarations of functions: ``f: function``, ``F: function(vector(n), scalar) -> vector(m)``."""

from __future__ import annotations

from collections.abc import Container

from matcalc.core.dims import Dim
from matcalc.core.errors import ParseError, Span, UnknownNameError
from matcalc.core.kinds import KINDS, MOST_AXES, Variable
from matcalc.core.operations import BUILT_IN_NAMES
from matcalc.read.syntax.nodes import Statement, SyntaxNode
from matcalc.read.syntax.sizes import size

_FORMS = (
    "a function is declared as  f: function  (of scalars, entry by entry),  f: "
    "function(vector(n)) -> scalar,  K: function(scalar) -> matrix(n, n)  or  psd(n),  and of "
    "several arguments  F: function(vector(n), matrix(m, n)) -> vector(m)"
)
_KINDS = ("scalar", "vector", "matrix", "tensor")
_STRUCTURES = {"symmetric": "symmetric", "psd": "psd", "spd": "psd"}  # of values
_MOST_ARGUMENTS = 9  # which the names of derivatives count with one digit each


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
    if value is None or given.kind != "call" or given.value != "function" or not given.args:
        raise ParseError(
            "this is not a declaration of a function", source=source, span=body.span, hint=_FORMS
        )
    if len(given.args) > _MOST_ARGUMENTS:
        message = f"a function takes at most nine arguments, not {len(given.args)}"
        raise ParseError(message, source=source, span=given.span)
    shapes = [_shape(part, source) for part in given.args]
    structure = _STRUCTURES.get(str(value.value), "") if value.kind == "call" else ""
    if structure and any(shapes):
        message = f"a function with values {value.value}(n) takes scalars"
        hint = f"declare matrix(n, n), and write ({name}(X) + {name}(X)')/2 for the symmetric part"
        raise ParseError(message, source=source, span=value.span, hint=hint)
    shapes.append(_square(value, source) if structure else _shape(value, source))
    ranks = tuple([len(shape) for shape in shapes])
    dims = tuple([axis for shape in shapes for axis in shape])
    known = ranks if ranks != (0, 0) else ()
    return Variable(name, "function", dims, True, known, value=structure)


def _square(node: SyntaxNode, source: str) -> tuple[Dim, ...]:
    """The sizes in ``symmetric(n)``."""
    if len(node.args) != 1:
        message = f"{node.value} has one size"
        raise ParseError(message, source=source, span=node.span, hint=_FORMS)
    return (size(node.args[0], source),) * 2


def _shape(node: SyntaxNode, source: str) -> tuple[Dim, ...]:
    """The sizes in ``scalar``, ``vector(n)``, ``matrix(m, n)``, ``tensor(n, m, k)``."""
    known = node.kind in ("name", "call") and node.value in _KINDS
    least = KINDS[str(node.value)] if known else 0
    most = MOST_AXES if node.value == "tensor" else least
    if not known or not least <= len(node.args) <= most:
        message = "arguments and values of functions are  scalar,  vector(n)  or  matrix(m, n)"
        raise ParseError(message, source=source, span=node.span, hint=_FORMS)
    return tuple([size(arg, source) for arg in node.args])


def _span(statement: Statement) -> Span:
    return statement.name_span or statement.body.span
