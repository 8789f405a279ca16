"""The layout of texts: blanks where the language puts them, and nothing else changed.

What a text says is the sequence of its tokens. A text whose tokens would be others afterwards stays
as it is, and so does what cannot be read.
"""

from __future__ import annotations

import re

from matcalc.core.errors import MatcalcError
from matcalc.read.syntax.lexer import tokens
from matcalc.read.syntax.table import load
from matcalc.read.syntax.tokens import ENDS, Token

_SPACED = frozenset({"EQUALS", "COMPARE", "ARROW", "WHERE", "FOR"})
_SIGNS = frozenset({"PLUS", "MINUS"})
_TIGHT = frozenset(
    {"TIMES", "DIVIDE", "DOTTIMES", "DOTDIVIDE", "POWER", "DOTPOWER", "TRANSPOSE", "SUPERSCRIPT"}
)
_CLOSES = frozenset({"RPAR", "RSQUARE", "COMMA", "SEPARATOR", "COLON"})


def lay_out(text: str) -> str:
    """A program of the language with its blanks in order; lines stay lines."""
    try:
        found = _tokens(text)
    except MatcalcError:
        return text
    pieces: list[str] = []
    depth = 0  # of square brackets, in which nothing is changed
    ranged = False  # whether a colon is between the ends of a range
    for place, (kind, start, end, _) in enumerate(found):
        before = found[place - 1] if place else None
        gap = text[before[2] : start] if before else ""
        ranged = kind == "FOR" or (ranged and kind != "SEPARATOR" and "\n" not in gap)
        if depth == 0 and before is not None and kind != "$END":
            in_range = ranged and before[0] == "COLON"
            gap = "" if in_range else _gap(gap, before, found[max(place - 2, 0)], kind)
        written = text[start:end]
        pieces += [gap, written.strip(" \t") if ";" in written else written]
        depth += (kind == "LSQUARE") - (kind == "RSQUARE")
    made = "".join(pieces)
    return made if _same(text, made) else text


def _gap(gap: str, before: Token, earlier: Token, kind: str) -> str:
    """What is between two tokens."""
    if "\n" in gap or "\n" in before[3]:
        return gap
    last = before[0]
    if kind == "LSQUARE" or last == "LSQUARE" or kind == "RSQUARE":
        return gap
    if kind in _CLOSES:
        return ""
    if last == "SEPARATOR" or last in ("COMMA", "COLON") or {kind, last} & _SPACED:
        return " "
    if last in _SIGNS:
        return " " if earlier[0] in ENDS else ""
    if kind in _SIGNS:
        return " " if last in ENDS else ""
    if kind == "LPAR" and last in ENDS:
        return ""
    if kind in _TIGHT or last in _TIGHT or last == "LPAR" or kind == "RPAR":
        return ""
    return " " if gap else ""


def _tokens(text: str) -> list[Token]:
    return tokens(text, load())


def _same(text: str, other: str) -> bool:
    """Whether two texts have the same tokens."""
    try:
        return _signs(text) == _signs(other)
    except MatcalcError:
        return False


def _signs(text: str) -> list[tuple[str, str]]:
    return [(kind, piece.strip()) for kind, _, _, piece in _tokens(text)]


def latex_laid_out(formula: str) -> str:
    """A formula with one blank around equals signs and between terms, and no runs of blanks."""
    return "\n".join(_relate(line.rstrip(" \t")) for line in formula.split("\n"))


def _relate(line: str) -> str:
    indent = line[: len(line) - len(line.lstrip())]
    made = re.sub(r"[ \t]+", " ", line.lstrip())
    made = re.sub(r"[ ]*(?<![\\&])=[ ]*", " = ", made)
    made = re.sub(r"[ ]*&[ ]*=[ ]*", " &= ", made)
    made = re.sub(r"(?<=[\w})\]])[ ]*([+-])[ ]*(?=[\w\\({])", r" \1 ", made)
    return (indent + made).rstrip(" ")
