"""Activation and loss functions entry by entry; what decides between branches looks at the real
part only.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array, abs_, sigmoid
from matcalc.runtime.gaussian import normcdf


def silu(x: ArrayLike) -> Array:
    """x*sigmoid(x)."""
    return np.asarray(np.asarray(x) * sigmoid(x))


def softsign(x: ArrayLike) -> Array:
    """x/(1 + |x|)."""
    return np.asarray(np.asarray(x) / (1 + abs_(x)))


def gelu(x: ArrayLike) -> Array:
    """x*normcdf(x), exact and not the approximation by tanh."""
    return np.asarray(np.asarray(x) * normcdf(x))


def leakyrelu(x: ArrayLike, a: ArrayLike) -> Array:
    """x where x > 0, else a*x."""
    return np.where(np.real(x) > 0, x, np.asarray(a) * np.asarray(x))


def elu(x: ArrayLike, a: ArrayLike) -> Array:
    """x where x > 0, else a*(exp(x) - 1)."""
    positive = np.real(x) > 0
    return np.where(positive, x, np.asarray(a) * np.expm1(np.where(positive, 0.0, x)))


def huber(x: ArrayLike, d: ArrayLike) -> Array:
    """x^2/2 where |x| <= d, else d*(|x| - d/2)."""
    x, d = np.asarray(x), np.asarray(d)
    return np.where(np.abs(np.real(x)) <= np.real(d), x * x / 2.0, d * (abs_(x) - d / 2.0))
