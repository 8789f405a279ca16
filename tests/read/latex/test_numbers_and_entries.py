r"""Letters that are numbers, or entries of a matrix: t A, \frac{1}{2n}, a_{ij} beside A."""

from __future__ import annotations

import pytest

import matcalc
from matcalc.core.errors import MatcalcError
from matcalc.read.tex.read import read_latex

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

X = {"X": "matrix(n, d)"}
A = {"A": "matrix(n, n)"}
# the formula, what is declared, the same in the language
READ = [
    (r"t A", {}, "t: scalar; t*A"),
    (r"k A x", {}, "k: scalar; k*A*x"),
    (r"2 t A x", {}, "t: scalar; 2*t*A*x"),
    (r"e^{At} x", {}, "t: scalar; expm(A*t)*x"),
    (r"e^{tA} x", {}, "t: scalar; expm(t*A)*x"),
    (r"\frac{1}{2n}\|Ax - b\|^2", {}, "n: scalar; b: vector; norm2(A*x - b)^2/(2*n)"),
    (r"\frac{1}{m} \|x\|^2", {}, "m: scalar; norm2(x)^2/m"),
    (r"\frac1N \sum_i x_i^2", {}, "N: scalar; norm2(x)^2/N"),
    (r"\frac{1}{T} \operatorname{tr}(X^\top X)", {}, "T: scalar; tr(X'*X)/T"),
    (r"\frac{x^\top A x}{n}", {}, "n: scalar; x'*A*x/n"),
    (r"\frac{n}{2} \log\det \Sigma", {}, "n: scalar; n/2*log(det(Sigma))"),
    (r"N \log \det X", {}, "N: scalar; N*log(det(X))"),
    (r"n x^\top x", {}, "n: scalar; n*x'*x"),
    (
        r"(Xb + c)^\top D (Xb + c)",
        {},
        "b: vector; c: vector; (X*b + c)'*D*(X*b + c)",
    ),
    (r"\|X\beta + \alpha\|^2", {}, "beta: vector; alpha: vector; norm2(X*beta + alpha)^2"),
    (r"\sum_{ij} a_{ij} x_i x_j", A, "A: matrix(n, n); x'*A*x"),
    (r"\sum_{i,j} a_{ij}^2", A, "A: matrix(n, n); norm2(A)^2"),
    (r"\sum_j x_j^{(i)} w_j", X, "X: matrix(n, d); X[i, :]*w"),
    (r"\sum_i\sum_j x_j^{(i)} w_j", X, "X: matrix(n, d); sum(X*w)"),
    (r"x_j^{(i)} + \operatorname{tr}(X^\top X)", X, "X: matrix(n, d); X[i, j] + tr(X'*X)"),
    (r"x_i^\top w", X, "X: matrix(n, d); X[i, :]*w"),
    (r"a_{ij} + \operatorname{tr} A", A, "A: matrix(n, n); A[i, j] + tr(A)"),
    (r"a_{12} + \operatorname{tr} A", A, "A: matrix(n, n); A[1, 2] + tr(A)"),
]
BOTH = [
    (r"a_{ij} + \operatorname{tr} A", "[A]_{i,j}"),
    (r"a_{ij} \det A", "[A]_{i,j}"),
    (r"a_{11} + \log\det A", "[A]_{1,1}"),
    (r"\sigma_{ij} + \log\det\Sigma", r"[\Sigma]_{i,j}"),
    (r"w_{ij} + \|W\|_F^2", "[W]_{i,j}"),
    (r"x_j^{(i)} + \operatorname{tr}(X)", "[X]_{i,j}"),
]
DENSITIES = [
    (
        r"\mathcal{N}(x \mid \mu, \Sigma)",
        {},
        "mu: vector; exp(-1/2*(x - mu)'*inv(Sigma)*(x - mu))/sqrt(det(2*pi*Sigma))",
    ),
    (
        r"\mathcal N(x; \mu, A)",
        {},
        "mu: vector; exp(-1/2*(x - mu)'*inv(A)*(x - mu))/sqrt(det(2*pi*A))",
    ),
    (
        r"\log \mathcal{N}(x | \mu, \Sigma)",
        {},
        "mu: vector; -1/2*log(det(2*pi*Sigma)) - 1/2*(x - mu)'*inv(Sigma)*(x - mu)",
    ),
    (
        r"\mathcal{N}(y \mid \mu, \sigma^2)",
        {"y": "scalar"},
        "exp(-(y - mu)^2/(2*sigma^2))/sqrt(2*pi*sigma^2)",
    ),
]
# the formula, what its hint says to write, and what that means
HINTS = [
    (r"\sin^2 x", r"\sin(x)^{\odot 2}", "sin(x).^2"),
    (r"\cos^3 x", r"\cos(x)^{\odot 3}", "cos(x).^3"),
    (r"x^{3}", r"x^{\odot 3}", "x.^3"),
    (r"\log x^T A x", r"\log(x^T A x)", "log(x'*A*x)"),
    (r"\log x^\top x", r"\log(x^\top x)", "log(x'*x)"),
    (r"\|x\|_{\Sigma^{-1}}^2", r"x^\top \Sigma^{-1} x", "x'*inv(Sigma)*x"),
    (
        r"\|x - \mu\|_{\Sigma^{-1}}^2",
        r"(x - \mu)^\top \Sigma^{-1} (x - \mu)",
        "mu: vector; (x - mu)'*inv(Sigma)*(x - mu)",
    ),
    (r"\|A x\|_M^2", r"(A x)^\top M (A x)", "(A*x)'*M*(A*x)"),
]


def same(formula: str, declared: dict[str, str], text: str) -> bool:
    found = matcalc.parse_latex(formula, declared)
    return bool(
        matcalc.equal(found.program().source, text.rpartition("; ")[2], variables=found.variables)
    )


def kinds(text: str) -> dict[str, str]:
    return {name: v.kind for name, v in matcalc.parse(text).variables.items()}


@pytest.mark.parametrize(("formula", "declared", "text"), READ)
def test_read(formula: str, declared: dict[str, str], text: str) -> None:
    found = matcalc.parse_latex(formula, declared)
    assert {name: v.kind for name, v in found.variables.items()} == kinds(text)
    assert same(formula, declared, text)
    assert declared or found.notes


@pytest.mark.parametrize(("formula", "entry"), BOTH)
def test_an_entry_or_a_variable(formula: str, entry: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    assert "which occurs as well, or a variable of its own" in caught.value.message
    assert f"write {entry} for the entry" in str(caught.value.hint)
    own = formula.partition(" +")[0].partition(" \\d")[0]
    program = read_latex(formula.replace(own, entry))
    assert not program.notes
    if "(i)" not in formula:
        name = own.replace("\\", "").replace("{", "").replace("}", "")
        assert name in read_latex(formula, {name: "scalar"}).variables


@pytest.mark.parametrize(("formula", "declared", "text"), DENSITIES)
def test_a_density_is_written_out(formula: str, declared: dict[str, str], text: str) -> None:
    with pytest.raises(MatcalcError, match="densities are not supported") as caught:
        read_latex(formula, declared)
    written = str(caught.value.hint).partition("write the density out: ")[2]
    assert same(written, declared, text)


@pytest.mark.parametrize(("formula", "written", "text"), HINTS)
def test_hints_are_followed(formula: str, written: str, text: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    assert written in str(caught.value.hint)
    assert same(written, {}, text)
