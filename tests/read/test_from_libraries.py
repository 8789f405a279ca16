"""What users of NumPy, PyTorch, MATLAB, Julia, R, SymPy and Mathematica type: read as it is meant
there, or refused with what to write for these very arguments.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read

# the text, what the hint says to write, and what that means in the language
HINTS = [
    ("diff(A*x)", "(A*x)[2:end] - (A*x)[1:end - 1]", "A[2:end, :]*x - A[1:end - 1, :]*x"),
    ("sinc(x)", "sin(pi*x)./(pi*x)", "sin(pi*x)./(pi*x)"),
    ("abs2(A*x - y)", "(A*x - y).^2", "(A*x - y).*(A*x - y)"),
    ("opnorm(A)", "specnorm(A)", "specnorm(A)"),
    ("cond(A)", "specnorm(A)*specnorm(inv(A))", "specnorm(A)*specnorm(inv(A))"),
    ("diagm(x)", "diag(x)", "diag(x)"),
    ("kron(A, B, C)", "kron(kron(A, B), C)", "kron(A, kron(B, C))"),
    ("dot(x, A, y)", "x'*A*y", "y'*A'*x"),
    ("dot(gamma(1)*x, A, y)", "(gamma(1)*x)'*A*y", "y'*A'*x"),
    ("log(x, 2)", "log(x)/log(2)", "log2(x)"),
    ("factorial(k)", "gamma(k + 1)", "gamma(k + 1)"),
    ("HadamardProduct(A + B, C)", "(A + B).*C", "A.*C + B.*C"),
    ("MatrixInverse(A)", "inv(A)", "A^(-1)"),
    ("iif(x > 0, x, 2)", "where(x > 0, x, 2)", "where(x > 0, x, 2)"),
    ("adjoint(A)", "A'", "A'"),
    ("solve(A, y)", "A\\y", "inv(A)*y"),
    ("tcrossprod(X, Y)", "X*Y'", "X*Y'"),
    ("Det[A]", "det(A)", "det(A)"),
    ("Dot[x, y]", "x'*y", "x'*y"),
    ("Dot[x, A, y]", "x'*A*y", "y'*A'*x"),
    ("Norm[x, 1]", "norm(x, 1)", "norm1(x)"),
    ("Norm[A.x - y, 1]", "norm(A*x - y, 1)", "norm1(A*x - y)"),
    ("Total[Exp[x]]", "sum(exp(x))", "sum(exp(x))"),
    ("Total[X^2]", "sum(X.^2)", "sum(X.*X)"),
    ("Log[Det[A]]", "log(det(A))", "log(det(A))"),
    ("Total[x]", "sum(x)", "sum(x)"),
    ("Inverse[A]", "inv(A)", "inv(A)"),
    ("max(X, [], 1)", "amax(X, 1)", "amax(X, 1)"),
    ("reshape(X, [], 1)", "vec(X)", "vec(X)"),
    ("@(x) x'*A*x", "x'*A*x", "x'*A*x"),
    ("f = @(x, y) x'*A*y", "x'*A*y", "x'*A*y"),
    ("[1 2 3]*x", "[1, 2, 3]", "[1, 2, 3]"),
    ("Σ x_i", "sum(x)", "sum(x)"),
    ("n!", "gamma(n + 1)", "gamma(n + 1)"),
    # along an axis: the array in the signs of the language
    ("np.sum(x**2, axis=1)", "sum(x.^2, 2)", "sum(x.*x, 2)"),
    ("np.sum(A*B - 2*A, axis=0)", "sum(A.*B - 2*A, 1)", "sum(A.*B, 1) - 2*sum(A, 1)"),
    ("(X**2).sum(axis=1)", "sum((X.^2), 2)", "sum(X.*X, 2)"),
    ("F.softmax(X, dim=1)", "softmax(X, 2)", "softmax(X, 2)"),
    ("F.softmax(x, dim=-1)", "softmax(x)", "softmax(x)"),
    ("F.mse_loss(x, y)", "mean((x - y).^2)", "mean((y - x).^2)"),
    ("X.transpose(0, 1)", "X'", "X'"),
]
# the text, what it means in the language, and words of its note ("": none)
READ = [
    ("LinearAlgebra.norm(x)", "norm2(x)", ""),
    ("linalg.inv(A) @ x", "inv(A)*x", ""),
    ("LinearAlgebra.inv(A)*x", "inv(A)*x", ""),
    ("Statistics.mean(x)", "mean(x)", ""),
    ("nn.functional.softplus(x)", "softplus(x)", ""),
    ("max(A, 1)", "max(1, A)", "write amax(A, 1) for that of each column"),
    ("min(X, 2)", "min(2, X)", "write amin(X, 2) for that of each row"),
    ("max(T, 3)", "max(3, T)", "larger one of each entry and 3"),
    ("max(A, 0)", "max(0, A)", ""),
    ("max(x, 1)", "max(1, x)", ""),
    ("np.maximum(A, 1)", "max(1, A)", ""),
    ("sum(X**2)", "sum(X*X)", "write X.^2 entry by entry"),
    ("A**-1", "inv(A)", ""),
    ("x_1 + x_2", "x_2 + x_1", 'declare "x_1: scalar" and "x_2: scalar" otherwise'),
    ("sin(x1)", "sin(x1)", 'declare "x1: scalar" otherwise'),
    ("norm2(x1 - x2)", "norm2(x2 - x1)", ""),
    ("A*x_k + B*u_k", "B*u_k + A*x_k", ""),
]
# the text, and words of the hint
REFUSED = [
    ("median(x)", "only the largest and the smallest are supported"),
    ("sum[i, x[i] > 0](x[i]^2)", "write sum[i]((x[i] > 0)*(x[i]^2))"),
    ("sum[i,j, y[i] != y[j]](x[i])", "write sum[i, j]((y[i] != y[j])*(x[i]))"),
    ("sum[i](sum[j != y[i]](S[i,j]))", "write sum[i](sum[j]((1 - y[i,j])*(S[i,j])))"),
    ("y'*sort(x)", "declare P: matrix(n, n), the permutation"),
    ("argsort(x)", "it gives a position and has no derivative"),
    ("lu(A)", "qr_q(A) and qr_r(A)"),
    ("fft(x)", "with a matrix F of constants"),
    ("randn(3)", "declare one"),
    ("diff(x'*x, x)", "the variable goes into --wrt"),
    ("F.cross_entropy(z, y)", "logsumexp(z) - z[k]"),
    ("x.unsqueeze(0)", "vectors have one axis"),
    ("x.A.x", "write x'*A*x"),
    ("x // 2", "write / for the quotient"),
    ("!x", "1 - (x > 0)"),
    ("def f(x): return x", "enter only the expression"),
    ("reshape(X, [], 3)", "write both sizes"),
    ("Statistics.var(x)", "divides by n"),
]


@pytest.mark.parametrize(("text", "written", "meant"), HINTS, ids=[row[0] for row in HINTS])
def test_hints(text: str, written: str, meant: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text)
    assert f"write {written}" in (caught.value.hint or "")
    assert decide(read(written), read(meant)).verdict == EQUAL


@pytest.mark.parametrize(("text", "meant", "words"), READ, ids=[row[0] for row in READ])
def test_read(text: str, meant: str, words: str) -> None:
    found = read(text)
    assert decide(found, read(meant)).verdict == EQUAL
    assert any(words in note for note in found.notes) if words else not found.notes


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_refused(text: str, words: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text)
    assert words in (caught.value.hint or "")
