"""Decimals of exact rationals."""

from __future__ import annotations

from fractions import Fraction

_MOST_PLACES = 60  # no number that people type has more
USUAL_PLACES = 6  # a number with no more is always written as a decimal, without an exponent


def places(value: Fraction) -> int | None:
    """How many digits stand behind the point; None if they never end, or are too many to write."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    found = max(twos, fives)
    return found if rest == 1 and found <= _MOST_PLACES else None


def decimal(value: Fraction) -> str | None:
    """The exact decimal of a positive number, as ``0.25`` or where that is shorter ``1e-8``; None
    if there is none.
    """
    behind = places(value)
    if not behind:
        return None
    digits = str(value.numerator * 10**behind // value.denominator)
    plain = digits.rjust(behind + 1, "0")
    plain = f"{plain[:-behind]}.{plain[-behind:]}"
    point = f"{digits[0]}.{digits[1:]}" if len(digits) > 1 else digits
    scientific = f"{point}e{len(digits) - 1 - behind}"
    return min(plain, scientific, key=len) if behind > USUAL_PLACES else plain


def shorter_as_decimal(value: Fraction) -> bool:
    """Whether a coefficient is clearly shorter as a decimal: ``1.702*x`` for ``851*x/500``, but not
    ``7.5*x`` for ``15*x/2``.
    """
    written = decimal(abs(value))
    above, below = abs(value.numerator), value.denominator
    quotient = len(f"/{below}") + (len(f"{above}*") if above != 1 else 0)
    return written is not None and len(f"{written}*") + 1 < quotient
