"""Bugs that were, found by fuzzing: each row is one that gave a wrong value, an exception of
Python's, or no end.
"""

import re

import pytest
from strategies import DECLARATIONS

import matcalc
from matcalc.core.errors import UnsupportedError

KINDS = {**DECLARATIONS, "t": "scalar", "E": "matrix(n, n)"}


def derivative(expr, wrt, order):
    kinds = {name: KINDS[name] for name in re.findall(r"[A-Za-z]\w*", expr) if name in KINDS}
    return matcalc.diff(expr, wrt, variables=kinds, order=order, structure="free", verify=False)


# name, expression, variable, order, what is printed (None: only the value matters)
FIXED = [
    ("polygamma-of-a-vector", "digamma(y)", "y", 1, "diag(polygamma(1, y))"),
    ("polygamma-twice", "gammaln(y)", "y", 2, None),
    ("number-first-in-a-maximum", "sum(max(0, A*x))", "x", 1, "A'*step(A*x)"),
    ("number-first-in-a-minimum", "min(1, t*y'*y)", "y", 1, "2*t*step(1 - t*y'*y)*y"),
    ("fused-axis-of-vec", "vec(A)", "A", 1, "eye(m*n)"),
    ("fused-axis-of-kron", "kron(x, z)", "z", 1, "kron(x, eye(m))"),
    ("fused-axis-with-weights", "vec(A).^2", "A", 1, None),
    ("fused-axis-inside-of-a-function", "softmax(kron(y, z))", "y", 1, None),
    ("fused-axis-of-a-diagonal", "diag(kron(M, D))", "M", 1, None),
    ("vec-times-ones", "vec(A).*kron(vector(1), vector(1))", "A", 1, "eye(m*n)"),
    ("size-of-identity", "x", "x", 1, "eye(n)"),
    ("size-of-ones", "sum(x)", "x", 1, "ones(n)"),
    ("size-of-broadcast", "B + a", "a", 1, "ones(m, n)"),
    ("size-inside-of-a-product", "z'*(A*ones(n))", "A", 1, None),
    ("size-of-a-constant-argument", "x'*cof(eye(n))*abs(y)", "y", 1, "x.*sign(y)"),
    ("dimension-of-no-variable", "tr(kron(eye(n), a*eye(m)))", "a", 1, "tr(eye(m))*tr(eye(n))"),
    (
        "dimension-of-no-variable-beside-others",
        "sum(ones(m))./x",
        "x",
        1,
        "-tr(eye(m))*diag(x.^-2)",
    ),
    ("dimension-of-no-variable-squared", "norm2(b - eye(m))^2", "b", 2, "2*tr(eye(m))^2"),
    (
        "transposed-sum-multiplied-out",
        "(X + t*E)'*(X + t*E)",
        "t",
        1,
        "(X + t*E)'*E + E'*(X + t*E)",
    ),
    ("multiplying-out-without-end", "sigmoid(logsumexp(softmax(x)))", "x", 2, None),
    ("multiplying-out-without-end-outer", "cbrt(y')*softmax(y) - eye(m)", "y", 2, None),
    ("index-form-is-not-read-back", "kron(M, eye(n))^-2*kron(z, y)", "y", 1, None),
    ("product-of-a-weight-and-a-diagonal", "det(diag(y)*diag(diag(X)))", "X", 1, None),
    ("logarithm-of-a-weight-and-a-diagonal", "logdet(diag(y.*diag(X)))", "X", 1, None),
    ("diagonal-is-no-product", "det(diag(y.*x))", "x", 1, None),
    ("inverse-of-a-diagonal-is-no-product", "inv(diag(y.*x))*x", "x", 1, None),
    ("matrix-vector-product-on-a-diagonal", "det(diag(X*x))", "x", 1, None),
    ("directional-derivative-twice", "sum(expm(diag(x)*X))", "x", 2, None),
    ("vec-of-a-diagonal-matrix", "a*vec(diag(x))", "a", 1, "vec(diag(x))"),
    ("vec-of-identity", "a*vec(eye(n))", "a", 1, "vec(eye(n))"),
    ("kron-with-vec-of-identity", "a*kron(vec(eye(n)), x)", "a", 1, "kron(vec(eye(n)), x)"),
    (
        "entry-by-entry-in-sums",
        "a*(sin(x)'*sin(x) + sum(cos(x).^2))",
        "a",
        1,
        "norm2(cos(x))^2 + norm2(sin(x))^2",
    ),
    ("zeroth-power-of-zero", "sum(x.*(y - y).^0)", "x", 1, "ones(n)"),
    ("two-outer-squares-of-a-vector", "logsumexp(softmax(x))/(1 + X[1, n]^2)", "x", 2, None),
    ("size-of-what-a-function-is-taken-of", "sum(x)*logsumexp(0*z)", "x", 1, "log(m)*ones(n)"),
    ("function-along-columns-of-a-symmetric-matrix", "softmax(A'*A, 1)*x", "x", 1, None),
    (
        "diagonal-matrix-in-a-kernel",
        "sum[i,j](z[i]*z[j]*exp(-(A[i,:] - A[j,:])*D*(A[i,:] - A[j,:])'))",
        "A",
        1,
        None,
    ),
    (
        "diagonal-matrix-in-an-index-form",
        "sum[i<j](norm2(D[i,:] - D[j,:])*x[i]*x[j])",
        "x",
        1,
        None,
    ),
    ("place-without-end", "(1./diag(1 + eye(m)))'*(softmax(B, 1) + B)[:, 2]", "B", 1, None),
    (
        "inner-product-before-an-index-form",
        "a*sum[i, j]((B[:, j]'*z*(B[i, :]*x))^2*z[i]*x[j])",
        "z",
        1,
        None,
    ),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "order", "line"), [pytest.param(*rest, id=name) for name, *rest in FIXED]
)
def test_value(expr, wrt, order, line):
    found = derivative(expr, wrt, order)
    report = found.check(rng=1)
    assert report.ok, str(report)
    assert line is None or str(found) == line


REFUSED = [
    ("quotient-by-logarithm-of-one", "b./log(ones(n)')", "b", "division by zero"),
    ("quotient-by-trace-of-skew", "diag(S/tr(W))", "W", "division by zero"),
    ("quotient-by-zero-vector", "sum(x.*x./(y - y))", "x", "division by zero"),
]


@pytest.mark.parametrize(
    ("expr", "wrt", "message"), [pytest.param(*rest, id=name) for name, *rest in REFUSED]
)
def test_refused(expr, wrt, message):
    with pytest.raises(UnsupportedError, match=message):
        derivative(expr, wrt, 1)


def test_powers_of_norms_are_joined() -> None:
    kinds = {"q": "scalar", "b": "vector(n)"}
    found = matcalc.diff("norm2(A*x - b)^q", "x", variables=kinds)
    assert str(found) == "q*norm2(A*x - b)^(q - 2)*A'*(A*x - b)"
