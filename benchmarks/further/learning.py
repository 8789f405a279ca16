"""Machine learning: layers, embeddings, factors of matrices and tensors."""

from __future__ import annotations

import numpy as np
from scipy.spatial.distance import cdist
from scipy.special import expit

from further.listed import Array, expert, row_softmax


@expert(
    "graph smoothing",
    "norm2(F-Y)^2 + c*sum[i,j](W[i,j]*norm2(F[i,:]-F[j,:])^2)",
    {"F": "matrix(n, k)", "Y": "matrix(n, k)", "W": "symmetric(n)", "c": "positive"},
    "F",
    {"n": 300, "k": 10},
)
def graph_smoothing(F: Array, Y: Array, W: Array, c: Array) -> Array:
    G = F - Y
    L = W.sum(1)[:, None] * F
    L -= W @ F
    L *= 2 * c
    G += L
    G *= 2
    return G


@expert(
    "nonnegative factorisation",
    "sum((W*H) - V.*log(W*H))",
    {"W": "positive(m, k)", "H": "positive(k, n)", "V": "matrix(m, n)"},
    "H",
    {"m": 200, "n": 300, "k": 10},
)
def nonnegative_factorisation(W: Array, H: Array, V: Array) -> Array:
    R = V / (W @ H)
    np.subtract(1, R, out=R)
    return W.T @ R


@expert(
    "UMAP",
    (
        "sum[i,j](P[i,j]*log(1+a*norm2(Y[i,:]-Y[j,:])^2)+(1-P[i,j])*log(1+1/(e+norm2(Y[i,:]-Y[j,:])^2)))"
    ),
    {"P": "matrix(n, n)", "Y": "matrix(n, k)", "a": "positive", "e": "positive"},
    "Y",
    {"n": 200, "k": 2},
)
def umap(P: Array, Y: Array, a: Array, e: Array) -> Array:
    D = cdist(Y, Y, "sqeuclidean")
    E = D + e
    C = a * P / (1 + a * D) - (1 - P) / (E * (E + 1))
    C = C + C.T
    G = C.sum(1)[:, None] * Y
    G -= C @ Y
    G *= 2
    return G


@expert(
    "skip-grams",
    "-sum[i](log(sigmoid(U[i,:]*V[i,:]'))) - sum[i,j](log(sigmoid(-U[i,:]*N[j,:]')))",
    {"U": "matrix(b, d)", "V": "matrix(b, d)", "N": "matrix(k, d)"},
    "U",
    {"b": 200, "d": 100, "k": 20},
)
def skip_grams(U: Array, V: Array, N: Array) -> Array:
    s = expit(-np.einsum("ij,ij->i", U, V))
    G = expit(U @ N.T) @ N
    G -= s[:, None] * V
    return G


@expert(
    "independent components",
    "-logdet(W*W')/2*m + sum(2*log(1+exp(-W*X)) + W*X)",
    {"W": "matrix(n, n)", "X": "matrix(n, m)"},
    "W",
    {"n": 30, "m": 1000},
)
def independent_components(W: Array, X: Array) -> Array:
    G = (1 - 2 * expit(-(W @ X))) @ X.T
    G -= X.shape[1] * np.linalg.inv(W).T
    return G


@expert(
    "canonical factors",
    "sum[i,j,k]((T[i,j,k]-sum[r](A[i,r]*B[j,r]*C[k,r]))^2)",
    {"T": "tensor(p, q, s)", "A": "matrix(p, r)", "B": "matrix(q, r)", "C": "matrix(s, r)"},
    "A",
    {"p": 40, "q": 30, "s": 20, "r": 5},
)
def canonical_factors(T: Array, A: Array, B: Array, C: Array) -> Array:
    K = (B[:, None, :] * C[None]).reshape(-1, B.shape[1])
    G = A @ (B.T @ B * (C.T @ C))
    G -= T.reshape(len(T), -1) @ K
    G *= 2
    return G


@expert(
    "Tucker core",
    "sum[i,j,k]((T[i,j,k]-sum[a,b,c](G[a,b,c]*A[i,a]*B[j,b]*C[k,c]))^2)",
    {
        "T": "tensor(p, q, s)",
        "G": "tensor(u, v, w)",
        "A": "matrix(p, u)",
        "B": "matrix(q, v)",
        "C": "matrix(s, w)",
    },
    "G",
    {"p": 40, "q": 30, "s": 20, "u": 5, "v": 4, "w": 3},
)
def tucker_core(T: Array, G: Array, A: Array, B: Array, C: Array) -> Array:
    def projected(T: Array, A: Array, B: Array, C: Array) -> Array:
        inner = np.einsum("ijc,jb->ibc", T @ C, B, optimize=True)
        return np.tensordot(A, inner, axes=(0, 0))

    H = projected(G, A.T @ A, B.T @ B, C.T @ C)
    H -= projected(T, A, B, C)
    H *= 2
    return H


@expert(
    "attention by values",
    "tr(G'*softmax(Q*K'/sqrt(h),2)*X*V)",
    {
        "G": "matrix(n, d)",
        "Q": "matrix(n, h)",
        "K": "matrix(n, h)",
        "X": "matrix(n, d)",
        "V": "matrix(d, d)",
        "h": "positive",
    },
    "V",
    {"n": 200, "d": 64, "h": 16},
)
def attention_by_values(G: Array, Q: Array, K: Array, X: Array, h: Array, V: Array) -> Array:
    S = Q @ K.T
    S /= np.sqrt(h)
    P = row_softmax(S)
    return X.T @ (P.T @ G)


@expert(
    "attention by keys",
    "tr(G'*softmax(Q*K',2)*V)",
    {"G": "matrix(n, d)", "Q": "matrix(n, h)", "K": "matrix(n, h)", "V": "matrix(n, d)"},
    "K",
    {"n": 200, "d": 64, "h": 16},
)
def attention_by_keys(G: Array, Q: Array, K: Array, V: Array) -> Array:
    P = row_softmax(Q @ K.T)
    D = G @ V.T
    D *= P
    D -= D.sum(1)[:, None] * P
    return D.T @ Q


@expert(
    "layer norm",
    "sum(G.*((X-mean(X,2)*ones(n)')./(sqrt(var(X,2)+e)*ones(n)')))",
    {"X": "matrix(m, n)", "G": "matrix(m, n)", "e": "positive"},
    "X",
    {"m": 200, "n": 64},
)
def layer_norm(X: Array, G: Array, e: Array) -> Array:
    U = X - X.mean(1)[:, None]
    v = np.einsum("ij,ij->i", U, U) / X.shape[1]
    v += e
    r = 1 / np.sqrt(v)
    D = G - G.mean(1)[:, None]
    U *= (np.einsum("ij,ij->i", D, U) / (v * X.shape[1]))[:, None]
    D -= U
    D *= r[:, None]
    return D


@expert(
    "recurrent cell",
    ("norm2((1-z).*h+z.*n-y)^2 where z=sigmoid(A*x+B*h), r=sigmoid(C*x+D*h), n=tanh(E*x+F*(r.*h))"),
    {
        "A": "matrix(n, d)",
        "B": "matrix(n, n)",
        "C": "matrix(n, d)",
        "D": "matrix(n, n)",
        "E": "matrix(n, d)",
        "F": "matrix(n, n)",
        "x": "vector(d)",
        "h": "vector(n)",
        "y": "vector(n)",
    },
    "h",
    {"n": 150, "d": 60},
)
def recurrent_cell(
    A: Array, B: Array, C: Array, D: Array, E: Array, F: Array, x: Array, h: Array, y: Array
) -> Array:
    z = expit(A @ x + B @ h)
    r = expit(C @ x + D @ h)
    n = np.tanh(E @ x + F @ (r * h))
    o = 2 * (h + z * (n - h) - y)
    dn = o * z * (1 - n * n) @ F
    return o * (1 - z) + o * (n - h) * z * (1 - z) @ B + dn * r + dn * h * r * (1 - r) @ D


@expert(
    "weight norm",
    "norm2(g*X*v/norm2(v)-y)^2",
    {"X": "matrix(m, n)", "v": "vector(n)", "y": "vector(m)", "g": "scalar"},
    "v",
    {"m": 500, "n": 100},
)
def weight_norm(X: Array, v: Array, y: Array, g: Array) -> Array:
    s = np.sqrt(v @ v)
    u = v / s
    r = g * (X @ u)
    r -= y
    q = r @ X
    q -= q @ u * u
    q *= 2 * g / s
    return q


@expert(
    "contrastive pairs",
    "-sum[i](logsoftmax(A*B'/t,2)[i,i]) - sum[i](logsoftmax(B*A'/t,2)[i,i])",
    {"A": "matrix(n, d)", "B": "matrix(n, d)", "t": "positive"},
    "B",
    {"n": 200, "d": 64},
)
def contrastive_pairs(A: Array, B: Array, t: Array) -> Array:
    S = A @ B.T
    S /= t
    P = row_softmax(S)
    P += row_softmax(S, 0)
    P.reshape(-1)[:: len(P) + 1] -= 2
    G = P.T @ A
    G /= t
    return G


@expert(
    "autoencoder",
    "norm2(X-tanh(Z*W)*V)^2/2 + 0.5*sum(exp(L)+M.^2-1-L) where Z = M+exp(L/2).*E",
    {
        "X": "matrix(n, p)",
        "M": "matrix(n, k)",
        "L": "matrix(n, k)",
        "E": "matrix(n, k)",
        "W": "matrix(k, h)",
        "V": "matrix(h, p)",
    },
    "L",
    {"n": 200, "p": 50, "k": 10, "h": 40},
)
def autoencoder(X: Array, M: Array, L: Array, E: Array, W: Array, V: Array) -> Array:
    s = np.exp(L / 2)
    Z = M + s * E
    T = np.tanh(Z @ W)
    R = T @ V
    R -= X
    D = R @ V.T
    T *= T
    np.subtract(1, T, out=T)
    D *= T
    G = D @ W.T
    G *= E
    G += s
    G *= s
    G -= 1
    G *= 0.5
    return G


@expert(
    "Procrustes",
    "norm2(W.*(s*A*Q-B))^2 + c*norm2(Q'*Q-eye)^2",
    {
        "A": "matrix(m, n)",
        "B": "matrix(m, n)",
        "W": "matrix(m, n)",
        "Q": "matrix(n, n)",
        "s": "scalar",
        "c": "positive",
    },
    "Q",
    {"m": 300, "n": 40},
)
def procrustes(A: Array, B: Array, W: Array, Q: Array, s: Array, c: Array) -> Array:
    R = A @ Q
    R *= s
    R -= B
    R *= W
    R *= W
    G = A.T @ R
    G *= 2 * s
    E = Q.T @ Q
    E.reshape(-1)[:: len(E) + 1] -= 1
    K = Q @ E
    K *= 4 * c
    G += K
    return G


HOPFIELD = (
    "norm2(x)^2/2 - logsumexp(b*X*x)/b",
    {"X": "matrix(m, n)", "x": "vector(n)", "b": "positive"},
)


@expert("Hopfield", *HOPFIELD, "x", {"m": 500, "n": 100})
def hopfield(X: Array, x: Array, b: Array) -> Array:
    z = b * (X @ x)
    z -= z.max()
    np.exp(z, out=z)
    z /= z.sum()
    return x - z @ X


@expert("Hopfield", *HOPFIELD, "x", {"m": 500, "n": 100}, order=2)
def hopfield_hessian(X: Array, x: Array, b: Array) -> Array:
    z = b * (X @ x)
    z -= z.max()
    np.exp(z, out=z)
    z /= z.sum()
    g = z @ X
    Z = np.sqrt(b * z)[:, None] * X
    H = Z.T @ Z
    np.negative(H, out=H)
    H += np.multiply.outer(b * g, g)
    H.reshape(-1)[:: len(H) + 1] += 1
    return H


@expert(
    "free energy",
    "-sum(V*b) - sum(log(1+exp(V*W+ones(m)*c')))",
    {"V": "matrix(m, n)", "b": "vector(n)", "W": "matrix(n, h)", "c": "vector(h)"},
    "W",
    {"m": 300, "n": 60, "h": 40},
)
def free_energy(V: Array, b: Array, W: Array, c: Array) -> Array:
    Z = V @ W
    Z += c
    Z = expit(Z)
    G = V.T @ Z
    np.negative(G, out=G)
    return G


@expert(
    "matrix sensing",
    "sum[k]((sum[i,j](A[k,i,j]*(U[i,:]*V[j,:]'))-b[k])^2)",
    {"A": "tensor(p, m, n)", "U": "matrix(m, r)", "V": "matrix(n, r)", "b": "vector(p)"},
    "U",
    {"p": 100, "m": 30, "n": 20, "r": 4},
)
def matrix_sensing(A: Array, U: Array, V: Array, b: Array) -> Array:
    p = len(A)
    L = A.reshape(p, -1)
    r = L @ (U @ V.T).reshape(-1)
    r -= b
    r *= 2
    return (r @ L).reshape(A.shape[1:]) @ V


@expert(
    "soft clusters",
    "-sum[i](logsumexp[k](-b*norm2(X[i,:]-C[k,:])^2))/b",
    {"X": "matrix(m, d)", "C": "matrix(p, d)", "b": "positive"},
    "C",
    {"m": 500, "p": 10, "d": 8},
)
def soft_clusters(X: Array, C: Array, b: Array) -> Array:
    L = cdist(X, C, "sqeuclidean")
    L *= -b
    P = row_softmax(L)
    G = P.sum(0)[:, None] * C
    G -= P.T @ X
    G *= 2
    return G


@expert(
    "metric of triplets",
    ("sum[t](relu(1 + (A[t,:]-B[t,:])*M*(A[t,:]-B[t,:])' - (A[t,:]-C[t,:])*M*(A[t,:]-C[t,:])'))"),
    {"A": "matrix(m, d)", "B": "matrix(m, d)", "C": "matrix(m, d)", "M": "symmetric(d)"},
    "M",
    {"m": 500, "d": 30},
)
def metric_of_triplets(A: Array, B: Array, C: Array, M: Array) -> Array:
    U = A - B
    V = A - C
    s = 1 + np.einsum("ij,ij->i", U @ M, U) - np.einsum("ij,ij->i", V @ M, V)
    k = s > 0
    U = U[k]
    V = V[k]
    G = U.T @ U
    G -= V.T @ V
    return G


@expert(
    "residual block",
    "norm2(X+relu(X*W)*V-Y)^2",
    {"X": "matrix(m, d)", "W": "matrix(d, h)", "V": "matrix(h, d)", "Y": "matrix(m, d)"},
    "W",
    {"m": 200, "d": 50, "h": 80},
)
def residual_block(X: Array, W: Array, V: Array, Y: Array) -> Array:
    Z = X @ W
    M = Z > 0
    np.maximum(Z, 0, out=Z)
    R = Z @ V
    R += X
    R -= Y
    D = R @ V.T
    D *= M
    G = X.T @ D
    G *= 2
    return G


@expert(
    "rms norm",
    "norm2((X./(sqrt(mean(X.^2,2)+e)*ones(d)'))*W-Y)^2",
    {"X": "matrix(m, d)", "W": "matrix(d, h)", "Y": "matrix(m, h)", "e": "positive"},
    "X",
    {"m": 200, "d": 50, "h": 30},
)
def rms_norm(X: Array, W: Array, Y: Array, e: Array) -> Array:
    d = X.shape[1]
    r = 1 / np.sqrt(np.einsum("ij,ij->i", X, X) / d + e)
    U = X * r[:, None]
    R = U @ W
    R -= Y
    D = R @ W.T
    D *= 2
    t = np.einsum("ij,ij->i", D, U) / d
    U *= t[:, None]
    D -= U
    D *= r[:, None]
    return D


@expert(
    "distillation",
    "sum(P.*(log(P)-logsoftmax(Z/t,2)))",
    {"P": "positive(m, k)", "Z": "matrix(m, k)", "t": "positive"},
    "Z",
    {"m": 500, "k": 20},
)
def distillation(P: Array, Z: Array, t: Array) -> Array:
    S = row_softmax(Z / t)
    S *= P.sum(1)[:, None]
    S -= P
    S /= t
    return S
