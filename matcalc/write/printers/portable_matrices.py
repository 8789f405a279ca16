"""Functions of matrices as a whole for arrays of any framework, as ``portable.py`` has others."""

from __future__ import annotations

import math
from typing import Any

Array = Any


def cof(xp: Any, A: Array) -> Array:
    """The cofactor matrix, by singular values: also of a singular matrix."""
    U, s, V = xp.linalg.svd(A, full_matrices=False)
    unit = xp.eye(A.shape[0], dtype=A.dtype)
    others = xp.prod(unit + (1.0 - unit) * s[None, :], axis=1)
    return xp.linalg.det(U) * xp.linalg.det(V) * ((U * others) @ V)


def adj(xp: Any, A: Array) -> Array:
    """The adjugate."""
    return cof(xp, A).T


def _direct(xp: Any, V: Array) -> Array:
    """The sign of the entry with the largest absolute value in each column."""
    hit = xp.abs(V) == xp.max(xp.abs(V), axis=0, keepdims=True)
    count = xp.cumulative_sum(xp.where(hit, xp.ones_like(V), xp.zeros_like(V)), axis=0)
    return xp.sign(xp.sum(xp.where(hit & (count == 1.0), V, xp.zeros_like(V)), axis=0))


def _symmetric(xp: Any, A: Array) -> Array:
    return (A + A.T) / 2.0


def eigvecs(xp: Any, A: Array) -> Array:
    """The unit eigenvectors of a symmetric matrix as columns."""
    V = xp.linalg.eigh(_symmetric(xp, A))[1]
    return V * _direct(xp, V)[None, :]


def eigvec(xp: Any, A: Array) -> Array:
    """The unit eigenvector of the largest eigenvalue."""
    return eigvecs(xp, A)[:, -1]


def lambda_max(xp: Any, A: Array) -> Array:
    """The largest eigenvalue of a symmetric matrix."""
    return xp.linalg.eigvalsh(_symmetric(xp, A))[-1]


def lambda_min(xp: Any, A: Array) -> Array:
    """The smallest eigenvalue of a symmetric matrix."""
    return xp.linalg.eigvalsh(_symmetric(xp, A))[0]


def _real_eigen(xp: Any, A: Array, k: int) -> tuple[Array, Array, Array]:
    """The k-th largest of the real eigenvalues, its unit right vector v and its left vector u with
    u'*v = 1; nan where there are fewer.
    """
    values, V = xp.linalg.eig(A)
    real = xp.where(xp.imag(values) == 0.0, xp.real(values), -math.inf + xp.real(values))
    place = xp.argsort(real)[A.shape[0] - int(k)]
    value = real[place]
    value = xp.where(value == -math.inf, math.nan * value, value)
    v, u = xp.real(V[:, place]), xp.real(xp.linalg.inv(V)[place, :])
    scale = _direct(xp, v[:, None])[0] * xp.sqrt(xp.sum(v * v))
    there = value - value + 1.0
    return value, there * v / scale, there * u * scale


def eigval(xp: Any, A: Array, k: int = 1) -> Array:
    """The k-th largest of the real eigenvalues of a square matrix."""
    return _real_eigen(xp, A, k)[0]


def eigright(xp: Any, A: Array, k: int = 1) -> Array:
    """The unit right eigenvector of ``eigval(A, k)``."""
    return _real_eigen(xp, A, k)[1]


def eigleft(xp: Any, A: Array, k: int = 1) -> Array:
    """The left eigenvector u of ``eigval(A, k)``, with u'*eigright(A, k) = 1."""
    return _real_eigen(xp, A, k)[2]


def _orthogonalise(xp: Any, A: Array) -> tuple[Array, Array]:
    if A.shape[0] < A.shape[1]:
        raise ValueError("expected a matrix with at least as many rows as columns")
    Q, R = xp.linalg.qr(A)
    ones = xp.ones_like(R[0, :])
    signs = xp.where(xp.linalg.diagonal(R) < 0.0, -ones, ones)
    return Q * signs[None, :], signs[:, None] * R


def qr_q(xp: Any, A: Array) -> Array:
    """The Q with orthonormal columns of A = Q*R."""
    return _orthogonalise(xp, A)[0]


def qr_r(xp: Any, A: Array) -> Array:
    """The upper triangular R of A = Q*R with a positive diagonal."""
    return _orthogonalise(xp, A)[1]


def _eliminate(xp: Any, A: Array) -> tuple[Array, Array]:
    """L and U of A = L*U, without exchanges of rows."""
    unit = xp.eye(A.shape[0], dtype=A.dtype)
    columns = []
    for k in range(A.shape[0]):
        below = xp.sum(unit[:, k + 1 :], axis=1)
        column = xp.where(below > 0.0, A[:, k] / A[k, k], unit[:, k])
        columns.append(column)
        A = A - (column - unit[:, k])[:, None] * A[k, :][None, :]
    return xp.stack(columns, axis=1), xp.triu(A)


def lu_l(xp: Any, A: Array) -> Array:
    """The unit lower triangular L of A = L*U, without exchanges of rows."""
    return _eliminate(xp, A)[0]


def lu_u(xp: Any, A: Array) -> Array:
    """The upper triangular U of A = L*U, without exchanges of rows."""
    return _eliminate(xp, A)[1]


def invgap(xp: Any, x: Array) -> Array:
    """1/(x[j] - x[i]) off the diagonal, and 0 on it."""
    unit = xp.eye(x.shape[0], dtype=x.dtype)
    return (1.0 - unit) / (x[None, :] - x[:, None] + unit)


def _decompose(xp: Any, X: Array) -> tuple[Array, Array, Array]:
    U, s, W = xp.linalg.svd(X, full_matrices=False)
    signs = _direct(xp, W.T)
    return U * signs[None, :], s, W.T * signs[None, :]


def _tall(xp: Any, X: Array) -> tuple[Array, Array, Array]:
    if X.shape[0] < X.shape[1]:
        raise ValueError("expected a matrix with at least as many rows as columns")
    return _decompose(xp, X)


def svdvals(xp: Any, X: Array) -> Array:
    """The singular values, descending, one for each column."""
    return _tall(xp, X)[1]


def leftvecs(xp: Any, X: Array) -> Array:
    """The left singular vectors as columns."""
    return _tall(xp, X)[0]


def rightvecs(xp: Any, X: Array) -> Array:
    """The right singular vectors as columns."""
    return _tall(xp, X)[2]


def thin_svdvals(xp: Any, X: Array) -> Array:
    """The singular values of a matrix of any shape."""
    return _decompose(xp, X)[1]


def thin_leftvecs(xp: Any, X: Array) -> Array:
    """Their left vectors as columns."""
    return _decompose(xp, X)[0]


def thin_rightvecs(xp: Any, X: Array) -> Array:
    """Their right vectors as columns."""
    return _decompose(xp, X)[2]


def specnorm(xp: Any, X: Array) -> Array:
    """The largest singular value."""
    return _decompose(xp, X)[1][0]


def leftvec(xp: Any, X: Array) -> Array:
    """The left singular vector of the largest singular value."""
    return _decompose(xp, X)[0][:, 0]


def rightvec(xp: Any, X: Array) -> Array:
    """The right singular vector of the largest singular value."""
    return _decompose(xp, X)[2][:, 0]


def condnum(xp: Any, A: Array) -> Array:
    """The largest singular value over the smallest."""
    s = _decompose(xp, A)[1]
    return s[0] / s[-1]


def polar(xp: Any, X: Array) -> Array:
    """The orthogonal polar factor of a matrix of full rank."""
    U, _, V = xp.linalg.svd(X, full_matrices=False)
    return U @ V


def nucnorm(xp: Any, X: Array) -> Array:
    """The sum of the singular values."""
    return xp.sum(_decompose(xp, X)[1])


def schatten(xp: Any, X: Array, p: Array) -> Array:
    """The p-norm of the singular values."""
    return xp.sum(_decompose(xp, X)[1] ** p) ** (1.0 / p)


def psd_solve(xp: Any, L: Array, B: Array) -> Array:
    """inv(L*L')*B."""
    return xp.linalg.solve(L.T, xp.linalg.solve(L, B))


def cho_solve(xp: Any, L: Array, B: Array) -> Array:
    """inv(L*L')*B, in JAX."""
    return xp.cho_solve((L, True), B)


def cholesky_solve(xp: Any, L: Array, B: Array) -> Array:
    """inv(L*L')*B, in PyTorch, which takes matrices alone."""
    wide = xp.cholesky_solve(xp.reshape(B, (B.shape[0], -1)), L)
    return xp.reshape(wide, B.shape)


def psd_inverse(xp: Any, L: Array) -> Array:
    """inv(L*L')."""
    half = xp.linalg.inv(L)
    return half.T @ half


def weighted_gram(xp: Any, w: Array, Z: Array) -> Array:
    """Z'*diag(w)*Z."""
    return Z.T @ (w[:, None] * Z)


def squared_distances(xp: Any, X: Array, Y: Array) -> Array:
    """norm2(X[i,:] - Y[j,:])^2 for all i and j."""
    apart = X[:, None, :] - Y[None, :, :]
    return xp.sum(apart * apart, axis=2)


def psd_logdet(xp: Any, L: Array) -> Array:
    """log(det(L*L'))."""
    return 2.0 * xp.sum(xp.log(xp.linalg.diagonal(L)))


def sylvester(xp: Any, A: Array, B: Array, C: Array) -> Array:
    """The X with A*X + X*B = C, as a system of all entries."""
    system = _sylvester_system(xp, A, B)
    return xp.reshape(xp.linalg.solve(system, xp.reshape(C, (-1, 1))), C.shape)


def sylvester_inverse(xp: Any, A: Array, B: Array) -> Array:
    """The array that C is contracted with."""
    sides = (A.shape[0], B.shape[0])
    return xp.reshape(xp.linalg.inv(_sylvester_system(xp, A, B)), sides * 2)


def _sylvester_system(xp: Any, A: Array, B: Array) -> Array:
    m, n = A.shape[0], B.shape[0]
    one, other = xp.eye(m, dtype=A.dtype), xp.eye(n, dtype=A.dtype)
    left = A[:, None, :, None] * other[None, :, None, :]
    right = one[:, None, :, None] * B.T[None, :, None, :]
    return xp.reshape(left + right, (m * n, m * n))


def lyapunov(xp: Any, A: Array, Q: Array) -> Array:
    """The X with A*X + X*A' = Q."""
    return sylvester(xp, A, A.T, Q)


def sinhm(xp: Any, A: Array) -> Array:
    """sinh(A)."""
    return (xp.expm(A) - xp.expm(-A)) / 2.0


def coshm(xp: Any, A: Array) -> Array:
    """cosh(A)."""
    return (xp.expm(A) + xp.expm(-A)) / 2.0


def tanhm(xp: Any, A: Array) -> Array:
    """tanh(A)."""
    square, unit = xp.expm(2.0 * A), xp.eye(A.shape[-1], dtype=A.dtype)
    return xp.linalg.solve(square + unit, square - unit)


def _turn(xp: Any, A: Array) -> tuple[Array, Array]:
    """cos(A) and sin(A), the blocks of exp([[0, -A], [A, 0]])."""
    zero = xp.zeros_like(A)
    rows = [xp.concat([zero, -A], axis=-1), xp.concat([A, zero], axis=-1)]
    turned = xp.expm(xp.concat(rows, axis=-2))
    n = A.shape[-1]
    return turned[..., :n, :n], turned[..., n:, :n]


def sinm(xp: Any, A: Array) -> Array:
    """sin(A)."""
    return _turn(xp, A)[1]


def cosm(xp: Any, A: Array) -> Array:
    """cos(A)."""
    return _turn(xp, A)[0]


def tanm(xp: Any, A: Array) -> Array:
    """inv(cos(A))*sin(A)."""
    cosine, sine = _turn(xp, A)
    return xp.linalg.solve(cosine, sine)


_STEPS = 14  # of an iteration whose errors fall quadratically
_ROOTS = 7  # after so many the logarithm is small, and its quadrature exact
_NODES = (0.1834346424956498, 0.525532409916329, 0.7966664774136267, 0.9602898564975363)
_WEIGHTS = (0.362683783378362, 0.3137066458778873, 0.2223810344533745, 0.1012285362903763)


def _far(xp: Any, M: Array, unit: Array) -> Array:
    apart = xp.abs(M - unit)
    return xp.max(xp.max(apart, axis=-1, keepdims=True), axis=-2, keepdims=True)


def sqrtm(xp: Any, A: Array) -> Array:
    """The root of A: the product form of the Denman-Beavers iteration, scaled by determinants; nan
    where it does not converge.
    """
    unit, ones = xp.eye(A.shape[-1], dtype=A.dtype), xp.ones_like(A[..., :1, :1])
    M, Y = A, A
    for _ in range(_STEPS):
        size = xp.linalg.slogdet(M)[1][..., None, None]
        scale = xp.where(_far(xp, M, unit) > 0.5, xp.exp(-size / (2.0 * A.shape[-1])), ones)
        M, Y = scale * scale * M, scale * Y
        inverse = xp.linalg.inv(M)
        Y = Y @ (unit + inverse) / 2.0
        M = (2.0 * unit + M + inverse) / 4.0
    return xp.where(_far(xp, M, unit) < 0.001, Y, math.nan * Y)


def logm(xp: Any, A: Array) -> Array:
    """The logarithm of A: that of a root close to 1, by Gauss and Legendre's quadrature."""
    unit = xp.eye(A.shape[-1], dtype=A.dtype)
    for _ in range(_ROOTS):
        A = sqrtm(xp, A)
    Y = A - unit
    total = xp.zeros_like(Y)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        for place in (1.0 - node, 1.0 + node):
            total = total + weight * xp.linalg.solve(unit + place / 2.0 * Y, Y)
    return 2.0 ** (_ROOTS - 1) * total


def _expm(xp: Any, A: Array) -> Array:
    return xp.expm(A)


def _frechet(xp: Any, function: Any, X: Array, directions: Any, slots: int) -> Array:
    """The upper right block of f([[Y, E], [0, Y]]), one doubling for each direction; open slots
    are filled with all basis matrices at once.
    """
    n = X.shape[0]
    units = xp.reshape(xp.eye(n * n, dtype=X.dtype), (1, n * n, 1, n, n))
    given = [E[None, :, :] for E in directions]
    for slot in range(slots):
        sides = (n ** (2 * slot), 1, n ** (2 * (slots - 1 - slot)), 1, 1)
        every = units * xp.ones(sides, dtype=X.dtype)
        given.append(xp.reshape(every, (n ** (2 * slots), n, n)))
    Y = X[None, :, :]
    for E in given:
        size = Y.shape[1] // n
        wide = xp.eye(size, dtype=X.dtype)[None, :, None, :, None] * E[:, None, :, None, :]
        block = xp.reshape(wide, (E.shape[0], size * n, size * n)) + xp.zeros_like(Y)
        Y = Y + xp.zeros_like(block)
        rows = [xp.concat([Y, block], axis=2), xp.concat([xp.zeros_like(Y), Y], axis=2)]
        Y = xp.concat(rows, axis=1)
    value = function(xp, Y)[:, :n, -n:]
    whole = xp.reshape(value, (n,) * (2 * slots + 2))
    return xp.permute_dims(whole, (2 * slots, 2 * slots + 1, *range(2 * slots)))


def frechet_expm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of expm along directions."""
    return _frechet(xp, _expm, X, directions, slots)


def frechet_logm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of logm along directions."""
    return _frechet(xp, logm, X, directions, slots)


def frechet_sqrtm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of sqrtm along directions."""
    return _frechet(xp, sqrtm, X, directions, slots)


def frechet_sinm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of sinm along directions."""
    return _frechet(xp, sinm, X, directions, slots)


def frechet_cosm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of cosm along directions."""
    return _frechet(xp, cosm, X, directions, slots)


def frechet_tanm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of tanm along directions."""
    return _frechet(xp, tanm, X, directions, slots)


def frechet_sinhm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of sinhm along directions."""
    return _frechet(xp, sinhm, X, directions, slots)


def frechet_coshm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of coshm along directions."""
    return _frechet(xp, coshm, X, directions, slots)


def frechet_tanhm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of tanhm along directions."""
    return _frechet(xp, tanhm, X, directions, slots)
