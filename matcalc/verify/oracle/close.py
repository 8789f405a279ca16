"""Numbers that may be taken for each other: values in double precision do not tell them apart."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction

from matcalc.core.tree import Expr, number

_CLOSE = Fraction(1, 10**5)  # relative
_PLAIN = 20  # the largest denominator of a number that is not itself a rounded one
_MOST_DIGITS = 20
_DIGITS = 10**8  # the denominator of a number with so many digits that it stands for another
_CLOSEST = Fraction(1, 10**8)
_KNOWN = {
    "pi": math.pi,
    "1/pi": 1 / math.pi,
    "sqrt(pi)": math.sqrt(math.pi),
    "1/sqrt(pi)": 1 / math.sqrt(math.pi),
    "sqrt(2*pi)": math.sqrt(2 * math.pi),
    "1/sqrt(2*pi)": 1 / math.sqrt(2 * math.pi),
    "sqrt(2)": math.sqrt(2),
    "sqrt(3)": math.sqrt(3),
    "exp(1)": math.e,
    "exp(-1)": 1 / math.e,
    "log(2)": math.log(2),
    "log(2*pi)": math.log(2 * math.pi),
}


def find_unrounded(value: Fraction) -> Iterator[Fraction]:
    """The plain numbers that another is close to but not equal to, or that a decimal with two
    digits or more is made of by rounding or cutting: 2/3 of 0.667 and of 0.66.
    """
    digits = next((k for k in range(_MOST_DIGITS) if (value * 10**k).denominator == 1), 0)
    last = Fraction(1, 10**digits) if digits > 1 else Fraction(0)
    for below in range(1, _PLAIN + 1):
        near = Fraction(round(value * below), below)
        lost = abs(near) - abs(value)
        close = -last / 2 <= lost < last or abs(lost) <= _CLOSE * abs(near)
        if near.denominator == below and lost and close:
            yield near


def close_numbers(one: Sequence[Expr], other: Sequence[Expr]) -> Iterator[tuple[Expr, Expr, str]]:
    """Numbers that one side has and the other has not, each with one that it is close to but not
    equal to: one of the other side, a plain one, or a multiple of a well-known one, which is
    named.
    """
    sides = _numbers(one), _numbers(other)
    for here, there in (sides, sides[::-1]):
        for value in here:
            if value in there:
                continue
            for near in (*there, value.limit_denominator(_PLAIN)):
                if 0 < abs(value - near) <= _CLOSE * abs(near):
                    yield number(value), number(near), ""
            for name, constant in _KNOWN.items() if value.denominator > _DIGITS else ():
                known = Fraction(constant)
                factor = (value / known).limit_denominator(_PLAIN)
                if factor and abs(value - factor * known) <= _CLOSEST * value:
                    yield number(value), number(factor), name


def _numbers(trees: Sequence[Expr]) -> list[Fraction]:
    nodes = [node for tree in trees for node in tree.parts]
    found = (abs(Fraction(node.value)) for node in nodes if node.op == "number")
    return list(dict.fromkeys(value for value in found if value))
