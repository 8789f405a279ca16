"""Triangles and cumulative sums: closed forms, normal form, arrays, errors."""

import numpy as np
import pytest

import matcalc
from matcalc import runtime
from matcalc.core.errors import MatcalcError

SQUARE = {"A": "matrix(n, n)", "B": "matrix(n, n)"}

DERIVATIVES = [
    ("tr(B*tril(A))", "A", 1, "tril(B')"),
    ("x'*tril(A)*y", "A", 1, "tril(x*y')"),
    ("tril(A)*x", "x", 1, "tril(A)"),
    ("norm2(tril(A))^2", "A", 1, "2*tril(A)"),
    ("sqrt(sum(triu(A).^2))", "A", 1, "triu(A)/norm2(triu(A))"),
    ("tr(tril(A, -1)*B)", "A", 1, "triu(B, 1)'"),
    ("triu(A)", "A", 1, "diag(vec(triu(ones(n, n))))"),
    ("tr(triu(tril(A))*B)", "A", 1, "diag(diag(B))"),
    ("sum(diag(tril(A)))", "A", 1, "eye(n)"),
    ("sum(exp(triu(A)))", "A", 1, "triu(exp(triu(A)))"),
    ("norm2(tril(A)*tril(A)' - B)^2", "A", 1, "2*tril((2*tril(A)*tril(A)' - B - B')*tril(A))"),
    ("y'*cumsum(x)", "x", 1, "revcumsum(y)"),
    ("revcumsum(x)'*y", "x", 1, "cumsum(y)"),
    ("cumsum(x)", "x", 1, "tril(ones(n, n))"),
    ("sum(cumsum(x))", "x", 1, "revcumsum(ones(n))"),
    ("norm2(cumsum(x))^2", "x", 1, "2*revcumsum(cumsum(x))"),
    ("norm2(cumsum(x))^2", "x", 2, "2*revcumsum(tril(ones(n, n)), 1)"),
    ("sum(exp(cumsum(x)))", "x", 2, "revcumsum(revcumsum(diag(exp(cumsum(x))), 1), 2)"),
    ("norm2(M*cumsum(x) - y)^2", "x", 1, "2*revcumsum(M'*(M*cumsum(x) - y))"),
    ("x'*cumsum(cumsum(x))", "x", 1, "cumsum(cumsum(x)) + revcumsum(revcumsum(x))"),
    ("norm2(cumsum(X, 1))^2", "X", 1, "2*revcumsum(cumsum(X, 1), 1)"),
    ("norm2(cumsum(X, 2))^2", "X", 1, "2*revcumsum(cumsum(X, 2), 2)"),
    ("tr(Y'*revcumsum(X, 2))", "X", 1, "cumsum(Y, 2)"),
    ("cumsum(X, 1)", "X", 1, "kron(eye(m), tril(ones(n, n)))"),
]


@pytest.mark.parametrize(
    ("expression", "wrt", "order", "expected"),
    [pytest.param(*row, id=f"{row[0]}-{row[2]}") for row in DERIVATIVES],
)
def test_derivative(expression, wrt, order, expected):
    used = {name: kind for name, kind in SQUARE.items() if name in expression}
    result = matcalc.diff(expression, wrt, variables=used, order=order)
    assert str(result) == expected
    assert result.verification.kind == "exact"


EQUAL = [
    ("tril(A) + triu(A, 1)", "A"),
    ("tril(tril(A, -1), 2)", "tril(A, -1)"),
    ("tril(A)'", "triu(A')"),
    ("tril(A, -1).*triu(B)", "zeros"),
    ("tril(A).*triu(A)", "diag(diag(A).^2)"),
    ("tril(A).^2", "tril(A.^2)"),
    ("cumsum(A, 2)", "cumsum(A', 1)'"),
    ("revcumsum(x)", "sum(x) - cumsum(x) + x"),
    ("cumsum(x')", "cumsum(x)'"),
]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=[left for left, _ in EQUAL])
def test_equal(left, right):
    kinds = {name: kind for name, kind in SQUARE.items() if name in left}
    assert matcalc.equal(left, right, variables=kinds)


def test_half_of_a_rectangle_is_no_diagonal():
    assert (
        str(matcalc.simplify("tril(triu(A))", variables={"A": "matrix(m, n)"})) == "tril(triu(A))"
    )


ERRORS = [
    ("tril(x)", "tril needs a matrix, not vector(n)"),
    ("tril(A, 1/2)", "the second argument of tril is the number of a diagonal"),
    ("triu(A, k)", "the second argument of triu is the number of a diagonal"),
    ("cumsum(A)", "cumsum of a matrix needs a direction"),
    ("cumsum(A, 3)", "the second argument of cumsum is 1 (down each column) or 2 (along each row)"),
    ("x: vector(n); cumsum(x, 1)", "cumsum by column or row needs a matrix, not vector(n)"),
    ("1./tril(A)", "division by zero"),
]


@pytest.mark.parametrize(
    ("expression", "message"), ERRORS, ids=[expression for expression, _ in ERRORS]
)
def test_errors(expression, message):
    with pytest.raises(MatcalcError) as caught:
        matcalc.diff(expression, "x" if "x" in expression else "A")
    assert message in str(caught.value)


X = np.arange(1.0, 7.0).reshape(2, 3)
ARRAYS = [
    ("tril", (X,), [[1, 0, 0], [4, 5, 0]]),
    ("tril", (X, -1), [[0, 0, 0], [4, 0, 0]]),
    ("triu", (X, 1), [[0, 2, 3], [0, 0, 6]]),
    ("cumsum", (X, 1), [[1, 2, 3], [5, 7, 9]]),
    ("cumsum", (X, 2), [[1, 3, 6], [4, 9, 15]]),
    ("revcumsum", (X, 1), [[5, 7, 9], [4, 5, 6]]),
    ("revcumsum", (X, 2), [[6, 5, 3], [15, 11, 6]]),
    ("revcumsum", (X[0],), [6, 5, 3]),
]


@pytest.mark.parametrize(
    ("name", "args", "expected"),
    [pytest.param(*row, id=f"{row[0]}-{k}") for k, row in enumerate(ARRAYS)],
)
def test_arrays(name, args, expected):
    np.testing.assert_array_equal(getattr(runtime, name)(*args), expected)


CODE = [("cumsum(x)", [1, 3, 6]), ("revcumsum(x)", [6, 5, 3]), ("cumsum(x)'*x", 25)]


@pytest.mark.parametrize(
    ("expression", "expected"), CODE, ids=[expression for expression, _ in CODE]
)
def test_generated_code(expression, expected):
    np.testing.assert_allclose(matcalc.parse(expression).to_callable()(x=X[0]), expected)


@pytest.mark.parametrize(
    "expression",
    ["tril(X)", "triu(X, 1)", "cumsum(X, 1)", "cumsum(X, 2)", "revcumsum(X, 1)", "revcumsum(X, 2)"],
)
def test_generated_code_of_matrices(expression):
    name, _, rest = expression.rstrip(")").partition("(")
    args = [X, *map(int, rest.split(",")[1:])]
    np.testing.assert_allclose(
        matcalc.parse(expression).to_callable()(X=X), getattr(runtime, name)(*args)
    )


WHOLE = [  # a triangle with the diagonal and the other one without it
    ("tril(X) + triu(X, 1)", "X"),
    ("A*(tril(S) + tril(S, -1)')*B", "A*S*B"),
    ("2*tril(A, -1) + 2*triu(A)", "2*A"),
    ("x'*tril(A)*x + x'*triu(A, 1)*x", "x'*A*x"),
    ("diag(diag(S))/2 + tril(S, -1) + (diag(diag(S))/2 + tril(S, -1))'", "S"),
    ("tril(A) + tril(A, -1)", "tril(A) + tril(A, -1)"),
    ("tril(A) - triu(A, 1)", "tril(A) - triu(A, 1)"),
]


@pytest.mark.parametrize(("text", "whole"), WHOLE)
def test_triangles_that_make_up_a_whole(text, whole):
    kinds = {**SQUARE, "S": "symmetric(n)", "X": "matrix(n, n)"}
    used = {name: kind for name, kind in kinds.items() if name in text}
    assert str(matcalc.simplify(text, variables=used)) == whole
