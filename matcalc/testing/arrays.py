"""Calls of users' functions: which arguments they take, and arrays of other libraries than
NumPy.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any

import numpy as np

from matcalc.core.errors import ArgumentError, MatcalcError, UnsupportedError
from matcalc.runtime.elementwise import Array

LIBRARIES = ("numpy", "torch", "jax")
_ROUGH = 1e-5  # a precision that says nothing of a derivative
_IMAGINARY = 1e-9  # relative: an imaginary part that is rounding
_EXTRA = (
    "tangent",
    "cotangent",
    "v",
    "u",
)  # names under which a direction is taken, besides its own

# what functions of arrays raise where shapes or values do not fit; anything else is the user's own
_OF_ARRAYS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    np.linalg.LinAlgError,
)


@dataclass(frozen=True, slots=True)
class Arrays:
    """What functions are called with: arrays of a library, in double precision unless another is
    named.
    """

    library: str = "numpy"
    precision: str = "float64"

    def of(self, value: Array) -> Any:
        """The array in this form."""
        if self.library == "torch":
            import torch  # type: ignore[import-not-found]  # noqa: PLC0415 - only for users of PyTorch

            return torch.as_tensor(np.array(value)).to(getattr(torch, self.precision))
        if self.library == "jax":
            import jax.numpy  # type: ignore[import-not-found]  # noqa: PLC0415 - only for users of JAX

            # without jax_enable_x64 JAX has nothing beyond single precision, and warns where it is
            # asked for more
            return (
                jax.numpy.asarray(value)
                if self.precision == "float64"
                else jax.numpy.asarray(value, self.precision)
            )
        return np.array(value, dtype=self.precision)


class NumpyFunction:
    """A user's function of the variables by name; its results are NumPy arrays.

    It gets the variables that its parameters are named after if it requires nothing else, the one
    variable that is differentiated by if it requires one argument, and else all the variables in
    order. A direction comes last, or by its name.
    """

    def __init__(
        self,
        function: Callable[..., Any],
        wrt: str,
        names: list[str],
        arrays: Arrays,
        *,
        direction: str = "",
        computes: str = "",
    ) -> None:
        self._function = function
        self._arrays = arrays
        self._wrt = wrt
        self._direction = direction
        self._names = [name for name in names if name != direction]
        self._keywords, self._positions = self._plan()
        self.dtype: np.dtype[Any] | None = None  # of the last result
        self.blurred: bool | None = (
            None  # whether its inside has single precision, if that was looked at
        )
        self.computes = computes  # the precision that it has if a user says so

    @property
    def name(self) -> str:
        """What the function calls itself."""
        return getattr(self._function, "__name__", type(self._function).__name__)

    @property
    def single(self) -> bool:
        """Whether it computes in single precision: as is said, or seen from its inside or the type
        of the last result.
        """
        return (
            self.computes == "float32"
            if self.computes
            else bool(self.blurred) or self._visibly_single
        )

    @property
    def precision(self) -> str:
        """The precision in which it computes, in words."""
        return self.computes or (
            "float32 inside" if self.blurred and not self._visibly_single else str(self.dtype)
        )

    @property
    def _visibly_single(self) -> bool:
        return (
            self.dtype is not None
            and self.dtype.kind in "fc"
            and bool(np.finfo(self.dtype).eps > 1e-10)
        )

    def __call__(self, values: Mapping[str, Array]) -> Array:
        """The value at a point."""
        given = {
            name: self._arrays.of(values[name])
            for name in (*self._keywords.values(), *self._positions)
        }
        keywords = {parameter: given[name] for parameter, name in self._keywords.items()}
        result = _numpy(self._call([given[name] for name in self._positions], keywords))
        self.dtype = result.dtype
        if np.finfo(result.dtype).eps > _ROUGH:
            raise UnsupportedError(
                f"{self.name} computes in half precision, which is too inaccurate to be judged"
            )
        return result.astype(float)

    def _call(self, positional: list[Any], keywords: dict[str, Any]) -> Any:
        """What the function returns; ArgumentError with what it raised as the cause."""
        try:
            return self._function(*positional, **keywords)
        except MatcalcError:
            raise
        except _OF_ARRAYS as problem:
            named = [*zip(self._positions, positional, strict=True)]
            named += [(self._keywords[name], value) for name, value in keywords.items()]
            shapes = ", ".join(f"{name} of shape {tuple(value.shape)}" for name, value in named)
            error = ArgumentError(
                f"the function {self.name} raised {type(problem).__name__}: {problem}; it was "
                f"called with {shapes}"
            )
            error.raised = problem
            raise error from problem

    def _plan(self) -> tuple[dict[str, str], list[str]]:
        """Parameters to be given by keyword with the variables that they get, and variables to be
        given by position.
        """
        last = [self._direction] if self._direction else []
        try:
            parameters = list(inspect.signature(_signature_of(self._function)).parameters.values())
        except ValueError:  # some functions written in C do not say what they take
            return {}, [self._wrt, *last]
        kinds = {p.kind for p in parameters}
        if inspect.Parameter.VAR_KEYWORD in kinds and inspect.Parameter.VAR_POSITIONAL not in kinds:
            return {name: name for name in (*self._names, *last)}, []
        taken = [
            p
            for p in parameters
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
        ]
        required = [
            p for p in parameters if p.default is p.empty and p.kind is not p.VAR_POSITIONAL
        ]
        known = {p.name: p.name for p in taken if p.name in (*self._names, self._direction)}
        if self._direction and self._direction not in known:
            known |= {p.name: self._direction for p in taken[-1:] if p.name in _EXTRA}
        if all(p.name in known for p in required) and known and set(last) <= set(known.values()):
            # by position as far as possible: what jax.grad returns does not count arguments that
            # are given by keyword
            leading = [
                known[p.name]
                for p in takewhile(
                    lambda p: p.name in known and p.kind is not p.KEYWORD_ONLY, parameters
                )
            ]
            return {
                name: variable for name, variable in known.items() if variable not in leading
            }, leading
        if len(required) == 1 + len(last) or any(p.kind is p.VAR_POSITIONAL for p in parameters):
            return {}, [self._wrt, *last]
        if len(required) == len(self._names) + len(last):
            return {}, [*self._names, *last]
        raise ArgumentError(
            f"cannot tell what {self.name} takes: it requires {len(required)} arguments",
            hint=f"name its parameters as the variables ({', '.join(self._names)}), or let it "
            f"take only {self._wrt}",
        )


def library_of(values: Mapping[str, Any]) -> str:
    """The library whose arrays these are."""
    for value in values.values():
        home = type(value).__module__.partition(".")[0]
        if home in ("jax", "jaxlib"):
            return "jax"
        if home == "torch":
            return "torch"
    return "numpy"


def precision_of(values: Mapping[str, Any]) -> str:
    """The name of the precision that all arrays of numbers with a point have; double precision
    where they differ.
    """
    names = [
        str(value.dtype).rpartition(".")[2] for value in values.values() if hasattr(value, "dtype")
    ]
    found = {name for name in names if "float" in name}
    return found.pop() if len(found) == 1 else "float64"


def _signature_of(function: Callable[..., Any]) -> Callable[..., Any]:
    """What says which arguments a function takes: for a module of PyTorch, or what wraps one, that
    is ``forward``.
    """
    inner = inspect.unwrap(function)
    forward = getattr(inner, "forward", None)
    return forward if callable(forward) else function


def _numpy(value: Any, what: str = "the function returns") -> Array:
    """Any array as one of NumPy: tensors of PyTorch are taken out of the graph, arrays of JAX
    convert themselves.

    NumPy has one half precision, and lacks the other. Complex numbers are those of a complex step
    if at all: nothing that is judged here has an imaginary part.
    """
    if isinstance(value, tuple) and len(value) == 1:
        (value,) = value  # what torch.autograd.grad returns
    if type(value).__module__.partition(".")[0] == "torch":
        value = value.detach().cpu().resolve_conj().resolve_neg()
        value = (value.half() if str(value.dtype) == "torch.bfloat16" else value).numpy()
    try:
        array = np.asarray(value)
        if array.dtype.name == "bfloat16":
            array = array.astype(np.float16)
        if array.dtype == object and any(entry is None for entry in array.flat):
            raise TypeError  # which NumPy makes a NaN of
        array = array if array.dtype.kind in "fc" else array.astype(float)
    except (TypeError, ValueError):
        found = "None" if value is None else type(value).__name__
        raise ArgumentError(f"{what} {found}, not an array of numbers") from None
    largest = float(np.max(np.abs(array), initial=0.0)) if array.dtype.kind == "c" else 0.0
    if largest and float(np.max(np.abs(array.imag))) > _IMAGINARY * largest:
        raise ArgumentError(
            f"{what} complex numbers", hint="derivatives of real variables are judged here"
        )
    return np.asarray(array.real)


def numpy_values(values: Mapping[str, Any]) -> dict[str, Array]:
    """The arrays of a point, and whatever they were before, in double precision."""
    return {name: _numpy(value, f"at[{name!r}] is").astype(float) for name, value in values.items()}
