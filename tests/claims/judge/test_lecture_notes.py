"""Slips as students make them: what is said of each, which mended is the derivative."""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import PROVED, WRONG
from matcalc.claims.judge.verdict import judge
from matcalc.read.frontend import read

# expression, variable, claim, declarations, and what is said ("" if nothing is)
TOLD = [
    # a factor that is missing is one of the language where it is put
    ("(a'*x)^2", "x", "2*(a'*x)", {}, "the factor a is missing"),
    ("(a'*x)^2", "x", "2*a'*x", {}, "the factor a is missing"),
    ("exp(a'*x)", "x", "exp(a'*x)", {}, "the factor a is missing"),
    # the product rule, entry by entry
    ("sum(x.*log(x))", "x", "1./x", {}, "it is the product of the derivatives of x and log(x)"),
    ("sum(X.*log(X))", "X", "1./X", {}, "it is the product of the derivatives of X and log(X)"),
    ("sum(sin(x)./x)", "x", "cos(x)", {}, "it is the derivative of sin(x) alone"),
    (
        "sum(exp(x)./x)",
        "x",
        "exp(x)",
        {},
        "it is the derivative of exp(x) alone",
    ),
    # a number says nothing of its factors
    ("det(X)", "X", "1", {}, ""),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "given", "said"), TOLD)
def test_told(expr: str, wrt: str, claim: str, given: dict[str, str], said: str) -> None:
    report = judge(Claim(expr, wrt, claim, variables=given))
    assert report.verdict == WRONG
    assert str(report.diagnosis or "") == said
    if report.diagnosis is not None:
        variables = {name: str(each) for name, each in read(expr, given).variables.items()}
        mended = Claim(expr, wrt, report.diagnosis.mended, variables=variables)
        assert judge(mended).verdict == PROVED
