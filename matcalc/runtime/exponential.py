"""The matrix exponential, matrix powers, and their Frechet derivatives of any order."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array
from matcalc.runtime.linear import inv

# exp(x) ~ p(x)/p(-x), the [13/13] Pade approximant: p has the coefficients 13! (26-k)! / (26! k! (13-k)!)
_DEGREE = 13
_PADE = [math.comb(_DEGREE, k) * math.factorial(2 * _DEGREE - k) / math.factorial(2 * _DEGREE) for k in range(_DEGREE + 1)]
_REACH = 4.25  # 1-norm up to which the approximant is exact to double precision (Higham 2005, theta_13 = 5.37)


def expm(X: ArrayLike) -> Array:
    """sum_k X^k/k!, by scaling and squaring: exp(X) = exp(X/2^s)^(2^s)."""
    X = np.asarray(X)
    A = np.atleast_2d(X).astype(np.result_type(X, float))
    norm = float(np.max(np.sum(np.abs(A), axis=0)))
    if not math.isfinite(norm):
        return np.full_like(A, np.nan).reshape(X.shape)
    squarings = max(0, math.ceil(math.log2(norm / _REACH))) if norm > 0 else 0
    A = A / 2.0**squarings
    square = A @ A
    even, odd = np.zeros_like(A), np.zeros_like(A)
    for k in range(_DEGREE - 1, -1, -2):  # Horner in A^2 for the even and the odd part of p
        even = square @ even + _PADE[k] * np.eye(len(A))
        odd = square @ odd + _PADE[k + 1] * np.eye(len(A))
    odd = A @ odd
    result = np.linalg.solve(even - odd, even + odd)
    for _ in range(squarings):
        result = result @ result
    return result.reshape(X.shape)


def matrix_power(X: ArrayLike, p: ArrayLike) -> Array:
    """X^p for an integer p; a negative one is that power of the inverse."""
    X = np.asarray(X)
    exponent = integer_exponent(p)
    A = np.atleast_2d(X if exponent >= 0 else inv(X))
    return np.asarray(np.linalg.matrix_power(A, abs(exponent))).reshape(X.shape)


def integer_exponent(p: ArrayLike) -> int:
    """The exponent of a matrix as an int; ValueError if it is none."""
    value = complex(np.asarray(p).item())
    if value.imag != 0 or value.real != round(value.real):
        raise ValueError(f"a matrix power needs an integer exponent, not {value.real:g}")
    return int(value.real)


def frechet_expm(X: ArrayLike, *directions: ArrayLike, slots: int = 0) -> Array:
    """D^k expm(X)[E1, ..., Ek], symmetric in the directions; ``slots`` adds directions left open, two axes each."""
    return _frechet(expm, np.asarray(X), [np.asarray(E) for E in directions], slots)


def frechet_power(X: ArrayLike, p: ArrayLike, *directions: ArrayLike, slots: int = 0) -> Array:
    """The same derivative of X -> X^p, p an integer."""
    exponent = integer_exponent(p)
    return _frechet(lambda A: matrix_power(A, exponent), np.asarray(X), [np.asarray(E) for E in directions], slots)


def _frechet(function: Callable[[Array], Array], X: Array, directions: Sequence[Array], slots: int) -> Array:
    """Entry [i,j,k1,l1,...] is that of the derivative in the directions given and the basis matrices e_k1 e_l1', ..."""
    if slots == 0:
        return _embedded(function, X, directions)
    n = len(X)
    result = np.empty((n, n) * (1 + slots), dtype=np.result_type(X, *directions, float))
    for index in np.ndindex(*(n, n) * slots):
        places = list(zip(index[::2], index[1::2], strict=True))
        if places != sorted(places):
            continue  # symmetric: filled in from the sorted one
        units = []
        for place in places:
            unit = np.zeros((n, n))
            unit[place] = 1.0
            units.append(unit)
        value = _embedded(function, X, [*directions, *units])
        for order in itertools.permutations(places):
            result[(..., *itertools.chain(*order))] = value
    return result


def _embedded(function: Callable[[Array], Array], X: Array, directions: Sequence[Array]) -> Array:
    """The upper right block of f([[Y, E], [0, Y]]), where Y is the embedding so far: one doubling per direction.

    With one direction f([[X, E], [0, X]]) = [[f(X), Df(X)[E]], [0, f(X)]]; applied again to that function it gives
    the second derivative, and so on (Higham and Relton 2014, theorem 3.5).
    """
    n = len(X)
    Y = X
    for count, E in enumerate(directions):
        block = np.kron(np.eye(2**count), E)
        Y = np.block([[Y, block], [np.zeros_like(Y), Y]])
    return function(Y)[:n, -n:]
