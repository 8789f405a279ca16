"""Losses, penalties and ratios of optimisation."""

from __future__ import annotations

import numpy as np

from further.listed import Array, expert


@expert(
    "squared hinge",
    "0.5*norm2(w)^2 + c*sum(relu(1-y.*(X*w)).^2)",
    {"X": "matrix(m, n)", "y": "vector(m)", "w": "vector(n)", "c": "positive"},
    "w",
    {"m": 1000, "n": 50},
)
def squared_hinge(w: Array, c: Array, y: Array, X: Array) -> Array:
    z = X @ w
    z *= y
    np.subtract(1, z, out=z)
    np.maximum(z, 0, out=z)
    z *= y
    g = z @ X
    g *= -2 * c
    g += w
    return g


HUBER_REGRESSION = (
    "sum(huber(X*w-y,1))",
    {"X": "matrix(m, n)", "y": "vector(m)", "w": "vector(n)"},
)


@expert("Huber regression", *HUBER_REGRESSION, "w", {"m": 1000, "n": 50})
def huber_regression(X: Array, w: Array, y: Array) -> Array:
    r = X @ w
    r -= y
    return np.clip(r, -1, 1) @ X


@expert("Huber regression", *HUBER_REGRESSION, "w", {"m": 1000, "n": 50}, order=2)
def huber_regression_hessian(X: Array, w: Array, y: Array) -> Array:
    r = X @ w
    r -= y
    m = np.abs(r) < 1
    Z = X[m]
    return Z.T @ Z


MATRIX_COMPLETION = (
    "norm2(M.*(Y-U*V'))^2 + c*norm2(U)^2",
    {
        "M": "matrix(m, n)",
        "Y": "matrix(m, n)",
        "U": "matrix(m, k)",
        "V": "matrix(n, k)",
        "c": "positive",
    },
)


@expert("matrix completion", *MATRIX_COMPLETION, "U", {"m": 500, "n": 400, "k": 10})
def matrix_completion(M: Array, Y: Array, U: Array, V: Array, c: Array) -> Array:
    R = U @ V.T
    R -= Y
    R *= M
    R *= M
    G = R @ V
    G += c * U
    G *= 2
    return G


@expert("matrix completion", *MATRIX_COMPLETION, "U", {"m": 500, "n": 400, "k": 10}, order=2)
def matrix_completion_hessian(M: Array, Y: Array, U: Array, V: Array, c: Array) -> Array:
    m, k = U.shape
    H = np.zeros((m, k, m, k))
    W = 2 * M * M
    b = (W @ (V[:, :, None] * V[:, None, :]).reshape(-1, k * k)).reshape(m, k, k)
    np.einsum("ijik->ijk", H)[...] = b
    np.einsum("ijij->ij", H)[...] += 2 * c
    return H


@expert(
    "Sharpe ratio",
    "mu'*w/sqrt(w'*S*w)",
    {"mu": "vector(n)", "w": "vector(n)", "S": "psd(n)"},
    "w",
    {"n": 500},
    order=2,
)
def sharpe_ratio_hessian(mu: Array, w: Array, S: Array) -> Array:
    z = S @ w
    b = w @ z
    a = mu @ w
    q = 3 * a / b * z - mu
    H = np.multiply.outer(q, z)
    H -= a * S
    H -= np.multiply.outer(z, mu)
    H /= b**1.5
    return H


@expert(
    "Sinkhorn dual",
    "a'*f + b'*g - c*sum(exp((f*ones(n)' + ones(m)*g' - C)/c))",
    {
        "a": "vector(m)",
        "f": "vector(m)",
        "b": "vector(n)",
        "g": "vector(n)",
        "c": "positive",
        "C": "matrix(m, n)",
    },
    "f",
    {"m": 300, "n": 300},
)
def sinkhorn_dual(a: Array, f: Array, b: Array, g: Array, c: Array, C: Array) -> Array:
    T = np.add.outer(f, g)
    T -= C
    T /= c
    np.exp(T, out=T)
    return a - T.sum(1)


@expert(
    "trace ratio",
    "tr(inv(W'*S*W)*(W'*B*W))",
    {"B": "symmetric(n)", "S": "psd(n)", "W": "matrix(n, k)"},
    "W",
    {"n": 200, "k": 5},
)
def trace_ratio(W: Array, S: Array, B: Array) -> Array:
    SW = S @ W
    BW = B @ W
    inverse = np.linalg.inv(W.T @ SW)
    G = BW - SW @ (inverse @ (W.T @ BW))
    return 2 * G @ inverse


TOTAL_VARIATION_BY_A_MATRIX = (
    "sum(sqrt((D*x).^2+e))",
    {"D": "matrix(p, n)", "x": "vector(n)", "e": "positive"},
)


@expert("total variation by a matrix", *TOTAL_VARIATION_BY_A_MATRIX, "x", {"p": 499, "n": 500})
def total_variation_by_a_matrix(D: Array, x: Array, e: Array) -> Array:
    z = D @ x
    z /= np.sqrt(z * z + e)
    return z @ D


@expert(
    "total variation by a matrix", *TOTAL_VARIATION_BY_A_MATRIX, "x", {"p": 499, "n": 500}, order=2
)
def total_variation_by_a_matrix_hessian(D: Array, x: Array, e: Array) -> Array:
    z = D @ x
    s = e**0.5 * (z * z + e) ** (-0.75)
    Z = s[:, None] * D
    return Z.T @ Z


ROSENBROCK = ("sum[i=1:n-1](100*(x[i+1]-x[i]^2)^2 + (1-x[i])^2)", {"x": "vector(n)"})


@expert("Rosenbrock", *ROSENBROCK, "x", {"n": 1000})
def rosenbrock(x: Array) -> Array:
    g = np.zeros(len(x))
    d = x[1:] - x[:-1] ** 2
    g[1:] = 200 * d
    g[:-1] -= 400 * x[:-1] * d + 2 * (1 - x[:-1])
    return g


@expert("Rosenbrock", *ROSENBROCK, "x", {"n": 1000}, order=2)
def rosenbrock_hessian(x: Array) -> Array:
    n = len(x)
    H = np.zeros((n, n))
    d = np.zeros(n)
    d[1:] = 200
    d[:-1] += 1200 * x[:-1] ** 2 - 400 * x[1:] + 2
    f = H.reshape(-1)
    f[:: n + 1] = d
    f[1 :: n + 1] = -400 * x[:-1]
    f[n :: n + 1] = -400 * x[:-1]
    return H


@expert("low-rank determinant", "logdet(eye+U'*U)", {"U": "matrix(n, k)"}, "U", {"n": 300, "k": 10})
def low_rank_determinant(U: Array) -> Array:
    A = U.T @ U
    A.reshape(-1)[:: len(A) + 1] += 1
    return 2 * np.linalg.solve(A, U.T).T


@expert(
    "principal components",
    "norm2(X - X*W*W')^2",
    {"X": "matrix(m, n)", "W": "matrix(n, k)"},
    "W",
    {"m": 500, "n": 100, "k": 5},
)
def principal_components(X: Array, W: Array) -> Array:
    XW = X @ W
    R = XW @ W.T
    R -= X
    G = R.T @ XW
    G += X.T @ (R @ W)
    G *= 2
    return G
