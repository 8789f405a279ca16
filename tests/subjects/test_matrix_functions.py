"""Functions of matrices through the whole engine: closed forms where matrices commute, named
derivatives elsewhere.
"""

import numpy as np
import pytest
from sweeps import slow

import matcalc
from matcalc.core.operations import FRECHET, PRIMARY

SQUARE = "matrix(n, n)"
KINDS = {
    **dict.fromkeys("ABCXY", SQUARE),
    "t": "scalar",
    "p": "scalar",
    "q": "scalar",
    "P": "psd(n)",
    "Q": "psd(n)",
}
KINDS |= {
    "S": "symmetric(n)",
    "K": "skew(n)",
    "D": "diagonal(n)",
    "x": "vector(n)",
    "y": "vector(n)",
    "R": "matrix(m, n)",
}

DERIVATIVES = [
    # under a trace
    ("tr(expm(X))", "X", 1, "expm(X)'"),
    ("tr(logm(X))", "X", 1, "inv(X)'"),
    ("tr(sqrtm(X))", "X", 1, "inv(sqrtm(X))'/2"),
    ("tr(X^(3/2))", "X", 1, "3*sqrtm(X)'/2"),
    ("tr(X^p)", "X", 1, "p*(X^(p - 1))'"),
    ("tr(sinm(X))", "X", 1, "cosm(X)'"),
    ("tr(cosm(X))", "X", 1, "-sinm(X)'"),
    ("tr(tanm(X))", "X", 1, "eye + tanm(X)'^2"),
    ("tr(sinhm(X))", "X", 1, "coshm(X)'"),
    ("tr(coshm(X))", "X", 1, "sinhm(X)'"),
    ("tr(tanhm(X))", "X", 1, "eye - tanhm(X)'^2"),
    ("tr(expm(A*X))", "X", 1, "(expm(A*X)*A)'"),
    ("tr(expm(R'*R))", "R", 1, "2*R*expm(R'*R)"),
    ("tr(sqrtm(R'*R))", "R", 1, "R*inv(sqrtm(R'*R))"),
    ("tr(expm(S))", "S", 1, "expm(S)"),
    ("tr(expm(D))", "D", 1, "expm(D)"),
    ("tr(expm(x*x'))", "x", 1, "2*expm(x*x')*x"),
    ("log(tr(expm(S)))", "S", 1, "expm(S)/tr(expm(S))"),
    # products of symmetric matrices: f(P*Q)'*Q is Q*f(P*Q)
    ("tr(sqrtm(P*Q))", "P", 1, "Q*inv(sqrtm(P*Q))/2"),
    ("tr((P*Q)^p)", "P", 1, "p*Q*(P*Q)^(p - 1)"),
    ("tr(expm(S*Q))", "S", 1, "Q*expm(S*Q)"),
    # functions of one symmetric matrix commute, and their product is symmetric
    ("tr(logm(P)^2)", "P", 1, "2*logm(P)*inv(P)"),
    ("tr(P^2*logm(P))", "P", 1, "2*P*logm(P) + P"),
    ("tr(S^3*expm(S))", "S", 1, "S^2*(3*eye + S)*expm(S)"),
    ("tr(sqrtm(P)*expm(P))", "P", 1, "expm(P)*inv(sqrtm(P))/2 + sqrtm(P)*expm(P)"),
    # functions of one matrix
    ("tr(X*logm(X))", "X", 1, "eye + logm(X)'"),
    ("-tr(P*logm(P))", "P", 1, "-(eye + logm(P))"),
    ("tr(P*logm(P) - P)", "P", 1, "logm(P)"),
    ("tr(P*(logm(P) - logm(Q)))", "P", 1, "eye + logm(P) - logm(Q)"),
    ("tr(P*(logm(P) - logm(Q)))", "Q", 1, "-frechet_logm(Q, P)"),
    ("tr(X*expm(X))", "X", 1, "(X*expm(X) + expm(X))'"),
    ("tr(sinm(X)*cosm(X))", "X", 1, "(cosm(X)^2 - sinm(X)^2)'"),
    # by a scalar
    ("expm(t*A)", "t", 1, "A*expm(t*A)"),
    ("expm(t*A)", "t", 2, "A^2*expm(t*A)"),
    ("sinm(t*A)", "t", 2, "-A^2*sinm(t*A)"),
    ("expm(t*(A + B))*C", "t", 1, "(A + B)*expm(t*(A + B))*C"),
    ("sqrtm(t*A)", "t", 1, "A*inv(sqrtm(t*A))/2"),
    ("norm2(expm(t*A)*x - y)^2", "t", 1, "2*(expm(t*A)*x - y)'*A*expm(t*A)*x"),
    ("tr(expm(A + t*B))", "t", 1, "tr(B*expm(A + t*B))"),
    ("tr(expm(A + t*B))", "t", 2, "tr(B*frechet_expm(A + t*B, B))"),
    ("tr(logm(A + t*B))", "t", 2, "-tr((B*inv(A + t*B))^2)"),
    ("expm(A + t*B)", "t", 2, "frechet_expm(A + t*B, B, B)"),
    ("tr(X^p)", "p", 1, "tr(X^p*logm(X))"),
    ("x'*P^p*x", "p", 2, "x'*P^p*logm(P)^2*x"),
    # that do not commute
    ("tr(A*expm(X))", "X", 1, "frechet_expm(X, A)'"),
    ("tr(A*X^(1/2))", "X", 1, "frechet_sqrtm(X, A)'"),
    ("tr(A*X^p)", "X", 1, "frechet_power(X, p, A)'"),
    ("tr(A*expm(S))", "S", 1, "frechet_expm(S, A + A')/2"),
    ("sum(expm(X))", "X", 1, "frechet_expm(X', matrix(1))"),
    ("norm2(logm(P) - logm(Q))^2", "P", 1, "2*frechet_logm(P, logm(P) - logm(Q))"),
    ("x'*expm(A)*y", "A", 1, "frechet_expm(A', x*y')"),
    ("tr(A*frechet_expm(X, B))", "X", 1, "frechet_expm(X, A, B)'"),
    ("tr(A*frechet_expm(X, B))", "B", 1, "frechet_expm(X, A)'"),
    ("tr(expm(X))", "X", 2, "D[i,j,k,l] = frechet_expm(X, delta[:,k]*delta[l,:])[j,i]"),
    ("tr(A*expm(X))", "X", 2, "D[i,j,k,l] = frechet_expm(X, A, delta[:,k]*delta[l,:])[j,i]"),
    (
        "tr(A*sinm(X))",
        "X",
        3,
        "D[i,j,k,l,p,q] = frechet_sinm(X, A, delta[:,k]*delta[l,:], delta[:,p]*delta[q,:])[j,i]",
    ),
]


def declared(text: str) -> dict[str, str]:
    names = set("".join(c if c.isalnum() else " " for c in text).split())
    return {name: kind for name, kind in KINDS.items() if name in names}


@pytest.mark.parametrize(
    ("text", "wrt", "order", "line"),
    [
        (slow if row[2] > 2 else pytest.param)(*row, id=f"{row[0]}-{row[1]}{row[2]}")
        for row in DERIVATIVES
    ],
)
def test_derivatives(text, wrt, order, line):
    result = matcalc.diff(text, wrt, order=order, variables=declared(text))
    assert result.verification.kind in ("exact", "numeric")
    assert str(result) == line


SIMPLER = [
    ("inv(P)*logm(P) - logm(P)*inv(P)", "zeros(n, n)"),
    ("P*sqrtm(P)*expm(P) - expm(P)*P*sqrtm(P)", "zeros(n, n)"),
    ("x'*expm(S)*S*y - y'*expm(S)*S*x", "0"),
    ("A*sinm(B*A) - sinm(A*B)*A", "zeros(n, n)"),
    ("Q*logm(P*Q) - logm(P*Q)'*Q", "zeros(n, n)"),
    ("inv(sqrtm(t*eye(n) + A*B))*A - A*inv(sqrtm(t*eye(n) + B*A))", "zeros(n, n)"),
    ("R*sqrtm(R'*R) - sqrtm(R*R')*R", "R*sqrtm(R'*R) - sqrtm(R*R')*R"),  # of two sizes
    ("sqrtm(X)*sqrtm(X)", "X"),
    ("X^(1/2)*X^(-1/2)", "eye(n)"),
    ("X^p*X^q*X", "X^(1 + p + q)"),
    ("(X^(1/3))^3", "X"),
    ("(P^p)^q", "P^(p*q)"),
    ("(2*X)^(1/2)", "sqrt(2)*sqrtm(X)"),
    ("logdet(X^p)", "p*logdet(X)"),
    ("logdet(expm(X))", "tr(X)"),
    ("tr(logm(X))", "logdet(X)"),
    ("logm(inv(X))", "-logm(X)"),
    ("logm(P^p)", "p*logm(P)"),
    ("expm(logm(X))", "X"),
    ("logm(expm(S))", "S"),
    ("logm(expm(X))", "logm(expm(X))"),
    ("expm(A)*expm(-A)", "eye(n)"),
    ("expm(t*A)*expm(2*t*A)", "expm(3*t*A)"),
    ("expm(A)*expm(B)", "expm(A)*expm(B)"),
    ("expm(A)*A - A*expm(A)", "zeros(n, n)"),
    ("inv(expm(X))*X*expm(X)", "X"),
    ("sinm(A)^2 + cosm(A)^2", "eye(n)"),
    ("sinm(K) + sinm(K)'", "zeros(n, n)"),
    ("cosm(K) - cosm(K)'", "zeros(n, n)"),
    ("x'*sinhm(K)*x", "0"),
    ("logm(diag(x))", "diag(log(x))"),
    ("sqrtm(diag(x))", "diag(sqrt(x))"),
    ("frechet_expm(X, X)", "X*expm(X)"),
    ("frechet_logm(X, X*X)", "X"),
    ("frechet_sqrtm(X, eye)", "inv(sqrtm(X))/2"),
    ("frechet_power(X, 5, eye)", "5*X^4"),
    ("frechet_power(X, -1, A)", "-inv(X)*A*inv(X)"),
    ("frechet_logm(X, eye, A)", "-inv(X)*A*inv(X)"),
    ("frechet_sinm(X, X, X)", "-X^2*sinm(X)"),
    ("frechet_tanhm(X, X, X)", "frechet_tanhm(X, X, X)"),
    ("frechet_expm(X, A) + frechet_expm(X, B)", "frechet_expm(X, A + B)"),
    ("P^2*logm(P)*inv(P)", "P*logm(P)"),
    ("P*expm(P)*inv(P)", "expm(P)"),
    ("logm(P)*inv(P)", "logm(P)*inv(P)"),
]


@pytest.mark.parametrize(("text", "line"), [pytest.param(*row, id=row[0]) for row in SIMPLER])
def test_simplify(text, line):
    assert str(matcalc.simplify(text, variables=declared(text))) == line


@pytest.mark.parametrize("name", PRIMARY)
def test_of_a_scalar_it_is_the_function_of_numbers(name):
    ours, theirs = (
        matcalc.diff(f"{each}(t)", "t", variables={"t": "positive"})
        for each in (name, PRIMARY[name])
    )
    assert str(ours) == str(theirs)


@pytest.mark.parametrize("name", FRECHET)
def test_generated_code_computes_the_derivative(name):
    """d tr(A'*f(X)) along E, against differences of the generated f."""
    function = "X^(-0.3)" if name == "frechet_power" else f"{name.removeprefix('frechet_')}(X)"
    gradient = matcalc.diff(f"tr(A'*{function})", "X", variables={"A": SQUARE, "X": SQUARE})
    assert name in gradient.source()
    rng = np.random.default_rng(3)
    X = 0.9 * np.eye(3) + 0.2 * rng.standard_normal((3, 3))
    A, E = rng.standard_normal((3, 3)), rng.standard_normal((3, 3))
    value = matcalc.parse(function, variables={"X": SQUARE}).to_callable()
    step = 1e-5
    slope = np.sum(A * (value(X=X + step * E) - value(X=X - step * E))) / (2 * step)
    np.testing.assert_allclose(np.sum(gradient.to_callable()(A=A, X=X) * E), slope, rtol=1e-8)


@pytest.mark.parametrize(
    "text",
    [row[0] for row in SIMPLER if "logm" in row[0]] + ["X^(-1/2)", "X^p", "frechet_sqrtm(X, A)"],
)
def test_latex_is_read_back(text):
    expression = matcalc.parse(text, variables=declared(text))
    again = matcalc.parse_latex(expression.latex(), variables=expression.variables)
    assert matcalc.equal(expression, again)


def test_the_scalar_in_front_of_a_base_is_taken_out_only_if_it_is_positive():
    assert str(matcalc.simplify("sqrtm(t*A)", variables={"t": "scalar"})) == "sqrtm(t*A)"
    assert (
        str(matcalc.simplify("sqrtm(t*A)*sqrtm(t*B)", variables={"t": "positive"}))
        == "t*sqrtm(A)*sqrtm(B)"
    )


def test_a_root_that_is_not_real_has_no_value():
    value = matcalc.parse("sqrtm(X)", variables={"X": "matrix(2, 2)"}).to_callable()
    assert np.all(np.isnan(value(X=-np.eye(2))))
    np.testing.assert_allclose(value(X=np.ones((2, 2))), np.ones((2, 2)) / np.sqrt(2))
