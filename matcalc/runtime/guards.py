"""What formulas call that have no value at a point where a derivative has one."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array


def regular_det(X: ArrayLike, inverse: ArrayLike | None = None, *, wary: bool = False) -> Array:
    """The determinant of a matrix whose inverse it is multiplied by.

    Products of both are polynomials and have a value where the matrix is singular, but they cannot
    be computed like this: LinAlgError where it is singular to working precision; with ``wary``
    where the inverse would lose more than a fourth of the digits.
    """
    X = np.asarray(X)
    inverse = np.linalg.inv(X) if inverse is None else np.asarray(inverse)
    # a condition number by Frobenius norms, which is n times as large for the identity as it is by
    # spectral norms; the inverse loses n times eps to rounding, so the size itself cancels
    eps = np.finfo(inverse.dtype).eps
    most = eps**-0.25 if wary else 1 / (8 * eps)
    if np.linalg.norm(X) * np.linalg.norm(inverse) > most:
        raise np.linalg.LinAlgError("the matrix is singular to working precision")
    return np.asarray(np.linalg.det(X))


def without_nan(value: ArrayLike, *arguments: ArrayLike) -> Array:
    """The value of a formula that divides by the factors of a product.

    It has none where one of them is 0: ZeroDivisionError, unless an argument is nan or infinite.
    """
    value = np.asarray(value)
    if np.isnan(value).any() and all(np.isfinite(each).all() for each in arguments):
        raise ZeroDivisionError("it divides by an entry that is 0, or overflows")
    return value
