"""An expression to be minimised over some of its variables, in the form that
``scipy.optimize.minimize`` takes.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from time import monotonic
from typing import Any

from matcalc.answers.common.names import require_different, require_scalar
from matcalc.answers.derivatives.joint import Joint, JointValues, joint
from matcalc.core.boundary import public
from matcalc.core.dims import Dim
from matcalc.core.errors import ArgumentError, EvaluationError
from matcalc.core.kinds import Variable
from matcalc.core.program import require_variable
from matcalc.core.rng import seed_of
from matcalc.results import Expression

_FREE = ("scalar", "positive", "vector", "matrix", "invertible", "tensor")
_BY_HESSIAN = ("dogleg", "trust-exact")
_BY_PRODUCTS = ("newton-cg", "trust-ncg", "trust-krylov", "trust-constr")
_WITHOUT = ("nelder-mead", "powell", "cobyla", "cobyqa")
_SMALL = 0.1  # of the entries of a start that nobody gave
_SHOWN = 0.1  # seconds between two lines of progress
_LONG = 1.0  # seconds before the first
_BAR = 24  # characters


class Minimization:
    """``fun``, ``jac``, ``hess`` and ``hessp`` of one vector, that of all entries of the variables
    ``over`` in their order, each row by row.

    ``data`` has the arrays of the others. ``start`` has arrays for some of ``over``; the rest
    starts at small random numbers of ``rng``. ``sizes`` has those that no array tells.
    """

    def __init__(
        self,
        expression: Expression,
        over: Sequence[str],
        data: Mapping[str, Any],
        *,
        start: Mapping[str, Any] | None = None,
        sizes: Mapping[str, int] | None = None,
        rng: Any = 0,
        verify: bool = True,
    ) -> None:
        import numpy as np  # noqa: PLC0415 - slow to load

        self.expression = expression
        self.over = tuple(require_different([over] if isinstance(over, str) else over))
        self._verify = verify
        variables = expression.variables
        require_scalar(expression._tree, "a minimum is")
        for name in self.over:
            _require_free(require_variable(expression._program, name))
        started = dict(start or {})
        _require_names(self.over, data, started, variables)
        self.data = {name: _as_array(value, variables[name]) for name, value in data.items()}
        given = self.data | {name: np.asarray(x, dtype=float) for name, x in started.items()}
        self.sizes = _sizes(variables, given, dict(sizes or {}))
        self.shapes = {name: self._shape(variables[name]) for name in self.over}
        random = np.random.default_rng(seed_of(rng, None))
        values = {
            name: given[name] if name in given else _SMALL * random.standard_normal(shape)
            for name, shape in self.shapes.items()
        }
        self.x0 = self.pack(values)
        self._last: tuple[Any, JointValues] | None = None

    def _shape(self, variable: Variable) -> tuple[int, ...]:
        missing = [name for dim in variable.shape for name in dim.letters if name not in self.sizes]
        if missing:
            hint = f'sizes={{"{missing[0]}": 3}}, or an array for {variable.name} in start'
            raise ArgumentError(
                f"no array determines the size {missing[0]} of {variable.name}", hint=hint
            )
        return tuple([dim.size(self.sizes) for dim in variable.shape])

    # -- between arrays and one vector

    @public
    def pack(self, values: Mapping[str, Any]) -> Any:
        """The vector of the arrays of all variables."""
        import numpy as np  # noqa: PLC0415 - slow to load

        parts = []
        for name, shape in self.shapes.items():
            if name not in values:
                raise ArgumentError(f"there is no array for {name}")
            array = np.asarray(values[name], dtype=float)
            if array.shape != shape:
                raise ArgumentError(f"{name} has the shape {shape}, not {array.shape}")
            parts.append(array.ravel())
        return np.concatenate(parts)

    @public
    def unpack(self, x: Any) -> dict[str, Any]:
        """The arrays that a vector holds; numbers for scalars."""
        import numpy as np  # noqa: PLC0415 - slow to load

        x = np.asarray(x, dtype=float)
        total = sum(int(np.prod(shape)) for shape in self.shapes.values())
        if x.shape != (total,):
            raise ArgumentError(f"the vector has {total} entries, not the shape {x.shape}")
        arrays, first = {}, 0
        for name, shape in self.shapes.items():
            count = int(np.prod(shape))
            part = x[first : first + count]
            arrays[name] = part.reshape(shape) if shape else float(part[0])
            first += count
        return arrays

    # -- what is computed

    def _joint(self, **asked: Any) -> Joint:
        return joint(self.expression, self.over, verify=self._verify, **asked)

    @cached_property
    def _first(self) -> Joint:
        return self._joint(value=True, order=1)

    @cached_property
    def _second(self) -> Joint:
        return self._joint(value=False, order=2)

    @cached_property
    def _product(self) -> Joint:
        return self._joint(value=False, order=0, hvp=True)

    def _arguments(self, function: Joint, x: Any) -> dict[str, Any]:
        values = {**self.data, **self.unpack(x)}
        return {
            name: values[name] if name in values else self.sizes[name]
            for name in function.arguments
            if name in values or name in self.sizes
        }

    def _at(self, x: Any) -> JointValues:
        """Value and gradients; those of the last point are kept."""
        import numpy as np  # noqa: PLC0415 - slow to load

        if self._last is None or not np.array_equal(self._last[0], x):
            found = self._first(**self._arguments(self._first, x))
            self._last = np.array(x, dtype=float), found
        return self._last[1]

    @public
    def fun(self, x: Any) -> float:
        """The value; inf where there is none, which ends no line search."""
        import numpy as np  # noqa: PLC0415 - slow to load

        try:
            return float(self._at(x).value)
        except np.linalg.LinAlgError:
            return float("inf")

    @public
    def jac(self, x: Any) -> Any:
        """The gradient as a vector."""
        return self.pack(self._at(x).gradients)

    @public
    def hess(self, x: Any) -> Any:
        """The Hessian as a matrix."""
        import numpy as np  # noqa: PLC0415 - slow to load

        blocks = self._hessian_blocks(x)
        counts = {name: int(np.prod(shape)) for name, shape in self.shapes.items()}
        return np.block(
            [
                [
                    np.reshape(blocks[one, other], (counts[one], counts[other]))
                    for other in self.over
                ]
                for one in self.over
            ]
        )

    @public
    def hessp(self, x: Any, p: Any) -> Any:
        """The product of the Hessian and a vector, without the Hessian."""
        return self.pack(self._products(x, p))

    def _hessian_blocks(self, x: Any) -> Mapping[tuple[str, str], Any]:
        return self._second(**self._arguments(self._second, x)).hessian

    def _products(self, x: Any, p: Any) -> Mapping[str, Any]:
        moves = {self._product.directions[name]: each for name, each in self.unpack(p).items()}
        return self._product(**self._arguments(self._product, x), **moves).product

    # -- SciPy

    @public
    def minimize(self, method: str | None = None, *, progress: bool = False, **options: Any) -> Any:
        """What ``scipy.optimize.minimize`` finds from ``x0`` on, with the derivatives that the
        method takes; ``.arrays`` of what it returns has those of the minimum.

        ``options`` are further arguments of SciPy's function; ``x0`` may be another vector, or
        arrays for some of ``over``. With ``progress`` a line on standard error follows long runs.
        """
        try:
            from scipy import optimize  # noqa: PLC0415 - SciPy is optional
        except ImportError:
            raise EvaluationError(
                "minimize() needs SciPy, which is not installed",
                hint="pip install 'matcalc-symbolic[optimize]'",
            ) from None
        kind = (method or "").lower()
        given: dict[str, Any] = {} if kind in _WITHOUT else {"jac": self.jac}
        if kind in _BY_HESSIAN:
            given["hess"] = self.hess
        if kind in _BY_PRODUCTS:
            given["hessp"] = self.hessp
        given["method"] = method
        given |= options
        start = given.pop("x0", self.x0)
        if isinstance(start, Mapping):  # arrays for some of the variables
            _require_started(self.over, start)
            start = self.pack({**self.unpack(self.x0), **start})
        self.unpack(start)  # a wrong length is an error of ours
        if progress:
            given["callback"] = self._watch(given)
        found = optimize.minimize(self.fun, start, **given)
        if progress:
            given["callback"].end()
        found.arrays = self.unpack(found.x)
        return found

    def _watch(self, given: Mapping[str, Any]) -> _Progress:
        most = (given.get("options") or {}).get("maxiter")
        return _Progress(self.fun, given.get("callback"), most)

    def __repr__(self) -> str:
        over = ", ".join(f"{name} {shape}" for name, shape in self.shapes.items())
        return f"<matcalc.Problem: minimise {self.expression} over {over}>"


class _Progress:
    """A callback of SciPy that writes a line on standard error, and calls another."""

    def __init__(
        self, fun: Callable[[Any], float], other: Callable[..., Any] | None, most: int | None
    ) -> None:
        self.fun, self.other, self.most = fun, other, most
        self.count = 0
        self.begun = self.shown = monotonic()
        self.written = False

    def __call__(self, x: Any, *more: Any) -> Any:
        """One iteration is done."""
        self.count += 1
        now = monotonic()
        if now - self.begun >= _LONG and now - self.shown >= _SHOWN:
            self.shown, self.written = now, True
            text = f"iteration {self.count}, value {self.fun(x):.6g}, {now - self.begun:.0f} s"
            if self.most:
                done = min(_BAR, _BAR * self.count // self.most)
                text = f"[{'#' * done}{'.' * (_BAR - done)}] {text}"
            sys.stderr.write(f"\r{text:<78}")
            sys.stderr.flush()
        return self.other(x, *more) if self.other else None

    def end(self) -> None:
        """The line is complete."""
        if self.written:
            sys.stderr.write("\n")


def _require_free(variable: Variable) -> None:
    if variable.kind in _FREE:
        return
    raise ArgumentError(
        f"{variable.name} is {variable}, whose entries are not free",
        hint="write it with free ones: L*L' with a matrix L for psd(n), diag(d) for diagonal(n), "
        "X + X' for symmetric(n)",
    )


def _require_names(
    over: Sequence[str],
    data: Mapping[str, Any],
    start: Mapping[str, Any],
    variables: Mapping[str, Variable],
) -> None:
    """Every variable is minimised over or given, and nothing else is named."""
    for name in data:
        if name not in variables:
            raise ArgumentError(f"data has {name}, which is not a variable of the expression")
        if name in over:
            raise ArgumentError(f"{name} is minimised over, so it cannot be data", hint="use start")
    _require_started(over, start)
    missing = [name for name in variables if name not in over and name not in data]
    if missing:
        raise ArgumentError(f"data has no {missing[0]}", hint="give it, or add it to over")


def _require_started(over: Sequence[str], start: Mapping[str, Any]) -> None:
    for name in start:
        if name not in over:
            raise ArgumentError(f"start has {name}, which is not minimised over")


def _as_array(value: Any, variable: Variable) -> Any:
    """The data as floats; the places of a one-hot matrix stay integers."""
    import numpy as np  # noqa: PLC0415 - slow to load

    array = np.asarray(value)
    listed = variable.kind == "onehot" and len(variable.shape) == array.ndim + 1 == 2
    return array if listed and array.dtype.kind in "iu" else np.asarray(array, dtype=float)


def _sizes(
    variables: Mapping[str, Variable], given: Mapping[str, Any], sizes: dict[str, int]
) -> dict[str, int]:
    """The size of each name that an axis of an array tells."""
    for name, array in given.items():
        shape = variables[name].shape[: 1 if array.dtype.kind in "iu" else None]
        if len(shape) != array.ndim:
            raise ArgumentError(f"{name} is {variables[name]}, and its array has {array.ndim} axes")
        for dim, size in zip(shape, array.shape, strict=True):
            _take(dim, size, name, sizes)
    return sizes


def _take(dim: Dim, size: int, name: str, sizes: dict[str, int]) -> None:
    if dim.plain is None:
        known = all(letter in sizes for letter in dim.letters)
        if known and dim.size(sizes) != size:
            raise ArgumentError(f"an axis of {name} has {size} entries, and should have {dim}")
        return
    if sizes.setdefault(dim.plain, size) != size:
        raise ArgumentError(
            f"{dim} is {sizes[dim.plain]} elsewhere, and {size} in the array of {name}"
        )
