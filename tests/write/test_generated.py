"""Generated functions as objects: pickled, called wrongly, called where they have no value."""

from __future__ import annotations

import inspect
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import EvaluationError, MatcalcError

x = np.array([1.0, 2.0])
KINDS = {"x": "vector(n)", "X": "matrix(n, n)", "S": "symmetric(n)", "P": "psd(n)"}


def compiled(text, **more):
    return matcalc.parse(
        text, {name: kind for name, kind in KINDS.items() if name in text.replace("exp", "")} | more
    ).to_callable()


def test_a_function_goes_into_a_process_pool_and_comes_back():
    function = matcalc.diff("sum(log(1 + exp(A*x)))", "x").to_callable()
    A = np.arange(4.0).reshape(2, 2)
    again = pickle.loads(pickle.dumps(function))
    assert again.source == function.source
    with ProcessPoolExecutor(1, get_context("spawn")) as pool:
        there = pool.submit(function, A=A, x=x).result()
        other = pool.submit(pickle.loads, pickle.dumps(function)).result()
    np.testing.assert_array_equal(there, function(A=A, x=x))
    np.testing.assert_array_equal(other(A=A, x=x), function(A=A, x=x))


def test_it_looks_like_a_function():
    function = compiled("x'*X*x")
    assert list(inspect.signature(function).parameters) == ["x", "X"] or list(
        inspect.signature(function).parameters
    ) == [
        "X",
        "x",
    ]
    assert "matrix(n, n)" in function.__doc__
    assert function.__name__ == "f"
    assert repr(function).startswith("<matcalc function f(*, ")


CALLS = [
    ("x'*x", (), {}, "missing argument x"),
    ("x'*x", (), {"x": x, "z": 1}, "unknown argument z"),
    ("x'*x", (x,), {}, "arguments are given by name"),
    ("lambda*x", (x,), {}, "arguments are given by name"),
    ("lambda*x", (), {"x": x}, "missing argument lambda"),
    ("c*sum(ones(k))", (), {"c": 1.0, "k": 2.5}, "argument k must be a size, an integer, not 2.5"),
    ("c*sum(ones(k))", (), {"c": 1.0, "k": "2"}, "argument k must be a size, an integer, not '2'"),
    ("c*sum(ones(k))", (), {"c": 1.0, "k": -1}, "argument k must be a size, not -1"),
]


@pytest.mark.parametrize(("text", "positional", "named", "message"), CALLS)
def test_wrong_calls(text, positional, named, message):
    with pytest.raises(EvaluationError) as caught:
        compiled(text, **({"c": "scalar"} if "c" in named else {}))(*positional, **named)
    assert caught.value.message == message
    if "argument" in message and "size" not in message:
        assert isinstance(caught.value, TypeError)


ROOM = [
    "x[1:3]",
    "x[3]",
    "sum(x[2:4])",
    "unit(3, n)'*x",
    "x[n]*unit(5, n)",
    "X[2, 3]*x",
    "X[:, 1:3]*ones(3)",
]


@pytest.mark.parametrize("text", ROOM)
@pytest.mark.parametrize("derived", [False, True])
def test_entries_that_are_not_there(text, derived):
    expression = matcalc.parse(text, {name: kind for name, kind in KINDS.items() if name in text})
    function = (
        expression.diff("X" if "X" in text else "x") if derived else expression
    ).to_callable()
    names = list(inspect.signature(function).parameters)
    big = {"x": np.ones(6), "X": np.ones((6, 6))}
    function(**{name: big[name] for name in names})
    with pytest.raises(EvaluationError, match="no room for the entries"):
        function(**{name: {"x": x, "X": np.ones((2, 2))}[name] for name in names})


NOWHERE = [
    ("max(x)", {"x": np.ones(0)}),
    ("logsumexp(x)", {"x": np.ones(0)}),
    ("chol(P)", {"P": -np.eye(2)}),
    ("inv(X)", {"X": np.zeros((2, 2))}),
    ("pinv(X)", {"X": np.full((2, 2), np.nan)}),
    ("eigvec(S)", {"S": np.zeros((0, 0))}),
]


@pytest.mark.parametrize(("text", "given"), NOWHERE)
def test_without_a_value(text, given):
    with pytest.raises(MatcalcError, match="the formula has no value"):
        compiled(text)(**given)


def test_what_a_function_of_the_users_raises_stays_as_it_is():
    function = matcalc.parse(
        "f(x) + x", {"f": "function(scalar) -> scalar", "x": "vector(n)"}
    ).to_callable()

    def broken(argument):
        raise ValueError("mine")

    with pytest.raises(ValueError, match=r"^mine$"):
        function(x=x, f=broken)
    with pytest.raises(EvaluationError, match="no value for arrays of these shapes"):
        function(x=x, f=lambda argument: np.ones(7))
