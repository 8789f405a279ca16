"""Section 4 of the Matrix Cookbook (Petersen & Pedersen, 15 November 2012), by number."""

import cmath

import pytest

import matcalc
from matcalc.conjugates.answer import Wirtinger
from matcalc.core.errors import MatcalcError

KINDS = {
    "X": "complex matrix(m, n)",
    "Z": "complex matrix(n, n)",
    "x": "complex vector(n)",
    "a": "complex scalar",
    "A": "matrix(m, m)",
    "B": "matrix(m, n)",
    "C": "matrix(n, m)",
    "M": "complex matrix(p, n)",
    "N": "complex matrix(q, n)",
}
DETERMINANT = (
    "det(ctranspose(X)*A*X)*A'*conj(X)*inv(ctranspose(X)*A*X)'",
    "det(ctranspose(X)*A*X)*A*X*inv(ctranspose(X)*A*X)",
)
NUMERATOR = "ctranspose(M)*M - (ctranspose(x)*ctranspose(M)*M*x)*ctranspose(N)*N/a"
# what it says, with the derivatives by Z, D, and by conj(Z), C; by the real part it is D + C, and i
# times that by the imaginary part is C - D
EQUATIONS = [
    ("(226)-(228), (230)", "exp(a)*a^2", "a", ("a*exp(a)*(2 + a)", "0")),
    ("(229), (230)", "conj(a)", "a", ("0", "1")),
    ("(236), (237)", "tr(conj(Z))", "Z", ("zeros(n, n)", "eye(n)")),
    ("(236), (237)", "tr(Z^H)", "Z", ("zeros(n, n)", "eye(n)")),
    ("(238), (239)", "tr(Z)", "Z", ("eye(n)", "zeros(n, n)")),
    ("(240), (241)", "tr(B*X^H)", "X", ("zeros(m, n)", "B")),
    ("(242), (243)", "tr(C*conj(X))", "X", ("zeros(m, n)", "C'")),
    ("(244)-(248)", "tr(X*X^H)", "X", ("conj(X)", "X")),
    ("(244)-(248)", "tr(X^H*X)", "X", ("conj(X)", "X")),
    ("(249), (250)", "det(X^H*A*X)", "X", DETERMINANT),
    (
        "(251), (252)",  # the Cookbook has twice the second one, which is the gradient
        "(M*x)^H*(M*x)/((N*x)^H*(N*x))",
        "x",
        (None, f"({NUMERATOR})*x/a where a = ctranspose(x)*ctranspose(N)*N*x"),
    ),
]


def derived(expr: str, wrt: str) -> Wirtinger:
    bare = expr.replace("det", "").replace("tr", "").replace("exp", "").replace("conj", "")
    return matcalc.wirtinger(expr, wrt, {k: v for k, v in KINDS.items() if k in bare})


@pytest.mark.parametrize(("number", "expr", "wrt", "lines"), EQUATIONS)
def test_equation(number, expr, wrt, lines):
    found = derived(expr, wrt)
    assert lines[0] is None or found.by_variable == lines[0], number
    assert found.by_conjugate == lines[1], number
    assert found.verification.kind == "exact"


def at(text: str, **values: complex) -> complex:
    names = {"exp": cmath.exp, "conj": lambda z: z.conjugate(), **values}
    return complex(eval(text.replace("^", "**"), {"__builtins__": {}}, names))


def test_the_chain_rule():
    """(234): dg/da = dg/du*du/da + dg/dconj(u)*dconj(u)/da, where u is not analytic."""
    a = 0.3 - 0.7j
    u = a * a.conjugate() + a**2
    outer = matcalc.wirtinger("exp(u)*conj(u)", "u", {"u": "complex scalar"})
    inner = matcalc.wirtinger("a*conj(a) + a^2", "a", {"a": "complex scalar"})
    whole = matcalc.wirtinger("u = a*conj(a) + a^2; exp(u)*conj(u)", "a", {"a": "complex scalar"})
    D, C = at(outer.by_variable, u=u), at(outer.by_conjugate, u=u)
    by_a, by_conjugate = at(inner.by_variable, a=a), at(inner.by_conjugate, a=a)
    found = at(whole.by_variable, a=a)
    assert abs(found - (D * by_a + C * by_conjugate.conjugate())) < 1e-12 * abs(found)
    assert abs(C * by_conjugate) > 0.01  # the second term counts


def test_the_chain_rule_of_matrices():
    """(235), with U = Z^H*Z and g(U) = tr(U*U)."""
    found = derived("U = Z^H*Z; tr(U*U)", "Z")
    assert (found.by_variable, found.by_conjugate) == (
        "2*conj(Z)*Z'*conj(Z)",
        "2*Z*ctranspose(Z)*Z",
    )


PARTS = "E = A + t*B; F = B - t*A; M = inv(E + F*inv(E)*F); "
INVERSE = [
    (f"{PARTS}A*M*(eye(n) - t*F*inv(E)) + B*M*(t*eye(n) + F*inv(E))", "eye(n)"),
    (f"{PARTS}B*M*(eye(n) - t*F*inv(E)) - A*M*(t*eye(n) + F*inv(E))", "zeros(n, n)"),
]


@pytest.mark.parametrize(("expr", "value"), INVERSE)
def test_inverse_of_a_complex_sum(expr, value):
    """(253)-(259): A + i*B times its inverse is the identity, by real and by imaginary part."""
    kinds = {"A": "matrix(n, n)", "B": "matrix(n, n)", "t": "scalar"}
    found = matcalc.equal(expr, value, variables=kinds)
    assert found.verdict == "equal"
    assert "exact" in str(found)


def test_other_kinds_are_refused():
    with pytest.raises(MatcalcError, match=r"else H: complex hermitian\(n\)"):
        matcalc.diff("tr(H*H)", "H", variables={"H": "hermitian(n)"})
    with pytest.raises(MatcalcError, match="stationary where"):
        matcalc.diff("tr(H*H)", "H", variables={"H": "unitary(n)"})
    with pytest.raises(MatcalcError, match="stationary where"):
        matcalc.wirtinger("tr(H*H)", "H", {"H": "complex unitary(n)"})
