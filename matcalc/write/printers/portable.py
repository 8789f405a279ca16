"""Functions of the language for arrays of any framework, written with the array API standard.

``frameworks.py`` copies the text of what a source needs. ``xp`` is the namespace of the arrays; for
JAX and PyTorch the parameter goes away and the name becomes theirs. Nothing here looks at values,
so it can be traced. Axes are counted from 1, as in the language.
"""

from __future__ import annotations

import math
from itertools import product
from typing import Any

Array = Any


def step(xp: Any, x: Array) -> Array:
    """1 where x > 0, else 0."""
    return xp.where(x > 0, xp.ones_like(x), xp.zeros_like(x))


def sec(xp: Any, x: Array) -> Array:
    """1/cos(x)."""
    return 1.0 / xp.cos(x)


def csc(xp: Any, x: Array) -> Array:
    """1/sin(x)."""
    return 1.0 / xp.sin(x)


def cot(xp: Any, x: Array) -> Array:
    """1/tan(x)."""
    return 1.0 / xp.tan(x)


def relu(xp: Any, x: Array) -> Array:
    """max(x, 0)."""
    return xp.where(x > 0, x, xp.zeros_like(x))


def sigmoid(xp: Any, x: Array) -> Array:
    """1/(1 + exp(-x)), without overflow."""
    small = xp.exp(-xp.abs(x))
    return xp.where(x >= 0, xp.ones_like(x), small) / (1.0 + small)


def sigmoid_slope(xp: Any, x: Array) -> Array:
    """sigmoid(x)*sigmoid(-x)."""
    return (small := xp.exp(-xp.abs(x))) / (1.0 + small) ** 2


def softplus(xp: Any, x: Array) -> Array:
    """log(1 + exp(x)), without overflow."""
    return xp.where(x > 0, x, xp.zeros_like(x)) + xp.log1p(xp.exp(-xp.abs(x)))


def softsign(xp: Any, x: Array) -> Array:
    """x/(1 + |x|)."""
    return x / (1.0 + xp.abs(x))


def silu(xp: Any, x: Array) -> Array:
    """x*sigmoid(x)."""
    return x * sigmoid(xp, x)


def leakyrelu(xp: Any, x: Array, a: Array) -> Array:
    """x where x > 0, else a*x."""
    return xp.where(x > 0, x, a * x)


def elu(xp: Any, x: Array, a: Array) -> Array:
    """x where x > 0, else a*(exp(x) - 1)."""
    return xp.where(x > 0, x, a * xp.expm1(xp.where(x > 0, xp.zeros_like(x), x)))


def huber(xp: Any, x: Array, d: Array) -> Array:
    """x^2/2 where |x| <= d, else d*(|x| - d/2)."""
    return xp.where(xp.abs(x) <= d, x * x / 2.0, d * (xp.abs(x) - d / 2.0))


def logit(xp: Any, x: Array) -> Array:
    """log(x/(1 - x)), near 1/2 as 2*atanh(2*x - 1)."""
    middle = xp.abs(x - 0.5) < 0.25
    near = xp.where(middle, 2.0 * x - 1.0, xp.zeros_like(x))
    return xp.where(middle, 2.0 * xp.atanh(near), xp.log(x) - xp.log1p(-x))


def xlogy(xp: Any, x: Array, y: Array) -> Array:
    """x*log(y), and 0 where x = 0."""
    return x * xp.log(xp.where((x == 0) & (y == y), xp.ones_like(x * y), y))


def cbrt(xp: Any, x: Array) -> Array:
    """The real cube root."""
    return xp.sign(x) * xp.abs(x) ** (1.0 / 3.0)


def normpdf(xp: Any, x: Array) -> Array:
    """exp(-x^2/2)/sqrt(2*pi)."""
    return xp.exp(-x * x / 2.0) / math.sqrt(2.0 * math.pi)


def gelu(xp: Any, x: Array) -> Array:
    """x*normcdf(x)."""
    return x * xp.ndtr(x)


def signed_gamma(xp: Any, x: Array) -> Array:
    """The gamma function by the logarithm of its absolute value."""
    odd = xp.remainder(xp.floor(x), 2.0 * xp.ones_like(x))
    return xp.where(x > 0, xp.ones_like(x), 1.0 - 2.0 * odd) * xp.exp(xp.lgamma(x))


def norm2(xp: Any, x: Array, axis: int | None = None) -> Array:
    """The root of the sum of squares, of a column (1) or row (2); of all without overflow."""
    if axis is not None:
        return xp.linalg.vector_norm(x, axis=axis - 1)
    largest = xp.max(xp.abs(x))
    largest = xp.where((largest == 0) | (largest == math.inf), xp.ones_like(largest), largest)
    return largest * xp.linalg.vector_norm(x / largest)


def normp(xp: Any, x: Array, p: Array) -> Array:
    """sum(abs(x).^p)^(1/p), the largest absolute entry taken out."""
    largest = xp.max(xp.abs(x))
    largest = xp.where(largest == 0, xp.ones_like(largest), largest)
    return largest * xp.sum((xp.abs(x) / largest) ** p) ** (1.0 / p)


def _shift(xp: Any, x: Array, axis: int | None) -> tuple[Array, Array]:
    """The largest entry, and x without it."""
    gone = None if axis is None else axis - 1
    largest = xp.max(x) if gone is None else xp.max(x, axis=gone, keepdims=True)
    return largest, x - largest


def _sum(xp: Any, x: Array, axis: int | None) -> Array:
    """The sum of the exponentials; the axis is kept."""
    return xp.sum(xp.exp(x)) if axis is None else xp.sum(xp.exp(x), axis=axis - 1, keepdims=True)


def logsumexp(xp: Any, x: Array, axis: int | None = None) -> Array:
    """log(sum(exp(x)))."""
    largest, rest = _shift(xp, x, axis)
    value = largest + xp.log(_sum(xp, rest, axis))
    return value if axis is None else xp.squeeze(value, axis - 1)


def logaddexp_reduce(xp: Any, x: Array, axis: int) -> Array:
    """log(sum(exp(x))) along an axis that is counted from 0."""
    return logsumexp(xp, x, axis + 1)


def softmax(xp: Any, x: Array, axis: int | None = None) -> Array:
    """exp(x)/sum(exp(x))."""
    rest = _shift(xp, x, axis)[1]
    return xp.exp(rest) / _sum(xp, rest, axis)


def prodothers(xp: Any, x: Array, axis: int | None = None) -> Array:
    """The product of the other entries, also where one is 0."""
    along = 0 if axis is None else axis - 1
    zero = xp.where(x == 0, xp.ones_like(x), xp.zeros_like(x))
    safe = x + zero
    alone = zero == xp.sum(zero, axis=along, keepdims=True)
    return xp.where(alone, xp.prod(safe, axis=along, keepdims=True) / safe, xp.zeros_like(x))


def logsoftmax(xp: Any, x: Array, axis: int | None = None) -> Array:
    """log(softmax(x))."""
    rest = _shift(xp, x, axis)[1]
    return rest - xp.log(_sum(xp, rest, axis))


def entropy(xp: Any, x: Array) -> Array:
    """-sum(x.*log(x)), 0 where an entry is 0."""
    return -xp.sum(xlogy(xp, x, x))


def kl(xp: Any, x: Array, y: Array) -> Array:
    """sum(x.*log(x./y)), 0 where an entry of x is 0."""
    return xp.sum(xlogy(xp, x, x) - xlogy(xp, x, y))


def revcumsum(xp: Any, x: Array, axis: int = 1) -> Array:
    """x[i] + ... + x[n]."""
    total = xp.sum(x, axis=axis - 1, keepdims=True)
    return total - xp.cumulative_sum(x, axis=axis - 1) + x


def reshape(xp: Any, x: Array, *sizes: int) -> Array:
    """The entries, first axis fastest, as an array of these sizes, first axis fastest."""
    turned = xp.permute_dims(x, tuple(range(x.ndim))[::-1])
    wide = xp.reshape(turned, tuple(sizes)[::-1])
    return xp.permute_dims(wide, tuple(range(len(sizes)))[::-1])


def vec(xp: Any, x: Array) -> Array:
    """The entries, first axis fastest."""
    return xp.reshape(xp.permute_dims(x, tuple(range(x.ndim))[::-1]), (-1,))


def diag(xp: Any, v: Array) -> Array:
    """The diagonal matrix."""
    return v[:, None] * xp.eye(v.shape[0], dtype=v.dtype)


def kron(xp: Any, A: Array, B: Array) -> Array:
    """The blocks A[i,j]*B."""
    if A.ndim == 1:
        return xp.reshape(A[:, None] * B[None, :], (-1,))
    shape = (A.shape[0] * B.shape[0], A.shape[1] * B.shape[1])
    return xp.reshape(A[:, None, :, None] * B[None, :, None, :], shape)


def khatrirao(xp: Any, A: Array, B: Array) -> Array:
    """The Kronecker products of the columns."""
    return xp.reshape(A[:, None, :] * B[None, :, :], (A.shape[0] * B.shape[0], A.shape[1]))


def skewmat(xp: Any, x: Array) -> Array:
    """The matrix of the cross product with x."""
    a, b, c = x[0], x[1], x[2]
    zero = xp.zeros_like(a)
    return xp.reshape(xp.stack([zero, -c, b, c, zero, -a, -b, a, zero]), (3, 3))


def cross(xp: Any, x: Array, y: Array) -> Array:
    """The cross product of two vectors with three entries."""
    return skewmat(xp, x) @ y


def vee(xp: Any, M: Array) -> Array:
    """The vector of which skewmat is the skew part of M."""
    entries = [M[2, 1] - M[1, 2], M[0, 2] - M[2, 0], M[1, 0] - M[0, 1]]
    return xp.stack(entries) / 2.0


def commutation(xp: Any, m: int, n: int, **like: Any) -> Array:
    """The matrix K with K*vec(A) = vec(A')."""
    unit = xp.reshape(xp.eye(m * n, **like), (n, m, m * n))
    return xp.reshape(xp.permute_dims(unit, (1, 0, 2)), (m * n, m * n))


def signs(xp: Any, **like: Any) -> Array:
    """The sign of the permutation i, j, k of three."""
    units = xp.eye(3, **like)
    return xp.stack([skewmat(xp, -units[k, :]) for k in range(3)])


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
    square, unit = xp.expm(2.0 * A), xp.eye(A.shape[0], dtype=A.dtype)
    return xp.linalg.solve(square + unit, square - unit)


def _turn(xp: Any, A: Array) -> tuple[Array, Array]:
    """cos(A) and sin(A), the blocks of exp([[0, -A], [A, 0]])."""
    zero = xp.zeros_like(A)
    rows = [xp.concat([zero, -A], axis=1), xp.concat([A, zero], axis=1)]
    turned = xp.expm(xp.concat(rows, axis=0))
    n = A.shape[0]
    return turned[:n, :n], turned[n:, :n]


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


def _expm(xp: Any, A: Array) -> Array:
    return xp.expm(A)


def _frechet(xp: Any, function: Any, X: Array, directions: Any, slots: int) -> Array:
    """The upper right block of f([[Y, E], [0, Y]]), one doubling for each direction; open slots
    are filled with the basis matrices.
    """
    n = X.shape[0]
    if slots:
        units = xp.reshape(xp.eye(n * n, dtype=X.dtype), (n * n, n, n))
        values = [
            _frechet(xp, function, X, [*directions, *(units[k, :, :] for k in places)], 0)
            for places in product(range(n * n), repeat=slots)
        ]
        whole = xp.reshape(xp.stack(values), (n,) * (2 * slots + 2))
        return xp.permute_dims(whole, (2 * slots, 2 * slots + 1, *range(2 * slots)))
    Y = X
    for E in directions:
        size = Y.shape[0] // n
        wide = xp.eye(size, dtype=X.dtype)[:, None, :, None] * E[None, :, None, :]
        block = xp.reshape(wide, (size * n, size * n))
        rows = [xp.concat([Y, block], axis=1), xp.concat([xp.zeros_like(Y), Y], axis=1)]
        Y = xp.concat(rows, axis=0)
    return function(xp, Y)[:n, -n:]


def frechet_expm(xp: Any, X: Array, *directions: Array, slots: int = 0) -> Array:
    """The derivative of expm along directions."""
    return _frechet(xp, _expm, X, directions, slots)


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
