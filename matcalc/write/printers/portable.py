"""Functions of the language for arrays of any framework, written with the array API standard.

``frameworks.py`` copies the text of what a source needs. ``xp`` is the namespace of the arrays; for
JAX and PyTorch the parameter goes away and the name becomes theirs. Nothing here looks at values,
so it can be traced. Axes are counted from 1, as in the language. Functions of matrices as a whole
are in ``portable_matrices.py``.
"""

from __future__ import annotations

import math
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


def vech(xp: Any, A: Array) -> Array:
    """The lower half of A, column by column."""
    return xp.concat([A[k:, k] for k in range(A.shape[0])])


def elimination(xp: Any, n: int, **like: Any) -> Array:
    """The matrix L with L*vec(A) = vech(A)."""
    unit = xp.eye(n * n, **like)
    return xp.concat([unit[k * (n + 1) : (k + 1) * n, :] for k in range(n)])


def duplication(xp: Any, n: int, **like: Any) -> Array:
    """The matrix D with D*vech(S) = vec(S) for symmetric S."""
    L = elimination(xp, n, **like)
    turned = xp.permute_dims(xp.reshape(L, (-1, n, n)), (0, 2, 1))
    return xp.maximum(L, xp.reshape(turned, (-1, n * n))).T


def signs(xp: Any, **like: Any) -> Array:
    """The sign of the permutation i, j, k of three."""
    units = xp.eye(3, **like)
    return xp.stack([skewmat(xp, -units[k, :]) for k in range(3)])


def _projector(xp: Any, places: list[int], size: int, **like: Any) -> Array:
    """The matrix that takes the mean of the entries of a matrix with the same place, column by
    column.
    """
    unit = xp.eye(size, **like)
    same = xp.stack([unit[place, :] for place in places])
    return (same / xp.maximum(xp.sum(same, axis=0), unit[0, 0])) @ same.T


def toeplitz_projector(xp: Any, n: int, **like: Any) -> Array:
    """The matrix P with P*vec(A) = vec(toeplitz(A))."""
    return _projector(xp, [i - j + n - 1 for j in range(n) for i in range(n)], 2 * n, **like)


def circulant_projector(xp: Any, n: int, **like: Any) -> Array:
    """The matrix P with P*vec(A) = vec(circulant(A))."""
    return _projector(xp, [(i - j) % n for j in range(n) for i in range(n)], n, **like)


def hankel_projector(xp: Any, n: int, **like: Any) -> Array:
    """The matrix P with P*vec(A) = vec(hankel(A))."""
    return _projector(xp, [i + j for j in range(n) for i in range(n)], 2 * n, **like)


def _projected(xp: Any, P: Array, A: Array) -> Array:
    n = A.shape[0]
    return xp.reshape(P @ xp.reshape(A.T, (n * n,)), (n, n)).T


def toeplitz(xp: Any, A: Array) -> Array:
    """Each entry the mean along its diagonal."""
    return _projected(xp, toeplitz_projector(xp, A.shape[0], dtype=A.dtype), A)


def circulant(xp: Any, A: Array) -> Array:
    """Each entry the mean along its wrapped diagonal."""
    return _projected(xp, circulant_projector(xp, A.shape[0], dtype=A.dtype), A)


def hankel(xp: Any, A: Array) -> Array:
    """Each entry the mean along its antidiagonal."""
    return _projected(xp, hankel_projector(xp, A.shape[0], dtype=A.dtype), A)
