r"""Formulas of question sites, textbooks and issues, as strangers type them: what they mean, or
with which words they are refused.

A hint is followed: what it says to write means what was meant.
"""

from __future__ import annotations

import re

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

# LaTeX: the formula, and what it means in the plain language
MEANT_IN_LATEX = [
    # a norm is taken of vectors, whatever their letters are alone
    (r"\|a - b\|^2", "a: vector; b: vector; norm2(a - b)^2"),
    (r"\|\mu_1 - \mu_2\|^2", "mu_1: vector; mu_2: vector; norm2(mu_1 - mu_2)^2"),
    (r"\|\lambda a + b\|", "a: vector; b: vector; norm2(lambda*a + b)"),
    (r"\|2a\|", "a: vector; 2*norm2(a)"),
    (r"\exp(-\gamma \|f_a - f_p\|_1)", "f_a: vector; f_p: vector; exp(-gamma*norm1(f_a - f_p))"),
    (r"\|a^\top x - b\|", "abs(a'*x - b)"),
    # what counts is a number, alone or in a sum or a product
    (r"\frac{m+n}{2} \|x\|^2", "m: scalar; n: scalar; (m + n)/2*norm2(x)^2"),
    (
        r"\frac{\nu+p+1}{2} \log|X| + \frac12 \operatorname{tr}(\Psi X^{-1})",
        "nu: scalar; p: scalar; (nu + p + 1)/2*log(det(X)) + tr(Psi*inv(X))/2",
    ),
    (
        r"\frac{n-p-1}{2} \log|X| - \frac12 \operatorname{tr}(V^{-1} X)",
        "n: scalar; p: scalar; (n - p - 1)/2*log(det(X)) - tr(inv(V)*X)/2",
    ),
    (
        r"-\frac{\nu+p}{2} \log(1 + \frac{1}{\nu} (x-\mu)^\top \Sigma^{-1} (x-\mu))",
        "p: scalar; mu: vector; -(nu + p)/2*log(1 + (x - mu)'*inv(Sigma)*(x - mu)/nu)",
    ),
    (
        r"-\frac{ND}{2} \ln(2\pi) - \frac{N}{2} \ln|\Sigma|",
        "N: scalar; D: scalar; -N*D/2*log(2*pi) - N/2*log(det(Sigma))",
    ),
    (
        r"-\frac{ND}{2} \ln(2\pi) - \frac{N}{2} \ln|\Sigma| - \frac12 \sum_{n=1}^N "
        r"(x_n-\mu)^T \Sigma^{-1} (x_n-\mu)",
        "D: scalar; X: matrix(N, p); mu: vector(p); -N*D/2*log(2*pi) - "
        "N/2*log(det(Sigma)) - sum[n]((X[n,:]' - mu)'*inv(Sigma)*(X[n,:]' - mu))/2",
    ),
    (r"\frac{nk}{2} \log(2\pi) + \|x\|^2", "n: scalar; k: scalar; n*k/2*log(2*pi) + norm2(x)^2"),
    (r"\|X - a b^\top\|_F^2", "a: vector; b: vector; norm2(X - a*b')^2"),
]
# the plain language, with the declarations that say the same
MEANT = [
    ("(m + n)/2*x'*x", "m: scalar; n: scalar"),
    ("(n + p)/2*log(det(S)) + tr(S)", "n: scalar; p: scalar"),
    ("(n - p - 1)/2*log(det(X)) - tr(inv(V)*X)/2", "n: scalar; p: scalar"),
    ("-N*D/2*log(2*pi) - N/2*log(det(Sigma))", "N: scalar; D: scalar"),
    ("N*D*log(sigma) + norm2(X)^2", "N: scalar; D: scalar"),
    ("(A + B)*(x'*x)", ""),
    ("(x - mu)*(a'*b)", "mu: vector; a: vector; b: vector"),
    ("(n - x)*(y'*z)", "n: scalar; x: scalar"),
]


@pytest.mark.parametrize(("formula", "meant"), MEANT_IN_LATEX, ids=[r[0] for r in MEANT_IN_LATEX])
def test_meant_in_latex(formula: str, meant: str) -> None:
    found, wanted = read_latex(formula), read(meant)
    assert found.expr.rank == wanted.expr.rank
    assert {name: len(v.shape) for name, v in found.variables.items()} == {
        name: len(v.shape) for name, v in wanted.variables.items()
    }
    assert decide(found, wanted).verdict == EQUAL


@pytest.mark.parametrize(("text", "declared"), MEANT, ids=[row[0] for row in MEANT])
def test_meant(text: str, declared: str) -> None:
    found, wanted = read(text), read(f"{declared}; {text}" if declared else text)
    assert {n: v.kind for n, v in found.variables.items()} == {
        n: v.kind for n, v in wanted.variables.items()
    }


# LaTeX that is read; the formula and what it means
READ_IN_LATEX = [
    (r"{\|X\|}_F^2", "norm2(X)^2"),
    (r"{\left\| {XA} \right\|}_*", "nucnorm(X*A)"),
    (r"\|X\|_{\mathrm{op}}", "specnorm(X)"),
    (r"\|X\|_{HS}^2", "norm2(X)^2"),
    (r"\|X\|_{\text{nuc}}", "nucnorm(X)"),
    (r"\|x\|_{\ell_1}", "norm1(x)"),
    (r"x^{\mathbf{T}} y", "x'*y"),
    (r"2\mathrm{A}\mathrm{x}", "2*A*x"),
]
# LaTeX that is refused, with words of the error; what the hint says to write, and its meaning: "a
# => b" where only a part of the formula is written anew
HINTS_IN_LATEX = [
    (
        r"\|X\|_{1,2}",
        "with the subscript 1,2",
        {
            r"\lVert X \rVert_{2,1}": "sum(norm2(X, 1))",
            r"\operatorname{norm2}(\operatorname{norm1}(X, 1))": "norm2(norm1(X, 1))",
        },
    ),
    (
        r"\|X\|_\infty",
        "with the subscript",
        {r"\max(\operatorname{norm1}(X, 2))": "max(norm1(X, 2))"},
    ),
    (r"\|X\|_1", "with the subscript 1", {r"\lVert X \rVert_{1,1}": "norm1(X)"}),
    (r"\|x\|_{L^2}", "with the subscript L^2", {r"\lVert x \rVert_{2}": "norm2(x)"}),
    (
        r"\lambda_1(A)",
        "a function or a product",
        {r"\lambda_{\max}(A)": "lambda_max(A)", r"[\operatorname{eigvals}(A)]_{1}": None},
    ),
    (
        r"\sigma_i(A)",
        "a function or a product",
        {r"\sigma_{\max}(A)": "specnorm(A)", r"[\operatorname{svdvals}(A)]_{i}": "svdvals(A)[i]"},
    ),
    (r"W^1 x", "one of several W", {r"W^1 => W_{1}": "W_1*x"}),
    (r"A^0 b", "one of several A", {}),
    (r"x^{opt} - x", "a word or a power", {r"x^{opt} => x_{\mathrm{opt}}": "x_opt - x"}),
    (r"x^{\text{new}} - x", "a word", {r"x^{\text{new}} => x_{\mathrm{new}}": "x_new - x"}),
    (r"x^{\mathrm{tr}} y", "not a superscript", {r"x^{\mathrm{tr}} => x^\top": "x'*y"}),
    (r"0.5\,\mathrm{kg}\, v^\top v", "a unit or a variable", {}),
    (r"3\,\mathrm{m} x", "a unit or a variable", {}),
    (r"P_\Omega(X - M)", "or a product", {}),
    (r"\Pi_C(x - y)", "a function or a product", {r"\Pi_C => \Pi_C \cdot ": "Pi_C*(x - y)"}),
    (r"S_\lambda(x - y)", "a function or a product", {}),
    (r"{}^t A A", "is expected", {r"{}^t A => A^\top": "A'*A"}),
    (r"A^{-} b", "is expected", {r"A^{-} => A^{-1}": "inv(A)*b", r"A^{-} => A^+": "pinv(A)*b"}),
    (r"\sum_{i \in \{1,2\}} x_i^2", "is not supported", {r"\sum_{i} w_i x_i": "w'*x"}),
    (r"\sum_{i: y_i} w^\top x_i", "this condition of a sum", {}),
    (r"\sum_{<i,j>} x_i x_j", "below a sum", {}),
    (
        r"\sum_{i,j=1}^{n,m} A_{ij} x_i y_j",
        "two limits",
        {r"\sum_{i,j=1}^{n,m} => \sum_{i=1}^{n} \sum_{j=1}^{m}": "x'*A*y"},
    ),
    (r"P_{k \mid k-1} x", "unknown command", {r"P_{k \mid k-1} => P_{\mathrm{pred}}": "P_pred*x"}),
    (r"\frac{\delta}{\delta W} \|W\|_F^2", "a small step", {}),
    (r"\nabla_{A} \text{tr}(AB) = B^{T}", "not a name", {}),
    (
        r"(x, Ax)",
        "a comma separates",
        {r"\langle x, Ax \rangle": "x'*A*x", r"\begin{bmatrix} x \\ Ax \end{bmatrix}": None},
    ),
    (r"x[t] - \lambda", "cannot multiply", {"x[t] => [x]_{t}": "x[t] - lambda"}),
    (r"x \cdot A \cdot x", "cannot multiply", {r"x \cdot A => x^\top A": "x'*A*x"}),
    (r"a \over b", "unknown command", {r"a \over b => \frac{a}{b}": "a/b"}),
]
# the plain language: the text, words of the error, and what the hint says to write
HINTS = [
    ("sum(a_i*b_i)", "may be an entry", {"sum[i](a[i]*b[i])": "sum[i](a[i]*b[i])"}),
    ("sum(w_i*x_i^2)", "may be an entry", {"sum[i](w[i]*x[i]^2)": "sum[i](w[i]*x[i]^2)"}),
    ("sum(y_i*log(p_i))", "cannot multiply", {"sum[i](y[i]*log(p[i]))": "y'*log(p)"}),
    ("W_ij*x_j", "may be an entry", {"sum[j](W[i,j]*x[j])": "W[i,:]*x"}),
    ("λx'*x", "one name or the product", {"λx => λ*x": "λ*x'*x"}),
    ("X[:,None]", "axes cannot be added", {}),
    ("sum(abs2, x)", "the second argument", {"sum(x.^2)": "norm2(x)^2"}),
    ("E[x'*A*x]", "the expectation", {}),
    ("sigma(W*x)", "unknown function", {"sigmoid(W*x)": "sigmoid(W*x)"}),
    ("MatrixExp[A]", "may be a function", {"expm(A)": "expm(A)"}),
    ("y = W*x", "no expression", {"W*x": "W*x"}),
    ("np.diff(x)", "not known", {"x[2:end] - x[1:end - 1]": "x[2:end] - x[1:end - 1]"}),
    ("np.vstack([A, B])", "not known", {"[A; B]": "[A; B]"}),
    ("logdet(Symmetric(K))", "unknown function", {}),
    ("|x|_1", "unexpected character", {"norm1(x)": "norm1(x)"}),
    ("||X||_*", "unexpected character", {"nucnorm(X)": "nucnorm(X)"}),
    ("x̂'*y", "unexpected character", {"x̂ => x_hat": "x_hat'*y"}),
    ("x^t*A*x", "the exponent", {"x^t => x'": "x'*A*x"}),
    ("A**T*x", "the exponent", {"A**T => A'": "A'*x"}),
    ("KL(p||q)", "not closed", {"kl(p, q)": "kl(p, q)"}),
    ("x'*x s.t. x = 1", "unexpected character", {}),
]
# what is read, with a note that says how else it may be meant
NOTED = [
    (False, "x_k - log(sum(exp(x)))", "x_k is read as a variable of its own, not as a part of x"),
    (False, "A_1*x + A*y", "write A[:, 1] for a column"),
    (False, "A_11 + tr(A)", "write A[1, 1] for an entry"),
    (False, "x'*Ay", "Ay is read as one name; write A*y for the product"),
    (False, "A^t*A", "A^t is read as a power; write A' for the transpose"),
    (True, r"\mathrm{Ax} - b", "Ax is read as one name; write A x for the product"),
    (True, r"A^t A", r"where ^\top would be the transpose"),
    (True, r"L(y - Xw)", "L before brackets is read as a factor"),
]


@pytest.mark.parametrize(("formula", "meant"), READ_IN_LATEX, ids=[row[0] for row in READ_IN_LATEX])
def test_read_in_latex(formula: str, meant: str) -> None:
    assert decide(read_latex(formula), read(meant)).verdict == EQUAL


def follow(text: str, words: str, offers: dict[str, str | None], *, latex: bool) -> None:
    def parse(formula: str) -> Program:
        return read_latex(formula) if latex else read(formula)

    with pytest.raises(MatcalcError, match=re.escape(words)) as caught:
        parse(text)
    hint = caught.value.hint
    assert hint
    assert caught.value.span is not None
    for offer, meant in offers.items():
        part, arrow, written = offer.partition(" => ")
        assert (written or part).strip() in hint
        found = parse(text.replace(part, written) if arrow else part)
        assert meant is None or decide(found, read(meant)).verdict == EQUAL


@pytest.mark.parametrize(
    ("formula", "words", "offers"), HINTS_IN_LATEX, ids=[row[0] for row in HINTS_IN_LATEX]
)
def test_hints_in_latex(formula: str, words: str, offers: dict[str, str | None]) -> None:
    follow(formula, words, offers, latex=True)


@pytest.mark.parametrize(("text", "words", "offers"), HINTS, ids=[row[0] for row in HINTS])
def test_hints(text: str, words: str, offers: dict[str, str | None]) -> None:
    follow(text, words, offers, latex=False)


@pytest.mark.parametrize(("latex", "text", "note"), NOTED, ids=[row[1] for row in NOTED])
def test_noted(latex: bool, text: str, note: str) -> None:
    program = read_latex(text) if latex else read(text)
    assert any(note in each for each in program.notes)


@pytest.mark.parametrize("text", ["x_hat + x", "x_0'*x", "x'*Qf*x", "σx*σy", "x_k + 1", "sum(x_i)"])
def test_nothing_is_said_of_names(text: str) -> None:
    assert not any("own" in note or "one name" in note for note in read(text).notes)
