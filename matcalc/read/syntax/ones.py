"""The number 1 where books mean the vector of ones."""

from __future__ import annotations

import re

from matcalc.core.errors import ParseError, Span
from matcalc.read.syntax.tokens import Token

_BEHIND = ("PLUS", "MINUS", "RPAR", "RSQUARE", "COMMA", "SEPARATOR", "TRANSPOSE", "$END")


def refuse_ones(text: str, stream: list[Token]) -> None:
    """Refuses ``1'*x``, ``x'*1`` and ``A*1``, in which 1 would be the number."""
    for before, token, behind in zip(stream, stream[1:], stream[2:], strict=False):
        if before[3] == "1" and token[0] == "TRANSPOSE" and behind[3] == "*":
            written = text[: before[1]]
            if not re.search(r"\^\s*-?\s*$", written):  # but A^-1'
                span = Span(before[1], token[2])
                raise _two_readings(text, span, "transposed ", "ones' for the vector")
    for left, times, one, behind in zip(stream, stream[1:], stream[2:], stream[3:], strict=False):
        array = left[0] == "TRANSPOSE" or (left[0] == "NAME" and left[3][0].isupper())
        if array and times[3] == "*" and one[3] == "1" and behind[0] in _BEHIND:
            raise _two_readings(text, Span(one[1], one[2]), "", "vector(1) for the vector")


def _two_readings(text: str, span: Span, which: str, instead: str) -> ParseError:
    return ParseError(
        f"{text[span.start : span.end]} may be the number 1 or the {which}vector of ones",
        source=text,
        span=span,
        hint=f"write {instead}; leave out the number",
    )
