"""What is said of a wrong claim where sizes, kinks and arguments are taken for others; and of which
nothing is said, because what the points show does not hold everywhere.
"""

from __future__ import annotations

from itertools import islice

import pytest
from sweeps import thinned

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import PROVED, WRONG
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import ArgumentError
from matcalc.verify.exact.points import PointSurvey

B, AB, SA = {"b": "vector(m)"}, {"a": "vector(n)", "b": "vector(n)"}, {"a": "scalar", "b": "scalar"}
A, Y = {"a": "scalar"}, {"y": "vector(m)"}
PICKED = "sum[i,j]((i == j)*A[i,j]*x[i])"
PIECES = "sum(where(x > a, sin(x), x.^2))"
HUBER = "sum(huber(x, 1))"
HINGE = "sum(max(0, 1 - y.*(X*w)))"

# expression, variable, claim, declarations, what is said, and the claim mended as it says
TOLD = [
    ("tr(X)", "X", "eye(3)", {}, "it is right only if n is 3", "eye(n)"),
    ("A*x", "A", "kron(x', eye(m))", {}, "it is right only if n is m", "kron(x', eye(n))"),
    (PICKED, "A", "diag(x)", {"A": "matrix(n, m)"}, "it is right only if m is n", ""),
    (
        "det(X'*A*X)",
        "X",
        "2*det(X'*A*X)*inv(X)'",
        {},
        "it is right only if all sizes are equal: inv needs a square matrix, not matrix(n, m), "
        "where n and m are sizes of X",
        "",
    ),
    (
        HUBER,
        "x",
        "where(abs(x) < 1.01, x, sign(x))",
        {},
        "abs(x) < 1.01 should be abs(x) < 1",
        "where(abs(x) < 1, x, sign(x))",
    ),
    (
        PIECES,
        "x",
        "where(x > 0, cos(x), 2*x)",
        A,
        "x > 0 should be x > a",
        "where(x > a, cos(x), 2*x)",
    ),
    (
        PIECES,
        "x",
        "where(x > a, 2*x, cos(x))",
        A,
        "x > a should be x <= a",
        "where(x <= a, 2*x, cos(x))",
    ),
    ("max(a, b)", "a", "step(b - a)", SA, "step(b - a) should be step(a - b)", "step(a - b)"),
    (
        HINGE,
        "w",
        "-X'*where(y.*(X*w) < 0, y, 0)",
        Y,
        "y.*(X*w) < 0 should be 1 - y.*(X*w) > 0",
        "-X'*where(1 - y.*(X*w) > 0, y, 0)",
    ),
    ("sum(abs(x - y))", "y", "-sign(x)", {}, "x should be x - y", "-sign(x - y)"),
    (
        "norm1(A*x - b)",
        "x",
        "sign(x)",
        B,
        "the factor A' is missing; and x should be A*x - b",
        "A'*sign(A*x - b)",
    ),
    ("sum(A*x)", "x", "sum(A, 2)", {}, "A*vector(1) should be A'*vector(1)", "A'*vector(1)"),
    (
        "a'*inv(X)*b",
        "X",
        "-inv(X)'*b*a'*inv(X)'",
        AB,
        "-inv(X)'*b*a'*inv(X)' should be -inv(X)'*a*b'*inv(X)'",
        "-inv(X)'*a*b'*inv(X)'",
    ),
    ("sum(softplus(x))", "x", "1./(1 + exp(x))", {}, "the sign of x is wrong", "1./(1 + exp(-x))"),
    (
        "relu(x)^2",
        "x",
        "2*relu(x)*x",
        {"x": "scalar"},
        "the factor x should not be there",
        "2*relu(x)",
    ),
    ("x[1]^2", "x", "2*x[1]", {}, "it is only entry 1 of the derivative", "2*x[1]*unit(1, n)"),
    (
        "norm2(A*x - b)^2",
        "x",
        "2*A'*A*x - A'*b",
        B,
        "the term -A'*b should be doubled",
        "2*A'*A*x - 2*A'*b",
    ),
    (
        "norm2(A*x - b)^2",
        "x",
        "2*A'*A*x",
        B,
        "the term -2*A'*b is missing",
        "2*A'*A*x - 2*A'*b",
    ),
    ("x'*x + a'*x", "x", "a + x", AB, "the term x should be doubled", "a + 2*x"),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "variables", "said", "mended"), thinned(TOLD, 4))
def test_told(
    expr: str, wrt: str, claim: str, variables: dict[str, str], said: str, mended: str
) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert (report.verdict, str(report.diagnosis)) == (WRONG, said)
    assert report.diagnosis is not None
    if mended:
        assert mended in (report.diagnosis.mended, report.correct)
    assert judge(Claim(expr, wrt, mended or report.correct, variables)).ok


# what agrees with a wrong formula at the points, and is another one all the same
UNTOLD = [
    (HUBER, "min(x, 1)"),
    (HUBER, "where(x < 1, x, 1)"),
    (HUBER, "where(abs(x) < 1, x, 1)"),
]


@pytest.mark.parametrize(("expr", "claim"), thinned(UNTOLD, 4))
def test_untold(expr: str, claim: str) -> None:
    report = judge(Claim(expr, "x", claim))
    assert (report.verdict, report.diagnosis) == (WRONG, None)


def test_sizes_that_differ_have_no_difference() -> None:
    report = judge(Claim("x'*x", "x", "2*q", {"q": "vector(k)"}))
    assert (report.verdict, report.difference) == (WRONG, "")
    assert report.shapes == "the claim is vector(k), the derivative vector(n)"


def test_what_overflows_is_wrong_where_the_field_says_so() -> None:
    assert judge(Claim("sum(x)", "x", "10^400*x")).verdict == WRONG


def test_a_counterexample_shows_zero_as_zero() -> None:
    report = judge(Claim("x.^3", "x", "3*x.^2"))
    assert "true [[0]]" in str(report)


@pytest.mark.parametrize(
    ("expr", "wrt", "claim", "order"),
    [
        ("A*x", "A", "D[i,k,l] = x[l]*(i == k)", 1),
        ("sum[i](x[i]^2)", "x", "D[k] = sum[i](2*x[i]*(i == k))", 1),
        ("tr(X*X)", "X", "D[i,j,k,l] = 2*(i == l)*(j == k)", 2),
    ],
)
def test_indices_of_a_claim_run_over_the_axes_of_the_derivative(
    expr: str, wrt: str, claim: str, order: int
) -> None:
    assert judge(Claim(expr, wrt, claim, order=order)).ok


def test_a_proof_at_one_choice_of_sizes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = PointSurvey.sizes
    monkeypatch.setattr(PointSurvey, "sizes", lambda self: islice(sizes(self), 1))
    report = judge(Claim("x'*A*x", "x", "(A + A')*x"))
    assert report.verdict == PROVED
    assert report.notes == ("note: it is proved only at n=3: other sizes were not decided",)
    found = matcalc.diff("x'*A*x", "x")
    assert str(found.verification).endswith("2^-50, at n=3 alone)")


@pytest.mark.parametrize("option", [{"order": 0}, {"order": -1}, {"layout": "rows"}])
def test_arguments_are_checked(option: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        judge(Claim("x'*x", "x", "2*x", **option))  # type: ignore[arg-type]


@pytest.mark.parametrize(("expr", "claim"), [("sin(x)", "cos(x)"), (r"$e^{x}$", r"$e^x$")])
def test_a_claim_that_is_right_for_a_number_is_told_so(expr: str, claim: str) -> None:
    note = 'it is right if x is a number: declare "x: scalar"'
    assert note in judge(Claim(expr, "x", claim)).notes
    assert note not in judge(Claim(expr, "x", claim, {"x": "vector(n)"})).notes
