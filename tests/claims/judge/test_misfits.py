"""Claims whose shapes do not fit, about functions that are only declared: a verdict with the
mistake, not an error.
"""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import ShapeError

F = {"F": "function(vector(p)) -> scalar", "A": "matrix(p, n)"}
H = {"H": "function(vector(p)) -> vector(q)", "A": "matrix(p, n)"}
Q = {"Q": "function(matrix(m, n)) -> scalar", "A": "matrix(m, k)", "B": "matrix(l, n)"}
LEFT, BOTH = Q | {"X": "matrix(k, n)"}, Q | {"X": "matrix(k, l)"}


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "variables", "kinds", "words"),
    [
        ("F(A*x)", "x", "A*grad_F(A*x)", F, ("factor-transposed",), "A should be A'"),
        ("F(A*x)", "x", "A'*grad_F(x)", F, ("chain-factor",), "x appears where A*x belongs"),
        (
            "F(A*x - b)",
            "x",
            "-A*grad_F(A*x - b)",
            F,
            ("factor-transposed", "sign"),
            "A should be A'",
        ),
        ("H(A*x)", "x", "A*jac_H(A*x)", H, ("order",), "should be jac_H(A*x)*A"),
        ("H(A*x)", "x", "jac_H(A*x)*A'", H, ("factor-transposed",), "A' should be A"),
        ("H(A*x)'*y", "x", "A*jac_H(A*x)'*y", H, ("factor-transposed",), "A should be A'"),
        ("Q(A*X)", "X", "A*grad_Q(A*X)", LEFT, ("factor-transposed",), "A should be A'"),
        ("Q(A*X*B)", "X", "A'*grad_Q(A*X*B)*B", BOTH, ("factor-transposed",), "B should be B'"),
    ],
)
def test_misfits_are_diagnosed(expr, wrt, claim, variables, kinds, words):
    report = judge(
        Claim(
            expr,
            wrt,
            claim,
            {name: kind for name, kind in variables.items() if f"{name}" in expr or name == wrt},
        )
    )
    assert (report.verdict, report.kinds) == ("wrong", kinds)
    assert words in str(report.diagnosis)
    assert "does not fit together" in report.shapes


def test_right_claims_are_proved_all_the_same():
    assert judge(Claim("F(A*x)", "x", "A'*grad_F(A*x)", F)).verdict == "proved"
    assert judge(Claim("H(A*x)", "x", "jac_H(A*x)*A", H)).verdict == "proved"


def test_what_fits_at_no_sizes_is_an_error():
    with pytest.raises(ShapeError, match="matrix"):
        judge(Claim("F(A*x)", "x", "grad_F(A*A')", F))


@pytest.mark.parametrize(
    ("claim", "words"),
    [
        ("2*A*(A*x - y)", "where m and n are sizes of A"),
        ("2*A*y", "where m is a size of A and n is a size of y"),
        ("2*A'*x", "where n is a size of A and m is a size of x"),
    ],
)
def test_where_sizes_come_from_is_said_in_words(claim: str, words: str) -> None:
    report = judge(Claim("norm2(A*x - y)^2", "x", claim))
    assert words in report.shapes
    assert "inferred" not in report.shapes


def test_a_claim_of_a_place_that_small_sizes_lack() -> None:
    report = judge(Claim("sum[i]((i == 3)*x[i])", "x", "unit(2, n)"))
    assert report.verdict == "wrong"
    assert report.counterexample is not None


@pytest.mark.parametrize("claim", ["X*inv(sqrtm(X'*X))", "X*(X'*X)^(-1/2)"])
def test_inverses_of_products_are_compared_where_they_have_a_value(claim: str) -> None:
    report = judge(Claim("nucnorm(X)", "X", claim))
    assert report.verdict == "agreed"
    assert any("for at least as many rows as columns" in note for note in report.notes)


@pytest.mark.parametrize(
    ("expr", "claim", "mended"),
    [
        # for square matrices 2*inv(X*X')*X is right as well
        ("logdet(X'*X)", "2*inv(X'*X)*X", "2*X*inv(X'*X)"),
        ("logdet(X*X')", "2*X*inv(X*X')", "2*inv(X*X')*X"),
        ("tr(inv(X'*X))", "-2*X*inv(X*X')^2", "-2*X*inv(X'*X)^2"),
        ("a'*X*X'*b", "X*(a*b' + b*a')", "(a*b' + b*a')*X"),
    ],
)
def test_a_mended_claim_is_right_for_all_shapes(expr: str, claim: str, mended: str) -> None:
    kinds = {"X": "matrix(n, m)"}
    found = judge(Claim(expr, "X", claim, kinds)).diagnosis
    assert found is not None
    assert found.mended == mended
    assert judge(Claim(expr, "X", mended, kinds)).verdict == "proved"
