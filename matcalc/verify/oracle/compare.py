"""The verdict: a candidate derivative, or the other side of an identity, against independently
computed numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np

from matcalc.core.errors import DomainError, EvaluationError, UnknownNameError
from matcalc.core.program import Program
from matcalc.core.rng import warn_of_seed
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import interpret, magnitude
from matcalc.verify.oracle.numeric import (
    Method,
    numeric_derivative,
    project_on_frame,
    takes_differences,
)
from matcalc.verify.oracle.rounding import noise
from matcalc.verify.oracle.sample import find_point, find_sizes
from matcalc.verify.oracle.survey import SwitchSide, survey
from matcalc.verify.oracle.turns import move_by_half_turns

POINTS = 2
_REDRAWS = 4  # further points looked at where the derivative almost vanishes and would hide errors
_VISIBLE = 1e-3
# of the largest intermediate value: below that times the tolerance, numbers count as rounding
_FLOOR = 1e-3
_READABLE = 1e-3  # relative: rounding errors beyond this hide the derivative
_LAST_BITS = 100.0  # how many are lost in an evaluation
_IDENTITY = Method("evaluation", 0.0, 1e-9)

Candidate = Callable[[dict[str, Array], dict[str, int]], Array]
# derivatives that were computed, by the values of all variables
Truths = dict[tuple[tuple[str, tuple[int, ...], bytes], ...], tuple[Array, Method]]


@dataclass(frozen=True, slots=True)
class Worst:
    """The entry with the largest error."""

    index: tuple[int, ...]
    expected: float
    found: float


@dataclass(frozen=True, slots=True, repr=False)
class Comparison:
    """The verdict, and everything needed to repeat it. Errors are relative to the largest entry."""

    ok: bool
    max_error: float
    worst: Worst | None
    tolerance: float
    method: str
    step: float
    rng: int
    sizes: dict[str, int] = field(default_factory=dict)
    points: int = POINTS
    problem: str | None = None
    unvisited: tuple[SwitchSide, ...] = ()  # sides of kinks on which no point was found
    hidden: bool = False  # by rounding errors: the point tells nothing

    @property
    def seed(self) -> int:
        """The former name of ``rng``, deprecated."""
        warn_of_seed()
        return self.rng

    def __repr__(self) -> str:
        return f"<matcalc.Comparison {self}>"

    def __str__(self) -> str:
        how = ", ".join(
            [
                self.method,
                f"{self.points} point{'s' if self.points != 1 else ''}",
                *(
                    [" ".join(f"{name}={size}" for name, size in self.sizes.items())]
                    if self.sizes
                    else []
                ),
                f"rng {self.rng}",
            ]
        )
        if self.problem is not None:
            return f"check failed: {self.problem} ({how})"
        place = (
            f" at {list(self.worst.index)}" if self.worst is not None and self.worst.index else ""
        )
        if self.ok:  # where rounding is worst says nothing, and differs between machines
            return f"check passed: max relative error {self.max_error:.1e} ({how})"
        entry = (
            f"expected {self.worst.expected:.12g}, found {self.worst.found:.12g}; "
            if self.worst is not None
            else ""
        )
        excess = f"relative error {self.max_error:.1e}{place} exceeds {self.tolerance:.0e}"
        return f"check failed: {excess}; {entry}step {self.step:g} ({how})"


def check(
    statement: DerivativeStatement,
    evaluate: Candidate,
    seed: int = 0,
    *,
    beside: Sequence[Expr] = (),
    trees: Sequence[Expr] = (),
    truths: Truths | None = None,
) -> Comparison:
    """Whether ``evaluate(values, sizes)`` is the derivative at random points.

    With ``structure="declared"`` the derivative is projected on the matrices of the kind that
    ``wrt`` is declared to be. The layout does not matter here: candidates hand in shape(expression)
    + shape(variable) whatever is printed. Sizes are those at which all of ``beside`` have values,
    too. Of the program and of ``trees`` all sides of all kinks are visited. Where the two differ,
    it is asked what rounding does: the tolerance grows by that as long as much is left, else the
    point is ``hidden``. ``truths`` keeps derivatives of the program for other candidates.
    """
    program, wrt, order = statement.program, statement.wrt, statement.order
    if wrt not in program.variables:
        raise UnknownNameError(f"there is no variable {wrt}")
    rng = np.random.default_rng(seed)
    around = wrt if takes_differences(program.expr, wrt, order) else None
    sizes, values = find_sizes([program.expr, *beside], program.variables, rng, around, moving=wrt)
    kind = statement.kind
    truth_at = partial(_truth, statement, sizes, {} if truths is None else truths)

    def doubted(
        report: Comparison,
        values: dict[str, Array],
        expected: Array,
        found: Array,
        size: float,
        method: Method,
    ) -> Comparison:
        """The report once more, if it needs be, with what rounding does."""
        settled = report.problem is not None or not np.all(np.isfinite(found))
        if settled or (report.ok and not _is_faint(expected, found, size, method)):
            return report

        def truth(values: dict[str, Array]) -> Array:
            derivative, _ = numeric_derivative(
                program.expr, program.variables, wrt, order, values, sizes
            )
            return project_on_frame(derivative, kind, program.expr.rank, order)

        def claim(values: dict[str, Array]) -> Array:
            return _candidate(evaluate, values, sizes, expected)

        doubt = noise((truth, claim), (expected, found), values, sizes, program.variables, trees)
        doubt += method.rounded * float(np.finfo(float).eps) * size
        return _judge(expected, found, size, method, seed, sizes, doubt)

    seen = []
    for point in range(POINTS):
        if point > 0:
            values = _next_point(statement, rng, sizes, values, around)
        seen.append(_visible(statement, around, sizes, values, rng, truth_at))
        values = seen[-1][0]
    points, missing, _ = survey([program.expr], trees, program.variables, rng, sizes, around, wrt)
    for values in points:
        expected, method = truth_at(values)
        if np.all(np.isfinite(expected)):
            seen.append(
                (values, expected, max(1.0, magnitude(program.expr, values, sizes)), method)
            )
    reports = []
    for values, expected, size, method in seen:
        expected = project_on_frame(expected, kind, program.expr.rank, order)
        found = _candidate(evaluate, values, sizes, expected)
        report = _judge(expected, found, size, method, seed, sizes)
        reports.append(doubted(report, values, expected, found, size, method))
    return replace(worst(reports), points=len(reports), unvisited=tuple(missing))


def agree(left: Program, right: Program, seed: int = 0) -> Comparison:
    """Whether two expressions have the same value at random points of their variables, on all sides
    of all kinks.
    """
    variables = {**right.variables, **left.variables}
    for name, variable in right.variables.items():
        if variables[name].shape != variable.shape:
            raise EvaluationError(
                f"{name} is {variables[name]} on the left and {variable} on the right"
            )
    rng = np.random.default_rng(seed)
    both = [left.expr, right.expr]
    sizes, values = find_sizes(both, variables, rng, still=True)

    def compare(values: dict[str, Array]) -> Comparison:
        expected, found = (interpret(expr, values, sizes) for expr in both)
        size = max(magnitude(expr, values, sizes) for expr in both)
        return _judge(expected, found, size, _IDENTITY, seed, sizes)

    reports = []
    for _ in range(POINTS):
        reports.append(compare(values))
        values = find_point(both, variables, rng, sizes, still=True)[0] or values
    moved = move_by_half_turns(both, variables, variables, values, sizes)
    if moved is not values:
        reports.append(compare(moved))
    points, missing, _ = survey(both, (), variables, rng, sizes, near=True)
    reports += [compare(values) for values in points]
    return replace(worst(reports), points=len(reports), unvisited=tuple(missing))


def _next_point(
    statement: DerivativeStatement,
    rng: np.random.Generator,
    sizes: dict[str, int],
    values: dict[str, Array],
    around: str | None,
) -> dict[str, Array]:
    """Another point of the same sizes; where the domain is so thin that none is found, the same one
    again.
    """
    program, wrt = statement.program, statement.wrt
    found = find_point([program.expr], program.variables, rng, sizes, around, moving=wrt)
    return found[0] or values


def _truth(
    statement: DerivativeStatement, sizes: dict[str, int], known: Truths, values: dict[str, Array]
) -> tuple[Array, Method]:
    """The derivative at a point, computed once."""
    key = tuple([(name, value.shape, value.tobytes()) for name, value in values.items()])
    if key not in known:
        program = statement.program
        known[key] = numeric_derivative(
            program.expr, program.variables, statement.wrt, statement.order, values, sizes
        )
    return known[key]


def _visible(
    statement: DerivativeStatement,
    around: str | None,
    sizes: dict[str, int],
    values: dict[str, Array],
    rng: np.random.Generator,
    truth_at: Callable[[dict[str, Array]], tuple[Array, Method]],
) -> tuple[dict[str, Array], Array, float, Method]:
    """A point, the derivative and the largest intermediate value there: of a few points the first
    with no tiny derivative.

    Exact zeros are looked at elsewhere, too: where relu is constant it hides everything.
    """
    points: list[tuple[float, dict[str, Array], Array, float, Method]] = []
    for _ in range(1 + _REDRAWS):
        derivative, method = truth_at(values)
        size = max(1.0, magnitude(statement.program.expr, values, sizes))
        points.append((largest_entry(derivative) / size, values, derivative, size, method))
        if points[-1][0] >= _VISIBLE:
            break
        values = _next_point(statement, rng, sizes, values, around)
    return max(points, key=lambda point: point[0])[1:]


def _candidate(
    evaluate: Candidate, values: dict[str, Array], sizes: dict[str, int], expected: Array
) -> Array:
    try:
        with np.errstate(all="ignore"):
            return np.asarray(evaluate(dict(values), dict(sizes)))
    except (
        np.linalg.LinAlgError
    ):  # a matrix that is singular in the candidate alone: no value, and so a wrong one
        return np.full(expected.shape, np.nan)
    except DomainError as problem:
        if isinstance(problem.__cause__, np.linalg.LinAlgError):
            return np.full(expected.shape, np.nan)
        raise


def largest_place(array: Array) -> tuple[int, ...]:
    """The index of the largest entry."""
    return tuple(map(int, np.unravel_index(int(np.argmax(array)), array.shape)))


def largest_entry(array: Array) -> float:
    """The largest absolute value; 0 of an empty array."""
    return float(np.max(np.abs(array), initial=0.0))


def _is_faint(expected: Array, found: Array, size: float, method: Method) -> bool:
    """Whether the derivative is so much smaller than what it is computed from that a wrong one
    would pass.

    Zero is zero, and so is what rounding leaves of it.
    """
    bits = np.finfo(float).eps * size
    zero = (
        largest_entry(found) <= _LAST_BITS * bits
        and largest_entry(expected) <= (_LAST_BITS + method.rounded) * bits
    )
    return max(largest_entry(expected), largest_entry(found)) < _FLOOR * size and not zero


def _judge(
    expected: Array,
    found: Array,
    size: float,
    method: Method,
    seed: int,
    sizes: dict[str, int],
    doubt: float | None = None,
) -> Comparison:
    """Shapes first, then the entry with the largest error relative to the largest entry (or to what
    rounding leaves).

    With a ``doubt`` it is known what rounding leaves.
    """
    tolerance, hidden = method.tolerance, False
    if doubt is not None:
        scale = max(largest_entry(expected), np.finfo(float).tiny)
        hidden = not doubt <= _READABLE * max(scale, largest_entry(found))
        tolerance = tolerance if hidden else tolerance + doubt / scale
        size = 0.0
    common = (tolerance, method.name, method.step, seed, sizes)
    if expected.shape != found.shape:
        problem = f"the shape is {found.shape}, expected {expected.shape}"
        return Comparison(False, np.inf, None, *common, problem=problem)
    if not np.all(np.isfinite(expected)):
        return Comparison(
            False,
            np.inf,
            None,
            *common,
            problem="the numeric derivative is not finite",
            hidden=True,
        )
    if expected.size == 0:
        return Comparison(True, 0.0, None, *common)
    scale = max(largest_entry(expected), _FLOOR * size, np.finfo(float).tiny)
    with np.errstate(
        over="ignore", invalid="ignore"
    ):  # an error that is too large for a number is infinite
        errors = np.abs(found - expected) / scale
    errors = np.where(np.isnan(errors), np.inf, errors)
    index = largest_place(errors)
    worst = Worst(index, float(expected[index]), float(np.real(found[index])))
    error = float(errors[index])
    return Comparison(error <= tolerance, error, worst, *common, hidden=hidden)


def worst(reports: Sequence[Comparison]) -> Comparison:
    """The report on the point with the largest error."""
    return max(reports, key=lambda report: (not report.ok, report.max_error))
