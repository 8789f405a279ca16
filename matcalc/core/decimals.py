"""Decimals of exact rationals."""

from __future__ import annotations

from fractions import Fraction

from matcalc.core.errors import UnsupportedError

_MOST_PLACES = 60  # no number that people type has more, unless it is as small as 1e-300
_MOST_DIGITS = 20  # of such a number
_LONGEST = 1_000  # places and digits of numbers that are read
_LARGEST = 3_321  # bits of these
_MANY_ZEROS = 9  # at the end of an integer, from which on it has an exponent
USUAL_PLACES = 6  # a number with no more is always written as a decimal, without an exponent


def places(value: Fraction) -> int | None:
    """How many digits follow the point; None if they never end, or are too many to write."""
    rest, twos, fives = value.denominator, 0, 0
    while rest % 2 == 0:
        rest, twos = rest // 2, twos + 1
    while rest % 5 == 0:
        rest, fives = rest // 5, fives + 1
    found = max(twos, fives)
    if rest != 1 or found > _LONGEST:
        return None
    digits = value.numerator * 10**found // value.denominator
    short = found <= _MOST_PLACES or digits < 10**_MOST_DIGITS
    return found if short else None


def integer(value: int) -> str:
    """A positive integer, as ``1e300`` where it ends in many zeros; UnsupportedError where it has
    more digits than are read.
    """
    if value.bit_length() > _LARGEST:
        raise UnsupportedError(f"the result has a number with more than {_LONGEST:,} digits")
    digits = str(value)
    significant = digits.rstrip("0")
    if len(digits) - len(significant) <= _MANY_ZEROS:
        return digits
    return _scientific(significant, len(digits) - 1)


def _scientific(digits: str, exponent: int) -> str:
    return f"{digits[0]}.{digits[1:]}e{exponent}" if len(digits) > 1 else f"{digits}e{exponent}"


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
    scientific = _scientific(digits, len(digits) - 1 - behind)
    return min(plain, scientific, key=len) if behind > USUAL_PLACES else plain


def shorter_as_decimal(value: Fraction, *, typed: bool = False) -> bool:
    """Whether a coefficient is clearly shorter as a decimal: ``1.702*x`` for ``851*x/500``, but not
    ``7.5*x`` for ``15*x/2``. Where decimals were ``typed`` it may be one character longer.
    """
    written = decimal(abs(value))
    above, below = abs(value.numerator), value.denominator
    quotient = len(f"/{below}") + (len(f"{above}*") if above != 1 else 0)
    return written is not None and len(f"{written}*") + 1 < quotient + 3 * typed
