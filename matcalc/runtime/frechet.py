"""Frechet derivatives of functions of a matrix, of any order, from block triangular matrices."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array
from matcalc.runtime.exponential import coshm, cosm, expm, sinhm, sinm, tanhm, tanm
from matcalc.runtime.logarithm import logm, matrix_power, sqrtm


class Frechet(Protocol):
    """D^k f(X)[E1, ..., Ek], symmetric in the directions; ``slots`` adds directions left open, two
    axes each.
    """

    def __call__(self, X: ArrayLike, *directions: ArrayLike, slots: int = 0) -> Array:
        """The matrix, or with open slots an array."""


def _derivative(function: Callable[[Array], Array]) -> Frechet:
    """The derivatives of a function of a matrix; it is only asked for values."""

    def frechet(X: ArrayLike, *directions: ArrayLike, slots: int = 0) -> Array:
        return _frechet(function, np.asarray(X), [np.asarray(E) for E in directions], slots)

    return frechet


frechet_expm = _derivative(expm)
frechet_logm = _derivative(logm)
frechet_sqrtm = _derivative(sqrtm)
frechet_sinm = _derivative(sinm)
frechet_cosm = _derivative(cosm)
frechet_tanm = _derivative(tanm)
frechet_sinhm = _derivative(sinhm)
frechet_coshm = _derivative(coshm)
frechet_tanhm = _derivative(tanhm)


def frechet_power(X: ArrayLike, p: ArrayLike, *directions: ArrayLike, slots: int = 0) -> Array:
    """The same derivative of X -> X^p."""
    return _derivative(lambda A: matrix_power(A, p))(X, *directions, slots=slots)


def _frechet(
    function: Callable[[Array], Array], X: Array, directions: Sequence[Array], slots: int
) -> Array:
    """Entry [i,j,k1,l1,...] is that of the derivative in the directions given and the basis
    matrices e_k1 e_l1', ...
    """
    if slots == 0:
        return _embed(function, X, directions)
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
        value = _embed(function, X, [*directions, *units])
        for order in itertools.permutations(places):
            result[(..., *itertools.chain(*order))] = value
    return result


def _embed(function: Callable[[Array], Array], X: Array, directions: Sequence[Array]) -> Array:
    """The upper right block of f([[Y, E], [0, Y]]), where Y is the embedding so far: one doubling
    per direction.

    With one direction f([[X, E], [0, X]]) = [[f(X), Df(X)[E]], [0, f(X)]]; applied again to that
    function it gives the second derivative, and so on (Higham and Relton 2014, theorem 3.5).
    """
    n = len(X)
    Y = X
    for count, E in enumerate(directions):
        block = np.kron(np.eye(2**count), E)
        Y = np.block([[Y, block], [np.zeros_like(Y), Y]])
    return function(Y)[:n, -n:]
