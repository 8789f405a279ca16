"""Functions of one variable in the field: their values and first derivatives at a point."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.verify.exact.field import P, Zero, inverse
from matcalc.verify.exact.generators import Generators

Series = Callable[[int, int], tuple[int, ...]]


def series(world: Generators, name: str) -> Series:
    """x, k -> the value and the first k derivatives (k <= 2) of a function of one variable."""
    rule = _SERIES[name]
    return lambda x, order: rule(world, x, order)


def reciprocal(world: Generators, x: int, order: int) -> tuple[int, ...]:
    """1/x, -1/x^2, 2/x^3."""
    q = inverse(x)
    return (q, -q * q % P, 2 * q * q * q % P)[: order + 1]


def _exp(world: Generators, x: int, order: int) -> tuple[int, ...]:
    e = world.exp(x)
    return (e, e, e)[: order + 1]


def _log(world: Generators, x: int, order: int) -> tuple[int, ...]:
    value = world.log(x)
    if not order:
        return (value,)
    q = inverse(x)
    return (value, q, -q * q % P)[: order + 1]


def _sin(world: Generators, x: int, order: int) -> tuple[int, ...]:
    c, s = world.turn(x)
    return (s, c, -s % P)[: order + 1]


def _cos(world: Generators, x: int, order: int) -> tuple[int, ...]:
    c, s = world.turn(x)
    return (c, -s % P, -c % P)[: order + 1]


def _sqrt(world: Generators, x: int, order: int) -> tuple[int, ...]:
    r = world.sqrt(x)
    if not order:
        return (r,)
    first = inverse(2 * r % P)
    return (r, first, -first * inverse(2 * x % P) % P)[: order + 1]


def _cbrt(world: Generators, x: int, order: int) -> tuple[int, ...]:
    r = world.cbrt(x)
    if not order:
        return (r,)
    first = r * inverse(3 * x % P) % P
    return (r, first, -2 * first * inverse(3 * x % P) % P)[: order + 1]


def _asin(world: Generators, x: int, order: int) -> tuple[int, ...]:
    value = world.odd("asin", x)
    if not order:
        return (value,)
    q = inverse(world.sqrt((1 - x * x) % P))
    return (value, q, x * q * q * q % P)[: order + 1]


def _atan(world: Generators, x: int, order: int) -> tuple[int, ...]:
    q = inverse((1 + x * x) % P) if order else 0
    return (world.odd("atan", x), q, -2 * x * q * q % P)[: order + 1]


def _erf(world: Generators, x: int, order: int) -> tuple[int, ...]:
    value = world.odd("erf", x)
    if not order:
        return (value,)
    slope = 2 * world.exp(-x * x % P) * inverse(world.sqrt(world.pi())) % P
    return (value, slope, -2 * x * slope % P)[: order + 1]


def _gammaln(world: Generators, x: int, order: int) -> tuple[int, ...]:
    return (world.other("gammaln", x), *(world.other(f"polygamma{k}", x) for k in range(order)))


def polygamma(world: Generators, k: int) -> Series:
    """The series of the k-th derivative of digamma."""
    return lambda x, order: tuple([world.other(f"polygamma{k + j}", x) for j in range(order + 1)])


def _sign(world: Generators, x: int, order: int) -> tuple[int, ...]:
    return (world.sign(x), 0, 0)[: order + 1]


def integer_power(k: int) -> Series:
    """x^k, k*x^(k-1), k*(k-1)*x^(k-2)."""

    def rule(x: int, order: int) -> tuple[int, ...]:
        if x == 0 and k < 0:
            raise Zero("a negative power of zero")
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
