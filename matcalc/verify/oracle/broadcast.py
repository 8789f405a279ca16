"""Forms with bound indices in real arithmetic, all choices of the indices at once: each index is an
axis. What cannot be said so is left to the loop over the choices, which says the same more slowly.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np

from matcalc.core.indexed import HOLDS, AffineIndex, Condition, Form, Index
from matcalc.core.operations import COMPARISONS, OPERATIONS
from matcalc.core.tree import Expr
from matcalc.runtime import power
from matcalc.runtime.elementwise import Array

_MOST = 3_000_000  # entries of an array
_MOST_AXES = 24  # of indices; NumPy broadcasts 32, and parts have up to 8 of their own
_MOST_STEPS = 20_000  # choices of the indices for which an operation is done one by one
_NEUTRAL = {"sum": 0.0, "mean": 0.0, "prod": 1.0}
_ARITHMETIC: dict[str, Callable[..., Array]] = {
    "+": operator.add,
    "-": operator.sub,
    "neg": operator.neg,
    ".*": operator.mul,
    "*": operator.mul,
    "/": operator.truediv,
    "./": operator.truediv,
    "^": power,
    ".^": power,
}
_ENTRYWISE = frozenset(
    {name for name, row in OPERATIONS.items() if row.signature == "elementwise"} | {*COMPARISONS}
)


class NotAtOnce(Exception):
    """The loop has to be taken."""


class Axes:
    """A form in which the k-th index is the k-th axis of every array, of length 1 where nothing
    depends on it; the axes of a part itself come after these.
    """

    def __init__(
        self,
        form: Form,
        args: Sequence[Array],
        sizes: Mapping[str, int],
        step: Callable[[Expr, list[Array]], Array],
    ) -> None:
        self._form = form
        self._args = args
        self._sizes = dict(sizes)
        self._step = step
        indices = form.all_indices()
        self._axis = {index: k for k, index in enumerate(indices)}
        self._lengths = [index.size.size(self._sizes) for index in indices]
        if min(self._lengths, default=1) < 1 or len(indices) > _MOST_AXES:
            raise NotAtOnce

    def value(self) -> Array:
        """The value; NotAtOnce where there is no such way to it."""
        with np.errstate(all="ignore"):
            found = self._form.body.fold(self._part)
        body, wanted = self._form.body, self._form.indices
        count = len(self._lengths)
        whole = self._spread(found, wanted)
        keep = [self._axis[index] for index in wanted]
        rest = [k for k in range(count) if k not in keep]
        order = [*rest, *keep, *range(count, count + body.rank)]
        return np.asarray(whole.transpose(order)[(0,) * len(rest)])

    def _part(self, node: Expr, args: list[Array]) -> Array:
        if node.op == "slot":
            return self._lift(np.asarray(self._args[node.value]))
        if node.op == "index":
            return self._index(node.value)
        if node.op == "at":
            return self._at(node, args[0])
        if node.op == "reduce":
            return self._reduce(node, args[0])
        if not node.args:
            return self._lift(self._step(node, []))
        if node.op == "where":
            condition, one, other = self._align(node, args)
            return np.where(condition != 0, one, other)
        scalar = node.rank == 0 and all(arg.rank == 0 for arg in node.args)
        if node.op in _ARITHMETIC and (
            scalar or (node.op != "^" and (node.op != "*" or min(a.rank for a in node.args) == 0))
        ):
            return np.asarray(_ARITHMETIC[node.op](*self._align(node, args)))
        if scalar and node.op in _ENTRYWISE:
            self._require(np.broadcast_shapes(*(arg.shape for arg in args)))
            return self._step(node, args)
        return self._one_by_one(node, args)

    def _lift(self, array: Array) -> Array:
        return array.reshape((1,) * len(self._lengths) + array.shape)

    def _align(self, node: Expr, args: list[Array]) -> list[Array]:
        """Arrays whose own axes begin at the same place: numbers go with each entry."""
        aligned = [
            arg.reshape(arg.shape + (1,) * (node.rank - part.rank))
            for arg, part in zip(args, node.args, strict=True)
        ]
        self._require(np.broadcast_shapes(*(arg.shape for arg in aligned)))
        return aligned

    def _require(self, shape: Sequence[int]) -> None:
        if math.prod(shape) > _MOST:
            raise NotAtOnce

    def _index(self, index: Index) -> Array:
        """The values of an index, along its axis."""
        first = index.start.size(self._sizes)
        shape = [1] * len(self._lengths)
        axis = self._axis[index]
        shape[axis] = self._lengths[axis]
        return np.arange(first, first + shape[axis]).reshape(shape).astype(float)

    def _place(self, place: AffineIndex) -> Array:
        """A place on an axis, counted from 1."""
        start = self._lift(np.asarray(float(place.offset.size(self._sizes))))
        return sum((c * self._index(index) for index, c in place.terms), start)

    def _at(self, node: Expr, array: Array) -> Array:
        count = len(self._lengths)
        if any(length != 1 for length in array.shape[:count]):
            raise NotAtOnce
        own = array.reshape(array.shape[count:])
        placed = [k for k, place in enumerate(node.value) if place is not None]
        rest = [k for k in range(own.ndim) if k not in placed]
        at = []
        for k in placed:
            where = self._place(node.value[k]).astype(int) - 1
            if where.min() < 0 or where.max() >= own.shape[k]:
                raise NotAtOnce  # the conditions may leave these out
            at.append(where)
        self._require((*np.broadcast_shapes(*(each.shape for each in at)), *own.shape))
        return np.asarray(own.transpose([*placed, *rest])[tuple(at)])

    def _reduce(self, node: Expr, array: Array) -> Array:
        reduction = node.value
        if reduction.name not in _NEUTRAL:
            raise NotAtOnce
        whole = self._spread(array, reduction.indices)
        axes = tuple(self._axis[index] for index in reduction.indices)
        shape = whole.shape[: len(self._lengths)]
        mask = np.ones((1,) * len(shape), bool)
        for condition in reduction.conditions:
            mask = mask & self._holds(condition)
        if reduction.conditions:
            mask = np.broadcast_to(mask, np.broadcast_shapes(mask.shape, shape))
            self._require((*mask.shape, *whole.shape[len(shape) :]))
            own = mask.reshape(mask.shape + (1,) * node.rank)
            whole = np.where(own, whole, _NEUTRAL[reduction.name])
        if reduction.name == "prod":
            return np.asarray(np.prod(whole, axis=axes, keepdims=True))
        total = np.sum(whole, axis=axes, keepdims=True)
        if reduction.name == "sum":
            return np.asarray(total)
        counted = np.broadcast_to(mask, np.broadcast_shapes(mask.shape, shape))
        number = np.sum(counted, axis=axes, keepdims=True)
        return np.asarray(total / number.reshape(number.shape + (1,) * node.rank))

    def _spread(self, array: Array, indices: Sequence[Index]) -> Array:
        """The array with all values of the indices, whether it depends on them or not."""
        shape = list(array.shape)
        for index in indices:
            shape[self._axis[index]] = self._lengths[self._axis[index]]
        self._require(shape)
        return np.asarray(np.broadcast_to(array, shape))

    def _holds(self, condition: Condition) -> Array:
        return np.asarray(HOLDS[condition.op](self._place(condition.place), 0))

    def _one_by_one(self, node: Expr, args: list[Array]) -> Array:
        """An operation of what has axes of its own."""
        count = len(self._lengths)
        shape = np.broadcast_shapes(*(arg.shape[:count] for arg in args))
        if math.prod(shape) > _MOST_STEPS:
            raise NotAtOnce
        spread = [np.broadcast_to(arg, shape + arg.shape[count:]) for arg in args]
        found = [
            self._step(node, [np.asarray(each[at]) for each in spread])
            for at in product(*map(range, shape))
        ]
        whole = np.stack(found)
        return np.asarray(whole.reshape(shape + whole.shape[1:]))
