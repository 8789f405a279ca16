"""Claims about pieces that no value reaches, sizes at which a claim has values, and sizes that are
numbers.
"""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import AGREED, UNDECIDED, WRONG
from matcalc.claims.judge.verdict import judge
from matcalc.read.frontend import read
from matcalc.verify.oracle.bounds import bounds
from matcalc.verify.oracle.ordered import FALLING, RISING, order_of

KINDS = {"P": "psd(n)", "p": "positive", "S": "symmetric(n)"}


def _declared(text: str) -> dict[str, str]:
    return {name: kind for name, kind in KINDS.items() if name in text}


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("-x'*x", -1),
        ("-2*x'*x", -1),
        ("-(A*x)'*(A*x)", -1),
        ("x'*A'*A*x", 1),
        ("x'*(A*A' + eye)*x", 1),
        ("-vec(X)'*vec(X)*p", -1),
        ("x'*A'*P*A*x", 1),
        ("-y'*inv(A'*A)*y", -1),
        ("tr(A*P*A')", 1),
        ("x'*y", 0),
        ("x'*A*x", 0),
        ("x'*A*A*x", 0),
        ("-a*x'*x", 0),
        ("x'*x - 1", 0),
    ],
)
def test_signs_of_quadratic_forms(text: str, side: int) -> None:
    program = read(text, _declared(text))
    found = bounds(program.expr, program.variables)
    assert (found.least >= 0, found.most <= 0) == (side > 0, side < 0)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("svdvals(X)", FALLING),
        ("eigvals(S)", RISING),
        ("-2*eigvals(S) + 1", FALLING),
        ("svdvals(X).^2/p", FALLING),
        ("1 - exp(-eigvals(S))", RISING),
        ("1./(1 + svdvals(X))", 0),
        ("eigvals(S).^2", 0),
        ("eigvals(S).^3 + 2", RISING),
        ("eigvals(S) - svdvals(S)", RISING),
        ("eigvals(S) + svdvals(S)", 0),
        ("a*svdvals(X)", 0),
        ("x", 0),
    ],
)
def test_entries_in_order(text: str, order: int) -> None:
    program = read(text, _declared(text))
    assert order_of(program.expr, program.variables) == order


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "variables", "verdict"),
    [
        ("x'*x", "x", "2*x + relu(-x'*x)*x", {}, AGREED),
        ("x'*A'*A*x", "x", "2*A'*A*x + relu(-x'*A'*A*x)", {}, AGREED),
        ("max(svdvals(X))", "X", "leftvec(X)*rightvec(X)'", {}, AGREED),
        ("max(svdvals(X).^2)", "X", "2*specnorm(X)*leftvec(X)*rightvec(X)'", {}, AGREED),
        ("min(eigvals(S))", "S", "eigvec(-S)*eigvec(-S)'", {"S": "symmetric(n)"}, AGREED),
        (
            "where(svdvals(X)[2] > svdvals(X)[1], 5, specnorm(X))",
            "X",
            "leftvec(X)*rightvec(X)'",
            {"X": "matrix(4, 3)"},
            AGREED,
        ),
        ("nucnorm(X)", "X", "leftvecs(X)*rightvecs(X)'", {}, AGREED),
        ("nucnorm(X)", "X", "rightvecs(X')*leftvecs(X')'", {}, AGREED),
        ("nucnorm(X)", "X", "2*leftvecs(X)*rightvecs(X)'", {}, WRONG),
        ("sum(relu(x))", "x", "step(x) + relu(x[1]*x[2] - x'*x)", {}, UNDECIDED),
    ],
)
def test_verdicts(expr: str, wrt: str, claim: str, variables: dict[str, str], verdict: str) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert report.verdict == verdict, str(report)


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "variables", "said"),
    [
        (
            "F(A*x)",
            "x",
            "A*grad_F(A*x)",
            {"F": "function(vector(3)) -> scalar"},
            "A should be A'",
        ),
        (
            "H(A*x)",
            "x",
            "jac_H(A*x)*A'",
            {"H": "function(vector(3)) -> vector(2)"},
            "A' should be A",
        ),
        (
            "Q(A*X)",
            "X",
            "-A*grad_Q(A*X)",
            {"Q": "function(matrix(4, n)) -> scalar"},
            "A should be A'; and it has the wrong sign",
        ),
    ],
)
def test_sizes_that_are_numbers(
    expr: str, wrt: str, claim: str, variables: dict[str, str], said: str
) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert (report.verdict, str(report.diagnosis)) == (WRONG, said)
    assert "does not fit together" in report.shapes
