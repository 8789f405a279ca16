"""The error function and the normal distribution, for real arguments and for arguments that carry a
complex step.

SciPy is not a dependency; many real values are computed by it where it is installed. Else real
values are those of the standard library; complex ones come from a power series and a continued
fraction, in which the imaginary part keeps its relative precision however small it is.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array
from matcalc.runtime.special import by_scipy, entrywise

_NEAR = 2.0  # real part up to which the series has no cancellation to speak of
_SERIES_TERMS = 60
_FRACTION_TERMS = 80
_TWO_OVER_ROOT_PI = 2.0 / math.sqrt(math.pi)
_WINITZKI = 0.147  # of the first guess at erfinv, good to two digits everywhere


def erf(x: ArrayLike) -> Array:
    """2/sqrt(pi) int_0^x exp(-t^2) dt."""
    x = np.asarray(x)
    if not np.iscomplexobj(x):
        known = by_scipy("erf", x)
        return entrywise(math.erf, x) if known is None else known
    side = np.where(np.real(x) < 0, -1.0, 1.0)
    z = side * x
    near = np.real(z) < _NEAR
    return side * np.where(
        near, _series(np.where(near, z, 0.0)), 1.0 - _fraction(np.where(near, _NEAR, z))
    )


def erfc(x: ArrayLike) -> Array:
    """1 - erf(x), accurate for large x."""
    x = np.asarray(x)
    if not np.iscomplexobj(x):
        known = by_scipy("erfc", x)
        return entrywise(math.erfc, x) if known is None else known
    far = np.real(x) >= _NEAR
    return np.where(far, _fraction(np.where(far, x, _NEAR)), 1.0 - erf(np.where(far, 0.0, x)))


def _series(z: Array) -> Array:
    """erf(z) = 2/sqrt(pi) exp(-z^2) sum_n 2^n z^(2n+1)/(1*3*...*(2n+1)) (Abramowitz & Stegun
    7.1.6).
    """
    term = total = z
    for n in range(1, _SERIES_TERMS):
        term = term * (2.0 * z * z / (2 * n + 1))
        total = total + term
    return np.asarray(_TWO_OVER_ROOT_PI * np.exp(-z * z) * total)


def _fraction(z: Array) -> Array:
    """erfc(z) = exp(-z^2)/sqrt(pi) / (z + (1/2)/(z + (2/2)/(z + (3/2)/(z + ...)))) (Abramowitz &
    Stegun 7.1.14), Re z > 0.
    """
    return np.asarray(np.exp(-z * z) / (math.sqrt(math.pi) * _continued_fraction(z)))


def _continued_fraction(z: Array) -> Array:
    """z + (1/2)/(z + (2/2)/(z + ...)), Re z > 0."""
    below = z
    for n in range(_FRACTION_TERMS, 0, -1):
        below = z + (n / 2.0) / below
    return below


def erfinv(x: ArrayLike) -> Array:
    """The y with erf(y) = x, where -1 < x < 1; infinite at the ends."""
    x = np.asarray(x)
    known = by_scipy("erfinv", x)
    if known is not None:
        return known
    y = entrywise(_inverse, np.real(x))
    if not np.iscomplexobj(x):
        return y
    y = y.astype(complex)
    for _ in range(2):  # Newton's steps in the complex plane; the second one rests on erf alone
        y = y - (erf(y) - x) / (_TWO_OVER_ROOT_PI * np.exp(-y * y))
    return y


def _inverse(x: float) -> float:
    """Halley's steps from Winitzki's approximation; near the end on 1 - |x|, which is exact
    there.
    """
    size = abs(x)
    if size >= 1:
        return math.copysign(math.inf, x) if size == 1 else math.nan
    logarithm = math.log1p(-size) + math.log1p(size)
    centre = 2 / (math.pi * _WINITZKI) + logarithm / 2
    y = math.sqrt(max(0.0, math.sqrt(centre * centre - logarithm / _WINITZKI) - centre))
    for _ in range(3):
        gap = math.erf(y) - size if size < 0.5 else (1 - size) - math.erfc(y)
        newton = gap / (_TWO_OVER_ROOT_PI * math.exp(-y * y))
        y -= newton / (1 + y * newton)
    return math.copysign(y, x)


def normcdf(x: ArrayLike) -> Array:
    """The distribution function of the standard normal distribution: erfc(-x/sqrt(2))/2."""
    return erfc(-np.asarray(x) / math.sqrt(2.0)) / 2.0


def lognormcdf(x: ArrayLike) -> Array:
    """log(normcdf(x)). Far to the left of 0 the exponent is taken out of erfc before the logarithm,
    to the right the logarithm is that of 1 less the other tail.
    """
    known = by_scipy("log_ndtr", np.asarray(x))
    if known is not None:
        return known
    z = -np.asarray(x) / math.sqrt(2.0)
    left, right = np.real(z) > _NEAR, np.real(z) < 0
    far = np.where(left, z, _NEAR)
    with np.errstate(over="ignore"):
        tail = -far * far - np.log(2.0 * math.sqrt(math.pi) * _continued_fraction(far))
    other = np.log1p(-erfc(np.where(right, -z, 0.0)) / 2.0)
    middle = np.log(erfc(np.where(left | right, 0.0, z)) / 2.0)
    return np.where(left, tail, np.where(right, other, middle))


def normpdf(x: ArrayLike) -> Array:
    """Its density exp(-x^2/2)/sqrt(2*pi)."""
    x = np.asarray(x)
    return np.asarray(np.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi))
