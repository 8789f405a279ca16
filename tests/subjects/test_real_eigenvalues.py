"""Real eigenvalues of matrices that are not symmetric, with their left and right vectors."""

import numpy as np
import pytest

import matcalc
from matcalc import runtime
from matcalc.core.errors import MatcalcError

GRADIENTS = [
    ("eigval(A)", "A", {}, "eigleft(A)*eigright(A)'"),
    ("eigval(A, 2)", "A", {}, "eigleft(A, 2)*eigright(A, 2)'"),
    ("eigval(A*B)", "A", {}, "eigleft(A*B)*eigright(A*B)'*B'"),
    ("eigval(S)", "S", {"S": "symmetric(n)"}, "eigvec(S)*eigvec(S)'"),
    ("eigval(x*y')", "x", {"y": "vector(n)"}, "(eigright(x*y')'*y)*eigleft(x*y')"),
    ("eigval(U)", "U", {"U": "upper(n)"}, "triu(eigleft(U)*eigright(U)')"),
]


@pytest.mark.parametrize(("expr", "wrt", "variables", "said"), GRADIENTS)
def test_gradients(expr, wrt, variables, said):
    found = matcalc.diff(expr, wrt, variables=variables)
    assert str(found) == said
    assert found.verification.kind == "numeric"


ALONG = [
    (
        "eigright(A)",
        "(eye - eigright(A)*eigright(A)')*inv(eigright(A)*eigleft(A)' + eigval(A)*eye - A)*E"
        "*eigright(A)",
    ),
    ("A*eigright(A)", None),
    ("eigleft(A, 2)", None),
]


@pytest.mark.parametrize(("expr", "said"), ALONG)
def test_along_a_direction(expr, said):
    found = matcalc.jvp(expr, {"A": "E"})
    assert said is None or str(found) == said
    assert found.verification.kind == "numeric"


def test_second_derivative_of_an_eigenvalue():
    found = matcalc.jvp("eigval(A)", [{"A": "E"}, {"A": "F"}])
    where = "u = eigleft(A), v = eigright(A), M = inv(v*u' + eigval(A)*eye - A)"
    assert str(found) == f"u'*(E*M*F + F*M*E)*v - 2*(u'*E*v)*(u'*F*v) where {where}"


def test_values():
    A = np.array([[2.0, 1.0, 0.0], [0.0, -1.0, 3.0], [0.5, 0.0, 1.0]])
    every = np.linalg.eigvals(A)
    real = np.sort(every.real[np.isreal(every)])[::-1]
    for k, value in enumerate(real, 1):
        v, u = runtime.eigright(A, k), runtime.eigleft(A, k)
        assert np.isclose(runtime.eigval(A, k), value)
        np.testing.assert_allclose(A @ v, value * v, atol=1e-12)
        np.testing.assert_allclose(u @ A, value * u, atol=1e-12)
        assert np.isclose(u @ v, 1)
        assert np.isclose(np.linalg.norm(v), 1)
    assert np.isnan(runtime.eigval(A, len(real) + 1))


@pytest.mark.parametrize(
    ("expr", "wrt", "variables", "message"),
    [
        ("eigval(a*eye(n))", "a", {"a": "scalar"}, "at every point eigenvalues coincide"),
        ("eigval([0, t; -t, 0])", "t", {"t": "scalar"}, "is there a real eigenvalue"),
        ("eigval([1, t; -t, 2], 3)", "t", {"t": "scalar"}, "are there 3 real eigenvalues"),
        ("eigval(A, 0)", "A", {}, "says which real eigenvalue"),
        ("eigval(A, k)", "A", {"k": "scalar"}, "says which real eigenvalue"),
        ("eigval(A)", "A", {"A": "matrix(3, 2)"}, "needs a square matrix"),
    ],
)
def test_refused(expr, wrt, variables, message):
    with pytest.raises(MatcalcError, match=message):
        matcalc.diff(expr, wrt, variables=variables)
