"""Numeric derivatives against closed forms known by heart, and the projections on structured
matrices.
"""

import numpy as np
import pytest
from trees import (
    SIZES,
    VARIABLES,
    A,
    B,
    K,
    M,
    N,
    P,
    S,
    X,
    a,
    op,
    p,
    row,
    scalar,
    transposed,
    x,
    y,
    z,
)

from matcalc.core.dims import dim
from matcalc.core.errors import UnknownNameError, UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.tree import variable
from matcalc.verify.oracle import numeric
from matcalc.verify.oracle.numeric import (
    central_differences,
    complex_step,
    numeric_derivative,
    project_on_frame,
)
from matcalc.verify.oracle.sample import sample

VALUES = sample(VARIABLES, np.random.default_rng(1), SIZES)
v = VALUES
quadratic = scalar("*", op("*", row(x), X, shape=(N,), row=True), x)
residual = op("-", op("*", A, x, shape=(M,)), z)
inverse = np.linalg.inv(v["X"])
gauss = 2 / np.sqrt(np.pi) * np.exp(-(v["x"] ** 2))
soft = np.exp(v["x"]) / np.sum(np.exp(v["x"]))

DERIVATIVES = [
    pytest.param(quadratic, "x", 1, (v["X"] + v["X"].T) @ v["x"], id="quadratic form"),
    pytest.param(quadratic, "X", 1, np.outer(v["x"], v["x"]), id="quadratic form by its matrix"),
    pytest.param(quadratic, "x", 2, v["X"] + v["X"].T, id="Hessian of a quadratic form"),
    pytest.param(op("*", A, x, shape=(M,)), "x", 1, v["A"], id="A*x"),
    pytest.param(
        op("*", A, x, shape=(M,)), "A", 1, np.einsum("ij,k->ijk", np.eye(4), v["x"]), id="A*x by A"
    ),
    pytest.param(
        transposed(A), "A", 1, np.einsum("il,jk->ijkl", np.eye(3), np.eye(4)), id="transpose"
    ),
    pytest.param(
        op("*", A, B, shape=(M, K)),
        "B",
        1,
        np.einsum("ik,jl->ijkl", v["A"], np.eye(2)),
        id="A*B by B",
    ),
    pytest.param(op("inv", X), "X", 1, -np.einsum("ik,lj->ijkl", inverse, inverse), id="inverse"),
    pytest.param(scalar("logdet", X), "X", 1, inverse.T, id="logdet"),
    pytest.param(
        scalar("logdet", X), "X", 2, -np.einsum("li,jk->ijkl", inverse, inverse), id="logdet twice"
    ),
    pytest.param(scalar("det", X), "X", 1, np.linalg.det(v["X"]) * inverse.T, id="det"),
    pytest.param(
        scalar("logsumexp", x), "x", 2, np.diag(soft) - np.outer(soft, soft), id="logsumexp twice"
    ),
    pytest.param(op("erf", x), "x", 1, np.diag(gauss), id="erf"),
    pytest.param(scalar("sum", op("erf", x)), "x", 2, np.diag(-2 * v["x"] * gauss), id="erf twice"),
    pytest.param(op("erfc", x), "x", 1, -np.diag(gauss), id="erfc"),
    pytest.param(
        op("exp", x),
        "x",
        2,
        np.einsum("i,ij,ik->ijk", np.exp(v["x"]), np.eye(3), np.eye(3)),
        id="vector twice",
    ),
    pytest.param(scalar("sin", a), "a", 2, -np.sin(v["a"]), id="scalar"),
    pytest.param(scalar("log", p), "a", 1, 0.0, id="does not depend on it"),
    pytest.param(op("max", x, y), "x", 1, np.diag(1.0 * (v["x"] > v["y"])), id="max"),
    pytest.param(scalar("norm1", A), "A", 1, np.sign(v["A"]), id="norm1"),
    pytest.param(
        scalar("norminf", x),
        "x",
        1,
        np.sign(v["x"]) * (abs(v["x"]) == np.max(abs(v["x"]))),
        id="norminf",
    ),
    pytest.param(scalar("sum", op("relu", residual)), "x", 2, np.zeros((3, 3)), id="relu is flat"),
]


@pytest.mark.parametrize(("expr", "wrt", "order", "expected"), DERIVATIVES)
def test_known_derivatives(expr, wrt, order, expected):
    found, method = numeric_derivative(expr, VARIABLES, wrt, order, VALUES, SIZES)
    expected = np.asarray(expected)
    assert found.shape == expected.shape
    assert np.max(np.abs(found - expected)) <= method.tolerance / 30 * max(
        1.0, np.max(np.abs(expected))
    )


@pytest.mark.parametrize(
    ("expr", "order", "name"),
    [
        pytest.param(quadratic, 1, "complex step", id="smooth"),
        pytest.param(
            quadratic, 2, "complex step and extrapolated central differences", id="smooth twice"
        ),
        pytest.param(op("erf", x), 1, "extrapolated central differences", id="real only"),
        pytest.param(op("erf", x), 2, "extrapolated second differences", id="real only, twice"),
        pytest.param(op("+", op("erf", y), x), 1, "complex step", id="real only of something else"),
    ],
)
def test_the_method_fits_the_functions(expr, order, name, monkeypatch):
    monkeypatch.setattr(numeric, "REAL_ONLY", frozenset({"erf"}))
    assert numeric_derivative(expr, VARIABLES, "x", order, VALUES, SIZES)[1].name == name


def test_differences_adapt_to_a_kink_and_to_the_edge_of_a_domain():
    near = np.array([0.0011, -0.0011, 3.0])
    np.testing.assert_allclose(
        central_differences(lambda t: np.abs(t) * t, near), np.diag(2 * np.abs(near)), atol=1e-9
    )
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(central_differences(np.log, np.asarray(0.002)), 500.0, rtol=1e-8)


def test_complex_step_is_exact_to_rounding():
    derivative = complex_step(
        lambda t: np.exp(t) / np.sqrt(np.sin(t) ** 3 + np.cos(t) ** 3), np.asarray(1.5)
    )
    assert derivative == pytest.approx(4.05342789389862, rel=1e-14)  # Squire and Trapp 1998


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "error", "message"),
    [
        pytest.param(quadratic, "q", 1, UnknownNameError, "there is no variable q", id="unknown"),
        pytest.param(
            quadratic, "x", 4, UnsupportedError, "3 of analytic functions, not 4", id="order 4"
        ),
    ],
)
def test_refusals(expr, wrt, order, error, message):
    with pytest.raises(error, match=message):
        numeric_derivative(expr, VARIABLES, wrt, order, VALUES, SIZES)


def test_a_derivative_of_a_million_columns_is_refused():
    big = variable("x", (dim(1_000_000),))
    with pytest.raises(UnsupportedError, match="too large for a numeric check"):
        numeric_derivative(
            scalar("sum", big), {"x": Variable("x", "vector", big.shape)}, "x", 1, {}, {}
        )


def basis(kind):
    """An orthonormal basis of the 3 x 3 matrices of a kind."""
    found = []
    for i, j in np.ndindex(3, 3):
        E = np.zeros((3, 3))
        E[i, j] = 1.0
        if (kind == "diagonal" and i == j) or (kind == "triangular" and i >= j):
            found.append(E)
        elif kind not in ("diagonal", "triangular") and i < j:
            found.append((E - E.T if kind == "skew" else E + E.T) / np.sqrt(2))
        elif kind in ("symmetric", "psd") and i == j:
            found.append(E)
    return np.array(found)


@pytest.mark.parametrize("kind", ["symmetric", "psd", "skew", "diagonal", "triangular"])
def test_projection_is_orthogonal_in_each_pair_of_axes(kind):
    rng = np.random.default_rng(2)
    E = basis(kind)
    projector = np.einsum("aij,akl->ijkl", E, E)
    first, second = rng.standard_normal((2, 3, 3)), rng.standard_normal((2, 3, 3, 3, 3))
    np.testing.assert_allclose(
        project_on_frame(first, kind, 1),
        np.einsum("pij,ijkl->pkl", first, projector),
        atol=1e-14,
    )
    expected = np.einsum("pijkl,ijmn,klrs->pmnrs", second, projector, projector)
    np.testing.assert_allclose(project_on_frame(second, kind, 1, 2), expected, atol=1e-14)


@pytest.mark.parametrize("kind", ["free", "scalar", "vector", "matrix", "orthogonal", "invertible"])
def test_other_kinds_are_not_projected(kind):
    G = np.arange(9.0).reshape(3, 3)
    np.testing.assert_array_equal(project_on_frame(G, kind, 0), G)


def test_entries_of_a_structured_variable_count_as_independent():
    outside = scalar("*", op("*", row(x), S, shape=(N,), row=True), y)
    found, _ = numeric_derivative(outside, VARIABLES, "S", 1, VALUES, SIZES)
    np.testing.assert_allclose(found, np.outer(v["x"], v["y"]))
    found, _ = numeric_derivative(scalar("logdet", P), VARIABLES, "P", 1, VALUES, SIZES)
    np.testing.assert_allclose(found, np.linalg.inv(v["P"]).T)
