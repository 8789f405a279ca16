"""What to say of a formula whose tokens are in no order that is read."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.errors import ParseError, Span
from matcalc.read.syntax.automaton import Token


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
