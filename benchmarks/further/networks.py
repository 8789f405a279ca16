"""Neural networks and embeddings."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import expit

from further.listed import Array, expert, row_softmax


@expert(
    "attention by one matrix",
    "norm2(softmax(X*A*X'/sqrt(d),2)*X*V - Y)^2",
    {
        "X": "matrix(n, d)",
        "A": "matrix(d, d)",
        "V": "matrix(d, d)",
        "Y": "matrix(n, d)",
        "d": "positive",
    },
    "A",
    {"n": 128, "d": 32},
)
def attention_by_one_matrix(X: Array, A: Array, V: Array, Y: Array, d: Array) -> Array:
    S = X @ (A @ X.T)
    S /= np.sqrt(d)
    Mx = row_softmax(S)
    D = Mx @ (X @ V)
    D -= Y
    N = D @ V.T @ X.T
    N *= Mx
    N -= N.sum(1)[:, None] * Mx
    G = X.T @ (N @ X)
    G *= 2 / np.sqrt(d)
    return G


@expert(
    "batch norm",
    "sum(C.*((X - ones(m)*mean(X,1))./(ones(m)*sqrt(var(X,1)+c))))",
    {"X": "matrix(m, n)", "C": "matrix(m, n)", "c": "positive"},
    "X",
    {"m": 256, "n": 64},
)
def batch_norm(C: Array, X: Array, c: Array) -> Array:
    m = len(X)
    U = X - X.mean(0)
    v = np.mean(U * U, axis=0) + c
    r = 1 / np.sqrt(v)
    G = C * r
    G -= G.mean(0)
    t = np.einsum("ij,ij->j", C, U)
    t *= r / v / m
    G -= U * t
    return G


@expert(
    "LSTM cell",
    "norm2(sigmoid(O*h).*tanh(sigmoid(F*h).*c + sigmoid(I*h).*tanh(G*h)) - y)^2",
    {
        "O": "matrix(n, n)",
        "F": "matrix(n, n)",
        "I": "matrix(n, n)",
        "G": "matrix(n, n)",
        "h": "vector(n)",
        "c": "vector(n)",
        "y": "vector(n)",
    },
    "h",
    {"n": 200},
)
def lstm_cell(O: Array, h: Array, F: Array, c: Array, I: Array, G: Array, y: Array) -> Array:
    o, f, i, g = (expit(O @ h), expit(F @ h), expit(I @ h), np.tanh(G @ h))
    k = f * c + i * g
    t = np.tanh(k)
    r = 2 * (o * t - y)
    dk = r * o * (1 - t * t)
    return (
        r * t * o * (1 - o) @ O
        + dk * c * f * (1 - f) @ F
        + dk * g * i * (1 - i) @ I
        + dk * i * (1 - g * g) @ G
    )


@expert(
    "unmixing",
    "sum(log(cosh(W*X)))/m - log(abs(det(W)))",
    {"W": "matrix(n, n)", "X": "matrix(n, m)"},
    "W",
    {"n": 20, "m": 1000},
)
def unmixing(W: Array, X: Array) -> Array:
    G = np.tanh(W @ X) @ X.T
    G /= X.shape[1]
    G -= np.linalg.inv(W).T
    return G


@expert(
    "t-SNE",
    "sum[i,j](P[i,j]*log(1+norm2(Y[i,:]-Y[j,:])^2)) + log(sum[i,j](1/(1+norm2(Y[i,:]-Y[j,:])^2)))",
    {"P": "symmetric(n)", "Y": "matrix(n, k)"},
    "Y",
    {"n": 300, "k": 2},
)
def t_sne(P: Array, Y: Array) -> Array:
    Q = cdist(Y, Y, "sqeuclidean")
    Q += 1
    np.divide(1, Q, out=Q)
    W = P - Q / Q.sum()
    W *= Q
    G = W.sum(1)[:, None] * Y
    G -= W @ Y
    G *= 4
    return G


@expert(
    "neighbourhood components",
    "sum[i](sum[j](B[i,j]*softmax(-sq[i,:]')[j])) where sq[i,j] = norm2(L*X[i,:]' - L*X[j,:]')^2",
    {"X": "matrix(n, d)", "L": "matrix(k, d)", "B": "matrix(n, n)"},
    "L",
    {"n": 100, "d": 10, "k": 2},
)
def neighbourhood_components(B: Array, L: Array, X: Array) -> Array:
    Z = X @ L.T
    Px = row_softmax(-cdist(Z, Z, "sqeuclidean"))
    N = B * Px
    u = N.sum(1)
    Q = N - u[:, None] * Px
    W = Q + Q.T
    M = np.diag(W.sum(0)) - W
    return -2 * (L @ (X.T @ (M @ X)))


@expert(
    "graph convolutions",
    "-sum(Y.*logsoftmax(A*relu(A*X*W)*V,2))",
    {
        "A": "symmetric(n)",
        "X": "matrix(n, d)",
        "W": "matrix(d, h)",
        "V": "matrix(h, k)",
        "Y": "matrix(n, k)",
    },
    "W",
    {"n": 300, "d": 50, "h": 16, "k": 5},
)
def graph_convolutions(Y: Array, A: Array, X: Array, W: Array, V: Array) -> Array:
    AX = A @ X
    Z = AX @ W
    Hh = np.maximum(Z, 0)
    T = row_softmax(A @ (Hh @ V))
    T *= Y.sum(1)[:, None]
    T -= Y
    D = A @ T @ V.T
    D *= Z > 0
    return AX.T @ D


@expert(
    "two layers",
    "norm2(W*tanh(V*X+b*ones(m)')-Y)^2",
    {
        "W": "matrix(k, h)",
        "V": "matrix(h, n)",
        "X": "matrix(n, m)",
        "b": "vector(h)",
        "Y": "matrix(k, m)",
    },
    "V",
    {"k": 5, "h": 50, "n": 30, "m": 500},
)
def two_layers(W: Array, V: Array, X: Array, b: Array, Y: Array) -> Array:
    T = V @ X
    T += b[:, None]
    np.tanh(T, out=T)
    R = W @ T
    R -= Y
    D = W.T @ R
    D *= 1 - T * T
    G = D @ X.T
    G *= 2
    return G


@expert(
    "contrastive logits",
    "-sum[i](logsoftmax((A*B')/t,2)[i,i])",
    {"A": "matrix(n, d)", "B": "matrix(n, d)", "t": "positive"},
    "A",
    {"n": 256, "d": 64},
)
def contrastive_logits(A: Array, B: Array, t: Array) -> Array:
    Z = A @ B.T
    Z /= t
    Q = row_softmax(Z)
    Q.reshape(-1)[:: len(Q) + 1] -= 1
    G = Q @ B
    G /= t
    return G


@expert(
    "radial basis network",
    "norm2(exp(-c*sq)*w - y)^2 where sq[i,j] = norm2(X[i,:]-M[j,:])^2",
    {"X": "matrix(m, d)", "M": "matrix(k, d)", "w": "vector(k)", "y": "vector(m)", "c": "positive"},
    "w",
    {"m": 300, "d": 5, "k": 30},
)
def radial_basis_network(c: Array, X: Array, M: Array, w: Array, y: Array) -> Array:
    N = cdist(X, M, "sqeuclidean")
    N *= -c
    np.exp(N, out=N)
    r = N @ w
    r -= y
    r *= 2
    return r @ N
