"""What claims say on kinks, where there is no derivative: what no generalised gradient is, is
named. Where the limits of the derivative are one number, it is the derivative.
"""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge

BEYOND = [
    (
        "max(a, b)",
        "a",
        "(a > b) + 2*(a == b)",
        "where a == b, the claim is 2, and beside it 0 to 1",
    ),
    ("relu(a)", "a", "where(a > 0, 1, where(a == 0, -1, 0))", "the claim is -1, and beside it 0"),
    ("sum(abs(x))", "x", "sign(x) + 3*(x == 0)", "entry [0] of the claim is 3, and beside it -1"),
    ("norm1(A*x)", "x", "A'*(sign(A*x) + 3*(A*x == 0))", "where A*x == 0, entry"),
    ("sum(max(X, 0))", "X", "(X > 0) - (X == 0)", "entry [0, 0] of the claim is -1"),
    ("max(a, 0)", "a", "(a > 0) + 3*(a == 0)", "is 3, and beside it 0 to 1: no"),
    # at a jump of the objective there is no derivative, whatever its limits
    ("where(a > 0, a + 1, a)", "a", "1 + (a == 0)", "the claim is 2, and beside it 1: no"),
    (
        "sum(abs(S))",
        "S",
        "sign(S) + 5*(S == 0)",
        "entry [0, 0] of the claim is 5, and beside it -1",
    ),
]
SECOND = [
    ("max(a, 0)^3", "6*max(a, 0)", "proved", ""),
    ("max(a, 0)^3", "6*max(a, 0) + (a == 0)", "wrong", "the derivative is 0, and the claim 1"),
    ("a*abs(a)", "2*sign(a) + (a == 0)", "agreed", ""),
    ("a*abs(a)", "2*sign(a) + 5*(a == 0)", "agreed", "beside it -2 to 2: no other value is a"),
    ("abs(a)", "7*(a == 0)", "agreed", "the claim is 7, and beside it 0: no other"),
    ("sum(relu(x).^3)", "6*diag(relu(x)) + diag((x == 0))", "wrong", "entry [0, 0] of the"),
    ("norm2(x)^5", "5*norm2(x)^3*eye + 15*norm2(x)*x*x' + (norm2(x) == 0)*eye", "wrong", "is 0"),
]
WRONG = [
    ("max(a, 0)^2", "a", "2*a*(a > 0) + (a == 0)", "where a == 0, the derivative is 0, and the"),
    ("abs(a)^3", "a", "3*a*abs(a) + 5*(a == 0)", "where a == 0, the derivative is 0, and the cla"),
    ("a*abs(a)", "a", "2*a*sign(a) + (a == 0)/3", "the derivative is 0, and the claim 0.3333"),
    (
        "huber(a, 1)",
        "a",
        "a*(abs(a) < 1) + sign(a)*(abs(a) > 1)",
        "where abs(a) == 1, the derivative is 1, and the claim 0",
    ),
    (
        "sum(huber(x, 1))",
        "x",
        "where(abs(x) == 1, 7*x, max(min(x, 1), -1))",
        "entry [0] of the derivative is 1, and the claim 7",
    ),
    ("sum(max(x, 0).^2)", "x", "2*max(x, 0) + (x == 0)", "entry [0] of the derivative is 0"),
    ("where(a > 0, a, a)", "a", "1 + (a == 0)", "the derivative is 1, and the claim 2"),
    ("sum(max(A*x, 0).^2)", "x", "2*A'*(max(A*x, 0) + (A*x == 0))", "where A*x == 0, entry"),
    # the other entries have a derivative on the kink of one
    ("abs(a)*b + b^2", "b", "abs(a) + 2*b + (a == 0)", ""),
    # the square of a norm has no kink
    ("norm2(x)^2", "x", "2*x + (norm2(x) == 0)*vector(1)", ""),
]
WITHIN = [
    ("max(a, b)", "a", "(a > b) + (a == b)/2"),
    ("max(a, b)", "a", "a >= b"),
    ("norm1(x)", "x", "sign(x) + (x == 0)"),
    ("norm1(x)", "x", "sign(x)"),
    ("relu(a)", "a", "where(a > 0, 1, where(a == 0, 1/2, 0))"),
    ("a*abs(a)", "a", "2*a*sign(a)"),
    ("huber(a, 1)", "a", "a*(abs(a) <= 1) + sign(a)*(abs(a) > 1)"),
    ("max(a, 0)^2", "a", "2*a*(a >= 0)"),
    ("abs(a)^3", "a", "3*a^2*sign(a)"),
    ("max(a, 0)", "a", "step(a) + (a == 0)/3"),
    ("where(a > 0, a^2, a^3)", "a", "where(a >= 0, 2*a, 3*a^2)"),
    ("sum(max(0, 1 - y.*(X*w)))", "w", "-X'*(y.*(y.*(X*w) <= 1))"),
    ("max(x)", "x", "x == max(x)"),
]


@pytest.mark.parametrize(("text", "wrt", "claim", "words"), BEYOND, ids=[row[2] for row in BEYOND])
def test_beyond(text: str, wrt: str, claim: str, words: str) -> None:
    report = judge(Claim(text, wrt, claim, {"S": "symmetric(n)"} if wrt == "S" else {}))
    assert report.ok
    assert any(words in note for note in report.notes)


@pytest.mark.parametrize(("text", "wrt", "claim", "words"), WRONG, ids=[row[2] for row in WRONG])
def test_where_there_is_a_derivative_it_is_judged(text, wrt, claim, words) -> None:
    report = judge(Claim(text, wrt, claim, {}))
    assert report.verdict == "wrong"
    assert words in str(report.diagnosis)
    assert judge(Claim(text, wrt, report.diagnosis.mended, {})).ok


@pytest.mark.parametrize(("text", "wrt", "claim"), WITHIN, ids=[row[2] for row in WITHIN])
def test_within(text: str, wrt: str, claim: str) -> None:
    report = judge(Claim(text, wrt, claim, {}))
    assert report.ok
    assert not any("kink" in note for note in report.notes)


@pytest.mark.parametrize(("text", "claim", "verdict", "words"), SECOND, ids=lambda text: text)
def test_second_derivatives(text: str, claim: str, verdict: str, words: str) -> None:
    report = judge(Claim(text, "x" if "x" in claim and "max" not in claim else "a", claim, order=2))
    assert report.verdict == verdict
    said = " ".join((str(report.diagnosis), *report.notes))
    assert words in said
    assert words or not report.notes


def test_a_claim_that_counts_both_sides_of_a_tie():
    """Beside it some partial derivatives have one limit, and others have two."""
    claim = "(khatrirao(M, T') + khatrirao(T', M))'/2 where M = (T*P == amax(T*P, 2)*vector(1)')'"
    found = judge(Claim("amax(T*P, 2)", "P", claim, {"T": "toeplitz(n)", "P": "psd(n)"}))
    assert found.verdict == "proved"
