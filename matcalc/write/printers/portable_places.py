"""Products with one-hot matrices that are lists of places, for arrays of any framework; see
``portable.py``.
"""

from __future__ import annotations

from typing import Any

Array = Any


def one_hot(xp: Any, places: Array, size: int, **like: Any) -> Array:
    """The matrix of so many columns with a 1 in each row, at its place."""
    columns = xp.arange(size, dtype=places.dtype)
    return xp.where(places[:, None] == columns[None, :], xp.ones(1, **like), xp.zeros(1, **like))


def pick(xp: Any, values: Array, places: Array) -> Array:
    """The entry of each row that is at its place: the sums of the rows of one_hot.*values."""
    starts = xp.arange(places.shape[0], dtype=places.dtype) * values.shape[1]
    return xp.take(xp.reshape(values, (-1,)), starts + places)


def take_at(xp: Any, x: Array, places: Array, axis: int) -> Array:
    """The entries at places along an axis; what is beyond its ends is never used."""
    inside = xp.clip(xp.reshape(places, (-1,)), 0, x.shape[axis] - 1)
    taken = xp.take(x, inside, axis=axis)
    return xp.reshape(taken, (*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]))


def index_select(xp: Any, x: Array, places: Array, axis: int) -> Array:
    """The entries at places along an axis, in PyTorch; what is beyond its ends is never used."""
    inside = xp.clip(xp.reshape(places, (-1,)), 0, x.shape[axis] - 1)
    taken = xp.index_select(x, axis, inside)
    return xp.reshape(taken, (*x.shape[:axis], *places.shape, *x.shape[axis + 1 :]))


def sum_at(xp: Any, values: Array, places: Array, size: int) -> Array:
    """one_hot'*values, as a product: the standard does not add up at places."""
    return xp.matrix_transpose(one_hot(xp, places, size, dtype=values.dtype)) @ values


def index_add(xp: Any, values: Array, places: Array, size: int) -> Array:
    """one_hot'*values in PyTorch: numbers or rows at the same place are added up."""
    whole = xp.zeros((size, *values.shape[1:]), dtype=values.dtype)
    return whole.index_add(0, places, values)
