"""Derivatives of functions that are only known by their values, within the kind of matrices that a
variable is declared to be.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from matcalc.core.subspaces import SPACES, independent
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.numeric import Method, central_differences

DOUBLE = Method("extrapolated central differences", 2.0**-8, 1e-6)
SINGLE = Method("central differences of fourth order, in single precision", 2.0**-6, 5e-3)

Function = Callable[[Array], Array]


def basis(kind: str, x: Array) -> list[Array]:
    """An orthonormal basis, in the inner product tr(A'*B), of the directions in which a matrix of
    the kind can move.
    """
    n = x.shape[0] if x.ndim == 2 else 0
    space = "skew" if kind == "orthogonal" else kind
    if space not in SPACES:
        return [unit.reshape(x.shape) for unit in np.eye(x.size)]
    found = []
    for places in independent(space, n):
        unit = np.zeros((n, n))
        for i, j, sign in places:
            unit[i, j] = sign / np.sqrt(len(places))
        found.append(unit)
    return [x @ K for K in found] if kind == "orthogonal" else found


def move(kind: str, x: Array, step: Array) -> Array:
    """x moved along a direction; a rotation stays one by the Cayley map."""
    if kind != "orthogonal":
        return np.asarray(x + step)
    K = x.T @ step / 2
    eye = np.eye(len(x))
    return np.asarray(x @ np.linalg.solve(eye - K, eye + K))


def derivative(function: Function, x: Array, kind: str, *, single: bool = False) -> Array:
    """The derivative projected on the directions of the kind: sum over the basis of (slope along
    E)*E; value's axes first.
    """
    directions = basis(kind, x)
    if not directions:
        return np.zeros(np.shape(function(x)) + x.shape)

    def along(t: Array) -> Array:
        return function(move(kind, x, np.tensordot(t, np.stack(directions), 1)))

    start = np.zeros(len(directions))
    slopes = _fourth_order(along, start) if single else central_differences(along, start)
    return np.asarray(np.tensordot(slopes, np.stack(directions), 1))


def _fourth_order(function: Function, x: Array) -> Array:
    """(8*(f(h) - f(-h)) - (f(2h) - f(-2h)))/12h: errors of rounding swamp the error estimates that
    extrapolation relies on.
    """
    columns = []
    for step in SINGLE.step * np.eye(x.size):
        near, far = (function(x + k * step) - function(x - k * step) for k in (1, 2))
        columns.append((8 * near - far) / (12 * SINGLE.step))
    return np.stack(columns, axis=-1)


def project(kind: str, x: Array, gradient: Array) -> Array:
    """The part of a derivative, the variable's axes last, that is seen along the directions of the
    kind.
    """
    directions = basis(kind, x)
    if not directions:
        return np.zeros_like(gradient)
    stacked = np.stack(directions)
    slopes = np.tensordot(
        gradient,
        stacked,
        axes=(range(gradient.ndim - x.ndim, gradient.ndim), range(1, stacked.ndim)),
    )
    return np.asarray(np.tensordot(slopes, stacked, 1))


def kinks(function: Function, x: Array, kind: str, *, single: bool) -> list[Array]:
    """The directions along which the function has a kink: there f(x+h) - 2f(x) + f(x-h) falls as h,
    elsewhere as h^2.
    """
    wide, narrow = (2.0**-5, 2.0**-8) if single else (2.0**-12, 2.0**-16)
    visible = 1e-2 if single else 1e-5
    center = function(x)
    found = []
    for direction in basis(kind, x):
        bends = []
        for h in (wide, narrow):
            ahead, behind = (function(move(kind, x, sign * h * direction)) for sign in (1.0, -1.0))
            bends.append(float(np.max(np.abs(ahead - 2 * center + behind), initial=0.0)) / h)
        scale = visible * max(1.0, float(np.max(np.abs(center), initial=0.0)))
        if bends[1] > scale and bends[1] > 0.4 * bends[0]:
            found.append(direction)
    return found
