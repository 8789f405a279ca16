"""Questions that involve users' functions: about a formula, or about a function of which only
values are known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from matcalc.claims.judge.claim import DISPROVED, OPEN, Claim
from matcalc.claims.judge.claims import about, about_formula, engine_answer
from matcalc.claims.judge.precision import is_blurred
from matcalc.claims.judge.question import Point, Question
from matcalc.core.boundary import warn_of_notes
from matcalc.core.dims import dim
from matcalc.core.errors import ArgumentError, EvaluationError, UnsupportedError
from matcalc.core.kinds import MOST_AXES, Variable, free_kind
from matcalc.core.language import BaseLanguage
from matcalc.core.options import COORDINATES
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.read.syntax.declare import declare
from matcalc.results import Formula
from matcalc.runtime.elementwise import Array
from matcalc.testing.arrays import Arrays, NumpyFunction, library_of, numpy_values, precision_of
from matcalc.testing.differences import DOUBLE, SINGLE, basis, derivative, kinks, move, project
from matcalc.verify.oracle.compare import largest_place
from matcalc.verify.oracle.numeric import Method
from matcalc.verify.oracle.sample import STYLES, draw, sizes_for

_TWICE = Method(f"{DOUBLE.name}, twice", DOUBLE.step, 1e-4)
_SINGLE_CLAIM = 1e-4  # relative agreement that may be asked of a claim in single precision
_NEAR = 0.3  # how far from the given point others are tried
_APART = 2
_UNFIT = (
    ArithmeticError,
    ValueError,
    RuntimeError,
    np.linalg.LinAlgError,
)  # what functions raise outside their domain


@dataclass(frozen=True, slots=True)
class Setting:
    """What a user says about the variables: declarations, a point, the library of the arrays, how
    to differentiate.
    """

    wrt: str
    variables: Mapping[str, str | Variable]
    at: Mapping[str, Any]
    library: str = ""
    order: int = 1
    structure: str = "declared"
    direction: str = ""  # a variable that only the claim takes, last
    claimed_by: str = (
        ""  # what a function of one argument takes, if not the variable that is differentiated by
    )
    held: str = ""  # a variable that stays 0
    notes: list[str] = field(default_factory=list)
    precision: str = ""
    rtol: float = 0.0  # the error that is allowed, if not that of the method
    language: BaseLanguage | None = None  # the default language where it is None
    dtype: str = ""  # in which precision the functions compute, if their results do not say so

    @property
    def arrays(self) -> Arrays:
        """The arrays that functions are called with: of the library and in the precision of those
        given.
        """
        return Arrays(self.library or library_of(self.at), self.precision or precision_of(self.at))


def call_user_function(
    setting: Setting,
    function: Callable[..., Any],
    wrt: str,
    names: list[str],
    arrays: Arrays,
    direction: str = "",
) -> NumpyFunction:
    """A user's function, with the precision that the user says it has."""
    return NumpyFunction(function, wrt, names, arrays, direction=direction, computes=setting.dtype)


def tolerant(asked: Question, rtol: float) -> Question:
    """The question with the errors allowed that a user allows, unless the truth itself is known
    less well.

    Exact arithmetic has no say then: it knows of no errors.
    """
    if not rtol:
        return asked
    try:
        first = next(asked.points(np.random.default_rng(0)))
        known = asked.derivative(first, asked.wrt, asked.kind)[1]
    except (EvaluationError, UnsupportedError):  # said in the report
        return asked
    said = (
        f"rtol={rtol:g} asks for more accuracy than {known.name} has: the tolerance is "
        f"{known.tolerance:.0e}"
    )
    notes = (*asked.notes, said) if rtol < known.tolerance else asked.notes

    def slope(point: Point, wrt: str, kind: str) -> tuple[Array, Method]:
        array, method = asked.derivative(point, wrt, kind)
        return array, replace(method, tolerance=max(rtol, method.tolerance))

    def proof() -> str:
        found = asked.proof()
        return OPEN if found == DISPROVED else found

    return replace(asked, derivative=slope, proof=proof, notes=notes, rough=True)


def ask(
    objective: str | Formula | Callable[..., Any],
    claim: str | Formula | Callable[..., Any],
    setting: Setting,
) -> Question:
    """The question whether a claim is the derivative of an objective, both formulas or
    functions.
    """
    if callable(objective):
        if not callable(claim):
            raise ArgumentError(
                "a formula cannot be judged by a function without a formula",
                hint="give the objective as a formula too",
            )
        return ask_about_function(objective, claim, setting)
    return ask_about_formula(program_of(objective, setting), str(objective), claim, setting)


def program_of(objective: str | Formula, setting: Setting) -> Program:
    """The typed program of a formula."""
    if isinstance(objective, Formula):
        program = objective.program()
        return (
            read(
                program.source,
                {**program.variables, **setting.variables},
                language=program.language,
            )
            if setting.variables
            else program
        )
    if not isinstance(objective, str):
        raise ArgumentError(f"an objective must be a formula or a function, not {objective!r}")
    program = read(
        objective,
        setting.variables,
        {name: _plain(value.ndim, name) for name, value in numpy_values(setting.at).items()},
        language=setting.language,
    )
    warn_of_notes(program.notes)
    return program


def ask_about_formula(
    program: Program, title: str, claim: str | Formula | Callable[..., Any], setting: Setting
) -> Question:
    """The objective is a formula."""
    if callable(claim):
        return _formula_and_function(program, title, claim, setting)
    if not isinstance(claim, str | Formula):
        raise ArgumentError(f"a claim must be a formula or a function, not {claim!r}")
    if isinstance(
        claim, Formula
    ):  # it has names of its own, and not those that the objective defines
        program, claim = program._replace(definitions={}), claim.program().source
    stated = Claim(
        title, setting.wrt, claim, setting.variables, setting.order, "mixed", setting.structure
    )
    asked = about(program, stated)
    if setting.at:
        return replace(asked, points=_around(setting, program.variables, asked.smooth), source=None)
    return replace(asked, source=stated if title == program.source else None)


def _formula_and_function(
    program: Program, title: str, function: Callable[..., Any], setting: Setting
) -> Question:
    """The objective is a formula, and the claim a function."""
    _refuse_coordinates(setting)
    names = [name for name in program.variables if name != setting.held]
    called = call_user_function(
        setting,
        function,
        setting.claimed_by or setting.wrt,
        names,
        setting.arrays,
        setting.direction,
    )
    statement = DerivativeStatement(program, setting.wrt, setting.order, setting.structure)
    asked = about_formula(
        statement,
        engine_answer(statement),
        lambda point: called(point.values),
        title=title,
        stated=called.name,
    )
    if setting.at:
        asked = replace(asked, points=_around(setting, program.variables, asked.smooth))
    return _judge_results(asked, called, setting)


def _refuse_coordinates(setting: Setting) -> None:
    """ArgumentError for coordinates, in which functions are not judged."""
    if setting.structure in COORDINATES:
        raise ArgumentError(
            f"structure {setting.structure} is for formulas; a function returns the gradient "
            f"within the set, or with free entries",
            hint="leave structure out, or say structure='free'",
        )


def ask_about_function(
    objective: Callable[..., Any], claimed: Callable[..., Any], setting: Setting
) -> Question:
    """Both are functions. The objective is differentiated numerically, within the declared kind of
    the variable.
    """
    _refuse_coordinates(setting)
    variables = declare_variables(setting)
    if setting.wrt not in variables:
        raise ArgumentError(
            f"{setting.wrt} is neither in at= nor in variables=",
            hint=f"there are {', '.join(variables)}",
        )
    f = call_user_function(
        setting,
        objective,
        setting.wrt,
        list(variables),
        setting.arrays if not setting.direction else Arrays(),
    )
    names = [name for name in variables if name != setting.held]
    claim = call_user_function(
        setting,
        claimed,
        setting.claimed_by or setting.wrt,
        names,
        setting.arrays,
        setting.direction,
    )

    def slope(point: Point, wrt: str, kind: str) -> tuple[Array, Method]:
        inside = variables[wrt].kind  # a function may have no value outside the kind
        array = np.asarray(point.values[wrt], dtype=float)

        def value(x: Array) -> Array:
            return f({**point.values, wrt: x})

        if setting.order == 2:
            value(array)
            if f.single:
                raise UnsupportedError(
                    f"{f.name} computes in {f.precision}: too inaccurate for second differences"
                )
            second = derivative(lambda x: derivative(value, x, inside), array, inside)
            return second, _TWICE
        value(array)
        return derivative(value, array, inside, single=f.single), SINGLE if f.single else DOUBLE

    def smooth(point: Point) -> bool:
        return _is_smooth(f, point, setting, variables[setting.wrt].kind)

    points = (
        _around(setting, variables, smooth)
        if setting.at
        else _draw(variables, smooth, setting.held)
    )
    first = next(points(np.random.default_rng(0)))
    rank = f(first.values).ndim
    asked = Question(
        title=f.name,
        stated=claim.name,
        wrt=setting.wrt,
        variables=variables,
        rank=rank,
        derivative=slope,
        claimed=lambda point: claim(point.values),
        points=points,
        smooth=smooth,
        magnitude=lambda point: max(1.0, float(np.max(np.abs(f(point.values)), initial=0.0))),
        order=setting.order,
        structure=setting.structure,
        notes=_difference_notes(
            f, _TWICE if setting.order == 2 else SINGLE if f.single else DOUBLE
        ),
    )
    return _judge_results(asked, claim, setting)


def _difference_notes(f: NumpyFunction, method: Method) -> tuple[str, ...]:
    """What is said about a truth that is known by values of a function alone."""
    rough = f"; {f.name} computes in {f.precision}" if f.single else ""
    return (
        f"the truth is itself a difference of values of {f.name}: errors below "
        f"{method.tolerance:.0e} are not seen{rough}",
    )


def _judge_results(asked: Question, called: NumpyFunction, setting: Setting) -> Question:
    """The question with results brought into the form in which claims are compared, and precision
    noticed.
    """
    kind = asked.variables[setting.wrt].kind
    tangent = kind == "orthogonal" or (setting.structure == "free" and asked.program is None)
    first = next(asked.points(np.random.default_rng(0)))
    called(first.values)
    notes = list(asked.notes)
    if called.single:
        notes.append(f"{called.name} computes in {called.precision}: the tolerance allows for that")

    def evaluate_claimed(point: Point) -> Array:
        x = np.asarray(point.values[setting.wrt])
        found = called(point.values)
        shape = asked.derivative(point, setting.wrt, asked.kind)[0].shape
        if (
            found.shape != shape
            and found.size == int(np.prod(shape))
            and _squeeze(found.shape) == _squeeze(shape)
        ):
            found = found.reshape(shape)  # (n, 1) and (1, n) for a vector
        if (
            tangent
            and found.ndim >= x.ndim
            and asked.program is None
            and found.shape[found.ndim - x.ndim :] == x.shape
        ):
            found = project(kind, x, found)
        return asked.to_layout(found) if found.ndim > 2 else found

    def slope(point: Point, wrt: str, into: str) -> tuple[Array, Method]:
        array, method = asked.derivative(point, wrt, into)
        return array, Method(
            method.name, method.step, max(method.tolerance, _SINGLE_CLAIM)
        ) if called.single else method

    return replace(
        asked, claimed=evaluate_claimed, derivative=slope, notes=(*notes, *setting.notes)
    )


def _squeeze(shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)


def declare_variables(setting: Setting) -> dict[str, Variable]:
    """The declared variables, and those of the given point with the sizes that they have there."""
    found = declare(setting.variables)
    for name, value in numpy_values(setting.at).items():
        if name not in found:
            found[name] = Variable(
                name, _plain(value.ndim, name), tuple(dim(n) for n in value.shape)
            )
    if not found:
        hint = 'for example at={"x": np.ones(3)} or variables={"x": "vector(n)"}'
        raise ArgumentError("what are the variables? A function says nothing about them", hint=hint)
    return found


def _plain(rank: int, name: str) -> str:
    """The kind of a given array."""
    if rank > MOST_AXES:
        raise ArgumentError(f"{name} has {rank} axes; a variable has up to {MOST_AXES}")
    return free_kind(rank)


def _is_smooth(f: NumpyFunction, point: Point, setting: Setting, kind: str) -> bool:
    """Whether the function has a value and no kink; a kink is noted."""
    x = np.asarray(point.values[setting.wrt], dtype=float)
    try:
        if not np.all(np.isfinite(f(point.values))):
            return False
        if f.blurred is None:
            f.blurred = is_blurred(lambda near: f(near.values), point, setting.wrt)
        found = kinks(lambda y: f({**point.values, setting.wrt: y}), x, kind, single=f.single)
    except ArgumentError as problem:
        if not isinstance(problem.raised, _UNFIT):
            raise
        return False
    except _UNFIT:
        return False
    for direction in found[:1]:
        index = list(largest_place(np.abs(direction)))
        note = (
            f"{f.name} has a kink in {setting.wrt}{index or ''}; points where it has are not judged"
        )
        if note not in setting.notes:
            setting.notes.append(note)
    return not found


def _around(
    setting: Setting, variables: Mapping[str, Variable], smooth: Callable[[Point], bool]
) -> Callable[[np.random.Generator], Iterator[Point]]:
    """The given point and others near it, within the declared kinds; variables that are not given
    are drawn.
    """
    given = numpy_values(setting.at)
    sizes = _sizes(variables, given)

    def points(rng: np.random.Generator) -> Iterator[Point]:
        fixed = {
            name: given[name] if name in given else draw(v, rng, sizes, "normal")
            for name, v in variables.items()
        }
        if smooth(Point(sizes, fixed)):
            yield Point(sizes, fixed)
        failures = 0
        while failures < 50:
            values = {
                name: _near(variables[name], v, rng) if name != setting.held else v
                for name, v in fixed.items()
            }
            failures = 0 if smooth(Point(sizes, values)) else failures + 1
            if not failures:
                yield Point(sizes, values)
        raise EvaluationError(
            "the function has no value or is not smooth at the given point and near it"
        )

    return points


def _near(variable: Variable, value: Array, rng: np.random.Generator) -> Array:
    """The value moved a bit, in its kind."""
    if variable.kind in ("simplex", "sphere", "onehot", "orthonormal"):
        return _near_member(variable.kind, value, rng)
    step = _NEAR * rng.uniform(0.2, 1.0) * max(float(np.max(np.abs(value), initial=0.0)), 0.1)
    directions = basis(variable.kind, value)
    for _ in range(8 if directions else 0):
        weights = rng.standard_normal(len(directions))
        other = move(
            variable.kind,
            value,
            step / np.sqrt(len(directions)) * np.tensordot(weights, np.stack(directions), 1),
        )
        if _in_kind(variable.kind, other):
            return other
        step /= 2
    return value


def _near_member(kind: str, value: Array, rng: np.random.Generator) -> Array:
    """Another member of the set: shares that are moved, columns and unit vectors that are turned; a
    one-hot vector stays.
    """
    if kind == "simplex":
        moved = value * rng.uniform(1 - _NEAR, 1 + _NEAR, value.shape)
        return np.asarray(moved / np.sum(moved))
    if kind == "sphere":
        moved = value + _NEAR / 3 * rng.standard_normal(value.shape)
        return np.asarray(moved / np.linalg.norm(moved))
    if kind == "orthonormal":
        Q, R = np.linalg.qr(value + _NEAR / 3 * rng.standard_normal(value.shape))
        return np.asarray(Q * np.sign(np.diag(R)))
    return value


def _in_kind(kind: str, value: Array) -> bool:
    if kind == "positive":
        return bool(np.all(value > 0))
    return kind != "psd" or float(np.min(np.linalg.eigvalsh(value))) > 0


def _sizes(variables: Mapping[str, Variable], given: Mapping[str, Array]) -> dict[str, int]:
    """The sizes that the given arrays fix; EvaluationError where they do not agree with the
    declarations.
    """
    sizes: dict[str, int] = {}
    for name, value in given.items():
        if name not in variables:
            raise ArgumentError(
                f"at= has {name}, which is not a variable",
                hint=f"the variables are {', '.join(variables)}",
            )
        shape = variables[name].shape
        fits = len(shape) == value.ndim
        for axis, size in zip(shape, value.shape, strict=False):
            if axis.plain:
                fits = fits and sizes.setdefault(axis.plain, size) == size
            elif axis.integer is not None:
                fits = fits and axis.integer == size
        if not fits:
            raise EvaluationError(
                f"{name} is {variables[name]}, and in at= an array of shape {value.shape}"
            )
    for axis in (axis for variable in variables.values() for axis in variable.shape):
        for name in axis.letters:
            sizes.setdefault(name, 3)
    return sizes


def _draw(
    variables: Mapping[str, Variable], smooth: Callable[[Point], bool], held: str
) -> Callable[[np.random.Generator], Iterator[Point]]:
    """Points of the declared kinds at several sizes, of entries that the function accepts."""

    def points(rng: np.random.Generator) -> Iterator[Point]:
        base = next(iter(sizes_for([], variables)), {})
        larger = {name: size + _APART for name, size in base.items()}
        turn = 0
        for attempt in range(400):
            sizes = larger if turn == 1 else base
            style = list(STYLES)[attempt // 8 % len(STYLES)]
            drawn = {
                name: draw(variable, rng, sizes, style) for name, variable in variables.items()
            }
            point = Point(sizes, {**drawn, held: np.asarray(0.0)} if held else drawn)
            if smooth(point):
                turn += 1
                yield point
        raise EvaluationError(
            "no point was found at which the function has a value and is smooth",
            hint="give one with at=",
        )

    return points
