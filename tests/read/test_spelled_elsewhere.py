"""Texts as other programs have them: a hint that is followed means what was meant.

Each row has the text, what the hint says to write, and the text that it then is, with what it means
in words of the language that nobody mistakes.
"""

from __future__ import annotations

import warnings

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

HINTS = [
    # R, where * and ^ go entry by entry
    ("rowSums(X^2)", "sum(X.^2, 2)", "sum(X.^2, 2)", "(X.*X)*ones"),
    ("rowSums(X*Y)", "sum(X.*Y, 2)", "sum(X.*Y, 2)", "(X.*Y)*ones"),
    ("colMeans(X - Y)", "mean(X - Y, 1)", "mean(X - Y, 1)", "mean(X, 1) - mean(Y, 1)"),
    ("X[1,]", "X[1, :]", "X[1, :]", "X[1, :]"),
    ("X[,2]", "X[:, 2]", "X[:, 2]", "X[:, 2]"),
    ("determinant(X)$modulus", "logdet(X)", "logdet(X)", "log(abs(det(X)))"),
    # functions of libraries, of what was typed
    ("mean(square(X*w - y))", "(X*w - y).^2", "mean((X*w - y).^2)", "mean((y - X*w).^2)"),
    ("rms(X*w)", "sqrt(mean((X*w).^2))", "sqrt(mean((X*w).^2))", "sqrt(mean((X*w).*(X*w)))"),
    ("np.clip(x, 0, 1)", "min(max(x, 0), 1)", "min(max(x, 0), 1)", "min(max(x, 0), 1)"),
    ("log_determinant(X)", "logdet(X)", "logdet(X)", "log(abs(det(X)))"),
    ("cp.log_sum_exp(x)", "logsumexp(x)", "logsumexp(x)", "log(sum(exp(x)))"),
    ("cp.log_det(X)", "logdet(X)", "logdet(X)", "log(abs(det(X)))"),
    ("norm(X, p='fro')", "norm(X, 'fro')", "norm(X, 'fro')", "norm2(X)"),
    ('norm(X, ord="fro")', "norm(X, 'fro')", "norm(X, 'fro')", "norm2(X)"),
    ("norm(x, 0)", "sum(x != 0)", "sum(x != 0)", "sum(1 - (x == 0))"),
    # a row beside a matrix is added to every row
    ("X - mu'", "X - ones*mu'", "X - ones*mu'", "X - (mu*ones')'"),
    ("(x'*A*x)[0]", "x'*A*x alone", "x'*A*x", "x'*A*x"),
]


@pytest.mark.parametrize(("text", "hint", "followed", "meant"), HINTS)
def test_hints(text: str, hint: str, followed: str, meant: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        with pytest.raises(MatcalcError) as refused:
            matcalc.parse(text)
        assert f"write {hint}" in (refused.value.hint or "")
        assert matcalc.equal(followed, meant)


def test_a_derivative_of_mathematica() -> None:
    with pytest.raises(MatcalcError) as refused:
        matcalc.parse("D[x.A.x, x]")
    assert "enter only what is differentiated" in (refused.value.hint or "")


def test_no_matrix_exponential_where_nothing_is_time() -> None:
    with pytest.raises(MatcalcError) as refused:
        matcalc.parse("A*x*y")
    assert "expm" not in (refused.value.hint or "")


READ = [
    ("cp.norm(A@x - b, 1)", "norm1(A*x - b)"),
    ("cp.sum(cp.square(A@x - b))", "norm2(A*x - b)^2"),
    ("cp.sum(cp.multiply(y, X@w))", "y'*X*w"),
    ("cp.trace(A@X)", "tr(A*X)"),
]


@pytest.mark.parametrize(("text", "meant"), READ)
def test_what_cvxpy_means_too(text: str, meant: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        assert matcalc.equal(text, meant)


ENTRYWISE = [
    ("tr(exp(X))", {}, "write expm(X)"),
    ("tr(X*log(X))", {"X": "psd(n)"}, "write logm(X)"),
    ("det(exp(A*X))", {}, "write expm(...)"),
]


@pytest.mark.parametrize(("text", "kinds", "note"), ENTRYWISE)
def test_functions_of_entries_under_a_trace(text: str, kinds: dict[str, str], note: str) -> None:
    with pytest.warns(matcalc.NotationWarning) as caught:
        matcalc.parse(text, kinds)
    assert any(note in str(each.message) for each in caught)


@pytest.mark.parametrize("text", ["tr(exp(-D./2)*K)", "sum(exp(X))", "tr(expm(X))"])
def test_nothing_to_note(text: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        matcalc.parse(text)
