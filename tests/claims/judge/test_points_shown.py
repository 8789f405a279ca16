"""The point that is shown is one at which the claim is wrong, and has what the formulas contain."""

import re

import pytest

from matcalc.claims.judge.claims import Claim
from matcalc.claims.judge.verdict import judge

A = {"a": "scalar"}


def smallest(expression, wrt, claim, variables):
    report = judge(Claim(expression, wrt, claim, variables))
    return re.search(r"smallest +(.*)", str(report))[1]


@pytest.mark.parametrize("border", ["100", "31.25", "-77"])
def test_beyond_a_border(border):
    """With six digits it would be the border itself."""
    said = smallest(f"(a > {border})*a", "a", "0", A)
    assert float(re.match(r"a=([^:]+): ", said)[1]) > float(border)


def test_few_digits():
    said = smallest("sum(where(x > 31, x, x.^2))", "x", "2*x", {"x": "vector(3)"})
    assert all(float(each) % 1 == 0 for each in re.search(r"x=\[(.*)\]: ", said)[1].split(","))


def test_only_what_occurs():
    spare = {"x": "vector(n)", "B": "matrix(n, n)", "C": "matrix(m, n)"}
    said = smallest("x'*A*x", "x", "2*A*x", spare)
    assert re.match(r"n=2, x=\[0,1\], A=\[\[0,0\],\[1,0\]\]: entry \[0\]", said)
