"""Entries at places made of several indices: convolutions, correlations, strides, reversals."""

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import MatcalcError

FULL = {"y": "vector(n)", "k": "vector(m)", "x": "vector(n + m - 1)"}
CAUSAL = {"y": "vector(n)", "k": "vector(n)", "x": "vector(n)"}
IMAGE = {"Y": "matrix(n, m)", "K": "matrix(p, q)", "X": "matrix(n + p - 1, m + q - 1)"}
DOUBLE = {"y": "vector(n)", "x": "vector(2*n)"}
CASES = [
    ("sum[i,j](y[i]*k[j]*x[i-j+m])", "k", FULL, "D[j=1:m] = sum[i](y[i]*x[i-j+m])"),
    (
        "sum[i,j](y[i]*k[j]*x[i-j+m])",
        "x",
        FULL,
        "D[l=1:m+n-1] = sum[j>=m+1-l, j<=m+n-l](y[l+j-m]*k[j])",
    ),
    (
        "sum[i]((y[i] - sum[j](k[j]*x[i-j+m]))^2)",
        "x",
        FULL,
        "D[l=1:m+n-1] = -2*sum[i>=l+1-m, i<=l](k[i-l+m]*(y[i] - sum[j](k[j]*x[i-j+m])))",
    ),
    ("sum[i, j=1:i](y[i]*k[j]*x[i-j+1])", "k", CAUSAL, "D[i=1:n] = sum[j>=i](y[j]*x[j-i+1])"),
    (
        "sum[i, j=1:i](y[i]*k[j]*x[i-j+1])",
        "x",
        CAUSAL,
        "D[i=1:n] = sum[j<=n+1-i](y[i+j-1]*k[j])",
    ),
    ("sum[i=1:n](y[i]*x[n-i+1])", "x", CAUSAL, "D[i=1:n] = y[n+1-i]"),
    (
        "sum[i](y[i]*x[2*i-1]^2)",
        "x",
        DOUBLE,
        "D[j=1:2*n] = 2*sum[i=1:n, 2*i==j+1](y[i]*x[2*i-1])",
    ),
    (
        "sum[i,j,a,b](Y[i,j]*K[a,b]*X[i+a-1,j+b-1])",
        "K",
        IMAGE,
        "D[a=1:p, b=1:q] = sum[i, j](Y[i,j]*X[i+a-1,j+b-1])",
    ),
    (
        "sum[i,j,a,b](Y[i,j]*K[a,b]*X[i+a-1,j+b-1])",
        "X",
        IMAGE,
        "D[k=1:n+p-1, l=1:m+q-1] = sum[a<=k, a>=k+1-n, b<=l, b>=l+1-m](Y[k-a+1,l-b+1]*K[a,b])",
    ),
]


@pytest.mark.parametrize(
    ("text", "wrt", "variables", "printed"), CASES, ids=[f"{row[0]} {row[1]}" for row in CASES]
)
def test_forms(text, wrt, variables, printed):
    used = {name: kind for name, kind in variables.items() if name in text}
    found = matcalc.diff(text, wrt, variables=used)
    assert str(found) == printed
    assert found.verification.kind == "exact"


def test_code():
    y, k, x = np.arange(4.0), np.arange(1.0, 4.0), np.arange(6.0)
    found = matcalc.diff("sum[i]((y[i] - sum[j](k[j]*x[i-j+m]))^2)", "x", variables=FULL)
    rest = y - np.convolve(x, k, "valid")
    np.testing.assert_allclose(
        found.to_callable()(y=y, k=k, x=x), -2 * np.convolve(rest, k[::-1]), rtol=1e-12
    )
    image = np.arange(30.0).reshape(5, 6)
    value = matcalc.parse(
        "F[i=1:n, j=1:m] = sum[a,b](K[a,b]*X[i+a-1,j+b-1])", {"K": IMAGE["K"], "X": IMAGE["X"]}
    )
    kernel = np.array([[1.0, 2.0], [3.0, 5.0]])
    expected = sum(kernel[a, b] * image[a : a + 4, b : b + 5] for a in range(2) for b in range(2))
    np.testing.assert_allclose(value.to_callable()(K=kernel, X=image), expected, rtol=1e-12)


def test_sizes_in_conditions():
    value = matcalc.parse("sum[i, i>=n-m](x[i])", {"x": "vector(n)", "y": "vector(m)"})
    assert str(value) == "sum[i=n-m:n](x[i])"
    ends = matcalc.diff("sum[i<=m](x[i])", "x", variables={"x": "vector(n)", "y": "vector(m)"})
    assert str(ends) == "[ones(m); zeros(n - m)]"
    with pytest.raises(MatcalcError, match="end of the range") as caught:
        matcalc.diff("sum[i, i!=m](x[i])", "x", variables={"x": "vector(n)", "y": "vector(m)"})
    assert "sum[i<m](...) + sum[i>m](...)" in str(caught.value)
