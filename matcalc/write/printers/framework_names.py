"""What JAX, PyTorch and the array API standard call things, and how code for them takes its
arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from matcalc.core.functions.frameworks import FRAMEWORK_CALLS


@dataclass(frozen=True)
class Framework:
    """What a framework calls things."""

    backend: str
    title: str
    imports: tuple[str, ...]
    prefix: str  # of its functions
    like: str  # how an array is made that is like ``{0}``
    cast: str  # to the type of ``{1}``
    whole: str  # to integers
    others: Mapping[str, str]  # names of functions of ours or the standard that no row has
    arrays: str  # the text of ``as_arrays``
    places: str  # that of ``as_places``

    @cached_property
    def renamed(self) -> dict[str, str]:
        """What it calls functions of the array API standard otherwise than this does."""
        rows = [(row["array-api"], row[self.backend]) for row in FRAMEWORK_CALLS.values()]
        return {
            there: self.prefix + here
            for there, here in rows
            if there != here and there.isidentifier() and here.isidentifier()
        } | dict(self.others)


JAX = Framework(
    "jax",
    "JAX",
    ("import jax", "import jax.numpy as jnp"),
    "jnp.",
    '{{"dtype": {0}.dtype}}',
    "({0}).astype({1}.dtype)",
    "{0}.astype(int)",
    {
        "expm": "jax.scipy.linalg.expm",
        "ndtr": "jax.scipy.special.ndtr",
        "cho_solve": "jax.scipy.linalg.cho_solve",
        "concat": "jnp.concatenate",
    },
    '''\
def as_arrays(**values):
    """The values as arrays of one type of numbers; those of Python take the type of the others."""
    arrays = [jnp.asarray(value) for value in values.values()]
    kind = jnp.result_type(*arrays, 1.0)
    return [array.astype(kind) for array in arrays]''',
    '''\
def as_places(value, size, count=None):
    """The positions of the ones in each row of a one-hot matrix with ``size`` columns, from 0;
    a list of positions stays as it is. ``count`` is their required number.
    """
    array = places = jnp.asarray(value)
    fits = (0 <= array) & (array < size)
    if array.ndim == 2 and array.shape[1] == size:
        places = jnp.argmax(array, axis=1)
        fits = (jnp.sum(array != 0, axis=1) == 1) & (jnp.sum(array, axis=1) == 1)
    if places.ndim != 1 or not jnp.issubdtype(places.dtype, jnp.integer):
        raise ValueError(f"expected a one-hot matrix with {size} columns, or its positions")
    if count not in (None, places.shape[0]):
        raise ValueError(f"expected {count} rows or positions, not {places.shape[0]}")
    if not isinstance(fits, jax.core.Tracer) and not jnp.all(fits):
        raise ValueError(f"expected a single 1 in each row, or positions from 0 to {size - 1}")
    return places''',
)
TORCH = Framework(
    "torch",
    "PyTorch",
    ("import torch",),
    "torch.",
    '{{"dtype": {0}.dtype, "device": {0}.device}}',
    "({0}).to({1}.dtype)",
    "{0}.long()",
    {
        "expm": "torch.linalg.matrix_exp",
        "ndtr": "torch.special.ndtr",
    },
    '''\
def as_arrays(**values):
    """The values as tensors of one type of numbers, on one device; numbers of Python take both of
    the others.
    """
    tensors = [torch.as_tensor(value) for value in values.values()]
    given = [each for each in values.values() if isinstance(each, torch.Tensor)] or tensors
    kind = given[0].dtype
    for tensor in given[1:]:
        kind = torch.promote_types(kind, tensor.dtype)
    if not (kind.is_floating_point or kind.is_complex):
        kind = torch.get_default_dtype()
    return [tensor.to(device=given[0].device, dtype=kind) for tensor in tensors]''',
    '''\
def as_places(value, like, size, count=None):
    """The positions of the ones in each row of a one-hot matrix with ``size`` columns, from 0;
    a list of positions stays as it is. ``count`` is their required number.
    """
    array = places = torch.as_tensor(value, device=like.device)
    fits = (0 <= array) & (array < size)
    if array.ndim == 2 and array.shape[1] == size:
        places = torch.argmax(array, dim=1)
        fits = (torch.sum(array != 0, dim=1) == 1) & (torch.sum(array, dim=1) == 1)
    if places.ndim != 1 or places.is_floating_point() or places.is_complex():
        raise ValueError(f"expected a one-hot matrix with {size} columns, or its positions")
    if count not in (None, places.shape[0]):
        raise ValueError(f"expected {count} rows or positions, not {places.shape[0]}")
    try:
        fit = bool(torch.all(fits))
    except RuntimeError:  # within vmap there are no values
        fit = True
    if not fit:
        raise ValueError(f"expected a single 1 in each row, or positions from 0 to {size - 1}")
    return places.long()''',
)
ARRAY_API = Framework(
    "array-api",
    "the array API standard",
    ("from array_api_compat import array_namespace, device, is_array_api_obj",),
    "xp.",
    '{{"dtype": {0}.dtype, "device": device({0})}}',
    "xp.astype({0}, {1}.dtype)",
    "xp.astype({0}, xp.int64)",
    {},
    '''\
def as_arrays(**values):
    """The namespace of the arrays, and the values as arrays of one type of its numbers; numbers of
    Python take that of the others.
    """
    given = [each for each in values.values() if is_array_api_obj(each)]
    if not given:
        raise TypeError("at least one argument has to be an array")
    xp = array_namespace(*given)
    kinds = ("real floating", "complex floating")
    floats = [each.dtype for each in given if xp.isdtype(each.dtype, kinds)]
    kind = xp.result_type(*floats) if floats else xp.asarray(1.0).dtype
    like = {"dtype": kind, "device": device(given[0])}
    return xp, [
        xp.astype(each, kind) if is_array_api_obj(each) else xp.asarray(each, **like)
        for each in values.values()
    ]''',
    '''\
def as_places(xp, value, like, size, count=None):
    """The positions of the ones in each row of a one-hot matrix with ``size`` columns, from 0;
    a list of positions stays as it is. ``count`` is their required number.
    """
    array = places = xp.asarray(value, device=device(like))
    fits = (0 <= array) & (array < size)
    if array.ndim == 2 and array.shape[1] == size:
        places = xp.argmax(array, axis=1)
        counts = [xp.astype(each, places.dtype) for each in (array != 0, array == 1)]
        fits = (xp.sum(counts[0], axis=1) == 1) & (xp.sum(counts[1], axis=1) == 1)
    if places.ndim != 1 or not xp.isdtype(places.dtype, "integral"):
        raise ValueError(f"expected a one-hot matrix with {size} columns, or its positions")
    if count not in (None, places.shape[0]):
        raise ValueError(f"expected {count} rows or positions, not {places.shape[0]}")
    try:
        fit = bool(xp.all(fits))
    except TypeError:  # traced code has no values
        fit = True
    if not fit:
        raise ValueError(f"expected a single 1 in each row, or positions from 0 to {size - 1}")
    return places''',
)
