"""Gradients of an objective by one adjoint solve, and equations of Sylvester."""

import pytest
from sweeps import slow

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
    (
        "det(A - t*eye(n))",
        "t",
        "A",
        "t^2",
        {"t": S},
        "-l*cof(A - t*eye)",
        "-2*t/tr(cof(A - t*eye))",
    ),
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


PSD = {"A": "psd(n)"}
LOWER = {"L": "triangular(n)", **PSD}
SQUARE = {"A": "matrix(n, n)"}
SYMMETRIC_X = {"X": "symmetric(n)", "A": "symmetric(n)"}
DIAGONALS = {"D": "diagonal(n)", "B": "diagonal(n)"}
HALF = "tril(M) - diag(diag(M))/2"
NAMED = [  # equations that say that something is a function of a matrix
    ("L*L' = A", "L", "A", LOWER, f"L*({HALF}) where M = inv(L)*dA*inv(L)'"),
    ("A = L*L'/2", "L", "A", LOWER, "L*(2*tril(M) - diag(diag(M))) where M = inv(L)*dA*inv(L)'"),
    (
        "U'*U = A",
        "U",
        "A",
        {"U": "upper(n)", **PSD},
        "(triu(M) - diag(diag(M))/2)*U where M = inv(U)'*dA*inv(U)",
    ),
    (
        "B*L*L'*B' = A",
        "L",
        "A",
        LOWER,
        f"L*({HALF}) where M = inv(L)*inv(B)*dA*inv(B)'*inv(L)'",
    ),
    (
        "L*L' = A + t*B",
        "L",
        "t",
        {**LOWER, "B": "psd(n)", "t": S},
        f"L*({HALF}) where M = inv(L)*B*inv(L)'",
    ),
    ("expm(X) = A", "X", "A", SQUARE, "frechet_logm(A, dA)"),
    ("logm(X) = A", "X", "A", SQUARE, "frechet_expm(A, dA)"),
    ("expm(B*X*C) = A", "X", "A", SQUARE, "inv(B)*frechet_logm(A, dA)*inv(C)"),
    ("expm(t*X) = A", "X", "t", {"t": S}, "-X/t"),
    ("sqrtm(X) = A", "X", "A", SQUARE, "dA*sqrtm(X) + sqrtm(X)*dA"),
    ("exp(X) = A", "X", "A", {}, "dA./exp(X)"),
    ("X.^3 + X = A", "X", "A", {}, "dA./(1 + 3*X.^2)"),
    ("X.^3 = A", "X", "A", SYMMETRIC_X, "(dA./X.^2)/3"),
    ("X*X = A", "X", "A", SYMMETRIC_X, "lyapunov(X, dA)"),
    (
        "X.*X + B*X = A",
        "X",
        "A",
        {},
        "reshape(inv(2*diag(vec(X)) + kron(eye, B))*vec(dA), n, m)",
    ),
    ("D + D*D = B", "D", "B", DIAGONALS, "dB*inv(2*D + eye)"),
    (
        "L*S*L' = A",
        "L",
        "A",
        {**LOWER, "S": "psd(n)"},
        "L*chol(S)*(tril(N) - diag(diag(N))/2)*M where M = inv(chol(S)), "
        "N = M*inv(L)*dA*inv(L)'*M'",
    ),
    (
        "L*D*L' = A",
        "L",
        "A",
        {**LOWER, "D": "diagonal(n)"},
        "L*D*(tril(N) - diag(diag(N))/2) where M = inv(L*D), N = M*dA*M'",
    ),
    (
        "U'*S*U = A",
        "U",
        "S",
        {"U": "upper(n)", "S": "psd(n)", **PSD},
        "M'*(diag(diag(N))/2 - triu(N))*chol(S)'*U where M = inv(chol(S)), N = M*dS*M'",
    ),
    ("chol(A) = L", "A", "L", LOWER, "L*dL' + dL*L'"),
    slow("2*chol(A) = L", "A", "L", LOWER, "(chol(A)*dL' + dL*chol(A)')/2"),
    ("chol(B*A*B') = L", "A", "L", LOWER, "inv(B)*(L*dL' + dL*L')*inv(B)'"),
    slow("chol(A + S) = L", "A", "S", {**LOWER, "S": "psd(n)"}, "-dS"),
    ("expm(K) = Q", "K", "Q", {"K": "skew(n)", "Q": "orthogonal(n)"}, "frechet_logm(Q, dQ)"),
]


@pytest.mark.parametrize(("equation", "of", "wrt", "variables", "said"), NAMED)
def test_functions_of_matrices(equation, of, wrt, variables, said):
    found = matcalc.implicit(equation, of, wrt, variables=variables)
    assert str(found) == said
    assert found.proof.startswith("dG is zero along it, ")


def test_a_function_is_undone_on_its_principal_branch():
    found = matcalc.implicit("expm(X) = A", "X", "A")
    assert dict(found.lines)["and"] == "X = logm(A)"


def test_the_direction_is_that_of_cholesky():
    """The equation L*L' = A and the function chol have the same derivative."""
    moved = matcalc.jvp("chol(A)", {"A": "dA"}, variables=PSD)
    found = matcalc.implicit("L*L' = A", "L", "A", variables=LOWER)
    named = str(found).replace("L", "chol(A)")
    assert matcalc.equal(str(moved), named, variables={**PSD, "dA": "symmetric(n)"})


@pytest.mark.parametrize(
    ("equation", "wrt", "objective", "variables", "said"),
    [
        (
            "L*L' = A",
            "A",
            "sum(L)",
            LOWER,
            "U = inv(L)'*(triu(revcumsum(L, 1)) + triu(revcumsum(L, 1))' - diag(L'*vector(1)))"
            "*inv(L)/2",
        ),
        ("expm(L) = A", "A", "tr(B*L)", SQUARE, "U = frechet_logm(A, B)'"),
        (
            "L*D*L' = A",
            "A",
            "logdet(L)",
            {**LOWER, "D": "diagonal(n)"},
            "U = inv(L*D)'*D*inv(L*D)/2",
        ),
    ],
)
def test_adjoints_of_functions_of_matrices(equation, wrt, objective, variables, said):
    found = matcalc.implicit(equation, "L", wrt, objective=objective, variables=variables)
    assert str(found) == "U"
    assert dict(found.lines)["adjoint"] == said
    assert "along dA it is what the derivative of L gives" in found.proof


REFUSED = [
    # the derivative of the unknown would leave its kind
    ("A*X = B", "X", {"X": "symmetric(n)"}, "is not known to be symmetric, as X is"),
    ("D*D*A*D = B", "D", DIAGONALS, "is not known to be diagonal, as D is"),
    ("A*x = B*h", "x", {"x": "simplex(n)"}, "x is simplex.*declare x: vector"),
    ("L*L' = B", "L", {"L": "triangular(n)"}, "dB is not known to be symmetric"),
    # L*Q is a solution for each orthogonal Q
    ("L*L' = B", "L", {"B": "psd(n)"}, "does not determine L.*declare the kind of L, such as tri"),
    # which of the leading minors of S are zero is not known
    ("L*S*L' = B", "L", {"S": "symmetric(n)", **LOWER, "B": "psd(n)"}, "no inverse that"),
    ("chol(X) = B", "X", {"X": "psd(n)"}, "no inverse that"),
    ("expm(X) = B", "X", {"X": "skew(n)"}, r"not known to be skew.*as in B: orthogonal\(n\)"),
]


@pytest.mark.parametrize(("equation", "of", "variables", "message"), REFUSED)
def test_no_half_answers(equation, of, variables, message):
    with pytest.raises(MatcalcError, match=f"(?s){message}"):
        matcalc.implicit(equation, of, "B", variables=variables)


def test_weighted_least_squares_entry_by_entry():
    kinds = {"W": "positive(n, m)", "c": "positive"}
    found = matcalc.stationary("sum(W.*(X - A).^2) + c*norm2(X)^2", "X", variables=kinds)
    assert str(found) == "A.*W./(W + c)"
    assert "the only minimum" in found.condition


def test_command(capsys):
    command = ["implicit", "A*x - b", "--of", "x", "-w", "b", "-v", "b: vector(n)"]
    assert main([*command, "--objective", "y'*x"]) == 0
    said = capsys.readouterr()
    assert said.out.startswith("dg/db = l\n  adjoint     l = inv(A)'*y\n")
    assert said.err == "with A: matrix(n, n), x: vector(n)\n"  # as many equations as unknowns


def test_what_cannot_be_proved_is_no_bug():
    """Within the banded matrices A*X = C has no solution for most C."""
    kinds = {"X": "banded(n, 2)", "A": "psd(n)", "C": "psd(n)"}
    with pytest.raises(MatcalcError, match=r"could not be proved|has no solution"):
        matcalc.implicit("A*X = C", "X", "C", objective="tr(X)", variables=kinds)
