"""Products of a derivative with a vector: from the right (jvp, forward mode) and from the left
(vjp, reverse mode).

Both are derivatives themselves: the jvp that of f(X + t*dX) by t at t = 0, the vjp that of
sum(U.*f(X)) by X. So they are judged, and diagnosed, like any other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from matcalc.claims.judge.claim import OPEN
from matcalc.claims.judge.question import Point, Question
from matcalc.core.dims import dim
from matcalc.core.errors import ArgumentError, MatcalcError
from matcalc.core.kinds import Variable, free_kind
from matcalc.core.program import Program
from matcalc.core.subspaces import SPACES
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, number, variable
from matcalc.engine.pipeline import derive
from matcalc.results import Formula
from matcalc.runtime.elementwise import Array
from matcalc.testing.arrays import NumpyFunction, numpy_values
from matcalc.testing.questions import (
    Setting,
    ask_about_formula,
    ask_about_function,
    call_user_function,
    declare_variables,
    program_of,
)

_LINEAR = tuple(kind for kind in SPACES if kind != "psd")


def vjp_question(
    objective: str | Formula | Callable[..., Any], claim: Any, setting: Setting, cotangent: str
) -> Question:
    """Whether the claim is the gradient of sum(U.*f)."""
    setting = replace(setting, direction=cotangent)
    if not callable(objective):
        program = program_of(objective, setting)
        _free(cotangent, program.variables)
        shape = program.expr.shape
        U = variable(cotangent, shape)
        product = Expr("dot" if shape else "*", (U, program.expr))
        variables = {
            **program.variables,
            cotangent: Variable(cotangent, free_kind(len(shape)), shape),
        }
        return ask_about_formula(
            program._replace(expr=product, variables=variables),
            f"sum({cotangent}.*({objective}))",
            claim,
            setting,
        )
    variables = declare_variables(setting)
    f = call_user_function(
        setting,
        objective,
        setting.wrt,
        [name for name in variables if name != cotangent],
        setting.arrays,
    )
    if cotangent not in variables:
        if not setting.at:
            raise ArgumentError(
                f"the shape of {cotangent} is not known",
                hint=f"declare {cotangent} in variables=, or give at=",
            )
        shape_of_value = f(numpy_values(setting.at)).shape
        axes = tuple(dim(size) for size in shape_of_value)
        variables[cotangent] = Variable(cotangent, free_kind(len(axes)), axes)

    def product_with(**values: Array) -> Array:
        return _as_precise(np.asarray(np.sum(values[cotangent] * f(values))), f)

    product_with.__name__ = f"sum({cotangent}.*{f.name})"
    return ask_about_function(product_with, _function(claim), replace(setting, variables=variables))


def jvp_question(
    objective: str | Formula | Callable[..., Any], claim: Any, setting: Setting, tangent: str
) -> Question:
    """Whether the claim is the derivative of f(X + t*dX) by t at t = 0."""
    known = (
        declare_variables(setting)
        if callable(objective)
        else program_of(objective, setting).variables
    )
    if setting.wrt not in known:
        raise ArgumentError(
            f"{setting.wrt} is not a variable", hint=f"there are {', '.join(known)}"
        )
    X = known[setting.wrt]
    _free(tangent, known)
    kind = (
        X.kind if X.kind in _LINEAR else "symmetric" if X.kind == "psd" else free_kind(len(X.shape))
    )
    step = next(
        name
        for name in ("t", *(f"t{k}" for k in range(len(known) + 1)))
        if name not in known and name != tangent
    )
    dX = Variable(tangent, kind, X.dims if kind in _LINEAR else X.shape)
    variables = {**known, tangent: dX, step: Variable(step, "scalar")}
    along = replace(
        setting, wrt=step, direction=tangent, claimed_by=setting.wrt, held=step, variables=variables
    )
    if not callable(objective):
        program = program_of(objective, setting)
        moved = Expr("+", (variable(X.name, X.shape), _scale(step, tangent, X)), X.shape)
        shifted = Program(
            replace_variables(program.expr, {X.name: lambda node: moved}),
            variables,
            program.source,
            program.language,
            program.notes,
            program.undetermined,
        )
        asked = ask_about_formula(shifted, f"{objective} along {tangent}", claim, along)
        return _hold(replace(asked, answer=_at_zero(shifted, step)), step)
    f = call_user_function(setting, objective, setting.wrt, list(known), setting.arrays)

    def moved_by(**values: Array) -> Array:
        return _as_precise(
            f({**values, X.name: values[X.name] + values[step] * values[tangent]}), f
        )

    moved_by.__name__ = f"{f.name} along {tangent}"
    at = {**numpy_values(setting.at), step: np.asarray(0.0)} if setting.at else {}
    library, precision = setting.arrays.library, setting.arrays.precision
    moving = replace(along, at=at, library=library, precision=precision)
    return _hold(ask_about_function(moved_by, _function(claim), moving), step)


def _as_precise(value: Array, f: NumpyFunction) -> Array:
    """The value in the precision of the function that it comes from."""
    return value.astype(f.dtype) if f.single else value


def _scale(step: str, tangent: str, X: Variable) -> Expr:
    return Expr("*", (variable(step, ()), variable(tangent, X.shape)), X.shape)


def _free(name: str, variables: Any) -> None:
    if name in variables:
        raise ArgumentError(
            f"{name} is a variable already, and cannot be the direction", hint="name another"
        )


def _function(claim: Any) -> Callable[..., Any]:
    if not callable(claim):
        raise ArgumentError(
            "a function cannot be judged by a formula: the claim must be a function too"
        )
    return claim  # type: ignore[no-any-return]


def _at_zero(program: Program, step: str) -> Expr | None:
    """The derivative by the step at 0, simplified as the derivative of the step times it; None
    without closed form.
    """
    try:
        slope = replace_variables(derive(program, step), {step: lambda node: number(0)})
        product = Expr("*", (variable(step, ()), slope), slope.shape, row=slope.row)
        return derive(program._replace(expr=product, definitions={}), step)
    except MatcalcError:
        return None


def _hold(asked: Question, step: str) -> Question:
    """The question asked at points where the step is 0 only."""

    def points(rng: np.random.Generator) -> Iterator[Point]:
        for point in asked.points(rng):
            yield Point(point.sizes, {**point.values, step: np.asarray(0.0)})

    # a proof would be about all steps
    return replace(
        asked,
        points=points,
        proof=lambda: OPEN,
        smooth=lambda point: not point.values[step] and asked.smooth(point),
    )
