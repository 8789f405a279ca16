"""Series by name: general terms that are proved against Taylor polynomials."""

import re
from math import factorial

import pytest

import matcalc
from matcalc import series
from matcalc.cli import main
from matcalc.core.errors import MatcalcError

SCALAR = {"x": "scalar"}
SERIES = [
    ("exp(x)", "0", "x^k/factorial(k)"),
    ("exp(-2*x)", "0", "(-1)^k*(2*x)^k/factorial(k)"),
    ("exp(x)", "a", "exp(a)*(x - a)^k/factorial(k)"),
    ("sin(x)", "0", "(-1)^k*x^(2*k + 1)/factorial(2*k + 1)"),
    ("cos(x)", "0", "(-1)^k*x^(2*k)/factorial(2*k)"),
    ("-cos(x)", "0", "(-1)^(k + 1)*x^(2*k)/factorial(2*k)"),
    ("log(1 + x)", "0", "(-1)^(k + 1)*x^k/k"),
    ("log1p(-x)", "0", "-x^k/k"),
    ("log(x)", "2", "(-1)^(k + 1)*((x - 2)/2)^k/k"),
    ("1/(1 - x)", "0", "x^k"),
    ("1/(1 - x)", "1/2", "2*(2*(x - 1/2))^k"),
    ("1/(1 + x^2)", "0", "(-1)^k*x^(2*k)"),
    ("(1 + x)^a", "0", "binomial(a, k)*x^k"),
    ("1/sqrt(1 - x^2)", "0", "(-1)^k*binomial(-1/2, k)*x^(2*k)"),
    ("atan(x)", "0", "(-1)^k*x^(2*k + 1)/(2*k + 1)"),
    ("asin(x)", "0", "binomial(2*k, k)*x^(2*k + 1)/(4^k*(2*k + 1))"),
    ("x*exp(-x^2)", "0", "(-1)^k*x*x^(2*k)/factorial(k)"),
    ("3*exp(x) - x^2/2", "0", "3*x^k/factorial(k)"),
]


@pytest.mark.parametrize(("expr", "at", "term"), SERIES)
def test_series(expr, at, term):
    found = series(expr, "x", at, variables=SCALAR)
    assert [part.term for part in found.parts] == [term]
    assert "exact" in found.proof


@pytest.mark.parametrize(
    ("expr", "at", "term"),
    [
        ("expm(X)", "0", "X^k/factorial(k)"),
        ("inv(eye - X)", "0", "X^k"),
        ("inv(X)", "A", "(-1)^k*(inv(A)*(X - A))^k*inv(A)"),
        ("logdet(X)", "A", "(-1)^(k + 1)*tr((inv(A)*(X - A))^k)/k"),
    ],
)
def test_series_of_matrices(expr, at, term):
    found = series(matcalc.parse(expr, {"X": "matrix(n, n)"}), "X", at)
    assert [part.term for part in found.parts] == [term]
    assert "exact" in found.proof


def test_two_sums_at_a_point():
    found = series("sin(x)", "x", "a", variables=SCALAR)
    assert str(found) == (
        "the sum of (-1)^k*sin(a)*(x - a)^(2*k)/factorial(2*k) over k = 0, 1, ... + the sum of "
        "(-1)^k*cos(a)*(x - a)^(2*k + 1)/factorial(2*k + 1) over k = 0, 1, ..."
    )


@pytest.mark.parametrize("expr", ["sin(x)", "sqrt(x)", "cos(2*x)"])
def test_series_entry_by_entry(expr):
    found = series(expr, "x", variables={"x": "vector(n)"})
    assert ".*" in str(found)


@pytest.mark.parametrize("expr", ["tan(x)", "exp(sin(x))", "exp(x)*sin(x)", "gamma(x)"])
def test_refused(expr):
    with pytest.raises(MatcalcError, match="no general term"):
        series(expr, "x", "1", variables=SCALAR)


def test_terms_add_up():
    """The sum of thirty printed terms is the function, computed here."""
    found = series(matcalc.parse("x*exp(-2*x)", SCALAR), "x", "0")
    (part,) = found.parts
    term = re.sub(r"\^", "**", part.term)
    total = sum(eval(term, {"factorial": factorial, "k": k, "x": 0.7}) for k in range(30))
    assert total == pytest.approx(0.7 * 2.718281828459045**-1.4)


def test_command(capsys):
    assert main(["taylor", "log(1 + x)", "--at", "0", "--series", "-v", "x: scalar"]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == [
        "the sum of (-1)^(k + 1)*x^k/k over k = 1, 2, ...",
        "  begins      x - x^2/2 + x^3/3",
        "  converges   where abs(x) < 1",
    ]
