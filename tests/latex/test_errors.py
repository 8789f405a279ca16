"""What is refused, and why: formula, class, column of the caret (from 0), part of the message or hint."""

import pytest

from matcalc.core.errors import MatcalcError, NameProblem, ShapeProblem, SyntaxProblem, UnsupportedProblem
from matcalc.tex.read import read_latex

AMBIGUOUS = [
    pytest.param("1/2x", SyntaxProblem, 0, r"write \frac{1}{2} x or \frac{1}{2 x}", id="slash"),
    pytest.param(r"\log x y", SyntaxProblem, 0, r"write \log(x) y or \log(x y)", id="argument-of-a-function"),
    pytest.param(r"\operatorname{tr} A B", SyntaxProblem, 0, r"\operatorname{tr}(A B)", id="argument-of-the-trace"),
    pytest.param("f(x)", SyntaxProblem, 0, "may be a function or a product", id="application"),
    pytest.param("2 u(x)", SyntaxProblem, 2, r"write u \cdot", id="lone-letter-in-brackets"),
    pytest.param("g(x, y)", SyntaxProblem, 0, "may be a function", id="application-to-two"),
    pytest.param(r"\sin^{-1} a", SyntaxProblem, 0, r"\arcsin", id="inverse-or-reciprocal"),
    pytest.param(r"W^{(1)} x", SyntaxProblem, 0, "may be an index or a power", id="superscript-in-brackets"),
    pytest.param(r"X^*", SyntaxProblem, 1, "several readings", id="star"),
    pytest.param(r"X^\dagger", SyntaxProblem, 1, "^+ for the pseudo-inverse", id="dagger"),
    pytest.param("x^12", SyntaxProblem, 2, "write ^{12}, or ^{1} 2", id="two-digits-in-a-superscript"),
    pytest.param(r"|a| b |c|", SyntaxProblem, 6, r"\lvert and \rvert", id="bars"),
    pytest.param(r"x \oslash y \odot z", SyntaxProblem, 12, "two readings", id="oslash-odot"),
    pytest.param(r"A \otimes B \odot C", SyntaxProblem, 12, "two readings", id="otimes-odot"),
    pytest.param(r"\mathbf{x} + x", NameProblem, 13, "in another style", id="bold-and-plain"),
    pytest.param("e + a", NameProblem, 0, "Euler's number", id="e"),
    pytest.param(r"\sum_i x_i + y_i", NameProblem, 13, "outside of the sum", id="reach-of-a-sum"),
    pytest.param(r"\sum_i A_i", ShapeProblem, 7, "a row or a column", id="row-or-column"),
    pytest.param(r"\sum_i a^\top x_i y", ShapeProblem, 18, "two readings", id="number-or-vector-between"),
    pytest.param(r"\lVert \sum_i y_i x_i\rVert^2", ShapeProblem, 18, "a number or a vector", id="norm-of-a-sum"),
    pytest.param(r"w^\top \sum_i y_i x_i", ShapeProblem, 18, "declare X as a matrix", id="row-before-a-sum"),
    pytest.param(r"\sum_i w^\top x_i + \operatorname{tr}(X)", NameProblem, 0, "whose rows are the vectors x_i", id="data-matrix"),
    pytest.param(r"\lVert X\rVert", UnsupportedProblem, 0, "Frobenius or the spectral norm", id="norm-of-a-matrix"),
    pytest.param(r"|x|", ShapeProblem, 0, "its norm or its absolute entries", id="bars-around-a-vector"),
    pytest.param(r"\sqrt{X}", ShapeProblem, 0, "the matrix root", id="root-of-a-matrix"),
    pytest.param(
        r"\frac{\partial}{\partial x} x^\top x + a", SyntaxProblem, 0, "may be derived or not", id="reach-of-a-derivative"
    ),
]
WRONG = [
    pytest.param("", SyntaxProblem, 0, "there is no formula", id="empty"),
    pytest.param("x +", SyntaxProblem, 3, "the formula ends where", id="end-after-operator"),
    pytest.param(r"\frac{a}", SyntaxProblem, 8, "the formula ends where", id="half-a-fraction"),
    pytest.param("x^", SyntaxProblem, 2, "the formula ends where", id="half-a-power"),
    pytest.param("(x", SyntaxProblem, 0, "( in column 1 is not closed", id="unclosed"),
    pytest.param("x)", SyntaxProblem, 1, "no opening bracket", id="unopened"),
    pytest.param("(x]", SyntaxProblem, 2, "does not close the (", id="wrong-bracket"),
    pytest.param(r"\left( x", SyntaxProblem, 5, "is not closed", id="unclosed-left"),
    pytest.param(r"\\ \det [", SyntaxProblem, 8, "is not closed", id="unclosed-after-a-line-end"),
    pytest.param("| ' |", SyntaxProblem, 2, "there is '", id="prime-of-nothing"),
    pytest.param(r"\foo x", SyntaxProblem, 0, r"unknown command \foo", id="unknown-command"),
    pytest.param(r"\softmax(x)", SyntaxProblem, 0, r"write \operatorname{softmax}", id="function-without-operatorname"),
    pytest.param(r"\operatornam{tr}(X)", SyntaxProblem, 0, r"did you mean \operatorname?", id="misspelt-command"),
    pytest.param(r"\operatorname{trc}(X)", NameProblem, 0, "unknown function trc", id="unknown-function"),
    pytest.param("tr(X)", NameProblem, 0, r"write \operatorname{tr}", id="function-in-letters"),
    pytest.param(r"\log", SyntaxProblem, 0, "log has no argument", id="function-alone"),
    pytest.param(r"a \log", SyntaxProblem, 2, "log has no argument", id="function-last"),
    pytest.param(r"\log + a", SyntaxProblem, 0, "log has no argument", id="function-before-an-operator"),
    pytest.param(r"\det(X, Y)", NameProblem, 0, "det takes 1 argument, not 2", id="too-many-arguments"),
    pytest.param("(x, y)", SyntaxProblem, 0, "a comma separates the arguments", id="comma"),
    pytest.param("x^a^b", SyntaxProblem, 3, "two superscripts", id="double-superscript"),
    pytest.param("x_a_b", SyntaxProblem, 3, "two subscripts", id="double-subscript"),
    pytest.param(r"\sum x_i", SyntaxProblem, 0, r"write \sum_{i}", id="sum-without-index"),
    pytest.param(r"\sum_{i=0}^n x_i", SyntaxProblem, 8, "starts at 1", id="sum-from-zero"),
    pytest.param(r"\sum_i a", UnsupportedProblem, 0, "i does not stand in what is summed", id="index-unused"),
    pytest.param(r"\sum_i (x_i^\top w + z)", ShapeProblem, 19, "cannot add a number and a vector", id="number-and-vector"),
    pytest.param(r"\sum_{i,j,k} (u_i + v_j + w_k)^2", UnsupportedProblem, 13, "3 indices at once", id="three-indices"),
    pytest.param(r"\sum_i i x_i", UnsupportedProblem, 7, "the index i as a number", id="index-as-number"),
    pytest.param(r"\nabla x^\top x", SyntaxProblem, 0, r"write \nabla_x", id="nabla-without-variable"),
    pytest.param(r"\frac{\partial^2}{\partial x} x^\top x", SyntaxProblem, 0, "of order 2 above and 1 below", id="orders"),
    pytest.param(r"\frac{\partial^2 x^\top y}{\partial x \partial y}", SyntaxProblem, 47, "two variables", id="mixed-derivative"),
    pytest.param(r"a \frac{\partial}{\partial x} x^\top x", SyntaxProblem, 2, "within a product", id="derivative-in-a-product"),
    pytest.param("x y", ShapeProblem, 2, r"x^\top y for a number", id="two-columns"),
    pytest.param("x^2", ShapeProblem, 1, r"\lVert x \rVert^2", id="square-of-a-vector"),
    pytest.param(r"x^\top + y", ShapeProblem, 7, "cannot add a row and a vector", id="row-and-column"),
    pytest.param(r"x \times y", UnsupportedProblem, 2, "cross product", id="cross-product"),
    pytest.param(r"\frac{a}{x}", ShapeProblem, 0, r"\oslash", id="division-by-a-vector"),
    pytest.param(r"\lVert X\rVert_1", UnsupportedProblem, 0, "with the subscript 1", id="one-norm-of-a-matrix"),
    pytest.param(r"\mathbf{Ax}", NameProblem, 0, "may be one name or a product", id="bold-word"),
    pytest.param(r"2^{3^{4}}_5", SyntaxProblem, 9, "a subscript cannot stand here", id="subscript-of-a-number"),
    pytest.param(r"\top x", SyntaxProblem, 0, "stands alone", id="top-alone"),
    pytest.param("x \\\\ y", SyntaxProblem, 0, "not used", id="two-values"),
    pytest.param("(" * 5_000, SyntaxProblem, 3_000, "more than 3,000 levels", id="too-deep"),
    pytest.param("x" * 70_000, SyntaxProblem, 65_536, "at most 65,536", id="too-long"),
    pytest.param("9" * 5_000, SyntaxProblem, 0, "more than 1,000 digits", id="huge-number"),
]


@pytest.mark.parametrize(("formula", "kind", "column", "part"), AMBIGUOUS + WRONG)
def test_refused(formula: str, kind: type[MatcalcError], column: int, part: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    problem = caught.value
    assert f"{part}" in f"{problem.message}\n{problem.hint}"
    assert type(problem) is kind
    assert problem.source == formula
    assert problem.span is not None
    assert problem.span.start == column


@pytest.mark.parametrize(
    ("formula", "declarations", "part"),
    [
        pytest.param(r"\sum_{i=1}^n x_i", {"x": "vector(m)"}, "vector(m)", id="limit-and-size"),
        pytest.param(r"w_{12}", {"w12": "scalar", "w_12": "scalar"}, "written alike", id="alike"),
        pytest.param(r"\sum_i x_i", {"x": "vector(n)", "x_i": "scalar"}, "may be an entry or the variable", id="entry-or-name"),
        pytest.param(r"A x", {"A": "matrix(m, n)", "x": "vector(m)"}, "cannot multiply matrix(m, n) by vector(m)", id="sizes"),
    ],
)
def test_refused_with_declarations(formula: str, declarations: dict[str, str], part: str) -> None:
    with pytest.raises(MatcalcError, match="error") as caught:
        read_latex(formula, declarations)
    assert part in caught.value.message
    assert caught.value.span is not None


def test_caret() -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(r"x^\top A x + \lVert X\rVert_1")
    assert str(caught.value).splitlines()[:3] == [
        "error: the norm of a matrix with the subscript 1",
        r"  x^\top A x + \lVert X\rVert_1",
        "               ^^^^^^^^^^^^^^^^",
    ]
