"""What a diagnosis says, followed, gives the derivative: factors divided by, factors inside of functions, half a chain rule."""

from __future__ import annotations

import pytest

from matcalc.judge.question import Claim
from matcalc.judge.report import PROVED, WRONG
from matcalc.judge.verdict import judge

# expression, variable, claim, declarations, what is said, and the claim mended as it says
SLIPS = [
    ("sum(exp(x)./l)", "x", "exp(x)", {}, "the factor 1./l is missing", "(1./l).*exp(x)"),
    ("sum(exp(x)/c)", "x", "exp(x)", {}, "the factor 1/c is missing", "1/c*exp(x)"),
    ("sum(w.*x.^2./l)", "x", "2*(w.*x)", {"w": "vector(n)"}, "the factor 1./l is missing", "2*(w.*x).*(1./l)"),
    ("log(x/c)^2", "x", "2*log(x)/x", {"x": "scalar"}, "x stands where x/c belongs", "2*log(x/c)/x"),
    ("sin(a*x)", "x", "a*cos(x)", {"x": "scalar"}, "x stands where a*x belongs", "a*cos(a*x)"),
    (
        "sum(log(sigmoid(z)))",
        "z",
        "1./sigmoid(z)",
        {},
        "the derivative of sigmoid(z) is missing: it is the derivative by sigmoid(z)",
        "1./sigmoid(z).*sigmoid(z).*(1 - sigmoid(z))",
    ),
    (
        "sum(sin(cosh(x)))",
        "x",
        "cos(cosh(x))",
        {},
        "the derivative of cosh(x) is missing: it is the derivative by cosh(x)",
        "cos(cosh(x)).*sinh(x)",
    ),
]


@pytest.mark.parametrize(("expr", "wrt", "claim", "variables", "said", "mended"), SLIPS)
def test_mended(expr: str, wrt: str, claim: str, variables: dict[str, str], said: str, mended: str) -> None:
    report = judge(Claim(expr, wrt, claim, variables))
    assert report.verdict == WRONG
    assert str(report.diagnosis) == said
    assert judge(Claim(expr, wrt, mended, variables)).verdict == PROVED
