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
    (
        r"\sum_{i=1}^N\log\sum_{k=1}^K\pi_k e^{-\frac{1}{2}\|x_i-\mu_k\|^2}",
        r"\mu_k",
        "pi[k]*(X'*u - sum(u)*Mu[k, :]') where M[i,j] = exp(-norm2(X[i,:] - Mu[j,:])^2/2), "
        "u = exp(-(X - vector(1)*Mu[k, :]).^2*vector(1)/2)./(M*pi)",
    ),
    # a function of letters that dots count: Bishop (2006), (4.109)
    (r"f(x_1, \dots, x_n) = \prod_i x_i", "x", "prod(x)./x"),
    (
        r"E(\mathbf{w}_1,\ldots,\mathbf{w}_K) = \sum_n (\log\sum_k e^{\mathbf{w}_k^T\phi_n} - "
        r"\sum_k t_{nk} \mathbf{w}_k^T\phi_n)",
        "W",
        "(softmax(Phi*W', 2) - t)'*Phi",
    ),
    # Magnus & Neudecker, Matrix Differential Calculus (2019), 9.14
    (
        r"\frac{\partial \operatorname{vec}(AXB)}{\partial \operatorname{vec}(X)^\top}",
        None,
        "kron(B', A)",
    ),
    (
        r"\frac{\partial \operatorname{vec} X^{-1}}{\partial (\operatorname{vec} X)'}",
        None,
        "-kron(inv(X)', inv(X))",
    ),
    # a sign that names no variable, where there is one or --wrt names it
    (r"\nabla \|Ax - b\|^2", "x", "2*A'*(A*x - b)"),
    (r"\nabla (x^\top x)", None, "2*x"),
    (r"\nabla \tfrac12 x^\top A x", "x", "(A + A')*x/2"),
    # a bold letter beside the sum over its kind
    (
        r"\mathbf{u}_o^\top\mathbf{v}_c - \log\sum_w\exp(\mathbf{u}_w^\top\mathbf{v}_c)",
        r"\mathbf{v}_c",
        "U[o, :]' - U'*softmax(U*v_c)",
    ),
    (
        r"-\log\frac{\exp(\mathbf{w}_y^\top\mathbf{x})}"
        r"{\sum_{c=1}^C\exp(\mathbf{w}_c^\top\mathbf{x})}",
        r"\mathbf{x}",
        "W'*softmax(W*x) - W[y, :]'",
    ),
    # a letter that counts, before a function: the sum beside it is of numbers
    (r"n\log\lambda - \lambda\sum x_i", r"\lambda", "n/lambda - sum(x)"),
    (r"m\log a - a\sum_i x_i", "a", "m/a - sum(x)"),
    (r"\log\sum_i e^{x_i} - \log n", "x", "softmax(x)"),
    (r"x^\top x - \log m", "x", "2*x"),
    (r"\|n\mu - \sum_i x_i\|^2", r"\mu", "2*n*(n*mu - X'*vector(1))"),
    # lines that go on with the formula before them
    (r"\begin{align} L &= x^\top w \\ &\quad + y^\top w \end{align}", "w", "x + y"),
    (r"\begin{split} x^\top w \\ - y^\top w \\ + z^\top w \end{split}", "w", "x + z - y"),
    (r"\begin{align} L &= x^\top w + \\ & y^\top w \end{align}", "w", "x + y"),
    (r"r = Ax \\ - y \\ r^\top r", "x", "2*A'*(A*x - y)"),
    (r"r = Ax - y \\ -r^\top r", "x", "2*A'*(y - A*x)"),
    (r"f(u) = u^\top u \\ -f(Ax)", "x", "-2*A'*A*x"),
    (r"p_i = \sigma(w^\top x_i) \\ -\sum_j p_j", "w", "-X'*(sigmoid(X*w).*sigmoid(-X*w))"),
    # a function that is defined behind or before what derives it, in one line
    (r"f(x) = \|Ax - b\|^2, \quad \nabla f(x)", None, "2*A'*(A*x - b)"),
    (r"\nabla_x f(x) \text{ where } f(x) = \|Ax - b\|^2", None, "2*A'*(A*x - b)"),
    (
        r"J(\theta) = \frac{1}{2m}\sum_{i=1}^m (h_\theta(x^{(i)}) - y^{(i)})^2, \quad "
        r"h_\theta(x) = \theta^\top x",
        r"\theta",
        "X'*(X*theta - y)/m",
    ),
    # the letter of d/dt is a number where no vector fits
    (r"\frac{d}{dt} \|x + tv\|^2", None, "2*(t*v + x)'*v"),
    (r"\frac{d}{dt} (x + tv)^\top A (x + tv)", None, "(t*v + x)'*(A + A')*v"),
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


def test_vec_below_alone() -> None:
    with pytest.raises(MatcalcError, match="not a variable to differentiate"):
        matcalc.diff(
            r"\frac{\partial \operatorname{tr}(AX)}{\partial \operatorname{vec}(X)}", latex=True
        )


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


LIKELIHOOD = r"-\frac{n}{2}\log(2\pi\sigma^2) - \frac{1}{2\sigma^2}\sum_{i=1}^n (x_i-\mu)^2"
SQUARES = [
    # Bickel & Doksum, Mathematical Statistics (2015), example 2.2.9
    (
        rf"\frac{{\partial}}{{\partial \sigma^2}} \left({LIKELIHOOD}\right)",
        "(norm2(x - mu)^2/sigma2 - n)/(2*sigma2)",
    ),
    (
        rf"\frac{{\partial^2}}{{\partial (\sigma^2)^2}} \left({LIKELIHOOD}\right)",
        "(n/2 - norm2(x - mu)^2/sigma2)/sigma2^2",
    ),
    (
        r"\frac{\partial}{\partial \sigma_n^2} \log\det(K+\sigma_n^2 I)",
        "tr(inv(K + sigma2_n*eye))",
    ),
    (
        r"\frac{\partial}{\partial \tau^{2}} (\tau^{-2} x^\top x + \tau^4)",
        "2*tau2 - x'*x/tau2^2",
    ),
    (r"\frac{\partial^2}{\partial \sigma^2} (\sigma^2 x^\top x)", "2*x'*x"),  # twice by sigma
    (
        r"\frac{\partial}{\partial \sigma^2} \frac{\sigma_0^2}{\sigma^2} x^\top x",
        "-(x'*x)*(sigma_0/sigma2)^2",
    ),
    (r"\frac{\partial}{\partial \sigma^2} \log(\sigma^2)^2", "2*log(sigma2)/sigma2"),
    (r"f(\sigma^2) = \log\sigma^2 \\ \frac{\partial}{\partial (\sigma^2)} f(\sigma^2)", "1/sigma2"),
]


@pytest.mark.parametrize(("formula", "wanted"), SQUARES)
def test_the_derivative_by_a_square(formula: str, wanted: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        assert str(matcalc.diff(formula, latex=True)) == wanted


def test_a_letter_beside_its_square() -> None:
    formula = r"\frac{\partial}{\partial \sigma^2} (2\log\sigma + \sigma^2)"
    with pytest.raises(MatcalcError, match=r"\\sigma occurs next to \\sigma\^2") as refused:
        matcalc.diff(formula, latex=True)
    assert r"\sqrt{\sigma^2}" in (refused.value.hint or "")
    followed = formula.replace(r"\log\sigma", r"\log\sqrt{\sigma^2}")
    with pytest.warns(matcalc.NotationWarning):
        assert str(matcalc.diff(followed, latex=True)) == "1 + 1/sigma2"
    with pytest.raises(MatcalcError, match="is not a letter") as refused:
        matcalc.diff(LIKELIHOOD, r"\sigma^2", latex=True)
    assert r"\frac{\partial}{\partial \sigma^2}" in (refused.value.hint or "")


LEADING = [
    (r"(1 - y w^\top x)^2", "2*y*(y*w'*x - 1)*x"),
    (r"\max(0, 1 - y w^\top x)^2", "-2*y*max(1 - y*w'*x, 0)*x"),
    (r"\left(1 - yw^\top x\right)_{+}^{2}", "-2*y*relu(1 - y*w'*x)*x"),
    (r"(3 - y w^\top A x)^2", "2*y*(y*w'*A*x - 3)*A*x"),
]


@pytest.mark.parametrize(("formula", "wanted"), LEADING)
def test_what_leads_a_power_is_a_number(formula: str, wanted: str) -> None:
    with pytest.warns(matcalc.NotationWarning, match="y is read as a number"):
        assert str(matcalc.diff(formula, "w", latex=True)) == wanted


ROWS = [
    (r"\sum_i (X_i w - y_i)^2", r"X_{i,:}"),
    (r"\sum_i (\boldsymbol{X_i} w - y_i)^2", r"\boldsymbol{X}_{i,:}"),
]


@pytest.mark.parametrize(("formula", "row"), ROWS)
def test_a_row_or_a_column_is_asked_for(formula: str, row: str) -> None:
    with pytest.raises(MatcalcError, match="a row or a column") as refused:
        matcalc.diff(formula, "w", latex=True)
    hint = refused.value.hint or ""
    assert f"write {row} for the row" in hint
    assert "x_i for a vector of data" in hint
    written = row.replace("{i,:}", "i") if row.startswith("X") else r"\boldsymbol{X_i}"
    for followed in (row, r"x_i^\top"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", matcalc.NotationWarning)
            answer = matcalc.diff(formula.replace(written, followed), "w", latex=True)
        assert str(answer) == "2*X'*(X*w - y)"


VALUES = ["simplify", "to_callable", "source"]


@pytest.mark.parametrize("method", VALUES)
def test_a_derivative_that_is_asked_for_is_no_value(method: str) -> None:
    formula = matcalc.parse_latex(r"\nabla_x x^\top x")
    with pytest.raises(MatcalcError, match="the formula asks for a derivative by x"):
        getattr(formula, method)()


def test_an_order_beside_a_sign_without_a_variable() -> None:
    with pytest.raises(
        MatcalcError, match="the derivative of order 1 with respect to x, not of order 2"
    ):
        matcalc.diff(r"\nabla (x^\top x)", "x", latex=True, order=2)
