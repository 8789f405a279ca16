"""Brackets and scripts among the tokens of a formula."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.read.syntax.tokens import Token

OPENING = {
    "LPAR": "RPAR",
    "LSQUARE": "RSQUARE",
    "LCURLY": "RCURLY",
    "LBRACE": "RBRACE",
    "LANGLE": "RANGLE",
    "BEGINMATRIX": "ENDMATRIX",
    "BEGINCASES": "ENDCASES",
}
CLOSING = frozenset(OPENING.values())


def kind_at(piece: Sequence[Token], place: int) -> str:
    """The kind of the token there; "" after the last."""
    return piece[place][0] if place < len(piece) else ""


def end_of_bracket(piece: Sequence[Token], start: int) -> int:
    """The number of the token after the bracket, or the one token, at ``start``."""
    depth = 0
    for k in range(start, len(piece)):
        depth += (piece[k][0] in OPENING) - (piece[k][0] in CLOSING)
        if depth <= 0:
            return k + 1
    return len(piece)


def end_of_script(piece: Sequence[Token], sign: int) -> int:
    """The number of the token after the script whose ``_`` or ``^`` is at ``sign``."""
    return end_of_bracket(piece, sign + 1)


def in_script(piece: Sequence[Token], sign: int) -> list[Token]:
    """What is in a script, without its braces."""
    inner = list(piece[sign + 1 : end_of_script(piece, sign)])
    if not inner or inner[0][0] != "LBRACE":
        return inner
    return inner[1:-1] if inner[-1][0] == "RBRACE" else inner[1:]
