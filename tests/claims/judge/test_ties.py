"""What claims say on kinks, where there is no derivative: what no generalised gradient is, is
named.
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
    (
        "sum(huber(x, 1))",
        "x",
        "where(abs(x) == 1, 7*x, max(min(x, 1), -1))",
        "is 7, and beside it 1",
    ),
]
WITHIN = [
    ("max(a, b)", "a", "(a > b) + (a == b)/2"),
    ("max(a, b)", "a", "a >= b"),
    ("norm1(x)", "x", "sign(x) + (x == 0)"),
    ("norm1(x)", "x", "sign(x)"),
    ("relu(a)", "a", "where(a > 0, 1, where(a == 0, 1/2, 0))"),
    ("a*abs(a)", "a", "2*a*sign(a)"),
    ("sum(max(0, 1 - y.*(X*w)))", "w", "-X'*(y.*(y.*(X*w) <= 1))"),
    ("max(x)", "x", "x == max(x)"),
]


@pytest.mark.parametrize(("text", "wrt", "claim", "words"), BEYOND, ids=[row[2] for row in BEYOND])
def test_beyond(text: str, wrt: str, claim: str, words: str) -> None:
    report = judge(Claim(text, wrt, claim, {}))
    assert report.ok
    assert any(words in note for note in report.notes)


@pytest.mark.parametrize(("text", "wrt", "claim"), WITHIN, ids=[row[2] for row in WITHIN])
def test_within(text: str, wrt: str, claim: str) -> None:
    report = judge(Claim(text, wrt, claim, {}))
    assert report.ok
    assert not any("kink" in note for note in report.notes)
