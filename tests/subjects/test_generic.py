"""Functions of which only the kind is declared: chain rules in general."""

import re

import numpy as np
import pytest
from sweeps import thinned

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import agree

KINDS = {
    "f": "function",
    "g": "function",
    "F": "function(vector(n)) -> scalar",
    "h": "function(vector(m)) -> scalar",
    "H": "function(vector(n)) -> vector(m)",
    "r": "function(vector(n)) -> vector(n)",
    "Q": "function(matrix(m, n)) -> scalar",
    "A": "matrix(m, n)",
    "X": "matrix(m, n)",
    "Z": "matrix(n, n)",
    "C": "matrix(m, m)",
    "S": "symmetric(n)",
    "P": "psd(n)",
    "b": "vector(m)",
    "l": "vector(m)",
    "v": "vector(n)",
    "x": "vector(n)",
    "y": "vector(n)",
    "t": "scalar",
}


def declared(*texts: str) -> dict[str, str]:
    """The declarations of the names in some texts."""
    names = {
        part
        for text in texts
        for word in re.findall(r"\w+", text)
        for part in (word, word.rpartition("_")[2])
    }
    return {name: kind for name, kind in KINDS.items() if name in names}


FIRST = [
    ("f(t)", "t", "f'(t)"),
    ("f(x)", "x", "diag(f'(x))"),
    ("sum(f(A*x))", "x", "A'*f'(A*x)"),
    ("f(A*x)", "x", "diag(f'(A*x))*A"),
    ("f(norm2(x)^2)", "x", "2*f'(x'*x)*x"),
    ("f(norm2(x))", "x", "f'(norm2(x))*x/norm2(x)"),
    ("f(x'*S*x)", "x", "2*f'(x'*S*x)*S*x"),
    ("h(A*x - b)", "x", "A'*grad_h(A*x - b)"),
    ("g(f(x))", "x", "diag(f'(x).*g'(f(x)))"),
    ("f(x)'*g(x)", "x", "f(x).*g'(x) + f'(x).*g(x)"),
    ("sum(f(X))", "X", "f'(X)"),
    ("tr(f(Z))", "Z", "diag(diag(f'(Z)))"),
    ("f(tr(Z))", "Z", "f'(tr(Z))*eye(n)"),
    ("f(logdet(P))", "P", "f'(logdet(P))*inv(P)"),
    ("f(Q(X))", "X", "f'(Q(X))*grad_Q(X)"),
    ("Q(C*X)", "X", "C'*grad_Q(C*X)"),
    ("Q(l*x')", "x", "grad_Q(l*x')'*l"),
    ("Q(A*diag(x))", "x", "diag(A'*grad_Q(A*diag(x)))"),
    ("F(Z*x)", "Z", "grad_F(Z*x)*x'"),
    ("F(S*x)", "S", "(grad_F(S*x)*x' + x*grad_F(S*x)')/2"),
    ("H(x)", "x", "jac_H(x)"),
    ("h(H(x))", "x", "jac_H(x)'*grad_h(H(x))"),
    ("r(r(x))", "x", "jac_r(r(x))*jac_r(x)"),
    ("norm2(H(x))^2/2", "x", "jac_H(x)'*H(x)"),
    ("F(x) + l'*(A*x - b)", "x", "A'*l + grad_F(x)"),
    ("F(x) + l'*(A*x - b)", "l", "A*x - b"),
    ("F(x) + norm2(x - v)^2/(2*t)", "x", "(x - v)/t + grad_F(x)"),
    ("x - t*grad_F(x)", "x", "eye - t*hess_F(x)"),
    ("F(x - t*grad_F(x))", "t", "-grad_F(x - t*grad_F(x))'*grad_F(x)"),
    ("F(x) - F(y) - grad_F(y)'*(x - y)", "y", "hess_F(y)*(y - x)"),
    ("norm2(grad_F(x))^2", "x", "2*hess_F(x)*grad_F(x)"),
    ("x - inv(hess_F(x))*grad_F(x)", "x", "inv(hess_F(x))*d3_F(x, inv(hess_F(x))*grad_F(x))"),
    ("hess_F(x)*v", "x", "d3_F(x, v)"),
    ("v'*hess_F(x)*v", "x", "d3_F(x, v, v)"),
    ("d3_F(x, v, v, v)", "v", "3*d3_F(x, v, v)"),
    ("log(F(x))", "x", "grad_F(x)/F(x)"),
    ("prod(f(x))", "x", "prod(f(x))*(f'(x)./f(x))"),
    ("softmax(f(x))", "x", "(diag(softmax(f(x))) - softmax(f(x))*softmax(f(x))')*diag(f'(x))"),
]
SECOND = [
    ("f(t)", "t", "f''(t)"),
    ("sum(f(A*x))", "x", "A'*diag(f''(A*x))*A"),
    ("h(A*x - b)", "x", "A'*hess_h(A*x - b)*A"),
    ("h(X*v)", "X", "kron(v*v', hess_h(X*v))"),
    ("f(F(x))", "x", "f'(F(x))*hess_F(x) + f''(F(x))*grad_F(x)*grad_F(x)'"),
    ("l'*H(x)", "x", "hess_H(x, l)"),
    ("F(x) + l'*H(x)", "x", "hess_F(x) + hess_H(x, l)"),
    ("h(H(x))", "x", "hess_H(x, grad_h(H(x))) + jac_H(x)'*hess_h(H(x))*jac_H(x)"),
    ("norm2(H(x))^2/2", "x", "hess_H(x, H(x)) + jac_H(x)'*jac_H(x)"),
    ("F(x + t*v)", "t", "v'*hess_F(t*v + x)*v"),
    ("F(f(x))", "x", "diag(f'(x))*hess_F(f(x))*diag(f'(x)) + diag(f''(x).*grad_F(f(x)))"),
    ("log(F(x))", "x", "(hess_F(x) - grad_F(x)*grad_F(x)'/F(x))/F(x)"),
    ("F(x)^2", "x", "2*(F(x)*hess_F(x) + grad_F(x)*grad_F(x)')"),
    ("H(x + t*v)", "t", "d2_H(t*v + x, v, v)"),
]
THIRD = [
    ("H(Z*x)", "x", "D[i,j,k,l] = Z[:,j]'*d3_H(Z*x, delta[:,i], Z[:,l])*Z[:,k]"),
    ("l'*H(x)", "x", "D[i,j,k] = d3_H(x, l, delta[:,k])[i,j]"),
]
FIRST += [
    ("hess_H(x, l)*v", "x", "d3_H(x, l, v)"),
    ("v'*d3_H(x, l, v)*v", "x", "d4_H(x, l, v, v, v)"),
    ("d3_H(x, l, v, v)", "v", "2*d3_H(x, l, v)"),
    ("jac_H(x)*v", "x", "d2_H(x, v)"),
    ("C*jac_H(Z*x)*v", "x", "C*d2_H(Z*x, v)*Z"),
    ("norm2(jac_H(x)*v)^2/2", "x", "hess_H(x, jac_H(x)*v)*v"),
    ("d2_H(x, v, v)", "v", "2*d2_H(x, v)"),
    ("x - inv(jac_r(x))*r(x)", "x", "inv(jac_r(x))*d2_r(x, inv(jac_r(x))*r(x))"),
]
ALL = [*((1, *row) for row in FIRST), *thinned([(2, *row) for row in SECOND], 3)]
ALL += [(3, *row) for row in THIRD]


@pytest.mark.parametrize(("order", "expr", "wrt", "expected"), ALL, ids=str)
def test_the_derivative_is_proved_short_and_read_back(
    order: int, expr: str, wrt: str, expected: str
) -> None:
    kinds = declared(expr, wrt)
    result = matcalc.diff(expr, wrt, order=order, variables=kinds)
    assert str(result) == expected
    assert result.verification.kind == "exact"
    assert result.check().ok
    again = read(str(result), kinds)
    assert agree(again, read(expected, kinds)).ok


@pytest.mark.parametrize(
    ("text", "kinds", "message", "hint"),
    [
        ("f(x)", {}, "unknown function f", '"f: function"'),
        ("f'(x)", {}, "unknown function f'", '"f: function"'),
        ("f + x", {"f": "function"}, "f is declared as a function", "f(...)"),
        ("grad_f(x)", {"f": "function"}, "not one of its derivatives", "f'(x)"),
        ("F'(x)", {"F": KINDS["F"]}, "not one of its derivatives", "grad_F(u)"),
        ("F(A)", {"F": KINDS["F"], "A": KINDS["A"]}, "takes a vector(n)", ""),
        (
            "F(b) + x'*x",
            {"F": KINDS["F"], "b": "vector(k)", "x": "vector(n)"},
            "takes a vector(n)",
            "",
        ),
        ("F(x, x)", {"F": KINDS["F"]}, "takes one argument", ""),
        ("hess_H(x)", {"H": KINDS["H"]}, "the point and weights", ""),
        ("d2_H(x)", {"H": KINDS["H"]}, "a point and 1 or 2 directions", ""),
        ("d2_F(x, x)", {"F": KINDS["F"]}, "not one of its derivatives", "hess_F(u)"),
        ("exp(x)", {"exp": "function"}, "exp is a function of the language", "another name"),
        ("f(x)", {"f": "function(vector(n))"}, "not a declaration of a function", "-> scalar"),
        ("f(x)", {"f": "function(vector) -> matrix(n, n)"}, "arguments and values", "-> scalar"),
        ("f(x)", {"f": "scalar -> scalar"}, "not a declaration of a function", "-> scalar"),
        ("f(x)", {"f": "function(psd(n)) -> scalar"}, "scalar,  vector(n)", ""),
    ],
)
def test_refusals_teach(text: str, kinds: dict[str, str], message: str, hint: str) -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.diff(text, "x", variables=kinds)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    "expr",
    [
        "Q(A*diag(F(x)*y))",
        "Q(l*(F(x)*y)')",
        "Q(F(x)*A)",
        "Q(A*diag(x/norm2(x)))",
        "F(x)*tr(hess_F(x))",
    ],
)
def test_scalars_in_index_notation_are_factors(expr: str) -> None:
    assert matcalc.diff(expr, "x", order=2, variables=declared(expr)).check().ok


def test_a_function_is_no_variable_to_derive_by() -> None:
    with pytest.raises(matcalc.MatcalcError, match="f is not a variable"):
        matcalc.diff("f(x)", "f", variables={"f": "function"})


def test_a_declaration_in_the_text() -> None:
    assert str(matcalc.diff("f: function(vector(k)) -> scalar; f(A*x)", "x")) == "A'*grad_f(A*x)"
    assert str(matcalc.diff("f: function(scalar) -> scalar; f(x)", "x")) == "diag(f'(x))"


def test_generated_code_takes_the_functions() -> None:
    kinds = declared("h(A*x - b) + sum(f(x))")
    function = matcalc.diff("h(A*x - b) + sum(f(x))", "x", variables=kinds).to_callable()
    rng = np.random.default_rng(0)
    A, x, b = rng.standard_normal((3, 2)), rng.standard_normal(2), rng.standard_normal(3)
    found = function(A=A, x=x, b=b, grad_h=lambda u: 2 * u, df=np.cos)
    assert np.allclose(found, 2 * A.T @ (A @ x - b) + np.cos(x))


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "expected"),
    [
        ("sum(f(A*x))", "x", 1, r"A^{\top} f'(A x)"),
        ("h(A*x)", "x", 1, r"A^{\top} \nabla h(A x)"),
        ("h(A*x)", "x", 2, r"A^{\top} \nabla^{2} h(A x) A"),
        ("H(x)", "x", 1, r"J_{H}(x)"),
        ("l'*H(x)", "x", 2, r"\nabla^{2} (l^{\top} H)(x)"),
        ("H(x + t*v)", "t", 2, r"\mathrm{D}^{2} H(t v + x)[v, v]"),
    ],
)
def test_latex(expr: str, wrt: str, order: int, expected: str) -> None:
    assert matcalc.diff(expr, wrt, order=order, variables=declared(expr)).latex() == expected


@pytest.mark.parametrize(
    ("formula", "wrt", "expected"),
    [
        (r"h(A x - b)", "x", "A'*grad_h(A*x - b)"),
        (r"\lVert H(x) \rVert^2 / 2", "x", "jac_H(x)'*H(x)"),
        (r"l^\top f(A x)", "x", "A'*(l.*f'(A*x))"),
        (r"f(F(x)) + t", "x", "f'(F(x))*grad_F(x)"),
    ],
)
def test_latex_is_read(formula: str, wrt: str, expected: str) -> None:
    assert str(matcalc.diff(formula, wrt, latex=True, variables=declared(formula))) == expected


def test_claims_about_declared_functions_are_judged() -> None:
    kinds = declared("h(C*l - b)")
    assert judge(Claim("h(C*l - b)", "l", "C'*grad_h(C*l - b)", kinds)).exit_code == 0
    wrong = judge(Claim("h(C*l - b)", "l", "C*grad_h(C*l - b)", kinds))
    assert wrong.exit_code == 1
    assert "C should be C'" in str(wrong)
    assert "some h" in str(wrong)


def test_equations_about_declared_functions_are_decided() -> None:
    assert matcalc.equal("hess_F(x)'", "hess_F(x)", variables=declared("F(x)"))
    assert not matcalc.equal("f(x + y)", "f(x) + f(y)", variables=declared("f(x + y)"))
