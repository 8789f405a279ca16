"""Largest and smallest entries that stand in two places at once, of which the rule counts each."""

from __future__ import annotations

import pytest

from matcalc import diff, jvp
from matcalc.claims.judge.claim import PROVED, Claim
from matcalc.claims.judge.claims import question
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import UnsupportedError

KINDS = {
    "S": "symmetric(n)",
    "K": "skew(n)",
    "X": "matrix(n, n)",
    "A": "matrix(m, n)",
    "x": "vector(n)",
    "y": "vector(n)",
    "b": "scalar",
}


def declared(expr: str) -> dict[str, str]:
    return {name: kind for name, kind in KINDS.items() if name in expr.replace("max", "")}


EVERYWHERE = "at every point"
TIED = [
    ("max(amax(S, 1))", "S", "some points"),  # the largest entry may be on the diagonal
    ("max[i](max[j](S[i,j]))", "S", "some points"),
    ("exp(-max(amax(S, 2)))", "S", "some points"),
    ("max(amax(abs(K), 1))", "K", EVERYWHERE),
    ("max[i](max[j](abs(x[i] - x[j])))", "x", EVERYWHERE),
    ("max(amax(abs(x*vector(1)' - vector(1)*x'), 2))", "x", EVERYWHERE),
    ("max(amax(X*X' - diag(diag(X*X')), 2))", "X", EVERYWHERE),
    ("norminf(kron(x, y) - kron(y, x))", "x", EVERYWHERE),
    ("max([x; x])", "x", EVERYWHERE),
    ("norminf([x; -x])", "x", EVERYWHERE),
    ("sum(amax([X, X], 2))", "X", EVERYWHERE),
    ("min(kron(x, x))", "x", "some points"),  # a square, if all have one sign
    ("max(max(x, 0) + b)", "b", "some points"),  # where x is negative
]


@pytest.mark.parametrize(("expr", "wrt", "where"), TIED)
def test_in_two_places(expr: str, wrt: str, where: str) -> None:
    variables = declared(expr)
    asks = [
        lambda: diff(expr, wrt, variables=variables),
        lambda: diff(expr, [wrt], variables=variables)[wrt].verification,
        lambda: jvp(expr, {wrt: "V"}, variables=variables).verification,
    ]
    for ask in asks:
        with pytest.raises(UnsupportedError, match="entry occurs in two positions at") as caught:
            ask()
        assert where in str(caught.value)


@pytest.mark.parametrize(("expr", "wrt"), [row[:2] for row in TIED])
def test_what_the_rule_says_is_no_proof(expr: str, wrt: str) -> None:
    variables = declared(expr)
    formula = str(diff(expr, wrt, variables=variables, verify=False))
    claim = Claim(expr, wrt, formula, variables)
    assert question(claim).proof() != PROVED
    report = judge(claim)
    assert report.verdict == "undecided"
    assert "occurs in two positions" in report.reason
    assert not report.correct


ALONE = [
    ("max(vech(S))", "S"),
    ("max(x)", "x"),
    ("max(A*x)", "x"),
    ("norminf(x)", "x"),
    ("min(abs(x))", "x"),
    ("logsumexp(x)", "x"),
    ("softmax(x)", "x"),
    ("sum(amax(S, 1))", "S"),
    ("max(amax(X, 2))", "X"),
    ("max(X*X')", "X"),  # on the diagonal
    ("max(kron(x, x))", "x"),  # a square
    ("max(diag(diag(X)))", "X"),
    ("max(max(x, 0))", "x"),  # zeros do not move
    ("norminf(max(x, 0))", "x"),
    ("max[i](x[i]*y[i])", "x"),
    ("max[i](max[j](X[i,j]))", "X"),
    ("sum(where(x == max([x; x]), 2, 3).*x)", "x"),
]


SQUARES = ("max(X*X')", "max(kron(x, x))")


@pytest.mark.parametrize(("expr", "wrt"), ALONE)
def test_in_one_place(expr: str, wrt: str) -> None:
    variables = declared(expr)
    # of a square the survey finds no point where another entry is the largest
    found = diff(expr, wrt, variables=variables, verify=expr not in SQUARES)
    assert not question(Claim(expr, wrt, str(found), variables)).tied()
