"""Roots of squares: the sign of a root depends on the point, so every choice of signs is tried at
every point.
"""

from __future__ import annotations

import pytest

from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.verify.exact.judge import judge

GIVEN = {"a": "scalar", "b": "scalar", "c": "scalar", "p": "positive", "x": "vector(n)"}


@pytest.mark.parametrize(
    ("text", "claim", "outcome"),
    [
        pytest.param("sqrt(a^2)", "a/sqrt(a^2)", "exact", id="true"),
        pytest.param("sqrt(a^2)", "1", "undecided", id="one-sign"),
        pytest.param("sqrt(a^2)", "-1", "undecided", id="other-sign"),
        pytest.param("sqrt((a + b)^2)", "1", "undecided", id="of-a-sum"),
        pytest.param("sqrt((a - c)^2)", "1", "undecided", id="of-a-difference"),
        pytest.param("sqrt(a^2*b^2)", "b", "undecided", id="of-a-product"),
        pytest.param("sqrt((3*a + 2*b)^2) + a^2", "3 + 2*a", "undecided", id="in-a-sum"),
        pytest.param("(a^2)^(3/2)", "3*a^2", "undecided", id="power"),
        pytest.param("sqrt((a*p)^2)", "p", "undecided", id="times-a-positive-number"),
        pytest.param("norm2(a*x)", "norm2(x)", "undecided", id="norm"),
    ],
)
def test_roots_of_squares(text: str, claim: str, outcome: str) -> None:
    program = read(text, GIVEN)
    verdict = judge(
        DerivativeStatement(program, "a", 1, "free"), read(claim, program.variables).expr
    )
    assert verdict.outcome == outcome
