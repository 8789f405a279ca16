"""Functions of one variable in the field: their values and first derivatives at a point."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.verify.exact.field import P, VanishingDivisor, inverse
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import Series


def series(field: Generators, name: str) -> Series:
    """x, k -> the value and the first k derivatives (k <= 2) of a function of one variable."""
    rule = _SERIES[name]
    return lambda x, order: rule(field, x, order)


def reciprocal(field: Generators, x: int, order: int) -> tuple[int, ...]:
    """1/x, -1/x^2, 2/x^3."""
    q = inverse(x)
    return (q, -q * q % P, 2 * q * q * q % P)[: order + 1]


def _exp(field: Generators, x: int, order: int) -> tuple[int, ...]:
    e = field.exp(x)
    return (e, e, e)[: order + 1]


def _log(field: Generators, x: int, order: int) -> tuple[int, ...]:
    value = field.log(x)
    if not order:
        return (value,)
    q = inverse(x)
    return (value, q, -q * q % P)[: order + 1]


def _sin(field: Generators, x: int, order: int) -> tuple[int, ...]:
    c, s = field.turn(x)
    return (s, c, -s % P)[: order + 1]


def _cos(field: Generators, x: int, order: int) -> tuple[int, ...]:
    c, s = field.turn(x)
    return (c, -s % P, -c % P)[: order + 1]


def _sqrt(field: Generators, x: int, order: int) -> tuple[int, ...]:
    r = field.sqrt(x)
    if not order:
        return (r,)
    first = inverse(2 * r % P)
    return (r, first, -first * inverse(2 * x % P) % P)[: order + 1]


def _cbrt(field: Generators, x: int, order: int) -> tuple[int, ...]:
    r = field.cbrt(x)
    if not order:
        return (r,)
    first = r * inverse(3 * x % P) % P
    return (r, first, -2 * first * inverse(3 * x % P) % P)[: order + 1]


def _asin(field: Generators, x: int, order: int) -> tuple[int, ...]:
    value = field.odd("asin", x)
    if not order:
        return (value,)
    q = inverse(field.sqrt((1 - x * x) % P))
    return (value, q, x * q * q * q % P)[: order + 1]


def _atan(field: Generators, x: int, order: int) -> tuple[int, ...]:
    q = inverse((1 + x * x) % P) if order else 0
    return (field.odd("atan", x), q, -2 * x * q * q % P)[: order + 1]


def _erf(field: Generators, x: int, order: int) -> tuple[int, ...]:
    value = field.odd("erf", x)
    if not order:
        return (value,)
    slope = 2 * field.exp(-x * x % P) * inverse(field.sqrt(field.pi())) % P
    return (value, slope, -2 * x * slope % P)[: order + 1]


def _gammaln(field: Generators, x: int, order: int) -> tuple[int, ...]:
    return (field.other("gammaln", x), *(field.other(f"polygamma{k}", x) for k in range(order)))


def polygamma(field: Generators, k: int) -> Series:
    """The series of the k-th derivative of digamma."""
    return lambda x, order: tuple([field.other(f"polygamma{k + j}", x) for j in range(order + 1)])


def _sign(field: Generators, x: int, order: int) -> tuple[int, ...]:
    return (field.sign(x), 0, 0)[: order + 1]


def integer_power(k: int) -> Series:
    """x^k, k*x^(k-1), k*(k-1)*x^(k-2)."""

    def rule(x: int, order: int) -> tuple[int, ...]:
        if x == 0 and k < 0:
            raise VanishingDivisor("a negative power of zero")
        slopes = [1, k, k * (k - 1)]
        return tuple(
            [slopes[j] * pow(x, k - j, P) % P if slopes[j] else 0 for j in range(order + 1)]
        )

    return rule


_SERIES: dict[str, Callable[[Generators, int, int], tuple[int, ...]]] = {
    "reciprocal": reciprocal,
    "exp": _exp,
    "log": _log,
    "sin": _sin,
    "cos": _cos,
    "sqrt": _sqrt,
    "cbrt": _cbrt,
    "asin": _asin,
    "atan": _atan,
    "erf": _erf,
    "gammaln": _gammaln,
    "sign": _sign,
}
