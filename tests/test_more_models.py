"""More models of papers: each is printed as short as here, and proved."""

from __future__ import annotations

import pytest
from printing import check_form, form_rows

COUNTED = {"P": "matrix(n, n)", "a": "scalar", "v": "vector(n)"}

# an expression, its variables, by which, as it is printed
FORMS = {
    "personal page rank, by the share of walks that go on": (
        "inv(eye - a*P)*(1 - a)*v",
        COUNTED,
        "a",
        "inv(eye - a*P)*(P - eye)*inv(eye - a*P)*v",
    ),
    "page rank behind a loss": (
        "norm2(inv(eye - a*P)*(1 - a)*v - y)^2",
        COUNTED,
        "a",
        "2*((1 - a)*M*v - y)'*M*(P - eye)*M*v where M = inv(eye - a*P)",
    ),
    "page rank in a product": (
        "r = inv(eye - a*P')*(1 - a)*v; c'*r",
        COUNTED | {"c": "vector(n)"},
        ["P", "a", "v"],
        "dP = a*(1 - a)*M*v*c'*M\n"
        "da = c'*M*(P' - eye)*M*v\n"
        "dv = (1 - a)*M'*c\n"
        "where M = inv(eye - a*P')",
    ),
    "shares of a market beside an outside option": (
        "u = X*b - a*p; s = exp(u)/(1 + sum(exp(u))); q'*log(s)",
        {"X": "matrix(n, m)", "b": "vector(m)", "a": "scalar", "p": "vector(n)", "q": "vector(n)"},
        ["b", "a", "p"],
        "db = -X'*w\nda = w'*p\ndp = a*w\nwhere v = exp(X*b - a*p), w = sum(q)*v/(1 + sum(v)) - q",
    ),
    "all pairs of three points of a family": (
        "sum[i=1:3,j=1:3](norm2(y[i] - y[j])^2)",
        {"y[k]": "vector(n)"},
        ["y[1]", "y[2]", "y[3]"],
        "dy[1] = 4*(2*y[1] - y[2] - y[3])\n"
        "dy[2] = 4*(2*y[2] - y[1] - y[3])\n"
        "dy[3] = 4*(2*y[3] - y[1] - y[2])",
    ),
    "matrix factorisation with weights and offsets": (
        "sum[u,i](M[u,i]*(R[u,i] - mu - b[u] - c[i] - Q[i,:]*P[u,:]')^2)",
        {"M": "matrix(n, m)", "R": "matrix(n, m)", "P": "matrix(n, k)", "Q": "matrix(m, k)"},
        ["P", "Q", "b", "c"],
        "dP = 2*N*Q\n"
        "dQ = 2*N'*P\n"
        "db = 2*N*vector(1)\n"
        "dc = 2*N'*vector(1)\n"
        "where N = M.*(P*Q' + b*vector(1)' + mu + vector(1)*c' - R)",
    ),
    "cross network of the second kind": (
        "z = x0.*(W*x + b) + x; z'*c",
        {"x0": "vector(n)", "x": "vector(n)", "W": "matrix(n, n)"},
        ["W", "b", "x", "x0"],
        "dW = (c.*x0)*x'\ndb = c.*x0\ndx = W'*(c.*x0) + c\ndx0 = c.*(W*x + b)",
    ),
    "variational graph autoencoder": (
        "-sum[i,j](A[i,j]*log(sigmoid(Z[i,:]*Z[j,:]')) + (1 - A[i,j])*log(1 -"
        " sigmoid(Z[i,:]*Z[j,:]'))) - sum[i,k](1 + 2*l[i,k] - M[i,k]^2 - exp(2*l[i,k]))/2",
        {"A": "symmetric(n)", "Z": "matrix(n, d)", "M": "matrix(n, d)", "l": "matrix(n, d)"},
        ["Z", "M", "l"],
        "dZ = 2*(sigmoid(Z*Z') - A)*Z\ndM = M\ndl = exp(2*l) - 1",
    ),
}


@pytest.mark.parametrize(("expr", "variables", "wrt", "printed"), form_rows(FORMS, 8))
def test_form(expr, variables, wrt, printed):
    check_form(expr, variables, wrt, printed)
