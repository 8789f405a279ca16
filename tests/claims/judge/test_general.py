"""Claims with large sizes that are numbers: judged for all sizes, with small counterexamples."""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import AGREED, PROVED, WRONG, format_array
from matcalc.claims.judge.verdict import judge

KINDS = {
    "A": "matrix(1000, 1000)",
    "B": "matrix(300, 200)",
    "D": "matrix(12, 12)",
    "S": "symmetric(400)",
    "b": "vector(300)",
    "u": "vector(200)",
    "w": "vector(20)",
    "x": "vector(1000)",
}


def _judge(text: str, wrt: str, claim: str):
    declared = {name: kind for name, kind in KINDS.items() if name in text}
    return judge(Claim(text, wrt, claim, declared))


@pytest.mark.parametrize(
    ("text", "wrt", "claim"),
    [
        ("x'*A*x", "x", "(A + A')*x"),
        ("norm2(B*u - b)^2", "u", "2*B'*(B*u - b)"),
        ("mean(u)", "u", "ones(200)/200"),
        ("mean(u.^2)", "u", "u/100"),
        ("logdet(S)", "S", "inv(S)"),
        ("sum(u[1:100])", "u", "[ones(100); zeros(100)]"),
        # right at these sizes alone
        ("mean(w.^2)", "w", "w/10"),
        ("det(-D)", "D", "det(D)*inv(D)'"),
    ],
)
def test_right(text, wrt, claim):
    assert _judge(text, wrt, claim).verdict in (AGREED, PROVED)


@pytest.mark.parametrize(
    ("text", "wrt", "claim", "said"),
    [
        ("x'*A*x", "x", "2*A*x", "it is right only if A is symmetric"),
        ("norm2(B*u - b)^2", "u", "B'*(B*u - b)", "the factor 2 is missing"),
        ("mean(u.^2)", "u", "2*u", "the factor 1/200 is missing"),
        ("logsumexp(x)", "x", "exp(x)", "softmax(x)"),
        ("tr(S*S)", "S", "S", "the factor 2 is missing"),
    ],
)
def test_wrong(text, wrt, claim, said):
    report = _judge(text, wrt, claim)
    assert report.verdict == WRONG
    assert said in str(report.diagnosis)
    assert all(value.size <= 9 for value in report.counterexample.point.values.values())
    assert any("in place of" in note for note in report.notes)
    assert "size" not in report.reproduce.replace("sizes", "")
    assert _judge(text, wrt, report.diagnosis.mended or report.correct).ok


@pytest.mark.parametrize(
    ("text", "claim"),
    [
        ("u'*u", "2*u + unit(150, 200)"),  # a place that small sizes have not
        ("u'*u", "2*u + tril(ones(200, 200), -150)*u"),
        ("mean(u)", "ones(200)/201"),
        ("sum[i](u[i]^2)", "2*u + (u[170] == 0)*u"),
    ],
)
def test_places_and_numbers_are_seen(text, claim):
    assert _judge(text, "u", claim).verdict == WRONG


def test_long_arrays_are_abridged():
    assert format_array(range(10)).count(",") == 9
    assert format_array(range(100)) == "[0,1,2,3,4,5,6,7,...,99]"
    assert len(_judge("u'*u", "u", "2*u + unit(150, 200)").lines()[3][1]) < 200


# a band that is no part of a small matrix
@pytest.mark.parametrize("k", [3, 20, 60])
@pytest.mark.parametrize(
    ("text", "claim"),
    [("norm1(x)", "sign(x) + tril(ones(n, n), -{})*x"), ("x'*x", "2*x + triu(x*x', {})*x")],
)
def test_bands_of_named_sizes(text, claim, k):
    declared = {"x": "vector(n)"}
    assert judge(Claim(text, "x", claim.format(k), declared)).verdict == WRONG
