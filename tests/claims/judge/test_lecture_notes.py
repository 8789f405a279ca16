"""Slips as students make them: what is said of each, which mended is the derivative."""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.marks import statements
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
    ("sum(sin(x)./x)", "x", "cos(x)", {}, "it is only the derivative of sin(x)"),
    (
        "sum(exp(x)./x)",
        "x",
        "exp(x)",
        {},
        "it is only the derivative of exp(x)",
    ),
    # one branch, of which a number is claimed
    ("sum(abs(x))", "x", "1", {}, "it is right only where x > 0"),
    ("sum(max(x, 5))", "x", "0", {}, "it is right only where x <= 5"),
    ("sum(relu(X))", "X", "1", {}, "it is right only where X > 0"),
    # a branch beside which another entry is very large
    ("sum(where(x < -7, -x, exp(x)))", "x", "exp(x)", {}, "it is right only where x >= -7"),
    # a step has no derivative that could be missing
    ("sum(step(x).*exp(x))", "x", "exp(x)", {}, "the factor step(x) is missing"),
    # a number says nothing of its factors
    ("det(X)", "X", "1", {}, ""),
]

# formulas in LaTeX, of which each derivative is right
PROVED_TOGETHER = [
    (r"\nabla_x \|Ax-b\|^2 = 2A^\top r, r = Ax - b", 1),
    (r"r = Ax - b, \nabla_x \|r\|^2 = 2A^\top r", 1),
    (r"\nabla_x f(x, y) = y, f(x, y) = x^\top y", 1),
    (r"\nabla_x \sum_{i, j=1}^n x_i A_{ij} x_j = (A+A^\top)x", 1),
    (r"\nabla_x x^\top x = 2x, \nabla_x \|x\| = x/\|x\|", 2),
    (
        r"\frac{\partial \ell}{\partial w} = X^\top(\sigma(Xw) - y), "
        r"\ell = -\sum_i y_i\log\sigma(w^\top x_i) + (1-y_i)\log(1-\sigma(w^\top x_i))",
        1,
    ),
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


@pytest.mark.parametrize(("formula", "count"), PROVED_TOGETHER)
def test_equations_beside_each_other(formula: str, count: int) -> None:
    found = [Claim(f"${left}$", "", f"${claim}$") for left, claim in statements(formula)]
    assert [judge(each).verdict for each in found] == [PROVED] * count
