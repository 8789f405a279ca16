r"""Formulas as lecture notes, statistics books, Stan, R and PyTorch have them: sums without
brackets, exponents with D and N, intercepts before products, functions by other names.
"""

from __future__ import annotations

import pytest

import matcalc
from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

# LaTeX, what it means, and words of its note
IN_LATEX = [
    # a sum reaches as far as its index
    (
        r"\sum_i y_i \log p_i + (1-y_i) \log(1-p_i)",
        "y: vector(n); p: vector(n); sum(y.*log(p) + (1 - y).*log(1 - p))",
        r"(1-y_i) \log(1-p_i) is read as a part of \sum_i, whose index it contains",
    ),
    (
        r"-\frac{1}{m} \sum_{i=1}^m y^{(i)} \log \sigma(\theta^T x^{(i)}) "
        r"+ (1 - y^{(i)}) \log(1 - \sigma(\theta^T x^{(i)})) + \lambda \|\theta\|^2",
        "theta: vector(n); y: vector(m); lambda*norm2(theta)^2 "
        "- (y'*log(sigmoid(X*theta)) + (1 - y)'*log(1 - sigmoid(X*theta)))/m",
        r"is read as a part of \sum_{i=1}^m",
    ),
    (
        r"\sum_i \sum_j a_{ij} x_j + b_i x_i",
        "a: matrix(n, n); b: vector(n); ones(n)'*a*x + b'*x",
        r"b_i x_i is read as a part of \sum_i,",
    ),
    (
        r"\sum_i \sum_j a_{ij}^2 - b_{ij}^2",
        "a: matrix(n, m); b: matrix(n, m); sum(a.^2) - sum(b.^2)",
        r"b_{ij}^2 is read as a part of \sum_j,",
    ),
    (r"c - \sum_i x_i^2 + x_i + c^2", "c - sum(x.^2 + x) + c^2", "x_i is read as a part of"),
    (r"\max_i a_i^\top x + b_i", "b: vector(m); max(A*x + b)", r"b_i is read as a part of \max_i,"),
    # exponents of numbers
    (r"(2\pi)^{-D/2} a", "D: scalar; (2*pi)^(-D/2)*a", "in the exponent of a number"),
    (r"|S|^{(N - P - 1)/2}", "N: scalar; P: scalar; det(S)^((N - P - 1)/2)", "P is read as a"),
    (r"|S|^{(\nu + P + 1)/2}", "P: scalar; det(S)^((nu + P + 1)/2)", "P is read as a number"),
    (r"\sigma^{N}", "N: scalar; sigma^N", "N is read as a number"),
    # intercepts
    (r"(y - b - x^\top w)^2", "y: scalar; (y - b - x'*w)^2", "y is read as a number"),
    (r"\|y - b - X w\|^2", "b: vector; norm2(y - b - X*w)^2", "b is read as a vector"),
    (
        r"(r_{ui} - \mu - b_u - b_i - q_i^\top p_u)^2",
        "r_ui: scalar; q_i: vector; p_u: vector; (r_ui - mu - b_u - b_i - q_i'*p_u)^2",
        "r_ui is read as a number",
    ),
    # letters that are defined in the same line
    (r"r^\top r \text{ where } r = Ax - b", "b: vector; norm2(A*x - b)^2", "b is read as"),
    (
        r"\|r\|^2, \quad\text{with } r = Ax - b \text{ and } b = Cy",
        "norm2(A*x - C*y)^2",
        "",
    ),
    (
        r"L = -\sum_i y_i \log(\hat{y}_i), \quad \hat{y} = \mathrm{softmax}(z)",
        "y: vector(n); -y'*log(softmax(z))",
        "",
    ),
    (
        r"z_1 = W_1x, a_1 = \tanh(z_1), z_2 = W_2a_1, \ell = \|z_2 - y\|^2",
        "norm2(W_2*tanh(W_1*x) - y)^2",
        "",
    ),
    (
        r"\mathbf{h} = \tanh(\mathbf{W}_1 \mathbf{x} + \mathbf{b}_1), "
        r"y = \mathbf{w}_2^\top \mathbf{h} + b_2",
        "b_1: vector; b_2: scalar; w_2'*tanh(W_1*x + b_1) + b_2",
        "",
    ),
    (
        r"\frac12(\hat y - y)^2 \text{ where } \hat y = w^\top x + b",
        "y: scalar; (w'*x + b - y)^2/2",
        r"y is read as a number, because it is added to \hat y",
    ),
    (
        r"x^\top M x \text{ where } M = \begin{bmatrix} a & b \\ c & d \end{bmatrix}",
        "a: scalar; b: scalar; c: scalar; d: scalar; x'*[a, b; c, d]*x",
        "",
    ),
    # weights of a mixture
    (
        r"\log \sum_k \pi_k e^{x_k}",
        "x: vector(n); pi: vector(n); log(pi'*exp(x))",
        "pi is read as a vector",
    ),
    (r"x_1^2 + 2x_1x_2", "x_1: scalar; x_2: scalar; x_1^2 + 2*x_1*x_2", "are read as numbers"),
    (r"\operatorname{\mathbf{tr}}(CX)", "tr(C*X)", ""),
    (
        r"\sum_{i} (x_i\log p + (1 - x_i)\log q)",
        "sum(x)*log(p) + sum(1 - x)*log(q)",
        "p and q are read as vectors, and so is the value",
    ),
    (r"x + x^\top A x", "x + x'*A*x", "is added to every entry of x"),
]
# the same in the plain language
PLAIN = [
    ("(2*pi)^(-D/2)*exp(-x'*x/2)", "D: scalar; (2*pi)^(-D/2)*exp(-x'*x/2)", "the exponent of a"),
    ("det(S)^((N - P - 1)/2)", "N: scalar; P: scalar; det(S)^((N - P - 1)/2)", "P is read as"),
    ("norm2(x)^(2*K)", "K: scalar; norm2(x)^(2*K)", "K is read as scalar"),
    ("exp(A*t)", "exp(A*t)", "write expm(A*t) for the matrix exponential"),
    ("exp(t*A)", "t: scalar; exp(t*A)", "write expm(t*A) for the matrix exponential"),
    ("2*Pi*x", "Pi*x*2", "write pi for the number"),
    ("sum(x)*log(p)", "log(p)*sum(x)", "p is read as a vector, and so is the value"),
    ("√x'*x", "sqrt(x)'*x", "√x is read as the root of x alone"),
]
# what is refused, and what the hint says to write, with its meaning
HINTS = [
    ("x*'y", "x'*y", "dot(x, y)"),
    ("x*'*y", "x'*y", "dot(x, y)"),
    ("x.*'z", "x'.*z", None),
    ("exp(A*t)*x", "expm(A*t)*x", "expm(A*t)*x"),
    ("min x'*x", "enter only the objective", None),
    ("argmin_x norm(A*x)", "enter only the objective", None),
    ("arg min norm(A*x)", "enter only the objective", None),
    ("F.softmax(X, 1)", "softmax(X, 2)", "softmax(X, 2)"),
    ("F.log_softmax(X, 0)", "logsoftmax(X, 1)", "logsoftmax(X, 1)"),
    ("F.mse_loss(A @ x, y)", "mean((A @ x - y).^2)", "mean((A*x - y).^2)"),
    ("torch.norm(X, dim=1, p=1)", "norm1(X, 2)", "norm1(X, 2)"),
    ("np.linalg.norm(X, ord=1, axis=1)", "norm1(X, 2)", "norm1(X, 2)"),
    ("inv_logit(A*x)", "sigmoid(A*x)", "1./(1 + exp(-A*x))"),
    ("log1p_exp(x)", "softplus(x)", "log(1 + exp(x))"),
    ("dot_self(A*x - y)", "norm2(A*x - y)^2", "norm2(A*x - y)^2"),
    ("quad_form(A, x)", "x'*A*x", "x'*A*x"),
    ("quad_form(x, P)", "x'*P*x", "x'*P*x"),
    ("trace_quad_form(A, B)", "tr(B'*A*B)", "tr(B'*A*B)"),
    ("squared_distance(x, y)", "norm2(x - y)^2", "norm2(x - y)^2"),
    ("sum[i] x[i]^2", "sum[i](x[i]^2)", "norm2(x)^2"),
    ("sum[i] x[i]*y[i] + 3", "sum[i](x[i]*y[i]) + 3", "x'*y + 3"),
    ("sum[i](x[i]) y", "sum[i](x[i])*y", "sum(x)*y"),
    ("sum(x[i], i, 1, n)", "sum[i=1:n](x[i])", "sum(x)"),
    ("Sum[x[[i]]^2, {i, 1, n}]", "sum[i=1:n](x[i]^2)", "norm2(x)^2"),
    ("sum[i=1:n, x[i]]", "sum[i=1:n](x[i])", "sum(x)"),
    ("A[i][j]", "A[i, j]", "A[i, j]"),
    ("sum_ij A_ij x_i x_j", "sum[i,j](A[i,j]*x[i]*x[j])", "x'*A*x"),
    ("sum_{i,j} A_{ij} x_i x_j", "sum[i,j](A[i,j]*x[i]*x[j])", "x'*A*x"),
    ("sum_k w_k x_k + c", "sum[k](w[k]*x[k]) + c", "w'*x + c"),
    ("1/2m * sum(x)", "1/(2*m) * sum(x)", "m: scalar; sum(x)/m/2"),
    ("cos_sim(x, y)", "dot(x, y)/(norm2(x)*norm2(y))", "x'*y/norm2(x)/norm2(y)"),
    ("dist(x, y)", "norm2(x - y)", "norm2(y - x)"),
    ("lbeta(a, b)", "gammaln(a) + gammaln(b) - gammaln(a + b)", None),
    ("max(x, y, z)", "max(max(x, y), z)", "max(x, max(y, z))"),
    ("y = A*x y'*y", "y = A*x; y'*y", "norm2(A*x)^2"),
    ("r = A*x - z, r'*r/2", "r = A*x - z; r'*r/2", "norm2(A*x - z)^2/2"),
    ("x'*A*x = 0", "leave one side out; matcalc implicit", None),
    ("tr(X) = 1", "leave one side out; matcalc implicit", None),
    ("print(x'*x)", "enter only the expression", None),
    ("print x", "enter only the expression", None),
    ("import numpy as np; np.sum(x)", "enter only the expression", None),
    ("function(x) x'*A*x", "without its arguments", None),
    ("A⁻ᵀ*x", "inv(A)'", "inv(A')"),
    ("A⁻²*x", "A^-2", "inv(A)*inv(A)"),
    ("xᵗ*A*x", "x'", None),
    ("||x||^2_2", "||x||_2^2", "x'*x"),
    ("‖X‖F²", "‖X‖_F", "norm2(X)"),
    ("‖x‖p", "normp(x, p)", None),
    ("x[::2]", "sum[i](x[2*i]) runs over every second position", None),
    ("(1,2)*x", "[1; 2]", None),
    ("max 0 x", "max(...) with its argument in brackets", None),
    ("x => 0", ">=", None),
    ("x =< 0", "<=", None),
    ("x'*x.", "delete it", None),
    ("x'*x?", "delete it", None),
    ("sd(x)", "std(x): matcalc divides by n", None),
]
# where an exponent or a sum stays what it was
REFUSED = [
    (False, "a^X", "the exponent is matrix"),
    (False, "2^(A + B)", "the exponent is matrix"),
    (False, "2^(X/2)", "the exponent is matrix"),
    (True, r"\sum_i (x_i) + y_i", "outside the sum"),
    (True, r"\left(\sum_i x_i\right) + y_i", "outside the sum"),
    (True, r"\sum_i x_i + c + y_i", "outside the sum"),
    (True, r"\log \sum_i e^{x_i} + x_i", "outside the sum"),
    (True, r"\prod_i x_i + y_i", "outside the sum"),
    # what follows defines nothing that is used, or cannot stand before it
    (True, r"x^\top x, y = Ax", "there is , after x"),
    (True, r"a = x^\top x, b = Ax", "there is , after x"),
    (True, r"x^\top A x, x = y, y = x", "there is , after x"),
    (True, r"\pi \sum_k \pi_k x_k", "pi is a number"),
    (True, r"x_1^2 + y^2", "a power of a vector"),
    # signs of derivatives are no letters
    (True, r"x - \eta \nabla_x f", "nothing says how f depends on x"),
    (True, r"x - \eta \partial_x", "on its own"),
    # numbers stand before what they multiply
    (True, r"\|x\|2", "may be a power or a product"),
    (True, "x2", "may be a power or a product"),
    (True, r"x^\top A x2", "may be a power or a product"),
    (True, r"\sum_1^n x_i", "a sum runs over a letter"),
    (True, r"A_{*j}^\top x", "may mean all positions, or an optimum"),
    (True, r"A_{i*} x", "where a position is expected"),
]


def parse(text: str, *, latex: bool) -> Program:
    return read_latex(text) if latex else read(text)


@pytest.mark.parametrize(("text", "meant", "words"), IN_LATEX, ids=[row[0] for row in IN_LATEX])
def test_in_latex(text: str, meant: str, words: str) -> None:
    found = read_latex(text)
    assert decide(found, read(meant)).verdict == EQUAL
    assert any(words in note for note in found.notes) or not words


@pytest.mark.parametrize(("text", "meant", "words"), PLAIN, ids=[row[0] for row in PLAIN])
def test_plain(text: str, meant: str, words: str) -> None:
    found = read(text)
    assert decide(found, read(meant)).verdict == EQUAL
    assert any(words in note for note in found.notes)


@pytest.mark.parametrize(("text", "written", "meant"), HINTS, ids=[row[0] for row in HINTS])
def test_hints(text: str, written: str, meant: str | None) -> None:
    with pytest.raises(MatcalcError) as caught:
        read(text)
    assert written in (caught.value.hint or "")
    if meant is not None:
        assert decide(read(written), read(meant)).verdict == EQUAL


@pytest.mark.parametrize(("latex", "text", "words"), REFUSED, ids=[row[1] for row in REFUSED])
def test_refused(text: str, words: str, *, latex: bool) -> None:
    with pytest.raises(MatcalcError, match=words):
        parse(text, latex=latex)


def test_a_sum_reaches_its_index_behind_a_derivative_sign() -> None:
    program = read_latex(r"\nabla_x \sum_i x_i^2 + b_i x_i")
    assert program.asked == ("x", 1)
    assert decide(program, read("b: vector(n); x'*x + b'*x")).verdict == EQUAL


def test_the_sign_for_parallel_lines_is_that_of_a_norm() -> None:
    assert decide(read("∥A*x∥^2"), read("norm2(A*x)^2")).verdict == EQUAL
    assert decide(read_latex("∥Ax∥^2"), read("norm2(A*x)^2")).verdict == EQUAL


def test_a_quotient_of_differentials_is_left_out() -> None:
    with pytest.raises(MatcalcError, match=r"leave out \.\.\./dw"):
        matcalc.diff("dL/dw", "w")
    with pytest.raises(MatcalcError, match=r"write X\[i,j\] for an entry of X"):
        matcalc.diff("tr(X_ij)", "X")


def test_brackets_around_a_root_say_how_far_it_reaches() -> None:
    assert not read("(√x)'*x").notes
    assert not read("√(x'*x)").notes
