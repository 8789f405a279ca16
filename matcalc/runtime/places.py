"""One-hot matrices as lists of places, counted from 0: products with them take entries at places,
or add them up there.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from matcalc.runtime.elementwise import Array


def one_hot(places: Array, size: int) -> Array:
    """The matrix of so many columns with a 1 in each row, at its place."""
    result = np.zeros((len(places), size))
    result[np.arange(len(places)), places] = 1
    return result


def pick(values: ArrayLike, places: Array) -> Array:
    """The entry of each row that is at its place: the sums of the rows of one_hot.*values."""
    return np.asarray(np.asarray(values)[np.arange(len(places)), places])


def sum_at(values: ArrayLike, places: Array, size: int) -> Array:
    """one_hot'*values: numbers or rows at the same place are added up. NumPy counts much quicker
    than it adds at places.
    """
    values = np.asarray(values)
    shape = (size, *values.shape[1:])
    entries = int(np.prod(shape))
    if values.ndim > 1:
        width = shape[1]
        places = (places[:, None] * width + np.arange(width)).ravel()
        values = values.ravel()
    parts = [values.real, values.imag] if np.iscomplexobj(values) else [values]
    sums = [np.bincount(places, weights=part, minlength=entries) for part in parts]
    total = sums[0] if len(sums) == 1 else sums[0] + 1j * sums[1]
    return np.asarray(total.astype(values.dtype, copy=False).reshape(shape))
