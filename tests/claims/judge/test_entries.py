"""Single entries that are claimed in place of a derivative, and claims that leave a size open."""

from __future__ import annotations

import pytest

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import WRONG
from matcalc.claims.judge.verdict import judge

KINDS = {"x": "vector(n)", "a": "vector(k)", "X": "matrix(n, k)"}

CLAIMS = [
    ("log(softmax(x)[i])", "x", "1 - softmax(x)[i]", "it is only entry i of the derivative"),
    (
        "softmax(x)[2]",
        "x",
        "softmax(x)[2]*(1 - softmax(x)[2])",
        "it is only entry 2 of the derivative",
    ),
    ("x[i]^3", "x", "3*x[i]^2", "it is only entry i of the derivative"),
    ("sum(X*a)", "X", "a*ones'", "it is the transpose"),
    ("a'*X'*ones", "X", "a*ones'", "it is the transpose"),
]


@pytest.mark.parametrize(("text", "wrt", "claim", "said"), CLAIMS, ids=[row[2] for row in CLAIMS])
def test_diagnosis(text: str, wrt: str, claim: str, said: str) -> None:
    kinds = {name: kind for name, kind in KINDS.items() if name in text}
    report = judge(Claim(text, wrt, claim, kinds))
    assert report.verdict == WRONG
    assert said in str(report.diagnosis)
    assert report.diagnosis is not None
    mended = report.diagnosis.mended or report.correct
    assert judge(Claim(text, wrt, mended, kinds)).ok
