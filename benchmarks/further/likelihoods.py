"""Likelihoods of statistical models."""

from __future__ import annotations

import numpy as np
from problems import cholesky, inverse_of_psd
from scipy.linalg.lapack import dpotrs
from scipy.spatial.distance import cdist
from scipy.special import log_ndtr

from further.listed import Array, expert, row_softmax


@expert(
    "mixture of Gaussians",
    "sum[i](logsumexp[k](v[k] - 0.5*norm2(X[i,:]-M[k,:])^2))",
    {"X": "matrix(m, d)", "M": "matrix(k, d)", "v": "vector(k)"},
    "M",
    {"m": 500, "d": 10, "k": 8},
)
def mixture_of_gaussians(v: Array, X: Array, M: Array) -> Array:
    L = cdist(X, M, "sqeuclidean")
    L *= -0.5
    L += v
    G = row_softmax(L)
    R = G.T @ X
    R -= G.sum(0)[:, None] * M
    return R


COX_BY_A_RISK_MATRIX = (
    "sum[i](d[i]*(X[i,:]*b - log(sum[j](R[i,j]*exp(X[j,:]*b)))))",
    {"X": "matrix(n, p)", "R": "positive(n, n)", "d": "positive(n)", "b": "vector(p)"},
)


@expert("Cox by a risk matrix", *COX_BY_A_RISK_MATRIX, "b", {"n": 500, "p": 20})
def cox_by_a_risk_matrix(d: Array, X: Array, b: Array, R: Array) -> Array:
    u = np.exp(X @ b)
    w = d / (R @ u)
    g = w @ R
    g *= u
    return (d - g) @ X


@expert("Cox by a risk matrix", *COX_BY_A_RISK_MATRIX, "b", {"n": 500, "p": 20}, order=2)
def cox_by_a_risk_matrix_hessian(X: Array, b: Array, R: Array, d: Array) -> Array:
    u = np.exp(X @ b)
    r = R @ u
    Y = R @ (u[:, None] * X)
    Y *= (np.sqrt(d) / r)[:, None]
    H = Y.T @ Y
    q = (d / r) @ R
    q *= u
    Z = np.sqrt(q)[:, None] * X
    H -= Z.T @ Z
    return H


@expert(
    "Gaussian process by noise",
    "0.5*y'*inv(K+s*eye)*y + 0.5*logdet(K+s*eye)",
    {"K": "psd(n)", "y": "vector(n)", "s": "positive"},
    "s",
    {"n": 300},
)
def gaussian_process_by_noise(y: Array, K: Array, s: Array) -> Array:
    A = K.copy()
    A.reshape(-1)[:: len(A) + 1] += s
    I = inverse_of_psd(A)
    a = I @ y
    return 0.5 * (np.trace(I) - a @ a)


@expert(
    "Gaussian process by length",
    (
        "0.5*y'*inv(K)*y + 0.5*logdet(K)"
        " where D[i,j] = norm2(X[i,:]-X[j,:])^2, K = a*exp(-D/(2*l^2)) + s*eye"
    ),
    {"X": "matrix(n, d)", "y": "vector(n)", "a": "positive", "l": "positive", "s": "positive"},
    "l",
    {"n": 300, "d": 3},
)
def gaussian_process_by_length(X: Array, y: Array, a: Array, l: Array, s: Array) -> Array:
    D = cdist(X, X, "sqeuclidean")
    E = np.exp(D * (-0.5 / l**2))
    A = a * E
    A.reshape(-1)[:: len(A) + 1] += s
    I = inverse_of_psd(A)
    z = I @ y
    D *= E
    I -= np.multiply.outer(z, z)
    return a / (2 * l**3) * np.einsum("ij,ij->", D, I)


@expert(
    "relevance determination",
    "0.5*logdet(diag(exp(a))+b*X'*X)",
    {"X": "matrix(m, n)", "a": "vector(n)", "b": "positive"},
    "a",
    {"m": 400, "n": 60},
)
def relevance_determination(a: Array, X: Array, b: Array) -> Array:
    A = X.T @ X
    A *= b
    e = np.exp(a)
    A.reshape(-1)[:: len(A) + 1] += e
    return 0.5 * e * np.diag(inverse_of_psd(A))


@expert(
    "factor analysis by loadings",
    "logdet(L*L'+diag(d)) + tr(inv(L*L'+diag(d))*S)",
    {"L": "matrix(n, k)", "d": "positive(n)", "S": "psd(n)"},
    "L",
    {"n": 100, "k": 5},
)
def factor_analysis_by_loadings(L: Array, d: Array, S: Array) -> Array:
    A = L @ L.T
    A.reshape(-1)[:: len(A) + 1] += d
    c = cholesky(A)
    Z = dpotrs(c, L, lower=1)[0]
    R = Z - dpotrs(c, S @ Z, lower=1)[0]
    R *= 2
    return R


@expert(
    "factor analysis by noise",
    "logdet(L*L'+diag(d)) + tr(inv(L*L'+diag(d))*S)",
    {"L": "matrix(n, k)", "d": "positive(n)", "S": "psd(n)"},
    "d",
    {"n": 100, "k": 5},
)
def factor_analysis_by_noise(L: Array, d: Array, S: Array) -> Array:
    A = L @ L.T
    A.reshape(-1)[:: len(A) + 1] += d
    I = inverse_of_psd(A)
    return np.diag(I) - np.einsum("ij,ij->i", I @ S, I)


@expert(
    "Kalman observation",
    "0.5*logdet(H*P*H'+R) + 0.5*(y-H*x)'*inv(H*P*H'+R)*(y-H*x)",
    {"H": "matrix(m, n)", "P": "psd(n)", "R": "psd(m)", "x": "vector(n)", "y": "vector(m)"},
    "H",
    {"m": 40, "n": 60},
)
def kalman_observation(H: Array, P: Array, R: Array, y: Array, x: Array) -> Array:
    HP = H @ P
    S = HP @ H.T
    S += R
    c = cholesky(S)
    u = y - H @ x
    a = dpotrs(c, u, lower=1)[0]
    G = dpotrs(c, HP, lower=1)[0]
    G -= np.multiply.outer(a, a @ HP + x)
    return G


@expert(
    "probit regression",
    "-sum(lognormcdf(y.*(X*w)))",
    {"X": "matrix(m, n)", "y": "vector(m)", "w": "vector(n)"},
    "w",
    {"m": 1000, "n": 50},
)
def probit_regression(y: Array, X: Array, w: Array) -> Array:
    z = X @ w
    z *= y
    r = np.exp(-0.5 * z * z - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
    r *= -y
    return r @ X


@expert(
    "multivariate t",
    "sum[i](log(1+(X[i,:]-w')*inv(S)*(X[i,:]'-w)/v))",
    {"X": "matrix(m, d)", "w": "vector(d)", "S": "psd(d)", "v": "positive"},
    "w",
    {"m": 500, "d": 20},
)
def multivariate_t(v: Array, X: Array, w: Array, S: Array) -> Array:
    U = X - w
    Z = dpotrs(cholesky(S), U.T, lower=1)[0]
    q = np.einsum("ij,ji->i", U, Z)
    return -2 * (Z @ (1 / (v + q)))


@expert(
    "evidence of a linear model",
    "0.5*y'*inv(X*diag(a)*X'+s*eye)*y+0.5*logdet(X*diag(a)*X'+s*eye)",
    {"X": "matrix(m, n)", "a": "positive(n)", "s": "positive", "y": "vector(m)"},
    "a",
    {"m": 150, "n": 60},
)
def evidence_of_a_linear_model(y: Array, X: Array, a: Array, s: Array) -> Array:
    A = X * a @ X.T
    A.reshape(-1)[:: len(A) + 1] += s
    c = cholesky(A)
    Z = dpotrs(c, X, lower=1)[0]
    z = dpotrs(c, y, lower=1)[0]
    return 0.5 * (np.einsum("ij,ij->j", X, Z) - (z @ X) ** 2)


@expert(
    "graphical lasso",
    "-logdet(P)+tr(S*P)+c*sum(abs(P))",
    {"P": "psd(n)", "S": "psd(n)", "c": "positive"},
    "P",
    {"n": 100},
)
def graphical_lasso(P: Array, S: Array, c: Array) -> Array:
    G = c * np.sign(P)
    G += S
    G -= inverse_of_psd(P)
    return G
