"""What generated functions do with their arguments and their result: arrays of the declared shapes
in, plain numbers out.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matcalc.core.errors import EvaluationError
from matcalc.runtime.elementwise import Array

DOUBLE = np.dtype(float)  # NumPy has one object for the type of nearly all arrays
_FLOATS = "fdFD"  # single and double precision, real and complex
Axis = int | str  # a size, a dimension's name, a product of both such as "2*m*n", a sum of these


class SingularMatrixError(EvaluationError, np.linalg.LinAlgError):
    """A matrix without an inverse: also the error that NumPy would raise, for callers that expect
    that one.
    """


class CallError(EvaluationError, TypeError):
    """Arguments that a function does not take, or too few: also the error that Python would
    raise.
    """


def take(arguments: Mapping[str, Any], *names: str) -> list[Any]:
    """The arguments of the given names, in this order; all of them and no others have to be
    there.
    """
    missing = [name for name in names if name not in arguments]
    if missing:
        raise CallError(
            f"missing argument {_list(missing)}", hint=f"the arguments are {_list(list(names))}"
        )
    unknown = [name for name in arguments if name not in names]
    if unknown:
        raise CallError(
            f"unknown argument {_list(unknown)}", hint=f"the arguments are {_list(list(names))}"
        )
    return [arguments[name] for name in names]


def check_size(name: str, value: Any) -> int:
    """A size that no array tells."""
    try:
        size = index(value)
    except TypeError:
        raise EvaluationError(
            f"argument {name} must be a size, an integer, not {value!r}"
        ) from None
    if size < 0:
        raise EvaluationError(f"argument {name} must be a size, not {size}")
    return size


def members(name: str, value: Any, count: int | tuple[int, ...]) -> list[Any]:
    """The members of a family that is given as a list, or as an array with its index first."""
    found = [value]
    for length in (count,) if isinstance(count, int) else count:
        for each in found:
            if not hasattr(each, "__len__") or len(each) != length:
                raise EvaluationError(
                    f"argument {name} must be a list of {length}, not {_about(each)}"
                )
        found = [part for each in found for part in each]
    return found


def _about(value: Any) -> str:
    return f"one of {len(value)}" if hasattr(value, "__len__") else repr(value)


def check_room(*left: int) -> None:
    """What is left of arrays beside the entries that the formula takes of them."""
    if min(left) < 0:
        raise EvaluationError(
            "arrays of these sizes have no room for the entries that the formula takes"
        )


def check_shapes(*arguments: tuple[str, ArrayLike, tuple[Axis, ...]]) -> list[Array]:
    """The arguments (name, value, axes) as arrays of floats or complex numbers, without axes as
    NumPy's numbers.

    All get one type, the widest of theirs; integers, and numbers of Python, take that of the
    others, so that single precision is kept. A dimension gets its size from the first argument that
    has it as an axis; every later one must agree. Axes that are products are compared when all
    names are known.
    """
    sizes: dict[str, tuple[int, str]] = {}  # name -> its size and the argument it came from
    given = as_arrays(**{name: value for name, value, _ in arguments})
    for (name, _, axes), array in zip(arguments, given, strict=True):
        if array.ndim != len(axes):
            raise _mismatch(name, axes, array, sizes)
        for axis, size in zip(axes, array.shape, strict=True):
            if isinstance(axis, str) and (axis.isidentifier() or axis[-1] == "]"):
                sizes.setdefault(axis, (size, name))
    for (name, _, axes), array in zip(arguments, given, strict=True):
        if not all(_fits(axis, size, sizes) for axis, size in zip(axes, array.shape, strict=True)):
            raise _mismatch(name, axes, array, sizes)
    return given


def as_arrays(**values: ArrayLike) -> list[Array]:
    """The values as arrays of one type of numbers, the widest of theirs; those without axes as
    NumPy's numbers. Whole numbers, and numbers of Python, take the type of the others.
    """
    plain: list[Any] = [np.float64(x) if type(x) is float else x for x in values.values()]
    if all(type(each) is np.float64 or _is_plain(each) for each in plain):
        return plain
    given = [_array(name, value) for name, value in values.items()]
    firm = [
        array.dtype
        for value, array in zip(values.values(), given, strict=True)
        if array.dtype.char in _FLOATS and not isinstance(value, (float, complex))
    ]
    common = np.result_type(*firm) if firm else np.dtype(float)
    if any(array.dtype.kind == "c" for array in given):
        common = np.result_type(common, np.complex64)
    arrays = [np.asarray(array, dtype=common) for array in given]
    return [array if array.ndim else array[()] for array in arrays]


def _is_plain(value: ArrayLike) -> bool:
    """Whether this is an array of double precision that has axes."""
    return type(value) is np.ndarray and value.dtype.char == "d" and value.ndim > 0


def as_places(name: str, value: ArrayLike, size: int, count: int | None = None) -> Array:
    """The positions of the ones in each row of a one-hot matrix with ``size`` columns, from 0;
    a list of positions stays as it is. ``count`` is their required number.
    """
    array = np.asarray(value)
    if array.ndim == 2 and array.shape[1] == size:
        places = np.argmax(array, axis=1) if array.size else np.zeros(len(array), dtype=int)
        ones = array[np.arange(len(array)), places] if array.size else np.zeros(len(array))
        if np.count_nonzero(array) != len(array) or not np.all(ones == 1):
            raise EvaluationError(f"argument {name} must be one-hot, with a single 1 in each row")
    elif array.ndim == 1 and (array.dtype.kind in "iu" or not array.size):
        places = array.astype(np.intp, copy=False)
        if places.size and not (places.min() >= 0 and places.max() < size):
            raise EvaluationError(f"argument {name} must have positions from 0 to {size - 1}")
    else:
        raise EvaluationError(
            f"argument {name} must be a one-hot matrix with {size} columns, or a list of "
            f"positions counted from 0, not {_found(array)}"
        )
    if count is not None and len(places) != count:
        raise EvaluationError(
            f"argument {name} must have {count} rows or positions, not {len(places)}"
        )
    return places


def as_scalar(value: ArrayLike) -> float | complex:
    """A result without axes as a Python number."""
    number = np.asarray(value)
    return complex(number) if np.iscomplexobj(number) else float(number)


def _array(name: str, value: ArrayLike) -> Array:
    """The value as an array of numbers, which NumPy's linear algebra has to know if they are no
    integers.
    """
    mask = getattr(value, "mask", False)
    if mask is not False and np.any(mask):
        raise EvaluationError(f"argument {name} has entries that are masked")
    try:
        array = np.asarray(value)
        if array.dtype.char in _FLOATS or array.dtype.kind in "bui":
            return array
        if array.dtype.kind not in "fcO" or any(isinstance(x, (str, bytes)) for x in array.flat):
            raise ValueError  # NumPy would read numbers in texts, and count days
        return array.astype(complex if np.iscomplexobj(array) else float)
    except (TypeError, ValueError):
        raise EvaluationError(f"argument {name} is not an array of numbers") from None


def _fits(axis: Axis, size: int, sizes: Mapping[str, tuple[int, str]]) -> bool:
    """Whether an axis has its size; of a product with unknown names, whether the known part divides
    it.

    A sum of products is compared where all names are known.
    """
    terms = [term.split("*") for term in str(axis).split(" + ")]
    if len(terms) > 1:
        if any(not _is_number(factor) and factor not in sizes for term in terms for factor in term):
            return True
        return size == sum(
            math.prod(Fraction(f) if _is_number(f) else sizes[f][0] for f in term) for term in terms
        )
    (factors,) = terms
    known = [
        int(factor) if factor.isdecimal() else sizes[factor][0]
        for factor in factors
        if factor.isdecimal() or factor in sizes
    ]
    product = math.prod(known)
    if len(known) == len(factors):
        return product == size
    return size % product == 0 if product else size == 0


def _is_number(factor: str) -> bool:
    return factor[-1].isdecimal() and not factor.isidentifier()


def _mismatch(
    name: str, axes: tuple[Axis, ...], array: Array, sizes: Mapping[str, tuple[int, str]]
) -> EvaluationError:
    names = [factor for axis in axes for factor in re.split(r" \+ |\*", str(axis))]
    origins = [
        f"{each} = {sizes[each][0]} from {sizes[each][1]}"
        for each in dict.fromkeys(names)
        if each in sizes
    ]
    known = f" with {', '.join(origins)}" if origins else ""
    return EvaluationError(
        f"argument {name} must have the shape {_tuple(axes)}{known}, not {_found(array)}"
    )


def _found(array: Array) -> str:
    return f"an array of shape {array.shape}" if array.ndim else "a scalar"


def _tuple(axes: tuple[Axis, ...]) -> str:
    return f"({axes[0]},)" if len(axes) == 1 else f"({', '.join(map(str, axes))})"


def _list(names: list[str]) -> str:
    return ", ".join(names)
