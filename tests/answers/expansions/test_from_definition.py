"""Derivatives as limits of difference quotients."""

import pytest

import matcalc
from matcalc.answers.expansions.quotient import from_definition
from matcalc.cli import main
from matcalc.core.errors import MatcalcError

SCALAR = {"x": "scalar"}
QUOTIENTS = [
    ("x^3", SCALAR, "3*x^2 + 3*h*x + h^2", "3*x^2"),
    ("1/x", SCALAR, "-1/(x*(h + x))", "-1/x^2"),
    ("sqrt(x)", {"x": "positive"}, "1/(sqrt(h + x) + sqrt(x))", "1/(2*sqrt(x))"),
    ("x^-2", SCALAR, "-(2*x + h)/(x*(h + x))^2", "-2/x^3"),
    ("x'*A*x", {}, "v'*A*x + x'*A*v + h*v'*A*v", "v'*A*x + x'*A*v"),
    ("norm2(x)^2", {}, "2*v'*x + h*v'*v", "2*v'*x"),
    ("sum(1./x)", {}, "-sum(v./(x.*(h*v + x)))", "-sum(v./x.^2)"),
]


@pytest.mark.parametrize(("expr", "variables", "without", "limit"), QUOTIENTS)
def test_quotients(expr, variables, without, limit):
    found = from_definition(matcalc.parse(expr, variables), "x")
    assert (found.without, found.limit) == (without, limit)
    assert found.proof.count("exact") == 2


@pytest.mark.parametrize(
    ("expr", "without"),
    [
        ("inv(X)", "-inv(X + h*V)*V*inv(X)"),
        ("tr(X'*X)", "2*tr(V*X') + h*sum(V.^2)"),
        ("X^2", "V*X + X*V + h*V^2"),
        ("X^-1", "-inv(X + h*V)*V*inv(X)"),
    ],
)
def test_matrices(expr, without):
    found = from_definition(matcalc.parse(expr, {"X": "matrix(n, n)"}), "X")
    assert found.without == without
    assert found.proof.count("exact") == 2


def test_binomial_theorem():
    found = from_definition(matcalc.parse("x^n", {"x": "scalar", "n": "scalar"}), "x")
    assert found.without == "sum[k=1:n](binomial(n, k)*x^(n - k)*h^(k - 1))"
    assert found.limit == "n*x^(n - 1)"


@pytest.mark.parametrize(
    ("expr", "message"),
    [
        ("sin(x)", "of sin has no form"),
        ("abs(x)*x", "of abs has no form"),
        ("max(x, 0)", "of max has no form"),
        ("where(x > 0, x^2, 0)", "of > has no form"),
        ("x^(1/3)", "of a power 1/3 has no form"),
        ("x^20", "of a power 20 has no form"),
        ("a + b", "not a variable"),
    ],
)
def test_refused(expr, message):
    with pytest.raises(MatcalcError, match=message):
        from_definition(matcalc.parse(expr, SCALAR if "x" in expr else {}), "x")


def test_command(capsys):
    command = ["diff", "1/x", "--from-definition", "-v", "x: scalar"]
    assert main(command) == 0
    assert capsys.readouterr().out.splitlines()[2] == "  -> -1/x^2    for h -> 0"
    assert main([*command, "--order", "2"]) == 2
    assert "leave --order out" in capsys.readouterr().err
