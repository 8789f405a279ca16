"""Expressions that code is written for: one for each function, and some for each kind of part."""

from __future__ import annotations

import numpy as np

from matcalc.core.operations import OPERATIONS

V = np.array([0.3, 0.5, 0.9])
X = np.array([[2.0, 0.3, 0.1], [0.2, 3.0, 0.4], [0.1, 0.5, 4.0]])
S = np.array([[2.0, 0.3, 0.1], [0.3, 3.0, 0.4], [0.1, 0.4, 4.0]])
KINDS = {
    "x": "vector(n)",
    "y": "vector(n)",
    "X": "matrix(n, n)",
    "S": "symmetric(n)",
    "a": "scalar",
}
KINDS |= {"z": "vector(3)", "Z": "matrix(3, 3)"}
VALUES = {"x": V, "y": V[::-1].copy(), "X": X, "S": S, "a": 0.7, "z": V, "Z": X}
EXPRESSIONS = {
    "leakyrelu": "leakyrelu(x - 0.4, a)",
    "elu": "elu(x - 0.4, a)",
    "huber": "huber(x, a)",
    "xlogy": "xlogy(x, y)",
    "besselj": "besselj(2, x)",
    "mvlgamma": "mvlgamma(x + 2, 3)",
    "polygamma": "polygamma(2, x)",
    "max": "max(x, y)",
    "min": "min(x, y)",
    "where": "where(x > y, x, -y)",
    "acosh": "acosh(1 + x)",
    "normp": "normp(x, 3)",
    "logsumexp": "logsumexp(X, 2)",
    "softmax": "softmax(X, 1)",
    "logsoftmax": "logsoftmax(X, 2)",
    "kl": "kl(x, y)",
    "kron": "kron(X, S)",
    "khatrirao": "khatrirao(X, S)",
    "cross": "cross(z, 2*z + 1)",
    "skewmat": "skewmat(z)",
    "vee": "vee(Z)",
    "lambda_max": "lambda_max(S)",
    "reshape": "reshape(X, 1, n*n)",
    "schatten": "schatten(X, 3)",
    "sylvester": "sylvester(X, S, X)",
    "lyapunov": "lyapunov(X, S)",
    "dot": "dot(x, y)",
    "hypot": "hypot(x, y)",
    "atan2": "atan2(x, y)",
    "outer": "outer(x, y)",
    "cumsum": "cumsum(X, 2)",
    "revcumsum": "revcumsum(X, 2)",
    "var": "var(X, 1)",
    "std": "std(X, 2)",
    "prod": "prod(X, 1)",
    "mean": "mean(X, 2)",
    "norm2": "norm2(X, 1)",
    "norm1": "norm1(X, 2)",
    "commutation": "commutation(n, n)*vec(X)",
    "toeplitz_projector": "toeplitz_projector(n)*vec(X)",
    "circulant_projector": "circulant_projector(n)*vec(X)",
    "hankel_projector": "hankel_projector(n)*vec(X)",
    "permute": "permute(einsum('i,jk->ijk', x, X), 3, 1, 2)",
    "power": "X^3",
}
OF_MATRICES = {name for name, row in OPERATIONS.items() if "square" in row.signature or row.scalar}
OF_MATRICES |= {"tril", "triu", "vec", "vech", "pinv", "svdvals", "leftvecs", "rightvecs", "polar"}
OF_MATRICES |= {"specnorm", "leftvec", "rightvec", "nucnorm", "condnum"}
OF_MATRICES |= {"eigval", "eigright", "eigleft", "qr_q", "qr_r"}
SKIPPED = ("frechet_", "elimination", "duplication", "einsum")


def expression(name: str) -> str:
    row = OPERATIONS[name]
    if name in EXPRESSIONS:
        return EXPRESSIONS[name]
    if row.symmetric:
        return f"{name}(S)"
    return f"{name}({'X' if name in OF_MATRICES else 'x'})"


FUNCTIONS = [name for name in OPERATIONS if not name.startswith(SKIPPED)]

MORE = [
    "[X, x; y', a]",
    "X[1:2, 3]",
    "[x; a; y]",
    "sum(x.^2)*eye(n) + x*y'",
    "unit(2, n)*a",
    "ones(n) + a",
    "tr(X*diag(x)*X')*x",
    "einsum('ij,jk,kl->il', X, S, X)",
    "sum[i](x[i]*y[i])",
    "sum[i!=j](x[i]*y[j])*a",
    "n*a",
    "log(2*pi)*x + sqrt(pi)*max(y, exp(pi))",
    "max[i](x[i]*y[i])",
    "logsumexp[i](x[i])",
]
