"""Claims that are wrong on one piece only, and right ones in other words; no verdict says more than
the points have seen.
"""

from __future__ import annotations

import numpy as np
import pytest
from kinking import (
    BROAD,
    BROAD_RIGHT,
    JOINT,
    JOINT_RIGHT,
    RIGHT,
    UNREACHED,
    VARIABLES,
    WRONG,
)
from sweeps import slow, thinned

from matcalc.claims.judge.claim import PROVED as EXACT
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.claims import question
from matcalc.claims.judge.equal import equal
from matcalc.claims.judge.verdict import judge


def shown_wrong(expr: str, wrt: str, claim: str, seed: int) -> bool:
    """Whether a point on some side of some kink shows that the claim is wrong, and nothing proves
    it.
    """
    asked = question(Claim(expr, wrt, claim, dict(VARIABLES)))
    rng = np.random.default_rng(seed)
    with np.errstate(all="ignore"):
        point = next(asked.points(rng))
        samples = [asked.sample(each) for each in (point, *asked.survey(point, rng, False)[0])]
    return asked.proof() != EXACT and any(
        not sample.error <= sample.method.tolerance for sample in samples
    )


@pytest.mark.parametrize(("expr", "wrt", "claim"), thinned(WRONG[::2], 3), ids=lambda text: text)
def test_wrong_on_one_piece(expr: str, wrt: str, claim: str) -> None:
    assert shown_wrong(expr, wrt, claim, 1)


@pytest.mark.parametrize(("expr", "wrt", "claim"), thinned(JOINT, 5), ids=lambda text: text)
def test_wrong_where_several_things_hold(expr: str, wrt: str, claim: str) -> None:
    assert shown_wrong(expr, wrt, claim, 1)


@pytest.mark.slow
@pytest.mark.parametrize(("expr", "wrt", "claim"), BROAD, ids=lambda text: text)
def test_wrong_on_a_rare_piece(expr: str, wrt: str, claim: str) -> None:
    assert shown_wrong(expr, wrt, claim, 0)


@pytest.mark.parametrize(("expr", "wrt", "claim"), thinned(JOINT_RIGHT, 5), ids=lambda text: text)
def test_right_where_several_things_hold(expr: str, wrt: str, claim: str) -> None:
    report = judge(Claim(expr, wrt, claim, dict(VARIABLES)), 1)
    assert report.ok, str(report)


@pytest.mark.slow
@pytest.mark.parametrize(("expr", "wrt", "claim"), BROAD_RIGHT, ids=lambda text: text)
def test_right_on_rare_pieces(expr: str, wrt: str, claim: str) -> None:
    report = judge(Claim(expr, wrt, claim, dict(VARIABLES)), 0)
    assert report.ok, str(report)


@pytest.mark.parametrize(("expr", "wrt", "claim"), thinned(RIGHT[::2], 3), ids=lambda text: text)
def test_right_on_all_pieces(expr: str, wrt: str, claim: str) -> None:
    report = judge(Claim(expr, wrt, claim, dict(VARIABLES)), 1)
    assert report.ok, str(report)


PERIODIC = [  # of which the other sign is beyond half a turn
    ("sum(asin(sin(x)))", "x", "vector(1)", "cos(x)./abs(cos(x))"),
    ("sum(sqrt(1 - sin(x).^2))", "x", "-sin(x)", "-sin(x).*cos(x)./abs(cos(x))"),
    ("sqrt(1 - cos(a)^2)", "a", "cos(a)", "sin(a)*cos(a)/abs(sin(a))"),
    ("a^2/2", "a", "asin(sin(a))", "a"),
]


@pytest.mark.parametrize(("expr", "wrt", "wrong", "right"), PERIODIC, ids=lambda text: text)
def test_beyond_half_a_turn(expr: str, wrt: str, wrong: str, right: str) -> None:
    for seed in range(2):
        assert judge(Claim(expr, wrt, wrong), seed).verdict == "wrong"
        assert judge(Claim(expr, wrt, right), seed).ok


@pytest.mark.parametrize(
    ("left", "right"), [("sqrt(1 - sin(a)^2)", "cos(a)"), ("atan(tan(x))", "x")]
)
def test_values_beyond_half_a_turn(left: str, right: str) -> None:
    assert equal(left, right).verdict == "different"


def test_unvisited_piece_is_named() -> None:
    report = judge(Claim("sum(where(x > 10^60, x, x.^2))", "x", "2*x", dict(VARIABLES)))
    assert (report.verdict, report.reason) == (
        "undecided",
        "no point was found where x > 10^60; the claim is right at the others",
    )


def test_smallest_counterexample_is_off_the_kink() -> None:
    report = judge(Claim("sum(min(max(x, 0), 1))", "x", "step(x)", dict(VARIABLES)))
    assert report.counterexample is not None
    assert report.counterexample.point.values["x"].tolist() == [2.0]


@pytest.mark.parametrize(
    ("left", "right", "verdict"),
    [
        ("where(k == 1, x, x.^2)", "x.^2", "different"),
        slow("where(x > 100, 1, x)", "x", "different"),
        slow("where((k == 1)*(x > 50), x, x.^2)", "x.^2", "different"),
        slow("max(x, 40)", "vector(40)", "different"),
        ("min(max(x, -50), 50)", "x", "different"),
        ("where(x > 10^60, 1, x)", "x", "undecided"),
        ("max(x, 40)", "where(x > 40, x, 40)", "equal"),
        slow("abs(x)", "sqrt(x.^2)", "equal"),
    ],
)
def test_equations_on_all_pieces(left: str, right: str, verdict: str) -> None:
    assert equal(left, right, {"x": "vector(n)", "k": "scalar"}).verdict == verdict


def test_a_deep_chain_of_kinks_ends() -> None:
    expr = "x"
    for _ in range(30):  # a thousand million pieces
        expr = f"relu({expr} - 1/100)"
    assert judge(Claim(f"sum({expr}.^2)", "x", "2*x", dict(VARIABLES))).verdict != "proved"


@pytest.mark.parametrize(("expr", "wrt", "claim"), UNREACHED, ids=lambda text: text)
def test_what_is_not_reached_is_undecided(expr: str, wrt: str, claim: str) -> None:
    report = judge(Claim(expr, wrt, claim, dict(VARIABLES)), 1)
    assert report.verdict == "undecided"
    assert "no point was found where" in str(report)
