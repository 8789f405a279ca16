"""The matrix exponential, and the trigonometric and hyperbolic functions of a matrix, which are
made of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array
from matcalc.runtime.linear import inv

# exp(x) ~ p(x)/p(-x), the [13/13] Pade approximant: p has the coefficients 13! (26-k)! / (26! k!
# (13-k)!)
_DEGREE = 13
_PADE = [
    math.comb(_DEGREE, k) * math.factorial(2 * _DEGREE - k) / math.factorial(2 * _DEGREE)
    for k in range(_DEGREE + 1)
]
# 1-norm up to which the approximant is exact to double precision (Higham 2005, theta_13 = 5.37)
_REACH = 4.25


def expm(X: ArrayLike) -> Array:
    """sum_k X^k/k!, by scaling and squaring: exp(X) = exp(X/2^s)^(2^s)."""
    X = np.asarray(X)
    A = np.atleast_2d(X).astype(np.result_type(X, float))
    norm = float(np.max(np.sum(np.abs(A), axis=0)))
    if not math.isfinite(norm):
        return np.full_like(A, np.nan).reshape(X.shape)
    squarings = max(0, math.ceil(math.log2(norm / _REACH))) if norm > 0 else 0
    A = A / 2.0**squarings
    square = A @ A
    even, odd = np.zeros_like(A), np.zeros_like(A)
    for k in range(_DEGREE - 1, -1, -2):  # Horner in A^2 for the even and the odd part of p
        even = square @ even + _PADE[k] * np.eye(len(A))
        odd = square @ odd + _PADE[k + 1] * np.eye(len(A))
    odd = A @ odd
    result = np.linalg.solve(even - odd, even + odd)
    for _ in range(squarings):
        result = result @ result
    return result.reshape(X.shape)


def sinm(X: ArrayLike) -> Array:
    """sin(X)."""
    return _by_exponential(X, np.sin, lambda A: _turn(A)[1])


def cosm(X: ArrayLike) -> Array:
    """cos(X)."""
    return _by_exponential(X, np.cos, lambda A: _turn(A)[0])


def tanm(X: ArrayLike) -> Array:
    """inv(cos(X))*sin(X)."""

    def quotient(A: Array) -> Array:
        cosine, sine = _turn(A)
        return np.asarray(inv(cosine) @ sine)

    return _by_exponential(X, np.tan, quotient)


def sinhm(X: ArrayLike) -> Array:
    """sinh(X)."""
    return _by_exponential(X, np.sinh, lambda A: (expm(A) - expm(-A)) / 2)


def coshm(X: ArrayLike) -> Array:
    """cosh(X)."""
    return _by_exponential(X, np.cosh, lambda A: (expm(A) + expm(-A)) / 2)


def tanhm(X: ArrayLike) -> Array:
    """tanh(X), by tanh(2*A) = 2*tanh(A)*inv(1 + tanh(A)^2) from a small matrix on: of a large one
    cosh is almost singular.
    """

    def double(A: Array) -> Array:
        norm = float(np.max(np.sum(np.abs(A), axis=0)))
        doublings = max(0, math.ceil(math.log2(norm))) if 0 < norm < math.inf else 0
        square = expm(A * 2.0 ** (1 - doublings))
        unit = np.eye(len(A))
        result = inv(square + unit) @ (square - unit)
        for _ in range(doublings):
            result = 2 * result @ inv(unit + result @ result)
        return result

    return _by_exponential(X, np.tanh, double)


def _turn(A: Array) -> tuple[Array, Array]:
    """cos(A) and sin(A), the blocks of exp([[0, -A], [A, 0]]): of a real matrix without complex
    numbers, so a step may be one.
    """
    n = len(A)
    zero = np.zeros_like(A)
    turned = expm(np.block([[zero, -A], [A, zero]]))
    return turned[:n, :n], turned[n:, :n]


def _by_exponential(
    X: ArrayLike, scalar: Callable[[Array], Array], general: Callable[[Array], Array]
) -> Array:
    X = np.asarray(X)
    A = np.atleast_2d(X).astype(np.result_type(X, float))
    spectral = of_symmetric(A, scalar)
    return (general(A) if spectral is None else spectral).reshape(X.shape)


def of_symmetric(A: Array, scalar: Callable[[Array], Array]) -> Array | None:
    """f(A) = Q*diag(f(w))*Q' of a real symmetric matrix A = Q*diag(w)*Q'; None if it is none. nan
    outside f's domain.

    An eigenvalue within rounding of zero counts as zero, so that a singular psd matrix has a root.
    """
    if np.iscomplexobj(A) or not np.all(np.isfinite(A)) or not np.array_equal(A, A.T):
        return None
    w, Q = np.linalg.eigh(A)
    rounding = len(A) * np.finfo(float).eps * np.max(np.abs(w))
    with np.errstate(all="ignore"):
        values = scalar(np.where((w < 0) & (w >= -rounding), 0.0, w))
        return np.asarray((Q * values) @ Q.T)
