"""What does not move with the variable may be on a kink: the gradient is verified all the same."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge

STILL = [
    ("sum(y.^1.5.*z)", "z", {"y": "onehot(n)"}),
    ("sum(sqrt(1 - y).*exp(z))", "z", {"y": "onehot(n)"}),
    ("sum(sqrt(Y + Y.*Y).*Z)", "Z", {"Y": "onehot(m, n)", "Z": "matrix(m, n)"}),
    ("norm2(A*y - A*y)*sum(z)", "z", {}),
    ("norm1(diag(P))*sum(z)", "z", {"P": "spd(n)"}),
    ("relu(P[1, 1])*sum(z)", "z", {"P": "spd(n)"}),
    ("sum(z)*sum(abs(T[:, 1] - T[:, 2]))", "z", {"T": "circulant(n)"}),
]


@pytest.mark.parametrize(("text", "wrt", "kinds"), STILL, ids=[row[0] for row in STILL])
def test_verified(text: str, wrt: str, kinds: dict[str, str]) -> None:
    assert matcalc.diff(text, wrt, variables=kinds).verification.kind in ("exact", "numeric")


@pytest.mark.parametrize(("claim", "verdict"), [("sqrt(1 - y)", "proved"), ("1 + y", "wrong")])
def test_claims(claim: str, verdict: str) -> None:
    kinds = {"y": "onehot(n)", "z": "vector(n)"}
    assert judge(Claim("sum(sqrt(1 - y).*z)", "z", claim, kinds)).verdict == verdict


def test_what_moves_may_not() -> None:
    with pytest.raises(matcalc.MatcalcError, match="y is one-hot, and its zeros are on a kink"):
        matcalc.diff("sum(sqrt(y).*z)", "y", variables={"y": "onehot(n)"}).verification  # noqa: B018


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("sqrt(y)", "y", "equal"),
        ("sum(y.^(1/3))", "1", "equal"),
        ("sqrt(y)", "2*y", "different"),
        ("norm2(y - y)", "0", "equal"),
    ],
)
def test_values_may_be_on_a_kink(left: str, right: str, verdict: str) -> None:
    assert matcalc.equal(left, right, variables={"y": "onehot(n)"}).verdict == verdict
