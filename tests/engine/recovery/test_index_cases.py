"""Derivatives with one form on a diagonal and another beside it, which has no value on it."""

import numpy as np
import pytest

import matcalc

POINTS = {"q": "vector(n)", "x": "vector(n)", "X": "matrix(n, p)", "K": "matrix(n, n)"}
CASES = [
    (
        "sum[i!=j](log(abs(x[i] - x[j])))",
        "x",
        "D[i,j] = where(i == j, -2*sum[k!=i](1/(x[i] - x[k])^2), 2/(x[i] - x[j])^2)",
    ),
    (
        "sum[i<j](q[i]*q[j]/norm2(X[i,:] - X[j,:]))",
        "q",
        "D[i,j] = where(i != j, 1/norm2(X[i,:] - X[j,:]), 0)",
    ),
    (
        "sum[i<j](K[i,j]/(x[i] - x[j]))",
        "x",
        "D[i,j] = where(i < j, -2*K[i,j]/(x[i] - x[j])^3, where(i > j, 2*K[j,i]/(x[i] - x[j])^3, "
        "2*(sum[k>i](K[i,k]/(x[i] - x[k])^3) - sum[k<i](K[k,i]/(x[i] - x[k])^3))))",
    ),
]

# a triangle of what has no value everywhere, as far as is known: nothing stands on its other side
TRIANGLES = [
    ("sum[i](x[i]^3)*expm(exp(L))", "triangular(n)", "where(k >= l, "),
    ("sum[i](x[i]^3)*expm(exp(L))", "upper(n)", "where(k <= l, "),
    ("sum[i](x[i]^3)*expm(exp(L) + L*L)", "triangular(n)", "where(k >= l, "),
]


@pytest.mark.parametrize(("text", "kind", "printed"), TRIANGLES)
def test_triangles(text, kind, printed):
    found = matcalc.diff(text, "L", variables={"x": "vector(n)", "L": kind})
    assert found.verification.kind == "numeric"
    assert printed in str(found)


@pytest.mark.parametrize(("text", "wrt", "printed"), CASES, ids=[row[0] for row in CASES])
def test_forms(text, wrt, printed):
    used = {name: kind for name, kind in POINTS.items() if name in text}
    assert str(matcalc.diff(text, wrt, order=2, variables=used)) == printed


def test_code_and_latex():
    found = matcalc.diff("sum[i!=j](log(abs(x[i] - x[j])))", "x", order=2)
    x = np.array([1.0, 4.0, 2.0])
    gaps = x[:, None] - x + np.eye(3)
    expected = 2 / gaps**2 * (1 - np.eye(3))
    np.testing.assert_allclose(
        found.to_callable()(x=x), expected - np.diag(expected.sum(1)), rtol=1e-12
    )
    assert r"& i = j \\" in found.latex()


def test_a_condition_of_a_case_is_read():
    text = "F[i,j] = where(i < j, 1/(x[i] - x[j]), where(i == j, x[i], i - j))"
    value = matcalc.parse(text, {"x": "vector(n)"}).to_callable()(x=np.array([1.0, 3.0]))
    np.testing.assert_allclose(value, [[1.0, -0.5], [1.0, 3.0]])
    assert matcalc.equal(text, text, variables={"x": "vector(n)"})
