"""Declared functions of several arguments, and of arguments and values of any shape."""

import re

import numpy as np
import pytest

import matcalc
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge

KINDS = {
    "F": "function(vector(n), matrix(m, n)) -> vector(m)",
    "G": "function(vector(k)) -> vector(n)",
    "H": "function(matrix(m, n)) -> matrix(p, p)",
    "K": "function(scalar) -> matrix(n, n)",
    "T": "function(scalar) -> tensor(p, q, r)",
    "c": "function(scalar) -> vector(n)",
    "f": "function(vector(n), scalar) -> scalar",
    "l": "function(scalar, scalar) -> scalar",
    "M": "function(vector(n)) -> matrix(m, p)",
    "V": "matrix(m, n)",
    "X": "matrix(m, n)",
    "s": "scalar",
    "t": "scalar",
    "u": "vector(k)",
    "v": "vector(m)",
    "w": "vector(n)",
    "y": "vector(m)",
    "z": "vector(n)",
}
GAUSS = "z'*inv(K(t))*z + logdet(K(t))"
ROWS = [
    (1, GAUSS, "t", "tr((eye - inv(K(t))*z*z')*inv(K(t))*K'(t))"),
    (1, "K(t)*z", "t", "K'(t)*z"),
    (2, "c(t)'*c(t)", "t", "2*(c(t)'*c''(t) + norm2(c'(t))^2)"),
    (1, "T(t)", "t", "D[i,j,k] = T'(t)[i,j,k]"),
    (1, "sum(l(X*w, y))", "w", "X'*d1_l(X*w, y)"),
    (1, "sum(l(X*w, t))", "t", "sum(d2_l(X*w, t))"),
    (1, "sum[i](l(X[i,:]*w, y[i]))", "w", "X'*d1_l(X*w, y)"),
    (2, "sum(l(X*w, y))", "w", "X'*diag(d11_l(X*w, y))*X"),
    (1, "d2_f(w, t)", "w", "d12_f(w, t)"),
    (1, "d1_f(w, t)", "t", "d12_f(w, t)"),
    (2, "f(w, t)", "w", "d11_f(w, t)"),
    (1, "v'*F(w, X)", "w", "d1_F(w, X)'*v"),
    (1, "v'*F(w, X)", "X", "D[i,j] = sum[k](v[k]*d2_F(w, X)[k,i,j])"),
    (1, "norm2(F(G(u), X))^2/2", "u", "jac_G(u)'*d1_F(G(u), X)'*F(G(u), X)"),
    (1, "M(w)", "w", "D[i,j,k] = jac_M(w)[i,j,k]"),
]


def declared(*texts: str) -> dict[str, str]:
    """The declarations of the names in some texts."""
    names = {
        part for text in texts for word in re.findall(r"\w+", text) for part in word.split("_")
    }
    return {name: kind for name, kind in KINDS.items() if name in names}


@pytest.mark.parametrize(("order", "expr", "wrt", "expected"), ROWS, ids=str)
def test_derivatives_have_names_and_are_proved(
    order: int, expr: str, wrt: str, expected: str
) -> None:
    result = matcalc.diff(expr, wrt, order=order, variables=declared(expr, wrt))
    assert str(result) == expected
    assert result.verification.kind == "exact"


@pytest.mark.slow
@pytest.mark.parametrize(("order", "expr", "wrt", "expected"), ROWS, ids=str)
def test_the_numeric_judge_and_the_code_agree(
    order: int, expr: str, wrt: str, expected: str
) -> None:
    kinds = declared(expr, wrt)
    result = matcalc.diff(expr, wrt, order=order, variables=kinds)
    assert result.check().ok
    assert result.source("numpy")
    assert matcalc.equal(result.text(), expected, variables=kinds)


GENERIC = [
    ("5.99", "H(X)'", "D[i,j,k,l] = jac_H(X)[j,i,k,l]"),
    ("5.100", "tr(H(X))", "D[i,j] = sum[k](jac_H(X)[k,k,i,j])"),
    ("5.101", "det(H(X))", "D[i,j] = det(H(X))*tr(inv(H(X))*jac_H(X)[:,:,i,j])"),
    ("5.102", "inv(H(X))", "D[i,j,k,l] = -inv(H(X))[i,:]*jac_H(X)[:,:,k,l]*inv(H(X))[:,j]"),
]


@pytest.mark.parametrize(
    ("expr", "claim"), [pytest.param(*rest, id=number) for number, *rest in GENERIC]
)
def test_generic_identities_are_proved(expr: str, claim: str) -> None:
    """Deisenroth, Faisal & Ong (2020), for every function of a matrix."""
    assert judge(Claim(expr, "X", claim, declared(expr))).exit_code == 0


def test_a_false_claim_about_an_array_is_judged() -> None:
    claim = "D[i,j,k,l] = -inv(H(X))[j,:]*jac_H(X)[:,:,k,l]*inv(H(X))[:,i]"
    assert judge(Claim("inv(H(X))", "X", claim, declared("inv(H(X))"))).exit_code == 1


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("F(w)", "F takes 2 arguments, not 1", ""),
        ("F(X, w)", "F takes a vector(n)", ""),
        ("d21_F(w, X)", "is not one of its derivatives", "d12_F"),
        ("d3_F(w, X)", "is not one of its derivatives", "d1_F, d2_F"),
        ("jac_K(t)", "is not one of its derivatives", "K'(x), K''(x)"),
        ("grad_H(X)", "is not one of its derivatives", "jac_H(U)"),
        ("K(w)", "K takes a scalar", ""),
        ("d4_H(X)", "has 10 axes; the limit is 8", ""),
    ],
)
def test_refusals_teach(text: str, message: str, hint: str) -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.parse(text, variables=declared(text))
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_latex_is_written_and_read() -> None:
    formula = r"z^\top K(\theta)^{-1} z + \log\det K(\theta)"
    kinds = {"K": KINDS["K"], "z": "vector(n)"}
    found = matcalc.diff(formula, "theta", latex=True, variables=kinds)
    assert str(found) == ROWS[0][3].replace("(t)", "(theta)")
    assert "K'(\\theta)" in found.latex()
    mixed = matcalc.parse("d12_f(w, t)", variables=declared("f(w, t)"))
    assert mixed.latex() == r"\partial_{12} f(w, t)"


def test_generated_code_takes_callables() -> None:
    kinds = declared("sum(l(X*w, y))")
    gradient = matcalc.diff("sum(l(X*w, y))", "w", variables=kinds).to_callable()
    rng = np.random.default_rng(0)
    X, w, y = rng.standard_normal((3, 2)), rng.standard_normal(2), rng.standard_normal(3)
    found = gradient(X=X, w=w, y=y, d1_l=lambda a, b: 2 * (a - b))
    assert np.allclose(found, 2 * X.T @ (X @ w - y))


STRUCTURED = {"P": "function(scalar) -> psd(n)", "S": "function(scalar, scalar) -> symmetric(n)"}
OF_STRUCTURE = [
    ("logdet(P(t))", 1, "tr(P'(t)*inv(P(t)))"),
    ("z'*inv(P(t))*z", 2, "z'*inv(P(t))*(2*P'(t)*inv(P(t))*P'(t) - P''(t))*inv(P(t))*z"),
    ("norm2(S(s, t)*z)^2", 1, "2*z'*S(s, t)*d2_S(s, t)*z"),
    ("sum(log(diag(chol(P(t)))))", 1, "tr(P'(t)*inv(P(t)))/2"),
]


@pytest.mark.parametrize(("expr", "order", "expected"), OF_STRUCTURE, ids=str)
def test_values_may_be_symmetric_or_definite(expr: str, order: int, expected: str) -> None:
    kinds = {**declared(expr), **STRUCTURED}
    found = matcalc.diff(expr, "t", order=order, variables=kinds)
    assert str(found) == expected
    assert found.verification.kind == "exact"
    assert found.check().ok


def test_a_structure_holds_for_what_is_declared_with_it_alone() -> None:
    plain = {"K": KINDS["K"], "t": "scalar"}
    assert not matcalc.equal("K(t)'", "K(t)", variables=plain)
    symmetric = {**plain, "K": "function(scalar) -> symmetric(n)"}
    assert matcalc.equal("K''(t)'", "K''(t)", variables=symmetric)
    assert str(matcalc.parse("K(t)", symmetric).variables["K"]) == symmetric["K"]
    found = matcalc.diff("lambda_max(K(t))", "t", variables=symmetric)
    assert str(found) == "eigvec(K(t))'*K'(t)*eigvec(K(t))"
    with pytest.raises(matcalc.MatcalcError, match="not known to be symmetric"):
        matcalc.diff("lambda_max(K(t))", "t", variables=plain)
    with pytest.raises(matcalc.MatcalcError, match="takes scalars"):
        matcalc.parse("K(X)", {"K": "function(matrix(n, n)) -> psd(n)"})
