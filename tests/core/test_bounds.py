"""Bounds hold at random points, of each function that has some and of what is made of these."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.report import UNDECIDED, WRONG
from matcalc.claims.judge.verdict import judge
from matcalc.core.bounds import EVERYTHING
from matcalc.core.operations import OPERATIONS
from matcalc.read.frontend import read
from matcalc.verify.oracle.bounds import bounds
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import find_sizes

KINDS = {"p": "positive", "P": "psd(n)", "Q": "orthogonal(n)", "t": "simplex(n)"}
MADE = [
    "prod(relu(x))",
    "sqrt(1 + sin(x))",
    "log1p(x.^2)",
    "sigmoid(-40 - exp(x))",
    "softplus(-3*abs(x))",
    "normcdf(-x.^2)",
    "where(x > 0, x.^2, -2)",
    "1./(2 + cos(x))",
    "-1./cosh(x)",
    "x'*P*x - 3",
    "-2*(A*x)'*(A*x)*p",
    "tr(P*(B'*B))",
    "det(B'*B)",
    "dot(x, x)*(1 + p)",
    "cumsum(-x.^2)",
    "tril(-(P.*P))",
    "max(sin(x), cos(x))",
    "min(tanh(x), 2)",
    "(2 + sin(x)).^-3",
    "t.^0.5",
    "Q.*Q",
    "diag(sigmoid(x))",
    "sum(abs(A), 1)",
    "mean(tanh(A))",
    "hankel(tanh(A))",
    "toeplitz(sigmoid(A))",
    "skewmat(sigmoid(z))",
    "vee(tanh(A))",
    "vech(tanh(A))",
    "cosh(tanh(x))",
    "atan(p)",
    "[norm2(x), -1; 2, p]",
    "(x > y) - (x < y)",
    "acos(x./(1 + abs(x)))",
    "atan2(x, y) + asin(tanh(x))",
]


def _calls() -> list[str]:
    """A call of each function of which a row says between which numbers its values lie."""
    found = [row.call.split("), ")[0] for row in OPERATIONS.values() if row.values]
    return [call if call.endswith(")") else call + ")" for call in found]


@pytest.mark.parametrize("text", [*MADE, *_calls()])
def test_bounds_hold(text: str) -> None:
    program = read(text, {name: kind for name, kind in KINDS.items() if name in text})
    tree = program.expr
    found = bounds(tree, program.variables)
    assert found != EVERYTHING
    rng = np.random.default_rng(1)
    for _ in range(20):
        sizes, values = find_sizes([tree], program.variables, rng)
        value = interpret(tree, values, sizes)
        assert np.all(value >= float(found.least) - 1e-9)
        assert np.all(value <= float(found.most) + 1e-9)


def test_a_product_of_negative_entries_has_any_sign() -> None:
    program = read("prod(-exp(x))")
    assert bounds(program.expr, program.variables) == EVERYTHING
    declared = {"x": "vector(2)"}
    assert judge(Claim("relu(prod(-exp(x)))", "x", "0*x", declared)).verdict == WRONG


def test_branches_have_bounds() -> None:
    """log(-where(s > 0, s^2, s^4)) has a value nowhere."""
    report = judge(Claim("log(-where(s > 0, s^2, s^4))", "s", "1", {"s": "scalar"}))
    assert (report.verdict, "never above 0" in report.reason) == (UNDECIDED, True)


@pytest.mark.parametrize(
    ("text", "above", "below"),
    [
        ("relu(p - 1)", False, False),
        ("relu(-p)", False, False),
        ("relu(p)", True, False),
        ("exp(-p)", True, True),
        ("(0*p)^-2", True, False),
        ("softmax(z)[1]", True, False),  # of one entry it is 1
        ("1 - softmax(z)[1]", False, True),
        ("tanh(p)", True, True),
        ("cbrt(p)", True, False),
    ],
)
def test_ends_that_are_reached(text: str, above: bool, below: bool) -> None:
    program = read(text, {"p": "positive"})
    found = bounds(program.expr, program.variables)
    assert (found.positive, found.most < np.inf and found.below) == (above, below)


def test_a_number_that_may_be_zero_makes_nothing_strictly_convex() -> None:
    found = matcalc.convex("a^2*relu(c - 1)", "a", variables={"c": "positive"})
    assert found.verdict == "convex"
