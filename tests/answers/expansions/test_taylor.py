"""Taylor polynomials: closed forms, shared cases, and the order of what is left."""

import numpy as np
import pytest
from published import MODELS

import matcalc
from matcalc.cli import main
from matcalc.core.errors import ArgumentError, MatcalcError, UnknownNameError, UnsupportedError

S = {"x": "scalar"}

POLYNOMIALS = [
    ("sine", "sin(x)", "x", 3, {"x": "scalar"}, None),
    (
        "neumann",
        "inv(X)",
        "X",
        2,
        {"X": "matrix(n, n)"},
        "inv(P) - inv(P)*(X - P)*inv(P) + (inv(P)*(X - P))^2*inv(P)",
    ),
    (
        "logdet",
        "logdet(X)",
        "X",
        2,
        {"X": "matrix(n, n)"},
        "logdet(P) + tr(inv(P)*(X - P)) - tr((inv(P)*(X - P))^2)/2",
    ),
    ("vector", "logsumexp(A*x)", "x", 2, {}, None),
    ("eigenvalue", "lambda_max(S)", "S", 2, {"S": "symmetric(n)"}, None),
    ("symmetric", "logdet(S)", "S", 1, {"S": "psd(n)"}, "logdet(P) + tr(inv(P)*(S - P))"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "variables", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in POLYNOMIALS],
)
def test_polynomial(expr, wrt, order, variables, expected):
    found = matcalc.taylor(
        expr, wrt, at="P" if wrt.isupper() else "p", order=order, variables=variables
    )
    assert found.verification.kind == ("exact" if expr != "lambda_max(S)" else "numeric")
    assert found.remainder() > order + 0.6
    if expected is not None:
        assert str(found) == expected


def test_a_quadratic_is_its_own_polynomial():
    found = matcalc.taylor("x'*A*x + b'*x", "x", at="p", variables={"b": "vector(n)"})
    assert found.remainder() == np.inf


AT_VALUES = [
    ("maclaurin", "sin(x) + cos(x)", "x", 0, 5, S, "1 + x - x^2/2 - x^3/6 + x^4/24 + x^5/120"),
    ("odd", "tanh(x)", "x", 0, 5, S, "x - x^3/3 + 2*x^5/15"),
    ("geometric", "1/(1 - x)", "x", 0, 4, S, "1 + x + x^2 + x^3 + x^4"),
    ("logarithm", "log(x)", "x", 1, 2, S, "x - 1 - (x - 1)^2/2"),
    ("below-zero", "exp(x)", "x", -1, 1, S, "exp(-1) + (x + 1)*exp(-1)"),
    ("fraction", "x^3", "x", "1/2", 1, S, "1/8 + 3*(x - 1/2)/4"),
    ("one-to-the-one", "x^x", "x", 1, 2, S, "1 + (x - 1) + (x - 1)^2"),
    ("pi", "sin(x)", "x", "pi", 3, S, "-(x - pi) + (x - pi)^3/6"),
    ("parameter", "exp(a*x)", "x", 0, 2, S, "1 + a*x + (a*x)^2/2"),
    ("vector", "logsumexp(x)", "x", 0, 1, {}, "log(n) + mean(x)"),
    ("identity", "inv(X)", "X", "eye(n)", 2, {}, "eye - (X - eye) + (X - eye)^2"),
    ("multiple", "sum(exp(x))", "x", "2*p", 1, {}, "sum(exp(2*p)) + exp(2*p)'*(x - 2*p)"),
    ("displacement", "inv(X)", "X", None, 1, {}, "inv(X) - inv(X)*dX*inv(X)"),
    ("nothing-left", "x^2", "x", 0, 1, S, "0"),
    ("together", "x'*A*y", ["x", "y"], None, 2, {}, "x'*A*y + (x'*A*dy + dx'*A*y) + dx'*A*dy"),
    ("name-taken", "dx*x", "x", None, 1, S, "dx*x + dx*h"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "at", "order", "variables", "expected"),
    [pytest.param(*row[1:], id=row[0]) for row in AT_VALUES],
)
def test_points(expr, wrt, at, order, variables, expected):
    found = matcalc.taylor(expr, wrt, at=at, order=order, variables=variables)
    assert str(found) == expected
    assert found.verification.kind == "exact"
    assert found.check(rng=1).ok
    assert found.latex()
    assert found.to_callable()


@pytest.mark.parametrize(
    ("expr", "at", "message"),
    [
        ("sqrt(x)", 0, "sqrt is near a kink"),
        ("abs(x)", 0, "abs is near a kink"),
        ("log(x)", 0, "log is not finite"),
        ("sin(x)/x", 0, "not finite"),
        ("max(x, 1)", 1, "kink"),
        ("max(x, y)", "y", "kink"),
    ],
)
def test_points_without_a_polynomial(expr, at, message):
    with pytest.raises(UnsupportedError, match=message):
        matcalc.taylor(expr, "x", at=at, variables={"x": "scalar", "y": "scalar"})


def test_a_wrong_polynomial_is_seen():
    found = matcalc.taylor("exp(x)", "x", at=0, order=2, variables=S)
    found._tree = matcalc.parse("1 + x + x^2/3", S)._tree
    assert not found.check().ok


REFUSED = [
    (lambda: matcalc.taylor("x'*x", "x", at="p", order=9), ArgumentError, "from 1 to 8"),
    (lambda: matcalc.taylor("x'*x", "x", at="p", order=0), ArgumentError, "from 1 to 8"),
    (lambda: matcalc.taylor("x'*x", "x", at="x"), ArgumentError, "moves away from it"),
    (lambda: matcalc.taylor("x'*x", "x", at="2*x"), ArgumentError, "depends on x"),
    (lambda: matcalc.taylor("x'*x", "z", at="p"), UnknownNameError, "z is not a variable"),
    (lambda: matcalc.taylor("x'*x", "x", at=1), ArgumentError, "the point 1 is a number"),
    (lambda: matcalc.taylor("x'*x", "x", at="eye(n)"), MatcalcError, "vector"),
    (lambda: matcalc.taylor("x'*y", ["x", "y"], at=["a"]), ArgumentError, "1 points for 2"),
    (lambda: matcalc.taylor("x'*y", ["x"], at={"y": "a"}), ArgumentError, "does not move"),
    (lambda: matcalc.taylor("x'*x", "x", at=[1]), ArgumentError, "a name, a number"),
]


@pytest.mark.parametrize(("ask", "problem", "message"), REFUSED)
def test_refusals(ask, problem, message):
    with pytest.raises(problem, match=message):
        ask()


def test_linearize():
    found = matcalc.linearize("softmax(x)", "x", at=0)
    assert str(found) == "vector(1)/n + (x - mean(x))/n"


def test_linearize_command(capsys):
    assert main(["linearize", "x*y", "--wrt", "x,y", "--at", "a,b", "-v", "x, y: scalar"]) == 0
    assert capsys.readouterr().out == "a*b + (a*(y - b) + b*(x - a))\n"
    assert main(["linearize", "sin(x)", "--order", "2"]) == 2  # it is the order 1


def test_command(capsys):
    arguments = ["taylor", "sin(x)", "--at", "0", "--order", "3", "-v", "x: scalar", "--check"]
    assert main(arguments) == 0
    printed = capsys.readouterr()
    assert printed.out == "x - x^3/6\n"
    assert "remainder: it decreases like the power 5" in printed.err
    assert main(["taylor", "x'*A*y", "--wrt", "x,y", "--at", "a,b", "--format", "latex"]) == 0


@pytest.mark.parametrize("case", MODELS.cases(lambda case: case["op"] == "taylor"))
def test_shared_case(case):
    name, values = case["id"], MODELS.given(case)
    found = matcalc.taylor(
        case["expr"], case["wrt"], at=case["at"], order=case["order"], variables=case["vars"]
    )
    expected = MODELS.truth()[f"{name}/truth"]
    assert np.allclose(found.to_callable()(**values), expected, rtol=1e-8, atol=1e-9)


def test_what_terms_share_has_one_name():
    variables = {"P": "matrix(n, m)", "b": "vector(m)", "x": "vector(n)"}
    text = str(matcalc.taylor("h = P*b + x; sum(exp(h/norm2(h)))", "b", variables=variables))
    names = [each.split(" = ")[0] for each in text.partition(" where ")[2].split(", ")]
    assert names
    assert len(set(names)) == len(names)


def test_points_are_given_by_name():
    kinds = {"x": "scalar", "y": "scalar"}
    found = matcalc.linearize("x*y", ["x", "y"], at="x=1, y=2", variables=kinds)
    assert str(found) == "2 + (2*(x - 1) + (y - 2))"
    assert str(matcalc.taylor("x^2", "x", at="x=3", variables=kinds)) == str(
        matcalc.taylor("x^2", "x", at=3, variables=kinds)
    )
    with pytest.raises(matcalc.MatcalcError, match="there is a point for z, which does not move"):
        matcalc.linearize("x*y", ["x", "y"], at="x=1, z=2", variables=kinds)


def test_at_a_point_of_the_sphere():
    polynomial = matcalc.taylor("(x'*x)^2", "x", variables={"x": "sphere(n)"}, order=3)
    assert polynomial.verification.kind == "exact"
    assert polynomial.remainder() > 3.5
