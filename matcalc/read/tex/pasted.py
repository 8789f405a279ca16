r"""Formulas that were copied from a page: x₁², Aᵀ, Σ_{i=1}^n, and sums whose index is not said."""

from __future__ import annotations

import itertools
import re

from matcalc.core.errors import ParseError, Span
from matcalc.core.operations import OVER_INDICES
from matcalc.read.syntax.tokens import Token
from matcalc.read.tex.delimiters import in_script
from matcalc.read.tex.scripts import POSTFIX_T
from matcalc.read.tex.vocabulary import INDICES

_RAISED, _LOWERED = "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺ⁿᵀ", "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₙₘ"
_PLAIN = dict(zip(_RAISED + _LOWERED, "0123456789-+nT0123456789ijknm", strict=True))
SCRIPTS = re.compile(f"[{_RAISED}]+|[{_LOWERED}]+")
_KINDS = {"-": "MINUS", "+": "PLUS"}
_BACKSLASH = re.compile(r"\\(?=[ \n]|$)")
_BETWEEN_ENTRIES = frozenset({"AMPERSAND", "SEPARATOR", "BEGINMATRIX", "ENDMATRIX"})
_PIECES = re.compile(r"[0-9]+|.")


def script_tokens(match: re.Match[str]) -> list[Token]:
    """The tokens of a run of raised or lowered characters."""
    start, end = match.span()
    plain = "".join(_PLAIN[char] for char in match[0])
    inside = [
        (
            "NUMBER" if piece[0].isdecimal() else _KINDS.get(piece[0], "LETTERS"),
            start + piece.start(),
            start + piece.end(),
            piece[0],
        )
        for piece in _PIECES.finditer(plain)
    ]
    sign = ("SUP", "^") if match[0][0] in _RAISED else ("SUB", "_")
    opened, closed = ("LBRACE", start, start, "{"), ("RBRACE", end, end, "}")
    return [(sign[0], start, start, sign[1]), opened, *inside, closed]


def with_indices(tokens: list[Token], text: str) -> None:
    r"""Gives \sum x_i the one index that the formula has, and takes Σ_{i=1}^n for a sum, and
    \operatorname{logsumexp}_k for what is taken over k.
    """
    for k in reversed(range(len(tokens))):
        kind, start, end, piece = tokens[k]
        following = tokens[k + 1][0] if k + 1 < len(tokens) else "$END"
        if piece in ("Σ", "Π", r"\Sigma", r"\Pi") and following == "SUB":
            over = in_script(tokens, k + 1)
            if "EQUALS" in [token[0] for token in over]:
                tokens[k] = ("SUM", start, end, "∑" if piece[-5:] in ("Σ", "Sigma") else "∏")
            elif piece in ("Σ", "Π"):
                _refuse_sign(tokens, k, over, text)
        elif kind == "FUNCTION" and piece in OVER_INDICES and following == "SUB":
            tokens[k] = ("SUM", start, end, piece)
        elif kind == "SUM" and following not in ("SUB", "SUP"):
            indices = {token[3]: token for token in _letters_below(tokens[k:])}
            if len(indices) == 1:
                (index,) = indices.values()
                tokens[k + 1 : k + 1] = [("SUB", end, end, "_"), index]


def split_raised(tokens: list[Token]) -> None:
    r"""Takes x^{(i)\top} for the transpose of x^{(i)}."""
    for k in reversed(range(len(tokens) - 5)):
        kinds = [token[0] for token in tokens[k : k + 3]]
        if kinds != ["SUP", "LBRACE", "LPAR"] or tokens[k + 4][0] != "RPAR":
            continue
        sign, closing = tokens[k + 5 : k + 7]
        transposes = sign[0] in ("TOP", "PRIME") or sign[3] in POSTFIX_T
        if closing[0] == "RBRACE" and transposes:
            kind, start, _, piece = sign
            end = closing[2]  # the whole is quoted with its brace
            mark = (kind, end, end, piece)
            behind = [mark] if kind == "PRIME" else [("SUP", end, end, "^"), mark]
            tokens[k + 5 : k + 7] = [("RBRACE", start, end, "}"), *behind]


def refuse_eaten(tokens: list[Token], text: str) -> None:
    r"""Refuses the blank ``\ `` between entries of a matrix, which may be half of the end of a
    row: shells take the other half.
    """
    depth = 0
    for token, following in itertools.pairwise(tokens):
        depth += (token[0] == "BEGINMATRIX") - (token[0] == "ENDMATRIX")
        blank = _BACKSLASH.search(text, token[2], following[1]) if depth else None
        if blank and token[0] not in _BETWEEN_ENTRIES and following[0] not in _BETWEEN_ENTRIES:
            raise ParseError(
                "a backslash before a blank in a matrix may be a blank, or the end of a row",
                source=text,
                span=Span(blank.start(), blank.start() + 1),
                hint=r"write \\ between rows, in quotes that keep both; leave it out otherwise",
            )


def _letters_below(tokens: list[Token]) -> list[Token]:
    """The letters of all subscripts."""
    found: list[Token] = []
    for k, token in enumerate(tokens):
        if token[0] == "SUB":
            found += [each for each in in_script(tokens, k) if each[0] == "LETTERS"]
    return [each for each in found if each[3] in INDICES]


def _refuse_sign(tokens: list[Token], k: int, over: list[Token], text: str) -> None:
    """Refuses Σ_i x_i, which may be a sum, or a matrix before a vector."""
    behind = k + 2 + len(over) + 2 * (tokens[k + 2][0] == "LBRACE")
    index = over[0][3] if len(over) == 1 else ""
    same = [each for each in _letters_below(tokens[behind:]) if each[3] == index]
    operand = behind < len(tokens) and tokens[behind][0] in ("LETTERS", "GREEK", "LPAR", "STYLED")
    if same and operand:
        _, start, _, sign = tokens[k]
        end = over[-1][2]
        total, letter = (r"\sum", r"\Sigma") if sign == "Σ" else (r"\prod", r"\Pi")
        what = "sum" if sign == "Σ" else "product"
        raise ParseError(
            f"{sign}_{index} may be a {what} over {index} or a matrix",
            source=text,
            span=Span(start, end),
            hint=f"write {total}_{index} for the one, {letter}_{index} for the other",
        )
