r"""Functions and entries that are written out, and used with other arguments or at other places.

Each row has a formula as it is printed, and the answer, which is that of the formula in which
everything is written out.
"""

from __future__ import annotations

import warnings

import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError

SCALAR = "function(scalar) -> scalar"
ANSWERS = [
    # Ng, Machine Learning (CS229), notes 1: the hypothesis before and behind the cost
    (
        r"h_\theta(x) = \theta^\top x \\ J(\theta) = \frac{1}{2m} \sum_{i=1}^m "
        r"(h_\theta(x^{(i)}) - y^{(i)})^2",
        "theta",
        {},
        "X'*(X*theta - y)/m",
    ),
    (
        r"J(\theta)=-\frac{1}{m} \sum_{i=1}^{m}\left[y^{(i)} \log \left(h_{\theta}\left(x^{(i)}"
        r"\right)\right)+\left(1-y^{(i)}\right) \log \left(1-h_{\theta}\left(x^{(i)}\right)\right)"
        r"\right] \\ h_\theta(x) = \sigma(\theta^T x)",
        "theta",
        {},
        "X'*(sigmoid(X*theta) - y)/m",
    ),
    (
        r"\sum_{i=1}^{m} [y^{(i)} \log h(x^{(i)}) + (1-y^{(i)}) \log (1-h(x^{(i)}))], \quad "
        r"h(x) = \frac{1}{1+e^{-\theta^T x}}",
        "theta",
        {},
        "X'*(y - sigmoid(X*theta))",
    ),
    (
        r"\sum_i (h_\theta(x_i) - y_i)^2 \text{ where } h_\theta(x) = \theta^\top x",
        "theta",
        {},
        "2*X'*(X*theta - y)",
    ),
    # Bishop, Pattern Recognition and Machine Learning, (4.90)
    (
        r"E(\mathbf{w}) = -\sum_{n=1}^N \{t_n \ln y_n + (1-t_n)\ln(1-y_n)\}, \quad "
        r"y_n = \sigma(\mathbf{w}^T\boldsymbol{\phi}_n)",
        "w",
        {},
        "Phi'*(sigmoid(Phi*w) - t)",
    ),
    (r"r_i = y_i - x_i^\top\beta \\ \sum_{i=1}^n r_i^2", "beta", {}, "2*X'*(X*beta - y)"),
    (
        r"\eta_i = x_i^\top\beta, \mu_i = e^{\eta_i} \\ \sum_i (y_i\eta_i - \mu_i)",
        "beta",
        {},
        "X'*(y - exp(X*beta))",
    ),
    (
        r"\sum_{i=1}^n \rho(r_i), r_i = y_i - x_i^\top\beta",
        "beta",
        {"rho": "function"},
        "-X'*rho'(y - X*beta)",
    ),
    (
        r"z^{(i)} = w^\top x^{(i)} + b \\ \sum_{i=1}^m (z^{(i)} - y^{(i)})^2",
        "w",
        {},
        "2*X'*(X*w + b - y)",
    ),
    (r"s_j = w_j^\top x \\ -s_y + \log\sum_j e^{s_j}", "x", {}, "W'*softmax(W*x) - W[y, :]'"),
    (
        r"d_{ij} = \|x_i - x_j\|^2 \\ \sum_{i,j} W_{ij} d_{ij}",
        "X",
        {"W": "symmetric(n)"},
        "4*(diag(W*vector(1)) - W)*X",
    ),
    # functions of several letters, of primed letters, of functions
    (r"d(x, y) = \|x-y\|^2 \\ \sum_i d(x_i, \mu)", "mu", {}, "2*(n*mu - X'*vector(1))"),
    (
        r"k(x, x') = \exp(-\|x-x'\|^2) \\ \sum_{i,j} a_i a_j k(x_i, x_j)",
        "a",
        {},
        "2*M*a where M[i,j] = exp(-norm2(X[i,:] - X[j,:])^2)",
    ),
    (
        r"g(z) = \frac{1}{1+e^{-z}} \\ h(x) = g(w^\top x) \\ \sum_i h(x_i)",
        "w",
        {},
        "X'*(sigmoid(X*w).*sigmoid(-X*w))",
    ),
    (r"f(x) = x^\top A x \\ f(Bx + c)", "x", {}, "B'*(A + A')*(B*x + c)"),
    (r"f(x) = \sum_i x_i^2 \\ f(Ay) + f(y)", "y", {}, "2*(A'*A*y + y)"),
    (r"f(X) = \operatorname{tr}(X^\top A X) \\ f(UV^\top)", "U", {}, "(A + A')*U*V'*V"),
    (r"h(\mathbf{x}) = \beta\mathbf{x} \\ h(Ay)", "y", {}, "beta*A"),
    # a function of itself, of which the inner use comes first
    (r"f(x) = x^\top x \\ f(f(Ay))", "y", {}, "4*norm2(A*y)^2*A'*A*y"),
    (
        r"f(u) = \log(1 + u^2) \\ f(f(a^\top x))",
        "x",
        {},
        "4*b*log(c)*a/(c*(1 + log(c)^2)) where b = a'*x, c = b^2 + 1",
    ),
    (
        r"f(u) = Bu, g(u) = u + x \\ \|f(g(f(x))) - x\|^2",
        "x",
        {"B": "matrix(n, n)"},
        "2*(B + B^2 - eye)'*(B*(B*x + x) - x)",
    ),
    (r"f(\mathbf{u}) = A\mathbf{u} \\ f(f(f(x)))", "x", {}, "A^3"),
    # no i stands in \xi, so the sum may run over it
    (r"g(x) = \sum_i \exp(x_i) \\ g(\xi) + \xi^\top \xi", "xi", {}, "2*xi + exp(xi)"),
    # an index of another name; a number beside a number
    (r"p_i = \sigma(w^\top x_i) \\ \sum_j (p_j - y_j)^2", "y", {}, "2*(y - sigmoid(X*w))"),
    (r"s_i = e^{x_i} \\ \log\sum_j s_j - \log s_k", "x", {}, "softmax(x) - unit(k, n)"),
    (r"f(x) = 2x^2 \\ f(3)a^\top y", "y", {}, "18*a"),
    (r"f(x) = \lambda x \\ f(2)a^\top y", "y", {}, "2*lambda*a"),
    (r"s_i = 2i \\ s_1 a^\top y", "y", {}, "2*a"),
    # letters in other braces are the same letters
    (
        r"\mathbf{z} = W\mathbf{x} + \mathbf{b}, \quad \hat{\mathbf y} = \tanh(\mathbf z), \quad "
        r"L = \mathbf{1}^\top \hat{\mathbf y}",
        "W",
        {},
        "(1 - tanh(W*x + b).^2)*x'",
    ),
]


@pytest.mark.parametrize(("formula", "wrt", "kinds", "wanted"), ANSWERS)
def test_answers(formula: str, wrt: str, kinds: dict[str, str], wanted: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        assert str(matcalc.diff(formula, wrt, latex=True, variables=kinds)) == wanted


REFUSED = [
    (r"f(x) = x^\top y \\ f()", "where a letter, a number or a bracket is expected"),
    (r"f(x) = x_1^2 + x_2 \\ f(Ay)", "a definition has a letter on its left"),  # x_1 or an entry
    (r"f(x) = \sum_i x_i^2 \\ \sum_i f(y_i)", "a definition has a letter on its left"),
    (r"h_t = \tanh(W h_{t-1} + U x_t) \\ \sum_t (h_t - y_t)^2", "outside the sum"),
    (r"y = Ax \\ y = Bx", "y is written twice"),
    (r"f(x) &= (x-a)^T(x-a) \\ f(x) &= x^Tx - 2a^Tx + a^Ta", "f is written twice"),
]


@pytest.mark.parametrize(("formula", "message"), REFUSED)
def test_refused(formula: str, message: str) -> None:
    with pytest.raises(MatcalcError, match=message):
        matcalc.diff(formula, "y", latex=True)


NOTED = [
    (r"y = Ax \\ z = Bx", "x", "y is defined and not used: only the last line counts"),
    (r"r = Ax - b r^\top r", "x", "r = ... has r on both sides: the right one counts"),
    (r"\sum_{i,j} \delta_{ij} x_i x_j", "x", r"\delta_{ij} is read as Kronecker's delta"),
]


@pytest.mark.parametrize(
    ("formula", "wanted"),
    [
        pytest.param(r"y = Ax \\ z = By \\ w = Cz", "C*(B*(A*x))", id="all-are-used"),
        pytest.param(
            r"y = Ax \\ z = By \\ G_{i j k} = y_i y_j \delta_{jk}",
            "D[i,j,k] = (A*x)[i]*(A*x)[j]*delta[j,k]",
            id="z-is-not",
        ),
        pytest.param(r"y = Ax \\ z = By \\ g_i = y_i^2", "(A*x).^2", id="nor-here"),
    ],
)
def test_the_last_line_is_the_value(formula: str, wanted: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", matcalc.NotationWarning)
        assert str(matcalc.parse_latex(formula)) == wanted


@pytest.mark.parametrize(("formula", "wrt", "note"), NOTED)
def test_notes(formula: str, wrt: str, note: str) -> None:
    with pytest.warns(matcalc.NotationWarning) as caught:
        matcalc.diff(formula, wrt, latex=True)
    assert any(note in str(each.message) for each in caught)


CLAIMS = [
    (
        r"p_i = \sigma(w^\top x_i) \\ -\sum_i [y_i \log p_i + (1-y_i)\log(1-p_i)]",
        "w",
        r"\sum_i (p_i - y_i) x_i",
    ),
    (
        r"h_\theta(x) = \theta^\top x \\ \frac12\sum_i (h_\theta(x_i) - y_i)^2",
        "theta",
        r"\sum_i (h_\theta(x_i) - y_i) x_i",
    ),
    (r"r = Ax - b \\ r^\top r", "x", r"2A^\top r"),
]


@pytest.mark.parametrize(("formula", "wrt", "claim"), CLAIMS)
def test_claims_use_what_is_written_out(formula: str, wrt: str, claim: str) -> None:
    asked = ["check", "--latex", formula, "--wrt", wrt, "--claim"]
    assert main([*asked, claim]) == 0
    assert main([*asked, f"-{claim}"]) == 1
