"""What the terms of a sum share is written once, wherever in a product it stands."""

import pytest
from printing import check_form, form_rows

SQUARES = {"X": "matrix(n, n)", "K": "matrix(n, n)"}
DISTANCES = {"B": "matrix(n, m)", "R": "matrix(n, m)", "l": "positive"}
GATED = "norm2(W*(silu(A*x).*(V*x)) - y)^2"

# an expression, its variables, by which, as it is printed, the order
FORMS = {
    "pseudo-Huber penalty of differences": (
        "sum(sqrt(1 + (D*x).^2))",
        {},
        "x",
        "D'*diag(((D*x).^2 + 1).^-1.5)*D",
        2,
    ),
    "Cauchy's penalty": (
        "sum(log(1 + (D*x).^2))",
        {},
        "x",
        "2*D'*diag((1 - (D*x).^2)./((D*x).^2 + 1).^2)*D",
        2,
    ),
    "an activation of inverse square roots": (
        "norm2(A*x./sqrt(1 + (A*x).^2) - b)^2",
        {"b": "vector(m)"},
        "x",
        "2*A'*(((A*x)./sqrt(u) - b)./u.^1.5) where u = (A*x).^2 + 1",
        1,
    ),
    "Matern kernel of order 3/2: the length scale": (
        "sum(B.*(1 + sqrt(3)*R/l).*exp(-sqrt(3)*R/l))",
        DISTANCES,
        "l",
        "3*sum(B.*R.^2.*exp(-sqrt(3)*R/l))/l^3",
        1,
    ),
    "Matern kernel of order 5/2: the length scale": (
        "sum(B.*(1 + sqrt(5)*R/l + 5*R.^2/(3*l^2)).*exp(-sqrt(5)*R/l))",
        DISTANCES,
        "l",
        "5*sum(B.*R.^2.*(1 + sqrt(5)*R/l).*exp(-sqrt(5)*R/l))/(3*l^3)",
        1,
    ),
    "Matern kernel of points": (
        "K[i,j] = (1 + norm2(X[i,:]-Z[j,:])/l)*exp(-norm2(X[i,:]-Z[j,:])/l); sum(B.*K)",
        {"X": "matrix(n, d)", "Z": "matrix(m, d)", "l": "positive", "B": "matrix(n, m)"},
        "l",
        "sum(B.*M.*exp(-sqrt(M)/l))/l^3 where M[i,j] = norm2(X[i,:] - Z[j,:])^2",
        1,
    ),
    "weighted differences of a matrix and its transpose": (
        "sum(K.*(X - X').^2)",
        SQUARES,
        "X",
        "2*((K + K').*(X - X'))",
        1,
    ),
    "a gated layer: its gate": (
        GATED,
        {},
        "A",
        "2*((V*x).*sigmoid(u).*(u.*sigmoid(-u) + 1).*(W'*(W*(u.*(V*x).*sigmoid(u)) - y)))*x'"
        " where u = A*x",
        1,
    ),
    "negative binomial regression": (
        "sum((y + a).*log(a + exp(X*b)) - y.*(X*b))",
        {"a": "positive", "y": "vector(n)"},
        "b",
        "a*X'*((exp(X*b) - y)./(a + exp(X*b)))",
        1,
    ),
    "a Gaussian mixture: exponents that are names": (
        "-log(sum[k](p[k]*exp(-norm2(x - M[k,:]')^2/(2*s[k]^2))/s[k]^d))",
        {"p": "vector(K)", "M": "matrix(K, d)", "s": "vector(K)", "x": "vector(d)"},
        "M",
        "diag(p.*u./s.^(d + 2))*N/((u./s.^d)'*p) where N = M - vector(1)*x',"
        " u = exp(-((N.^2*vector(1))./s.^2)/2)",
        1,
    ),
    "a norm to a power with a name": ("1/norm2(x)^d", {}, "x", "-d*x/norm2(x)^(d + 2)", 1),
    "an expectation under softmax": (
        "softmax(x)'*y",
        {},
        "x",
        "diag(v) - v*u' - u*v' where u = softmax(x), v = u.*(y - u'*y)",
        2,
    ),
    "an expectation under softmax of scores": (
        "softmax(A*x)'*y",
        {},
        "x",
        "A'*(diag(v) - v*u' - u*v')*A where u = softmax(A*x), v = u.*(y - u'*y)",
        2,
    ),
    "Rayleigh quotient": (
        "x'*A*x/(x'*x)",
        {"A": "symmetric(n)"},
        "x",
        "2*(A - (a*eye + 2*(u*x' + x*u'))/b)/b where a = x'*A*x, b = x'*x, u = A*x - a*x/b",
        2,
    ),
    "ratio of risk and return": (
        "sqrt(x'*S*x)/(m'*x)",
        {"S": "psd(n)"},
        "x",
        "(S - (u*m' + m*u')/b - S*x*x'*S/a)/(b*sqrt(a)) where a = x'*S*x, b = m'*x,"
        " u = S*x - a*m/b",
        2,
    ),
    "all entries of a vector are the vector": (
        "[q[1]; q[2]]'*A*[q[1]; q[2]]",
        {"q": "vector(2)", "A": "matrix(2, 2)"},
        "q",
        "(A + A')*q",
        1,
    ),
    "columns that stand beside each other": (
        "q[1]*A[:, 1] + q[2]*A[:, 2] - b",
        {"q": "vector(2)", "A": "matrix(m, 3)", "b": "vector(m)"},
        "q",
        "A[:, 1:2]",
        1,
    ),
    "entries of a matrix, line by line": (
        "A[1,1]*B[1,1] + A[1,2]*B[1,2] + A[2,1]*B[2,1] + A[2,2]*B[2,2]",
        {"A": "matrix(2, 2)", "B": "matrix(2, 2)"},
        "A",
        "B",
        1,
    ),
    "parts of a vector as the columns of a matrix": (
        "tr(M*[x[1:2], x[3:4]])",
        {"x": "vector(4)", "M": "matrix(2, 2)"},
        "x",
        "[M[1, :]'; M[2, :]']",
        1,
    ),
    "pairs with a condition stay a sum": (
        "sum[i!=j](A[i,j]*sin(x[i] - x[j])^2)",
        {},
        "x",
        "D[i] = 2*sum[j!=i](sin(x[i] - x[j])*cos(x[i] - x[j])*(A[j,i] + A[i,j]))",
        1,
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed", "order"), form_rows(FORMS, 3))
def test_form(expr, variables, wrt, printed, order):
    check_form(expr, variables, wrt, printed, order)
