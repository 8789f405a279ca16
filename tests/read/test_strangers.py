r"""Formulas of question sites, textbooks and issues, as strangers type them: what they mean, or
with which words they are refused.

Each row has the formula, what is declared, by what is derived, and the derivative.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
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
