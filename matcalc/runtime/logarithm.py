"""The principal logarithm, square root and real powers of a matrix without eigenvalues on the
negative real axis.

The algorithms use sums, products and inverses only, so they pass a complex step and the block
triangular matrices of ``frechet``; a real symmetric matrix is diagonalised.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array
from matcalc.runtime.exponential import expm, of_symmetric
from matcalc.runtime.linear import inv

_NEAR = 0.55  # 1-norm of (X - 1)/(X + 1) up to which the quadrature is exact to double precision
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)
_FAR = 0.5  # from here on the iteration is scaled
_MOST_ROOTS = 60
_MOST_STEPS = 40
# the error falls quadratically; two steps later also that of the derivative along a complex step is
# gone
_CONVERGED = 1e-5


def sqrtm(X: ArrayLike) -> Array:
    """The root whose eigenvalues have positive real parts; nan where there is none."""
    return _matrix(X, np.sqrt, _root)


def logm(X: ArrayLike) -> Array:
    """The logarithm whose eigenvalues have imaginary parts between -pi and pi; nan where there is
    none.
    """
    return _matrix(X, np.log, _logarithm)


def matrix_power(X: ArrayLike, p: ArrayLike) -> Array:
    """X^p: repeated products for an integer p (of the inverse for a negative one), else
    exp(p*log(X)).
    """
    exponent = complex(np.asarray(p).item())
    doubled = 2 * exponent.real
    if exponent.imag != 0 or doubled != round(doubled):
        return _matrix(X, lambda w: w ** np.asarray(p), lambda A: expm(p * _logarithm(A)))
    whole = math.floor(exponent.real)
    if whole == exponent.real:
        return _integer_power(X, whole)
    return _matrix(X, lambda w: w**exponent.real, lambda A: _root(A) @ _integer_power(A, whole))


def _integer_power(X: ArrayLike, exponent: int) -> Array:
    X = np.asarray(X)
    A = np.atleast_2d(X if exponent >= 0 else inv(X))
    return np.asarray(np.linalg.matrix_power(A, abs(exponent))).reshape(X.shape)


def _matrix(
    X: ArrayLike, scalar: Callable[[Array], Array], general: Callable[[Array], Array]
) -> Array:
    """The function of a matrix, or of a number as a 1 x 1 matrix; of a symmetric matrix by its
    eigenvalues.
    """
    X = np.asarray(X)
    A = np.atleast_2d(X).astype(np.result_type(X, float))
    if not np.all(np.isfinite(A)):
        return np.full_like(A, np.nan).reshape(X.shape)
    spectral = of_symmetric(A, scalar)
    return (general(A) if spectral is None else spectral).reshape(X.shape)


def _root(A: Array) -> Array:
    """The product form of the Denman-Beavers iteration, scaled by determinants (Higham 2008, 6.3):
    M to 1, Y to the root.
    """
    unit = np.eye(len(A))
    M, Y = A, A
    error = float(np.max(np.abs(M - unit)))
    finish: int | None = None
    for step in range(_MOST_STEPS):
        if error > _FAR:
            logarithm = float(np.linalg.slogdet(M)[1])
            if not math.isfinite(logarithm):
                break
            scale = math.exp(-logarithm / (2 * len(A)))
            M, Y = scale**2 * M, scale * Y
        inverse = inv(M)
        Y = Y @ (unit + inverse) / 2
        M = (2 * unit + M + inverse) / 4
        error = float(np.max(np.abs(M - unit)))
        if finish is None and error < _CONVERGED:
            finish = step + 2
        if step == finish:
            return Y
    return np.full_like(A, np.nan)


def _logarithm(A: Array) -> Array:
    """log(A) = log(c) + 2^s*log((A/c)^(1/2^s)), c so that the eigenvalues are around 1, and s so
    large that they are close to it; there the [16/16] Pade approximant of the logarithm.

    It is the Gauss-Legendre quadrature of log(X) = 2*atanh(Z), the integral of Z*inv(1 + t*Z) over
    t from -1 to 1, where Z = (X - 1)*inv(X + 1) (after Dieci, Morini & Papini 1996).
    """
    unit = np.eye(len(A))
    middle = float(np.linalg.slogdet(A)[1]) / len(A)
    if not math.isfinite(middle):
        return np.full_like(A, np.nan)
    X, roots = math.exp(-middle) * A, 0
    while not float(np.max(np.sum(np.abs(Z := (X - unit) @ inv(X + unit)), axis=0))) < _NEAR:
        if roots == _MOST_ROOTS or not np.all(np.isfinite(X)):
            return np.full_like(A, np.nan)
        X = _root(X)
        roots += 1
    quotients = np.linalg.solve(unit + np.multiply.outer(_NODES, Z), Z)
    return np.asarray(middle * unit + np.tensordot(_WEIGHTS, quotients, 1) * 2.0**roots)
