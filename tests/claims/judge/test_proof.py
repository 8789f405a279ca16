"""Claims that exact arithmetic proves or refutes, beside what numbers say."""

from __future__ import annotations

import pytest
from sweeps import thinned

from matcalc.claims.judge.claim import DISPROVED, OPEN, PROVED, Claim
from matcalc.claims.judge.claims import question
from matcalc.claims.judge.verdict import judge
from matcalc.testing import check_gradient, check_jvp, check_vjp

SQUARE = {"X": "matrix(n, n)", "A": "matrix(n, n)"}


@pytest.mark.parametrize(
    ("claim", "outcome"),
    thinned(
        [
            pytest.param(Claim("x'*A*x", "x", "(A + A')*x"), PROVED, id="gradient"),
            pytest.param(Claim("x'*A*x", "x", "x'*(A + A')"), PROVED, id="row"),
            pytest.param(
                Claim("x'*A*x", "x", "x'*(A + A')", layout="numerator"), PROVED, id="numerator"
            ),
            pytest.param(Claim("A*x", "x", "A'", layout="denominator"), PROVED, id="denominator"),
            pytest.param(Claim("x'*x", "x", "2*eye", order=2), PROVED, id="open-size"),
            pytest.param(Claim("sum(x)", "x", "ones"), PROVED, id="open-size-of-a-vector"),
            pytest.param(
                Claim("x'*x/2", "x", "ones'*ones*x"), OPEN, id="size-that-nothing-fixes-either"
            ),
            pytest.param(Claim("3*x'*x/2", "x", "tr(eye)*x"), OPEN, id="size-that-nothing-fixes"),
            pytest.param(Claim("A*X*B", "X", "kron(B', A)"), PROVED, id="kronecker"),
            pytest.param(Claim("A*X*B", "X", "kron(A, B')"), DISPROVED, id="kronecker-swapped"),
            pytest.param(
                Claim("A*X*B", "X", "kron(B, A')", layout="denominator"),
                PROVED,
                id="kronecker-denominator",
            ),
            pytest.param(
                Claim("X*A*X", "X", "kron(X'*A', eye) + kron(eye, X*A)", SQUARE),
                PROVED,
                id="kronecker-of-open-sizes",
            ),
            pytest.param(
                Claim("tr(X*A*X*A)", "X", "kron(A, A')+kron(A', A)", SQUARE, 2),
                DISPROVED,
                id="hessian-of-another-vec",
            ),
            pytest.param(
                Claim("logdet(S)", "S", "inv(S)", {"S": "symmetric(n)"}), PROVED, id="symmetric"
            ),
            pytest.param(
                Claim("tr(A*S)", "S", "A'", {"S": "symmetric(n)"}),
                DISPROVED,
                id="outside-of-the-kind",
            ),
            pytest.param(
                Claim("tr(A*S)", "S", "A'", {"S": "symmetric(n)"}, structure="free"),
                PROVED,
                id="free",
            ),
            pytest.param(Claim("sum(tanh(x))", "x", "1 - tanh(x).^2"), PROVED, id="transcendental"),
            pytest.param(Claim("norm2(x)", "x", "x/norm2(x)"), PROVED, id="root"),
            pytest.param(Claim("sum(x)", "x", "2"), OPEN, id="another-rank"),
            pytest.param(Claim("x'*A*x", "x", "2*A*y", {"y": "vector(k)"}), OPEN, id="misfit"),
        ],
        3,
    ),
)
def test_outcomes(claim, outcome):
    found = question(claim).proof()
    assert found == outcome
    report = judge(claim)
    assert report.verdict == {PROVED: "proved", DISPROVED: "wrong"}.get(found, report.verdict)
    if found == PROVED:
        assert str(report.checked).startswith("exact (error probability < 2^-50); ")


def test_a_rounded_number_is_wrong_however_little():
    report = judge(Claim("x^3/9", "x", "0.333333333333*x^2", {"x": "scalar"}))
    assert (report.verdict, report.kinds) == ("wrong", ("rounded",))
    assert "right to 12 digits only" in str(report)
    assert "true - claim = x^2/3e12" in str(report)


def test_what_numbers_alone_can_say_is_agreed():
    assert judge(Claim("tr(expm(X))", "X", "expm(X)'")).verdict == "agreed"


def test_claims_in_tests():
    assert check_gradient("tr(A*X*X)", "A'*X' + X'*A'", wrt="X").verdict == "proved"
    assert check_gradient("x'*x", lambda x: 2 * x, wrt="x").verdict == "agreed"
    assert check_vjp("A*X", "A'*U", wrt="X").verdict == "proved"
    assert (
        check_jvp("X*X", "dX*X + X*dX", wrt="X").verdict == "agreed"
    )  # holds at one step, of which no proof speaks
