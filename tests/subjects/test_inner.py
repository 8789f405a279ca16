"""Derivatives that stand inside of expressions."""

import pytest
from sweeps import thinned

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError, UnsupportedError
from matcalc.read.frontend import read

POLAR = {"r": "scalar", "t": "scalar"}

VALUES = [
    ("gradient", "grad(x'*A*x, x)", "(A + A')*x", {}),
    ("jacobian", "jacobian(A*x + sin(x), x)", "A + diag(cos(x))", {}),
    ("of-a-scalar", "jacobian(x'*x, x)*y", "2*x'*y", {}),
    ("by-a-scalar", "jacobian(sin(t)*x, t)", "cos(t)*x", {"t": "scalar"}),
    ("columns", "det(jacobian([r*cos(t); r*sin(t)], r, t))", "r", POLAR),
    ("hessian", "hessian(x'*A*x, x)", "A + A'", {}),
    ("laplacian", "lap(x'*A*x, x)", "2*tr(A)", {}),
    ("laplacian-of-a-norm", "lap(norm2(x)^2, x)", "2*vector(1)'*x.^0", {}),
    ("laplacian-by-a-matrix", "lap(tr(X'*A*X), X)", "2*m*tr(A)", {"X": "matrix(n, m)"}),
    ("divergence", "div(A*x, x)", "tr(A)", {}),
    ("divergence-by-a-matrix", "div(X*A, X)", "n*tr(A)", {"X": "matrix(n, n)"}),
    ("within-symmetric", "grad(tr(A*S), S)", "(A + A')/2", {"S": "symmetric(n)"}),
    ("nested", "grad(norm2(grad(x'*x, x))^2, x)", "8*x", {}),
    ("in-a-definition", "g = grad(x'*x, x); g'*g", "4*x'*x", {}),
    ("zero", "grad(a'*y, x)", "0*x", {"a": "vector(n)", "x": "vector(n)"}),
    ("in-a-sum", "g = grad(x'*x, x); sum[i](g[i]^2)", "4*x'*x", {}),
    ("row-inside", "jacobian((A*x)', x)", "A", {}),
]


@pytest.mark.parametrize(
    ("text", "same", "variables"), thinned([pytest.param(*row[1:], id=row[0]) for row in VALUES], 3)
)
def test_value(text, same, variables):
    assert matcalc.equal(text, same, variables=variables)
    assert not matcalc.equal(text, f"({same}) + ({same}) + ones", variables=variables)


def test_determinants_of_numbers_are_written_out():
    """Also where the matrix of numbers is singular, and has no inverse."""
    found = matcalc.simplify("det(jacobian([r*cos(t); r*sin(t)], r, t))", variables=POLAR)
    assert str(found) == "r"
    kinds = {"a, b, c, d, e, f, g, h, i": "scalar"}
    assert str(matcalc.diff("det([a, b; c, d])", "a", variables=kinds)) == "d"
    whole, by = "det([a, b, c; d, e, f; g, h, i])", "f*g - d*i"
    assert matcalc.equal(matcalc.diff(whole, "b", variables=kinds), by)
    assert str(matcalc.simplify("det([a, b; a, b])", variables=kinds)) == "0"


DERIVED = [
    ("norm2(grad(x'*A*x, x))^2", "x", "2*(A + A')^2*x"),
    ("logdet(hessian(sum(exp(A*x)), x))", "x", None),
    ("det(jacobian(A*x + sin(x), x))", "x", None),
    ("div(grad(logsumexp(x), x), x)", "x", None),
    ("hessian(x'*A*x, x)*y", "A", None),
]


@pytest.mark.parametrize(("text", "wrt", "expected"), DERIVED)
def test_derived_again(text, wrt, expected):
    found = matcalc.diff(text, wrt)
    assert found.verification.kind == "exact"
    assert expected is None or str(found) == expected


REFUSED = [
    ("grad(A*x, x)", "grad takes a scalar, not vector", "write jacobian(A*x, x)"),
    ("jacobian(tr(X), X)", "is not a Jacobian", "write grad(tr(X), X)"),
    (
        "grad(x'*x, 2*x)",
        "grad is taken with respect to a variable, and 2*x is not one",
        "write grad(f, x)",
    ),
    ("y = 2*x; grad(y'*y, y)", "y is not one", "write grad(f, x)"),
    ("grad(x'*x)", "not 1 argument", "write grad(f, x)"),
    ("grad(x'*x, x, y)", "not 3 arguments", "write grad(f, x)"),
    ("x: vector(n); div(A, x)", "div takes an expression with the shape of x", ""),
    ("jacobian(x'*x, a, b)", "a vector and scalars", "one vector x"),
    ("sum[i](grad(x[i]^2, x)'*x)", "", "g = grad(f, x)"),
    ("laplacian(x'*x, x)", "unknown function laplacian", "lap"),
]


@pytest.mark.parametrize(("text", "message", "hint"), REFUSED)
def test_refusals(text, message, hint):
    with pytest.raises(MatcalcError) as caught:
        matcalc.parse(text)
    assert message in str(caught.value)
    assert hint in str(caught.value)


def test_nobody_expands():
    with pytest.raises(UnsupportedError, match="cannot appear inside"):
        read("grad(x'*x, x)")


def test_names_stay_free():
    assert str(matcalc.diff("grad*x", "x", variables={"grad": "scalar", "x": "scalar"})) == "grad"


@pytest.mark.parametrize(
    ("arguments", "printed"),
    [
        (["simplify", "lap(x'*A*x, x)"], "2*tr(A)"),
        (["diff", "grad(x'*A*x, x)'*y", "--wrt", "x"], "(A + A')*y"),
        (["equal", "grad(x'*x, x)", "2*x"], "equal: grad(x'*x, x) = 2*x"),
        (["check", "norm2(grad(x'*x, x))^2", "-w", "x", "--claim", "grad(4*x'*x, x)"], "proved"),
    ],
)
def test_command(capsys, arguments, printed):
    assert main(arguments) == 0
    assert capsys.readouterr().out.startswith(printed)


SHORT = [  # traces are taken term by term
    ("lap(norm2(x)^4, x)", "4*(2 + n)*x'*x"),
    ("div(x/norm2(x)^3, x)", "(n - 3)/norm2(x)^3"),
    ("lap(log(norm2(x)), x)", "(n - 2)/(x'*x)"),
    ("lap(exp(-norm2(x)^2/2), x)", "(x'*x - n)*exp(-x'*x/2)"),
    ("lap(tr(X'*A*X*B), X)", "2*tr(A)*tr(B)"),
    ("lap(norm2(X)^2*tr(A*X), X)", "2*tr(A*X)*(2 + m*n)"),
    ("lap(logdet(X), X)", "-sum(inv(X).^2)"),
    ("div(A*X*B, X)", "tr(A)*tr(B)"),
]


@pytest.mark.parametrize(("text", "expected"), SHORT)
def test_contractions_are_short(text, expected):
    assert str(matcalc.simplify(text)) == expected
