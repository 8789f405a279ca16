r"""Norms of sums in which one term is x_i: the x_i are vectors, and so are the other terms; a head
with bars, as p(x \mid \mu), and no norm before a definition.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

# the formula, and what it means in the language
READ = [
    (
        r"\sum_i \|x_i - c\mu\|^2",
        "X: matrix(n, d); c: scalar; mu: vector(d); norm2(X - vector(1)*c*mu')^2",
    ),
    (
        r"\sum_i \|a_i x_i - b\|^2",
        "X: matrix(n, d); a: vector(n); b: vector(d); norm2(diag(a)*X - vector(1)*b')^2",
    ),
    (
        r"\|x - \sum_j a_j d_j\|^2",
        "x: vector(n); D: matrix(m, n); a: vector(m); norm2(x - D'*a)^2",
    ),
    (
        r"b^\top (y + \sum_j c_j d_j)",
        "y: vector(n); D: matrix(m, n); c: vector(m); b: vector(n); b'*(y + D'*c)",
    ),
    (
        r"\sum_i\left\|x_i - \sum_j w_{ij}x_j\right\|^2",
        "X: matrix(n, d); w: matrix(n, n); norm2(X - w*X)^2",
    ),
    (
        r"\sum_i\left\|x_i - a y_i\right\|^2",
        "X: matrix(n, d); Y: matrix(n, d); a: scalar; norm2(X - a*Y)^2",
    ),
    (
        r"\sum_i\left\|x_i - a_i y_i\right\|^2",
        "X: matrix(n, d); Y: matrix(n, d); a: vector(n); norm2(X - diag(a)*Y)^2",
    ),
    (
        r"\sum_i\|x_i - \sum_k z_{ik} \mu_k\|^2",
        "X: matrix(n, d); Mu: matrix(K, d); z: matrix(n, K); norm2(X - z*Mu)^2",
    ),
    (
        r"\sum_{i} \| \sum_j \frac{\exp(q_i^\top k_j)}{\sum_l \exp(q_i^\top k_l)} v_j - y_i \|^2",
        "Q: matrix(n, d); K: matrix(m, d); V: matrix(m, p); Y: matrix(n, p);"
        " norm2(softmax(Q*K', 2)*V - Y)^2",
    ),
    (
        r"\sum_i\left\|y_i - w^\top x_i\right\|^2",
        "X: matrix(n, d); y: vector(n); norm2(y - X*w)^2",
    ),
    (
        r"\sum_i\left\|y_i - a w^\top x_i\right\|^2",
        "X: matrix(n, d); y: vector(n); a: scalar; norm2(y - a*X*w)^2",
    ),
    (
        r"\sum_{i} \|x_i - \mu - W z_i\|^2",
        "X: matrix(n, d); Z: matrix(n, k); W: matrix(d, k); norm2(X - Z*W' - vector(1)*mu')^2",
    ),
    (
        r"\sum_i (x_i - \mu - W z_i)^\top \Sigma^{-1} (x_i - \mu - W z_i)",
        "X: matrix(n, d); Z: matrix(n, k); W: matrix(d, k); Y = X - Z*W' - vector(1)*mu';"
        " tr(Y*inv(Sigma)*Y')",
    ),
    (
        r"\sum_i\|y_i - b - w x_i\|^2",
        "Y: matrix(n, m); x: vector(n); b: vector(m); norm2(Y - vector(1)*b' - x*w')^2",
    ),
    (
        r"\sum_i \| x_i - \frac{1}{n}\sum_{j=1}^n x_j \|^2",
        "X: matrix(n, d); norm2(X - vector(1)*mean(X, 1))^2",
    ),
    (
        r"\sum_i \| y_i - \sum_j w_j x_{ij} \|^2",
        "x: matrix(n, d); y: vector(n); w: vector(d); norm2(y - x*w)^2",
    ),
    # where sums are no products of matrices
    (
        r"\sum_{i<j} w_{ij}\|A x_i - A x_j\|^2",
        "X: matrix(n, d); A: matrix(k, d); w: matrix(n, n);"
        " sum[i<j](w[i,j]*norm2(A*(X[i,:] - X[j,:])')^2)",
    ),
    (
        r"\sum_{t=1}^{T-1} \|x_{t+1} - A x_t - B u_t\|^2",
        "X: matrix(T, n); A: matrix(n, n); U: matrix(T - 1, m); B: matrix(n, m);"
        " sum[t=1:T-1](norm2(X[t+1,:]' - A*X[t,:]' - B*U[t,:]')^2)",
    ),
    # a matrix by its entries, which is used as a whole
    (
        r"K_{ij} = \exp(-\|x_i - x_j\|^2) \\ y^\top K y",
        "X: matrix(n, d); y: vector(n); sum[i,j](y[i]*y[j]*exp(-norm2(X[i,:] - X[j,:])^2))",
    ),
    (
        r"k_{ij} = a \|x_i - x_j\| \\ \mathrm{tr}(k k)",
        "X: matrix(n, d); a: scalar; K[i,j] = a*norm2(X[i,:] - X[j,:]); tr(K*K)",
    ),
    # what stands before a definition is its value, and no head
    (r"\|P(y - x)\|^2, P = Z Z^\top", "Z: matrix(n, q); y: vector(n); norm2(Z*Z'*(y - x))^2"),
    (
        r"\left\Vert P_Z(y - x)\right\Vert^2, P_Z = Z Z^\top",
        "Z: matrix(n, q); y: vector(n); norm2(Z*Z'*(y - x))^2",
    ),
    (r"p(x \mid \mu) = e^{-\mu^\top x}", "x: vector(n); exp(-mu'*x)"),
]


@pytest.mark.parametrize(("formula", "meant"), READ, ids=[row[0] for row in READ])
def test_read(formula, meant):
    assert decide(read_latex(formula), read(meant)).verdict == EQUAL
