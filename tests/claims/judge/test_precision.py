"""Functions that compute derivatives too roughly: in single precision inside, by finite
differences, with rounded numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sweeps import thinned

from matcalc.core.errors import ArgumentError
from matcalc.testing import (
    GradientMismatch,
    assert_gradient,
    assert_vjp,
    check_gradient,
    check_hessian,
    check_jacobian,
    check_jvp,
    check_vjp,
)

A0, X0 = np.arange(6.0).reshape(2, 3), np.array([1.0, -2.0, 0.5])
AT = {"A": A0, "x": X0}
NORM = "norm2(A*x)^2"
FINITE, SINGLE = "it looks like finite differences", "it looks like single precision"


def loss(A, x):
    return np.sum((A @ x) ** 2)


def grad(A, x):
    return 2 * A.T @ (A @ x)


def forward(function, x, step):
    return np.stack(
        [(function(x + step * unit) - function(x)) / step for unit in np.eye(x.size)], axis=-1
    )


def single(x):
    return np.asarray(x, np.float32)


def inside(A, x):
    """In single precision, of which the type says nothing; the factor hides that the values are of
    single precision.
    """
    return 1.1 * grad(single(A), single(x)).astype(float) / 1.1


ROUGH = [
    pytest.param(
        lambda: check_gradient(NORM, lambda A, x: grad(A, x) * (1 + 3e-6), wrt="x"),
        FINITE,
        3e-6,
        id="rounded",
    ),
    pytest.param(
        lambda: check_gradient(NORM, lambda A, x: grad(A, x) * (1 + 3e-8), wrt="x"),
        FINITE,
        3e-8,
        id="rounded-late",
    ),
    pytest.param(
        lambda: check_gradient(NORM, lambda A, x: forward(lambda y: loss(A, y), x, 1e-6), wrt="x"),
        FINITE,
        5e-7,
        id="forward",
    ),
    pytest.param(
        lambda: check_gradient(NORM, lambda A, x: forward(lambda y: loss(A, y), x, 1e-4), wrt="x"),
        FINITE,
        5e-5,
        id="wide",
    ),
    pytest.param(
        lambda: check_gradient("sum(sin(x))", lambda x: np.cos(x) + 1e-4, wrt="x"),
        FINITE,
        1e-4,
        id="shifted",
    ),
    pytest.param(
        lambda: check_jacobian(
            "tanh(A*x)", lambda A, x: forward(lambda y: np.tanh(A @ y), x, 1e-6), wrt="x"
        ),
        FINITE,
        5e-7,
        id="jacobian",
    ),
    pytest.param(
        lambda: check_vjp(
            "tanh(A*x)", lambda A, x, U: forward(lambda y: U @ np.tanh(A @ y), x, 1e-6), wrt="x"
        ),
        FINITE,
        5e-7,
        id="vjp",
    ),
    pytest.param(
        lambda: check_jvp(
            "sin(x)", lambda x, dx: (np.sin(x + 1e-6 * dx) - np.sin(x)) / 1e-6, wrt="x"
        ),
        FINITE,
        5e-7,
        id="jvp",
    ),
    pytest.param(
        lambda: check_hessian("sum(exp(x))", lambda x: forward(np.exp, x, 1e-6), wrt="x"),
        FINITE,
        5e-7,
        id="hessian",
    ),
    pytest.param(lambda: check_gradient(NORM, inside, wrt="x"), SINGLE, 1e-7, id="single-inside"),
    pytest.param(
        lambda: check_gradient("sum(sin(x))", lambda x: np.cos(single(x)).astype(float), wrt="x"),
        SINGLE,
        1e-7,
        id="single",
    ),
    pytest.param(
        lambda: check_gradient(
            "sum(A*x)", lambda A, x: np.sum(single(A), 0), wrt="x", dtype="float64"
        ),
        SINGLE,
        1e-7,
        id="single-though-said-otherwise",
    ),
    pytest.param(
        lambda: check_gradient(loss, lambda A, x: grad(A, x) * 1.000003, wrt="x", at=AT),
        FINITE,
        3e-6,
        id="functions",
    ),
]


@pytest.mark.parametrize(("report", "words", "order"), thinned(ROUGH, 3))
def test_rough_functions_are_wrong(report, words, order):
    found = report()
    assert (found.verdict, found.kinds) == ("wrong", ("precision",))
    assert words in str(found.diagnosis)
    assert order / 5 < found.checked.error < order * 5
    assert f"errors of the order of {found.checked.error:.0e}" in str(found.diagnosis)


@pytest.mark.parametrize(
    "report",
    [
        pytest.param(
            lambda: check_gradient(NORM, lambda A, x: grad(A, x) * (1 + 3e-6), wrt="x", rtol=1e-5),
            id="rounded",
        ),
        pytest.param(lambda: check_gradient(NORM, inside, wrt="x", dtype="float32"), id="dtype"),
        pytest.param(
            lambda: check_gradient(NORM, inside, wrt="x", dtype=np.float32), id="dtype-of-numpy"
        ),
        pytest.param(lambda: check_gradient(NORM, inside, wrt="x", rtol=1e-5), id="rtol"),
        pytest.param(
            lambda: check_gradient("sum(x.^2)/3", "0.666667*x", wrt="x", rtol=1e-5), id="formulas"
        ),
        pytest.param(
            lambda: check_jvp(
                np.sin, lambda x, v: np.cos(x) * v * 1.00001, wrt="x", at={"x": X0}, rtol=1e-4
            ),
            id="jvp",
        ),
        pytest.param(
            lambda: check_vjp("A*X", lambda A, X, U: A.T @ U * 1.00001, wrt="X", rtol=1e-4),
            id="vjp",
        ),
        pytest.param(
            lambda: check_gradient(loss, lambda A, x: single(grad(A, x)), wrt="x", at=AT),
            id="visible-type",
        ),
        pytest.param(
            lambda: check_gradient(
                NORM, lambda A, x: forward(lambda y: loss(A, y), x, 1e-8), wrt="x", rtol=1e-5
            ),
            id="forward",
        ),
    ],
)
def test_more_is_allowed_where_it_is_said(report):
    found = report()
    assert found.verdict == "agreed", str(found)


def test_slips_are_found_however_much_is_allowed():
    with pytest.raises(GradientMismatch, match="the factor 2 is missing"):
        assert_gradient(NORM, lambda A, x: grad(A, x) / 2, wrt="x", rtol=1e-3)
    with pytest.raises(GradientMismatch, match="the factor 2 is missing"):
        assert_vjp("2*A*X", lambda A, X, U: single(A.T @ U), wrt="X", dtype="float32")


def test_half_precision_is_told():
    report = check_gradient(
        "sum(log(1 + exp(x)))",
        lambda x: (1 / (1 + np.exp(-x.astype(np.float16)))).astype(float),
        wrt="x",
    )
    assert report.verdict == "wrong"
    assert "it looks like half precision: errors of the order of" in str(report.diagnosis)
    assert "float32" not in str(report.diagnosis)


def test_a_tolerance_beyond_the_method_is_told():
    report = check_gradient(loss, lambda A, x: grad(A, x) * (1 + 3e-7), wrt="x", at=AT, rtol=1e-12)
    assert report.ok
    assert report.checked.tolerance == 1e-6
    assert "rtol=1e-12 asks for more" in " ".join(report.notes)


def test_the_truth_of_a_function_is_a_difference():
    report = check_gradient(loss, grad, wrt="x", at=AT)
    assert "a difference of values of loss: errors below 1e-06 are not seen" in " ".join(
        report.notes
    )


@pytest.mark.parametrize("style", ["point", "drawn"])
def test_an_objective_in_single_precision_inside(style):
    def narrow(A, x):
        return float(loss(single(A), single(x)))

    where = (
        {"at": AT} if style == "point" else {"variables": {"A": "matrix(m, n)", "x": "vector(n)"}}
    )
    report = check_gradient(narrow, grad, wrt="x", **where)
    assert report.ok, str(report)
    assert "narrow computes in float32 inside" in " ".join(report.notes)
    assert not check_gradient(narrow, lambda A, x: 1.05 * grad(A, x), wrt="x", **where).ok


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rtol": 0}, "rtol must be between 0 and 1"),
        ({"rtol": -1e-6}, "rtol must be between 0 and 1"),
        ({"rtol": "small"}, "not 'small'"),
        ({"dtype": "float16"}, "dtype must be 'float32' or 'float64', not 'float16'"),
        ({"dtype": 7}, "not 7"),
    ],
)
def test_bad_tolerances(options, words):
    with pytest.raises(ArgumentError, match=words):
        check_gradient(NORM, grad, wrt="x", **options)


def test_late_digits_are_shown():
    report = check_gradient("sum(x)", lambda x: np.full(x.shape, 1 + 2e-6), wrt="x")
    assert "is claimed 1.000002, true 1" in str(report)


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda x: 2 * x + 1j, "the function returns complex numbers"),
        (lambda x: None, "the function returns None, not an array"),
        (lambda x: [None] * len(x), "the function returns list, not an array"),
    ],
)
def test_what_is_no_real_array_is_no_derivative(function: Any, message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        check_gradient("x'*x", function, wrt="x")


def test_an_imaginary_part_of_zero_is_none() -> None:
    assert check_gradient("x'*x", lambda x: 2 * x + 0j, wrt="x").ok


@pytest.mark.parametrize("variables", [3, {"x": 3}, [None]])
def test_declarations_are_texts(variables: Any) -> None:
    with pytest.raises(ArgumentError, match="a declaration must be a string, not"):
        check_gradient("x'*x", "2*x", wrt="x", variables=variables)
