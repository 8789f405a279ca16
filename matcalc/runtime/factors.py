"""One factorisation of a positive definite matrix for systems, the inverse and the determinant.

LAPACK's Cholesky routines come from SciPy where that is installed; they do half the work of the
general ones, which are used without SciPy, for small matrices, and where the matrix turns out not
to be positive definite. A matrix is taken by one of its triangles.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array

_SMALL = 16  # rows up to which nothing is gained


class Factors(NamedTuple):
    """A matrix, and the lower triangle with L*L' = S where there is one."""

    matrix: Array
    lower: Array | None


@cache
def _lapack(kind: str) -> tuple[Any, Any, Any] | None:
    """SciPy's potrf, potrs and potri for a type of numbers, if there is SciPy."""
    try:
        from scipy.linalg import lapack  # noqa: PLC0415  (optional)
    except ImportError:
        return None
    letter = {"f": "s", "d": "d"}[kind]
    return tuple([getattr(lapack, letter + name) for name in ("potrf", "potrs", "potri")])


def psd_factors(S: ArrayLike) -> Factors:
    """The factorisation of a positive definite matrix."""
    S = np.asarray(S)
    routines = _lapack(S.dtype.char) if S.dtype.char in "fd" and len(S) > _SMALL else None
    if routines is None:
        return Factors(S, None)
    lower, failed = routines[0](S.T, lower=1)  # the transpose is what LAPACK need not copy
    return Factors(S, None if failed else lower)


def psd_solve(factors: Factors, B: ArrayLike) -> Array:
    """inv(S)*B."""
    if factors.lower is None:
        return np.asarray(np.linalg.solve(factors.matrix, np.asarray(B)))
    routines = _lapack(factors.lower.dtype.char)
    assert routines is not None
    return np.asarray(routines[1](factors.lower, B, lower=1)[0])


def psd_inverse(factors: Factors) -> Array:
    """inv(S)."""
    if factors.lower is None:
        return np.asarray(np.linalg.inv(factors.matrix))
    routines = _lapack(factors.lower.dtype.char)
    assert routines is not None
    half = routines[2](factors.lower, lower=1)[0]  # 0 above the diagonal
    inverse = half + half.T
    inverse.reshape(-1, order="A")[:: len(inverse) + 1] *= 0.5
    return np.asarray(inverse)


def psd_logdet(factors: Factors) -> Any:
    """log(det(S))."""
    if factors.lower is None:
        return np.linalg.slogdet(factors.matrix)[1]
    return 2 * np.sum(np.log(np.diagonal(factors.lower)))
