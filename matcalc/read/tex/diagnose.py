"""What to say of a formula whose tokens are in no order that is read."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.errors import ParseError, Span, UnknownNameError
from matcalc.read.syntax.automaton import Token
from matcalc.read.tex.phrases import Phrase

_DECIMAL = re.compile(r"([0-9]+)\{?,\}?([0-9]+)")
_PLACED = re.compile(r"_\s*\{[^{}]*(?::|\\cdot|·)\s*\}?$")
_LONGEST_NUMBER = 20  # characters around a comma


def unnamed_error(text: str, left: Phrase, sign: Span) -> UnknownNameError:
    """The error for an equation whose left side is no name."""
    shown = text[left.start : left.end]
    hint = "leave the left side out; a condition, as in a problem with constraints, is not read"
    if left.kind == "power" and left.args[1].kind in ("symbol", "number"):
        base, script = text[left.args[0].start : left.args[0].end], left.args[1].text
        if "_" not in base:
            hint = f"write {base}_{{{script}}} if this is a name with an index, or leave it out"
    elif left.kind == "gradient":
        hint = "write the right side alone; matcalc check --latex judges a claimed derivative"
    return UnknownNameError(
        f"{shown} is no name, which an equals sign has on its left",
        source=text,
        span=sign,
        hint=hint,
    )


def refusal(text: str) -> Callable[[Token, Token | None, dict[str, int]], ParseError]:
    """The function that makes the error for a token which cannot stand where it does."""

    def refuse(token: Token, before: Token | None, row: dict[str, int]) -> ParseError:
        kind, start, end, piece = token
        span = Span(start, end)
        if before is None and kind == "$END":
            return ParseError(
                "there is no formula",
                source=text,
                span=span,
                hint=r"type one, for instance x^\top A x",
            )
        what = {"$END": "the formula ends", "SEPARATOR": "the line ends"}.get(
            kind, f"there is {piece}"
        )
        if before is not None and before[0] == "SUM":
            return ParseError(
                "a sum without an index",
                source=text,
                span=Span(before[1], before[2]),
                hint=r"write \sum_{i}",
            )
        if kind == "EQUALS":
            return ParseError(
                "the value is written in two ways here, with = between them",
                source=text,
                span=span,
                hint="write one of them alone; matcalc equal --latex compares two formulas",
            )
        comma = _DECIMAL.search(text, max(start - _LONGEST_NUMBER, 0), end + _LONGEST_NUMBER)
        if kind == "COMMA" and comma and comma.start() < start < comma.end():
            whole, rest = comma.groups()
            thousands = f", or {whole}{rest} if the comma separates thousands"
            return ParseError(
                "a number has a point, and no comma",
                source=text,
                span=Span(comma.start(), comma.end()),
                hint=f"write {whole}.{rest}{thousands if len(rest) == 3 else ''}",
            )
        raised = _PLACED.search(text, 0, end)
        if raised and kind in ("RBRACE", "CDOT"):
            return ParseError(
                f"{what} where a place is expected",
                source=text,
                span=span,
                hint="write A_{i,:} for a row, A_{:,j} for a column",
            )
        if piece.lstrip("\\") in ("<", "lt") and "LETTERS" in row and "SUP" not in row:
            return ParseError(
                f"{what} where a formula begins",
                source=text,
                span=span,
                hint=r"write \langle x, y \rangle for the inner product",
            )
        if "LETTERS" in row and "SUP" not in row:  # behind an operand there could be a superscript
            return ParseError(
                f"{what} where a letter, a number or a bracket is expected", source=text, span=span
            )
        if kind == "COMPARE":
            hint = r"write \mathbb{1}[...] around a condition, which is 1 where it holds"
            return ParseError(
                f"a comparison stands in brackets, and {piece} does not",
                source=text,
                span=span,
                hint=hint,
            )
        after = f" after {before[3]}" if before else ""
        return ParseError(f"{what}{after}, which is not read there", source=text, span=span)

    return refuse
