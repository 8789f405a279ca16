"""Equations as papers write them: functions on the left, words and commas between."""

from __future__ import annotations

import pytest

from matcalc.claims.judge.files import find_claims
from matcalc.claims.judge.marks import statements
from matcalc.claims.judge.verdict import judge
from matcalc.core.errors import ParseError

PAPERS = [
    (
        r"\begin{align} f(x) &= \|Ax - b\|^2 \\ \nabla f(x) &= 2A^\top(Ax - b) \end{align}",
        ["proved"],
    ),
    (
        r"\begin{align} f(x) &= \|Ax - b\|^2, \\ \nabla f(x) &= A^\top(Ax - b). \end{align}",
        ["wrong"],
    ),
    (
        r"\begin{equation} \nabla_x \|Ax - b\|^2 = 2A^\top u, \quad \text{where } u = Ax - b "
        r"\end{equation}",
        ["proved"],
    ),
    (
        r"\[ \nabla_x u^\top v = A^\top v + B^\top u, ~\text{with } u = Ax \text{ and } v = Bx. \]",
        ["proved"],
    ),
    (r"\[ \nabla_x \|Ax - b\|^2 = A^\top u \text{ where } u := Ax - b \]", ["wrong"]),
    # an entry of the Jacobian, with Kronecker's delta
    (
        r"\begin{align*} s_j &= \frac{e^{z_j}}{\sum_k e^{z_k}} \\ "
        r"\frac{\partial s_j}{\partial z_i} &= s_j(\delta_{ij} - s_i) \end{align*}",
        ["proved"],
    ),
    (
        r"\[ s = \operatorname{softmax}(z), \quad "
        r"\frac{\partial s_j}{\partial z_i} = s_j(\delta_{ij} - s_j) \]",
        ["wrong"],
    ),
    (
        r"\[ \frac{\partial}{\partial z_k}\left(-\log\frac{e^{z_y}}{\sum_j e^{z_j}}\right) "
        r"= \frac{e^{z_k}}{\sum_j e^{z_j}} - \delta_{ky} \]",
        ["proved"],
    ),
    (r"\[ f(X) := \log\det X, \qquad \nabla f(X) = X^{-\top} \]", ["proved"]),
    (
        r"\begin{align*} f(x) &= x^\top A x \\ &= \operatorname{tr}(A x x^\top) \\ "
        r"\nabla f(x) &= Ax + A^\top x \\ &= 2Ax \end{align*}",
        ["proved", "wrong"],
    ),
    (
        r"\begin{align*} L(W, v) &= \|Wx + v - y\|^2, & \frac{\partial L}{\partial v} &= "
        r"2(Wx + v - y), \\ \nabla_W L(W, v) &= 2(Wx + v - y)x^\top. \end{align*}",
        ["proved", "proved"],
    ),
]


@pytest.mark.parametrize(("formula", "verdicts"), PAPERS)
def test_papers(formula: str, verdicts: list[str]) -> None:
    marker = '% matcalc-claim: variables = { b = "vector(m)", y = "vector(m)", v = "vector(m)" }'
    if r"\text" in formula or "log" in formula:
        marker = '% matcalc-claim: variables = { b = "vector(m)" }'
    found = [judge(claim) for claim in find_claims(f"{marker}\n{formula}\n", "paper.tex")]
    assert [report.verdict for report in found] == verdicts


def test_a_function_of_another_letter_is_refused() -> None:
    formula = r"% matcalc-claim:" + "\n" + r"\[ f(x) = x^\top y, \quad \nabla f(y) = 2y \]"
    (claim,) = find_claims(formula, "paper.tex")
    with pytest.raises(ParseError, match="does not name its variable"):
        judge(claim)


def test_commas_and_words_in_matrices_and_cases_are_left_alone() -> None:
    cases = r"\nabla_x g = \begin{cases} 1, \quad x > a \text{ and } x = b \\ 0 \end{cases}"
    assert len(statements(cases)) == 1
