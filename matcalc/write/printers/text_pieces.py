"""Pieces of text: what is written for a node, with how closely it binds."""

from __future__ import annotations

from fractions import Fraction

from matcalc.core.decimals import USUAL_PLACES, decimal, integer, places

_, COMPARISON, SUM, PRODUCT, NEGATION, POWER, POSTFIX, ATOM = range(8)

Piece = tuple[str, int, str]  # text, level, outermost operator


def number_text(value: Fraction) -> Piece:
    """An integer, a short decimal, or a quotient."""
    if value.numerator < 0:
        inner, level, _ = number_text(-value)
        return f"-{inner}", min(level, NEGATION), "neg"
    if value.denominator == 1:
        return integer(value.numerator), ATOM, "number"
    written = decimal(value)
    above, below = integer(value.numerator), integer(value.denominator)
    if written is not None and (
        len(written) <= len(f"{value}") or (places(value) or 0) <= USUAL_PLACES
    ):
        return written, ATOM, "number"
    return f"{above}/{below}", PRODUCT, "/"


def name_piece(name: str) -> Piece:
    """A name that stands for an expression."""
    return name, ATOM, "name"


def bracket(argument: Piece, level: int) -> str:
    """The text of an operand, in brackets where it binds less closely."""
    return argument[0] if argument[1] >= level else f"({argument[0]})"
