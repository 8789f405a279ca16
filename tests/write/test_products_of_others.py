"""Derivatives of products where an entry is 0: the formula divides by it, generated code does
not.
"""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

X = np.array([[1.0, 0.0, 2.0], [3.0, 4.0, 0.0]])
x = np.array([2.0, 0.0, -3.0])
A = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 2.0]])

# expression, variable, declarations, values
CASES = [
    ("prod(x)", "x", {}, {"x": x}),
    ("prod(x)", "x", {}, {"x": np.array([0.0, 0.0, 1.0])}),
    ("3*c*prod(x) + sum(x)", "x", {"c": "scalar"}, {"x": x, "c": 0.5}),
    ("prod(A*x)", "x", {}, {"A": A, "x": x}),
    ("prod[i](x[i]^2 - 4)", "x", {}, {"x": x}),
    ("log(1 + prod(x)^2)", "x", {"x": "vector(n)"}, {"x": x}),
    ("prod(X)", "X", {"X": "matrix(m, n)"}, {"X": X}),
    ("sum(prod(X, 1))", "X", {}, {"X": X}),
    ("sum(prod(X, 2).^2)", "X", {}, {"X": X}),
    ("b'*prod(X, 2)", "X", {"b": "vector(m)"}, {"X": X, "b": np.array([1.0, 2.0])}),
    ("prod([x; y])", "x", {"y": "vector(k)"}, {"x": x, "y": np.array([1.0, 0.0])}),
    ("det(diag(A*x))", "x", {}, {"A": A, "x": x}),
    ("y'*prodothers(x)", "x", {"y": "vector(n)"}, {"x": x, "y": np.array([1.0, 2.0, 4.0])}),
]


@pytest.mark.parametrize(("expr", "wrt", "kinds", "values"), CASES)
def test_where_an_entry_is_zero(expr, wrt, kinds, values):
    found = matcalc.diff(expr, wrt=wrt, variables=kinds).to_callable()(**values)
    objective = matcalc.parse(expr, variables=kinds).to_callable()
    expected = np.zeros_like(values[wrt])
    for place in np.ndindex(expected.shape):
        ends = []
        for step in (1e-3, -1e-3):
            moved = values[wrt].copy()
            moved[place] += step
            ends.append(objective(**{**values, wrt: moved}))
        expected[place] = (ends[0] - ends[1]) / 2e-3
    np.testing.assert_allclose(found, expected, atol=1e-4)


# expression, kinds, the vector, and what the second derivative is there
SECOND = [
    ("prod(x)", {}, [0.0, 2.0, 3.0], [[0, 3, 2], [3, 0, 0], [2, 0, 0]]),
    ("prod(x)", {}, [0.0, 0.0, 3.0], [[0, 3, 0], [3, 0, 0], [0, 0, 0]]),
    ("2*prod(1 + x)", {}, [-1.0, 1.0, 2.0], [[0, 6, 4], [6, 0, 0], [4, 0, 0]]),
]


@pytest.mark.parametrize(("expr", "kinds", "at", "expected"), SECOND)
def test_the_second_derivative_where_an_entry_is_zero(expr, kinds, at, expected):
    d = matcalc.diff(expr, wrt="x", order=2, variables={"x": "vector(3)", **kinds})
    np.testing.assert_allclose(d.to_callable()(x=np.array(at)), expected, atol=1e-12)


# second derivatives, which have terms with two different entries and with one of them twice
TWICE = [
    ("prod(x.^2)", "x", {"x": "vector(n)"}, {"x": x}),
    ("det(diag(x))", "x", {"x": "vector(n)"}, {"x": x}),
    ("prod([x; y])", "x", {"x": "vector(n)", "y": "vector(k)"}, {"x": x, "y": x}),
    ("b'*prod(X, 2)", "X", {"b": "vector(m)"}, {"X": X, "b": np.array([1.0, 2.0])}),
    ("prod(X)", "X", {"X": "matrix(m, n)"}, {"X": X[:, 1:]}),
]


@pytest.mark.parametrize(("expr", "wrt", "kinds", "values"), TWICE)
def test_second_derivatives_where_an_entry_is_zero(expr, wrt, kinds, values):
    first = matcalc.diff(expr, wrt=wrt, variables=kinds).to_callable()
    found = matcalc.diff(expr, wrt=wrt, variables=kinds, order=2).to_callable()(**values)
    for place in np.ndindex(values[wrt].shape):
        ends = []
        for step in (1e-3, -1e-3):
            moved = values[wrt].copy()
            moved[place] += step
            ends.append(first(**{**values, wrt: moved}))
        expected = (ends[0] - ends[1]) / 2e-3
        np.testing.assert_allclose(found[(..., *place)], expected, atol=1e-4)


# where a formula still divides, its code has no value; what the inputs lack is no fault of it
SINGULAR = np.array([[1.0, 2.0, 3.0], [2.0, 4.1, 6.0], [3.0, 6.1, 9.0]])
REFUSED = [
    ("y'*prodothers(x)", "x", 2, {"x": x, "y": x}, "an entry that is 0"),
    ("det(X)", "X", 3, {"X": SINGULAR @ SINGULAR.T}, "singular"),
    ("tr(A*adj(X))", "X", 2, {"A": A, "X": SINGULAR @ SINGULAR.T}, "singular"),
]


@pytest.mark.parametrize(("expr", "wrt", "order", "values", "words"), REFUSED)
def test_a_formula_without_a_value_says_so(expr, wrt, order, values, words):
    square = {name: "matrix(n, n)" for name, value in values.items() if value.ndim == 2}
    derivative = matcalc.diff(expr, wrt=wrt, order=order, variables=square)
    function = derivative.to_callable()
    with np.errstate(all="ignore"), pytest.raises(matcalc.MatcalcError, match=words):
        function(**values)
    nothing = {name: value + np.nan for name, value in values.items()}
    with np.errstate(all="ignore"):
        assert np.isnan(function(**nothing)).all()


@pytest.mark.parametrize("expr", ["det(X)", "det(X)^2", "3*det(X)^3", "log(1 + det(X)^2)"])
def test_the_derivative_of_a_determinant_at_a_singular_matrix(expr):
    d = matcalc.diff(expr, wrt="X", variables={"X": "matrix(n, n)"})
    found = d.to_callable()(X=np.array([[1.0, 2.0], [2.0, 4.0]]))
    wanted = [[4, -2], [-2, 1]] if expr == "det(X)" else np.zeros((2, 2))
    np.testing.assert_allclose(found, wanted, atol=1e-12)
    assert "inv" in str(d)


def test_the_formula_divides():
    assert str(matcalc.diff("prod(x)", wrt="x")) == "prod(x)./x"


@pytest.mark.parametrize("axis", [None, 1, 2])
def test_the_function(axis):
    given = x if axis is None else X
    expected = [
        np.prod(np.delete(row, k))
        for row in ([x] if axis is None else X if axis == 2 else X.T)
        for k in range(len(row))
    ]
    shape = given.T.shape if axis == 1 else given.shape
    expected = np.reshape(expected, shape)
    found = matcalc.runtime.prodothers(given, axis)
    np.testing.assert_allclose(found, expected.T if axis == 1 else expected)
