"""Claims with a value of their own on a surface, as where sum(x) == 1; no random point is there."""

from __future__ import annotations

import pytest
from sweeps import thinned

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import AGREED, PROVED, UNDECIDED, WRONG
from matcalc.claims.judge.verdict import judge

KINDS = {
    "K": "psd(n)",
    "S": "symmetric(n)",
    "D": "diagonal(n)",
    "W": "skew(n)",
    "A": "matrix(n, n)",
    "B": "matrix(n, n)",
}


def _claim(text: str, wrt: str, claim: str) -> Claim:
    return Claim(
        text, wrt, claim, {name: kind for name, kind in KINDS.items() if name in text + claim}
    )


SEEN = [
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
    ("logdet(K)", "K", "inv(K) + (tr(K) == 1)*eye"),
    # the claim adds nothing where the surface is zero, so other points on it are needed
    ("tr(A*A)", "A", "2*A' + (norm2(A - A') == 0)*A"),
    ("tr(A*A)", "A", "2*A' + (norm2(A'*A - eye) == 0)*A"),
    ("tr(A*A)", "A", "2*A' + (norm2(A - eye) == 0)*A"),
    ("tr(expm(A))", "A", "expm(A)' + (norm2(A*B - B*A) == 0)*A"),
    ("a^2*b", "a", "2*a*b + (a^2 + b^2 == 0)"),
    ("sum(x.*log(x))", "x", "1 + log(x) + (sum(x) == 1)"),
    ("norm2(S)^2", "S", "2*S.*(1 + (S == 0)) + (S[1,2] == 0)*S"),
    ("norm2(D)^2", "D", "2*D + eye.*(D == 0)"),
    ("norm2(W)^2", "W", "2*W + (W[1,2] == 0)*W"),
    # where the objective may not be smooth, but has a derivative
    ("norm2(x)^3", "x", "3*norm2(x)*x + (norm2(x) == 0)*vector(1)"),
    ("norm2(x)^3", "x", "where(x'*x == 0, vector(2), 3*norm2(x)*x)"),
    ("(x'*x)^(3/2)", "x", "3*norm2(x)*x + (sum(x.^2) == 0)*vector(1)"),
    ("hypot(a, b)^3", "a", "3*hypot(a, b)*a + (hypot(a, b) == 0)"),
    ("det(A)", "A", "cof(A) + (det(A) == 0)*ones(n, n)"),
    ("det(A)^2", "A", "2*det(A)*cof(A) + (det(A) == 0)*A"),
    ("sum(relu(S).^2)", "S", "2*relu(S) + 5*(S == 0)"),
    ("sum(relu(D).^2)", "D", "2*relu(D) + 5*(D == 0).*eye"),
    ("sum(relu(W).^2)", "W", "relu(W) - relu(-W) + (W[1,2] == 0)*W.^3"),
]


@pytest.mark.parametrize(("text", "wrt", "claim"), thinned(SEEN, 3))
def test_a_jump_of_the_claim_is_seen(text: str, wrt: str, claim: str) -> None:
    report = judge(_claim(text, wrt, claim))
    assert report.verdict == WRONG
    if report.diagnosis is not None and report.diagnosis.mended:  # without what jumps
        assert judge(_claim(text, wrt, report.diagnosis.mended)).verdict in (AGREED, PROVED)


@pytest.mark.parametrize(
    ("text", "claim", "surface"),
    [
        ("x'*x", "2*x + (sum(x)^2 == 2)*x", "sum(x)^2 == 2"),
        ("x'*x", "2*x + (sin(sum(x)) == 1)*x", "sin(sum(x)) == 1"),
        ("norm1(x)", "sign(x) + (sum(x)^2 == 2)*x", "sum(x)^2 == 2"),
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
        ("sum(huber(x, 1))", "x", "where(abs(x) < 1, x, sign(x))"),  # where x is not 0
        ("norm2(x)^3", "x", "where(norm2(x) == 0, 0*x, 3*norm2(x)*x)"),
        ("norm1(S)", "S", "sign(S) + (S == 0)/2"),
    ],
)
def test_a_right_claim_may_jump(text: str, wrt: str, claim: str) -> None:
    assert judge(_claim(text, wrt, claim)).verdict in (AGREED, PROVED)


@pytest.mark.parametrize("condition", ["tr(A) == 1", "norm2(A - A') == 0", "det(A - B) == 0"])
def test_a_kind_of_matrix_is_no_reason_off_the_surface(condition: str) -> None:
    # a diagonal matrix has another trace, so the claim is right for all that are drawn
    report = judge(Claim(f"where({condition}, sum(x), x'*A*x)", "x", "(A + A')*x", KINDS))
    assert report.verdict in (WRONG, UNDECIDED)
    assert "only if" not in str(report.diagnosis)
