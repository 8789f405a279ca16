r"""What stands around a formula: the head of a density, braces, boxes and colours; and letters that
only their surroundings tell: the x_i of w \cdot x_i, the t of e^{At}, the entry X_{kl} by X_{ij}.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

MEANT = [
    # heads that name the value
    (
        r"\ln p(\mathbf{X}|\boldsymbol{\mu},\boldsymbol{\Sigma}) = -\frac{N}{2} "
        r"\ln|\boldsymbol{\Sigma}| - \frac12 \sum_{n=1}^N (\mathbf{x}_n-\boldsymbol{\mu})^\top "
        r"\boldsymbol{\Sigma}^{-1}(\mathbf{x}_n-\boldsymbol{\mu})",
        "X: matrix(N, p); mu: vector(p); -N/2*log(det(Sigma)) - "
        "sum[n]((X[n,:]' - mu)'*inv(Sigma)*(X[n,:]' - mu))/2",
    ),
    (
        r"D_{\mathrm{KL}}(p \| q) = \sum_i p_i \log\frac{p_i}{q_i}",
        "p: vector; q: vector; sum(p.*log(p./q))",
    ),
    (r"\mathcal{L}(\theta; x) = \|x - \theta\|^2", "theta: vector; norm2(x - theta)^2"),
    (r"p(y \mid x, w) := \sigma(w^\top x)", "sigmoid(w'*x)"),
    (r"-\log p(x|\theta) &= \|x - \theta\|^2", "theta: vector; norm2(x - theta)^2"),
    (r"\mathcal{N}(x \mid \mu, I) = e^{-\|x\|^2}", "exp(-norm2(x)^2)"),
    # what is set around a formula
    (r"\underbrace{x^\top x}_{\text{size}} + \underbrace{\|y\|^2}_{=1}", "x'*x + y'*y"),
    (r"\overbrace{A x}^{\text{linear}}", "A*x"),
    (r"\boxed{x^\top x}", "x'*x"),
    (r"\boxed{x}^\top \boxed{A x}", "x'*A*x"),
    (r"\color{red}{x^\top x}", "x'*x"),
    (r"{\color{blue} x^\top} A x", "x'*A*x"),
    (r"\textcolor{red}{x}^\top x", "x'*x"),
    (r"\phantom{=} x^\top x", "x'*x"),
    # letters
    (r"\sum_{i=1}^n (y_i - w \cdot x_i - b)^2", "w: vector; norm2(y - X*w - b)^2"),
    (
        r"\sum_{i=1}^n \max(0, 1 - y_i (w \cdot x_i + b))",
        "w: vector; y: vector; sum(max(0, 1 - y.*(X*w + b)))",
    ),
    (r"\sum_i a_i \cdot x_i", "a: vector; dot(a, x)"),
    (r"\sum_i \alpha \cdot x_i", "alpha*sum(x)"),
    (r"\sum_i y_i \cdot \log x_i", "sum(y.*log(x))"),
    (r"e^{At}", "t: scalar; expm(A*t)"),
    (r"e^{-Q t}", "t: scalar; expm(-Q*t)"),
    (r"e^{-\lambda t}", "exp(-lambda*t)"),
    (r"e^{A x}", "exp(A*x)"),
]


@pytest.mark.parametrize(("formula", "meant"), MEANT, ids=[row[0] for row in MEANT])
def test_meant(formula: str, meant: str) -> None:
    assert decide(read_latex(formula), read(meant)).verdict == EQUAL


@pytest.mark.parametrize(
    ("formula", "answer"),
    [
        (r"\frac{\partial X_{kl}}{\partial X_{ij}}", "unit(i, n)[k]*unit(j, m)[l]"),
        (r"\frac{\partial x_k}{\partial x_i}", "unit(i, n)[k]"),
        (r"\frac{\partial X_{ij}}{\partial X_{ij}}", "1"),
    ],
)
def test_entries_by_entries(formula: str, answer: str) -> None:
    import matcalc

    assert str(matcalc.parse_latex(formula).diff()) == answer


@pytest.mark.parametrize(
    ("formula", "message", "hint"),
    [
        # these are no entries of one array
        (r"\frac{\partial z_o}{\partial z_h}", "nothing says how z_o depends", "its formula"),
        (r"\frac{\partial x_1}{\partial x_2}", "nothing says how x_1 depends", "its formula"),
        (r"\frac{\partial y_k}{\partial x_i}", "nothing says how y_k depends", "its formula"),
        # no head, or one of a claim
        (r"p(x|y) + p(y) = x^\top x", "does not close the |", "write the density out"),
        (r"\nabla_x \log p(x|\mu) = -x", "does not close the |", "write the density out"),
        (r"p(x|y)", "does not close the |", "write the density out"),
        (r"\{x : A x = b\}", "sets are not supported", "enter only the value"),
        (r"\langle x \mid A x \rangle", r"unknown command \mid", r"\langle x, y \rangle"),
        (r"\mathrm{Tr}(\mathbf{AXB})", "one name", r"write \mathbf{A}\mathbf{X}\mathbf{B}"),
    ],
)
def test_refused(formula: str, message: str, hint: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    assert message in caught.value.message
    assert hint in str(caught.value.hint)


def test_places_stay_where_they_are() -> None:
    formula = r"\ln p(x|\mu) = \boxed{x^\top x} \foo"
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    assert caught.value.span is not None
    assert formula[caught.value.span.start :].startswith(r"\foo")
