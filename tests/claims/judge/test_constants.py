"""Claims and equations with a number that is a little off: wrong or undecided, never right."""

from __future__ import annotations

import pytest
from sweeps import thinned

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.equal import equal
from matcalc.claims.judge.report import AGREED, PROVED, UNDECIDED, WRONG
from matcalc.claims.judge.verdict import judge

POSITIVE = {"x": "positive(n)"}
CLAIMS = [
    ("2*sum(exp(x))", "x", "2*exp(x)", {}, PROVED),
    ("2*sum(exp(x))", "x", "2.0000000002*exp(x)", {}, WRONG),
    ("2*sum(exp(x))", "x", "2.00000000000000000002*exp(x)", {}, WRONG),
    ("sum(exp(x))*2.0000000002", "x", "2*exp(x)", {}, WRONG),
    ("sum(sin(x))*1.0000000001", "x", "cos(x)", {}, WRONG),
    ("sum(exp(2*x))", "x", "2*exp(2.0000000001*x)", {}, WRONG),
    ("sum(exp(2*x))", "x", "2*exp(2.00000000000000000001*x)", {}, UNDECIDED),
    ("sum(sqrt(x))", "x", "0.49999999999*x.^-0.5", POSITIVE, WRONG),
    ("sum(x.^2.5)", "x", "2.5*x.^1.50000000001", POSITIVE, WRONG),
    ("logsumexp(A*x)", "x", "1.000000001*A'*softmax(A*x)", {}, WRONG),
    ("log(det(eye + x*x'))", "x", "1.9999999999*x/(1 + x'*x)", {}, WRONG),
    ("sum(gelu(x))", "x", "normcdf(x) + x.*exp(-x.^2/2)*0.39894228040143", {}, UNDECIDED),
    ("specnorm(X)*1.0000000001", "X", "leftvec(X)*rightvec(X)'", {}, UNDECIDED),
    ("sum(gammaln(x))", "x", "0.99999999999*digamma(x)", POSITIVE, UNDECIDED),
    ("sum(atan(x) + atan(1./x) + x)", "x", "vector(1)", POSITIVE, PROVED),
    ("specnorm(X)*1.5", "X", "3*leftvec(X)*rightvec(X)'/2", {}, AGREED),
    ("norm2(x)", "x", "0.70710678118654752*sqrt(2)*x/norm2(x)", {}, UNDECIDED),
    ("norm2(x)", "x", "0.70710678*sqrt(2)*x/norm2(x)", {}, WRONG),
    ("sum(exp(x))", "x", "(0.1 + 0.2 + 0.7)*exp(x)", {}, PROVED),
    ("0.044715*sum(exp(x))", "x", "0.044715*exp(x)", {}, PROVED),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "variables", "verdict"), thinned(CLAIMS, 3))
def test_claims(expr: str, wrt: str, claim: str, variables: dict[str, str], verdict: str) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert report.verdict == verdict, str(report)


def test_what_is_said() -> None:
    report = judge(Claim("2*sum(exp(x))", "x", "2.0000000002*exp(x)"))
    assert "true - claim = -2e-10*exp(x)" in str(report.diagnosis)
    report = judge(Claim("sum(gammaln(x))", "x", "0.99999999999*digamma(x)", POSITIVE))
    assert "differs from the derivative by 1e-11, which is more than rounding" in report.reason
    report = judge(Claim("sum(exp(2*x))", "x", "2*exp(2.00000000000000000001*x)"))
    assert report.reason == "numbers do not tell 2.00000000000000000001 from 2"


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("2*exp(x)", "2.0000000001*exp(x)", "different"),
        ("2*exp(x)", "2.00000000000000000000001*exp(x)", "different"),
        ("exp(2*x)", "exp(2.000000000001*x)", "different"),
        ("exp(2*x)", "exp(2.00000000000000000001*x)", "undecided"),
        ("2*exp(x)*pi", "6.283185307179586*exp(x)", "undecided"),
        ("1.0000000001*gammaln(x)", "gammaln(x)", "undecided"),
        ("gamma(x + 1)", "x*gamma(x)", "equal"),
        ("atan(1/x) + atan(x)", "pi/2", "equal"),
    ],
)
def test_equations(left: str, right: str, verdict: str) -> None:
    found = equal(left, right, {"x": "positive"})
    assert found.verdict == verdict, str(found)
