"""Minima on kinks, points where a number of the gradient may be any, equations of entries."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import MatcalcError

ON_KINKS = [
    ("norm2(x - v)^2/2 + c*norm1(x)", "vector(n)", "sign(v).*relu(abs(v) - c)"),
    ("norm2(x - v)^2/2 + c*norm1(x - b)", "vector(n)", "b + sign(v - b).*relu(abs(v - b) - c)"),
    ("(x - v)^2/2 + c*abs(x)", "scalar", "sign(v)*relu(abs(v) - c)"),
    ("normF(x - v)^2/2 + c*sum(abs(x))", "matrix(n, m)", "sign(v).*relu(abs(v) - c)"),
    ("norm2(x - v)^2 + c*sum(relu(x))", "vector(n)", "max(v - c/2, min(v, 0))"),
    ("sum(d.*x.^2) - v'*x + c*norm1(x)", "vector(n)", "sign(v).*relu(abs(v) - c)./(2*d)"),
]


@pytest.mark.parametrize(("expr", "kind", "point"), ON_KINKS, ids=[row[0] for row in ON_KINKS])
def test_soft_thresholds(expr: str, kind: str, point: str) -> None:
    variables = {"x": kind, "v": kind, "b": kind, "c": "positive", "d": "positive(n)"}
    used = {name: each for name, each in variables.items() if name in expr}
    found = matcalc.stationary(expr, "x", variables=used)
    assert matcalc.equal(found, point)
    assert found.condition.startswith("the only minimum")
    assert "zero is a subgradient" in found.proof


def test_nothing_near_is_less() -> None:
    """The value at the point, on all sides of the kinks, beside those around it."""
    expr = "norm2(x - v)^2/2 + c*norm1(x)"
    used = {"x": "vector(n)", "v": "vector(n)", "c": "positive"}
    point = matcalc.stationary(expr, "x", variables=used).to_callable()
    value = matcalc.parse(expr, used).to_callable()
    v, c = np.array([2.0, -3.0, 0.4, -0.2, 1.0]), 1.0
    least = point(c=c, v=v)
    rng = np.random.default_rng(0)
    for size in (1e-3, 0.1, 1.0):
        for _ in range(20):
            near = least + size * rng.standard_normal(v.size)
            assert value(c=c, v=v, x=near) > value(c=c, v=v, x=least)


@pytest.mark.parametrize(
    ("expr", "variables"),
    [
        ("norm2(A*x - v)^2/2 + c*norm1(x)", {"c": "positive"}),  # the entries are coupled
        ("norm2(x - v)^2/2 + c*norm1(x)", {}),  # c may be negative
        ("norm2(x - v)^2/2 - c*norm1(x)", {"c": "positive"}),
        ("norm2(x - v)^2/2 + c*norm1(x) + c*norm1(x - b)", {"c": "positive"}),  # two kinks
        ("sum(exp(x)) - v'*x + c*norm1(x)", {"c": "positive"}),  # a side without a zero
    ],
)
def test_no_kink_of_this_kind(expr: str, variables: dict[str, str]) -> None:
    vectors = {name: "vector(n)" for name in "vb" if name in expr}
    with pytest.raises(MatcalcError, match="no closed form"):
        matcalc.stationary(expr, "x", variables={**vectors, **variables})


def test_a_number_of_the_gradient_may_be_any() -> None:
    found = matcalc.stationary("prod(x)", "x", subject_to="sum(x) = 1")
    assert str(found) == "ones(n)/n"
    assert found.condition == "a stationary point on the set"
    found = matcalc.stationary("prod(x)", "x", variables={"x": "simplex(n)"})
    assert found.condition.startswith("the only maximum on the set: its logarithm is strictly")
    kinds = {"p": "positive(n)", "b": "positive", "x": "positive(n)"}
    found = matcalc.stationary("prod(x)", "x", subject_to="p'*x = b", variables=kinds)
    assert str(found) == "b./(n*p)"


def test_shares_are_those_that_are_asked_for() -> None:
    found = matcalc.stationary("logsumexp(x) - p'*x", "x", variables={"p": "simplex(n)"})
    assert str(found) == "log(p)"
    assert "so is x + t*vector(1) for every number t" in found.condition
    with pytest.raises(MatcalcError, match="no closed form"):  # only where p is in the simplex
        matcalc.stationary("logsumexp(x) - p'*x", "x", variables={"p": "vector(n)"})


BY_ENTRIES = [
    ("x_i^3 - b_i = 0", "x", "b", "diag(x.^-2)/3"),
    (r"\sum_j A_{ij} x_j = b_i", "x", "b", "inv(A)"),
    (r"X_{ij}^3 + X_{ij} = B_{ij}", "X", "B", "dB./(1 + 3*X.^2)"),
    ("A x = b", "x", "b", "inv(A)"),
    ("x_1^3 = b_1", "x_1", "b_1", "1/(3*x_1^2)"),
]


@pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")
@pytest.mark.parametrize(("equation", "of", "wrt", "answer"), BY_ENTRIES)
def test_equations_of_entries_in_latex(equation: str, of: str, wrt: str, answer: str) -> None:
    known = {"b": "vector(n)"} if equation == "A x = b" else None
    known = {"x_1, b_1": "scalar"} if "_1" in equation else known
    assert str(matcalc.implicit(equation, of, wrt, variables=known, latex=True)) == answer


def test_constraints_of_entries_in_latex() -> None:
    for equation, point in (
        ("x_i + y_i = 1", "1 - y"),
        (r"\sum_j A_{ij} x_j = b_i", "pinv(A)*b"),
    ):
        found = matcalc.stationary(r"\|x\|^2", "x", subject_to=equation, latex=True)
        assert str(found) == point
