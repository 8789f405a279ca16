"""Sums, norms and soft maxima over all entries; norms without conjugation, so that a complex step passes."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array, abs_, xlogy


def mean(x: ArrayLike) -> Array:
    """The sum over the number of entries."""
    return np.asarray(np.mean(np.asarray(x)))


def norm1(x: ArrayLike) -> Array:
    """The sum of the absolute entries, also of a matrix."""
    return np.asarray(np.sum(abs_(x)))


def norm2(x: ArrayLike) -> Array:
    """The root of the sum of squares: 2-norm of a vector, Frobenius norm of a matrix."""
    x = np.asarray(x)
    return np.asarray(np.sqrt(np.sum(x * x)))


def norminf(x: ArrayLike) -> Array:
    """The largest absolute entry."""
    sizes = abs_(x).ravel()
    return np.asarray(sizes[np.argmax(np.real(sizes))])


def logsumexp(x: ArrayLike) -> Array:
    """log(sum(exp(x))) = m + log(sum(exp(x - m))) with m the largest entry."""
    x = np.asarray(x)
    largest = np.max(np.real(x))
    return np.asarray(largest + np.log(np.sum(np.exp(x - largest))))


def softmax(x: ArrayLike) -> Array:
    """exp(x)/sum(exp(x))."""
    x = np.asarray(x)
    weights = np.exp(x - np.max(np.real(x)))
    return np.asarray(weights / np.sum(weights))


def logsoftmax(x: ArrayLike) -> Array:
    """log(softmax(x)) = x - logsumexp(x)."""
    return np.asarray(np.asarray(x) - logsumexp(x))


def entropy(x: ArrayLike) -> Array:
    """-sum(x.*log(x)), in which 0*log(0) = 0."""
    return np.asarray(-np.sum(xlogy(x, x)))


def kl(p: ArrayLike, q: ArrayLike) -> Array:
    """sum(p.*log(p./q)), the Kullback-Leibler divergence, in which 0*log(0) = 0."""
    return np.asarray(np.sum(xlogy(p, p) - xlogy(p, q)))
