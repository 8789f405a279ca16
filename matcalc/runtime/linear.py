"""Functions of a square matrix as a whole; a scalar counts as a 1 x 1 matrix. All pass a complex
step.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array, sign

# reciprocal condition number below which det(X)*inv(X) is too inaccurate to be the adjugate
_SINGULAR = 1e-8


def tr(X: ArrayLike) -> Array:
    """sum_i X[i,i]."""
    return np.asarray(np.trace(np.atleast_2d(X)))


def det(X: ArrayLike) -> Array:
    """The determinant."""
    return np.asarray(np.linalg.det(np.atleast_2d(X)))


def logdet(X: ArrayLike) -> Array:
    """log|det(X)|."""
    phase, logarithm = np.linalg.slogdet(np.atleast_2d(X))
    if not np.iscomplexobj(X):
        return np.asarray(logarithm)
    # det = phase*exp(logarithm) with |phase| = 1, phase close to 1 or to -1: the small angle
    # carries the derivative
    return np.asarray(logarithm + np.log(phase * sign(phase)))


def inv(X: ArrayLike) -> Array:
    """The inverse; nan where there is none."""
    X = np.asarray(X)
    try:
        return np.asarray(np.linalg.inv(np.atleast_2d(X))).reshape(X.shape)
    except np.linalg.LinAlgError:
        return np.full_like(X, np.nan, dtype=X.dtype if X.dtype.kind in "fc" else float)


def adj(X: ArrayLike) -> Array:
    """The adjugate: adj(X)*X = det(X)*eye, a polynomial in the entries and so defined for singular
    X too.
    """
    return np.asarray(cof(X).T)


def cof(X: ArrayLike) -> Array:
    """The cofactor matrix: the derivative of det, adj(X)'. det(X)*inv(X)', or minors where X is
    close to singular.
    """
    X = np.asarray(X)
    A = np.atleast_2d(X)
    try:
        inverse = np.linalg.inv(A)
    except np.linalg.LinAlgError:
        inverse = None
    # by Frobenius norms, which are no smaller than those that a condition number is made of
    if inverse is not None and np.linalg.norm(A) * np.linalg.norm(inverse) * _SINGULAR < 1:
        return np.asarray(np.linalg.det(A) * inverse.T).reshape(X.shape)
    result = np.empty(A.shape, dtype=A.dtype if A.dtype.kind in "fc" else float)
    for i, j in np.ndindex(*A.shape):
        minor = np.delete(np.delete(A, i, axis=0), j, axis=1)
        result[i, j] = (-1) ** (i + j) * np.linalg.det(minor)
    return result.reshape(X.shape)


def pinv(A: ArrayLike) -> Array:
    """The pseudo-inverse. With a complex step A is taken to have full rank: inv(A'*A)*A' or
    A'*inv(A*A'), no conjugates.

    Singular values below 10*max(m, n) roundings of the largest count as zero: NumPy's own limit
    lets through what is left of the zero of lambda_max(S)*eye - S.
    """
    A = np.asarray(A)
    if A.ndim < 2:
        return np.asarray(A / np.sum(A * A))
    if not np.iscomplexobj(A):
        cutoff = 10 * max(A.shape) * np.finfo(np.result_type(A, np.float32)).eps
        return np.asarray(np.linalg.pinv(A, rcond=cutoff))
    rows, columns = A.shape
    if rows >= columns:
        return np.asarray(inv(A.T @ A) @ A.T)
    return np.asarray(A.T @ inv(A @ A.T))


def sylvester(A: ArrayLike, B: ArrayLike, C: ArrayLike) -> Array:
    """The X with A*X + X*B = C; nan where there is no only one.

    Real ones by SciPy where it is installed (Bartels and Stewart), else as a system of all entries.
    """
    A, B, C = np.asarray(A), np.asarray(B), np.asarray(C)
    if not any(map(np.iscomplexobj, (A, B, C))):
        try:
            from scipy.linalg import solve_sylvester  # noqa: PLC0415  (optional)

            return np.asarray(solve_sylvester(A, B, C))
        except ImportError:
            pass
        except np.linalg.LinAlgError:
            return np.full(C.shape, np.nan)
    system = np.kron(A, np.eye(len(B))) + np.kron(np.eye(len(A)), B.T)
    try:
        return np.asarray(np.linalg.solve(system, C.reshape(-1)).reshape(C.shape))
    except np.linalg.LinAlgError:
        return np.full(C.shape, np.nan)


def sylvester_inverse(A: ArrayLike, B: ArrayLike) -> Array:
    """R with X[i,j] = sum_kl R[i,j,k,l] C[k,l] for the X with A*X + X*B = C."""
    A, B = np.asarray(A), np.asarray(B)
    m, n = len(A), len(B)
    return inv(np.kron(A, np.eye(n)) + np.kron(np.eye(m), B.T)).reshape(m, n, m, n)


def lyapunov(A: ArrayLike, Q: ArrayLike) -> Array:
    """The X with A*X + X*A' = Q."""
    A = np.asarray(A)
    return sylvester(A, A.T, Q)
