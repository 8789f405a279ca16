"""Physics, signals and control: grids, chains, particles, filters, transport."""

from __future__ import annotations

import numpy as np
from problems import inverse_of_psd
from scipy.spatial.distance import cdist

from further.listed import Array, expert, row_softmax


@expert(
    "Kalman noise",
    "0.5*logdet(H*P*H'+R) + 0.5*(y-H*x)'*inv(H*P*H'+R)*(y-H*x)",
    {"H": "matrix(m, n)", "P": "psd(n)", "R": "psd(m)", "x": "vector(n)", "y": "vector(m)"},
    "R",
    {"m": 40, "n": 60},
)
def kalman_noise(H: Array, P: Array, R: Array, x: Array, y: Array) -> Array:
    S = H @ P @ H.T
    S += R
    I = inverse_of_psd(S)
    a = I @ (y - H @ x)
    I -= np.multiply.outer(a, a)
    I *= 0.5
    return I


TOTAL_VARIATION_OF_A_SIGNAL = (
    "sum[i=1:n-1](sqrt((x[i+1]-x[i])^2+e)) + c/2*norm2(x-y)^2",
    {"x": "vector(n)", "y": "vector(n)", "e": "positive", "c": "positive"},
)


@expert("total variation of a signal", *TOTAL_VARIATION_OF_A_SIGNAL, "x", {"n": 2000})
def total_variation_of_a_signal(x: Array, y: Array, e: Array, c: Array) -> Array:
    d = np.diff(x)
    d /= np.sqrt(d * d + e)
    g = x - y
    g *= c
    g[1:] += d
    g[:-1] -= d
    return g


@expert("total variation of a signal", *TOTAL_VARIATION_OF_A_SIGNAL, "x", {"n": 1000}, order=2)
def total_variation_of_a_signal_hessian(x: Array, e: Array, c: Array, y: Array) -> Array:
    n = len(x)
    d = np.diff(x)
    d *= d
    d += e
    w = e * d ** (-1.5)
    H = np.zeros((n, n))
    f = H.reshape(-1)
    f[:: n + 1] = c
    f[: -1 : n + 1] += w
    f[n + 1 :: n + 1] += w
    f[1 :: n + 1] = -w
    f[n :: n + 1] = -w
    return H


@expert(
    "total variation of an image",
    "sum[i=1:m-1,j=1:n-1](sqrt((X[i+1,j]-X[i,j])^2+(X[i,j+1]-X[i,j])^2+e))",
    {"X": "matrix(m, n)", "e": "positive"},
    "X",
    {"m": 100, "n": 120},
)
def total_variation_of_an_image(X: Array, e: Array) -> Array:
    A = X[1:, :-1] - X[:-1, :-1]
    B = X[:-1, 1:] - X[:-1, :-1]
    r = 1 / np.sqrt(A * A + B * B + e)
    A *= r
    B *= r
    G = np.zeros_like(X)
    G[1:, :-1] = A
    G[:-1, 1:] += B
    A += B
    G[:-1, :-1] -= A
    return G


@expert(
    "optimal transport",
    "-e*sum[i](a[i]*logsumexp[j]((g[j]-C[i,j])/e + log(b[j]))) + b'*g",
    {"a": "vector(m)", "b": "positive(n)", "g": "vector(n)", "C": "matrix(m, n)", "e": "positive"},
    "g",
    {"m": 300, "n": 200},
)
def optimal_transport(a: Array, b: Array, g: Array, C: Array, e: Array) -> Array:
    L = g - C
    L /= e
    L += np.log(b)
    P = row_softmax(L)
    return b - a @ P


@expert(
    "optimal transport",
    "-e*sum[i](a[i]*logsumexp[j]((g[j]-C[i,j])/e + log(b[j]))) + b'*g",
    {
        "a": "positive(m)",
        "b": "positive(n)",
        "g": "vector(n)",
        "C": "matrix(m, n)",
        "e": "positive",
    },
    "g",
    {"m": 300, "n": 200},
    order=2,
)
def optimal_transport_hessian(a: Array, b: Array, g: Array, C: Array, e: Array) -> Array:
    L = g - C
    L /= e
    L += np.log(b)
    P = row_softmax(L)
    d = a @ P
    P *= np.sqrt(a)[:, None]
    H = P.T @ P
    H.reshape(-1)[:: len(H) + 1] -= d
    H /= e
    return H


@expert(
    "portfolio",
    "-mu'*w + c/2*w'*S*w + k*sum(sqrt((w-v).^2+e)) + l*(sum(w)-1)^2",
    {
        "mu": "vector(n)",
        "w": "vector(n)",
        "v": "vector(n)",
        "S": "psd(n)",
        "c": "positive",
        "k": "positive",
        "l": "positive",
        "e": "positive",
    },
    "w",
    {"n": 300},
    order=2,
)
def portfolio_hessian(
    w: Array, v: Array, S: Array, c: Array, k: Array, l: Array, e: Array, mu: Array
) -> Array:
    H = c * S
    H += 2 * l
    q = (w - v) ** 2
    q += e
    H.reshape(-1)[:: len(H) + 1] += k * e * q ** (-1.5)
    return H


SMOOTHING_SPLINE = (
    "sum[i=2:n-1]((x[i+1]-2*x[i]+x[i-1])^2)*l + norm2(w.*(x-y))^2",
    {"x": "vector(n)", "y": "vector(n)", "w": "vector(n)", "l": "positive"},
)


@expert("smoothing spline", *SMOOTHING_SPLINE, "x", {"n": 2000})
def smoothing_spline(x: Array, y: Array, w: Array, l: Array) -> Array:
    d = x[2:] - 2 * x[1:-1] + x[:-2]
    g = x - y
    g *= w * w
    d *= l
    g[2:] += d
    g[:-2] += d
    d *= 2
    g[1:-1] -= d
    g *= 2
    return g


@expert("smoothing spline", *SMOOTHING_SPLINE, "x", {"n": 1000}, order=2)
def smoothing_spline_hessian(w: Array, l: Array, y: Array, x: Array) -> Array:
    n = len(w)
    H = np.zeros((n, n))
    f = H.reshape(-1)
    d = 2 * w * w
    d[2:-2] += 12 * l
    d[[0, -1]] += 2 * l
    d[[1, -2]] += 10 * l
    f[:: n + 1] = d
    a = np.full(n - 1, -8 * l)
    a[[0, -1]] = -4 * l
    f[1 :: n + 1] = a
    f[n :: n + 1] = a
    f[2 : n * (n - 2) : n + 1] = 2 * l
    f[2 * n :: n + 1] = 2 * l
    return H


@expert(
    "Euler steps",
    ("norm2(x3-y)^2 where x1 = x0+h*tanh(A*x0), x2 = x1+h*tanh(A*x1), x3 = x2+h*tanh(A*x2)"),
    {"A": "matrix(n, n)", "x0": "vector(n)", "y": "vector(n)", "h": "positive"},
    "A",
    {"n": 200},
)
def euler_steps(A: Array, x0: Array, y: Array, h: Array) -> Array:
    xs = [x0]
    ts = []
    for _ in range(3):
        t = np.tanh(A @ xs[-1])
        ts.append(t)
        xs.append(xs[-1] + h * t)
    l = 2 * (xs[-1] - y)
    ds = [x0] * 3
    for k in (2, 1, 0):
        ds[k] = h * l * (1 - ts[k] ** 2)
        l = l + ds[k] @ A
    return np.stack(ds, 1) @ np.stack(xs[:3], 0)


BROYDEN = (
    "sum[i=2:n-1](((3-2*x[i])*x[i]-x[i-1]-2*x[i+1]+1)^2)",
    {"x": "vector(n)"},
)


@expert("Broyden", *BROYDEN, "x", {"n": 1000})
def broyden(x: Array) -> Array:
    c = x[1:-1]
    r = (3 - 2 * c) * c - x[:-2] - 2 * x[2:] + 1
    r *= 2
    g = np.zeros_like(x)
    g[1:-1] = r * (3 - 4 * c)
    g[:-2] -= r
    r *= 2
    g[2:] -= r
    return g


@expert("Broyden", *BROYDEN, "x", {"n": 500}, order=2)
def broyden_hessian(x: Array) -> Array:
    n = len(x)
    c = x[1:-1]
    r = (3 - 2 * c) * c - x[:-2] - 2 * x[2:] + 1
    J = 3 - 4 * c
    H = np.zeros((n, n))
    d = np.zeros(n)
    d[1:-1] = 2 * J * J - 8 * r
    d[:-2] += 2
    d[2:] += 8
    f = H.reshape(-1)
    f[:: n + 1] = d
    a = np.zeros(n - 1)
    a[:-1] -= 2 * J
    a[1:] -= 4 * J
    f[1 :: n + 1] = a
    f[n :: n + 1] = a
    f[2 : n * (n - 2) : n + 1] = 4
    f[2 * n :: n + 1] = 4
    return H


@expert(
    "Lennard-Jones",
    "sum[i<j](4*e*((s/norm2(X[i,:]-X[j,:]))^12 - (s/norm2(X[i,:]-X[j,:]))^6))",
    {"X": "matrix(n, k)", "e": "positive", "s": "positive"},
    "X",
    {"n": 100, "k": 3},
)
def lennard_jones(X: Array, e: Array, s: Array) -> Array:
    D = cdist(X, X, "sqeuclidean")
    D.reshape(-1)[:: len(D) + 1] = 1
    Q = 1 / D
    R = s * s * Q
    R *= R * R
    R.reshape(-1)[:: len(D) + 1] = 0
    W = R * (1 - 2 * R)
    W *= Q
    W *= 24 * e
    G = W.sum(1)[:, None] * X
    G -= W @ X
    return G


@expert(
    "softened charges",
    "sum[i<j](q[i]*q[j]/sqrt(norm2(X[i,:]-X[j,:])^2+e))",
    {"X": "matrix(n, k)", "q": "vector(n)", "e": "positive"},
    "X",
    {"n": 200, "k": 3},
)
def softened_charges(X: Array, q: Array, e: Array) -> Array:
    D = cdist(X, X, "sqeuclidean")
    D += e
    W = 1 / np.sqrt(D)
    W /= D
    W *= q
    W *= q[:, None]
    G = W @ X
    G -= W.sum(1)[:, None] * X
    return G


@expert(
    "feedback gain",
    "x1'*Q*x1 + x2'*Q*x2 + x3'*Q*x3 where x1=(A+B*K)*x0, x2=(A+B*K)*x1, x3=(A+B*K)*x2",
    {
        "A": "matrix(n, n)",
        "B": "matrix(n, m)",
        "K": "matrix(m, n)",
        "Q": "symmetric(n)",
        "x0": "vector(n)",
    },
    "K",
    {"n": 60, "m": 10},
)
def feedback_gain(A: Array, B: Array, K: Array, Q: Array, x0: Array) -> Array:
    xs = [x0]
    for _ in range(3):
        xs.append(A @ xs[-1] + B @ (K @ xs[-1]))
    l = 0
    u = []
    for k in (3, 2, 1):
        l = l + 2 * (Q @ xs[k])
        u.append(l @ B)
        l = l @ A + u[-1] @ K
    return np.stack(u[::-1], 1) @ np.stack(xs[:3], 0)


@expert(
    "filter gain",
    "tr((eye-K*H)*P*(eye-K*H)' + K*R*K')",
    {"K": "matrix(n, m)", "H": "matrix(m, n)", "P": "psd(n)", "R": "psd(m)"},
    "K",
    {"n": 60, "m": 20},
)
def filter_gain(K: Array, H: Array, P: Array, R: Array) -> Array:
    HP = H @ P
    S = HP @ H.T
    S += R
    G = K @ S
    G -= HP.T
    G *= 2
    return G


BURGERS = (
    ("sum[i=2:n-1](((u[i]-v[i])/h + u[i]*(u[i+1]-u[i-1])/2 - c*(u[i+1]-2*u[i]+u[i-1]))^2)"),
    {"u": "vector(n)", "v": "vector(n)", "h": "positive", "c": "positive"},
)


@expert("Burgers", *BURGERS, "u", {"n": 2000})
def burgers(u: Array, v: Array, h: Array, c: Array) -> Array:
    m = u[1:-1]
    d = u[2:] - u[:-2]
    r = (m - v[1:-1]) / h + m * d * 0.5 - c * (u[2:] - 2 * m + u[:-2])
    r *= 2
    g = np.zeros_like(u)
    g[1:-1] = r * (1 / h + 0.5 * d + 2 * c)
    g[2:] += r * (0.5 * m - c)
    g[:-2] -= r * (0.5 * m + c)
    return g


@expert("Burgers", *BURGERS, "u", {"n": 500}, order=2)
def burgers_hessian(u: Array, v: Array, h: Array, c: Array) -> Array:
    n = len(u)
    m = u[1:-1]
    d = u[2:] - u[:-2]
    r = (m - v[1:-1]) / h + m * d * 0.5 - c * (u[2:] - 2 * m + u[:-2])
    J0 = 1 / h + 0.5 * d + 2 * c
    J1 = 0.5 * m - c
    J2 = -0.5 * m - c
    H = np.zeros((n, n))
    f = H.reshape(-1)
    e = np.zeros(n)
    e[1:-1] = 2 * J0 * J0
    e[2:] += 2 * J1 * J1
    e[:-2] += 2 * J2 * J2
    f[:: n + 1] = e
    a = np.zeros(n - 1)
    a[1:] += 2 * J0 * J1 + r
    a[:-1] += 2 * J0 * J2 - r
    f[1 :: n + 1] = a
    f[n :: n + 1] = a
    b = 2 * J1 * J2
    f[2 : n * (n - 2) : n + 1] = b
    f[2 * n :: n + 1] = b
    return H


ALLEN_CAHN = (
    ("sum[i=1:m-1,j=1:n-1](a*(X[i+1,j]-X[i,j])^2 + a*(X[i,j+1]-X[i,j])^2) + sum((X.^2-1).^2)"),
    {"X": "matrix(m, n)", "a": "positive"},
)


@expert("Allen-Cahn", *ALLEN_CAHN, "X", {"m": 100, "n": 120})
def allen_cahn(X: Array, a: Array) -> Array:
    A = X[1:, :-1] - X[:-1, :-1]
    B = X[:-1, 1:] - X[:-1, :-1]
    A *= 2 * a
    B *= 2 * a
    G = X * X
    G -= 1
    G *= X
    G *= 4
    G[1:, :-1] += A
    G[:-1, 1:] += B
    A += B
    G[:-1, :-1] -= A
    return G


@expert("Allen-Cahn", *ALLEN_CAHN, "X", {"m": 20, "n": 24}, order=2)
def allen_cahn_hessian(X: Array, a: Array) -> Array:
    m, n = X.shape
    H = np.zeros((m, n, m, n))
    D = 12 * X * X - 4
    D[:-1, :-1] += 4 * a
    D[1:, :-1] += 2 * a
    D[:-1, 1:] += 2 * a
    np.einsum("ijij->ij", H)[...] = D
    np.einsum("ijij->ij", H[1:, :-1, :-1, :-1])[...] = -2 * a
    np.einsum("ijij->ij", H[:-1, :-1, 1:, :-1])[...] = -2 * a
    np.einsum("ijij->ij", H[:-1, 1:, :-1, :-1])[...] = -2 * a
    np.einsum("ijij->ij", H[:-1, :-1, :-1, 1:])[...] = -2 * a
    return H


ANHARMONIC_CHAIN = (
    "sum[i=1:n-1]((x[i+1]-x[i])^2/2 + a*(x[i+1]-x[i])^3/3 + b*(x[i+1]-x[i])^4/4)",
    {"x": "vector(n)", "a": "scalar", "b": "positive"},
)


@expert("anharmonic chain", *ANHARMONIC_CHAIN, "x", {"n": 2000})
def anharmonic_chain(x: Array, a: Array, b: Array) -> Array:
    d = np.diff(x)
    t = d * (1 + d * (a + b * d))
    g = np.zeros_like(x)
    g[1:] = t
    g[:-1] -= t
    return g


@expert("anharmonic chain", *ANHARMONIC_CHAIN, "x", {"n": 1000}, order=2)
def anharmonic_chain_hessian(x: Array, a: Array, b: Array) -> Array:
    n = len(x)
    d = np.diff(x)
    t = 1 + d * (2 * a + 3 * b * d)
    H = np.zeros((n, n))
    f = H.reshape(-1)
    f[: -1 : n + 1] = t
    f[n + 1 :: n + 1] += t
    np.negative(t, out=t)
    f[1 :: n + 1] = t
    f[n :: n + 1] = t
    return H


PHASE_RETRIEVAL = (
    "sum(((A*x).^2-b).^2)/4",
    {"A": "matrix(m, n)", "x": "vector(n)", "b": "vector(m)"},
)


@expert("phase retrieval", *PHASE_RETRIEVAL, "x", {"m": 500, "n": 100})
def phase_retrieval(A: Array, x: Array, b: Array) -> Array:
    z = A @ x
    r = z * z
    r -= b
    r *= z
    return r @ A


@expert("phase retrieval", *PHASE_RETRIEVAL, "x", {"m": 500, "n": 100}, order=2)
def phase_retrieval_hessian(A: Array, x: Array, b: Array) -> Array:
    z = A @ x
    z *= z
    z *= 3
    z -= b
    Z = z[:, None] * A
    return A.T @ Z


STATE_PATH = (
    ("sum[t=2:n](norm2(X[t,:]'-A*X[t-1,:]')^2)*c + sum[t=1:n](norm2(Y[t,:]'-C*X[t,:]')^2)"),
    {
        "X": "matrix(n, p)",
        "A": "matrix(p, p)",
        "Y": "matrix(n, q)",
        "C": "matrix(q, p)",
        "c": "positive",
    },
)


@expert("state path", *STATE_PATH, "X", {"n": 500, "p": 6, "q": 4})
def state_path(X: Array, A: Array, Y: Array, C: Array, c: Array) -> Array:
    R = X @ C.T
    R -= Y
    G = R @ C
    E = X[1:] - X[:-1] @ A.T
    E *= c
    G[1:] += E
    G[:-1] -= E @ A
    G *= 2
    return G


@expert("state matrix", *STATE_PATH, "A", {"n": 500, "p": 6, "q": 4})
def state_matrix(X: Array, A: Array, Y: Array, C: Array, c: Array) -> Array:
    E = X[:-1] @ A.T
    E -= X[1:]
    G = E.T @ X[:-1]
    G *= 2 * c
    return G


BARRIER = (
    "t*c'*x - sum(log(b-A*x))",
    {"A": "matrix(m, n)", "x": "vector(n)", "b": "vector(m)", "c": "vector(n)", "t": "positive"},
)


@expert("barrier", *BARRIER, "x", {"m": 1000, "n": 100})
def barrier(A: Array, x: Array, b: Array, c: Array, t: Array) -> Array:
    s = b - A @ x
    np.divide(1, s, out=s)
    g = s @ A
    g += t * c
    return g


@expert("barrier", *BARRIER, "x", {"m": 1000, "n": 100}, order=2)
def barrier_hessian(A: Array, x: Array, b: Array, c: Array, t: Array) -> Array:
    s = b - A @ x
    Z = A / s[:, None]
    return Z.T @ Z
