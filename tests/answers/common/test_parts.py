"""Derivatives by an entry, by a slice, and by what a program gives a name."""

import numpy as np
import pytest

import matcalc

NETWORK = "f1 = tanh(V*x); f2 = tanh(W*f1); norm2(y - f2)^2"
ROWS = [
    ("tr(R*A)", "R[i,j]", 1, "A[j, i]"),
    ("logdet(R)", "R[i,j]", 2, "-inv(R)[j, i]^2"),
    ("inv(X)", "X[i,j]", 1, "-inv(X)[:, i]*inv(X)[j, :]"),
    ("x'*A*x", "x[1:3]", 1, "(A + A')[1:3, :]*x"),
    ("A*x", "x[k]", 1, "A[:, k]"),
    ("softmax(x)", "x[j]", 1, "softmax(x)[j]*(unit(j, n) - softmax(x))"),
    ("norm2(A*X - B)^2", "X[:,k]", 1, "2*A'*(A*X - B)[:, k]"),
    ("logsumexp(X*w)", "X[i,:]", 1, "softmax(X*w)[i]*w"),
    ("sum(T.^2)", "T[i,:,:]", 1, "2*T[i, :, :]"),
    ("sum[i](x[i]*exp(x[i]))", "x[i]", 1, "(exp(x).*(1 + x))[i]"),
    (NETWORK, "f1", 1, "2*W'*((f2 - y).*(1 - f2.^2)) where f2 = tanh(W*tanh(V*x))"),
    ("f = A*x; f'*f", "f", 2, "2*eye(n)"),
    ("f = A*x; f'*f", "f[i]", 1, "2*A[i, :]*x"),
    ("f[0] = x; for k = 1:2; f[k] = A*f[k-1]; end; f[2]'*f[2]", "f[1]", 1, "2*A'*A^2*x"),
    ("g = x'; g*A*g'", "g", 1, "(A + A')*x"),
]


@pytest.mark.parametrize(("expr", "wrt", "order", "expected"), ROWS, ids=str)
def test_the_derivative_by_a_part_is_proved(expr: str, wrt: str, order: int, expected: str) -> None:
    kinds = {"T": "tensor(n, m, k)"} if "T" in expr else {}
    kinds |= {"A": "matrix(n, n)"} if "[0]" in expr else {}
    found = matcalc.diff(expr, wrt, order=order, variables=kinds)
    assert str(found) == expected
    assert found.wrt == wrt
    assert found.verification.kind == "exact"


@pytest.mark.parametrize(
    ("expr", "wrt", "message", "hint"),
    [
        ("x'*x", "z[i]", "z[i] is not a variable", "x"),
        ("x'*x", "x[i,j]", "entries of a vector have one index", "x[i]"),
        ("x'*x", "x[0]", "there is no entry 0", "1 for the first"),
        ("x'*x", "x[i", "] is missing", ""),
        ("tr(S*S)", "S[i,j]", "depend on each other", "--structure free"),
    ],
)
def test_what_is_no_part_is_refused(expr: str, wrt: str, message: str, hint: str) -> None:
    with pytest.raises(matcalc.MatcalcError) as caught:
        matcalc.diff(expr, wrt, variables={"S": "symmetric(n)"} if "S" in expr else None)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")


def test_entries_of_a_symmetric_matrix_may_be_taken_for_free() -> None:
    kinds = {"S": "symmetric(n)"}
    assert str(matcalc.diff("tr(S*S)", "S[i,j]", structure="free", variables=kinds)) == "2*S[j, i]"


def test_a_third_derivative_by_a_part_is_that_of_the_second() -> None:
    with pytest.raises(matcalc.MatcalcError, match="order 1 or 2"):
        matcalc.diff("sum(x.^4)", "x[i]", order=3)
    assert str(matcalc.diff("sum(x.^4)", "x[i]", order=2).diff("x[i]")) == "24*x[i]"


def test_code_and_numbers() -> None:
    found = matcalc.diff("norm2(A*X - B)^2", "X[:,k]")
    A, X, B = np.arange(6.0).reshape(3, 2), np.ones((2, 2)), np.zeros((3, 2))
    assert np.allclose(found.to_callable()(A=A, X=X, B=B, k=2), 2 * A.T @ (A @ X - B)[:, 1])
    assert found.check().ok
