"""Code for derivatives of products and determinants has a value where an entry is 0 and where the
matrix is singular, and it is the right one.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

import matcalc

KINDS = {"x": "vector(n)", "y": "vector(n)", "w": "vector(n)", "a": "scalar"}
KINDS |= {"X": "matrix(n, n)", "A": "matrix(n, n)", "Z": "matrix(n, n)"}
SINGULAR = np.array([[1.0, 2.0, 0.0], [2.0, 4.0, 1.0], [3.0, 6.0, 2.0]])
VALUES = {
    "x": np.array([2.0, 0.0, 3.0]),
    "y": np.array([1.0, 2.0, 0.5]),
    "w": np.array([0.0, 0.3, 1.0]),
    "a": 0.7,
    "X": SINGULAR,
    "A": np.arange(9.0).reshape(3, 3) / 5 + np.eye(3),
    "Z": np.array([[1.0, 0.0, 2.0], [3.0, 4.0, 0.0], [1.0, 2.0, 5.0]]),
}
OF_ENTRIES = [
    "prod(x)^2",
    "prod(x)^3 - prod(x)",
    "sin(prod(x))",
    "exp(prod(x))*sum(x)",
    "prod(x)*(y'*x)",
    "prod(x.*y)*sum(x)",
    "prod(x.*w)",
    "a*tanh(prod(x)/2) + prod(x)*prod(y)",
    "prod(A*x - y)*(w'*x)",
    "norm2(x)^2*prod(x + w)",
]
OF_MATRICES = [
    "det(2*X)",
    "sum(X)*det(X)",
    "sin(det(X))*tr(A*X)",
    "det(A*X)",
    "det(X*A) + det(X)*(y'*X*y)",
    "det(X)^2*tr(X)",
    "det(A + X)*det(X)",
    "det(-X')",
]


def differences(text: str, wrt: str, order: int) -> np.ndarray:
    """The derivative by central differences of the value, which is smooth."""
    parsed = matcalc.parse(text, KINDS)
    given = {name: VALUES[name] for name in parsed.variables}
    f = parsed.to_callable()
    point = np.asarray(VALUES[wrt], dtype=float)
    steps = 1e-3 * np.eye(point.size).reshape(point.size, *point.shape)

    def at(shift: Any) -> float:
        return float(f(**{**given, wrt: point + shift}))

    def first(shift: Any) -> np.ndarray:
        parts = [
            8 * (at(shift + e) - at(shift - e)) - at(shift + 2 * e) + at(shift - 2 * e)
            for e in steps
        ]
        return np.array(parts) / 12e-3

    if order == 1:
        return first(0).reshape(point.shape)
    return np.array([(first(e) - first(-e)) / 2e-3 for e in steps])


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("text", OF_ENTRIES)
def test_products_with_a_zero(text: str, order: int) -> None:
    d = matcalc.diff(text, "x", variables=KINDS, order=order, verify=False)
    found = d.to_callable()(**{name: VALUES[name] for name in d.variables})
    np.testing.assert_allclose(found, differences(text, "x", order), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("text", OF_MATRICES)
def test_determinants_of_a_singular_matrix(text: str) -> None:
    d = matcalc.diff(text, "X", variables=KINDS, verify=False)
    found = d.to_callable()(**{name: VALUES[name] for name in d.variables})
    np.testing.assert_allclose(found, differences(text, "X", 1), rtol=1e-6, atol=1e-6)


def test_second_derivatives_of_a_square() -> None:
    d = matcalc.diff("det(X)^2", "X", order=2, verify=False)
    found = d.to_callable()(X=SINGULAR).reshape(9, 9)
    wanted = differences("det(X)^2", "X", 2)
    np.testing.assert_allclose(found, wanted, rtol=1e-4, atol=1e-4)


# what is differentiated, by what, how often; the first derivatives are differenced
OF_TWO_INVERSES = [
    ("det(X)", "X", 2),
    ("tr(C*adj(X))", "X", 1),
    ("v'*cof(X)*v", "X", 1),
    ("det(X)*v'*X*v", "X", 2),
    ("det(C'*X*C)", "X", 2),
    ("det(S)", "S", 2),
    ("det(Q'*diag(w)*Q)", "w", 2),
    ("det(diag(v)*C)", "v", 1),
    ("det(diag(v)*C)", "v", 2),
    ("det(C*diag(v))", "v", 2),
    ("det(diag(v)*C*diag(v))", "v", 2),
]
DECLARED = dict.fromkeys("XC", "matrix(n, n)")
DECLARED |= {"S": "symmetric(n)", "v": "vector(n)", "w": "vector(m)", "Q": "matrix(m, n)"}


@cache
def called(text: str, wrt: str, order: int) -> tuple[Any, Any, tuple[str, ...]]:
    """The derivative and what it is the derivative of, as functions, and their variables."""
    formula = matcalc.parse(text, DECLARED)
    before = formula.diff(wrt, order=order - 1, verify=False) if order > 1 else formula
    d = formula.diff(wrt, order=order, verify=False)
    return d.to_callable(), before.to_callable(), tuple(d.variables)


@pytest.mark.parametrize("rank", [0, 1, 2, 3])
@pytest.mark.parametrize(("text", "wrt", "order"), OF_TWO_INVERSES)
def test_second_derivatives_of_a_singular_matrix(
    text: str, wrt: str, order: int, rank: int
) -> None:
    rng = np.random.default_rng(rank)
    C, Q = rng.normal(size=(4, 4)), rng.normal(size=(5, 4))
    v, w = rng.normal(size=4) * (np.arange(4) < rank), 1.0 * (np.arange(5) < rank)
    L, R = rng.normal(size=(4, rank)), rng.normal(size=(rank, 4))
    values = {"X": L @ R, "S": L @ np.diag([1.0, -2.0, 3.0][:rank]) @ L.T}
    values |= {"C": C, "Q": Q, "v": v, "w": w}
    derivative, at, names = called(text, wrt, order)
    given = {name: values[name] for name in names}
    found = derivative(**given)
    for place in np.ndindex(values[wrt].shape):
        step = np.zeros(values[wrt].shape)
        step[place] = 1e-3
        step = (step + step.T) / 2 if wrt == "S" else step
        ends = [at(**{**given, wrt: given[wrt] + k * step}) for k in (1, -1, 2, -2)]
        wanted = (8 * (ends[0] - ends[1]) - (ends[2] - ends[3])) / 12e-3
        np.testing.assert_allclose(found[(..., *place)], wanted, atol=1e-7)


def test_second_minors_of_a_matrix_that_is_nearly_singular() -> None:
    X = np.diag([1.0, 2.0, 3.0, 1e-9])
    found = matcalc.diff("det(X)", "X", order=2, verify=False).to_callable()(X=X)
    assert abs(found[0, 0, 3, 3] - 6) < 1e-12
    assert abs(found[0, 3, 3, 0] + 6) < 1e-12
    assert abs(found[0, 0, 1, 1] - 3e-9) < 1e-15


@pytest.mark.parametrize("text", ["sum(prod(Z, 2))", "y'*sin(prod(Z, 2))", "sum(prod(Z, 1).^2)"])
def test_products_of_lines(text: str) -> None:
    d = matcalc.diff(text, "Z", variables=KINDS, verify=False)
    found = d.to_callable()(**{name: VALUES[name] for name in d.variables})
    np.testing.assert_allclose(found, differences(text, "Z", 1), rtol=1e-6, atol=1e-6)


STAYS = {
    "prod(x)*sum(1./x)": lambda x, **_: np.prod(x) * np.sum(1 / x),
    "sum(prod(x)./x.^2)": lambda x, **_: np.sum(np.prod(x) / x**2),
    "sum(inv(X))*det(2*X)": lambda X, **_: np.sum(np.linalg.inv(X)) * np.linalg.det(2 * X),
    "sum(prod(A)*(1 + sum(A)./A))": lambda A, **_: np.sum(np.prod(A) * (1 + np.sum(A) / A)),
    "sum(inv(A))*det(X)": lambda X, A, **_: np.sum(np.linalg.inv(A)) * np.linalg.det(X),
}


@pytest.mark.parametrize("text", STAYS)
def test_values_are_those_of_the_formula(text: str) -> None:
    """At a regular point, whatever was taken up."""
    parsed = matcalc.parse(text, KINDS)
    rng = np.random.default_rng(1)
    given = {name: rng.normal(size=np.shape(VALUES[name])) for name in parsed.variables}
    assert parsed.to_callable()(**given) == pytest.approx(STAYS[text](**given), rel=1e-9)
