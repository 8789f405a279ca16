"""Expressions with one-hot matrices, and arguments that are these or lists of places."""

from __future__ import annotations

from typing import Any

import numpy as np

import matcalc
from matcalc.core.kinds import Variable
from matcalc.results import Derivative

SIZES = {"m": 7, "n": 5, "p": 6, "q": 3, "k": 4}
EDGES = {"s": "onehot(m, n)", "t": "onehot(m, n)"}
RATINGS = {"s": "onehot(m, n)", "t": "onehot(m, p)", "U": "matrix(n, q)", "V": "matrix(p, q)"}
BIASES = {**RATINGS, "a": "vector(n)", "b": "vector(p)"}
WORDS = {"s": "onehot(m, n)", "E": "matrix(n, q)", "W": "matrix(q, k)"}
SCORES = {"s": "onehot(m, n)", "Z": "matrix(m, n)"}
CASES = [
    ("sum[i](x[s[i]]^2)", "x", {"s": "onehot(m, n)"}),
    ("sum[e](norm2(X[s[e], :] - X[t[e], :])^2)", "X", EDGES),
    ("sum[e](w[e]*norm2(X[s[e], :] - X[t[e], :])^2)", "X", EDGES),
    ("tr(X'*(s - t)'*diag(w)*(s + 2*t)*X)", "X", {**EDGES, "X": "matrix(n, q)"}),
    ("tr(X'*(s + s)'*(s - t)*X)", "X", {**EDGES, "X": "matrix(n, q)"}),
    ("x'*s'*s*x + norm2(s*x - y)^2*x'*s'*t*x", "x", {**EDGES, "x": "vector(n)"}),
    ("-sum(Y.*logsoftmax(X*W, 2))", "W", {"Y": "onehot(m, k)", "W": "matrix(n, k)"}),
    ("sum[i](logsumexp(Z[i, :]) - Z[i, s[i]])", "Z", SCORES),
    ("sum(s.*tanh(Z))", "Z", SCORES),
    ("sum(s.*Z, 2)'*y", "Z", SCORES),
    ("sum(sin(sum(s.*Z, 1)))", "Z", SCORES),
    ("sum((s.*Z).*exp(Z))", "Z", SCORES),
    ("norm2(y - s*E*w)^2", "E", WORDS),
    ("sum(log(s*E*W))", "W", WORDS),
    ("sum(log(s*E*W))", "E", WORDS),
    ("sum[e](log(sigmoid(U[s[e], :]*V[t[e], :]')))", "U", RATINGS),
    ("sum[e]((r[e] - a[s[e]] - b[t[e]] - U[s[e], :]*V[t[e], :]')^2)", "V", BIASES),
    ("sum(softmax(A*s', 1).*B)", "A", {"s": "onehot(m, n)", "A": "matrix(q, n)"}),
    ("tr(s*A*s'*B)", "A", {"s": "onehot(m, n)", "A": "matrix(n, n)"}),
    ("norm2(s'*y - x)^2", "y", {"s": "onehot(m, n)", "x": "vector(n)"}),
    ("sum(Y.*(X*W))", "X", {"Y": "onehot(m, 4)", "W": "matrix(n, 4)"}),
]


def arguments(variables: dict[str, Variable]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Arguments with one-hot matrices, and the same with lists of places."""
    rng = np.random.default_rng(0)
    matrices: dict[str, Any] = {}
    lists: dict[str, Any] = {}
    for key, variable in variables.items():
        shape = tuple(dim.size(SIZES) for dim in variable.shape)
        if variable.kind == "onehot":
            lists[key] = rng.integers(0, shape[1], shape[0])
            matrices[key] = np.eye(shape[1])[lists[key]]
        else:
            lists[key] = matrices[key] = rng.uniform(0.2, 1.5, shape)
    return matrices, lists


def formula(expr: str, wrt: str, kinds: dict[str, str], order: int) -> Derivative:
    found = matcalc.diff(expr, wrt, variables=kinds, order=order, verify=False)
    assert isinstance(found, Derivative)
    return found
