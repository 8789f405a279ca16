"""Objectives whose gradients and Hessians are timed, each with the code that an expert would write.

The experts use what NumPy and SciPy have: vectors first, one factorisation for everything, LAPACK
and BLAS by name for a symmetric matrix (half the work, one triangle changed in place and mirrored
at the end), products of a matrix with its own transpose (half the work as well), roots of weights
taken into the rows, diagonals through views, and temporaries that are changed in place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg.blas import dsyr
from scipy.linalg.lapack import dpotrf, dpotri, dpotrs
from scipy.special import expit

Array = np.ndarray[Any, np.dtype[np.float64]]
Sizes = dict[str, int]


@dataclass(frozen=True)
class Problem:
    """A derivative: matcalc's from ``text``, the expert's by hand, the peers' from ``objective``,
    which takes the namespace of an array library first; None where no peer is asked.
    """

    name: str
    text: str
    wrt: str
    order: int
    variables: dict[str, str]
    sizes: tuple[Sizes, ...]
    expert: Callable[..., Any]
    objective: Callable[..., Any] | None


def cholesky(S: Array) -> Array:
    """The lower triangle, in the order of LAPACK and 0 above: S is its own transpose."""
    return dpotrf(S.T, lower=1)[0]


def mirrored(half: Array) -> Array:
    """A symmetric matrix from its lower half."""
    whole = half + half.T
    whole.reshape(-1, order="A")[:: len(whole) + 1] *= 0.5
    return whole


def inverse_of_psd(S: Array) -> Array:
    return mirrored(dpotri(cholesky(S), lower=1, overwrite_c=1)[0])


def quadratic(A: Array, x: Array) -> Array:
    return A @ x + x @ A


def quadratic_hessian(A: Array, x: Array) -> Array:
    return A + A.T


def least_squares(A: Array, x: Array, b: Array) -> Array:
    r = A @ x
    r -= b
    r *= 2
    return r @ A


def least_squares_hessian(A: Array, x: Array, b: Array) -> Array:
    H = A.T @ A
    H *= 2
    return H


def logistic(X: Array, w: Array, y: Array) -> Array:
    z = X @ w
    z *= -y
    p = expit(z)
    p *= -y
    return p @ X


def logistic_hessian(X: Array, w: Array, y: Array) -> Array:
    p = expit(y * (X @ w))
    s = y * np.sqrt(p * (1 - p))
    Z = s[:, None] * X
    return Z.T @ Z


def log_sum_exp(A: Array, x: Array, b: Array) -> Array:
    z = A @ x
    z += b
    z -= z.max()
    p = np.exp(z, out=z)
    p /= p.sum()
    return p @ A


def log_sum_exp_hessian(A: Array, x: Array, b: Array) -> Array:
    z = A @ x
    z += b
    z -= z.max()
    p = np.exp(z, out=z)
    p /= p.sum()
    g = p @ A
    Z = np.sqrt(p)[:, None] * A
    H = Z.T @ Z
    H -= np.multiply.outer(g, g)
    return H


def covariance(S: Array, x: Array, m: Array) -> Array:
    lower = cholesky(S)
    z = dpotrs(lower, x - m, lower=1)[0]
    G = dpotri(lower, lower=1, overwrite_c=1)[0]
    G *= -0.5
    return mirrored(dsyr(0.5, z, lower=1, a=G, overwrite_a=1))


def covariance_mean(S: Array, x: Array, m: Array) -> Array:
    return dpotrs(cholesky(S), x - m, lower=1)[0]


def covariance_hessian(S: Array, x: Array, m: Array) -> Array:
    n, inverse = len(S), inverse_of_psd(S)
    z = inverse @ (x - m)
    C = np.multiply.outer(-0.25 * z, z)
    B = 0.25 * inverse
    B += C
    # D P D for the symmetric part of D: P_ik B_jl + C_ik P_jl, a product of matrices with two
    # columns, and the same with k and l exchanged
    left, right = np.stack([inverse, C]).reshape(2, -1), np.stack([B, inverse]).reshape(2, -1)
    H = (left.T @ right).reshape(n, n, n, n)
    return H.transpose(0, 2, 1, 3) + H.transpose(0, 2, 3, 1)


def precision(P: Array, x: Array, m: Array) -> Array:
    G = dpotri(cholesky(P), lower=1, overwrite_c=1)[0]
    G = dsyr(-1.0, x - m, lower=1, a=G, overwrite_a=1)
    G *= 0.5
    return mirrored(G)


def precision_hessian(P: Array, x: Array, m: Array) -> Array:
    inverse = inverse_of_psd(P)
    H = np.multiply.outer(-0.25 * inverse, inverse)
    return H.transpose(0, 2, 1, 3) + H.transpose(0, 2, 3, 1)


def factorisation(T: Array, U: Array, V: Array) -> Array:
    G = U @ (V.T @ V)
    G -= T @ V
    G *= 2
    return G


def factorisation_hessian(T: Array, U: Array, V: Array) -> Array:
    m, k = U.shape
    H = np.zeros((m, k, m, k))
    np.einsum("ijil->ijl", H)[...] = 2 * (V.T @ V)
    return H


def cross_entropy(X: Array, W: Array, Y: Array) -> Array:
    Z = X @ W
    Z -= Z.max(axis=1, keepdims=True)
    P = np.exp(Z, out=Z)
    P *= Y.sum(axis=1, keepdims=True) / P.sum(axis=1, keepdims=True)
    P -= Y
    return X.T @ P


def cross_entropy_hessian(X: Array, W: Array, Y: Array) -> Array:
    (m, n), k = X.shape, W.shape[1]
    Z = X @ W
    Z -= Z.max(axis=1, keepdims=True)
    P = np.exp(Z, out=Z)
    P /= P.sum(axis=1, keepdims=True)
    s = Y.sum(axis=1)
    R = (X[:, :, None] * (np.sqrt(s)[:, None] * P)[:, None, :]).reshape(m, n * k)
    H = (R.T @ R).reshape(n, k, n, k)
    np.negative(H, out=H)
    for j in range(k):
        Q = np.sqrt(s * P[:, j])[:, None] * X
        H[:, j, :, j] += Q.T @ Q
    return H


def chain(x: Array, A: Array, B: Array, C: Array, y: Array) -> Array:
    z = A @ (B @ (C @ y))
    return np.cos(x @ z) * z


def chain_hessian(x: Array, A: Array, B: Array, C: Array, y: Array) -> Array:
    z = A @ (B @ (C @ y))
    return np.multiply.outer(-np.sin(x @ z) * z, z)


DEPTH = 10


def tanh_network(x: Array, y: Array, **weights: Array) -> Array:
    W = [weights[f"W{k}"] for k in range(1, DEPTH + 1)]
    layers = [x]
    for each in W:
        layers.append(np.tanh(each @ layers[-1]))
    g = 2 * (layers[-1] - y)
    for each, a in zip(reversed(W), reversed(layers), strict=False):
        g = (g * (1 - a * a)) @ each
    return g


def tanh_network_hessian(x: Array, y: Array, **weights: Array) -> Array:
    W = [weights[f"W{k}"] for k in range(1, DEPTH + 1)]
    layers = [x]
    for each in W:
        layers.append(np.tanh(each @ layers[-1]))
    g, H = 2 * (layers[-1] - y), None
    for each, a in zip(reversed(W), reversed(layers), strict=False):
        d = 1 - a * a
        c = -2 * a * d * g
        if H is None:
            M = (2 * d * d + c)[:, None] * each
        else:
            H *= d[:, None]
            H *= d
            H.reshape(-1)[:: len(H) + 1] += c
            M = H @ each
        H = each.T @ M
        g = (g * d) @ each
    return H


def relu_network(x: Array, y: Array, **weights: Array) -> Array:
    W = [weights[f"W{k}"] for k in range(1, DEPTH + 1)]
    layers = [x]
    for each in W:
        layers.append(np.maximum(each @ layers[-1], 0))
    g = 2 * (layers[-1] - y)
    for each, a in zip(reversed(W), reversed(layers), strict=False):
        g = (g * (a > 0)) @ each
    return g


def relu_network_hessian(x: Array, y: Array, **weights: Array) -> Array:
    J, a = None, x
    for k in range(1, DEPTH + 1):
        W = weights[f"W{k}"]
        a = np.maximum(W @ a, 0)
        J = W.copy() if J is None else W @ J
        J *= (a > 0)[:, None]
    J *= np.sqrt(2)
    return J.T @ J


def _log_likelihood_by_covariance(xp: Any, S: Any, x: Any, m: Any) -> Any:
    return -0.5 * xp.linalg.slogdet(S)[1] - 0.5 * (x - m) @ xp.linalg.solve(S, x - m)


def _log_likelihood_by_precision(xp: Any, P: Any, x: Any, m: Any) -> Any:
    return 0.5 * xp.linalg.slogdet(P)[1] - 0.5 * (x - m) @ P @ (x - m)


def _log_sum_exp(xp: Any, A: Any, x: Any, b: Any) -> Any:
    z = A @ x + b
    return xp.log(xp.exp(z - xp.max(z)).sum()) + xp.max(z)


def _cross_entropy(xp: Any, X: Any, W: Any, Y: Any) -> Any:
    Z = X @ W
    peak = xp.amax(Z, 1)[:, None]
    return (Y * (xp.log(xp.exp(Z - peak).sum(1))[:, None] + peak - Z)).sum()


def _network(xp: Any, relu: bool, x: Any, y: Any, weights: dict[str, Any]) -> Any:
    for k in range(1, DEPTH + 1):
        z = weights[f"W{k}"] @ x
        x = xp.where(z > 0, z, 0 * z) if relu else xp.tanh(z)
    return ((x - y) ** 2).sum()


def _layers(function: str) -> tuple[str, dict[str, str]]:
    text = "x"
    for k in range(1, DEPTH + 1):
        text = f"{function}(W{k}*{text})"
    weights = {f"W{k}": "matrix(n, n)" for k in range(1, DEPTH + 1)}
    return f"norm2({text} - y)^2", {**weights, "x": "vector(n)", "y": "vector(n)"}


def _both(
    name: str,
    text: str,
    wrt: str,
    variables: dict[str, str],
    sizes: tuple[tuple[Sizes, ...], tuple[Sizes, ...]],
    experts: tuple[Callable[..., Any], Callable[..., Any]],
    objective: Callable[..., Any],
) -> list[Problem]:
    """The gradient and the Hessian of an objective."""
    return [
        Problem(name, text, wrt, order, variables, sizes[order - 1], experts[order - 1], objective)
        for order in (1, 2)
    ]


def _squares(*sizes: int) -> tuple[Sizes, ...]:
    return tuple({"n": size} for size in sizes)


def _tall(*sizes: tuple[int, int]) -> tuple[Sizes, ...]:
    return tuple({"m": rows, "n": columns} for rows, columns in sizes)


def _classes(*sizes: tuple[int, int, int]) -> tuple[Sizes, ...]:
    return tuple({"m": m, "n": n, "k": k} for m, n, k in sizes)


_TANH, _RELU = _layers("tanh"), _layers("relu")
_DATA = _tall((200, 30), (2000, 300))
_GAUSSIAN = "0.5*(x - m)'*inv(S)*(x - m)"

PROBLEMS = [
    *_both(
        "quadratic form",
        "x'*A*x",
        "x",
        {"A": "matrix(n, n)"},
        (_squares(30, 300, 2000), _squares(30, 300, 2000)),
        (quadratic, quadratic_hessian),
        lambda xp, A, x: x @ A @ x,
    ),
    *_both(
        "least squares",
        "norm2(A*x - b)^2",
        "x",
        {"A": "matrix(m, n)", "b": "vector(m)"},
        (_DATA, _DATA),
        (least_squares, least_squares_hessian),
        lambda xp, A, x, b: ((A @ x - b) ** 2).sum(),
    ),
    *_both(
        "logistic loss",
        "sum(log(1 + exp(-y.*(X*w))))",
        "w",
        {"X": "matrix(m, n)", "y": "vector(m)"},
        (_DATA, _DATA),
        (logistic, logistic_hessian),
        lambda xp, X, w, y: xp.log1p(xp.exp(-y * (X @ w))).sum(),
    ),
    *_both(
        "log-sum-exp",
        "log(sum(exp(A*x + b)))",
        "x",
        {"A": "matrix(m, n)", "b": "vector(m)"},
        (_DATA, _DATA),
        (log_sum_exp, log_sum_exp_hessian),
        _log_sum_exp,
    ),
    *_both(
        "Gaussian by covariance",
        f"-0.5*logdet(S) - {_GAUSSIAN}",
        "S",
        {"S": "psd(n)", "x": "vector(n)", "m": "vector(n)"},
        (_squares(30, 300, 1000), _squares(10, 30)),
        (covariance, covariance_hessian),
        _log_likelihood_by_covariance,
    ),
    Problem(
        "Gaussian by mean",
        f"-0.5*logdet(S) - {_GAUSSIAN}",
        "m",
        1,
        {"S": "psd(n)", "x": "vector(n)", "m": "vector(n)"},
        _squares(30, 300, 1000),
        covariance_mean,
        _log_likelihood_by_covariance,
    ),
    *_both(
        "Gaussian by precision",
        "0.5*logdet(P) - 0.5*(x - m)'*P*(x - m)",
        "P",
        {"P": "psd(n)", "x": "vector(n)", "m": "vector(n)"},
        (_squares(30, 300, 1000), _squares(10, 30)),
        (precision, precision_hessian),
        _log_likelihood_by_precision,
    ),
    *_both(
        "matrix factorisation",
        "norm2(T - U*V')^2",
        "U",
        {"T": "matrix(m, n)", "U": "matrix(m, k)", "V": "matrix(n, k)"},
        (_classes((60, 50, 5), (600, 500, 20)), _classes((60, 50, 5), (200, 100, 10))),
        (factorisation, factorisation_hessian),
        lambda xp, T, U, V: ((T - U @ V.T) ** 2).sum(),
    ),
    *_both(
        "softmax cross-entropy",
        "-sum(Y.*log(softmax(X*W, 2)))",
        "W",
        {"X": "matrix(m, n)", "W": "matrix(n, k)", "Y": "matrix(m, k)"},
        (_classes((100, 30, 5), (2000, 100, 10)), _classes((100, 30, 5), (1000, 50, 10))),
        (cross_entropy, cross_entropy_hessian),
        _cross_entropy,
    ),
    *_both(
        "chain",
        "sin(x'*A*B*C*y)",
        "x",
        dict.fromkeys("ABC", "matrix(n, n)"),
        (_squares(30, 300, 1000), _squares(30, 300, 1000)),
        (chain, chain_hessian),
        lambda xp, x, A, B, C, y: xp.sin(x @ (A @ (B @ (C @ y)))),
    ),
    *_both(
        "tanh network",
        _TANH[0],
        "x",
        _TANH[1],
        (_squares(40, 300), _squares(40, 300)),
        (tanh_network, tanh_network_hessian),
        lambda xp, x, y, **weights: _network(xp, False, x, y, weights),
    ),
    *_both(
        "relu network",
        _RELU[0],
        "x",
        _RELU[1],
        (_squares(40, 300), _squares(40, 300)),
        (relu_network, relu_network_hessian),
        lambda xp, x, y, **weights: _network(xp, True, x, y, weights),
    ),
]
