"""What random expressions found (``benchmarks/fuzz.py``): the derivative is there, verified, and
reads back as what it is.
"""

import pytest
from sweeps import thinned

import matcalc

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
    "x": "vector(3)",
    "y": "vector(3)",
}

# expression, variable: a vector of ones in a cross product is no Kronecker factor; the diagonal of
# a matrix inside of the scalar that stands before an identity is restored too; what a row is times
# is no scalar; an identity with one row is no factor; a letter that is declared runs nowhere; a
# sum of ones is a number
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
]


@pytest.mark.parametrize(
    ("expression", "wrt"),
    thinned([pytest.param(*row, id=f"{row[0]} by {row[1]}") for row in FOUND], 2),
)
def test_found(expression, wrt):
    kinds = {name: kind for name, kind in KINDS.items() if name in expression}
    result = matcalc.diff(expression, wrt, variables=kinds)
    assert result.verification.kind in ("exact", "numeric")
    assert result.check(1).ok
    assert result.latex()  # which is read back
