"""Sequences and rows: loops through the data in arrays, rows as definitions, entries of values."""

import re

import numpy as np
import pytest

import matcalc
from matcalc.core.errors import MatcalcError

HMM = "f[1] = p.*B[:,1]; for t = 2:T; f[t] = (A'*f[t-1]).*B[:,t]; end; log(sum(f[T]))"
AVERAGE = "e[0] = 0; l = 0; for t = 1:T; e[t] = y[t] - m - a*e[t-1]; l -= e[t]^2; end; l"
CELL = (
    "h[0] = s; l = 0; for t = 1:T; h[t] = tanh(W*h[t-1] + U*X[t,:]');"
    " l -= y[t]*log(sigmoid(v'*h[t])); end; l"
)
# a program with a loop, its variables, by which, a line of the answer
LOOPS = {
    "the forward algorithm, through columns": (
        HMM,
        {"p": "vector(n)", "A": "matrix(n, n)", "B": "matrix(n, T)"},
        ["A", "B"],
        "dB += (df[t].*(A'*f[t-1]))*unit(t, T)'",
    ),
    "a moving average, through entries": (
        AVERAGE,
        {"m": "scalar", "a": "scalar", "y": "vector(T)"},
        ["m", "a"],
        "de[t] -= 2*e[t]",
    ),
    "a recurrent cell, through rows": (
        CELL,
        {
            "s": "vector(n)",
            "v": "vector(n)",
            "y": "vector(T)",
            "W": "matrix(n, n)",
            "U": "matrix(n, d)",
            "X": "matrix(T, d)",
        },
        ["W", "U", "v"],
        "dU += u[t]*X[t, :]",
    ),
    "two places of the variable": (
        "l = 0; for t = 2:T; l -= log(norm2(X[:,t] - A*X[:,t-1])^2 + 1); end; l",
        {"A": "matrix(n, n)", "X": "matrix(n, T)"},
        ["X", "A"],
        "dX += 2*(A'*v[t]*unit(t - 1, T)' - v[t]*unit(t, T)')/a[t]",
    ),
    "rows that are used twice": (
        "s = 0; for t = 1:T; s -= norm2(A*X[t,:]' - y)^2; end; s",
        {"A": "matrix(n, d)", "X": "matrix(T, d)", "y": "vector(n)"},
        ["A"],
        "dA += 2*(y - A*X[t, :]')*X[t, :]",
    ),
}


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=[pytest.mark.slow] * (k > 1)) for k, key in enumerate(LOOPS)]
)
def test_loops_go_through_arrays(key):
    text, kinds, wrt, line = LOOPS[key]
    found = matcalc.backprop(text, wrt, variables=kinds)
    assert line in found.backward
    assert found.verification.kind == "exact"
    rng = np.random.default_rng(0)
    sizes = {"n": 3, "T": 4, "d": 2}
    axes = {name: re.findall(r"\b[nTd]\b", kind) for name, kind in kinds.items()}
    arrays = {name: rng.random([sizes[size] for size in axes[name]]) for name in kinds}
    call = found.to_callable()
    _, slopes = call(**arrays)  # nobody says how many steps there are: the arrays do
    for name in wrt:
        step = 1e-6 * rng.random(arrays[name].shape)
        moved = [call(**{**arrays, name: arrays[name] + c * step})[0] for c in (1, -1)]
        assert np.isclose(np.sum(slopes[name] * step), (moved[0] - moved[1]) / 2, rtol=1e-5)


LAYERS = {"Q": "matrix(n, d)", "K": "matrix(m, d)", "V": "matrix(m, r)", "Y": "matrix(n, r)"}
# an expression, its variables, by which, as it is printed
FORMS = {
    "attention, row by row": (
        "F[i,:] = softmax(Q[i,:]*K'/sqrt(d))*V; norm2(F - Y)^2",
        LAYERS,
        "V",
        "2*M'*(M*V - Y) where M = softmax(Q*K'/sqrt(d), 2)",
    ),
    "columns": (
        "F[:,k] = A*X[:,k]/norm2(X[:,k]); norm2(F - Y)^2",
        {"A": "matrix(m, n)", "X": "matrix(n, p)"},
        "Y",
        "2*(Y - A*X*diag(1./norm2(X', 2)))",
    ),
    "both axes": ("F[:,:] = X*Y; sum(F)", {}, "X", "ones(n, p)*Y'"),
    "the entry of a function of a row": (
        "-sum[i,k](Y[i,k]*log(softmax(W*X[i,:]')[k]))",
        {"Y": "matrix(n, m)", "W": "matrix(m, d)"},
        "W",
        "(diag(Y*vector(1))*softmax(X*W', 2) - Y)'*X",
    ),
    "at a place that is not an index": (
        "sum[i](a[i]*log(softmax(W*X[i,:]')[k]))",
        {"a": "vector(n)", "W": "matrix(m, d)"},
        "W",
        "(unit(k, m)*a' - softmax(X*W', 2)'*diag(a))*X",
    ),
    "a part of it": (
        "sum[i](norm2((W*X[i,:]')[1:r])^2)",
        {"W": "matrix(m, d)", "X": "matrix(n, d)"},
        "W",
        "2*[W[1:r, :]*X'*X; zeros(m - r, d)]",
    ),
    "a causal mask": (
        "S[i,j] = where(j <= i, Q[i,:]*K[j,:]'/sqrt(d), -1e9); norm2(softmax(S, 2)*V - Y)^2",
        LAYERS | {"K": "matrix(n, d)", "V": "matrix(n, r)"},
        "V",
        "2*M'*(M*V - Y) where M = softmax(where(tril(matrix(1)), Q*K'/sqrt(d), -1000000000), 2)",
    ),
}


@pytest.mark.parametrize(
    ("expr", "variables", "wrt", "printed"),
    [
        pytest.param(*row, id=name, marks=[] if k % 3 == 0 else pytest.mark.slow)
        for k, (name, row) in enumerate(FORMS.items())
    ],
)
def test_form(expr, variables, wrt, printed):
    found = matcalc.diff(expr, wrt, variables=variables)
    assert str(found) == printed
    assert found.verification.kind in ("exact", "numeric")


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("for t = 1:3; F[t,:] = x'*A; end; sum(F)", 18, "a loop defines members of families"),
        ("F[i,:] = norm2(X[i,:]); F", 10, "a scalar has no entries"),
        ("F[i,:] = X*Y; F", 10, "entries of this have 2 places"),
        ("l -= norm2(x)^2; l", 1, "l has no value to add to"),
        ("sum[k](norm2(X[s[k],:]*x)^2)", 16, "is not an index"),
    ],
)
def test_what_is_refused(text, column, message):
    with pytest.raises(MatcalcError, match=message) as problem:
        matcalc.diff(text, "x")
    assert problem.value.span.start + 1 == column


def test_what_is_taken_away():
    found = matcalc.diff("l = 0; l -= norm2(x)^2; l += sum(x); l", "x")
    assert str(found) == "1 - 2*x"
    text = "s = 0; for k = 1:2; s -= k*norm2(x[k])^2; end; s"
    found = matcalc.diff(text, "x", variables={"x[k]": "vector(n)"})
    assert str(found) == "dx[1] = -2*x[1]\ndx[2] = -4*x[2]"
