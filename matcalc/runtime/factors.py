"""One factorisation of a positive definite matrix for systems, the inverse and the determinant.

LAPACK's Cholesky routines come from SciPy where that is installed; they do half the work of the
general ones, which are used without SciPy, for small matrices, and where the matrix turns out not
to be positive definite. A matrix is taken by one of its triangles.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array

_SMALL = 16  # rows up to which nothing is gained
_NARROW = 64  # columns up to which a whole product costs less than rows that are taken apart


# a matrix; the lower triangle with L*L' = S where there is one, and the routines that solve and
# invert with it: a plain tuple, which is made in no time
Factors = tuple[Array, Any, Any, Any]


@cache
def _lapack(kind: str) -> tuple[Any, Any, Any] | None:
    """SciPy's potrf, potrs and potri for a type of numbers, if there is SciPy and it has them."""
    letter = {"f": "s", "d": "d"}.get(kind)
    if letter is None:
        return None
    try:
        from scipy.linalg import lapack  # noqa: PLC0415  (optional)
    except ImportError:
        return None
    return tuple([getattr(lapack, letter + name) for name in ("potrf", "potrs", "potri")])


def psd_factors(S: ArrayLike) -> Factors:
    """The factorisation of a positive definite matrix."""
    S = np.asarray(S)
    routines = _lapack(S.dtype.char) if len(S) > _SMALL else None
    if routines is None:
        return S, None, None, None
    factorise, solve, invert = routines
    lower, failed = factorise(S.T, lower=1)  # of the transpose LAPACK makes no second copy
    return (S, None, None, None) if failed else (S, lower, solve, invert)


def psd_solve(factors: Factors, B: ArrayLike) -> Array:
    """inv(S)*B."""
    matrix, lower, solve, _ = factors
    if lower is None:
        return np.asarray(np.linalg.solve(matrix, np.asarray(B)))
    solution: Array = solve(lower, B, lower=1)[0]
    return solution


def psd_inverse(factors: Factors, overwrite: bool = False) -> Array:
    """inv(S); with ``overwrite`` the factors are of no use afterwards."""
    matrix, lower, _, invert = factors
    if lower is None:
        return np.asarray(np.linalg.inv(matrix))
    half = invert(lower, lower=1, overwrite_c=overwrite)[0]  # 0 above the diagonal
    inverse: Array = half + half.T
    inverse.reshape(-1, order="A")[:: len(inverse) + 1] *= 0.5
    return inverse


def weighted_gram(w: ArrayLike, Z: ArrayLike) -> Array:
    """Z'*diag(w)*Z.

    BLAS computes one half of R'*R and mirrors it. So the rows are scaled by the roots of their
    weights, those of negative weights apart.
    """
    w, Z = np.asarray(w), np.asarray(Z)
    negative = np.real(w) < 0
    if not negative.any():
        return _gram(w, Z)
    if negative.all():
        return -_gram(-w, Z)
    if Z.shape[1] <= _NARROW:
        product = Z.T @ (w[:, None] * Z)
        return np.asarray((product + product.T) / 2)
    return _gram(w[~negative], Z[~negative]) - _gram(-w[negative], Z[negative])


def _gram(w: Array, Z: Array) -> Array:
    R = np.sqrt(w)[:, None] * Z
    return np.asarray(R.T @ R)


def psd_logdet(factors: Factors) -> Any:
    """log(det(S))."""
    matrix, lower, _, _ = factors
    if lower is None:
        sign, logarithm = np.linalg.slogdet(matrix)
        if np.iscomplexobj(sign):  # of |det|, continued to complex numbers: the sign is 1 or -1
            logarithm = logarithm + np.log(sign * sign) / 2
        return logarithm
    return 2 * np.sum(np.log(np.diagonal(lower)))
