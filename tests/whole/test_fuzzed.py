"""What random expressions found (``benchmarks/fuzz.py``): the derivative is there, verified, and
reads back as what it is.
"""

import numpy as np
import pytest
from sweeps import slow, thinned

import matcalc
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

KINDS = {
    "D": "diagonal(3)",
    "E": "diagonal(n)",
    "F": "matrix(m, n)",
    "K": "skew(n)",
    "S": "symmetric(n)",
    "A": "matrix(n, n)",
    "B": "matrix(n, n)",
    "C": "matrix(n, 1)",
    "T": "tensor(m, n, n)",
    "Z": "matrix(n, 2)",
    "c": "vector(n)",
    "p": "scalar",
    "q": "positive",
    "x": "vector(3)",
    "y": "vector(3)",
}

# expression, variable: a vector of ones in a cross product is no Kronecker factor; the diagonal of
# a matrix inside of the scalar that stands before an identity is restored too; what a row is times
# is no scalar; an identity with one row is no factor; a letter that is declared runs nowhere; a
# sum of ones is a number; what functions take of a number everywhere is an array
FOUND = [
    ("mean(amin(F)*cross(diag(D), y))", "D"),
    ("sum(cross(diag(D), y))", "D"),
    ("sum(cross(y, diag(D).^2))", "D"),
    ("sum(D*cross(diag(D), y))", "D"),
    ("tr(D*skewmat(y)*D*skewmat(x))", "D"),
    ("eigvec(E)", "E"),
    ("lambda_min(E)", "E"),
    ("c'*eigvec(E)", "E"),
    ("c'*eigvec(2*E + A*A')", "E"),
    ("eigvec(-E)", "E"),
    ("norm2(E - lambda_max(E)*eye)^2", "E"),
    ("inv(lambda_min(E)*eye + E*E + eye)*c", "E"),
    ("diag(specnorm(E)*vector(1) - diag(E))*c", "E"),
    ("logsoftmax(-diag(cof(2*eye + K) + eye))", "K"),
    ("softmax(diag(cof(eye + K)))", "K"),
    ("logsoftmax(diag(cof(eye + S) - S))", "S"),
    ("cumsum(kron((A*C)', C), 1)", "C"),
    ("sum[i<j](norm2(Z[i,:] - Z[j,:])^2*i*B[j,i])", "B"),
    ("p*kron(F, F)*vec(A)*T[1, 1, 1]", "A"),
    ("p*sum(abs(c - c - 3))", "p"),
    ("p*sum(tanh(-3*ones(n)))", "p"),
    ("max(p, norm1(c - c - 3))", "p"),
    ("max(var(diag(c)*c), max(prod(c), det(4*eye(n))))", "c"),
    ("prodothers(eye(n), 1)*c", "c"),
    ("prodothers(E, 2)*c", "c"),
    ("huber(q, 1)", "q"),
    ("huber(tanh(S)[1, 2], 1)", "S"),
    ("sum(where(c > c, c, c.^2))", "c"),
    ("polar(K)*vector(1)", "K"),
    ("sum(kron(A, triu(K, 1)))", "K"),
    ("sum(abs(eigvals(F'*F)))", "F"),
    ("norm1(x.^2/norm2(y))", "y"),
    ("huber(lambda_max(c*c' + eye/2), 1)", "c"),
    ("[A[1:n-1, :]; c'][2, 1]", "c"),
    ("expm(chol(eye + c*c'))", "c"),
    ("expm(softmax(cumsum(A, 1), 2))", "A"),
    (
        'sum(einsum("ijk,il->ljk", T, T[:, :, 1]), 3)'
        "*(sum[i!=j](norm2(F[:,i] - F[:,j])*A[i,j])*sum(T, 3)')",
        "F",
    ),
    ("det(sin(A))", "A"),
    ("det(tril(sin(A)))", "A"),
    ("sum(logsoftmax(T, 3).^2)", "T"),
    ("sum(logsoftmax(T, 1).^2)*norm2(logsoftmax(T, 1))", "T"),
]
# the formula would divide by entries that are zero by declaration
DIVIDING = [
    ("prodothers(A, 2)", "A", {"A": "upper(n)"}),
    ("prodothers(diag(c), 2)*c", "c", {"c": "vector(n)"}),
    ("sum(prodothers(A, 1))", "A", {"A": "tridiagonal(n)"}),
    ("sum(prodothers([c; 0]))", "c", {"c": "vector(n)"}),
    ("prod(vec(A))", "A", {"A": "triangular(n)"}),
]


@pytest.mark.filterwarnings("ignore:.*is read entry by entry")
@pytest.mark.parametrize(
    ("expression", "wrt"),
    thinned([pytest.param(*row, id=f"{row[0]} by {row[1]}") for row in FOUND], 3),
)
def test_found(expression, wrt):
    kinds = {name: kind for name, kind in KINDS.items() if name in expression}
    result = matcalc.diff(expression, wrt, variables=kinds)
    assert result.verification.kind in ("exact", "numeric")
    assert result.check(1).ok
    assert result.latex()  # which is read back


@pytest.mark.parametrize(("expression", "wrt", "kinds"), DIVIDING, ids=[row[0] for row in DIVIDING])
def test_division_by_zeros_is_no_bug(expression, wrt, kinds):
    with pytest.raises(matcalc.MatcalcError, match=r"is not known|division by zero"):
        matcalc.diff(expression, wrt, variables=kinds).verification  # noqa: B018


@pytest.mark.parametrize(
    "expression", [slow("norminf(expm(A)*c)"), slow("amax(expm(A)*c - c)"), "norm1(expm(A)*c)"]
)
def test_second_derivatives_of_largest_entries(expression):
    """What is computed alone may differ from an entry of the whole in its last bit."""
    result = matcalc.diff(expression, "A", order=2, variables={"c": "vector(n)"})
    assert result.verification.kind == "numeric"
    code = result.to_callable()
    for seed in range(20):
        rng = np.random.default_rng(seed)
        assert np.any(code(A=rng.normal(size=(3, 3)), c=rng.normal(size=3)))


@pytest.mark.parametrize("size", [1, 2, 3])
def test_products_of_others_of_an_identity(size):
    result = matcalc.diff("prodothers(eye(n), 1)*c", "c", variables={"c": "vector(n)"})
    value = result.to_callable()(c=np.zeros(size))
    others = [[np.prod(np.delete(row, k)) for k in range(size)] for row in np.eye(size)]
    assert np.array_equal(value, np.transpose(others))


def test_more_indices_than_an_array_has_axes():
    sums = " + ".join(f"sum[i,j](A[i,j]*c[j]^{k})" for k in range(1, 20))
    program = read(f"F[k] = c[k]*({sums})", {"A": "matrix(n, n)", "c": "vector(n)"})
    A, c = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([0.5, -1.0])
    wanted = c * sum((A @ c**k).sum() for k in range(1, 20))
    np.testing.assert_allclose(interpret(program.expr, {"A": A, "c": c}, {"n": 2}), wanted)
