"""Sums over data vectors x_i, which are the rows of a data matrix X."""

from __future__ import annotations

import re

import pytest

import matcalc
from matcalc.claims.equality import EQUAL, decide
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read_pair
from matcalc.read.tex.read import read_latex

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

FORMULAS = [
    (r"\sum_{i=1}^n (w^\top x_i - y_i)^2", "norm2(X*w - y)^2"),
    (r"\sum_i (x_i^\top w - y_i)^2", "norm2(X*w - y)^2"),
    (r"\sum_i (\langle w, x_i \rangle - y_i)^2", "norm2(X*w - y)^2"),
    (r"\sum_i (w \cdot \mathbf{x}_i - y_i)^2", "norm2(X*w - y)^2"),
    (r"\sum_i \log(1 + e^{-y_i x_i^\top w})", "sum(log(1 + exp(-y.*(X*w))))"),
    (
        r"\frac{1}{n} \sum_{i=1}^n \max(0, 1 - y_i(w^\top x_i + b))",
        "sum(max(0, 1 - y.*(X*w + b)))/n",
    ),
    (r"\sum_i \lVert x_i - \mu \rVert^2", "norm2(X - ones*mu')^2"),
    (r"\sum_i \lVert x_i - \mu \rVert", "sum(sqrt((X - ones*mu').^2*ones))"),
    (r"\sum_i \lVert x_i - \mu \rVert_1", "sum(abs(X - ones*mu'))"),
    (r"\sum_i \lVert y_i - W x_i - v \rVert_2^2", "norm2(Y - X*W' - ones*v')^2"),
    (r"\sum_i (x_i - \mu)^\top S^{-1} (x_i - \mu)", "tr((X - ones*mu')*inv(S)*(X - ones*mu')')"),
    (
        r"\operatorname{tr}\left(S \sum_i (x_i - \mu)(x_i - \mu)^\top\right)",
        "tr(S*(X - ones*mu')'*(X - ones*mu'))",
    ),
    (r"\log\det\left(\sum_i w_i x_i x_i^\top\right)", "logdet(X'*diag(w)*X)"),
    (r"\sum_{i,j} \alpha_i \alpha_j y_i y_j x_i^\top x_j", "norm2(X'*(alpha.*y))^2"),
    (r"\sum_i \left\lVert x_i - W W^\top x_i \right\rVert^2", "norm2(X - X*W*W')^2"),
    (r"\sum_i \lVert x_i - W_2 \sigma(W_1 x_i) \rVert^2", "norm2(X' - W_2*sigmoid(W_1*X'))^2"),
    (r"\sum_i \tanh(W x_i + h)^\top v", "sum(tanh(X*W' + ones*h')*v)"),
    (
        r"\sum_{ij} (R_{ij} - u_i^\top v_j)^2 + \lambda \sum_i \lVert u_i \rVert^2",
        "norm2(R - U*V')^2 + lambda*norm2(U)^2",
    ),
    (r"\sum_i x_{ij_0} + \sum_i w^\top x_i", None),
    (
        r"\sum_i \left( \log\sum_k e^{w_k^\top x_i} - v^\top x_i \right)",
        "sum(log(exp(X*W')*ones)) - sum(X*v)",
    ),
    (r"\sum_i \operatorname{logsumexp}(W x_i)", "sum(logsumexp(X*W', 2))"),
    (r"\sum_i y_i^\top \operatorname{softmax}(W x_i)", "sum(Y.*softmax(X*W', 2))"),
    (r"\sum_i \left(y_i \odot (W x_i)\right)", "(Y.*(X*W'))'*ones"),
    (r"\sum_i y_i \mathbf{x}_i", "X'*y"),
    (r"\sum_i \frac{\mathbf{x}_i - \mu}{2 y_i}", "(X - ones*mu')'*(1./(2*y))"),
    (r"\left(\sum_i \mathbf{x}_i\right)^\top w", "sum(X*w)"),
    (r"\sum_i -x_i^\top (-w)", "sum(X*w)"),
    (r"\sum_{i} \phi_i^\top \theta", "sum(Phi*theta)"),
    (r"\sum_{i,j} e^{-x_i^\top y_j}", "sum(exp(-X*Y'))"),
    (r"\sum_i (x_i^\top z)^2 + \sum_i x_{ij} v_j", None),
    (r"\sum_i (x_i^\top z)^2 + \sum_{i,j} x_{ij} v_j", "norm2(X*z)^2 + sum(X*v)"),
]


@pytest.mark.parametrize(
    ("formula", "text"), [pytest.param(*pair, id=pair[0]) for pair in FORMULAS if pair[1]]
)
def test_reading(formula: str, text: str) -> None:
    program = read_latex(formula)
    left, right = read_pair(str(matcalc.Expression(program)), text, program.variables)
    assert decide(left, right).verdict == EQUAL
    assert any("of the data matrix" in note for note in program.notes)


@pytest.mark.parametrize("formula", [pair[0] for pair in FORMULAS if not pair[1]])
def test_an_index_that_does_not_run(formula: str) -> None:
    with pytest.raises(MatcalcError):
        read_latex(formula)


@pytest.mark.parametrize(
    ("formula", "declarations", "wrt", "answer"),
    [
        pytest.param(r"\sum_i y_i x_i", {}, "y", "x", id="numbers"),
        pytest.param(
            r"\lVert \sum_i y_i x_i \rVert^2",
            {"X": "matrix(n, d)"},
            "y",
            "2*X*X'*y",
            id="capital-declared",
        ),
        pytest.param(
            r"\lVert \sum_i \mathbf{x}_i \rVert^2", {}, "X", "2*vector(1)*vector(1)'*X", id="bold"
        ),
        pytest.param(
            r"\sum_i (x_i - 1)^2", {"x": "vector(n)"}, "x", "2*(x - 1)", id="vector-declared"
        ),
        pytest.param(
            r"\sum_{i=1}^n w^\top x_i / n",
            {},
            "w",
            "X'*vector(1)/n",
            id="the-limit-is-the-number-of-rows",
        ),
        pytest.param(
            r"\sum_i \lVert A x_i - b \rVert^2",
            {"x": "matrix(n, d)", "b": "vector(m)"},
            "x",
            "2*(x*A' - vector(1)*b')*A",
            id="small-declared",
        ),
        pytest.param(
            r"\sum_{i<j} \frac{m_i m_j}{\lVert r_i - r_j \rVert}",
            {"r": "matrix(n, 3)"},
            "m",
            "D[i] = sum[j!=i](m[j]/norm2(r[i,:] - r[j,:]))",
            id="small-declared-pairs",
        ),
        pytest.param(
            r"\sum_{i,j} \lVert x_j - x_i - d_{ij} \rVert^2",
            {"d": "tensor(n, n, p)"},
            "X",
            "2*(2*(n*X - matrix(1)*X) + sum(d, 2) - sum(d, 1))",
            id="vectors-of-pairs",
        ),
        pytest.param(
            r"\sum_{i=1}^n \left(\frac{w_i (\Sigma w)_i}{w^\top \Sigma w} - \frac1n\right)^2",
            {"Sigma": "symmetric(n)"},
            "w",
            "2*((Sigma*(w.*(u - 2*(w.*(u/a - 1/n))'*Sigma*w)) + u.*(Sigma*w))/a - 2*Sigma*w/n)/a"
            " where u = w.*(Sigma*w), a = w'*Sigma*w",
            id="a-limit-and-an-entry",
        ),
        pytest.param(
            r"\nabla_w \sum_i (w^\top x_i - y_i)^2",
            {"X": "matrix(N, d)"},
            None,
            "2*X'*(X*w - y)",
            id="sizes",
        ),
    ],
)
def test_derivatives(
    formula: str, declarations: dict[str, str], wrt: str | None, answer: str
) -> None:
    found = matcalc.diff(formula, wrt, variables=declarations, latex=True)
    assert matcalc.equal(str(found), answer, variables=found.variables)


def test_the_note() -> None:
    (note,) = read_latex(r"\sum_i (w^\top x_i - y_i)^2").notes
    assert note == (
        r"note: x_i is read as a vector, because w^\top precedes it: row i of the "
        r"data matrix X"
    )


def test_the_note_on_a_declared_matrix() -> None:
    (note,) = read_latex(r"\sum_i (w^\top x_i)^2", {"x": "matrix(n, d)"}).notes
    assert note == "note: x_i is read as a vector: row i of the matrix x"


@pytest.mark.parametrize(
    ("formula", "declarations", "words"),
    [
        (r"\sum_{i,j} \|x_j - x_i - d_{ij}\|^2", {}, "d_{ij} may be a number or a vector"),
        (
            r"(\frac1n \sum_i z_i(y_i - x_i^\top w))^\top W (\sum_i z_i(y_i - x_i^\top w))",
            {},
            "the transpose is taken of a sum in which y_i may be a number or a vector",
        ),
        (r"\sum_i \|T_i\|^2", {"T": "tensor(n, n, p)"}, "T_i has 1 subscript"),
    ],
)
def test_numbers_or_vectors(formula: str, declarations: dict[str, str], words: str) -> None:
    with pytest.raises(MatcalcError, match=re.escape(words)):
        read_latex(formula, declarations)


def test_what_was_said_before_it_was_known_is_not_said() -> None:
    notes = read_latex(r"\sum_i \phi_i^\top w").notes
    assert [note.partition(" is read")[0] for note in notes] == [r"note: \phi_i"]


def test_a_claim_does_not_say_it_again() -> None:
    left, right = r"\sum_i (w^\top x_i)^2", r"2 \sum_i x_i w^\top x_i"
    report = judge(Claim(f"${left}$", "w", f"${right}$"), 0)
    (note,) = report.notes
    assert "because w^\\top precedes it" in note
