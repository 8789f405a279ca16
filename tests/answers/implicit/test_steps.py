"""Steps of Newton's method by matrices, and of both methods by several variables."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

BY_MATRIX = [
    (
        "tr(X'*A*X)/2 - tr(B'*X)",
        {"A": "psd(n)", "B": "matrix(n, m)", "X": "matrix(n, m)"},
        "inv(A)*B - X",
    ),
    ("tr(A*X) - logdet(X)", {"X": "psd(n)", "A": "symmetric(n)"}, "X - X*A*X"),
    ("tr(A*X) - logdet(X)", {}, "X - X*A*X"),
    ("sum(exp(X)) + tr(B'*X)", {"B": "matrix(n, m)"}, "-(B + exp(X))./exp(X)"),
    (
        "tr(X'*A*X)/2 + tr(X*B*X')/2 - tr(C'*X)",
        {"A": "psd(n)", "B": "psd(m)", "C": "matrix(n, m)", "X": "matrix(n, m)"},
        "sylvester(A, B, C) - X",
    ),
    (
        "normF(A*X*B - C)^2/2 + c*normF(X)^2/2",
        {"c": "positive", "X": "matrix(m, p)"},
        "reshape(inv(c*eye + kron(B*B', A'*A))*vec(A'*C*B'), m, p) - X",
    ),
]


@pytest.mark.parametrize(
    ("expr", "variables", "step"), BY_MATRIX, ids=[row[0] for row in BY_MATRIX]
)
def test_newton_by_a_matrix(expr: str, variables: dict[str, str], step: str) -> None:
    found = matcalc.newton(expr, "X", variables=variables)
    assert found.head == "step of X"
    assert found.proof.startswith("the Hessian of the step plus the gradient is zero, exact")
    assert matcalc.equal(found, step)
    assert not matcalc.equal(found, f"2*({step})")


V = {"b": "vector(m)", "c": "positive", "B": "matrix(m, p)", "y": "vector(p)"}
SEVERAL = [
    (
        "gauss_newton",
        "A*x + B*y - b",
        {"dy": "inv(B'*(eye - A*pinv(A))*B)*B'*(eye - A*pinv(A))*b - y"},
    ),
    ("newton", "norm2(A*x + B*y - b)^2 + c*x'*x + c*y'*y", {}),
]


@pytest.mark.parametrize(("method", "expr", "steps"), SEVERAL, ids=[row[0] for row in SEVERAL])
def test_several_variables(method: str, expr: str, steps: dict[str, str]) -> None:
    found = getattr(matcalc, method)(expr, ["x", "y"], variables=V)
    assert set(found) == {"dx", "dy"}
    assert "plus the gradient is zero" in found.proof or "is zero at the steps" in found.proof
    for name, step in steps.items():
        assert matcalc.equal(found[name], step, rng=1)


def test_numbers_together() -> None:
    """The step of a quadratic leads to its minimum at once."""
    scalars = {"x, y": "scalar"}
    found = matcalc.newton("x^2 + x*y + 2*y^2 - 3*x", ["x", "y"], variables=scalars)
    assert matcalc.equal(found["dy"], "-y - 3/7")
    assert matcalc.equal(found["dx"], "-4*(y + dy) - x")
    assert found.report().splitlines()[2].split() == [
        "gradient",
        "by",
        "x",
        "2*x",
        "+",
        "y",
        "-",
        "3",
    ]
    assert r"\mathit{dy} &=" in found.latex()


def test_residuals_may_be_a_matrix() -> None:
    found = matcalc.gauss_newton("A*X - B", "X", variables={"X": "matrix(m, p)"})
    assert str(found) == "pinv(A)*(B - A*X)"


@pytest.mark.parametrize(
    ("method", "expr", "wrt", "variables", "words"),
    [
        ("gauss_newton", "tanh(A*x) - b", "xb", {"b": "vector(m)"}, "linearly dependent"),
        ("gauss_newton", "U*V' - Y", "UV", {}, "linearly dependent"),
        ("newton", "sum(logsumexp(X*W, 2)) - tr(Y'*X*W)", "W", {}, "is singular at every point"),
        ("newton", "tr(A*X)", "X", {}, "is zero"),
        ("newton", "norm2(x + y)^2", "xy", {}, "linearly dependent"),
        ("newton", "A*x", "xA", {}, "is for a scalar"),
    ],
)
def test_refused(method: str, expr: str, wrt: str, variables: dict[str, str], words: str) -> None:
    with pytest.raises(MatcalcError, match=words):
        getattr(matcalc, method)(expr, wrt if len(wrt) == 1 else list(wrt), variables=variables)
