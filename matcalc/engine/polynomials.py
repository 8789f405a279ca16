"""Signs of rational functions of one number, decided exactly by Sturm's theorem.

Basu, Pollack & Roy, Algorithms in Real Algebraic Geometry (2006), 2.2.2.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from matcalc.core.tree import Expr
from matcalc.core.walk import postorder

Polynomial = tuple[Fraction, ...]  # the coefficients from the constant one on, the last is not zero

_HIGHEST_DEGREE = 40
_MOST_NODES = 400


class Ratio(NamedTuple):
    """A quotient of polynomials; ``below`` is not the zero polynomial ``()``. Common factors may be
    left.
    """

    above: Polynomial
    below: Polynomial


def ratio_of(tree: Expr, name: str) -> Ratio | None:
    """The expression as a rational function of one number with rational coefficients, else None."""
    found: dict[int, Ratio] = {}
    order = postorder(tree, lambda node: node.args)
    if len(order) > _MOST_NODES:
        return None
    for node in order:
        result = (
            _of(node, [found[id(arg)] for arg in node.args], name)
            if (all(id(arg) in found for arg in node.args))
            else None
        )
        if result is None or max(map(len, result)) > _HIGHEST_DEGREE:
            return None
        found[id(node)] = result
    return found[id(tree)]


def _of(node: Expr, args: list[Ratio], name: str) -> Ratio | None:
    one: Polynomial = (Fraction(1),)
    if node.shape:
        return None
    if node.op == "number":
        return Ratio((node.value,) if node.value else (), one)
    if node.op == "variable":
        return Ratio((Fraction(0), Fraction(1)), one) if node.value == name else None
    if node.op == "neg":
        return Ratio(_scale(args[0].above, -1), args[0].below)
    if node.op in ("+", "-"):
        (a, b), (c, d) = args
        other = _product(c, b)
        other = other if node.op == "+" else _scale(other, -1)
        return Ratio(_sum(_product(a, d), other), _product(b, d))
    if node.op in ("*", ".*"):
        return Ratio(_product(args[0].above, args[1].above), _product(args[0].below, args[1].below))
    if node.op in ("/", "./"):
        if not args[1].above:
            return None
        return Ratio(_product(args[0].above, args[1].below), _product(args[0].below, args[1].above))
    if node.op in ("^", ".^") and node.args[1].op == "number":
        return _power(args[0], node.args[1].value)
    return None


def _power(base: Ratio, exponent: Fraction) -> Ratio | None:
    if exponent.denominator != 1 or abs(exponent) > _HIGHEST_DEGREE:
        return None
    if exponent < 0:
        if not base.above:
            return None
        base, exponent = Ratio(base.below, base.above), -exponent
    above: Polynomial = (Fraction(1),)
    below = above
    for _ in range(int(exponent)):
        above, below = _product(above, base.above), _product(below, base.below)
        if max(len(above), len(below)) > _HIGHEST_DEGREE:
            return None
    return Ratio(above, below)


def sign_of(ratio: Ratio, *, positive: bool) -> str | None:
    """``zero``, ``above`` or ``below`` zero, ``not above`` or ``not below``, wherever the quotient
    has a value: at all numbers, or at the positive ones. None where it has both signs.
    """
    whole = _product(ratio.above, ratio.below)
    if not whole:
        return "zero"
    crossing: Polynomial = (Fraction(1),)
    for multiplicity, factor in square_free(whole):
        if multiplicity % 2:
            crossing = _product(crossing, factor)
    if count_roots(crossing, positive=positive):
        return None
    sample = Fraction(1)
    while not _at(whole, sample):
        sample += 1
    sign = _at(whole, sample) > 0
    if count_roots(ratio.above, positive=positive):
        return "not below" if sign else "not above"
    return "above" if sign else "below"


def square_free(a: Polynomial) -> list[tuple[int, Polynomial]]:
    """Yun's factors: a is a number times the product of factor^multiplicity, each without multiple
    roots.
    """
    common = common_divisor(a, _differentiate(a))
    rest = _quotient(a, common)
    found: list[tuple[int, Polynomial]] = []
    multiplicity = 1
    while len(rest) > 1:
        shared = common_divisor(rest, common)
        found.append((multiplicity, _quotient(rest, shared)))
        rest, common = shared, _quotient(common, shared)
        multiplicity += 1
    return found


def count_roots(a: Polynomial, *, positive: bool) -> int:
    """How many different roots there are, by Sturm's theorem."""
    if len(a) < 2:
        return 0
    while positive and not a[0]:
        a = a[1:]  # zero is not a positive number
    if len(a) < 2:
        return 0
    chain = [a, _differentiate(a)]
    while len(chain[-1]) > 1:
        rest = _scale(_remainder(chain[-2], chain[-1]), -1)
        if not rest:
            break
        chain.append(rest)
    right = [p[-1] for p in chain if p]
    left = [p[0] if positive else p[-1] * (-1) ** (len(p) - 1) for p in chain if p]
    return _changes(left) - _changes(right)


def _changes(values: list[Fraction]) -> int:
    signs = [value > 0 for value in values if value]
    return sum(one != other for one, other in pairwise(signs))


def _at(a: Polynomial, x: Fraction) -> Fraction:
    total = Fraction(0)
    for coefficient in reversed(a):
        total = total * x + coefficient
    return total


def _trim(coefficients: list[Fraction]) -> Polynomial:
    while coefficients and not coefficients[-1]:
        coefficients.pop()
    return tuple(coefficients)


def _sum(a: Polynomial, b: Polynomial) -> Polynomial:
    size = max(len(a), len(b))
    wide = [(*p, *[Fraction(0)] * (size - len(p))) for p in (a, b)]
    return _trim([x + y for x, y in zip(*wide, strict=True)])


def _scale(a: Polynomial, factor: Fraction | int) -> Polynomial:
    return tuple([x * factor for x in a])


def _product(a: Polynomial, b: Polynomial) -> Polynomial:
    if not a or not b:
        return ()
    found = [Fraction(0)] * (len(a) + len(b) - 1)
    for i, x in enumerate(a):
        for j, y in enumerate(b):
            found[i + j] += x * y
    return _trim(found)


def _differentiate(a: Polynomial) -> Polynomial:
    return _trim([k * x for k, x in enumerate(a)][1:])


def divide(a: Polynomial, b: Polynomial) -> tuple[Polynomial, Polynomial]:
    """Quotient and remainder."""
    rest = list(a)
    found = [Fraction(0)] * max(len(a) - len(b) + 1, 0)
    for place in range(len(found) - 1, -1, -1):
        factor = rest[place + len(b) - 1] / b[-1]
        found[place] = factor
        for k, x in enumerate(b):
            rest[place + k] -= factor * x
    return _trim(found), _trim(rest)


def _quotient(a: Polynomial, b: Polynomial) -> Polynomial:
    return divide(a, b)[0]


def _remainder(a: Polynomial, b: Polynomial) -> Polynomial:
    return divide(a, b)[1]


def common_divisor(a: Polynomial, b: Polynomial) -> Polynomial:
    """The greatest common divisor, with one as the highest coefficient."""
    while b:
        a, b = b, _remainder(a, b)
    return _scale(a, 1 / a[-1])
