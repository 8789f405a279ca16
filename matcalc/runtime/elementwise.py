"""Functions entry by entry, for real arrays and for arrays that carry a complex step.

A complex step x + ih with a tiny h transports a derivative in the imaginary part. So every function
here is the analytic continuation of its real branch, and whatever decides between branches looks at
the real part only.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[Any]
_FEW = 4096  # entries; SciPy's one loop is faster for so many, NumPy's vectorised ones for more


def sign(x: ArrayLike) -> Array:
    """-1, 0 or 1: the sign of the real part; sign(0) = 0."""
    return np.asarray(np.sign(np.real(x)))


def step(x: ArrayLike) -> Array:
    """1 where x > 0, else 0."""
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return np.heaviside(x, 0.0)
    return np.asarray(np.heaviside(np.real(x), 0.0))


def abs_(x: ArrayLike) -> Array:
    """|x| = sign(x) x."""
    return np.asarray(np.abs(x) if not np.iscomplexobj(x) else sign(x) * np.asarray(x))


def relu(x: ArrayLike) -> Array:
    """max(x, 0) = step(x) x."""
    if isinstance(x, np.ndarray) and x.dtype.kind == "f":
        return np.maximum(x, 0.0)
    return np.asarray(np.maximum(x, 0.0) if not np.iscomplexobj(x) else step(x) * np.asarray(x))


def max_(a: ArrayLike, b: ArrayLike) -> Array:
    """The larger of two entries; a step from a tie is that of the second, as docs/conventions.md
    says.
    """
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        return np.where(np.real(a) > np.real(b), a, b)
    return np.asarray(np.maximum(a, b))


def min_(a: ArrayLike, b: ArrayLike) -> Array:
    """The smaller of two entries; a step from a tie is that of the second."""
    if np.iscomplexobj(a) or np.iscomplexobj(b):
        return np.where(np.real(a) < np.real(b), a, b)
    return np.asarray(np.minimum(a, b))


def where(condition: ArrayLike, a: ArrayLike, b: ArrayLike) -> Array:
    """a where the condition is not 0, else b."""
    return np.where(np.real(condition) != 0, a, b)


def _fold(x: ArrayLike) -> tuple[NDArray[np.bool_], Array, Array]:
    """Where x >= 0, x, and exp(-|x|), which cannot overflow; at 0 the branch of x >= 0 is taken
    whole.
    """
    x = np.asarray(x)
    positive = np.real(x) >= 0
    return positive, x, np.exp(np.where(positive, -x, x))


def sigmoid(x: ArrayLike) -> Array:
    """1/(1 + exp(-x)); where exp(-x) is infinite the value is 0 to double precision.

    SciPy's expit is used where a program has loaded it already: to import it takes longer than it
    could save.
    """
    if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.ndim:
        if x.size <= _FEW and x.dtype.char in "fd":
            expit = getattr(sys.modules.get("scipy.special"), "expit", None)
            if expit is not None:
                return np.asarray(expit(x))
        with np.errstate(over="ignore"):
            result = np.exp(-x)
        result += 1.0
        return np.divide(1.0, result, out=result)
    positive, _, small = _fold(x)
    return np.where(positive, 1.0, small) / (1.0 + small)


def sigmoid_slope(x: ArrayLike) -> Array:
    """sigmoid(x)*sigmoid(-x), the derivative of sigmoid(x): t/(1 + t)^2 with t = exp(-|x|)."""
    if isinstance(x, np.ndarray) and x.dtype.kind == "f" and x.ndim:
        small = np.abs(x)
        np.negative(small, out=small)
        np.exp(small, out=small)
        below = small + 1.0
        below *= below
        return np.divide(small, below, out=small)
    _, _, small = _fold(x)
    return np.asarray(small / (1.0 + small) ** 2)


def softplus(x: ArrayLike) -> Array:
    """log(1 + exp(x)) = max(x, 0) + log(1 + exp(-|x|))."""
    positive, x, small = _fold(x)
    return np.asarray(np.where(positive, x, 0.0) + np.log1p(small))


def cbrt(x: ArrayLike) -> Array:
    """The real cube root, odd: cbrt(-x) = -cbrt(x)."""
    return np.asarray(np.cbrt(x) if not np.iscomplexobj(x) else sign(x) * abs_(x) ** (1.0 / 3.0))


def power(x: ArrayLike, p: ArrayLike) -> Array:
    """x^p of real numbers: nan where x < 0 unless p is an integer, then (-1)^p |x|^p."""
    x, p = np.broadcast_arrays(np.asarray(x, dtype=np.result_type(x, float)), p)
    if not (np.iscomplexobj(x) or np.iscomplexobj(p)):
        return np.asarray(np.power(x, p))
    integer = (np.imag(p) == 0) & (np.real(p) == np.round(np.real(p)))
    negative = np.real(x) < 0
    # NumPy's complex power would leave rounding noise in the imaginary part of (-x)^p, far above
    # the step
    parity = np.where(negative & integer & (np.real(p) % 2 == 1), -1.0, 1.0)
    result = parity * np.power(np.where(negative, -x, x), p)
    return np.where(negative & ~integer, np.nan, result)


def sec(x: ArrayLike) -> Array:
    """1/cos(x)."""
    return np.asarray(1.0 / np.cos(x))


def csc(x: ArrayLike) -> Array:
    """1/sin(x)."""
    return np.asarray(1.0 / np.sin(x))


def cot(x: ArrayLike) -> Array:
    """cos(x)/sin(x)."""
    return np.asarray(np.cos(x) / np.sin(x))


def logit(x: ArrayLike) -> Array:
    """log(x/(1 - x)) = 2*atanh(2*x - 1), which is the accurate one near 1/2; nan outside (0,
    1).
    """
    x = np.asarray(x)
    middle = np.abs(np.real(x) - 0.5) < 0.25
    return np.where(
        middle, 2.0 * np.arctanh(np.where(middle, 2.0 * x - 1.0, 0.0)), np.log(x) - np.log1p(-x)
    )


def xlogy(x: ArrayLike, y: ArrayLike) -> Array:
    """x*log(y), and 0 where x = 0."""
    absent = (np.asarray(x) == 0) & ~np.isnan(y)
    return np.asarray(np.asarray(x) * np.log(np.where(absent, 1.0, y)))
