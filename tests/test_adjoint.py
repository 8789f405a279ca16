"""Gradients of an objective by one adjoint solve, and equations of Sylvester."""

import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError

B = {"b": "vector(n)"}
S = "scalar"
SYLVESTER = {"A": "matrix(n, n)", "B": "matrix(m, m)"}
SYMMETRIC = {"X": "psd(n)", "Q": "symmetric(n)", "S": "psd(n)", "A": "matrix(n, n)"}
ADJOINT = [
    ("A*x - b", "x", "A", "c'*x", {**B, "c": "vector(n)"}, "-l*x'", "inv(A)'*c"),
    ("A*x - b", "x", "b", "norm2(x - y)^2/2", B, "l", "inv(A)'*(x - y)"),
    ("(A + p*B)*x - b", "x", "p", "p^2 + y'*x", {**B, "p": S}, "2*p - l'*B*x", "inv(A + p*B)'*y"),
    ("S*x - b", "x", "S", "b'*x", {**B, "S": "psd(n)"}, "-(l*x' + x*l')/2", "inv(S)*b"),
    ("x^3 + p*x - 1", "x", "p", "x^2", {"x": S, "p": S}, "-l*x", "2*x/(3*x^2 + p)"),
    ("A*X + X*B - C", "X", "A", "tr(D'*X)", SYLVESTER, "-L*X'", "sylvester(A', B', D)"),
    # an equation of symmetric matrices has a symmetric adjoint
    ("A*X + X*A' - Q", "X", "A", "tr(C*X)", SYMMETRIC, "-2*L*X", "lyapunov(A', C + C')/2"),
    ("A*X + X*A' - Q", "X", "Q", "logdet(X)", SYMMETRIC, "L", "lyapunov(A', inv(X))"),
    (
        "A'*X + X*A - X*S*X + Q",
        "X",
        "A",
        "tr(C*X)",
        SYMMETRIC,
        "-2*X*L",
        "-lyapunov(S*X - A, C + C')/2",
    ),
    # an equation of Stein has no name, so its map is inverted as a matrix
    (
        "X - A*X*A' - Q",
        "X",
        "A",
        "tr(C*X)",
        SYMMETRIC,
        "2*L*A*X",
        "reshape(inv(eye - kron(A', A'))*vec((C + C')/2), n, n)",
    ),
]


@pytest.mark.parametrize(
    ("equation", "of", "wrt", "objective", "variables", "said", "solution"), ADJOINT
)
def test_adjoint(equation, of, wrt, objective, variables, said, solution):
    found = matcalc.implicit(equation, of, wrt, objective=objective, variables=variables)
    assert str(found) == said
    assert dict(found.lines)["adjoint"][4:] == solution
    assert found.proof.count("exact") == 3  # its equation, the gradient, and along a direction


def test_fixed_points_and_minima():
    found = matcalc.implicit("x - tanh(W*x)", "x", "W", objective="y'*x")
    assert found.proof.count("exact") == 3
    ridge = "grad(norm2(A*x - b)^2/2 + c*x'*x/2, x)"
    found = matcalc.implicit(
        ridge, "x", "c", objective="norm2(x - y)^2", variables={"b": "vector(m)", "c": "positive"}
    )
    assert str(found) == "-l'*x"


@pytest.mark.parametrize(
    ("equation", "objective", "message"),
    [
        ("A*x - b", "A*x", "the objective must be a scalar"),
        ("softmax(x) - b", "x'*x", "does not determine x"),
    ],
)
def test_refused(equation, objective, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.implicit(equation, "x", "b", objective=objective, variables=B)


def test_sylvester():
    found = matcalc.implicit("X*X - A", "X", "A")
    assert str(found) == "sylvester(X, X, dA)"
    found = matcalc.stationary("norm2(A*X - B)^2 + norm2(X*D)^2", "X")
    assert str(found) == "sylvester(A'*A, D*D', A'*B)"


def test_command(capsys):
    command = ["implicit", "A*x - b", "--of", "x", "-w", "b", "-v", "b: vector(n)"]
    assert main([*command, "--objective", "y'*x"]) == 0
    assert capsys.readouterr().out.startswith("dg/db = l\n  adjoint     l = inv(A)'*y\n")
