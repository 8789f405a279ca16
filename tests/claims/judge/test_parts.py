"""Claims about the derivative by an entry: d log(det(V)) / d V[i,j] is inv(V)[j,i]."""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import PROVED, WRONG
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import UnknownNameError


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "verdict", "correct"),
    [
        ("x'*A*x", "x[i]", "((A + A')*x)[i]", PROVED, "(A + A')[i, :]*x"),
        ("x'*A*x", "x[i]", "2*(A*x)[i]", WRONG, "(A + A')[i, :]*x"),
        ("log(det(V))", "V[i,j]", "inv(V)[j, i]", PROVED, "inv(V)[j, i]"),
        ("log(det(V))", "V[i,j]", "inv(V)[i, j]", WRONG, "inv(V)[j, i]"),
        (r"$\operatorname{tr}(A X)$", "X[i,j]", "$A_{ji}$", PROVED, "A[j, i]"),
        (
            r"$\log\sum_j e^{x_j}$",
            "x[k]",
            r"$\frac{e^{x_k}}{\sum_j e^{x_j}}$",
            PROVED,
            "softmax(x)[k]",
        ),
        (r"$\frac{\partial}{\partial x_i} \|x\|^2$", "", "$2x_i$", PROVED, "2*x[i]"),
    ],
)
def test_by_an_entry(expr: str, wrt: str, claim: str, verdict: str, correct: str) -> None:
    variables = {"A": "matrix(n, n)", "x": "vector(n)"} if "A" in expr else {}
    report = judge(Claim(expr, wrt, claim, variables))
    assert (report.verdict, report.correct) == (verdict, correct)


def test_a_vector_is_no_derivative_by_an_entry() -> None:
    report = judge(Claim("x'*A*x", "x[i]", "(A + A')*x"))
    assert report.verdict == WRONG
    assert report.shapes == "the claim is a vector, the derivative a number"
    with pytest.raises(UnknownNameError, match="the claim contains z"):
        judge(Claim("x'*x", "x[i]", "2*z[i]"))
