"""The gamma family. SciPy, which is not a dependency, computes those of many positive numbers where
it is installed; else they come from the standard library and from series, those of complex numbers
also from mpmath's double precision.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Callable
from fractions import Fraction
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array, abs_

_LARGEST_GAMMA = 171.6  # argument beyond which Gamma is not a double
_FRACTIONS = "1/6 -1/30 1/42 -1/30 5/66 -691/2730 7/6 -3617/510 43867/798 -174611/330"
_FAR = 15.0  # real part from which on, beside the order, ten terms of the series for psi are enough
_BERNOULLI = [float(Fraction(each)) for each in _FRACTIONS.split()]
_FEW = 16  # numbers for which nothing is loaded
_ASYMPTOTIC = 7.0  # real part beyond which mpmath's log-gamma has neither a zero nor a pole


@cache
def _scipy() -> Any:
    """The functions of SciPy, or None."""
    try:
        import scipy.special  # noqa: PLC0415  (optional)
    except ImportError:
        return None
    return scipy.special


def by_scipy(name: str, x: Array, *before: Any) -> Array | None:
    """SciPy's values at many real numbers, if it is there; for a few it is not loaded."""
    if x.size <= _FEW or x.dtype.kind != "f" or _scipy() is None:
        return None
    return np.asarray(getattr(_scipy(), name)(*before, np.asarray(x, dtype=float)))


def _of_positive(name: str, x: Array, *before: Any) -> Array | None:
    """The same, where no pole is near: what there is differs."""
    return by_scipy(name, x, *before) if x.size > _FEW and np.real(x).min() > 0 else None


def entrywise(function: Callable[[Any], Any], x: ArrayLike) -> Array:
    """The function of every entry; nan at its poles."""
    x = np.asarray(x)
    result = np.empty(x.shape, dtype=np.result_type(x, float))
    for index, entry in np.ndenumerate(x):
        try:
            result[index] = function(entry.item())
        except (ValueError, ZeroDivisionError, OverflowError):
            result[index] = np.nan
    return result


def gamma(x: ArrayLike) -> Array:
    """Gamma(x); infinite beyond the range of floating point, nan at the poles."""
    x = np.asarray(x)
    if not np.iscomplexobj(x):
        known = _of_positive("gamma", x)
        if known is not None:
            return known
        return entrywise(lambda z: math.inf if z > _LARGEST_GAMMA else math.gamma(z), x)
    from mpmath import fp  # noqa: PLC0415  (heavy, and only the gamma family needs it)

    return entrywise(fp.gamma, x)


def gammaln(x: ArrayLike) -> Array:
    """log|Gamma(x)|; complex by log|Gamma(x)| = log Gamma(x + n) - sum_k log|x + k|, k < n."""
    x = np.asarray(x)
    if not np.iscomplexobj(x):
        known = _of_positive("gammaln", x)
        return entrywise(math.lgamma, x) if known is None else known
    from mpmath import fp  # noqa: PLC0415  (heavy, and only the gamma family needs it)

    def value(z: complex) -> complex:
        shifts = range(max(0, math.ceil(_ASYMPTOTIC - z.real)))
        return complex(fp.loggamma(z + len(shifts))) - sum(
            complex(np.log(abs_(z + k))) for k in shifts
        )

    return entrywise(value, x)


def digamma(x: ArrayLike) -> Array:
    """The derivative of log Gamma."""
    return polygamma(0, x)


def polygamma(k: ArrayLike, x: ArrayLike) -> Array:
    """The k-th derivative of digamma."""
    x, order = np.asarray(x), int(np.real(k))
    known = _of_positive("polygamma", x, order) if order else _of_positive("digamma", x)
    if known is not None:
        return known
    sign = (-1) ** order

    def value(z: Any) -> Any:  # the reflection keeps real numbers real
        if z == math.inf:
            return 0.0 if order else z
        if z.real >= 0:
            return _psi(order, z)
        return sign * _psi(order, 1 - z) - _cotangent_slope(order, z)

    return entrywise(value, x)


def _psi(k: int, z: Any) -> Any:
    """Of numbers whose real part is not negative: the recurrence psi_k(z) = psi_k(z + 1) -
    (-1)^k*k!/z^(k+1) (DLMF 5.15.5) up to where the asymptotic series holds (5.11.2, 5.15.9).
    """
    factorial = float(math.factorial(k))
    total: Any = 0.0
    for _ in range(max(0, math.ceil(_FAR + k - z.real))):
        total += factorial * (1 / z) ** (k + 1)
        z = z + 1
    below = 1 / z
    if k == 0:
        total -= cmath.log(z) if isinstance(z, complex) else math.log(z)
    else:
        total += factorial / k * below**k
    total += factorial / 2 * below ** (k + 1)
    for j, number in enumerate(_BERNOULLI, start=1):
        weight = math.factorial(2 * j + k - 1) / math.factorial(2 * j)
        total += number * weight * below ** (2 * j + k)
    return total if k % 2 else -total


def _cotangent_slope(k: int, z: Any) -> Any:
    """The k-th derivative of pi*cot(pi*z), by which psi_k(z) and (-1)^k*psi_k(1 - z) differ (DLMF
    5.15.6).
    """
    slope = np.polynomial.Polynomial([0.0, 1.0])
    for _ in range(k):  # in terms of c = cot(pi*z): c' = -pi*(1 + c^2)
        slope = slope.deriv() * np.polynomial.Polynomial([-1.0, 0.0, -1.0])
    angle = math.pi * (z - round(z.real))  # a period is pi
    tangent = np.tan(angle).item()
    return math.pi ** (k + 1) * slope(1 / tangent).item() if tangent else math.nan


def mvlgamma(a: ArrayLike, p: ArrayLike) -> Array:
    """The logarithm of the multivariate gamma function: p*(p - 1)/4*log(pi) + sum_j gammaln(a -
    j/2), j = 0, ..., p - 1.
    """
    a, count = np.asarray(a), int(np.real(p))
    result = np.asarray(count * (count - 1) / 4.0 * math.log(math.pi) + gammaln(a))
    for j in range(1, count):
        result = result + gammaln(a - j / 2.0)
    return result
