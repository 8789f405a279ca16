"""Half-vectorisation, elimination and duplication matrices: values, closed forms, derivatives,
errors.
"""

import numpy as np
import pytest

import matcalc
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

A3 = np.random.default_rng(5).normal(size=(3, 3))
S3 = A3 + A3.T
LOWER = [A3[i, j] for j in range(3) for i in range(j, 3)]

VALUES = [
    ("vech", "vech(A)", "matrix(3, 3)", A3, LOWER),
    ("elimination", "elimination(3)*vec(A)", "matrix(3, 3)", A3, LOWER),
    ("duplication", "duplication(3)*vech(A)", "symmetric(3)", S3, S3.ravel()),
    ("of-one", "duplication(1)*elimination(1)*vech(A)", "matrix(1, 1)", A3[:1, :1], A3[0, :1]),
]


@pytest.mark.parametrize(
    ("text", "kind", "value", "wanted"), [pytest.param(*rest, id=name) for name, *rest in VALUES]
)
def test_value(text, kind, value, wanted):
    assert np.allclose(interpret(read(text, {"A": kind}).expr, {"A": value}, {}), wanted)
    assert np.allclose(matcalc.parse(text, variables={"A": kind}).to_callable()(A=value), wanted)


SIMPLIFIED = [
    ("vech", "elimination(n)*vec(A)", {"A": "matrix(n, n)"}, "vech(A)"),
    ("behind-a-row", "x'*elimination(n)*vec(A)", {"A": "matrix(n, n)"}, "vech(A)'*x"),
    ("of-another-shape", "elimination(4)*vec(A)", {"A": "matrix(2, 8)"}, "elimination(4)*vec(A)"),
    ("duplicated", "duplication(n)*vech(S)", {"S": "symmetric(n)"}, "vec(S)"),
    ("not-symmetric", "duplication(n)*vech(A)", {"A": "matrix(n, n)"}, "duplication(n)*vech(A)"),
    ("eliminated-twice", "elimination(n)'*vech(A)", {"A": "matrix(n, n)"}, "vec(tril(A))"),
    ("twice-another-shape", "elimination(4)'*elimination(4)*vec(A)", {"A": "matrix(2, 8)"}, None),
]


@pytest.mark.parametrize(
    ("text", "kinds", "line"), [pytest.param(*rest, id=name) for name, *rest in SIMPLIFIED]
)
def test_simplified(text, kinds, line):
    assert str(matcalc.parse(text, variables=kinds).simplify()) == (line or text)


HALF = "vector(n*(n+1)/2)"
SQUARE = {"X": "matrix(n, n)"}
DERIVATIVES = [
    ("vech", "vech(X)", "X", SQUARE, 1, "elimination(n)"),
    (
        "of-symmetric",
        "vech(X)",
        "X",
        {"X": "symmetric(n)"},
        1,
        "elimination(n)*(eye + commutation(n, n))/2",
    ),
    (
        "between",
        "vech(A*X*A')",
        "X",
        {**SQUARE, "A": "matrix(m, n)"},
        1,
        "elimination(m)*kron(A, A)",
    ),
    ("between-symmetric", "vech(A*X*A')", "X", {"X": "symmetric(n)", "A": "matrix(m, n)"}, 1, None),
    ("linear", "c'*vech(X)", "X", {**SQUARE, "c": HALF}, 1, "reshape(elimination(n)'*c, n, n)"),
    (
        "form",
        "c'*vech(X*A*X')",
        "X",
        {"X": "matrix(n, k)", "A": "matrix(k, k)", "c": HALF},
        1,
        None,
    ),
    ("norm", "norm2(vech(X))^2", "X", SQUARE, 1, "2*tril(X)"),
    ("norm-of-symmetric", "norm2(vech(X))^2", "X", {"X": "symmetric(n)"}, 1, "X + diag(diag(X))"),
    ("norm-of-skew", "norm2(vech(X))^2", "X", {"X": "skew(n)"}, 1, None),
    ("hessian", "vech(X)'*G*vech(X)", "X", SQUARE, 2, "elimination(n)'*(G + G')*elimination(n)"),
    ("hessian-of-norm", "norm2(vech(X))^2", "X", SQUARE, 2, None),
    (
        "entrywise",
        "sum(exp(vech(X)))",
        "X",
        SQUARE,
        1,
        "reshape(elimination(n)'*exp(vech(X)), n, n)",
    ),
    ("of-square", "norm2(vech(X^2) - c)^2", "X", {**SQUARE, "c": HALF}, 1, None),
    ("of-diagonal", "vech(X)", "X", {"X": "diagonal(n)"}, 1, None),
    (
        "duplicated",
        "norm2(duplication(n)*x)^2",
        "x",
        {"x": HALF},
        1,
        "2*duplication(n)'*duplication(n)*x",
    ),
    ("covariance", "logdet(reshape(duplication(n)*x, n, n))", "x", {"x": HALF}, 1, None),
]


@pytest.mark.parametrize(
    ("text", "wrt", "kinds", "order", "line"),
    [pytest.param(*rest, id=name) for name, *rest in DERIVATIVES],
)
def test_derivative(text, wrt, kinds, order, line):
    derivative = matcalc.diff(text, wrt, order=order, variables=kinds)
    assert derivative.verification.kind in ("exact", "numeric")
    assert derivative.check().ok
    assert line is None or str(derivative) == line
    assert "[" not in str(derivative)


@pytest.mark.parametrize(
    "text", ["x: vector(n); vech(x)", "A: matrix(m, n); vech(A)", "elimination(2)*duplication(3)"]
)
def test_error(text):
    with pytest.raises(matcalc.MatcalcError):
        matcalc.parse(text)


SQUARES = dict.fromkeys("ABCLMNX", "matrix(n, n)")
FUSED = [  # what is between two fused indices, in matrices alone
    (
        "vech(chol(A))",
        "A",
        {"A": "psd(n)"},
        "elimination(n)*(khatrirao(eye, chol(A))*khatrirao(M', M')' + kron(eye, chol(A))"
        "*diag(vec(tril(matrix(1), -1)))*(eye + commutation(n, n))*kron(M, M))/2 "
        "where M = inv(chol(A))",
    ),
    (
        "vech(L*tril(M*X*N, -1))",
        "X",
        SQUARES,
        "elimination(n)*kron(eye, L)*diag(vec(tril(matrix(1), -1)))*kron(N', M)",
    ),
    ("C*vec(L*(B.*(M*X*N)))", "X", {}, "C*kron(eye, L)*diag(vec(B))*kron(N', M)"),
    ("L*diag(diag(M*X*N))", "X", SQUARES, "khatrirao(eye, L)*khatrirao(N, M')'"),
    ("L*diag(diag(M*X*N))*B", "X", {}, "khatrirao(B', L)*khatrirao(N, M')'"),
    ("L*L'", "L", {"L": "triangular(n)"}, None),  # an index that is in both stays
]


@pytest.mark.parametrize(("expr", "wrt", "kinds", "shown"), FUSED)
def test_fused_indices(expr, wrt, kinds, shown):
    used = {name: kind for name, kind in kinds.items() if name in expr.replace("vech", "")}
    d = matcalc.diff(expr, wrt, variables=used)
    assert shown is None or str(d) == shown
    assert d.verification.kind != "none"
