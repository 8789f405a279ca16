"""Sums over indices, entries where vectors belong, and letters that are numbers, as people write
them.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read

# the text, and what it is read as
MEANINGS = [
    ("sum[i>=2](x[i]^2)", "sum(x[2:n].^2)", "x: vector(n)"),
    ("sum[2<=i](x[i])", "sum(x[2:n])", "x: vector(n)"),
    ("sum[i>1](x[i]*x[i-1])", "sum[i=2:n](x[i]*x[i-1])", "x: vector(n)"),
    ("sum[i<=m](x[i]^2)", "sum[i=1:m](x[i]^2)", "x: vector(m + n)"),
    ("sum[i<n](x[i]*x[i+1])", "sum[i=1:n-1](x[i]*x[i+1])", "x: vector(n)"),
    ("sum[i>=2, i<=4](x[i])", "sum[i=2:4](x[i])", "x: vector(n)"),
    ("sum[i==3](x[i])", "x[3]", "x: vector(n)"),
    ("sum[i](log(sum[j<=i](x[j])))", "sum(log(cumsum(x)))", "x: vector(n)"),
    ("∑[i](x[i]^2) + ∏[i](x[i])", "sum[i](x[i]^2) + prod[i](x[i])", "x: vector(n)"),
    ("x1^2*x2 + x2*x3", "x1^2*x2 + x2*x3", "x1: scalar; x2: scalar; x3: scalar"),
    ("p1*log(p1) + p2*log(p2)", "p1*log(p1) + p2*log(p2)", "p1: scalar; p2: scalar"),
    ("a*x_1^2 + b*x_2", "a*x_1^2 + b*x_2", "x_1: scalar; x_2: scalar"),
    ("k1*x'*x", "k1*norm2(x)^2", "k1: scalar"),
    ("m_1*v1'*v1 + m_2*v2'*v2", "m_1*norm2(v1)^2 + m_2*norm2(v2)^2", "m_1: scalar; m_2: scalar"),
    ("n1*log(det(S))", "n1*log(det(S))", "n1: scalar"),
    ("np.dot(a, x)", "a'*x", "a: vector"),
    ("x @ A @ x", "x'*A*x", "x: vector"),
    ("x.dot(y)", "x'*y", "x: vector"),
    ("x @ W + b", "W'*x + b", "b: vector"),
    ("np.sum((X @ w - y)**2)", "norm2(X*w - y)^2", "X: matrix"),
    ("torch.sum(x**2)", "sum(x.^2)", "x: vector"),
    ("F.relu(A @ x).sum()", "sum(relu(A*x))", "x: vector"),
    ("F.softsign(A @ x).sum()", "sum(softsign(A*x))", "x: vector"),
    ("math.exp(-x**2/2)", "exp(-x^2/2)", "x: scalar"),
    ("torch.einsum('ij,j->i', A, x)", "A*x", "x: vector"),
]
# the text, a part of the message, and what the hint says to write
REFUSED = [
    ("sum[k=1:3](x[k]'*A*x[k])", "it is transposed", "sum[k=1:3](X[k,:]*A*X[k,:]')"),
    ("sum[k](x[k]*x[k]')", "may be an entry of x, or a vector", "sum[k](X[k,:]'*X[k,:])"),
    (
        "sum[i]((w'*x[i] - y[i])^2)",
        "is an entry of x, a number, though",
        "sum[i]((w'*X[i,:]' - y[i])^2)",
    ),
    (
        "sum[i](log(1 + exp(-y[i]*w'*x[i])))",
        "follows -y[i]*w'",
        "sum[i](log(1 + exp(-y[i]*w'*X[i,:]')))",
    ),
    ("sum[i](norm2(x[i] - c)^2)", "it is added to c", "sum[i](norm2(X[i,:]' - c)^2)"),
    ("mean[i](u[i]'*v[i])", "it is transposed", "mean[i](U[i,:]*V[i,:]')"),
    (
        "sum[j](norm2(W*h[j] - y[j])^2)",
        "it follows W",
        "sum[j](norm2(W*H[j,:]' - Y[j,:]')^2)",
    ),
    ("sum[i](softmax(x[i]))", "it occurs in softmax(...)", "sum[i](softmax(X[i,:]'))"),
    ("x[1]'*A*x[2]", "may be an entry of x, or a vector", "X[1,:]*A*X[2,:]'"),
    (
        "where(i == j, A[i,j], 0)",
        "i and j are the indices of one entry",
        "F[i,j] = where(i == j, A[i,j], 0)",
    ),
    ("x[i]*(i != j)*x[j]", "nothing binds them", "F[i,j] = x[i]*(i != j)*x[j]"),
    ("sum[i!=3](x[i])", "only an end of the range", "sum[i<3](...) + sum[i>3](...)"),
    ("np.sum(w*x)", "* of arrays works entry by entry", "w @ x"),
    ("x(end-1)", "unknown function x", "x[end-1]"),
    ("x^TAx", "the exponent is matrix(m, p)", "x'*A*x"),
    ("zeros(n,1) + x", "cannot add matrix(n, 1) and vector(m)", "zeros(n)"),
    ("np.inner(x, y)", "np.inner is not known", "x'*y"),
    ("np.linalg.slogdet(A)[1]", "is not known", "logdet(A)"),
    ("np.clip(x, 0, 1)", "is not known", "min(max(x, 0), 1)"),
]
# the text, and what the hint says to write
WRITTEN = [
    ("sum_i x[i]", "sum[i](x[i])"),
    ("sum_i(x[i]^2)", "sum[i](x[i]^2)"),
    ("sum_i(x[i])^2", "sum[i]((x[i])^2), or sum[i](x[i])^2 for the power of the sum"),
    ("sum_i x_i^2 + y", "sum[i](x[i]^2) + y"),
    ("∑_{i=1}^{n} w_i*x_i", "sum[i=1:n](w[i]*x[i])"),
    ("sum_{i,j} A_{ij}", "sum[i,j](A[i,j])"),
    ("sum_{i=1}^n (y_i - z_i)^2", "sum[i=1:n]((y[i] - z[i])^2)"),
    ("sum_i (x_i - c)^2/b + y", "sum[i]((x[i] - c)^2/b) + y"),
    ("sum_i sum_j A[i,j]", "sum[i](sum[j](A[i,j]))"),
    ("Π_i x[i]", "prod[i](x[i])"),
    ("max_i x[i]", "max[i](x[i])"),
    ("sum(i, x[i])", "sum[i](x[i])"),
    ("sum(x[i]^2, i)", "sum[i](x[i]^2)"),
    ("sum(i=1:n, x[i])", "sum[i=1:n](x[i])"),
    ("sum(x[i] for i in range(n))", "sum[i](x[i])"),
    ("sum[i=1..n](x[i])", "sum[i=1:n](x[i])"),
    ("sum[i in 1:n](x[i])", "sum[i=1:n](x[i])"),
    ("sum[1<=i<=n](x[i])", "sum[1<=i, i<=n](x[i])"),
    ("sum[i<j<k](x[i]*x[j]*x[k])", "sum[i<j, j<k](x[i]*x[j]*x[k])"),
]


@pytest.mark.parametrize(("text", "meaning", "declared"), MEANINGS)
def test_meaning(text: str, meaning: str, declared: str) -> None:
    one = read(text, declared.split("; ") if "(" in declared else [])
    other = read(meaning, one.variables)
    for each in declared.split("; "):
        name, _, kind = each.partition(": ")
        assert str(one.variables[name]).startswith(kind.partition("(")[0])
    assert decide(one, other).verdict == EQUAL


@pytest.mark.parametrize(("text", "message", "written"), REFUSED)
def test_refused(text: str, message: str, written: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text)
    assert message in caught.value.message
    assert f"write {written}" in (caught.value.hint or "")
    if "..." not in written:
        read(written)


@pytest.mark.parametrize(("text", "written"), WRITTEN)
def test_what_to_write(text: str, written: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text)
    assert caught.value.hint == f"write {written}"
    for each in written.split(", or "):
        read(each.partition(" for ")[0])


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("sum[i](b[i]*x[i])", "b is read as vector(n), because entries of it are taken"),
        ("sum(b)", "b is read as vector(n), because it occurs in sum(...)"),
        ("||b||", "b is read as vector(n), because its norm is taken"),
        ("a @ x", "a is read as vector(n), because it is a factor of @"),
        ("x1*x2", "x2 is read as scalar, because x1 is"),
    ],
)
def test_notes_name_what_they_are_about(text: str, note: str) -> None:
    notes = read(text).notes
    assert any(each.startswith(f"note: {note}") for each in notes)
    assert not any("  " in each for each in notes)
