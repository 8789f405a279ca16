"""Derivatives with three axes and more: the matrix J of d vec(F) = J*d vec(X), or indices where it
is no Kronecker product.
"""

import pytest
from printing import render

from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read

FIXED = {
    "A": "matrix(m, n)",
    "B": "matrix(k, l)",
    "X": "matrix(n, k)",
    "x": "vector(n)",
    "b": "vector(k)",
}
SQUARE = {"A": "matrix(n, n)", "B": "matrix(n, n)", "X": "matrix(n, n)"}

# name, expression, variable, declarations, order, printed
KRONECKER = [
    (
        "partial-trace",
        "tr(A*kron(X, B))",
        "X",
        {"X": "matrix(n, m)", "B": "matrix(p, q)", "A": "matrix(m*q, n*p)"},
        1,
        'einsum("ijkl,ik->jl", reshape(A\', p, n, q, m), B)',
    ),
    (
        "partial-trace-with-an-identity",
        "logdet(kron(X, eye(m)) + A)",
        "X",
        {"X": "matrix(n, n)"},
        1,
        'einsum("ijik->jk", reshape(inv(A + kron(X, eye))\', m, n, m, n))',
    ),
    (
        "khatrirao-with-an-identity",
        "khatrirao(X, eye(n))",
        "X",
        {"X": "matrix(m, n)"},
        1,
        "kron(eye, commutation(m, n))*kron(khatrirao(eye, eye), eye)",
    ),
    (
        "khatrirao-of-an-identity",
        "khatrirao(eye(n), X)",
        "X",
        {"X": "matrix(m, n)"},
        1,
        "kron(khatrirao(eye(n), eye(n)), eye(m))",
    ),
    (
        "khatrirao-of-an-identity-entry-by-entry",
        "khatrirao(eye(n), exp(X))",
        "X",
        {"X": "matrix(m, n)"},
        1,
        "kron(khatrirao(eye, eye), eye)*diag(vec(exp(X)))",
    ),
    (
        "khatrirao-of-an-identity-with-a-matrix-behind",
        "khatrirao(eye(n), X)*B",
        "X",
        {"X": "matrix(m, n)", "B": "matrix(n, p)"},
        1,
        "kron(khatrirao(B', eye(n)), eye(m))",
    ),
    (
        "khatrirao-of-an-identity-inside",
        "khatrirao(A, khatrirao(eye(n), X))",
        "X",
        {"X": "matrix(m, n)", "A": "matrix(p, n)"},
        1,
        "D[i=1:m*n*p, j, k=1:m, l] = delta[j,l]*sum[q, r=1:m*n](A[q,j]*vec[i,r,q]*vec[r,k,j])",
    ),
    (
        "kron-with-an-identity",
        "kron(X, eye(n))",
        "X",
        {"X": "matrix(p, q)"},
        1,
        "kron(kron(eye(q), commutation(n, p)), eye(n))*kron(eye(p*q), vec(eye(n)))",
    ),
    ("left", "A*X", "X", FIXED, 1, "kron(eye(k), A)"),
    ("right", "X*B", "X", FIXED, 1, "kron(B', eye(n))"),
    ("both", "A*X*B", "X", FIXED, 1, "kron(B', A)"),
    ("vector", "A*X*b", "X", FIXED, 1, "kron(b', A)"),
    ("row", "x'*X", "X", FIXED, 1, "kron(eye(k), x')"),
    ("identity", "X", "X", FIXED, 1, "eye(k*n)"),
    ("multiple", "3*X", "X", FIXED, 1, "3*eye(k*n)"),
    ("outer-product", "x*b'", "x", FIXED, 1, "kron(b, eye(n))"),
    ("outer-product-right", "x*b'", "b", FIXED, 1, "kron(eye(k), x)"),
    ("vec", "vec(A*X*B)", "X", FIXED, 1, "kron(B', A)"),
    ("kron-of-vectors", "kron(x, b)", "x", FIXED, 1, "kron(eye(n), b)"),
    ("kron-of-vectors-right", "kron(x, b)", "b", FIXED, 1, "kron(x, eye(k))"),
    ("entrywise-function", "exp(X)", "X", FIXED, 1, "diag(vec(exp(X)))"),
    ("entrywise-weights", "X.*X", "X", FIXED, 1, "2*diag(vec(X))"),
    ("weights-on-the-rows", "diag(x)*X", "X", FIXED, 1, "kron(eye(k), diag(x))"),
    ("weights-on-the-columns", "X*diag(b)", "X", FIXED, 1, "kron(diag(b), eye(n))"),
    ("inverse", "inv(X)", "X", SQUARE, 1, "-kron(inv(X)', inv(X))"),
    ("sum-of-products", "X^2", "X", SQUARE, 1, "kron(X', eye(n)) + kron(eye(n), X)"),
    ("trace-times-matrix", "tr(A*X)*B", "X", {**SQUARE, "B": "matrix(k, l)"}, 1, "vec(B)*vec(A')'"),
    ("scalar-in-front", "tr(A)*X", "X", SQUARE, 1, "tr(A)*eye(n*n)"),
    ("hessian", "tr(X*A*X'*B)", "X", SQUARE, 2, "kron(A, B') + kron(A', B)"),
    ("hessian-with-a-common-factor", "tr(X'*A*X)", "X", SQUARE, 2, "kron(eye(n), A + A')"),
    ("transpose", "X'", "X", FIXED, 1, "commutation(n, k)"),
    (
        "through-a-transpose",
        "A*X'*B",
        "X",
        {**FIXED, "X": "matrix(k, n)"},
        1,
        "kron(B', A)*commutation(k, n)",
    ),
    ("gram-matrix", "X*X'", "X", FIXED, 1, "(eye + commutation(n, n))*kron(X, eye)"),
    ("gram-matrix-of-columns", "X'*X", "X", FIXED, 1, "(eye + commutation(k, k))*kron(eye, X')"),
    (
        "two-sided-form",
        "X*A*X'",
        "X",
        {"X": "matrix(m, n)"},
        1,
        "kron(X*A', eye) + kron(eye, X*A)*commutation(m, n)",
    ),
    ("inverse-transposed", "inv(X)'", "X", SQUARE, 1, "-kron(inv(X), inv(X)')*commutation(n, n)"),
    (
        "square",
        "X^2",
        "X",
        {**SQUARE, "A": "matrix(n, n)"},
        1,
        "kron(X', eye(n)) + kron(eye(n), X)",
    ),
    (
        "kron-left",
        "kron(X, B)",
        "X",
        FIXED,
        1,
        "kron(kron(eye(k), commutation(l, n)), eye(k))*kron(eye(k*n), vec(B))",
    ),
    (
        "kron-right",
        "kron(B, X)",
        "X",
        FIXED,
        1,
        "kron(kron(eye(l), commutation(k, k)), eye(n))*kron(vec(B), eye(k*n))",
    ),
    ("kron-with-row", "kron(b', X)", "X", FIXED, 1, "kron(b, eye(k*n))"),
    ("diagonal", "diag(X)", "X", SQUARE, 1, "khatrirao(eye(n), eye(n))'"),
    ("diagonal-matrix", "diag(x)", "x", FIXED, 1, "khatrirao(eye(n), eye(n))"),
    (
        "diagonal-behind-a-matrix",
        "diag(A*X*b)",
        "X",
        {**FIXED, "A": "matrix(l, n)"},
        1,
        "kron(b', khatrirao(eye, eye)*A)",
    ),
    ("scaled-rows", "diag(x)*X", "x", FIXED, 1, "khatrirao(X', eye)"),
    ("between-matrices", "A*diag(x)*X", "x", FIXED, 1, "khatrirao(X', A)"),
    (
        "diagonal-of-a-form",
        "diag(X'*A*X)",
        "X",
        {"X": "matrix(n, k)"},
        1,
        "khatrirao(eye, (A + A')*X)'",
    ),
    (
        "entrywise-function-of-a-product",
        "sigmoid(X*b)",
        "X",
        FIXED,
        1,
        "kron(b', diag(sigmoid(X*b).*sigmoid(-X*b)))",
    ),
    ("hessian-of-logdet", "logdet(X)", "X", SQUARE, 2, "-kron(inv(X), inv(X)')*commutation(n, n)"),
    ("hessian-of-square", "tr(X^2)", "X", SQUARE, 2, "2*commutation(n, n)"),
    (
        "hessian-of-product",
        "tr(X*A*X*B)",
        "X",
        SQUARE,
        2,
        "(kron(A, B') + kron(B, A'))*commutation(n, n)",
    ),
    ("hessian-outer", "x'*X*X'*x", "X", FIXED, 2, "2*kron(eye(k), x*x')"),
    (
        "determinant-twice",
        "det(X)",
        "X",
        SQUARE,
        2,
        "det(X)*(vec(inv(X)')*vec(inv(X)')' - kron(inv(X), inv(X)')*commutation(n, n))",
    ),
    ("hessian-of-norm", "norm2(X)^2", "X", FIXED, 2, "2*eye(k*n)"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "declarations", "order", "line"),
    [pytest.param(*rest, id=name) for name, *rest in KRONECKER],
)
def test_kronecker_form(expr, wrt, declarations, order, line):
    program = read(expr, declarations)
    assert (
        render(derive(program, wrt, order), program.variables, len(program.variables[wrt].shape))
        == line
    )


INDEXED = [
    (
        "function-of-a-matrix",
        "expm(X)",
        "X",
        SQUARE,
        1,
        "D[i,j,k,l] = frechet_expm(X, delta[:,k]*delta[l,:])[i,j]",
    ),
    ("zeros", "A*b", "X", {**FIXED, "b": "vector(n)"}, 1, "zeros(m, n, k)"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "declarations", "order", "line"),
    [pytest.param(*rest, id=name) for name, *rest in INDEXED],
)
def test_index_form(expr, wrt, declarations, order, line):
    program = read(expr, declarations)
    assert (
        render(derive(program, wrt, order), program.variables, len(program.variables[wrt].shape))
        == line
    )


def test_denominator_layout_transposes_the_kronecker_form():
    program = read("A*X*b", FIXED)
    assert render(derive(program, "X", layout="denominator"), program.variables, 1) == "kron(b, A')"
