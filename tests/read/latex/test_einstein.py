r"""Einstein's convention, where it is asked for: each row has the formula and what it means in the
expression language, or the words of the error.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex, read_latex_pair

MEANS = [
    (r"A_{ij} x_i x_j", "x'*A*x"),
    (r"A_{ij} x_j", "A*x"),
    (r"A_{ji} x_j", "A'*x"),
    (r"A_{ik} B_{kj}", "A*B"),
    (r"B_{kj} A_{ik}", "A*B"),
    (r"C_{ji} = A_{ik} B_{kj}", "(A*B)'"),
    (r"A_{ii}", "tr(A)"),
    (r"A_{ij} B_{jk} C_{ki}", "tr(A*B*C)"),
    (r"A_{ij} A_{ij}", "sum(A.^2)"),
    (r"x_i x_i\, y_j y_j", "(x'*x)*(y'*y)"),
    (r"(x_i y_i)(x_i y_i)", "(x'*y)^2"),
    (r"(A_{ij} x_j - y_i)(A_{ik} x_k - y_i)", "norm2(A*x - y)^2"),
    (r"\frac{1}{2} A_{ij} x_i x_j + y_i x_i", "x'*A*x/2 + y'*x"),
    (r"\frac{A_{ij} x_j}{x_k x_k}", "A*x/(x'*x)"),
    (r"\exp(A_{ij} x_j)", "exp(A*x)"),
    (r"\sqrt{x_i x_i}", "norm2(x)"),
    (r"\delta_{ij} x_i y_j", "x'*y"),
    (r"\delta_{ij} x_j", "x"),
    (r"\epsilon_{ijk} x_j y_k", "cross(x, y)"),
    (r"T_{ijk} x_j y_k", 'T: tensor(n, m, p); einsum("ijk,j,k->i", T, x, y)'),
    (r"y_i = A_{ij} x_j \\ y_i y_i", "norm2(A*x)^2"),
    (r"\sum_j \exp(A_{ij} x_j)", "sum(exp(A*diag(x)), 2)"),  # a sum that is written
    (r"x^\top A x + y_i y_i", "x'*A*x + y'*y"),  # letters without indices
    (r"[A^{-1}]_{i,j} x_i x_j", "x'*inv(A)*x"),
    (r"\frac{1}{A_{ij}} x_i x_j", "x'*(1./A)*x"),
    (r"(E_{ii})^{2}", "tr(E)^2"),
    (r"\sum_{i} E_{ii}^2", "sum(diag(E).^2)"),
    (r"y_k = \sum_{i \ne k} W_{ki} x_i", "(W - diag(diag(W)))*x"),
    (r"a c_i c_i + b_j c_j", "a*c'*c + b'*c"),
]
REFUSED = [
    (r"A_{ii} x_i", "i occurs 3 times"),
    (r"x_i y_i z_i", "i occurs 3 times"),
    (r"x_i + y_j", "different free indices: i and j"),
    (r"y_k = A_{ij} x_j", "different free indices: k and i"),
    (r"x_i^2", "may be a sum over what is repeated"),
    (r"(x_i - y_i)^2", "may be a sum over what is repeated"),
    (r"A^i_j x^j", "may have an upper index or a power"),
    (r"x_i^\top A_{ij}", "x_i is a number in Einstein's convention"),
    (r"\|x_i\|", "x_i is a number in Einstein's convention"),
    (r"\frac{x_i}{y_i}", "an index above and below"),
    (r"a x_i x_i + a_j x_j", "a may be a number, as it occurs next to entries, or a vector"),
    (r"a b_i b_i + a_i b_i", "a may be a number, as it occurs next to entries, or a vector"),
    (r"x y_i y_i + x_i y_i", "x may be a number, as it occurs next to entries, or a vector"),
    (r"A_{ij}^{-1} x_i x_j", "an entry of the inverse of A, or the reciprocal of an entry"),
    (r"A^{-1}_{ij} x_i x_j", "an entry of the inverse of A, or the reciprocal of an entry"),
    (r"E_{ii}^2", "may be the power of a sum, or the sum of the powers"),
    (r"E_{ii}^{-1}", "an entry of the inverse of E, or the reciprocal of an entry"),
]


def rows(table: list[tuple[str, str]]) -> list[object]:
    return [pytest.param(*row, id=row[0]) for row in table]


@pytest.mark.parametrize(("formula", "meant"), rows(MEANS))
def test_means(formula: str, meant: str) -> None:
    found, wanted = read_latex(formula, einstein=True), read(meant)
    assert found.expr.rank == wanted.expr.rank
    assert decide(found, wanted).verdict == EQUAL


def test_numbers_are_no_indices() -> None:
    found = read_latex(r"x_1 x_1", {"x_1": "scalar"}, einstein=True)
    assert decide(found, read("x_1: scalar; x_1^2")).verdict == EQUAL


@pytest.mark.parametrize(("formula", "words"), rows(REFUSED))
def test_is_refused(formula: str, words: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula, einstein=True)
    assert words in caught.value.message
    assert caught.value.span is not None
    assert caught.value.hint


def test_names_the_convention() -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(r"A_{ij} x_j")
    assert "--einstein" in (caught.value.hint or "")


def test_pairs() -> None:
    one, other = read_latex_pair(r"A_{ij} x_j", r"x_j A_{ij}", einstein=True)
    assert decide(one, other).verdict == EQUAL
