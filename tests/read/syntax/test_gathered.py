"""Entries at places that a one-hot matrix has are those of a product."""

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

KINDS = {
    "X": "matrix(n, d)",
    "A": "matrix(n, n)",
    "x": "vector(n)",
    "T": "tensor(k, n, l)",
    "s": "onehot(m, n)",
    "t": "onehot(m, n)",
}

READ = [
    ("X[s, :]", "s*X"),
    ("X'[:, s]", "X'*s'"),
    ("x[s]", "s*x"),
    ("A[s, t]", "s*A*t'"),
    ("A[s, 2:n]", "(s*A)[:, 2:n]"),
    ("F[e] = x[s[e]] + x[t[e]]^2; F", "s*x + (t*x).^2"),
    ("F[e=1:m-1] = x[s[e+1]]*x[t[1]]; F", "(s*x)[2:m]*(t*x)[1]"),
    ("F[e, k] = X[s[e], k]; F", "s*X"),
    ("F[e] = A[s[e], t[e]]; F", "diag(s*A*t')"),
    ("T[:, s, 1]", "(T[:, :, 1]*s')"),
    ("(y'*y where y = x[s])", "norm2(s*x)^2"),
    ("s[1, :]*x", "x[s][1]"),  # s itself is a matrix
]


@pytest.mark.parametrize(("text", "product"), READ)
def test_read(text, product):
    assert matcalc.equal(text, product, variables=KINDS)


GRADIENTS = [
    ("sum[e](norm2(X[s[e], :] - X[t[e], :])^2)", "X", "2*(s - t)'*(s - t)*X"),
    ("sum[e](log(A[s[e], t[e]]))", "A", "s'*diag(1./diag(s*A*t'))*t"),
    ("sum(T[:, s, :].^2)", "T", '2*einsum("ijk,lj->ilk", T, s\'*s)'),
]


@pytest.mark.parametrize(("text", "wrt", "printed"), GRADIENTS)
def test_gradient(text, wrt, printed):
    assert str(matcalc.diff(text, wrt, variables=KINDS)) == printed


LABELS = [
    "Z = X*W; -sum[i](Z[i, y[i]] - logsumexp[k](Z[i, k]))",
    "-sum[i](logsoftmax(X[i, :]*W)[y[i]])",
    "-sum[i](log(softmax(W'*X[i, :]')[y[i]]))",
    "sum[i](logsumexp(X[i, :]*W) - (X[i, :]*W)[y[i]])",
]


@pytest.mark.parametrize("text", LABELS)
def test_labels(text):
    """Cross-entropy, with each label as a place; also in what depends on the index itself."""
    kinds = {"X": "matrix(n, d)", "W": "matrix(d, k)", "y": "onehot(n, k)"}
    assert str(matcalc.diff(text, "W", variables=kinds)) == "X'*(softmax(X*W, 2) - y)"


# a one-hot vector is the place of its 1
SINGLE = [
    ("z[y]", "z", "y"),
    ("log(z[y])", "z", "y/(y'*z)"),
    ("-log(softmax(z)[y])", "z", "softmax(z) - y"),
    ("-logsoftmax(z)[y]", "z", "softmax(z) - y"),
    ("Z[y, :]*w", "Z", "y*w'"),
    ("w'*Q[:, y]", "Q", "w*y'"),
    ("Z[y, v]^2", "Z", "2*(y'*Z*v)*y*v'"),
    ("Z[y, 2]", "Z", "y*unit(2, m)'"),
    ("Q[1, y]", "Q", "unit(1, m)*y'"),
    ("(A*z)[y]", "z", "A'*y"),
    ("sum[i](Q[i, y]*w[i])", "Q", "w*y'"),
    ("y[2]*z[y]", "z", "y[2]*y"),
]


@pytest.mark.parametrize(("text", "wrt", "printed"), SINGLE)
def test_the_place_of_a_vector(text, wrt, printed):
    kinds = {
        "y": "onehot(n)",
        "v": "onehot(m)",
        "z": "vector(n)",
        "w": "vector(m)",
        "A": "matrix(n, n)",
        "Z": "matrix(n, m)",
        "Q": "matrix(m, n)",
    }
    assert str(matcalc.diff(text, wrt, variables=kinds)) == printed


REFUSED = [
    ("sum[e](X[u[e], 1])", "u: vector(m)", "declare u: onehot(m, n)"),
    ("sum[e](x[v[e]])", "", "declare v: onehot(E, n)"),
    ("sum(x[u])", "u: vector(m)", "declare u: onehot(m, n)"),
]


@pytest.mark.parametrize(("text", "declared", "hint"), REFUSED)
def test_refused(text, declared, hint):
    """What is not an index, with a declaration that makes it one."""
    kinds = KINDS | dict([declared.split(": ")] if declared else [])
    with pytest.raises(MatcalcError, match=r"not an index|not a position") as caught:
        matcalc.parse(text, variables=kinds)
    assert hint in str(caught.value.hint)
    said = str(caught.value.hint).split(";")[0].removeprefix("declare ").split(", a matrix")[0]
    name, kind = said.split(": ")
    assert matcalc.parse(text, variables=kinds | {name: kind})
