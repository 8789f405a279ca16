"""QR and LU: factors, their derivatives, and what they are worth."""

import numpy as np
import pytest

import matcalc
from matcalc import runtime
from matcalc.core.errors import MatcalcError

SQUARE = {"A": "matrix(n, n)"}
ALONG = [
    ("qr_q(A)", "qr_q(A)*(tril(qr_q(A)'*E*inv(qr_r(A)), -1) - triu(inv(qr_r(A))'*E'*qr_q(A), 1))"),
    ("qr_r(A)", "(triu(inv(qr_r(A))'*E'*qr_q(A), 1) + triu(qr_q(A)'*E*inv(qr_r(A))))*qr_r(A)"),
    ("lu_l(A)", "lu_l(A)*tril(inv(lu_l(A))*E*inv(lu_u(A)), -1)"),
    ("lu_u(A)", "triu(inv(lu_l(A))*E*inv(lu_u(A)))*lu_u(A)"),
]
GRADIENTS = [
    ("tr(B'*qr_r(A))", "qr_q(A)*(triu(B*qr_r(A)') + triu(B*qr_r(A)', 1)')*inv(qr_r(A))'"),
    ("tr(B'*lu_l(A))", "(inv(lu_u(A))*triu(B'*lu_l(A), 1)*inv(lu_l(A)))'"),
    ("sum(log(diag(lu_u(A))))", "inv(A)'"),
    ("sum(log(diag(qr_r(A))))", "inv(A)'"),
    ("tr(qr_r(A)'*qr_r(A))", "2*A"),
]


@pytest.mark.parametrize(("expr", "said"), ALONG)
def test_along_a_direction(expr, said):
    found = matcalc.jvp(expr, {"A": "E"}, variables=SQUARE)
    assert str(found) == said
    assert found.verification.kind == "exact"


@pytest.mark.parametrize(("expr", "said"), GRADIENTS)
def test_gradients(expr, said):
    found = matcalc.diff(expr, "A", variables=SQUARE)
    assert str(found) == said
    assert found.verification.kind == "exact"


@pytest.mark.parametrize("name", ["qr_q", "qr_r", "lu_l", "lu_u"])
def test_against_differences(name):
    assert matcalc.diff(f"tr(B'*{name}(A))", "A", variables=SQUARE).check(rng=1).ok


@pytest.mark.parametrize(
    ("expr", "said"),
    [("lu_l(A)*lu_u(A)", "A"), ("qr_q(A)*qr_r(A)", "A"), ("qr_q(A)'*qr_q(A)", "eye(n)")],
)
def test_products(expr, said):
    assert matcalc.parse(expr, SQUARE).simplify().text() == said


def test_values():
    A = np.random.default_rng(0).normal(size=(4, 4))
    Q, R, L, U = (getattr(runtime, name)(A) for name in ("qr_q", "qr_r", "lu_l", "lu_u"))
    np.testing.assert_allclose(Q @ R, A)
    np.testing.assert_allclose(Q.T @ Q, np.eye(4), atol=1e-12)
    np.testing.assert_allclose(L @ U, A)
    for triangle in (R, U, L.T):
        np.testing.assert_array_equal(triangle, np.triu(triangle))
    assert np.all(np.diag(R) > 0)
    np.testing.assert_array_equal(np.diag(L), 1)


TALL = {"X": "matrix(m, n)", "B": "matrix(n, n)", "y": "vector(m)"}


@pytest.mark.parametrize(
    ("expr", "said"),
    [
        ("tr(B'*qr_r(X))", "qr_q(X)*(triu(B*qr_r(X)') + triu(B*qr_r(X)', 1)')*inv(qr_r(X))'"),
        ("norm2(y - qr_q(X)*qr_q(X)'*y)^2", "2*(qr_q(X)*qr_q(X)' - eye)*y*y'*pinv(X)'"),
        ("norm2(qr_r(X))^2", "2*X"),
    ],
)
def test_of_tall_matrices(expr, said):
    found = matcalc.diff(expr, "X", variables=TALL)
    assert str(found) == said
    assert found.verification.kind == "exact"


def test_along_a_direction_of_tall_matrices():
    found = matcalc.jvp("qr_q(X)", {"X": "E"}, variables=TALL)
    assert str(found).startswith("(eye - M*M')*E*N + ")
    assert str(found).endswith(" where M = qr_q(X), N = inv(qr_r(X))")
    assert found.verification.kind == "exact"


def test_values_of_tall_matrices():
    X = np.random.default_rng(1).normal(size=(5, 3))
    Q, R = runtime.qr_q(X), runtime.qr_r(X)
    np.testing.assert_allclose(Q @ R, X)
    np.testing.assert_allclose(Q.T @ Q, np.eye(3), atol=1e-12)
    np.testing.assert_array_equal(R, np.triu(R))


@pytest.mark.parametrize(
    ("expr", "kind", "message"),
    [("qr_r(X)", "matrix(3, 4)", "as many rows"), ("lu_l(X)", "matrix(4, 3)", "square")],
)
def test_other_matrices_are_refused(expr, kind, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.diff(expr, "X", variables={"X": kind})


def test_numbers_of_wide_matrices_are_refused():
    with pytest.raises(MatcalcError, match="at least as many rows as columns, not 2 x 3"):
        runtime.qr_q(np.ones((2, 3)))
