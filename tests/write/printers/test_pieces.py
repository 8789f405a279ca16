"""Derivatives that are 0 but for a few parts are filled part by part."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import matcalc

Array = Any
X = {"x": "vector(n)"}
XY = {"x": "vector(n)", "y": "vector(n)"}
M = {"X": "matrix(m, n)"}
NEIGHBOURS: list[tuple[str, dict[str, str], Callable[..., Array]]] = [
    (
        "sum[i=1:n-1](100*(x[i+1] - x[i]^2)^2 + (1 - x[i])^2)",
        X,
        lambda x: np.sum(100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2),
    ),
    (
        "sum[i=2:n-1]((x[i+1] - 2*x[i] + x[i-1])^2) + sum((y.*x).^2)",
        XY,
        lambda x, y: np.sum(np.diff(x, 2) ** 2) + np.sum((y * x) ** 2),
    ),
    (
        "sum[i=2:n-1](((3 - 2*x[i])*x[i] - x[i-1] - 2*x[i+1] + 1)^2)",
        X,
        lambda x: np.sum(((3 - 2 * x[1:-1]) * x[1:-1] - x[:-2] - 2 * x[2:] + 1) ** 2),
    ),
    (
        "sum[i=1:n-1](exp(x[i+1]*x[i]))/3 + y'*x",
        XY,
        lambda x, y: np.sum(np.exp(x[1:] * x[:-1])) / 3 + y @ x,
    ),
    (
        "sum[i=1:n-1](sqrt((x[i+1] - x[i])^2 + 2)) + norm2(x - y)^4",
        XY,
        lambda x, y: np.sum(np.sqrt(np.diff(x) ** 2 + 2)) + np.sum((x - y) ** 2) ** 2,
    ),
    ("sum[i=1:n-2](x[i]^3*x[i+2])", X, lambda x: np.sum(x[:-2] ** 3 * x[2:])),
    ("(x[1] - x[n])^4 + x[2]^3", X, lambda x: (x[0] - x[-1]) ** 4 + x[1] ** 3),
    (
        "sum[i=1:m-1, j=1:n-1]((X[i+1,j] - X[i,j])^2*X[i,j+1])",
        M,
        lambda X: np.sum((X[1:, :-1] - X[:-1, :-1]) ** 2 * X[:-1, 1:]),
    ),
    (
        "sum[i=1:m-1, j=1:n-1](sqrt((X[i+1,j] - X[i,j])^2 + (X[i,j+1] - X[i,j])^2 + 2))",
        M,
        lambda X: np.sum(
            np.sqrt(np.diff(X, axis=0)[:, :-1] ** 2 + np.diff(X, axis=1)[:-1] ** 2 + 2)
        ),
    ),
    (
        "sum[i=1:m-2](norm2(X[i,:] - 2*X[i+1,:] + X[i+2,:])^4)",
        M,
        lambda X: np.sum(np.sum(np.diff(X, 2, axis=0) ** 2, axis=1) ** 2),
    ),
    (
        "sum[i=1:m-1](exp(X[i+1,:]*X[i,:]') + X[i+1,1]*X[i,2]^2)",
        M,
        lambda X: np.sum(np.exp(np.sum(X[1:] * X[:-1], axis=1)) + X[1:, 0] * X[:-1, 1] ** 2),
    ),
]


def arguments(kinds: dict[str, str], size: int) -> dict[str, Array]:
    random = np.random.default_rng(3)
    shapes = {"vector(n)": size, "matrix(m, n)": (size, size + 1)}
    return {name: random.uniform(0.5, 1.5, shapes[kind]) for name, kind in kinds.items()}


def gradient(objective: Callable[..., Array], wrt: str, given: dict[str, Array]) -> Array:
    """By complex steps."""
    point = given[wrt]
    steps = np.eye(point.size).reshape(point.size, *point.shape)
    found = [np.imag(objective(**{**given, wrt: point + 1e-30j * s})) * 1e30 for s in steps]
    return np.reshape(found, point.shape)


def hessian(objective: Callable[..., Array], wrt: str, given: dict[str, Array]) -> Array:
    """By differences of gradients."""
    point = given[wrt]
    steps = 1e-5 * np.eye(point.size).reshape(point.size, *point.shape)
    found = [
        gradient(objective, wrt, {**given, wrt: point + s})
        - gradient(objective, wrt, {**given, wrt: point - s})
        for s in steps
    ]
    return np.stack(found, -1).reshape(point.shape * 2) / 2e-5


@pytest.mark.parametrize(("text", "kinds", "objective"), NEIGHBOURS)
def test_sums_over_neighbours(
    text: str, kinds: dict[str, str], objective: Callable[..., Array]
) -> None:
    wrt = next(iter(kinds))
    for order, judge, close in ((1, gradient, 1e-12), (2, hessian, 1e-7)):
        d = matcalc.diff(text, wrt, order=order, variables=kinds)
        called = d.to_callable()
        for size in (3, 4, 6):
            everything = arguments(kinds, size)
            given = {name: everything[name] for name in d.variables}
            kept = {name: each.copy() for name, each in given.items()}
            wanted = judge(objective, wrt, everything)
            np.testing.assert_allclose(called(**given), wanted, rtol=close, atol=close)
            for name, each in kept.items():
                np.testing.assert_array_equal(given[name], each)  # nothing of the caller's changes
            single = called(**{name: each.astype("f") for name, each in given.items()})
            assert single.dtype == np.float32
            np.testing.assert_allclose(single, wanted, rtol=1e-4, atol=1e-4)
        if wrt == "x":
            assert "np.block" not in called.source
            assert not re.search(r"np\.(eye|diag)\(", called.source)


def test_a_complex_step_passes_through_pieces() -> None:
    d = matcalc.diff(NEIGHBOURS[2][0], "x", order=2, variables=X)
    third = d.to_callable()(x=np.array([0.3, 0.7, 1.1]) + 1e-30j)
    near = [d.to_callable()(x=np.array([0.3, 0.7, 1.1]) + s) for s in (1e-6, -1e-6)]
    np.testing.assert_allclose(np.imag(third) * 1e30, (near[0] - near[1]) / 2e-6, rtol=1e-6)


def test_no_matrix_that_only_selects_is_made() -> None:
    """A contraction with such matrices writes the rest of it where it belongs."""
    d = matcalc.diff(NEIGHBOURS[8][0], "X", order=2, variables=M)
    source = d.to_callable().source.split('"""')[2]
    assert source.count('np.einsum("ijij->ij"') == 9
    assert source.count("np.zeros") == 1
    assert "@" not in source
    d = matcalc.diff("sum[i=1:m-1](X[i+1,:]*X[i,:]')/2", "X", order=2, variables=M)
    assert 'np.einsum("ijij->ij"' in d.to_callable().source
    d = matcalc.diff(NEIGHBOURS[9][0], "X", variables=M)
    assert "@" not in d.to_callable().source


def test_the_parts_say_where_they_stand() -> None:
    d = matcalc.diff("sum[i=1:n-1](exp(x[i+1] - x[i]))", "x", order=2, variables=X)
    source = d.source("numpy", runtime="matcalc")
    # every n+1st entry of the whole, from the first one to behind the last one
    for place, operator in (("n + 1::n + 1", "="), (":n * n - 1:n + 1", "+=")):
        assert re.search(
            rf"t\d\.reshape\(-1\)\[{re.escape(place)}\] {re.escape(operator)} ", source
        )


@pytest.mark.parametrize("n", [4, 5, 7])
def test_diagonals_of_wide_and_tall_matrices(n: int) -> None:
    """They start and end anywhere, and may have one entry."""
    x = np.arange(1.0, n + 1)
    k = np.arange(n - 3)
    d = matcalc.diff("x[3:n-1].^2 - 3*x[1:n-3]", "x", variables=X)
    wanted = np.zeros((n - 3, n))
    wanted[k, k + 2], wanted[k, k] = 2 * x[2:-1], -3
    found = d.to_callable()
    assert ".reshape(-1)[" in found.source
    np.testing.assert_array_equal(found(x=x), wanted)
    tall = matcalc.parse("[zeros(1, n); diag(x); zeros(2, n)] + [diag(x.^2); zeros(3, n)]", X)
    wanted = np.zeros((n + 3, n))
    k = np.arange(n)
    wanted[k + 1, k], wanted[k, k] = x, x**2
    np.testing.assert_array_equal(tall.to_callable()(x=x), wanted)


def test_products_in_either_order_are_one() -> None:
    kinds = {"x": "vector(n)", "y": "vector(n)", "a": "scalar"}
    source = matcalc.parse("[exp(a*x.*y), sin(y.*(x*a))]", kinds).to_callable().source
    body = source.split('"""')[2]
    assert body.count("*") - body.count("**") <= 2, body


def test_the_sign_of_an_array_is_that_of_its_scale() -> None:
    kinds = {"D": "matrix(n, n)", "l": "positive"}
    for text, written in (
        ("exp(-D/(2*l^2))", "-0.5 / l ** 2 * D"),
        ("exp(-D/l)", "D / -l"),
        ("exp(-(l^2*D))", "-l ** 2 * D"),
    ):
        found = matcalc.parse(text, kinds).to_callable()
        assert written in found.source, found.source
        D = np.array([[0.0, 1.5], [-2.0, 3.0]])
        factor = {"exp(-D/(2*l^2))": -1 / 0.98, "exp(-D/l)": -1 / 0.7, "exp(-(l^2*D))": -0.49}[text]
        np.testing.assert_allclose(found(D=D, l=0.7), np.exp(factor * D), rtol=1e-13)
