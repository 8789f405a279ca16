"""Claims with a value of their own on a surface, as where sum(x) == 1; no random point is there."""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import AGREED, PROVED, UNDECIDED, WRONG
from matcalc.claims.judge.verdict import judge

KINDS = {"K": "psd(n)"}


def _claim(text: str, wrt: str, claim: str) -> Claim:
    return Claim(text, wrt, claim, {name: kind for name, kind in KINDS.items() if name in text})


@pytest.mark.parametrize(
    ("text", "wrt", "claim"),
    [
        ("x'*x", "x", "2*x + (sum(x) == 1)*vector(1)"),
        ("x'*x", "x", "2*x + (x'*x == 1)*x"),
        ("x'*x", "x", "2*x + where(sum(x) == 1, 1, 0)*x"),
        ("x'*x", "x", "2*x + (x[1] == x[2])*x"),
        ("x'*x", "x", "2*x.*(x != 3)"),
        ("x'*x", "x", "2*x + ((sum(x) >= 1) - (sum(x) > 1))*x"),
        ("x'*A*x", "x", "(A + A')*x + (x'*A*x == 0)*x"),
        ("tr(A*A)", "A", "2*A' + (tr(A) == 0)*A"),
        ("a^2", "a", "2*a + 1 - sign(a - 2)^2"),
        ("a", "a", "(a > 0) + (a < 0)"),
        ("log(a)", "a", "1/a + (a == 1/3)"),
        ("abs(a)", "a", "sign(a) + (a == 2)"),
        ("sum(exp(x))", "x", "exp(x) + (prod(x) == 3)*x"),
        ("logdet(K)", "K", "inv(K)*(det(K) != 2)"),
    ],
)
def test_a_jump_of_the_claim_is_seen(text: str, wrt: str, claim: str) -> None:
    report = judge(_claim(text, wrt, claim))
    assert report.verdict == WRONG
    if report.diagnosis is not None and report.diagnosis.mended:  # without what jumps
        assert judge(_claim(text, wrt, report.diagnosis.mended)).verdict in (AGREED, PROVED)


@pytest.mark.parametrize(
    ("text", "claim", "surface"),
    [
        ("x'*x", "2*x + (x'*x == 2)*x", "x'*x == 2"),
        ("x'*x", "2*x + (exp(sum(x)) == 2)*x", "exp(sum(x)) == 2"),
    ],
)
def test_a_surface_without_points_is_named(text: str, claim: str, surface: str) -> None:
    report = judge(Claim(text, "x", claim))
    assert report.verdict == UNDECIDED
    assert surface in report.reason


@pytest.mark.parametrize(
    ("text", "wrt", "claim"),
    [
        ("norm2(x)", "x", "where(sum(x.^2) == 0, 0*x, x/norm2(x))"),  # no derivative there
        ("sum(sqrt(x))", "x", "(x != 0)./(2*sqrt(x))"),
        ("det(A)", "A", "where(det(A) == 0, cof(A), det(A)*inv(A)')"),
        ("sum(abs(x))", "x", "sign(x)"),
        ("sum(relu(x))", "x", "step(x)"),
        ("sum(max(x, 0).^2)", "x", "2*x.*(x > 0)"),
        ("sum(huber(x, 1))", "x", "where(abs(x) <= 1, x, sign(x))"),
        ("a*abs(a)", "a", "2*a*sign(a)"),
        ("a^3", "a", "3*a^2*sign(a)^2"),
        ("x'*x", "x", "2*x + (x'*x == -1)*x"),  # nowhere
    ],
)
def test_a_right_claim_may_jump(text: str, wrt: str, claim: str) -> None:
    assert judge(_claim(text, wrt, claim)).verdict in (AGREED, PROVED)
