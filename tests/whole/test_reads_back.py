"""Every answer is an expression of the language: its text, parsed again with the variables of the
answer, has the shape and the value of the array that was derived.
"""

from __future__ import annotations

import pytest

import matcalc
from matcalc.verify.readback.values import alike

THREE = {"x": "vector(3)", "y": "vector(3)", "w": "vector(3)"}
PAIRS = {"q": "vector(n)", "X": "matrix(n, p)"}
OF_VECTORS = {"F": "function(vector(m)) -> scalar", "A": "matrix(m, n)", "x": "vector(n)"}
TO_VECTORS = {"H": "function(vector(m)) -> vector(p)", "A": "matrix(m, n)", "x": "vector(n)"}
OF_MATRICES = {
    "Q": "function(matrix(m, n)) -> scalar",
    "A": "matrix(m, p)",
    "X": "matrix(p, n)",
}
ARRAYS = {"T": "tensor(n, m, k)", "A": "matrix(k, p)", "x": "vector(m)"}
TALL = {"M": "matrix(m*n, r)", "C": "matrix(n, r)", "B": "matrix(m, r)"}
# expression, variable, order, declarations
REQUESTS = [
    ("A*X*B", "X", 1, {}),
    ("X*X'", "X", 1, {}),
    ("X'*A*X", "X", 2, {}),
    ("X*X", "X", 2, {}),
    ("X*A*x", "X", 2, {}),
    ("inv(X)*b", "X", 2, {"b": "vector(n)"}),
    ("x*x'*x", "x", 2, {}),
    ("norm2(x)^2*A", "x", 2, {}),
    ("tanh(A*x)*x'", "x", 1, {}),
    ("A*expm(X)*B", "X", 1, {}),
    ("skewmat(x)", "x", 1, THREE),
    ("cross(x, y)*x'", "x", 1, THREE),
    ("expm(skewmat(w))*y", "w", 1, THREE),
    ("expm(skewmat(w))", "w", 1, THREE),
    ("sum(M.*khatrirao(C, B))", "C", 1, TALL),
    ("M.*khatrirao(C, B)", "B", 1, TALL),
    ("F(A*x)*x", "x", 1, OF_VECTORS),
    ("F(x)", "x", 2, {**OF_VECTORS, "x": "vector(m)"}),
    ("F(A*x)*x*x'", "x", 1, OF_VECTORS),
    ("H(A*x)", "x", 2, TO_VECTORS),
    ("Q(A*X)", "X", 2, OF_MATRICES),
    ("sum(T, 3)", "T", 1, ARRAYS),
    ('einsum("ijk,kl->ijl", T, A)', "A", 1, ARRAYS),
    ("softmax(T, 2)", "T", 1, ARRAYS),
    ("sum[i<j](q[i]*q[j]/norm2(X[i,:] - X[j,:]))", "X", 1, PAIRS),
    ("F[i,k] = q[i]*X[i,k]^2", "X", 1, PAIRS),
    ("F[i,k] = q[i]*sum[j](X[j,k]*X[i,k])", "X", 1, PAIRS),
    ("mean[i](X[i,:]*x*X[i,:]')", "X", 2, {"X": "matrix(n, p)", "x": "vector(p)"}),
]


@pytest.mark.parametrize(
    ("text", "wrt", "order", "variables"), REQUESTS, ids=[f"{row[0]} {row[2]}" for row in REQUESTS]
)
def test_the_text_is_the_answer(text, wrt, order, variables):
    found = matcalc.diff(text, wrt, order=order, variables=variables)
    again = matcalc.parse(str(found), found.variables)
    assert set(again.variables) <= set(found.variables)
    tree = found._unfold(again.program().expr)
    assert tree.shape == found._tree.shape
    assert alike(tree, found._tree, found.variables)


def test_a_wrong_text_is_seen():
    found = matcalc.diff("X*X", "X", order=2)
    wrong = str(found).replace("delta[l,p]", "delta[p,k]", 1)
    assert wrong != str(found)
    assert not alike(
        matcalc.parse(wrong, found.variables).program().expr, found._tree, found.variables
    )


@pytest.mark.parametrize(
    ("text", "wrt", "order", "variables", "printed"),
    [
        (
            "expm(skewmat(w))",
            "w",
            1,
            THREE,
            "D[i,j,k] = -frechet_expm(skewmat(w), epsilon[k,:,:])[i,j]",
        ),
        ("H(A*x)", "x", 2, TO_VECTORS, "D[i,j,k] = A[:,j]'*hess_H(A*x, delta[:,i])*A[:,k]"),
        ("skewmat(x)", "x", 1, THREE, "D[i,j,k] = -epsilon[i,j,k]"),
    ],
)
def test_forms(text, wrt, order, variables, printed):
    assert str(matcalc.diff(text, wrt, order=order, variables=variables)) == printed
