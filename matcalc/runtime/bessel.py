"""Bessel functions of the first kind and integer order, without SciPy."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array
from matcalc.runtime.special import entrywise

_TINY, _HUGE = 1e-200, 1e100  # where the recurrence starts, and when it is scaled down
_FAR = (
    25.0  # argument from which on, for small orders, the asymptotic series has terms below rounding
)
_TERMS = 40


def besselj(k: ArrayLike, x: ArrayLike) -> Array:
    """J_k(x), k = 0, 1, 2, ..."""
    order = int(np.real(k))

    def value(z: Any) -> Any:
        if abs(z) ** 2 <= 4 * (order + 1):
            return _series(order, z)
        if abs(z.real) > _FAR + order * order / 2:
            return _asymptotic(order, z) if z.real > 0 else (-1) ** order * _asymptotic(order, -z)
        return _recurrence(order, z)

    return entrywise(value, x)


def _series(k: int, z: Any) -> Any:
    """(z/2)^k sum_m (-z^2/4)^m/(m! (m + k)!) (Abramowitz & Stegun 9.1.10); the terms fall from the
    first one on.
    """
    term: Any = 1.0
    for j in range(1, k + 1):
        term = term * (z / (2 * j))
    total = term
    for m in range(1, _TERMS):
        term = term * (-z * z / (4 * m * (m + k)))
        total = total + term
    return total


def _recurrence(k: int, z: Any) -> Any:
    """J_(n-1) = 2*n/z*J_n - J_(n+1) (9.1.27) downwards from where J is negligible; J_0 + 2*(J_2 +
    J_4 + ...) = 1 (9.1.46).
    """
    base = max(k, int(abs(z)) + 1)
    above, here, total, found = 0.0 * z, _TINY + 0.0 * z, 0.0 * z, 0.0 * z
    for n in range(base + int(math.sqrt(160 * base)) + 20, 0, -1):
        above, here = here, 2 * n / z * here - above
        if abs(here) > _HUGE:
            above, here, total, found = above / _HUGE, here / _HUGE, total / _HUGE, found / _HUGE
        if n - 1 == k:
            found = here
        if n % 2 == 1:
            total += here if n == 1 else 2 * here
    return found / total


def _asymptotic(k: int, z: Any) -> Any:
    """sqrt(2/(pi*z))*(P*cos(w) - Q*sin(w)), w = z - k*pi/2 - pi/4 (9.2.5, 9.2.9, 9.2.10), Re z
    large against k^2.
    """
    parts = [
        1.0,
        0.0,
        0.0,
        0.0,
    ]  # sums of the terms by their number modulo 4: P and Q alternate in sign
    term: Any = 1.0
    for j in range(1, _TERMS):
        following = term * ((4 * k * k - (2 * j - 1) ** 2) / (8 * j * z))
        if abs(following) >= abs(term):
            break
        term = following
        parts[j % 4] += term
    w = z - (k % 4) * math.pi / 2 - math.pi / 4
    top = (parts[0] - parts[2]) * np.cos(w) - (parts[1] - parts[3]) * np.sin(w)
    return (np.sqrt(2 / (math.pi * z)) * top).item()
