"""Roots of squares: the sign of a root depends on the point, so every choice of signs is tried at
every point.
"""

from __future__ import annotations

import pytest

from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.verify.exact.judge import Judge, as_statement, judge

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
        pytest.param(
            "sqrt(b + 1)*sqrt((a - c)^2)", "sqrt(b + 1)", "undecided", id="beside-another"
        ),
        pytest.param(
            "sqrt(b)*sqrt(c)*sqrt(b*c*(a - 1)^2)", "b*c", "undecided", id="a-product-of-others"
        ),
    ],
)
def test_roots_of_squares(text: str, claim: str, outcome: str) -> None:
    program = read(text, GIVEN)
    verdict = judge(
        DerivativeStatement(program, "a", 1, "free"), read(claim, program.variables).expr
    )
    assert verdict.outcome == outcome


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        ("sqrt(p^2*(a + b))", "p*sqrt(a + b)", "exact"),
        ("sqrt(a/p^2 + b/p^2)", "sqrt(a + b)/p", "exact"),
        ("sqrt(a + b) + sqrt(exp(2*c)*(a + b))", "sqrt(a + b)*(1 + exp(c))", "exact"),
        ("sqrt(p^2*(a + b))", "-p*sqrt(a + b)", "undecided"),
        ("sqrt(c^2*(a + b))", "c*sqrt(a + b)", "undecided"),
        ("sqrt((p - 1)^2*(a + b))", "(p - 1)*sqrt(a + b)", "undecided"),
    ],
)
def test_positive_factors_of_roots(left: str, right: str, outcome: str) -> None:
    one, other = read(left, GIVEN), read(right, GIVEN)
    assert judge(*as_statement(one, other.expr)).outcome == outcome


@pytest.mark.parametrize(
    ("text", "wrt", "claim", "alike"),
    [
        pytest.param("sqrt(a) + sqrt(b)", "a", "0.5/sqrt(a)", True, id="two"),
        pytest.param("sqrt(a + sqrt(b))", "a", "0.5/sqrt(a + sqrt(b))", True, id="nested"),
        pytest.param(
            "sqrt(a) + sqrt(a*(b + c)^2)",
            "b",
            "a*(b + c)/sqrt(a*(b + c)^2)",
            False,
            id="a-square-times-another",
        ),
        pytest.param(
            "sqrt(b)*sqrt((a - c)^2)", "a", "sqrt(b)*(a - c)/sqrt((a - c)^2)", False, id="a-square"
        ),
        pytest.param(
            "sqrt(a) + sqrt(b) + sqrt(a*b*(1 + c)^2)",
            "a",
            "0.5/sqrt(a) + 0.5*b*(1 + c)^2/sqrt(a*b*(1 + c)^2)",
            False,
            id="a-product-of-two",
        ),
    ],
)
def test_conjugate_roots(text: str, wrt: str, claim: str, alike: bool) -> None:
    """One choice of roots stands for all only where no root is an element of the field of those
    before it.
    """
    given = dict.fromkeys("abc", "scalar")
    program = read(text, given)
    judgement = Judge(
        DerivativeStatement(program, wrt, 1, "free"), read(claim, program.variables).expr
    )
    assert judgement.verdict().outcome == "exact"
    for _ in range(12):
        found, field = judgement._somewhere(0, None)
        assert found
    assert judgement._conjugate(field, None) == alike


@pytest.mark.parametrize(
    ("left", "right", "kinds"),
    [
        pytest.param(
            "sqrt(y'*[a + b; x^2])",
            "y'*[sqrt(y'*[a + b; x^2]); x]",
            {"y": "onehot(2)"},
            id="another-root-at-another-place",
        ),
        pytest.param("cbrt(x^3)^2 + cbrt(x^3)*x", "-x^2", {}, id="roots-of-one"),
        pytest.param("cbrt(x^3)^4 + cbrt(x^3)^2*x^2", "-x^4", {}, id="roots-of-one-to-powers"),
        pytest.param("cbrt(8*x^3)", "2*x", {}, id="cube-of-a-multiple"),
    ],
)
def test_roots_prove_nothing(left: str, right: str, kinds: dict[str, str]) -> None:
    """Of equations that are false, or that hold for one of the roots."""
    given = dict.fromkeys("abx", "scalar") | kinds
    one, other = read(left, given), read(right, given)
    assert judge(*as_statement(one, other.expr)).outcome != "exact"


@pytest.mark.parametrize(
    ("left", "right", "outcome"),
    [
        pytest.param("(a - a)^p + a^p", "a^p", "exact", id="assumed"),
        pytest.param("(a - a)^p + a", "(a - a)^p + a", "exact", id="the-same"),
        pytest.param("(a - a)^1.7 + a", "a", "exact", id="a-number"),
        pytest.param("sqrt(a - a) + a", "a", "exact", id="a-root"),
        pytest.param("a^p", "(a - a)^p + a^p", "undecided", id="only-stated"),
        pytest.param("(a - a)^p + a", "(a - a)^(p - 1) + a", "undecided", id="another-exponent"),
        pytest.param("a", "(a - a)^-1.7 + a", "undecided", id="negative"),
        pytest.param("y'*y", "sum(y.^1.7)", "exact", id="zero-at-some-points"),
    ],
)
def test_powers_of_zero(left: str, right: str, outcome: str) -> None:
    """They are zero where their exponents are positive, as those of an input with a value are."""
    given = {"a": "scalar", "p": "scalar", "y": "onehot(n)"}
    one, other = read(left, given), read(right, given)
    assert judge(*as_statement(one, other.expr)).outcome == outcome
