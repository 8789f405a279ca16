"""Eigenvalues of symmetric matrices, singular values, Cholesky factors, the orthogonal polar
factor.

A matrix that should be symmetric is taken by its symmetric part. Of the two unit vectors that an
eigenvector or a right singular vector may be, each is the one whose entry of the largest absolute
value is positive; left singular vectors follow the right ones.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from matcalc.core.errors import DomainError
from matcalc.core.operations import TRANSPOSED
from matcalc.runtime.elementwise import Array
from matcalc.runtime.linear import inv, pinv

# of Newton's iteration for the polar factor, which doubles the digits; far more than are needed
_STEPS = 60
_SETTLED = 1e-14


class WideMatrixError(DomainError, ValueError):
    """A matrix with fewer rows than columns where the function is not defined for these: also a
    ValueError, as of NumPy.
    """


def _real(A: ArrayLike) -> Array:
    """A matrix of real numbers, of which decompositions are made: complex ones are not analytic."""
    A = np.atleast_2d(np.asarray(A))
    if np.iscomplexobj(A) and np.any(np.imag(A)):
        raise DomainError("eigenvalues and singular values are those of real matrices")
    return np.asarray(np.real(A))


def _symmetric(A: ArrayLike) -> Array:
    A = np.atleast_2d(np.asarray(A))
    return np.asarray((A + A.T) / 2)


def _finite(A: Array) -> bool:
    return bool(np.all(np.isfinite(A)))


def eigvals(A: ArrayLike) -> Array:
    """The eigenvalues of a symmetric matrix, ascending."""
    S = _symmetric(_real(A))
    return np.asarray(np.linalg.eigvalsh(S)) if _finite(S) else np.full(len(S), np.nan)


def eigvecs(A: ArrayLike) -> Array:
    """The unit eigenvectors of a symmetric matrix as columns, in the order of the eigenvalues."""
    return symmetric_eigen(A)[1]


def symmetric_eigen(A: ArrayLike) -> tuple[Array, Array]:
    """``eigvals`` and ``eigvecs`` of a symmetric matrix."""
    S = _symmetric(_real(A))
    if not _finite(S):
        return np.full(len(S), np.nan), np.full(S.shape, np.nan)
    values, vectors = np.linalg.eigh(S)
    return np.asarray(values), _direct(vectors)


def _direct(V: Array) -> Array:
    """The columns with the entry of the largest absolute value positive."""
    return np.asarray(V * _signs(V))


def _signs(V: Array) -> Array:
    return np.asarray(np.sign(V[np.argmax(np.abs(V), axis=0), np.arange(V.shape[1])]))


def lambda_max(A: ArrayLike) -> Array:
    """The largest eigenvalue of a symmetric matrix."""
    return np.asarray(eigvals(A)[-1])


def lambda_min(A: ArrayLike) -> Array:
    """The smallest eigenvalue of a symmetric matrix."""
    return np.asarray(eigvals(A)[0])


def eigvec(A: ArrayLike) -> Array:
    """The unit eigenvector of the largest eigenvalue."""
    return np.asarray(eigvecs(A)[:, -1])


def invgap(x: ArrayLike) -> Array:
    """1/(x[j] - x[i]) off the diagonal, and 0 on it."""
    x = np.atleast_1d(np.asarray(x))
    unit = np.eye(len(x))
    return np.asarray((1 - unit) / (x[np.newaxis, :] - x[:, np.newaxis] + unit))


def chol(A: ArrayLike) -> Array:
    """The lower triangular L with positive diagonal and L*L' = A, a column at a time; nan where A
    is not positive definite.
    """
    S = _symmetric(A).astype(np.result_type(A, float))
    L = np.zeros_like(S)
    for k in range(len(S)):
        rest = S[k:, k] - L[k:, :k] @ L[k, :k]
        if not np.real(rest[0]) > 0:
            return np.full_like(S, np.nan)
        L[k:, k] = rest / np.sqrt(rest[0])
    return np.asarray(L.reshape(np.shape(A)))


def real_eigen(A: ArrayLike, k: int = 1) -> tuple[Array, Array, Array]:
    """The k-th largest of the real eigenvalues, its unit right vector v and its left vector u with
    u'*v = 1; nan where there are fewer.
    """
    X = _real(A).astype(float)
    nothing = np.full(len(X), np.nan)
    if not _finite(X):
        return np.asarray(np.nan), nothing, nothing
    values, V = np.linalg.eig(X)
    real = np.flatnonzero(np.isreal(values))
    if len(real) < (k := int(k)):
        return np.asarray(np.nan), nothing, nothing
    place = real[np.argsort(values.real[real])[-k]]
    try:
        u = np.linalg.inv(V)[place].real
    except np.linalg.LinAlgError:  # fewer eigenvectors than rows
        return np.asarray(values.real[place]), nothing, nothing
    v = V[:, place].real
    scale = float(_signs(v[:, np.newaxis])[0]) * np.linalg.norm(v)
    return np.asarray(values.real[place]), np.asarray(v / scale), np.asarray(u * scale)


def eigval(A: ArrayLike, k: int = 1) -> Array:
    """The k-th largest of the real eigenvalues of a square matrix."""
    return real_eigen(A, k)[0]


def eigright(A: ArrayLike, k: int = 1) -> Array:
    """The unit right eigenvector of ``eigval(A, k)``."""
    return real_eigen(A, k)[1]


def eigleft(A: ArrayLike, k: int = 1) -> Array:
    """The left eigenvector u of ``eigval(A, k)``, with u'*eigright(A, k) = 1."""
    return real_eigen(A, k)[2]


def qr_factors(A: ArrayLike) -> tuple[Array, Array]:
    """Q and R of A = Q*R, a column at a time; without conjugates, so that they are analytic."""
    X = np.atleast_2d(np.asarray(A)).astype(np.result_type(A, float))
    rows, columns = X.shape
    if rows < columns:
        message = f"QR of a matrix with at least as many rows as columns, not {rows} x {columns}"
        raise WideMatrixError(message, hint="of a wide matrix take the factors of its transpose")
    Q, R = X.copy(), np.zeros_like(X, shape=(columns, columns))
    for k in range(columns):
        for _ in range(2):  # once more for what rounding leaves
            along = Q[:, :k].T @ Q[:, k]
            R[:k, k] += along
            Q[:, k] -= Q[:, :k] @ along
        R[k, k] = np.sqrt(Q[:, k] @ Q[:, k])
        Q[:, k] /= R[k, k]
    return Q.reshape(np.shape(A)), R if np.ndim(A) else R.reshape(())


def qr_q(A: ArrayLike) -> Array:
    """The Q with orthonormal columns of A = Q*R."""
    return qr_factors(A)[0]


def qr_r(A: ArrayLike) -> Array:
    """The upper triangular R of A = Q*R with a positive diagonal."""
    return qr_factors(A)[1]


def lu_factors(A: ArrayLike) -> tuple[Array, Array]:
    """L and U of A = L*U, without exchanges of rows."""
    U = np.atleast_2d(np.asarray(A)).astype(np.result_type(A, float))
    L = np.eye(len(U), dtype=U.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        for k in range(len(U) - 1):
            L[k + 1 :, k] = U[k + 1 :, k] / U[k, k]
            U[k + 1 :, k:] -= np.outer(L[k + 1 :, k], U[k, k:])
            U[k + 1 :, k] = 0
    return L.reshape(np.shape(A)), U.reshape(np.shape(A))


def lu_l(A: ArrayLike) -> Array:
    """The unit lower triangular L of A = L*U, without exchanges of rows."""
    return lu_factors(A)[0]


def lu_u(A: ArrayLike) -> Array:
    """The upper triangular U of A = L*U, without exchanges of rows."""
    return lu_factors(A)[1]


def thin_svd(X: ArrayLike) -> tuple[Array, Array, Array]:
    """U, s and V with X = U*diag(s)*V' and as many columns in U and V as the smaller side of X
    has.
    """
    X = _real(X).astype(float)
    (rows, columns), count = X.shape, min(X.shape)
    if not _finite(X):
        return (
            np.full((rows, count), np.nan),
            np.full(count, np.nan),
            np.full((columns, count), np.nan),
        )
    U, s, W = np.linalg.svd(X, full_matrices=False)
    signs = _signs(W.T)
    return np.asarray(U * signs), s, np.asarray(W.T * signs)


def _tall(X: ArrayLike, name: str) -> tuple[Array, Array, Array]:
    """The same of a matrix with at least as many rows as columns, which these functions are defined
    for.
    """
    rows, columns = np.atleast_2d(np.asarray(X)).shape
    if rows < columns:
        message = (
            f"{name} needs a matrix with at least as many rows as columns, not {rows} x {columns}"
        )
        raise WideMatrixError(message, hint=f"write {TRANSPOSED[name]}(X') in place of {name}(X)")
    return thin_svd(X)


def tall_svd(X: ArrayLike) -> tuple[Array, Array, Array]:
    """``leftvecs``, ``svdvals`` and ``rightvecs``."""
    return _tall(X, "leftvecs")


def svdvals(X: ArrayLike) -> Array:
    """The singular values, descending, one for each column."""
    return _tall(X, "svdvals")[1]


def leftvecs(X: ArrayLike) -> Array:
    """The left singular vectors as columns, in the order of the singular values."""
    return _tall(X, "leftvecs")[0]


def rightvecs(X: ArrayLike) -> Array:
    """The right singular vectors as columns."""
    return _tall(X, "rightvecs")[2]


def thin_svdvals(X: ArrayLike) -> Array:
    """The singular values of a matrix of any shape, descending: as many as its smaller side has
    entries.
    """
    return thin_svd(X)[1]


def thin_leftvecs(X: ArrayLike) -> Array:
    """The left singular vectors that belong to ``thin_svdvals``, as columns."""
    return thin_svd(X)[0]


def thin_rightvecs(X: ArrayLike) -> Array:
    """The right singular vectors that belong to ``thin_svdvals``, as columns."""
    return thin_svd(X)[2]


def leading_triple(X: ArrayLike) -> tuple[Array, Array, Array]:
    """The left vector, the value and the right vector that are first, whatever the shape."""
    X = _real(X).astype(float)
    if not _finite(X):
        return np.full(X.shape[0], np.nan), np.asarray(np.nan), np.full(X.shape[1], np.nan)
    U, s, W = np.linalg.svd(X, full_matrices=False)
    sign = _signs(W[:1].T)
    return np.asarray(U[:, 0] * sign), np.asarray(s[0]), np.asarray(W[0] * sign)


def specnorm(X: ArrayLike) -> Array:
    """The largest singular value."""
    return leading_triple(X)[1]


def leftvec(X: ArrayLike) -> Array:
    """The left singular vector of the largest singular value."""
    return leading_triple(X)[0]


def rightvec(X: ArrayLike) -> Array:
    """The right singular vector of the largest singular value."""
    return leading_triple(X)[2]


def polar(X: ArrayLike) -> Array:
    """The orthogonal polar factor U*V' of a matrix of full rank, by Newton's iteration X <- (X +
    pinv(X)')/2.
    """
    A = np.atleast_2d(np.asarray(X))
    Q = A
    for _ in range(_STEPS):
        if not _finite(Q):
            return np.full_like(A, np.nan, dtype=np.result_type(A, float)).reshape(np.shape(X))
        following = (Q + pinv(Q).T) / 2
        moved = float(np.max(np.abs(following - Q)))
        Q = following
        if moved <= _SETTLED:
            break
    return np.asarray(((Q + pinv(Q).T) / 2).reshape(np.shape(X)))


def nucnorm(X: ArrayLike) -> Array:
    """The sum of the singular values: tr(polar(X)'*X)."""
    return np.asarray(np.sum(polar(X) * np.asarray(X)))


def condnum(A: ArrayLike) -> Array:
    """The condition number in the spectral norm: specnorm(A)*specnorm(inv(A))."""
    return np.asarray(specnorm(A) * specnorm(inv(A)))


def schatten(X: ArrayLike, p: ArrayLike) -> Array:
    """The p-norm of the singular values."""
    return np.asarray(np.sum(thin_svdvals(X) ** np.real(p)) ** (1 / np.real(p)))
