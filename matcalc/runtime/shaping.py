"""Products and rearrangements of vectors and matrices; a vector is one column."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array


def diag(x: ArrayLike) -> Array:
    """The diagonal matrix of a vector; the diagonal of a matrix."""
    return np.array(np.diag(x))  # a copy: NumPy's diagonal is a read-only view


def tril(X: ArrayLike, k: ArrayLike = 0) -> Array:
    """X[i,j] where j - i <= k, 0 elsewhere."""
    return np.asarray(np.tril(np.atleast_2d(X), int(np.real(k)))).reshape(np.shape(X))


def triu(X: ArrayLike, k: ArrayLike = 0) -> Array:
    """X[i,j] where j - i >= k, 0 elsewhere."""
    return np.asarray(np.triu(np.atleast_2d(X), int(np.real(k)))).reshape(np.shape(X))


def cumsum(X: ArrayLike, axis: ArrayLike = 1) -> Array:
    """x[1] + ... + x[i]: of a vector, down each column of a matrix (axis 1), along each row (axis
    2), along any axis of an array.
    """
    return np.asarray(np.cumsum(X, axis=int(np.real(axis)) - 1))


def revcumsum(X: ArrayLike, axis: ArrayLike = 1) -> Array:
    """x[i] + ... + x[n], likewise."""
    place = int(np.real(axis)) - 1
    turned = (*[slice(None)] * place, slice(None, None, -1))
    return np.asarray(np.cumsum(np.asarray(X)[turned], axis=place)[turned])


def vec(X: ArrayLike) -> Array:
    """The columns of a matrix under one another; of any array the entries, first axis fastest."""
    return np.ravel(np.asarray(X), order="F")


def kron(A: ArrayLike, B: ArrayLike) -> Array:
    """The Kronecker product: blocks A[i,j]*B; of two vectors a vector."""
    A, B = np.asarray(A), np.asarray(B)
    if A.ndim == B.ndim or 0 in (A.ndim, B.ndim):
        return np.asarray(np.kron(A, B))
    return np.asarray(np.kron(_column(A), _column(B)))


def _column(x: Array) -> Array:
    return x[:, np.newaxis] if x.ndim == 1 else x


def khatrirao(A: ArrayLike, B: ArrayLike) -> Array:
    """The Kronecker products of the columns: column j is kron(A[:, j], B[:, j])."""
    A, B = np.asarray(A), np.asarray(B)
    return np.asarray((A[:, np.newaxis, :] * B).reshape(len(A) * len(B), A.shape[1]))


def cross(x: ArrayLike, y: ArrayLike) -> Array:
    """The cross product of two vectors with three entries."""
    return np.asarray(skewmat(x) @ np.asarray(y))


def skewmat(x: ArrayLike) -> Array:
    """The skew matrix with skewmat(x) @ y = cross(x, y)."""
    a, b, c = np.asarray(x)
    zero = 0 * a
    return np.array([[zero, -c, b], [c, zero, -a], [-b, a, zero]])


def signs() -> Array:
    """The sign of the permutation i, j, k of three: 0 where two are equal."""
    unit = np.eye(3)
    return np.array(
        [
            [[np.linalg.det(unit[[i, j, k]]).round() for k in range(3)] for j in range(3)]
            for i in range(3)
        ]
    )


def vee(M: ArrayLike) -> Array:
    """The vector x of which skewmat(x) is the skew part of M."""
    M = np.asarray(M)
    return np.array([M[2, 1] - M[1, 2], M[0, 2] - M[2, 0], M[1, 0] - M[0, 1]]) / 2


def reshape(X: ArrayLike, *sizes: ArrayLike) -> Array:
    """The entries of X, taken column by column, as an array of these sizes, first axis fastest."""
    return np.asarray(np.asarray(X).reshape([_size(size) for size in sizes], order="F"))


def commutation(m: ArrayLike, n: ArrayLike) -> Array:
    """The matrix K with K*vec(A) = vec(A') for every m x n matrix A."""
    places = np.arange(_size(m) * _size(n)).reshape(_size(m), _size(n), order="F")
    return np.asarray(np.eye(places.size)[places.ravel()])


def vech(A: ArrayLike) -> Array:
    """The lower half of A, column by column."""
    A = np.asarray(A)
    columns, rows = np.triu_indices(A.shape[0])
    return np.asarray(A[rows, columns])


def elimination(n: ArrayLike) -> Array:
    """The matrix L with L*vec(A) = vech(A) for every n x n matrix A."""
    size = _size(n)
    columns, rows = np.triu_indices(size)
    return np.asarray(np.eye(size * size)[rows + columns * size])


def duplication(n: ArrayLike) -> Array:
    """The matrix D with D*vech(S) = vec(S) for every symmetric n x n matrix S."""
    size = _size(n)
    columns, rows = np.triu_indices(size)
    unit = np.eye(size * size)
    return np.asarray(np.maximum(unit[rows + columns * size], unit[columns + rows * size]).T)


def toeplitz(A: ArrayLike) -> Array:
    """Each entry the mean along its diagonal."""
    return _means(A, lambda i, j, n: i - j + n - 1)


def circulant(A: ArrayLike) -> Array:
    """Each entry the mean along its wrapped diagonal."""
    return _means(A, lambda i, j, n: (i - j) % n)


def hankel(A: ArrayLike) -> Array:
    """Each entry the mean along its antidiagonal."""
    return _means(A, lambda i, j, n: i + j)


def toeplitz_projector(n: ArrayLike) -> Array:
    """The matrix P with P*vec(A) = vec(toeplitz(A)) for every n x n matrix A."""
    return _projector(toeplitz, n)


def circulant_projector(n: ArrayLike) -> Array:
    """The matrix P with P*vec(A) = vec(circulant(A)) for every n x n matrix A."""
    return _projector(circulant, n)


def hankel_projector(n: ArrayLike) -> Array:
    """The matrix P with P*vec(A) = vec(hankel(A)) for every n x n matrix A."""
    return _projector(hankel, n)


def _means(A: ArrayLike, place: Callable[[Array, Array, int], Array]) -> Array:
    """The mean of the entries of which the place is the same, at each of them; ValueError of what
    is not a square matrix.
    """
    A = np.asarray(A)
    if A.ndim != 2 or A.shape[0] != A.shape[1]:
        raise ValueError("a square matrix is needed")
    places = place(np.arange(len(A))[:, None], np.arange(len(A)), len(A))
    sums = np.zeros(2 * len(A), dtype=np.result_type(A, 1.0))
    np.add.at(sums, places, A)
    counts = np.maximum(np.bincount(places.ravel(), minlength=len(sums)), 1)
    return np.asarray((sums / counts)[places])


def _projector(nearest: Callable[[ArrayLike], Array], n: ArrayLike) -> Array:
    """The rows are those of the units; a projector is symmetric."""
    size = _size(n)
    units = np.eye(size * size).reshape(-1, size, size)
    return np.array([nearest(unit.T).ravel(order="F") for unit in units])


def _size(value: ArrayLike) -> int:
    return int(np.asarray(value))


def dot(x: ArrayLike, y: ArrayLike) -> Array:
    """sum of x.*y: the inner product, of matrices tr(x'*y)."""
    return np.asarray(np.sum(np.asarray(x) * np.asarray(y)))


def outer(x: ArrayLike, y: ArrayLike) -> Array:
    """x*y': entries x[i]*y[j]."""
    return np.asarray(np.multiply.outer(np.asarray(x), np.asarray(y)))
