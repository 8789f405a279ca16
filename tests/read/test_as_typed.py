r"""Formulas of papers, lecture notes, forum questions and of code in NumPy, MATLAB, Julia and R, as
people type them: what they mean, what a note says of them, or what the hint makes of them.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

# LaTeX, and what it means in the plain language
MEANT = [
    (r"\|[x]_+\|^2", "norm2(max(x, 0))^2"),
    (r"\|(Ax - b)_+\|^2", "b: vector; norm2(max(A*x - b, 0))^2"),
    (r"|w^\top x|_+", None),
    (r"X^\prime X", "X'*X"),
    # of what is a number whatever it is taken of, an array is taken
    (r"\frac{x - \mathrm{mean}(x)}{\mathrm{std}(x)}", "(x - mean(x))/std(x)"),
    (r"x - \mathrm{logsumexp}(x)", "logsoftmax(x)"),
    (r"x - \max(x)", "x - max(x)"),
    (r"\beta^{\prime} X^\prime X \beta", "beta: vector; norm2(X*beta)^2"),
]
# LaTeX that says itself what is derived, and by what
DERIVED = [
    (r"\partial_x (x^\top A x)", "x'*A*x", "x", 1),
    (r"\partial_{x} \|x\|^2", "norm2(x)^2", "x", 1),
    (r"\partial_X \log\det X", "log(det(X))", "X", 1),
    (r"\partial_x^2 (x^\top A x)", "x'*A*x", "x", 2),
    (r"\partial_{\mathbf{x}} \mathbf{x}^\top \mathbf{x}", "x'*x", "x", 1),
]
# whether this is LaTeX, the text, words of the error, the hint, and (part, what stands for it,
# meaning) of what it says to write: a text, or the part of the text that it replaces
HINTS = [
    (True, r"\exp(-\|x - x^\prime\|^2)", "a row", r"x_{\mathrm{new}}", None),
    (True, r"\langle x, x^{\prime} \rangle", "a letter of its own", r"x_{\mathrm{new}}", None),
    (True, r"g^\prime(x)", "derivative or a transpose", "declare g: function", None),
    (True, r"u^{\prime\prime}(x)", "u'' may be", "declare u: function", None),
    (True, r"\partial_{xy} x^\top y", "one variable", r"\partial_x, with one variable", None),
    (False, "5!*a", "'!'", "gamma(6)", ("5!", "gamma(6)", "120*a")),
    (
        False,
        "k!*a",
        "'!'",
        "gamma(k + 1), and declare k: scalar,",
        ("k!*a", "k: scalar; gamma(k + 1)*a", None),
    ),
    # the square of a residual
    (
        False,
        "mean((y - X*b)^2)",
        "power",
        "(y - X*b).^2",
        ("^", ".^", "b: vector; y: vector(n); norm2(y-X*b)^2/n"),
    ),
    (
        False,
        "(y - X*beta)^2",
        "power",
        "(y - X*beta).^2",
        ("^", ".^", "beta: vector; (X*beta-y).^2"),
    ),
    (
        False,
        "sum((X*beta - y)**2)/n",
        "power",
        "(X*beta - y).^2",
        ("**", ".^", "beta: vector; n: scalar; norm2(X*beta - y)^2/n"),
    ),
    # operators of Python
    (False, "X.T @ X * W", "entry by entry", "(X.T @ X).*W", (None, "(X.T @ X).*W", "(X'*X).*W")),
    (False, "tr((A @ X)**2)", "entry by entry", "(A @ X)^2", ("**", "^", "tr(A*X*A*X)")),
    # named arguments, axes, powers
    (False, "sum(A, dims=1)", "unexpected =", "sum(A, 1)", (None, "sum(A, 1)", "sum(A, 1)")),
    (False, "np.var(x, ddof=1)", "unexpected =", "var(x): matcalc divides by n; times n/(n", None),
    (False, "np.std(X, ddof=1)", "unexpected =", "times sqrt(n/(n - 1))", None),
    (False, "np.sum(X, keepdims=True)", "unexpected =", "leave out keepdims=True", None),
    (False, "x.clamp(min=0)", "unexpected =", "min(max(x, a), b)", None),
    (False, "mean(A, 'all')", "string", "leave it out", (", 'all'", "", "mean(A)")),
    (False, "max(A, [], 'all')", "nothing", "amax(A)", (None, "amax(A)", "max(A)")),
    (False, "sum((y - X %*% b)^2)", "%", "sum((y - X * b).^2)", (" %*% b)^", " * b).^", None)),
    (False, "np.diagonal(X)", "not known", "diag(A)", ("np.diagonal", "diag", "diag(X)")),
    # the vector of ones
    (False, "x'*1", "vector of ones", "vector(1)", ("*1", "*vector(1)", "sum(x)")),
    (False, "norm2(A*1 - b)^2", "vector of ones", "vector(1)", ("*1", "*vector(1)", None)),
    (False, "(A*1)'*y", "vector of ones", "vector(1)", ("*1", "*vector(1)", "sum(A, 2)'*y")),
    # powers and what stands behind them
    (False, "x.^2'*y", "in MATLAB", "(x.^2)'", ("x.^2'", "(x.^2)'", "sum(x.*x.*y)")),
    (False, "tr(A^-1'*B)", "in MATLAB", "(A^-1)'", ("A^-1'", "(A^-1)'", "dot(inv(A), B)")),
    (False, "exp(-gamma(x - y)^2)", "power", "gamma*(x - y) if gamma is a factor", None),
    # CVXPY, whose norm and logistic are others
    (
        False,
        "cp.quad_form(A @ x, P)",
        "not known",
        "(A @ x)'*P*(A @ x)",
        ("cp.quad_form(A @ x, P)", "(A @ x)'*P*(A @ x)", "x'*A'*P*A*x"),
    ),
    (False, "cp.logistic(x)", "not known", "log(1 + exp(x))", None),
    (False, "cp.norm(X)", "not known", "specnorm(X) of a matrix", None),
    (False, "sum_squares(A*x)", "unknown", "norm2(A*x)^2", (None, "norm2(A*x)^2", "x'*A'*A*x")),
    (False, "matrix_frac(x, P)", "unknown", "x'*inv(P)*x", (None, "x'*inv(P)*x", "x'*(P\\x)")),
    (False, "tv(x)", "unknown", "norm1(x[2:end] - x[1:end - 1])", None),
    (False, "np.logaddexp(x, y)", "not known", "log(exp(x) + exp(y))", None),
    (False, "mse(y, X*w)", "unknown", "mean((y - (X*w)).^2)", None),
    (False, "layer_norm(x)", "unknown", "(x - mean(x))/std(x)", None),
    (
        False,
        "tr(cofactor(X))",
        "unknown",
        "adj(X)'",
        ("cofactor(X)", "adj(X)'", "tr(det(X)*inv(X)')"),
    ),
    (False, "attention(Q, K)", "unknown", "attention: function(vector(n), vector(n))", None),
    (
        False,
        "A: symmetric matrix; x'*A*x",
        "missing",
        "A: symmetric",
        ("A: symmetric matrix", "A: symmetric", None),
    ),
    (False, "A: m x n; tr(A)", "missing", "A: matrix(m, n)", None),
    (False, "A: symmetric x", "missing", "write ; between", None),
    (False, "log(A:B)", "unexpected :", "dot(A, B)", ("A:B", "dot(A, B)", "log(sum(A.*B))")),
    (True, "tr(A*X)", "tr is a product", "leave --latex (latex=True in Python) out", None),
    (True, r"\log tr(A)", "tr is a product", r"\operatorname{tr} for the function", None),
    # neighbours, projections, probabilities
    (True, r"\sum_{\langle i,j \rangle} s_i s_j", "pairs of neighbours", "W_{ij} x_i x_j", None),
    (True, r"\|P_\Omega(X - M)\|_F^2", "a projection, the probability", r"W \odot X for", None),
    (True, r"P(x > 0)", "the probability", "write it out", None),
    (True, r"y_i (w^\top x_i > 0)", "may be a function", r"y_i \cdot (...)", None),
    # places
    (False, "sum(x[1:-1])", "from 1", "2:end - 1", ("1:-1", "2:end - 1", "sum(x) - x[1] - x[end]")),
    (False, "sum(x[n:-2])", "from 1", "n + 1:end - 2", None),
    (
        False,
        "y: onehot(n); log(softmax(z)[y + 1])",
        "not a position",
        "x[y] and X[y, :] select the position where y has its 1",
        ("y + 1", "y", "y: onehot(n); sum(y.*logsoftmax(z))"),
    ),
]
# the text, what it means and words of its note
NOTED = [
    ("x @ x.T", "x*x'", "outer product of columns; write x @ x for the inner"),
    ("(A @ x) @ (A @ x).T", "A*x*x'*A'", "write (A @ x) @ (A @ x) for the inner"),
    ("np.trace(np.outer(x, x) @ x @ x.T)", "(x'*x)^2", "outer product of columns"),
    ("A @ x / n", "n: scalar; A*x/n", "n is read as scalar"),
    ("np.sum((A @ x)**2)/(2*n)", "n: scalar; norm2(A*x)^2/2/n", "n is read as scalar"),
    ("sum(X^2)", "ones'*X*X*ones", "write X.^2 entry by entry"),
    ("mean((A*X - B)^3)", "mean((A*X - B)*(A*X - B)*(A*X - B))", "power of a matrix"),
]
NOTED += [
    ("exp(-gamma(x - y))", "exp(-gamma(x - y))", "write gamma*(x - y) for the product"),
    ("A*x == y", "A*x == y", "matcalc implicit differentiates what an equation determines"),
]
# the same in LaTeX
NOTED_IN_LATEX = [(r"A^{+} b", "b: vector; pinv(A)*b", "because A^{+} precedes it")]
# about which nothing is said
QUIET = [
    "x @ x'",
    "(A @ x)'*P*(A @ x)",
    "gamma(x + 1)",
    "sum(x == 0)",
    "X.T @ X",
    "tr(X^2)",
    "sum(X.^2)",
    "x.T @ x",
    "sum(inv(X))",
]


def parse(text: str, *, latex: bool) -> Program:
    return read_latex(text) if latex else read(text)


@pytest.mark.parametrize(("text", "meant"), MEANT, ids=[row[0] for row in MEANT])
def test_meant(text: str, meant: str | None) -> None:
    if meant is None:
        with pytest.raises(MatcalcError):
            read_latex(text)
    else:
        assert decide(read_latex(text), read(meant)).verdict == EQUAL


@pytest.mark.parametrize(("text", "meant", "wrt", "order"), DERIVED, ids=[r[0] for r in DERIVED])
def test_derived(text: str, meant: str, wrt: str, order: int) -> None:
    program = read_latex(text)
    assert program.asked == (wrt, order)
    assert decide(program, read(meant)).verdict == EQUAL


@pytest.mark.parametrize(
    ("latex", "text", "words", "written", "followed"), HINTS, ids=[row[1] for row in HINTS]
)
def test_hints(
    latex: bool, text: str, words: str, written: str, followed: tuple[str | None, str, str] | None
) -> None:
    with pytest.raises(MatcalcError) as caught:
        parse(text, latex=latex)
    assert words in str(caught.value).split("\n")[0]
    assert written in (caught.value.hint or "")
    if followed is not None:
        part, instead, meant = followed
        found = parse(text.replace(part, instead) if part else instead, latex=latex)
        assert meant is None or decide(found, read(meant)).verdict == EQUAL


@pytest.mark.parametrize(("text", "meant", "words"), NOTED, ids=[row[0] for row in NOTED])
def test_noted(text: str, meant: str, words: str) -> None:
    found = read(text)
    assert decide(found, read(meant)).verdict == EQUAL
    assert any(words in note for note in found.notes)


@pytest.mark.parametrize(("text", "meant", "words"), NOTED_IN_LATEX)
def test_noted_in_latex(text: str, meant: str, words: str) -> None:
    found = read_latex(text)
    assert decide(found, read(meant)).verdict == EQUAL
    assert any(words in note for note in found.notes)


@pytest.mark.parametrize("text", QUIET)
def test_nothing_is_said(text: str) -> None:
    assert not read(text).notes


def test_a_long_formula_is_quoted_with_its_end() -> None:
    (note,) = read("(sum(log(1 + exp(X*w))) - y'*log(sigmoid(X*w)))/n").notes
    assert "because (sum(log(1 + exp(X*w...(sigmoid(X*w)))/n has no meaning for" in note
