"""The exponents of factors: those inside products, and s^2*s^d as s^(2 + d)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from matcalc.core.tree import Expr, is_number
from matcalc.engine.ir.nodes import Rational, magnitude
from matcalc.engine.recovery.factory import ExpressionFactory


def factors_of(expr: Expr, exponent: Rational) -> Iterator[tuple[Expr, Rational]]:
    """The factors of an entry-by-entry product to a power, each with its exponent."""
    todo = [(expr, exponent)]
    while todo:
        base, e = as_power(*todo.pop())
        if base.op == ".*" and Fraction(e).denominator == 1:
            todo += [(arg, e) for arg in base.args[::-1]]
        else:
            yield base, e


def join_exponents(
    factory: ExpressionFactory, powers: Sequence[tuple[Expr, Rational]]
) -> Sequence[tuple[Expr, Rational]]:
    """Factors with their exponents, where one base has a name and an integer above or below
    both the sum of these.
    """
    bases = find_named_bases(powers)
    found = {id(base): (base, exponent) for base, exponent in powers}
    for power, sign in powers if bases else ():
        if not _is_named(power, sign):
            continue
        base, exponent = power.args
        _, number = found.get(id(base), (base, 0))
        if number * sign > 0 and number.denominator == 1:
            del found[id(base)]
            total = factory.binary("+", exponent, factory.number(magnitude(number)))
            found[id(power)] = factory.make(power.op, (base, total), power.shape), sign
    return tuple(found.values())


def find_named_bases(powers: Sequence[tuple[Expr, Rational]]) -> set[int]:
    """The ids of what stands to powers that have names."""
    return {id(base.args[0]) for base, exponent in powers if _is_named(base, exponent)}


def _is_named(expr: Expr, exponent: Rational) -> bool:
    """Whether this is a power with an exponent that is not a number, above or below a line."""
    named = expr.op in ("^", ".^") and expr.rank < 2 and expr.args[1].op != "number"
    return named and magnitude(exponent) == 1


def as_power(expr: Expr, exponent: Rational) -> tuple[Expr, Rational]:
    """An entry-by-entry power with its exponent in front: (X.^-2)^3 is X to the -6."""
    if expr.op == ".^" and expr.args[1].op == "number":
        inner = Fraction(expr.args[1].value)
        if exponent.denominator == 1 or abs(inner) <= 1:  # sqrt(x.^2) is not x
            return expr.args[0], exponent * inner
    if expr.op == "./" and is_number(expr.args[0], 1) and expr.args[1].shape:
        return expr.args[1], -exponent
    return expr, exponent
