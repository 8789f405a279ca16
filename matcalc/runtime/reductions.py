"""Sums, norms and soft maxima over all entries; norms without conjugation, so that a complex step
passes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array, abs_, power, xlogy

_TINY = 1e-150  # squares of smaller numbers lose digits
_MANY = 1000  # entries
_SQUARES = {"d": (1e-280, 1e300), "f": (1e-30, 1e38)}  # between these their sums lose none


def _axis(axis: ArrayLike | None) -> int | None:
    """The axis of an array that goes away, counted from 1: 1 says of each column of a matrix, 2 of
    each row, None of all entries.
    """
    if axis is None:
        return None
    return (axis if type(axis) is int else int(np.real(axis))) - 1


def total(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The sum of all entries, or along an axis that is counted from 1."""
    return np.asarray(np.sum(np.asarray(x), axis=_axis(axis)))


def mean(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The sum over the number of entries; of all, or along an axis."""
    return np.asarray(np.mean(np.asarray(x), axis=_axis(axis)))


def norm1(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The sum of the absolute entries, also of a matrix; of each column (1) or of each row (2)."""
    return np.asarray(np.sum(abs_(x), axis=_axis(axis)))


def hypot(x: ArrayLike, y: ArrayLike) -> Array:
    """sqrt(x^2 + y^2) entry by entry, without squares that overflow."""
    x, y = np.asarray(x), np.asarray(y)
    if not (np.iscomplexobj(x) or np.iscomplexobj(y)):
        return _real_hypot(x, y)
    largest = np.maximum(np.abs(np.real(x)), np.abs(np.real(y)))
    largest = np.where((largest > 0) & np.isfinite(largest), largest, 1.0)
    return np.asarray(largest * np.sqrt((x / largest) ** 2 + (y / largest) ** 2))


def _real_hypot(x: Array, y: Array) -> Array:
    """That of many entries by a root of squares, where none is too small or too large: NumPy takes
    the entries one by one.
    """
    if max(x.size, y.size) >= _MANY:
        quick = _beside_number(x, y) if y.ndim == 0 else _beside_number(y, x)
        if quick is not None:
            return quick
        with np.errstate(over="ignore", under="ignore"):
            squares = x * x + y * y
        least, most = _SQUARES.get(squares.dtype.char, (1.0, 0.0))
        if least < squares.min() and squares.max() < most:
            return np.asarray(np.sqrt(squares))
    return np.asarray(np.hypot(x, y))


def _beside_number(x: Array, y: Array) -> Array | None:
    """The root of squares of an array and a number, where no square is too large and that of the
    number is not too small: one inner product says so. None where it does not.
    """
    same = y.dtype is x.dtype or (x.dtype.char == "d" and y.dtype.kind in "iu")
    if y.ndim or not same or x.dtype.char not in _SQUARES:
        return None
    least, most = _SQUARES[x.dtype.char]
    square = float(y) * float(y)
    if not (least < square < most and np.vdot(x, x) < most):  # vdot warns of no overflow
        return None
    squares = x * x
    squares += x.dtype.type(square)
    return np.asarray(np.sqrt(squares, out=squares))


def atan2(y: ArrayLike, x: ArrayLike) -> Array:
    """The angle of the point (x, y) entry by entry, from -pi to pi."""
    x, y = np.asarray(x), np.asarray(y)
    angle = np.asarray(np.arctan2(np.real(y), np.real(x)))
    if not (np.iscomplexobj(x) or np.iscomplexobj(y)):
        return angle
    # turned by that angle the point is at the right, where the angle is atan(y/x)
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.asarray(angle + np.arctan((cosine * y - sine * x) / (cosine * x + sine * y)))


def norm2(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The root of the sum of squares: 2-norm of a vector, Frobenius norm of a matrix; of each
    column (1) or row (2).
    """
    x, gone = np.asarray(x), _axis(axis)
    if gone is None and x.dtype.char in _SQUARES:
        total = np.vdot(x, x)  # the one inner product of NumPy's that warns of no overflow
        least, most = _SQUARES[x.dtype.char]
        if least < total < most:
            return np.asarray(np.sqrt(total))
    with np.errstate(over="ignore", under="ignore"):
        norms = np.asarray(np.sqrt(np.sum(x * x, axis=gone)))
    if np.iscomplexobj(x) or np.all((norms > _TINY) & np.isfinite(norms)):
        return norms
    largest = np.max(np.abs(x), axis=gone, keepdims=True, initial=0.0)
    largest = np.where(
        (largest > 0) & np.isfinite(largest), largest, 1.0
    )  # taken out, so that no square overflows
    return np.asarray(np.sqrt(np.sum((x / largest) ** 2, axis=gone)) * largest.squeeze(gone))


def normp(x: ArrayLike, p: ArrayLike) -> Array:
    """sum(abs(x).^p)^(1/p), the largest absolute entry taken out so that no power overflows."""
    sizes = abs_(x)
    largest = np.max(np.real(sizes), initial=0.0) or 1.0
    return np.asarray(largest * power(np.sum(power(sizes / largest, p)), 1.0 / np.asarray(p)))


def var(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The mean of the squared deviations from the mean: of all entries, of each column (1) or of
    each row (2).
    """
    x, gone = np.asarray(x), _axis(axis)
    moved = x - np.mean(x, axis=gone, keepdims=True)
    return np.asarray(np.mean(moved * moved, axis=gone))


def std(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The root of the variance."""
    return np.asarray(np.sqrt(var(x, axis)))


def prod(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The product: of all entries, of each column (1) or of each row (2)."""
    return np.asarray(np.prod(np.asarray(x), axis=_axis(axis)))


def norminf(x: ArrayLike) -> Array:
    """The largest absolute entry."""
    sizes = abs_(x).ravel()
    return np.asarray(sizes[np.argmax(np.real(sizes))])


def _logsumexp(x: Array, axis: int | None) -> Array:
    """log(sum(exp(x))) = m + log(sum(exp(x - m))) with m the largest entry; the axis is kept."""
    largest = np.max(np.real(x), axis=axis, keepdims=True)
    return np.asarray(largest + np.log(np.sum(np.exp(x - largest), axis=axis, keepdims=True)))


def logsumexp(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """log(sum(exp(x))): of all entries, of each column (1) or of each row (2)."""
    x, gone = np.asarray(x), _axis(axis)
    return _logsumexp(x, gone).squeeze(gone)


def softmax(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """exp(x)/sum(exp(x)): of a vector, of each column (1) or of each row (2) of a matrix."""
    x, gone = np.asarray(x), _axis(axis)
    if x.dtype.kind == "f" and x.ndim:
        weights = x - x.max(axis=gone, keepdims=True)
        np.exp(weights, out=weights)
        weights /= weights.sum(axis=gone, keepdims=True)
        return np.asarray(weights)
    weights = np.exp(x - np.max(np.real(x), axis=gone, keepdims=True))
    return np.asarray(weights / np.sum(weights, axis=gone, keepdims=True))


def prodothers(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The product of the other entries, also where one is 0: of a vector, of each column (1) or of
    each row (2) of a matrix.
    """
    x, gone = np.asarray(x), _axis(axis)
    zero = x == 0
    count = np.sum(zero, axis=gone, keepdims=True)
    safe = np.where(zero, 1.0, x)
    whole = np.prod(safe, axis=gone, keepdims=True)
    return np.asarray(np.where(count == zero, whole / safe, 0.0))


def logsoftmax(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """log(softmax(x)) = x - logsumexp(x)."""
    x = np.asarray(x)
    return np.asarray(x - _logsumexp(x, _axis(axis)))


def amax(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The largest entry: of all, of each column (1) or of each row (2)."""
    x, gone = np.asarray(x), _axis(axis)
    x = x.ravel() if gone is None else x
    place = np.expand_dims(np.argmax(np.real(x), axis=gone or 0), gone or 0)
    return np.asarray(np.take_along_axis(x, place, axis=gone or 0).squeeze(gone or 0))


def amin(x: ArrayLike, axis: ArrayLike | None = None) -> Array:
    """The smallest entry: of all, of each column (1) or of each row (2)."""
    return np.asarray(-amax(-np.asarray(x), axis))


def entropy(x: ArrayLike) -> Array:
    """-sum(x.*log(x)), in which 0*log(0) = 0."""
    return np.asarray(-np.sum(xlogy(x, x)))


def kl(p: ArrayLike, q: ArrayLike) -> Array:
    """sum(p.*log(p./q)), the Kullback-Leibler divergence, in which 0*log(0) = 0."""
    return np.asarray(np.sum(xlogy(p, p) - xlogy(p, q)))
