r"""What a formula is differentiated by, as people name it, and scripts as they write them."""

from __future__ import annotations

import warnings

import pytest

import matcalc
from matcalc.core.errors import MatcalcError

K_MEANS = r"\sum_{n=1}^N\sum_{k=1}^K r_{nk}\|\mathbf{x}_n-\boldsymbol\mu_k\|^2"
ROW = "2*(sum(r[:, k])*Mu[k, :]' - X'*r[:, k])"  # Bishop (2006), (9.3)
ASKED = [
    (K_MEANS, r"\boldsymbol\mu_k", ROW),
    (K_MEANS, r"\boldsymbol{\mu}_k", ROW),
    (rf"\frac{{\partial}}{{\partial \boldsymbol\mu_k}} {K_MEANS}", None, ROW),
    (r"\sum_i (x_i - \mu)^\top (x_i - \mu)", r"\mu", "2*(n*mu - X'*vector(1))"),
    (r"\sum_{i,k} \|x_i - \mu_k\|^2", r"\mu", "2*(n*Mu - matrix(1)*X)"),
    (r"\sum_{i,j} A_{ij} x_i x_j", "{x_k}", "(A + A')[k, :]*x"),
    (r"\frac{\partial}{\partial x_k} \sum_k (x_k - a_k)^2", None, "2*(x - a)[k]"),
    # samples that are transposed in the same superscript
    (r"\sum_i x^{(i)\top} A x^{(i)}", "A", "X'*X"),
    (r"\sum_{i=1}^m (x^{(i)T}w - y^{(i)})^2", "w", "2*X'*(X*w - y)"),
    (r"\begin{bmatrix} a & b \\ c\ & \ d \end{bmatrix} x", "x", "[a, b; c, d]"),
]


@pytest.mark.parametrize(("formula", "wrt", "wanted"), ASKED)
def test_asked(formula: str, wrt: str | None, wanted: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        assert str(matcalc.diff(formula, wrt, latex=True)) == wanted


EATEN = [
    r"\begin{bmatrix} a & b \ c & d \end{bmatrix} x",
    r"\begin{pmatrix} x_1 \ x_2 \end{pmatrix}",
    "\\begin{pmatrix} x_1 \\\nx_2 \\end{pmatrix}",
]


@pytest.mark.parametrize("formula", EATEN)
def test_a_backslash_that_a_shell_ate(formula: str) -> None:
    with pytest.raises(MatcalcError, match="may be a blank, or the end of a row") as refused:
        matcalc.diff(formula, "x_1", latex=True)
    place = refused.value.span
    assert place is not None
    assert formula[place.start : place.end] == "\\"
