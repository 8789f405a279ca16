"""Judges what a user's file states, by numbers that owe nothing to the engine; a false statement
gets a counterexample.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np

from matcalc.claims.equality import DIFFERENT, EQUAL, Decision, decide_by_value
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.claims import evaluate_claim
from matcalc.claims.judge.question import Point, Question
from matcalc.claims.judge.report import WRONG, format_array
from matcalc.claims.judge.smallest import Counterexample, largest_error, smallest
from matcalc.claims.judge.unequal import difference
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import CatalogueError, EvaluationError, MatcalcError, UnsupportedError
from matcalc.core.identity import Identity
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.core.program import Program
from matcalc.core.user_functions import UserFunction
from matcalc.extend.user_defined.function_tables import PLAIN, read_side
from matcalc.extend.user_defined.tables import Table
from matcalc.read.frontend import read, read_pair
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import interpret, magnitude
from matcalc.verify.oracle.numeric import Method, numeric_derivative, takes_differences
from matcalc.verify.oracle.preconditions import find_violation
from matcalc.verify.oracle.sample import find_sizes

_POINTS = 6
_VALUES = 20  # values of a function that is said to be positive
_SEED = 5
_BESIDE = 1e-9


def judge_function(
    table: Table, own: UserFunction, entries: list[Identity], language: BaseLanguage
) -> None:
    """Whether the function has values, and whether what is stated of it is true; raises
    CatalogueError.
    """
    kinds = {parameter.name: str(parameter) for parameter in own.parameters}
    narrow = kinds | {parameter.name: str(parameter) for parameter in own.domain}
    call = entries[0].expr
    if own.function is not None:
        # the domain of a function that is called is part of it; an expression has values where it
        # has
        kinds = narrow
    try:
        program = _reachable(
            read(call, kinds, language=language), read(call, narrow, language=language)
        )
    except MatcalcError as problem:
        raise table.problem(
            f"{own.name} cannot be evaluated: {problem.message}",
            _format_computed(table),
            problem.hint,
        ) from None
    _check_shapes(table, own, language)
    for entry in entries:
        if entry.form == "diff":
            _judge_differential(table, program)
            if entry.range:
                _judge_positive(table, program)
        elif entry.form == "to":
            key = "transpose" if entry.name.startswith("transpose-") else "odd"
            judge_equation(table, entry.expr, entry.right, (kinds, narrow), key, language)


def _format_computed(table: Table) -> str:
    return next((key for key in ("is", "numpy") if key in table.data), "name")


def _reachable(wide: Program, narrow: Program) -> Program:
    """The program over the widest kinds for which it has a value somewhere; EvaluationError if
    there is none.
    """
    try:
        find_sizes([wide.expr], wide.variables, np.random.default_rng(_SEED))
    except EvaluationError:
        find_sizes([narrow.expr], narrow.variables, np.random.default_rng(_SEED))
        return narrow
    return wide


def _check_shapes(table: Table, own: UserFunction, language: BaseLanguage) -> None:
    """A function that acts entry by entry has to take arrays, with the same value for the same
    entry.
    """
    if own.function is None or not own.entrywise:
        return
    names = [parameter.name for parameter in own.parameters]
    domain = {parameter.name for parameter in own.domain}
    try:
        for declaration in ("vector(n)", "matrix(m, n)"):
            whole = read(
                f"{own.name}({', '.join(names)})",
                dict.fromkeys(names, declaration),
                language=language,
            )
            sizes, values = find_sizes([whole.expr], whole.variables, np.random.default_rng(_SEED))
            value = interpret(whole.expr, values, sizes)
            kinds = {name: "positive" if name in domain else "scalar" for name in names}
            single = read(whole.source, kinds, language=language)
            first = (0,) * whole.expr.rank
            alone = interpret(single.expr, {name: values[name][first] for name in names}, {})
            if not np.isclose(alone, value[first], rtol=1e-9):
                raise table.problem(
                    "the value of an entry depends on the others", _format_computed(table)
                )
    except MatcalcError as problem:
        if isinstance(problem, CatalogueError):
            raise
        message = f"{own.name} acts entry by entry on arrays, but {problem.message}"
        hint = (
            "numpy.vectorize turns a function of numbers into one of arrays; put the result "
            "into a module of yours"
        )
        raise table.problem(message, _format_computed(table), hint) from None


def _judge_differential(table: Table, left: Program) -> None:
    """d f = right, for all arguments moving at once."""
    names = {"Y": Variable("Y", PLAIN[left.expr.rank], left.expr.shape)}
    for name, variable in left.variables.items():
        names["d" + name] = Variable("d" + name, PLAIN[len(variable.shape)], variable.shape)
    right = read_side(table, "diff", {**left.variables, **names}, left.language)
    if right.expr.shape != left.expr.shape:
        raise table.problem(
            f"the differential has the shape {_shape(right)}, the function {_shape(left)}", "diff"
        )
    asked = _question(left, right)
    try:
        points = islice(asked.points(np.random.default_rng(_SEED)), _POINTS)
        samples = [asked.sample(point) for point in points]
    except (EvaluationError, UnsupportedError) as problem:
        raise table.problem(
            f"the differential cannot be judged: {problem.message}", "diff"
        ) from None
    if all(sample.error <= sample.method.tolerance for sample in samples):
        return
    found = smallest(asked) or largest_error(asked, samples)
    if found is None:
        raise table.problem(
            "the differential has no value where the function has a derivative", "diff"
        )
    raise table.problem(
        f"the differential is false: {_at(found)} d {left.source} is {_values(found)}", "diff"
    )


def _question(left: Program, right: Program) -> Question:
    """Whether the right side is the derivative of the left one, along the directions that are among
    the variables.
    """
    directions = {"d" + name: variable for name, variable in left.variables.items()}
    variables = {**left.variables}
    for name, variable in directions.items():
        variables[name] = Variable(name, PLAIN[len(variable.shape)], variable.shape)
    around = next((name for name in left.variables if takes_differences(left.expr, name, 1)), None)

    def moved(point: Point, _wrt: str, _kind: str) -> tuple[Array, Method]:
        total = np.zeros(())
        for name in left.variables:
            slope, method = numeric_derivative(
                left.expr, left.variables, name, 1, point.values, point.sizes
            )
            move = point.values["d" + name]
            total = total + np.tensordot(slope, move, move.ndim)
        return np.asarray(total), method

    def evaluate_statement(point: Point) -> Array:
        return evaluate_claim(
            right.expr, Point(point.sizes, {**point.values, "Y": evaluate_claim(left.expr, point)})
        )

    def smooth(point: Point) -> bool:
        """Here and a little beside: at a tie the value of a derivative is a convention, and shows
        nothing to anybody.
        """
        beside = {
            name: value + _BESIDE * np.cos(1 + np.arange(value.size)).reshape(value.shape)
            for name, value in point.values.items()
        }
        return all(
            find_violation(left.expr, values, point.sizes) is None
            for values in (point.values, beside)
        )

    def points(rng: np.random.Generator) -> Iterator[Point]:
        while True:
            sizes, values = find_sizes([left.expr], left.variables, rng, around)
            moves = {
                "d" + name: rng.standard_normal(np.shape(value)) for name, value in values.items()
            }
            yield Point(sizes, {**values, **moves})

    return Question(
        title=left.source,
        stated=right.source,
        wrt="",
        variables=variables,
        rank=left.expr.rank,
        derivative=moved,
        claimed=evaluate_statement,
        points=points,
        smooth=smooth,
        magnitude=lambda point: max(1.0, magnitude(left.expr, point.values, point.sizes)),
        structure="free",
    )


def _judge_positive(table: Table, program: Program) -> None:
    rng = np.random.default_rng(_SEED)
    for _ in range(_VALUES):
        sizes, values = find_sizes([program.expr], program.variables, rng)
        value = interpret(program.expr, values, sizes)
        if not np.all(value > 0):
            raise table.problem(
                f"{program.source} is not positive: {_point(values)} it is {format_array(value)}",
                "range",
            )


def judge_equation(
    table: Table,
    left: str,
    right: str,
    kinds: tuple[Mapping[str, str], Mapping[str, str]],
    key: str,
    language: BaseLanguage,
) -> tuple[Program, Program]:
    """Whether two sides are equal wherever both have a value, not only in the domain, which is but
    where to look for points.
    """
    decision = Decision("", "")
    for declared in kinds:
        try:
            pair = read_pair(left, right, declared, language=language)
        except MatcalcError as problem:
            raise table.because(problem, key) from None
        decision = decide_by_value(*pair, _SEED)
        if decision.verdict == EQUAL:
            return pair
        if decision.verdict == DIFFERENT:
            break
    if decision.verdict != DIFFERENT:
        raise table.problem(f"the equation cannot be judged: {decision.how}", key)
    found = difference(*pair, _SEED)
    where = (
        f": {_at(found)} {left} is {_values(found)}" if found is not None else f" ({decision.how})"
    )
    hint = (
        "if it holds for some values only, give a name a kind, such as positive or symmetric(n)"
        if key == "to"
        else None
    )
    raise table.problem(f"{left} = {right} is false{where}", key, hint)


def judge_derivative(table: Table, entry: Identity, language: BaseLanguage) -> None:
    """Whether a stated derivative is true."""
    kinds = {**entry.given, **(entry.domain or {})}
    try:
        report = judge(
            Claim(
                entry.expr,
                entry.wrt,
                entry.right,
                kinds,
                entry.order,
                structure=entry.structure,
                language=language,
            )
        )
    except MatcalcError as problem:
        raise table.because(problem, "derivative") from None
    if report.ok:
        return
    if report.verdict == WRONG:
        said = "; ".join(
            f"{label}: {text}"
            for label, text in report.lines()
            if label in ("shapes", "smallest", "correct")
        )
        raise table.problem(f"the derivative is false: {said}", "derivative")
    raise table.problem(f"the derivative cannot be judged: {report.reason}", "derivative")


def judge_differential(table: Table, entry: Identity, language: BaseLanguage) -> None:
    """Whether the differential of an expression is true."""
    try:
        pair = [
            read(entry.expr, kinds, language=language)
            for kinds in (entry.given, {**entry.given, **(entry.domain or {})})
        ]
        program = _reachable(*pair)
    except MatcalcError as problem:
        raise table.because(problem, "expr") from None
    _judge_differential(table, program)


def _shape(program: Program) -> str:
    return f"({', '.join(map(str, program.expr.shape))})"


def _point(values: Mapping[str, Array]) -> str:
    return (
        f"at {', '.join(f'{name}={format_array(value)}' for name, value in values.items())}"
        if values
        else "always"
    )


def _at(found: Counterexample) -> str:
    place = f" entry {list(found.index)} of" if found.index else ""
    return _point(found.point.values) + place


def _values(found: Counterexample) -> str:
    return f"{format_array(found.true)}, not {format_array(found.claimed)}"
