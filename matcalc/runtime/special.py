"""erf and the gamma family, without SciPy (which is no dependency): the standard library's and mpmath's double precision."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array, abs_

_ASYMPTOTIC = 7.0  # real part beyond which mpmath's log-gamma has neither a zero nor a pole


def _entrywise(function: Callable[[Any], Any], x: ArrayLike) -> Array:
    """The function of every entry; nan at its poles."""
    x = np.asarray(x)
    result = np.empty(x.shape, dtype=np.result_type(x, float))
    for index, entry in np.ndenumerate(x):
        try:
            result[index] = function(entry.item())
        except (ValueError, ZeroDivisionError, OverflowError):
            result[index] = np.nan
    return result


def _real(name: str, x: ArrayLike) -> Array:
    if np.iscomplexobj(x):
        # mpmath's double-precision erf loses all digits of a complex argument near 6: better none than a wrong one
        raise TypeError(f"{name} is evaluated for real arguments only")
    return np.asarray(x)


def erf(x: ArrayLike) -> Array:
    """2/sqrt(pi) int_0^x exp(-t^2) dt."""
    return _entrywise(math.erf, _real("erf", x))


def erfc(x: ArrayLike) -> Array:
    """1 - erf(x), accurate for large x."""
    return _entrywise(math.erfc, _real("erfc", x))


def gammaln(x: ArrayLike) -> Array:
    """log|Gamma(x)|; complex by log|Gamma(x)| = log Gamma(x + n) - sum_k log|x + k|, k < n."""
    x = np.asarray(x)
    if not np.iscomplexobj(x):
        return _entrywise(math.lgamma, x)
    from mpmath import fp  # noqa: PLC0415  (heavy, and only the gamma family needs it)

    def value(z: complex) -> complex:
        shifts = range(max(0, math.ceil(_ASYMPTOTIC - z.real)))
        return complex(fp.loggamma(z + len(shifts))) - sum(complex(np.log(abs_(z + k))) for k in shifts)

    return _entrywise(value, x)


def digamma(x: ArrayLike) -> Array:
    """The derivative of log Gamma."""
    return polygamma(0, x)


def polygamma(k: ArrayLike, x: ArrayLike) -> Array:
    """The k-th derivative of digamma."""
    from mpmath import fp  # noqa: PLC0415  (heavy, and only the gamma family needs it)

    order = int(np.real(k))
    return _entrywise(lambda z: fp.psi(order, z), x)
