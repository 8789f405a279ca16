"""Claims that differ from the derivative in a narrow strip beside a kink, or by little: points are
taken close to every kink, errors are relative to the derivative whatever large numbers stand beside
it, and what is said of them is no coincidence.
"""

from __future__ import annotations

import pytest
from sweeps import slow

from matcalc.claims.equality import EQUAL, decide_by_value
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.read.frontend import read_pair

WRONG = [
    ("sum(relu(x))", "x", "sigmoid(1000*x)", {}),
    slow("sum(relu(A*x - b))", "x", "A'*sigmoid(5000*(A*x - b))", {"b": "vector(m)"}),
    ("sum(abs(x))", "x", "tanh(2000*x)", {}),
    ("sum(abs(x))", "x", "x./sqrt(x.^2 + 1/10^10)", {}),
    ("max(x)", "x", "softmax(1000*x)", {}),
    slow("sum(sqrt(x.^2 + 1/10^12))", "x", "sign(x)", {}),
    ("x'*x", "x", "2*x + where(abs(x - 3) < 1/1000, 1, 0)", {}),
    # 10^12 has no slope
    ("sum(max(x, 0)) + 10^12", "x", "0*x", {}),
    slow("sum(max(x, 0)) + 10^12", "x", "1000001/1000000*step(x)", {}),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "kinds"), WRONG, ids=str)
def test_wrong(expr: str, wrt: str, claim: str, kinds: dict[str, str]) -> None:
    report = judge(Claim(expr, wrt, claim, kinds))
    assert report.verdict == "wrong"
    if report.diagnosis is not None and report.diagnosis.mended:
        pair = read_pair(report.diagnosis.mended, report.correct, report.variables)
        assert decide_by_value(*pair).verdict == EQUAL


# the exact judge proves what it is asked at one choice of sizes: these are right at small ones
AT_SMALL_SIZES = [
    ("sum(x.^2)", "2*x*(1 + (n - 2)*(n - 3)*(n - 4)*(n - 5)*(n - 6)*(n - 7)*(n - 8))"),
    ("sum(x.^2)", "D[i] = 2*x[i]*(i != 9)"),
    ("sum(x.^2)", "D[i] = 2*x[i] + (i == 7)"),
    ("sum(x)", "ones(n)*(1 + (tr(eye(n)) - 3)*(n - 5)*(n - 4))"),
]


@pytest.mark.parametrize(("expr", "claim"), AT_SMALL_SIZES)
def test_wrong_at_larger_sizes(expr: str, claim: str) -> None:
    assert judge(Claim(expr, "x", claim, {})).verdict == "wrong"


def test_a_size_that_is_compared_with_a_number() -> None:
    report = judge(Claim("sum(x.^2)", "x", "2*x + (n == 12)*x", {}))
    assert report.verdict == "undecided"
    assert "no point was found where n == 12" in report.reason


RIGHT = [
    # cancels close to the kink
    (
        "sum(where(x > 0, (1 - cos(x))./x.^2, x))",
        "x",
        "where(x > 0, sin(x)./x.^2 - 2*(1 - cos(x))./x.^3, 1)",
        {},
    ),
    ("sum(max(x, 0)*10^12)/10^12", "x", "step(x)", {}),
    ("max(eigvals(S))", "S", "eigvec(S)*eigvec(S)'", {"S": "symmetric(n)"}),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "kinds"), RIGHT, ids=str)
def test_right(expr: str, wrt: str, claim: str, kinds: dict[str, str]) -> None:
    assert judge(Claim(expr, wrt, claim, kinds)).verdict in ("proved", "agreed")


SAID = [
    ("x'*x", "2.0000002*x", "2.0000002 should be 2"),
    ("x'*x", "2*x + 1e-7*x", "the term 1e-7*x should not be there"),
    ("sum(sin(x))", "1.0000001*cos(x)", "1.0000001 should be 1"),
    ("sum(abs(x))", "tanh(2000*x)", "none of the known mistakes"),
    # where the step is 1 the derivative vanishes
    (
        "softmax(x)",
        "diag(softmax(x)) - softmax(x)*softmax(x)' + diag(step(x - 700))",
        "the term diag(step(x - 700)) should not be there",
    ),
    ("x'*x + sum(sin(x))", "2*x - sin(x)", "-sin(x) appears where cos(x) belongs"),
]


@pytest.mark.parametrize(("expr", "claim", "said"), SAID)
def test_what_is_said_of_small_errors(expr: str, claim: str, said: str) -> None:
    assert said in str(judge(Claim(expr, "x", claim, {})))


@pytest.mark.parametrize(
    ("expr", "wrt", "claim"),
    [
        ("sum(x.^2)", "x", "where(x > 100, 3*x, 2*x)"),
        slow("3*sum(x.^2)", "x", "where(x < -50, 2*x, 6*x)"),
        slow("max(x'*A*x - 500, 0)", "x", "zeros(n)"),
        ("where(det(X) > 10^6, tr(X), 0)", "X", "zeros(n, n)"),
    ],
)
def test_nothing_false_is_said_where_a_branch_is_rare(expr, wrt, claim):
    report = judge(Claim(expr, wrt, claim, {}))
    assert report.verdict == "wrong"
    said = str(report.diagnosis or "")
    assert "only if" not in said
    assert "sign of" not in said
