"""How long other tools take to derive what matcalc derives, and whether they are right."""

from __future__ import annotations

import warnings
from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from derivations import seconds
from textbook import SIZES, Case, Sympy, Tensorgrad

import matcalc

_SIZES = {"m": 4, "n": 3, "k": 2}  # of the point where answers are compared
_CALLS = 5  # of which the median is taken, at most: some take seconds


class Outcome(NamedTuple):
    """The seconds of a call; None where there is no right answer, and why."""

    seconds: float | None
    why: str = ""


def point() -> dict[str, Any]:
    """Random arrays for the variables of the textbook's table."""
    random = np.random.default_rng(0)
    values = {
        name: random.standard_normal([_SIZES[size] for size in axes])
        for name, axes in SIZES.items()
    }
    # determinants are positive, so their logarithms are defined
    for name in "XS":
        values[name] = values[name] @ values[name].T + np.eye(_SIZES["n"]) + 0.1 * values["A"]
    values["t"] = 0.7
    return values


def agrees(case: Case, order: int, found: Any) -> bool:
    """The same numbers as matcalc's, with the axes in any order."""
    derivative = matcalc.diff(case.text, case.wrt, order=order, variables=case.variables)
    values = point()
    ours = np.squeeze(derivative.to_callable()(**{k: values[k] for k in derivative.variables}))
    theirs = np.squeeze(np.asarray(found, dtype=float))
    return theirs.ndim == ours.ndim and any(
        theirs.transpose(axes).shape == ours.shape and np.allclose(theirs.transpose(axes), ours)
        for axes in permutations(range(theirs.ndim))
    )


def sympy_outcome(case: Case, order: int, repeats: int) -> Outcome:
    """SymPy's ``.diff`` of an expression that is built already, its cache cleared."""
    if case.sympy is None:
        return Outcome(None, "no such notion")
    from sympy import Derivative
    from sympy.core.cache import clear_cache

    session = Sympy()
    # after its import, which sets a filter of its own
    warnings.simplefilter("ignore")
    expression, variable = case.sympy(session), getattr(session, case.wrt)

    def derivative() -> Any:
        result = expression
        for _ in range(order):
            result = result.diff(variable)
        return result

    try:
        result = derivative()
    except (
        NotImplementedError,
        TypeError,
        ValueError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as problem:
        return Outcome(None, f"raises {type(problem).__name__}")
    if result.has(Derivative):
        return Outcome(None, "left unevaluated")
    if (right := _sympy_is_right(case, order, session, result)) is False:
        return Outcome(None, "another value")
    return Outcome(
        seconds(derivative, min(repeats, _CALLS), clear_cache),
        "" if right else "value not computed",
    )


def _sympy_is_right(case: Case, order: int, session: Sympy, result: Any) -> bool | None:
    """None where SymPy cannot compute what it has answered."""
    import sympy

    symbols = sorted(result.atoms(sympy.MatrixSymbol), key=str)
    numbers = result.subs(dict(zip(session.sizes, _SIZES.values(), strict=True)))
    values = {
        name: value[:, None] if np.ndim(value) == 1 else value for name, value in point().items()
    }
    try:
        code = sympy.lambdify([*symbols, session.t], numbers, "numpy")
    except SyntaxError:  # its code for a function of every entry cannot be read
        return None
    return agrees(case, order, code(*(values[symbol.name] for symbol in symbols), values["t"]))


def tensorgrad_outcome(case: Case, order: int, repeats: int) -> Outcome:
    """tensorgrad's ``.grad`` and ``.full_simplify``: its derivatives are unevaluated before that.

    The expression is built anew for each call, which is not timed, so that nothing is remembered.
    """
    if case.tensorgrad is None:
        return Outcome(None, "no such notion")
    built: list[Any] = []

    def build() -> None:
        session = Tensorgrad()
        assert case.tensorgrad is not None
        built[:] = [session, case.tensorgrad(session), session.variables[case.wrt]]

    def derivative() -> Any:
        _, result, variable = built
        for _ in range(order):
            result = result.grad(variable)
        return result.full_simplify()

    try:
        build()
        right = agrees(case, order, _tensorgrad_value(built[0], derivative()))
    except Exception as problem:  # whatever it raises, the others are measured
        return Outcome(None, f"raises {type(problem).__name__}")
    if not right:
        return Outcome(None, "another value")
    return Outcome(seconds(derivative, min(repeats, _CALLS), build))


def _tensorgrad_value(session: Tensorgrad, result: Any) -> Any:
    import torch
    from tensorgrad import Zero
    from tensorgrad.compiler import compile_to_callable

    sizes = {session.sizes[size]: number for size, number in _SIZES.items()}
    if isinstance(result, Zero):
        return np.zeros([sizes[size] for size in result.shape.values()])
    program = compile_to_callable(result)
    function = program.codegen.specialize(sizes, dtype=torch.float64)
    values = point()
    # the axes are named by their place
    given = [
        torch.asarray(np.transpose(values[each.name], [int(axis[1:]) for axis in each.edges]))
        for each in program.vars
    ]
    return function(*given)[0]


def jax_trace(depth: int, repeats: int) -> float:
    """The seconds that JAX takes to trace the gradient of a network of so many layers."""
    import jax

    jax.config.update("jax_enable_x64", True)
    weights = [jax.numpy.zeros((10, 10)) for _ in range(depth)]
    x = y = jax.numpy.zeros(10)

    def trace() -> object:
        def objective(weights: Any) -> Any:  # a new one each time: a trace is remembered
            a = x
            for weight in weights:
                a = jax.numpy.tanh(weight @ a)
            return ((a - y) ** 2).sum()

        return jax.make_jaxpr(jax.grad(objective))(weights)

    return seconds(trace, repeats)
