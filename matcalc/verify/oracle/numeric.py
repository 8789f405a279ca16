"""Numeric derivatives of interpreted expressions, exact to rounding by complex step or nearly so by
extrapolated differences.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from matcalc.core.errors import UnknownNameError, UnsupportedError
from matcalc.core.indexed import all_parts
from matcalc.core.kinds import Variable
from matcalc.core.subspaces import SPACES, coordinates, independent, split_frame
from matcalc.core.tree import Expr, moving_parts
from matcalc.core.user_functions import inline, user_function
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.evaluations import REAL_ONLY
from matcalc.verify.oracle.interpret import Sizes, Values, extent, function_of
from matcalc.verify.oracle.sample import matrix_exponents

COMPLEX_STEP = 1e-20
_LEVELS = 4  # halvings in one extrapolation: the error falls with step^(2*levels)
_RETRIES = (
    2.0**-8,
    2.0**-5,
    2.0**-11,
    2.0**-14,
)  # first steps, tried until the error estimate is small
_CONVERGED = 1e-10
_TWICE = (
    2.0**-5,
    2.0**-3,
    2.0**-7,
)  # the same for second derivatives, where rounding errors grow with 1/step^2
_CONVERGED_TWICE = 1e-7
_MOST_COLUMNS = 20_000  # about the number of evaluations of the expression
_MOST_ENTRIES = 20_000_000

Function = Callable[[Array], Array]


@dataclass(frozen=True, slots=True)
class Method:
    """How a derivative was computed, and the relative agreement that may be asked of it.

    ``rounded`` says how many times the last bit of the largest value is lost when differences are
    taken.
    """

    name: str
    step: float
    tolerance: float
    rounded: float = 0.0


_COMPLEX = Method("complex step", COMPLEX_STEP, 1e-9)
_MIXED = Method("complex step and extrapolated central differences", _RETRIES[0], 1e-8, 2.0**14)
_REAL = Method("extrapolated central differences", _RETRIES[0], 1e-6, 2.0**14)
_MIXED_TWICE = Method("complex step and extrapolated second differences", _TWICE[0], 1e-4, 2.0**18)
_REAL_TWICE = Method("extrapolated second differences", _TWICE[0], 1e-4, 2.0**18)


def numeric_derivative(
    expr: Expr,
    variables: Mapping[str, Variable],
    wrt: str,
    order: int,
    values: Values,
    sizes: Sizes,
) -> tuple[Array, Method]:
    """The derivative of shape(expr) + shape(wrt), once more for each order; entries of
    ``wrt`` count as independent.
    """
    if wrt not in variables:
        raise UnknownNameError(f"there is no variable {wrt}")
    smooth = _has_complex_path(expr, wrt)
    if not 1 <= order <= 2 + smooth:
        raise UnsupportedError(
            f"the numeric check handles orders 1 and 2, and 3 of analytic functions, not {order}"
        )
    _refuse_if_too_large(expr, variables[wrt], order, sizes)
    function = function_of(expr, wrt, values, sizes)
    point = np.asarray(values[wrt], dtype=float)
    if order == 1:
        return (
            (complex_step(function, point), _COMPLEX)
            if smooth
            else (central_differences(function, point), _REAL)
        )
    if not smooth:
        return second_differences(function, point), _REAL_TWICE
    if order == 2:
        return differentiate_twice(function, point), _MIXED
    return second_differences(lambda x: complex_step(function, x), point), _MIXED_TWICE


def _refuse_if_too_large(expr: Expr, wrt: Variable, order: int, sizes: Sizes) -> None:
    """Sizes written as numbers may be anything; an answer in reasonable time cannot be had for all
    of them.
    """
    columns = math.prod(extent(wrt.shape, sizes)) ** order
    if columns > _MOST_COLUMNS or columns * math.prod(extent(expr.shape, sizes)) > _MOST_ENTRIES:
        hint = "declare dimensions by names: the check then chooses small sizes"
        raise UnsupportedError(
            f"the derivative with respect to {wrt.name} is too large for a numeric check", hint=hint
        )


def takes_differences(expr: Expr, wrt: str, order: int) -> bool:
    """Whether the numeric derivative looks at values beside the point; those beside an integer
    exponent are not like it.
    """
    return order > 1 or not _has_complex_path(expr, wrt) or wrt in matrix_exponents([expr])


def _has_complex_path(expr: Expr, wrt: str) -> bool:
    """Whether no function that is evaluated for real arguments only meets the variable."""
    order = inline(expr).parts
    moving = moving_parts(order, wrt)
    for node in order:
        if id(node) in moving:
            # a user's function is called with real arguments alone
            inside = all_parts(node.value.body) if node.op == "indexed" else [node]
            if any(_is_real(part) for part in inside):
                return False
    return True


def _is_real(node: Expr) -> bool:
    """Whether this is evaluated for real arguments only."""
    name = f"a{node.value.name}" if node.op == "reduce" else node.op  # amax, amin
    return name in REAL_ONLY or user_function(node) is not None


def complex_step(function: Function, x: Array) -> Array:
    """df/dx[..., k] = Im f(x + i h e_k)/h: no difference is taken, so h may be far below
    rounding.
    """
    return _assemble(_slopes(function, x, list(np.ndindex(*x.shape))), x.shape)


def _slopes(function: Function, x: Array, places: Sequence[tuple[int, ...]]) -> list[Array]:
    """The derivatives by these entries, by complex step."""
    found = []
    for index in places:
        moved = x.astype(complex)
        moved[index] += 1j * COMPLEX_STEP
        found.append(np.imag(function(moved)) / COMPLEX_STEP)
    return found


def central_differences(function: Function, x: Array) -> Array:
    """df/dx[..., k] from (f(x + h e_k) - f(x - h e_k))/2h for falling h, extrapolated to h = 0."""
    columns = [
        _limit(_line(function, x, index), _RETRIES, _CONVERGED) for index in np.ndindex(*x.shape)
    ]
    return _assemble(columns, x.shape)


def differentiate_twice(function: Function, x: Array) -> Array:
    """d^2f/dx[..., j] dx[..., k], the one by complex step and the other by central differences;
    symmetric in j and k, so that each pair is looked at once.
    """
    places = list(np.ndindex(*x.shape))
    found: dict[tuple[int, int], Array] = {}
    for k, place in enumerate(places):

        def slopes(moved: Array, later: Sequence[tuple[int, ...]] = places[k:]) -> Array:
            return np.stack(_slopes(function, moved, later))

        for j, entry in enumerate(_limit(_line(slopes, x, place), _RETRIES, _CONVERGED), start=k):
            found[j, k] = found[k, j] = entry
    return _assemble_pairs(found, x.shape)


def second_differences(function: Function, x: Array) -> Array:
    """d^2f/dx[..., j] dx[..., k] from f(x +- h e_j +- h e_k) for falling h, extrapolated to h = 0;
    symmetric in j and k.
    """
    places = list(np.ndindex(*x.shape))
    found: dict[tuple[int, int], Array] = {}
    for k in range(len(places)):
        for j in range(k + 1):
            found[j, k] = found[k, j] = _limit(
                _square(function, x, places[j], places[k]), _TWICE, _CONVERGED_TWICE
            )
    return _assemble_pairs(found, x.shape)


def _limit(difference: Callable[[float], Array], steps: Sequence[float], converged: float) -> Array:
    """The limit of differences: first steps are tried until the error estimate is small, the best
    value of each entry taken.
    """
    best, error = _extrapolate(difference, steps[0])
    for step in steps[1:]:
        if np.max(error, initial=0.0) <= converged * max(
            1.0, float(np.max(np.abs(best), initial=0.0))
        ):
            break
        other, uncertainty = _extrapolate(difference, step)
        best = np.where(uncertainty < error, other, best)
        error = np.minimum(uncertainty, error)
    return best


def _line(function: Function, x: Array, index: tuple[int, ...]) -> Callable[[float], Array]:
    """The central difference of step h along one entry."""

    def difference(step: float) -> Array:
        ahead, behind = x.copy(), x.copy()
        ahead[index] += step
        behind[index] -= step
        return np.asarray((function(ahead) - function(behind)) / (ahead[index] - behind[index]))

    return difference


def _square(
    function: Function, x: Array, first: tuple[int, ...], second: tuple[int, ...]
) -> Callable[[float], Array]:
    """The mixed second difference of step h along two entries, which may be one."""

    def difference(step: float) -> Array:
        corners = []
        for one in (step, -step):
            for other in (step, -step):
                moved = x.copy()
                moved[first] += one
                moved[second] += other
                corners.append(function(moved))
        return np.asarray((corners[0] - corners[1] - corners[2] + corners[3]) / (4 * step * step))

    return difference


def _extrapolate(difference: Callable[[float], Array], step: float) -> tuple[Array, Array]:
    """Neville's scheme in h^2 (Ridders 1982): per entry the value with the smallest error estimate,
    and that estimate.
    """
    previous = [difference(step)]
    best = previous[0]
    error = np.full(best.shape, np.inf)
    for _ in range(1, _LEVELS):
        step /= 2
        row = [difference(step)]
        for order, old in enumerate(previous, start=1):
            row.append(row[-1] + (row[-1] - old) / (4.0**order - 1))
            estimate = np.maximum(np.abs(row[-1] - row[-2]), np.abs(row[-1] - old))
            better = estimate <= error  # False for nan, as a step out of the domain gives
            best, error = np.where(better, row[-1], best), np.where(better, estimate, error)
        previous = row
    return best, error


def _assemble(columns: list[Array], shape: tuple[int, ...]) -> Array:
    """The derivatives by each entry of x, as the last axes."""
    return np.asarray(np.stack(columns, axis=-1).reshape(columns[0].shape + shape))


def _assemble_pairs(found: Mapping[tuple[int, int], Array], shape: tuple[int, ...]) -> Array:
    """The derivatives by each pair of entries of x, as the last axes."""
    count = math.prod(shape)
    rows = [_assemble([found[j, k] for j in range(count)], shape) for k in range(count)]
    return _assemble(rows, shape)


def project_on_frame(array: Array, frame: str, rank: int, order: int = 1) -> Array:
    """The derivative brought to a frame (``subspaces.framed``), in each pair of axes of the
    variable.

    ``rank`` is the number of axes of the expression, which come first. Within a kind each entry
    that repeats others becomes their mean, by its independent entries their sum, by its coordinates
    the sum at the place of the coordinate alone. Derivatives of no such kind are unchanged.
    """
    kind, structure = split_frame(frame)
    if kind not in SPACES:
        return array
    for first in range(rank + 2 * (order - 1), rank - 1, -2):
        moved = np.moveaxis(array, (first, first + 1), (-2, -1))
        n = moved.shape[-1]
        found = np.zeros_like(moved)
        for places in independent(kind, n):
            total = sum(sign * moved[..., i, j] for i, j, sign in places)
            for i, j, sign in places:
                found[..., i, j] = sign * total / (1 if structure else len(places))
        if structure == "vech":
            rows, columns = np.transpose(coordinates(kind, n))
            array = np.moveaxis(found[..., rows, columns], -1, first)
        else:
            array = np.moveaxis(found, (-2, -1), (first, first + 1))
    return array
