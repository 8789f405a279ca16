"""Sums of what is broadcast: no array of all that is added, and the same value."""

from __future__ import annotations

import re
import sys
from typing import Any

import numpy as np
import pytest

import matcalc
from matcalc import runtime
from matcalc.verify.oracle.interpret import interpret

SIZES = {"m": 4, "d": 3, "k": 5, "r": 2}
SHAPES = {
    "X": "matrix(m, d)",
    "M": "matrix(k, d)",
    "L": "matrix(r, d)",
    "D": "symmetric(m)",
    "v": "vector(m)",
    "w": "vector(k)",
    "p": "positive(d)",
    "q": "vector(d)",
    "c": "positive",
}
RBF = "v'*exp(-c*sq)*w where sq[i,j] = norm2(X[i,:] - M[j,:])^2"
FIT = "norm2(exp(-c*sq)*w - v)^2 where sq[i,j] = norm2(X[i,:] - M[j,:])^2"
ARD = "v'*K*v where K[i,j] = exp(-sum[k](p[k]*(X[i,k] - X[j,k])^2))"
# expression, variable, what stands in the code, what does not
CODES = [
    (RBF, "v", ["squared_distances(X, M)"], ["None"]),
    (FIT, "M", ["squared_distances(X, M)"], ["einsum"]),
    (RBF.replace("X[i,:] - M[j,:]", "M[j,:] - X[i,:]"), "v", ["squared_distances(X, M)"], []),
    (RBF.replace("norm2(X[i,:] - M[j,:])^2", "sum[l]((M[j,l] - X[i,l])^2)"), "v", ["X, M)"], []),
    ("sum[i,j](v[i]*norm2(X[i,:] - M[j,:]))", "v", ["sqrt(squared_distances(X, M))"], ["None"]),
    (ARD, "X", ["t1 = X * np.sqrt(p)", "squared_distances(t1, t1)"], ["axis=2"]),
    (ARD.replace("p[k]", "q[k]"), "v", ["@ q"], ["squared_distances"]),
    # a matrix is multiplied with the rows, not with their differences
    ("sum[i,j](v[i]*norm2(L*(X[i,:] - X[j,:])')^3)", "v", ["t1 = X @ L.T", "(t1, t1)"], ["None"]),
    ("sum[i,j](v[i]*sum(tanh(L*(X[j,:] - X[i,:])')))", "v", ["t1[None, :, :] - t1[:, None"], []),
    # a product is contracted before it is summed, and what a mask leaves out is left out before
    (
        "sum[i<j]((norm2(X[i,:] - X[j,:]) - D[i,j])^2)",
        "X",
        ["= X - np.sum(X, axis=0) / m"],
        ["ijk", "where"],
    ),
    ("sum[i<j](1/norm2(X[i,:] - X[j,:]))", "X", ["t2 @ t3", "[...] = 0.0"], ["ijk", "where"]),
    ("sum[i,j](v[i]*norm2(X[i,:] - M[j,:])^3*w[j])", "X", ["/ k", "M - t"], ["ijk"]),
    (
        "sum[i,j](v[i]*exp((X[j,:] - X[i,:])*L'*L*(X[j,:] - X[i,:])'))",
        "v",
        ["L.T @ L", '"ijk,kij->ij"'],
        [],
    ),
    # the sum of a difference is the difference of two sums
    (
        "sum[i,j,k](relu(1 + norm2(X[i,:] - X[j,:])^2 - norm2(X[i,:] - X[k,:])^2))",
        "X",
        ["t1 = squared_distances(X, X)", "t1[:, :, None]"],
        ["axis=1"],
    ),
]


def point(d: matcalc.Derivative) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    values = {}
    for name, variable in d.variables.items():
        value = rng.uniform(0.5, 1.5, [dim.size(SIZES) for dim in variable.shape])
        values[name] = value + value.T if name == "D" else value
    return values


@pytest.mark.parametrize(("text", "wrt", "parts", "others"), CODES)
def test_code_of_sums(text: str, wrt: str, parts: list[str], others: list[str]) -> None:
    kinds = {name: SHAPES[name] for name in re.findall(r"\b[A-Za-z]\b", text) if name in SHAPES}
    d = matcalc.diff(text, wrt, variables=kinds)
    source = d.source().split('"""')[2].split("\n\n\n")[0]
    assert all(part in source for part in parts), source
    assert not any(part in source for part in others), source
    values = point(d)
    wanted = interpret(d._tree, values, SIZES)
    namespace: dict[str, Any] = {}
    exec(d.source(), namespace)
    for function in (namespace["f"], d.to_callable(), d.to_callable(check=False)):
        np.testing.assert_allclose(function(**values), wanted, rtol=1e-12, atol=1e-12)
        step = {**values, "X": values["X"] + 1e-30j}
        np.testing.assert_allclose(np.real(function(**step)), wanted, rtol=1e-12, atol=1e-12)
        single = {name: value.astype("f") for name, value in values.items() if value.ndim}
        single |= {name: np.float32(value) for name, value in values.items() if not value.ndim}
        assert function(**single).dtype == np.float32


@pytest.mark.parametrize(
    "text",
    ["sum[i<j](sum(X[j,:] - X[i,:])/(j - i))", "sum[i<j](v[i]*sum(log(abs(X[j,:] - X[i,:]))))"],
)
def test_zero_times_infinity_is_not_left_over(text: str) -> None:
    """What is infinite where the mask does not hold stays behind the mask."""
    kinds = {name: SHAPES[name] for name in ("X", "v") if name in text}
    d = matcalc.diff(text, "X", variables=kinds)
    values = point(d)
    wanted = interpret(d._tree, values, SIZES)
    assert np.isfinite(wanted).all()
    np.testing.assert_allclose(d.to_callable()(**values), wanted, rtol=1e-12)


def test_sums_of_differences_of_rows_keep_digits_far_from_zero() -> None:
    """They are products of matrices, with the rows counted from their mean."""
    d = matcalc.diff("sum[i,j](log(1 + norm2(X[i,:] - X[j,:])^2)/(1 + p[i]))", "X")
    rng = np.random.default_rng(0)
    X, p = 2.0**26 + np.round(2**20 * rng.normal(size=(30, 2))) / 2**20, rng.uniform(size=30)
    shifted, code = X - 2.0**26, d.to_callable()  # exactly
    assert "ijk" not in code.source
    np.testing.assert_allclose(code(X=X, p=p), code(X=shifted, p=p), rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("library", ["none", "scipy.spatial.distance"])
@pytest.mark.parametrize("rows", [0, 3, 50, 400])
def test_squared_distances(library: str, rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    if library == "none":
        monkeypatch.setitem(sys.modules, "scipy.spatial.distance", None)
    else:
        pytest.importorskip(library)
    runtime.distances._cdist.cache_clear()
    rng = np.random.default_rng(0)
    X, Y = 1e8 + rng.normal(size=(rows, 4)), 1e8 + rng.normal(size=(60, 4))
    wanted = ((X[:, None] - Y) ** 2).sum(axis=2)  # the digits of small differences are kept
    np.testing.assert_allclose(runtime.squared_distances(X, Y), wanted, rtol=1e-13)
    step = runtime.squared_distances(X + 1e-30j, Y).imag / 1e-30
    np.testing.assert_allclose(step, 2 * (X[:, None] - Y).sum(axis=2), rtol=1e-12, atol=1e-12)
    assert runtime.squared_distances(X.astype("f"), Y.astype("f")).dtype == "f"
    runtime.distances._cdist.cache_clear()
