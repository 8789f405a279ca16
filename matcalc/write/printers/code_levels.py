"""How tightly pieces of generated code bind, from a comparison to what needs no brackets."""

from __future__ import annotations

from matcalc.core.operations import COMPARISONS

COMPARISON, SUM, TERM, UNARY, POWER, ATOM = range(6)
LEVELS = {
    **dict.fromkeys(COMPARISONS, COMPARISON),
    "+": SUM,
    "-": SUM,
    "*": TERM,
    "/": TERM,
    "@": TERM,
    "**": POWER,
}
Code = tuple[str, int]  # a text and its level


def bracket(code: Code, level: int = ATOM) -> str:
    """The text, in brackets unless it binds as tightly as the level."""
    text, own = code
    return text if own >= level else f"({text})"
