"""Code for functions of vectors and along axes, for each choice of bound indices."""

from __future__ import annotations

import numpy as np
import pytest

import matcalc

rng = np.random.default_rng(0)
VALUES = {
    "X": rng.standard_normal((4, 3)),
    "W": rng.standard_normal((3, 2)),
    "Y": rng.standard_normal((4, 2)),
    "T": rng.standard_normal((4, 3, 2)),
    "v": rng.standard_normal(2),
}
KINDS = {
    "X": "matrix(n, m)",
    "W": "matrix(m, p)",
    "Y": "matrix(n, p)",
    "T": "tensor(n, m, p)",
    "v": "vector(p)",
}


def softmax(x: np.ndarray) -> np.ndarray:
    weights = np.exp(x)
    return weights / weights.sum(axis=-1, keepdims=True)


ROWS = [
    ("sum[i](norm2(softmax(X[i,:]*W) - Y[i,:])^2)", lambda X, W, Y: (softmax(X @ W) - Y) ** 2),
    ("sum[i](log(softmax(X[i,:]*W)[1]))", lambda X, W: np.log(softmax(X @ W)[:, 0])),
    ("sum[i](logsumexp(X[i,:]*W))", lambda X, W: np.log(np.exp(X @ W).sum(1))),
    ("sum[i](logsoftmax(X[i,:]*W)*v)", lambda X, W, v: np.log(softmax(X @ W)) @ v),
    ("sum[i](sum(softmax(T[i,:,:], 2)*v))", lambda T, v: softmax(T) @ v),
    ("sum[i](sum(logsumexp(T[i,:,:], 1)))", lambda T: np.log(np.exp(T).sum(1))),
    ("sum[i](amax(X[i,:])*prod(X[i,:]))", lambda X: X.max(1) * X.prod(1)),
    ("sum[i](var(T[i,:,:]))", lambda T: T.var((1, 2))),
    ("F[i,:] = softmax(X[i,:]*W); sum(F.*Y)", lambda X, W, Y: softmax(X @ W) * Y),
]


@pytest.mark.parametrize(("text", "terms"), ROWS, ids=[row[0] for row in ROWS])
def test_the_code_computes_the_value(text: str, terms) -> None:
    names = terms.__code__.co_varnames
    found = matcalc.parse(text, {name: KINDS[name] for name in names}).to_callable()
    given = {name: VALUES[name] for name in names}
    assert np.isclose(found(**given), np.sum(terms(**given)), rtol=1e-12)
