"""Statistics: likelihoods, designs of experiments, Gaussian processes."""

from __future__ import annotations

import numpy as np
from problems import cholesky, inverse_of_psd, mirrored
from scipy.linalg.lapack import dpotri, dpotrs
from scipy.spatial.distance import cdist
from scipy.special import digamma, expit, log_ndtr

from further.listed import Array, expert, row_softmax

POISSON = (
    "sum[i](exp(X[i,:]*w) - y[i]*(X[i,:]*w)) + c/2*norm2(w)^2",
    {"X": "matrix(m, n)", "w": "vector(n)", "y": "vector(m)", "c": "positive"},
)


@expert("Poisson", *POISSON, "w", {"m": 1000, "n": 50})
def poisson(X: Array, w: Array, y: Array, c: Array) -> Array:
    r = np.exp(X @ w)
    r -= y
    g = r @ X
    g += c * w
    return g


@expert("Poisson", *POISSON, "w", {"m": 1000, "n": 50}, order=2)
def poisson_hessian(X: Array, w: Array, c: Array, y: Array) -> Array:
    Z = np.exp(0.5 * (X @ w))[:, None] * X
    H = Z.T @ Z
    H.reshape(-1)[:: len(H) + 1] += c
    return H


MULTINOMIAL = (
    "sum[i](logsumexp(X[i,:]*W) - Y[i,:]*(X[i,:]*W)')",
    {"X": "matrix(m, n)", "W": "matrix(n, k)", "Y": "matrix(m, k)"},
)


@expert("multinomial", *MULTINOMIAL, "W", {"m": 500, "n": 30, "k": 10})
def multinomial(X: Array, W: Array, Y: Array) -> Array:
    P = row_softmax(X @ W)
    P -= Y
    return X.T @ P


@expert("multinomial", *MULTINOMIAL, "W", {"m": 300, "n": 20, "k": 6}, order=2)
def multinomial_hessian(X: Array, W: Array, Y: Array) -> Array:
    P = row_softmax(X @ W)
    m, n = X.shape
    k = P.shape[1]
    H = np.empty((n, k, n, k))
    XP = (X[:, :, None] * P[:, None, :]).reshape(m, n * k)
    H = -(XP.T @ XP).reshape(n, k, n, k)
    XX = (X[:, :, None] * X[:, None, :]).reshape(m, n * n)
    B = (P.T @ XX).reshape(k, n, n)
    np.einsum("ajbj->jab", H)[...] += B
    return H


@expert(
    "probit",
    "-sum(lognormcdf(y.*(X*w)))",
    {"X": "matrix(m, n)", "y": "vector(m)", "w": "vector(n)"},
    "w",
    {"m": 1000, "n": 50},
    order=2,
)
def probit_hessian(X: Array, y: Array, w: Array) -> Array:
    z = X @ w
    z *= y
    r = np.exp(-0.5 * z * z - 0.5 * np.log(2 * np.pi) - log_ndtr(z))
    q = r * (z + r)
    q *= y * y
    Z = np.sqrt(q)[:, None] * X
    return Z.T @ Z


WEIBULL_LIFETIMES = (
    "sum[i](exp((t[i]-X[i,:]*b)/s) - d[i]*((t[i]-X[i,:]*b)/s - log(s)))",
    {"X": "matrix(m, n)", "b": "vector(n)", "t": "vector(m)", "d": "vector(m)", "s": "positive"},
)


@expert("Weibull lifetimes", *WEIBULL_LIFETIMES, "b", {"m": 1000, "n": 30})
def weibull_lifetimes(X: Array, b: Array, t: Array, d: Array, s: Array) -> Array:
    z = t - X @ b
    z /= s
    np.exp(z, out=z)
    np.subtract(d, z, out=z)
    z /= s
    return z @ X


@expert("Weibull lifetimes", *WEIBULL_LIFETIMES, "b", {"m": 1000, "n": 30}, order=2)
def weibull_lifetimes_hessian(X: Array, b: Array, t: Array, s: Array, d: Array) -> Array:
    z = t - X @ b
    z *= 0.5 / s
    np.exp(z, out=z)
    z /= s
    Z = z[:, None] * X
    return Z.T @ Z


@expert("Weibull scale", *WEIBULL_LIFETIMES, "s", {"m": 1000, "n": 30})
def weibull_scale(X: Array, b: Array, t: Array, d: Array, s: Array) -> Array:
    z = t - X @ b
    z /= s
    e = np.exp(z)
    return (z @ (d - e) + d.sum()) / s


@expert(
    "Gaussian process by scales",
    (
        "0.5*y'*inv(K)*y+0.5*logdet(K) where K[i,j] = "
        "exp(-0.5*sum[k](w[k]*(X[i,k]-X[j,k])^2)) + s*(i==j)"
    ),
    {"X": "matrix(n, d)", "w": "positive(d)", "y": "vector(n)", "s": "positive"},
    "w",
    {"n": 200, "d": 5},
)
def gaussian_process_by_scales(X: Array, w: Array, y: Array, s: Array) -> Array:
    Z = X * np.sqrt(w)
    E = cdist(Z, Z, "sqeuclidean")
    E *= -0.5
    np.exp(E, out=E)
    A = E.copy()
    A.reshape(-1)[:: len(A) + 1] += s
    I = inverse_of_psd(A)
    a = I @ y
    I -= np.multiply.outer(a, a)
    I *= E
    r = I.sum(1)
    return -0.5 * (r @ (X * X) - np.einsum("ij,ij->j", X, I @ X))


PLACKETT_LUCE = (
    "sum[i=1:n](log(sum[j=i:n](exp(s[j]))) - s[i])",
    {"s": "vector(n)"},
)


@expert("Plackett-Luce", *PLACKETT_LUCE, "s", {"n": 1000})
def plackett_luce(s: Array) -> Array:
    e = np.exp(s - s.max())
    c = np.cumsum(e[::-1])[::-1]
    return e * np.cumsum(1 / c) - 1


@expert("Plackett-Luce", *PLACKETT_LUCE, "s", {"n": 500}, order=2)
def plackett_luce_hessian(s: Array) -> Array:
    e = np.exp(s - s.max())
    c = np.cumsum(e[::-1])[::-1]
    q = np.cumsum(c ** (-2.0))
    n = len(s)
    H = np.minimum.outer(np.arange(n), np.arange(n))
    H = -q[H]
    H *= e[:, None]
    H *= e
    H.reshape(-1)[:: n + 1] += e * np.cumsum(1 / c)
    return H


BRADLEY_TERRY = (
    "-sum[i,j](C[i,j]*log(sigmoid(s[i]-s[j])))",
    {"C": "matrix(n, n)", "s": "vector(n)"},
)


@expert("Bradley-Terry", *BRADLEY_TERRY, "s", {"n": 300})
def bradley_terry(C: Array, s: Array) -> Array:
    P = expit(s[None, :] - s[:, None])
    P *= C
    return P.sum(0) - P.sum(1)


@expert("Bradley-Terry", *BRADLEY_TERRY, "s", {"n": 300}, order=2)
def bradley_terry_hessian(C: Array, s: Array) -> Array:
    P = expit(s[:, None] - s[None, :])
    P *= 1 - P
    P *= C + C.T
    d = P.sum(1)
    np.negative(P, out=P)
    P.reshape(-1)[:: len(P) + 1] += d
    return P


@expert(
    "smooth quantile",
    "sum(q*(y-X*b) + h*log(1+exp(-(y-X*b)/h)))",
    {"X": "matrix(m, n)", "y": "vector(m)", "b": "vector(n)", "q": "scalar", "h": "positive"},
    "b",
    {"m": 1000, "n": 40},
    order=2,
)
def smooth_quantile_hessian(X: Array, y: Array, b: Array, h: Array, q: Array) -> Array:
    z = (y - X @ b) / h
    s = expit(z)
    s *= 1 - s
    s /= h
    Z = np.sqrt(s)[:, None] * X
    return Z.T @ Z


@expert(
    "Tyler",
    "logdet(S) + d/m*sum[i](log(X[i,:]*inv(S)*X[i,:]'))",
    {"X": "matrix(m, d)", "S": "psd(d)"},
    "S",
    {"m": 500, "d": 30},
)
def tyler(X: Array, S: Array) -> Array:
    c = cholesky(S)
    Z = dpotrs(c, X.T, lower=1)[0]
    q = np.einsum("ij,ji->i", X, Z)
    W = Z / np.sqrt(q)
    G = W @ W.T
    G *= -(X.shape[1] / len(X))
    G += mirrored(dpotri(c, lower=1)[0])
    return G


@expert(
    "Dirichlet",
    (
        "sum[i](sum[j](gammaln(N[i,j]+a[j]) - gammaln(a[j])) + gammaln(sum(a)) - "
        "gammaln(sum[j](N[i,j]+a[j])))"
    ),
    {"N": "positive(m, k)", "a": "positive(k)"},
    "a",
    {"m": 200, "k": 20},
)
def dirichlet(N: Array, a: Array) -> Array:
    s = a.sum()
    m = len(N)
    return digamma(N + a).sum(0) - m * digamma(a) + m * digamma(s) - digamma(N.sum(1) + s).sum()


COX = (
    "sum[i](d[i]*(X[i,:]*b - log(sum[j=i:n](exp(X[j,:]*b)))))",
    {"X": "matrix(n, p)", "b": "vector(p)", "d": "vector(n)"},
)


@expert("Cox", *COX, "b", {"n": 500, "p": 20})
def cox(X: Array, b: Array, d: Array) -> Array:
    u = np.exp(X @ b)
    s = np.cumsum(u[::-1])[::-1]
    return (d - u * np.cumsum(d / s)) @ X


@expert("Cox", *COX, "b", {"n": 500, "p": 20}, order=2)
def cox_hessian(X: Array, b: Array, d: Array) -> Array:
    u = np.exp(X @ b)
    s = np.cumsum(u[::-1])[::-1]
    Z = np.cumsum((u[:, None] * X)[::-1], axis=0)[::-1]
    Z = Z / s[:, None]
    H = Z.T @ (d[:, None] * Z)
    H -= X.T @ ((u * np.cumsum(d / s))[:, None] * X)
    return H


@expert(
    "autoregression",
    "sum[t=3:n]((y[t]-a*y[t-1]-b*y[t-2])^2)/s + (n-2)*log(s)",
    {"y": "vector(n)", "a": "scalar", "b": "scalar", "s": "positive"},
    "a",
    {"n": 2000},
)
def autoregression(y: Array, a: Array, b: Array, s: Array) -> Array:
    r = y[2:] - a * y[1:-1] - b * y[:-2]
    return -2 / s * (r @ y[1:-1])


@expert(
    "matrix normal",
    "0.5*tr(inv(V)*(X-M)'*inv(U)*(X-M)) + p/2*logdet(U) + n/2*logdet(V)",
    {"V": "psd(p)", "U": "psd(n)", "X": "matrix(n, p)", "M": "matrix(n, p)"},
    "U",
    {"n": 60, "p": 40},
)
def matrix_normal(V: Array, U: Array, X: Array, M: Array) -> Array:
    I = inverse_of_psd(U)
    R = I @ (X - M)
    c = cholesky(V)
    G = R @ dpotrs(c, R.T, lower=1)[0]
    I *= X.shape[1]
    I -= G
    I *= 0.5
    return I


NEGATIVE_BINOMIAL = (
    "sum[i]((y[i]+r)*log(r+exp(X[i,:]*b)) - y[i]*(X[i,:]*b))",
    {"X": "matrix(m, n)", "b": "vector(n)", "y": "vector(m)", "r": "positive"},
)


@expert("negative binomial", *NEGATIVE_BINOMIAL, "b", {"m": 1000, "n": 40})
def negative_binomial(X: Array, b: Array, y: Array, r: Array) -> Array:
    e = np.exp(X @ b)
    s = e / (r + e)
    s *= y + r
    s -= y
    return s @ X


@expert("negative binomial", *NEGATIVE_BINOMIAL, "b", {"m": 1000, "n": 40}, order=2)
def negative_binomial_hessian(X: Array, b: Array, y: Array, r: Array) -> Array:
    e = np.exp(X @ b)
    d = e + r
    w = (y + r) * (r * e / (d * d))
    Z = w[:, None] * X
    return X.T @ Z


@expert(
    "Gaussian divergence",
    "0.5*(tr(inv(S)*C) - logdet(C) + logdet(S) - n)",
    {"S": "psd(n)", "C": "psd(n)"},
    "S",
    {"n": 100},
)
def gaussian_divergence(S: Array, C: Array) -> Array:
    I = inverse_of_psd(S)
    G = I @ C @ I
    np.subtract(I, G, out=G)
    G *= 0.5
    return G


@expert(
    "Ising",
    "sum[i,j](log(1+exp(-2*X[i,j]*(X[i,:]*W[:,j]))))",
    {"X": "matrix(m, n)", "W": "matrix(n, n)"},
    "W",
    {"m": 500, "n": 50},
)
def ising(X: Array, W: Array) -> Array:
    Z = X @ W
    Z *= -2 * X
    Z = expit(Z)
    Z *= X
    G = X.T @ Z
    G *= -2
    return G


MIXTURE_MEANS = (
    "-sum[i](logsumexp[k](a[k] - (y[i]-m[k])^2/(2*s[k]^2) - log(s[k])))",
    {"y": "vector(n)", "a": "vector(k)", "m": "vector(k)", "s": "positive(k)"},
)


@expert("mixture means", *MIXTURE_MEANS, "m", {"n": 1000, "k": 20})
def mixture_means(y: Array, a: Array, m: Array, s: Array) -> Array:
    U = y[:, None] - m
    L = U / s
    L *= L
    L *= -0.5
    L += a - np.log(s)
    P = row_softmax(L)
    P *= U
    return -P.sum(0) / s**2


@expert("mixture widths", *MIXTURE_MEANS, "s", {"n": 1000, "k": 20})
def mixture_widths(y: Array, a: Array, m: Array, s: Array) -> Array:
    U = (y[:, None] - m) / s
    U *= U
    L = -0.5 * U
    L += a - np.log(s)
    P = row_softmax(L)
    U -= 1
    return -np.einsum("ij,ij->j", P, U) / s


PSEUDO_HUBER = (
    "d^2*sum(sqrt(1+((A*x-b)/d).^2)-1)",
    {"A": "matrix(m, n)", "x": "vector(n)", "b": "vector(m)", "d": "positive"},
)


@expert("pseudo-huber", *PSEUDO_HUBER, "x", {"m": 1000, "n": 50})
def pseudo_huber(A: Array, x: Array, b: Array, d: Array) -> Array:
    r = A @ x
    r -= b
    t = r / d
    t *= t
    t += 1
    r /= np.sqrt(t)
    return r @ A


@expert("pseudo-huber", *PSEUDO_HUBER, "x", {"m": 1000, "n": 50}, order=2)
def pseudo_huber_hessian(A: Array, x: Array, b: Array, d: Array) -> Array:
    r = A @ x
    r -= b
    r /= d
    r *= r
    r += 1
    Z = (r ** (-0.75))[:, None] * A
    return Z.T @ Z


D_OPTIMAL_DESIGN = (
    "-logdet(X'*diag(w)*X)",
    {"X": "matrix(m, n)", "w": "positive(m)"},
)


@expert("D-optimal design", *D_OPTIMAL_DESIGN, "w", {"m": 300, "n": 30})
def d_optimal_design(X: Array, w: Array) -> Array:
    Z = np.sqrt(w)[:, None] * X
    Q = dpotrs(cholesky(Z.T @ Z), X.T, lower=1)[0]
    return -np.einsum("ij,ji->i", X, Q)


@expert("D-optimal design", *D_OPTIMAL_DESIGN, "w", {"m": 300, "n": 30}, order=2)
def d_optimal_design_hessian(X: Array, w: Array) -> Array:
    Z = np.sqrt(w)[:, None] * X
    H = X @ dpotrs(cholesky(Z.T @ Z), X.T, lower=1)[0]
    H *= H
    return H


@expert(
    "A-optimal design",
    "tr(inv(X'*diag(w)*X))",
    {"X": "matrix(m, n)", "w": "positive(m)"},
    "w",
    {"m": 300, "n": 30},
)
def a_optimal_design(X: Array, w: Array) -> Array:
    Z = np.sqrt(w)[:, None] * X
    Q = dpotrs(cholesky(Z.T @ Z), X.T, lower=1)[0]
    return -np.einsum("ji,ji->i", Q, Q)


@expert(
    "periodic kernel",
    ("0.5*y'*inv(K)*y+0.5*logdet(K) where K[i,j] = exp(-2*sin(pi*(t[i]-t[j])/p)^2/l^2) + s*(i==j)"),
    {"t": "vector(n)", "y": "vector(n)", "p": "positive", "l": "positive", "s": "positive"},
    "p",
    {"n": 200},
)
def periodic_kernel(t: Array, y: Array, p: Array, l: Array, s: Array) -> Array:
    U = np.pi / p * np.subtract.outer(t, t)
    S = np.sin(U)
    E = np.exp(-2 / l**2 * S * S)
    A = E.copy()
    A.reshape(-1)[:: len(A) + 1] += s
    I = inverse_of_psd(A)
    a = I @ y
    I -= np.multiply.outer(a, a)
    S *= np.cos(U)
    S *= U
    S *= E
    return 2 / (p * l**2) * np.einsum("ij,ij->", I, S)


@expert(
    "task covariance",
    "norm2(X*W-Y)^2 + l*tr(W*inv(O)*W') + logdet(O)",
    {"X": "matrix(m, n)", "W": "matrix(n, k)", "Y": "matrix(m, k)", "O": "psd(k)", "l": "positive"},
    "O",
    {"m": 100, "n": 60, "k": 30},
)
def task_covariance(X: Array, W: Array, Y: Array, O: Array, l: Array) -> Array:
    I = inverse_of_psd(O)
    V = W @ I
    G = V.T @ V
    G *= -l
    G += I
    return G


REGRESSION_OF_VECTORS = (
    "m*logdet(S) + tr(inv(S)*(Y-X*B)'*(Y-X*B))",
    {"X": "matrix(m, n)", "B": "matrix(n, k)", "Y": "matrix(m, k)", "S": "psd(k)"},
)


@expert("regression of vectors", *REGRESSION_OF_VECTORS, "B", {"m": 500, "n": 20, "k": 10})
def regression_of_vectors(X: Array, B: Array, Y: Array, S: Array) -> Array:
    R = X @ B
    R -= Y
    G = X.T @ R
    G = dpotrs(cholesky(S), G.T, lower=1)[0].T
    return 2 * G


@expert("regression by covariance", *REGRESSION_OF_VECTORS, "S", {"m": 500, "n": 20, "k": 10})
def regression_by_covariance(X: Array, B: Array, Y: Array, S: Array) -> Array:
    R = X @ B
    R -= Y
    I = inverse_of_psd(S)
    V = R @ I
    G = V.T @ V
    I *= len(X)
    I -= G
    return I
