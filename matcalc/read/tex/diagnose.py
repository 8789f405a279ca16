"""What to say of a formula whose tokens are in no order that is read."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.errors import ParseError, Span, UnknownNameError
from matcalc.read.syntax.tokens import Token
from matcalc.read.tex.phrases import Phrase

_DECIMAL = re.compile(r"([0-9]+)\{?,\}?([0-9]+)")
_PLACED = re.compile(r"_\s*\{[^{}]*(?::|\\cdot|·|\*)\s*\}?$")
_LONGEST_NUMBER = 20  # characters around a comma
_BELOW_SUM = re.compile(r"\\(sum|prod)\s*(\\(limits|nolimits)\s*)?_\s*\{[^{}]*(\\\{[^{}]*)?$")
_CROSSED = re.compile(r"\[([^\[\]]*?)(?:\\right\s*)?\]\s*_\s*\{?\s*$")
_MINUS = re.compile(r"\^\s*\{?\s*[-−]\s*$")
_BELOW = re.compile(r"_\s*\{[^{}]*$")
_ABOVE_SUM = re.compile(
    r"\\(?:sum|prod)\s*(?:\\limits\s*)?_\s*\{([^{}=,]+),\s*([^{}=,]+)=\s*1\s*\}\s*\^\s*"
    r"\{([^{},]+),\s*([^{},]+)\}"
)
BAR_BELOW = r"a bar in a subscript is not supported: write a word, as in P_{\mathrm{pred}}"
OF_SETS = (
    r"sums run over ranges and conditions such as i \neq j; a set is written as weights that are 0 "
    r"or 1, as in \sum_{i} w_i x_i, \sum_{i,j} W_{ij} x_i x_j"
)


def below(text: str, position: int) -> str | None:
    """What to write for a sign that is not supported below a sum or in another subscript, which
    begins before this position.
    """
    if _BELOW_SUM.search(text, 0, position):
        return OF_SETS
    bar = text.startswith((r"\mid", r"\vert"), position)
    return BAR_BELOW if bar and _BELOW.search(text, 0, position) else None


def refuse_unnamed(text: str, left: Phrase, sign: Span) -> UnknownNameError:
    """The error for an equation whose left side is not a name."""
    shown = text[left.start : left.end]
    hint = (
        "leave the left side out; a condition, as in a problem with constraints, is not supported"
    )
    if left.kind == "power" and left.args[1].kind in ("symbol", "number"):
        base, script = text[left.args[0].start : left.args[0].end], left.args[1].text
        if "_" not in base:
            hint = f"write {base}_{{{script}}} if this is a name with an index, or leave it out"
    elif left.kind == "gradient":
        hint = (
            "write only the left side to differentiate it; matcalc check --latex judges whether "
            "the right side is the derivative"
        )
    return UnknownNameError(
        f"{shown} is not a name, and only a name may be on the left of an equals sign",
        source=text,
        span=sign,
        hint=hint,
    )


def _of_sign(text: str, before: Token, token: Token) -> ParseError | None:
    r"""The error for a sum without an index, and for **."""
    if before[0] == "SUM":
        return ParseError(
            "a sum without an index",
            source=text,
            span=Span(before[1], before[2]),
            hint=r"write \prod_i x_i over an index"
            if before[3] in (r"\prod", "∏")
            else r"write \sum_i x_i over an index, \operatorname{sum}(x) for all entries",
        )
    if before[3] == token[3] == "*":
        return ParseError(
            "** is of the plain language",
            source=text,
            span=Span(before[1], token[2]),
            hint="leave out --latex; in LaTeX a power is written ^",
        )
    return None


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
        if before is not None and (known := _of_sign(text, before, token)):
            return known
        if kind == "EQUALS":
            return ParseError(
                "the value is written in two ways here, with = between them",
                source=text,
                span=span,
                hint="write only one of them; matcalc equal --latex compares two formulas",
            )
        decimal = _of_decimal(text, token)
        if decimal is not None:
            return decimal
        raised = _PLACED.search(text, 0, end)
        if raised and kind in ("RBRACE", "CDOT", "STAR"):
            return ParseError(
                f"{what} where a position is expected",
                source=text,
                span=span,
                hint="write A_{i,:} for a row, A_{:,j} for a column",
            )
        of_limits = _of_limits(text, token, what) or _of_script(text, token, before, what)
        if of_limits is not None:
            return of_limits
        if piece.lstrip("\\") in ("<", "lt") and "LETTERS" in row and "SUP" not in row:
            return ParseError(
                f"{what} where a formula begins",
                source=text,
                span=span,
                hint=r"write \langle x, y \rangle for the inner product",
            )
        limits = _ABOVE_SUM.search(text)
        if kind == "COMMA" and limits and limits.start() < start < limits.end():
            i, j, n, m = (part.strip() for part in limits.groups())
            return ParseError(
                "two limits above a sum",
                source=text,
                span=span,
                hint=f"write \\sum_{{{i}=1}}^{{{n}}} \\sum_{{{j}=1}}^{{{m}}}",
            )
        if "LETTERS" in row and "SUP" not in row:  # after an operand there could be a superscript
            return ParseError(
                f"{what} where a letter, a number or a bracket is expected", source=text, span=span
            )
        if kind == "COMPARE":
            hint = r"write \mathbb{1}[...] around a condition, which is 1 where it holds"
            return ParseError(
                f"a comparison belongs in brackets, and {piece} is not in any",
                source=text,
                span=span,
                hint=hint,
            )
        after = f" after {before[3]}" if before else ""
        message = f"{what}{after}, which is not supported there"
        return ParseError(message, source=text, span=span, hint=_parting_hint(text, token))

    return refuse


def _parting_hint(text: str, token: Token) -> str | None:
    """The hint for a comma between formulas, which is in no brackets."""
    start = token[1]
    if token[0] == "COMMA" and all(
        text.count(opening, 0, start) == text.count(closing, 0, start)
        for opening, closing in ("()", "[]", "{}")
    ):
        return r"formulas are separated by \\, and definitions come before their uses"
    return None


def _of_decimal(text: str, token: Token) -> ParseError | None:
    """The error for 3,5."""
    kind, start, end, _ = token
    comma = _DECIMAL.search(text, max(start - _LONGEST_NUMBER, 0), end + _LONGEST_NUMBER)
    if kind != "COMMA" or comma is None or not comma.start() < start < comma.end():
        return None
    whole, rest = comma.groups()
    thousands = f", or {whole}{rest} if the comma separates thousands"
    return ParseError(
        "a number has a decimal point, not a comma",
        source=text,
        span=Span(comma.start(), comma.end()),
        hint=f"write {whole}.{rest}{thousands if len(rest) == 3 else ''}",
    )


def _of_limits(text: str, token: Token, what: str) -> ParseError | None:
    r"""The error for a set below a sum, and for \sum_{i,j=1}^{n,m}."""
    kind, start, end, _ = token
    if kind in ("COLON", "LPAR", "LANGLE", "COMPARE") and _BELOW_SUM.search(text, 0, start):
        message = f"{what} below a sum, which is not supported there"
        return ParseError(message, source=text, span=Span(start, end), hint=OF_SETS)
    limits = _ABOVE_SUM.search(text) if kind == "COMMA" else None
    if limits is None or not limits.start() < start < limits.end():
        return None
    i, j, n, m = (part.strip() for part in limits.groups())
    return ParseError(
        "two limits above a sum",
        source=text,
        span=Span(start, end),
        hint=f"write \\sum_{{{i}=1}}^{{{n}}} \\sum_{{{j}=1}}^{{{m}}}",
    )


def _of_script(text: str, token: Token, before: Token | None, what: str) -> ParseError | None:
    r"""The error for {}^t A, x^-, A^{-} and [x]_\times."""
    _, start, end, piece = token
    crossed = _CROSSED.search(text, 0, start) if piece in (r"\times", "×") else None
    if re.match(r"\{\s*\}\s*\^", text[before[1] if before else 0 :]):
        hint = r"write A^\top for the transpose of A"
    elif crossed:
        hint = (
            rf"write \operatorname{{skewmat}}({crossed[1].strip()}), the matrix of a cross product"
        )
    elif _MINUS.search(text, 0, start + (piece in ("-", "−"))):
        hint = (
            r"write A^{-1} for the inverse, A^+ for the pseudo-inverse, x_{\mathrm{neg}}, a word, "
            r"for a name"
        )
    else:
        return None
    message = f"{what} where a letter, a number or a bracket is expected"
    return ParseError(message, source=text, span=Span(start, end), hint=hint)
