"""Eigenvalues, singular values, Cholesky factors: closed forms, verified; what is refused; arrays
against their definitions.
"""

import re

import numpy as np
import pytest

import matcalc
from matcalc import runtime
from matcalc.core.errors import MatcalcError

KINDS = {
    "S": "symmetric(n)",
    "P": "psd(n)",
    "B": "matrix(n, n)",
    "c": "vector(n)",
    "T": "matrix(4, 3)",
}

GRADIENTS = [
    ("lambda_max(S)", "S", "eigvec(S)*eigvec(S)'"),
    ("lambda_min(S)", "S", "eigvec(-S)*eigvec(-S)'"),
    ("lambda_max(S) - lambda_min(S)", "S", "eigvec(S)*eigvec(S)' - eigvec(-S)*eigvec(-S)'"),
    ("lambda_max((B + B')/2)", "B", "eigvec(B + B')*eigvec(B + B')'"),
    ("lambda_max(X'*X)", "X", "2*specnorm(X)*leftvec(X)*rightvec(X)'"),
    ("sqrt(lambda_max(X*X'))", "X", "leftvec(X)*rightvec(X)'"),
    ("lambda_max(S + diag(x))", "x", "eigvec(S + diag(x)).^2"),
    ("sum(eigvals(S))", "S", "eye(n)"),
    ("sum(eigvals(S).^2)", "S", "2*S"),
    ("sum(eigvals(S).^3)", "S", "3*S^2"),
    ("sum(exp(eigvals(S)))", "S", "expm(S)"),
    ("sum(log(eigvals(P)))", "P", "inv(P)"),
    ("sum(1./eigvals(P))", "P", "-inv(P)^2"),
    ("norm2(eigvals(S))", "S", "S/norm2(S)"),
    ("c'*eigvals(S)", "S", "eigvecs(S)*diag(c)*eigvecs(S)'"),
    ("logsumexp(eigvals(S))", "S", "eigvecs(S)*diag(softmax(eigvals(S)))*eigvecs(S)'"),
    ("sum(log(diag(chol(P))))", "P", "inv(P)/2"),
    ("norm2(chol(P)\\c)^2", "P", "-inv(P)*c*c'*inv(P)"),
    ("norm2(chol(P)\\c)^2", "c", "2*inv(P)*c"),
    ("norm2(chol(P)*c)^2", "c", "2*chol(P)'*chol(P)*c"),
    (
        "tr(B'*chol(P))",
        "P",
        "inv(chol(P))'*(tril(chol(P)'*B) + triu(B'*chol(P), 1))*inv(chol(P))/2",
    ),
    ("sum(log(diag(chol(3*P))))", "P", "inv(P)/2"),
    ("sum(sqrt(eigvals(P)))", "P", "inv(sqrtm(P))/2"),
    ("prod(eigvals(S))", "S", "det(S)*inv(S)"),
    ("lambda_max(3*S)", "S", "3*eigvec(S)*eigvec(S)'"),
    ("specnorm(X)", "X", "leftvec(X)*rightvec(X)'"),
    ("‖A*X - Y‖_2", "X", "A'*leftvec(A*X - Y)*rightvec(A*X - Y)'"),
    ("specnorm(X)^2/2", "X", "specnorm(X)*leftvec(X)*rightvec(X)'"),
    ("nucnorm(X)", "X", "polar(X)"),
    ("nucnorm(A*X - Y)", "X", "A'*polar(A*X - Y)"),
    ("tr(polar(X)'*X)", "X", "polar(X)"),
    ("sum(svdvals(X))", "X", "polar(X)"),
    ("norm2(svdvals(X))", "X", "X/norm2(X)"),
    ("sum(log(svdvals(T)))", "T", "pinv(T)'"),
    ("schatten(T, 3)^3", "T", "3*leftvecs(T)*diag(svdvals(T).^2)*rightvecs(T)'"),
    (
        "condnum(B)",
        "B",
        "specnorm(inv(B))*(leftvec(B)*rightvec(B)' - condnum(B)*rightvec(inv(B))*leftvec(inv(B))')",
    ),
    ("S*eigvec(S)", "x", "zeros(n, m)"),
]


def kinds_of(text, wrt):
    names = [*re.findall(r"[A-Za-z_]\w*", text), wrt]
    used = {name: kind for name, kind in KINDS.items() if name in names}
    return used | ({"x": "vector(m)"} if wrt == "x" and names.count("x") == 1 else {})


@pytest.mark.parametrize(
    ("expression", "wrt", "expected"),
    [pytest.param(*row, id=f"{row[0]} by {row[1]}") for row in GRADIENTS],
)
def test_gradient(expression, wrt, expected):
    result = matcalc.diff(expression, wrt, variables=kinds_of(expression, wrt))
    assert str(result) == expected
    assert result.verification.kind in ("exact", "numeric")
    again = matcalc.parse(str(result), variables=kinds_of(expression, wrt))
    assert len(again.shape) == len(result.shape)


SECOND = [
    "lambda_max(S + diag(x))",
    "specnorm(X + x*y')",
    "nucnorm(T + s*R)",
    "sum(chol(P + diag(x)))",
    "c'*eigvals(S + diag(x))",
]


@pytest.mark.parametrize("expression", SECOND)
def test_second_derivatives_are_verified(expression):
    wrt = "s" if "s*R" in expression else "x"
    kinds = (
        kinds_of(expression, "") | {"s": "scalar", "R": "matrix(4, 3)"}
        if wrt == "s"
        else kinds_of(expression, "")
    )
    result = matcalc.diff(expression, wrt, variables=kinds, order=2)
    assert result.verification.kind in ("exact", "numeric")


@pytest.mark.parametrize(
    "expression", ["chol(P)", "tr(B'*chol(P))", "tr(B*inv(chol(P)))", "c'*chol(P)*c"]
)
def test_cholesky_is_proved_exactly(expression):
    assert (
        matcalc.diff(expression, "P", variables=kinds_of(expression, "P")).verification.kind
        == "exact"
    )


MATRICES = [
    "eigvals(S)",
    "eigvecs(S)",
    "eigvec(S)",
    "svdvals(T)",
    "leftvecs(T)",
    "rightvecs(T)",
    "leftvec(X)",
    "rightvec(X)",
    "polar(T)",
]


@pytest.mark.parametrize("expression", [*MATRICES, "invgap(x)", "eigvecs(S)*diag(eigvals(S))"])
def test_arrays_by_arrays_are_verified(expression):
    wrt = next(name for name in "STXx" if f"({name})" in expression)
    result = matcalc.diff(expression, wrt, variables=kinds_of(expression, wrt))
    assert result.verification.kind == "numeric" or expression.startswith("invgap")


REFUSED = [
    ("eigvals(A)", "A", {}, "declare A: symmetric(n)"),
    ("chol(A)", "A", {}, "declare A: psd(n), or write chol((A + A')/2)"),
    ("lambda_max(A*B)", "A", {}, "take the symmetric part (M + M')/2 of it"),
    ("eigvals(x)", "x", {}, "eigvals needs a matrix, not vector(n)"),
    ("specnorm(x)", "x", {"x": "vector(n)"}, "norm2(x) is the norm of a vector"),
    ("svdvals(X)", "X", {"X": "matrix(2, 3)"}, "write svdvals(X')"),
    ("eigvec(X)", "X", {"X": "matrix(2, 3)"}, "eigvec needs a square matrix"),
    ("invgap(A)", "A", {}, "invgap needs a vector"),
]


@pytest.mark.parametrize(
    ("expression", "wrt", "kinds", "message"), [pytest.param(*row, id=row[0]) for row in REFUSED]
)
def test_refused(expression, wrt, kinds, message):
    with pytest.raises(MatcalcError) as caught:
        matcalc.diff(expression, wrt, variables=kinds)
    assert message in str(caught.value)


NO_DERIVATIVE = [
    ("leftvec(B)", "B", 1, "one column or one row"),
    ("rightvec(B)", "B", 1, "one column or one row"),
    ("leftvec(B')", "B", 1, "one column or one row"),
    ("specnorm(B)", "B", 2, "one column or one row"),
    ("tr(cof(triu(A, 1)))", "A", 1, "of cof is known: its argument is singular at every point"),
    ("x'*cof(triu(A, 1))*x", "x", 1, "of cof is known: its argument is singular at every point"),
    ("det(skewmat(x))", "x", 1, "of det is known: its argument is singular at every point"),
    ("eigvals((K + K')/2)", "K", 1, "of eigvals: at every point eigenvalues coincide"),
    ("leftvec(c*Q)", "c", 1, "of leftvec: at every point singular values coincide"),
    ("condnum(c*Q)", "c", 1, "of condnum: at every point singular values coincide"),
    ("nucnorm(x*y')", "x", 1, "of nucnorm: at every point a singular value is zero"),
    ("polar(x*y')", "x", 1, "of polar: at every point a singular value is zero"),
    ("svdvals(T*x*y')", "x", 1, "of svdvals: at every point singular values coincide"),
    ("eigvals(x*x')", "x", 1, "of eigvals: at every point eigenvalues coincide"),
    ("lambda_max(Q'*Q + c*eye)", "c", 1, "of lambda_max: at every point eigenvalues coincide"),
]
DEGENERATE = {
    "B": "matrix(n, 1)",
    "K": "skew(n)",
    "Q": "orthogonal(n)",
    "c": "scalar",
    "x": "vector(3)",
    "y": "vector(3)",
}


@pytest.mark.parametrize(
    ("expression", "wrt", "order", "message"),
    [pytest.param(*row, id=row[0]) for row in NO_DERIVATIVE],
)
def test_no_derivative(expression, wrt, order, message):
    kinds = {
        name: kind
        for name, kind in (KINDS | DEGENERATE).items()
        if name in re.findall(r"[A-Za-z_]\w*", expression)
    }
    with pytest.raises(MatcalcError, match="no derivative") as caught:
        matcalc.diff(expression, wrt, variables=kinds, order=order)
    assert message in str(caught.value)


# the largest alone is simple; an odd skew matrix is singular, an even one need not be
SIMPLE = [
    ("specnorm(x*y')", "x"),
    ("lambda_max(x*x')", "x"),
    ("leftvec(x*y')", "x"),
    ("specnorm(B)", "B"),
    ("nucnorm(K)", "K"),
]


@pytest.mark.parametrize(("expression", "wrt"), SIMPLE)
def test_simple_where_it_matters(expression, wrt):
    kinds = {
        name: kind
        for name, kind in DEGENERATE.items()
        if name in re.findall(r"[A-Za-z_]\w*", expression)
    }
    assert matcalc.diff(expression, wrt, variables=kinds).verification.kind == "numeric"


WHOLE = ["specnorm(X)", "lambda_max(S)", "c'*eigvals(S)", "condnum(B)", "schatten(T, 3)"]


@pytest.mark.parametrize("expression", WHOLE)
def test_second_derivatives_by_matrices_are_verified(expression):
    wrt = next(name for name in "XSBT" if f"({name}" in expression)
    assert (
        matcalc.diff(
            expression, wrt, variables=kinds_of(expression, wrt), order=2
        ).verification.kind
        == "numeric"
    )


@pytest.mark.parametrize(
    ("expression", "wrt", "order"),
    [
        ("tr(B'*polar(W))", "W", 1),
        pytest.param("nucnorm(W + t*B)", "t", 2, marks=pytest.mark.slow),
        pytest.param("nucnorm(W)", "W", 2, marks=pytest.mark.slow),
    ],
)
def test_polar_factors_of_wide_matrices(expression, wrt, order):
    """They are those of the transpose, which has singular vectors."""
    kinds = {"W": "matrix(2, 4)", "B": "matrix(2, 4)", "t": "scalar"}
    kinds = {name: kind for name, kind in kinds.items() if name in expression}
    found = matcalc.diff(expression, wrt, variables=kinds, order=order)
    assert found.verification.kind == "numeric"


def test_entries_of_a_symmetric_matrix_are_not_free():
    with pytest.raises(MatcalcError, match="the entries of S cannot vary freely"):
        matcalc.diff("lambda_max(S)", "S", variables=KINDS | {}, structure="free")


rng = np.random.default_rng(3)
A = rng.standard_normal((4, 4))
S, P = A + A.T, A @ A.T
X = rng.standard_normal((5, 3))


def same(found, expected):
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_arrays():
    V, w = runtime.eigvecs(S), runtime.eigvals(S)
    same(V @ np.diag(w) @ V.T, S)
    same(V[np.argmax(np.abs(V), axis=0), range(4)], np.max(np.abs(V), axis=0))
    same(runtime.eigvec(S), V[:, -1])
    same([runtime.lambda_min(S), runtime.lambda_max(S)], w[[0, -1]])
    L = runtime.chol(P)
    same(L @ L.T, P)
    same(L, np.linalg.cholesky(P))
    U, s, W = runtime.leftvecs(X), runtime.svdvals(X), runtime.rightvecs(X)
    same(U @ np.diag(s) @ W.T, X)
    same(runtime.leftvec(X), U[:, 0])
    same(runtime.rightvec(X), W[:, 0])
    same(runtime.polar(X), U @ W.T)
    same(runtime.polar(X.T), W @ U.T)
    same(runtime.specnorm(X), s[0])
    same(runtime.nucnorm(X), np.sum(s))
    same(runtime.schatten(X, 3), np.sum(s**3) ** (1 / 3))
    same(runtime.condnum(S), np.linalg.cond(S))


def test_arrays_without_a_value():
    assert np.all(np.isnan(runtime.chol(-P)))
    assert np.all(np.isnan(runtime.eigvals(S * np.inf)))
    with pytest.raises(ValueError, match="at least as many rows as columns"):
        runtime.svdvals(X.T)


def test_gaps():
    same(
        runtime.invgap([1.0, 3.0, 7.0]),
        [[0, 1 / 2, 1 / 6], [-1 / 2, 0, 1 / 4], [-1 / 6, -1 / 4, 0]],
    )


VALUES = [
    ("eigvecs(S)*diag(eigvals(S))*eigvecs(S)'", S),
    ("chol(P)*chol(P)'", P),
    ("lambda_max(S)*eigvec(S)", S @ runtime.eigvec(S)),
    ("leftvecs(T)*diag(svdvals(T))*rightvecs(T)'", X[:4]),
    ("nucnorm(T) - sum(svdvals(T)) + specnorm(T) - ‖T‖_2", 0),
]


@pytest.mark.parametrize(
    ("expression", "expected"), VALUES, ids=[expression for expression, _ in VALUES]
)
def test_generated_code(expression, expected):
    found = matcalc.parse(expression, variables=kinds_of(expression, "")).to_callable()
    names = {
        name: value
        for name, value in {"S": S, "P": P, "T": X[:4]}.items()
        if f"({name})" in expression
    }
    same(found(**names), expected)


EQUAL = [
    ("eigvecs(S)'*eigvecs(S)", "eye(n)"),
    ("sum(eigvals(S))", "tr(S)"),
    ("lambda_max(-S)", "-lambda_min(S)"),
    ("logdet(chol(P))", "logdet(P)/2"),
    ("chol(P)*chol(P)'", "P"),
    ("specnorm(2*X)", "2*specnorm(X)"),
    ("X*rightvec(X)", "specnorm(X)*leftvec(X)"),
    ("polar(B)'*polar(B)", "eye(n)"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=[left for left, _ in EQUAL])
def test_equal(left, right):
    assert matcalc.equal(left, right, variables=kinds_of(left, ""))
