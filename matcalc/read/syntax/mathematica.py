"""Texts as Mathematica has them, ``Tr[A.X]`` and ``x.A.x``: what to write in their place."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.operations import ALIASES, OPERATIONS
from matcalc.read.syntax.names import DERIVED, default_kind

_LONGEST = 80  # characters of a text that is written again
_OTHERWISE = {  # functions with two capitals and other names
    "inverse": "inv",
    "total": "sum",
    "matrixexp": "expm",
    "matrixlog": "logm",
    "arctan": "atan",
    "arcsin": "asin",
    "arccos": "acos",
    "diagonalmatrix": "diag",
    "diagonal": "diag",
    "eigenvalues": "eigvals",
    "singularvaluelist": "svdvals",
    "transpose": "transpose",
    "kroneckerproduct": "kron",
}
_POWER = re.compile(r"(?<!\.)\^")
_CALL = re.compile(r"(?<![\w.])(?P<name>[A-Z]\w*)\[(?P<inside>[^\[\]]*)\]")
_DERIVATIVE = re.compile(r"D\[.*,\s*(\w+|\{[^{}]*\})\s*\]", re.DOTALL)
_DOT = re.compile(r"(?<=[\w)'])(?<![\d.])\s*\.\s*(?!T\b)(?=[A-Za-z(])")
_FIRST = re.compile(r"(?<![\w.)'\]])(?P<name>[A-Za-z]\w*)(?=\s*\.\s*(?!T\b)[A-Za-z(])")


def plain_name(name: str) -> str | None:
    """The function here that ``Name[...]`` is there; None where it may be an array."""
    spelt = name.lower()
    plain = _OTHERWISE.get(spelt) or ALIASES.get(spelt, spelt)
    called = name[:1].isupper() and (name[1:].islower() or spelt in _OTHERWISE)
    return plain if called and (plain in OPERATIONS or plain == "transpose") else None


def plain_call(name: str, inside: str) -> str | None:
    """What to write for ``Name[inside]`` and the calls inside; None where it may be an array."""
    plain = plain_name(name)
    inside = _POWER.sub(".^", inside)  # of lists, entry by entry
    if name == "Dot":
        return _without_calls(f"({' . '.join(part.strip() for part in inside.split(','))})")
    if plain is None:
        return None
    if plain == "norm2" and "," in inside:  # Norm[x, 1], which is not along an axis
        plain = "norm"
    return _without_calls(f"{plain}({inside})")


def _without_calls(text: str) -> str | None:
    while call := _CALL.search(text):
        made = plain_call(call["name"], call["inside"])
        if made is None:
            return None
        text = f"{text[: call.start()]}{made}{text[call.end() :]}"
    return text


def as_products(text: str, readable: Callable[[str], bool]) -> str | None:
    """What to write for a text whose products are dots: a vector before one is a row; None where
    it does not come out in the language.
    """
    if len(text) > _LONGEST:
        return None
    if _DERIVATIVE.fullmatch(text.strip()):
        return DERIVED
    found = _without_calls(text)
    if found is None:
        return None
    found = with_products(found)
    return f"write {found}" if found != text and readable(found) else None


def with_products(text: str) -> str:
    """A text with products for dots; a vector before one is a row."""
    return _DOT.sub("*", _FIRST.sub(_as_row, text))


def _as_row(match: re.Match[str]) -> str:
    name = match["name"]
    return f"{name}'" if default_kind(name) == "vector" and name not in OPERATIONS else name
