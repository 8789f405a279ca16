"""What is refused, and why: formula, class, column of the caret (from 0), part of the message or
hint.
"""

import pytest

from matcalc.core.errors import (
    MatcalcError,
    ParseError,
    ShapeError,
    UnknownNameError,
    UnsupportedError,
)
from matcalc.read.tex.read import read_latex

AMBIGUOUS = [
    pytest.param("1/2x", ParseError, 0, r"write \frac{1}{2} x or \frac{1}{2 x}", id="slash"),
    pytest.param(
        r"\log x y", ParseError, 0, r"write \log(x) y or \log(x y)", id="argument-of-a-function"
    ),
    pytest.param(
        r"\operatorname{tr} A B",
        ParseError,
        0,
        r"\operatorname{tr}(A B)",
        id="argument-of-the-trace",
    ),
    pytest.param("f(x)", ParseError, 0, "may be a function or a product", id="application"),
    pytest.param(r"f^{-1}(A x)", ParseError, 0, r"write f^{-1} \cdot", id="inverse-of-a-function"),
    pytest.param(r"\Phi^{-1}(p)", ParseError, 0, "may be a function or a", id="quantile"),
    pytest.param("2 u(x)", ParseError, 2, r"write u \cdot", id="lone-letter-in-brackets"),
    pytest.param("g(x, y)", ParseError, 0, "may be a function", id="application-to-two"),
    pytest.param(r"\sin^{-1} a", ParseError, 0, r"\arcsin", id="inverse-or-reciprocal"),
    pytest.param(
        r"W^{(1)} x", ParseError, 0, "may be an index or a power", id="superscript-in-brackets"
    ),
    pytest.param(r"X^*", ParseError, 1, "is ambiguous", id="star"),
    pytest.param(r"X^\dagger", ParseError, 1, "^+ for the pseudo-inverse", id="dagger"),
    pytest.param("x^12", ParseError, 2, "write ^{12}, or ^{1} 2", id="two-digits-in-a-superscript"),
    pytest.param(r"|a| b |c|", ParseError, 6, r"\lvert and \rvert", id="bars"),
    pytest.param(r"x \oslash y \odot z", ParseError, 12, "is ambiguous", id="oslash-odot"),
    pytest.param(r"A \otimes B \odot C", ParseError, 12, "is ambiguous", id="otimes-odot"),
    pytest.param(r"\mathbf{x} + x", UnknownNameError, 13, "in another style", id="bold-and-plain"),
    pytest.param("e + a", UnknownNameError, 0, "Euler's number", id="e"),
    pytest.param(
        r"\sum_i (x_i) + y_i", UnknownNameError, 15, "outside the sum", id="reach-of-a-sum"
    ),
    pytest.param(r"\sum_i A_i", ShapeError, 7, "a row or a column", id="row-or-column"),
    pytest.param(
        r"\sum_i a^\top x_i y", ShapeError, 18, "is ambiguous", id="number-or-vector-between"
    ),
    pytest.param(
        r"\lVert \sum_i y_i x_i\rVert^2", ShapeError, 18, "a number or a vector", id="norm-of-a-sum"
    ),
    pytest.param(
        r"w^\top \sum_i y_i x_i", ShapeError, 18, "declare X as a matrix", id="row-before-a-sum"
    ),
    pytest.param(
        r"\sum_i w^\top x_i + \operatorname{tr}(X)",
        UnknownNameError,
        0,
        "whose rows are the vectors x_i",
        id="data-matrix",
    ),
    pytest.param(
        r"\lVert X\rVert",
        UnsupportedError,
        0,
        "Frobenius or the spectral norm",
        id="norm-of-a-matrix",
    ),
    pytest.param(
        r"\max |x|", ShapeError, 5, "the absolute values of the entries", id="bars-around-a-vector"
    ),
    pytest.param(r"\sqrt{X}", ShapeError, 0, "the matrix root", id="root-of-a-matrix"),
    pytest.param(
        r"\frac{\partial}{\partial x} x^\top x + a",
        ParseError,
        0,
        "may be differentiated or not",
        id="reach-of-a-derivative",
    ),
]
WRONG = [
    pytest.param("", ParseError, 0, "there is no formula", id="empty"),
    pytest.param("x +", ParseError, 3, "the formula ends where", id="end-after-operator"),
    pytest.param(r"\frac{a}", ParseError, 8, "the formula ends where", id="half-a-fraction"),
    pytest.param("x^", ParseError, 2, "the formula ends where", id="half-a-power"),
    pytest.param("(x", ParseError, 0, "( in column 1 is not closed", id="unclosed"),
    pytest.param("x)", ParseError, 1, "no opening bracket", id="unopened"),
    pytest.param("(x]", ParseError, 2, "does not close the (", id="wrong-bracket"),
    pytest.param(r"\left( x", ParseError, 5, "is not closed", id="unclosed-left"),
    pytest.param(r"\\ \det [", ParseError, 8, "is not closed", id="unclosed-after-a-line-end"),
    pytest.param("| ' |", ParseError, 2, "there is '", id="prime-of-nothing"),
    pytest.param(r"\foo x", ParseError, 0, r"unknown command \foo", id="unknown-command"),
    pytest.param(
        r"\softmax(x)",
        ParseError,
        0,
        r"write \operatorname{softmax}",
        id="function-without-operatorname",
    ),
    pytest.param(
        r"\operatornam{tr}(X)", ParseError, 0, r"did you mean \operatorname?", id="misspelt-command"
    ),
    pytest.param(
        r"\operatorname{trc}(X)", UnknownNameError, 0, "unknown function trc", id="unknown-function"
    ),
    pytest.param(
        "tr(X)", UnknownNameError, 0, r"write \operatorname{tr}", id="function-in-letters"
    ),
    pytest.param(r"\log", ParseError, 0, "log has no argument", id="function-alone"),
    pytest.param(r"a \log", ParseError, 2, "log has no argument", id="function-last"),
    pytest.param(
        r"\log + a", ParseError, 0, "log has no argument", id="function-before-an-operator"
    ),
    pytest.param(
        r"\det(X, Y)", UnknownNameError, 0, "det takes 1 argument, not 2", id="too-many-arguments"
    ),
    pytest.param("(x, y)", ParseError, 0, "a comma separates the arguments", id="comma"),
    pytest.param("x^T x, y", ParseError, 5, "formulas are separated by", id="two-formulas"),
    pytest.param("x^a^b", ParseError, 3, "two superscripts", id="double-superscript"),
    pytest.param("x_a_b", ParseError, 3, "two subscripts", id="double-subscript"),
    pytest.param(r"\sum x", ParseError, 0, r"write \sum_i x_i", id="sum-without-index"),
    pytest.param(r"\sum_{i=0}^n x_i", ParseError, 8, "starts at 1", id="sum-from-zero"),
    pytest.param(
        r"\sum_i a", UnsupportedError, 0, "i does not occur in what is summed", id="index-unused"
    ),
    pytest.param(
        r"\sum_i (x_i^\top w + z)",
        ShapeError,
        19,
        "cannot add a number and a vector",
        id="number-and-vector",
    ),
    pytest.param(r"\nabla f", ParseError, 0, r"write \nabla_x", id="nabla-without-variable"),
    pytest.param(
        r"\frac{\partial^2}{\partial x} x^\top x",
        ParseError,
        0,
        "of order 2 above and 1 below",
        id="orders",
    ),
    pytest.param(
        r"\frac{\partial^2 x^\top y}{\partial x \partial y}",
        ParseError,
        47,
        "two variables",
        id="mixed-derivative",
    ),
    pytest.param("x y", ShapeError, 2, r"x^\top y for a number", id="two-columns"),
    pytest.param(
        r"k\log p", ShapeError, 1, 'or declare "k: scalar" if it is a number', id="two-numbers"
    ),
    pytest.param(
        r"\pi \sum_k \pi_k x_k",
        ShapeError,
        11,
        'declare "pi: vector" if it is a variable here',
        id="entries-of-a-number",
    ),
    pytest.param(r"1^\top x", ShapeError, 1, r"the vector of ones is \mathbf{1}", id="ones"),
    pytest.param("x^2", ShapeError, 1, r"\lVert x \rVert^2", id="square-of-a-vector"),
    pytest.param(
        r"x^\top + y", ShapeError, 7, "cannot add a row and a vector", id="row-and-column"
    ),
    pytest.param(r"x \times y", UnsupportedError, 2, "cross product", id="cross-product"),
    pytest.param(r"\frac{a}{x}", ShapeError, 0, r"\oslash", id="division-by-a-vector"),
    pytest.param(
        r"\lVert X\rVert_1", UnsupportedError, 0, "with the subscript 1", id="one-norm-of-a-matrix"
    ),
    pytest.param(
        r"\mathbf{Ax}", UnknownNameError, 0, "may be one name or a product", id="bold-word"
    ),
    pytest.param(
        r"2^{3^{4}}_5", ParseError, 9, "a subscript cannot appear here", id="subscript-of-a-number"
    ),
    pytest.param(r"\top x", ParseError, 0, "on its own", id="top-alone"),
    pytest.param("x \\\\ y", ParseError, 0, "not used", id="two-values"),
    pytest.param("(" * 5_000, ParseError, 3_000, "more than 3,000 levels", id="too-deep"),
    pytest.param("x" * 70_000, ParseError, 65_536, "at most 65,536", id="too-long"),
    pytest.param("9" * 5_000, ParseError, 0, "more than 1,000 digits", id="huge-number"),
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
        pytest.param(
            r"\sum_i x_i",
            {"x": "vector(n)", "x_i": "scalar"},
            "may be an entry or the variable",
            id="entry-or-name",
        ),
        pytest.param(
            r"A x",
            {"A": "matrix(m, n)", "x": "vector(m)"},
            "cannot multiply matrix(m, n) by vector(m)",
            id="sizes",
        ),
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
