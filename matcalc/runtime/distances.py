"""Squared distances of rows, without an array of all their differences."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array

_FEW = 2**10  # differences up to which nothing is gained
_MANY = 2**16  # differences that are made at once


@cache
def _cdist() -> Callable[..., Any] | None:
    """SciPy's function, if there is SciPy."""
    try:
        from scipy.spatial.distance import cdist  # noqa: PLC0415  (optional)
    except ImportError:
        return None
    return cdist  # type: ignore[no-any-return]


def squared_distances(X: ArrayLike, Y: ArrayLike) -> Array:
    """norm2(X[i,:] - Y[j,:])^2 for all i and j.

    The products of the rows would be quicker, but they lose the digits of small distances.
    """
    X, Y = np.asarray(X), np.asarray(Y)
    few = X.size * len(Y) <= _FEW
    distances = None if few or X.dtype.kind == "c" or Y.dtype.kind == "c" else _cdist()
    if distances is not None:
        kind = np.result_type(X, Y)
        return np.asarray(distances(X, Y, "sqeuclidean").astype(kind, copy=False))
    made = np.empty((len(X), len(Y)), np.result_type(X, Y))
    rows = max(1, _MANY // max(1, Y.size))
    for first in range(0, len(X), rows):
        apart = X[first : first + rows, None] - Y
        np.einsum("ijk,ijk->ij", apart, apart, out=made[first : first + rows])
    return made
