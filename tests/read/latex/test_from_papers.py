r"""Formulas as papers write them, of which a part looks like something else: numbers beside what
multiplies them, \pi, I_1, x_*, x', labels, the classes of j \neq y.
"""

from __future__ import annotations

import pytest

from matcalc.claims.equality import EQUAL, decide
from matcalc.core.errors import MatcalcError
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex

# the formula, what it means in the language, and words of its notes ("": none)
READ = [
    # a letter that is a vector by convention, where numbers stand
    (r"\log(1 + e^{-y w^\top x})", "y: scalar; log(1 + exp(-y*w'*x))", "y is read as scalar"),
    (r"\max(0, 1 - y(w^\top x + b))", "y: scalar; max(0, 1 - y*(w'*x + b))", "y is read as scalar"),
    (
        r"-y \log \sigma(w^\top x) - (1 - y) \log(1 - \sigma(w^\top x))",
        "y: scalar; -y*log(sigmoid(w'*x)) - (1 - y)*log(1 - sigmoid(w'*x))",
        "y is read as scalar",
    ),
    (
        r"y \|x_1 - x_2\|^2 + (1 - y) \max(0, m - \|x_1 - x_2\|)^2",
        "y: scalar; m: scalar; y*norm2(x_1 - x_2)^2 + (1 - y)*max(0, m - norm2(x_1 - x_2))^2",
        "y is read as scalar",
    ),
    (r"u v^\top x", "u*v'*x", ""),
    (r"z \|x\|^2 + A x", "z*norm2(x)^2 + A*x", ""),
    # inner products of samples
    (
        r"\sum_{i,j} \alpha_i \alpha_j \langle x_i, x_j \rangle",
        "alpha: vector; alpha'*X*X'*alpha",
        "x_i is read as a vector, because it occurs in an inner product",
    ),
    (
        r"\sum_{i,j} \langle x_i - \mu, x_j - \mu \rangle",
        "mu: vector(m); X: matrix(n, m); Y = X - vector(1)*mu'; vector(1)'*Y*Y'*vector(1)",
        "x_i is read as a vector",
    ),
    (r"\sum_i \alpha_i x_i^\top", "alpha: vector(n); alpha'*X", "x_i is read as a vector"),
    (r"\sum_i y_i x_i^\top w", "y: vector(n); sum(y.*(X*w))", "x_i is read as a vector"),
    (
        r"y_i = \beta_0 + \beta_1 x_i + \epsilon_i",
        "beta_0: vector; epsilon_i: vector; beta_0 + beta_1*x_i + epsilon_i",
        'x_i is read as a vector by the first letter; declare "x_i: scalar" otherwise',
    ),
    (
        r"\frac{\partial}{\partial x_1} (x_1 + x_2)",
        "x_1 + x_2",
        "x_1 and x_2 are read as vectors by the first letter",
    ),
    # labels and classes
    (
        r"-\sum_{k=1}^K \mathbb{1}[y = k] \log p_k",
        "y: scalar; p: vector(K); -sum[k]((y == k)*log(p[k]))",
        "y is read as a number, because it is compared with the index k",
    ),
    (
        r"\sum_j 1_{j \neq y} s_j",
        "y: scalar; sum[j]((j != y)*s[j])",
        "compared with the index j",
    ),
    (
        r"\sum_i \sum_k 1\{y_i = k\} P_{ik}",
        "sum[i](sum[k]((y[i] == k)*P[i,k]))",
        "",
    ),
    (
        r"\sum_{j \neq y} \max(0, s_j - s_y + 1)",
        "s: vector(n); sum(max(0, s - s[y] + 1).*(vector(1) - unit(y, n)))",
        "",
    ),
    (r"\sum_{i \neq j} x_i x_j", "sum(x)^2 - x'*x", ""),
    (r"\sum_{j \neq i} x_i x_j", "sum(x)^2 - x'*x", "runs over both j and i"),
    (r"\sum_{j=1, j \neq i} w_j", "sum(w) - w[i]", ""),
    # a star below a letter, and entry by entry products of letters that are numbers otherwise
    (r"k_*^\top (K + \sigma^2 I)^{-1} y", "k_star'*inv(K + sigma^2*eye)*y", ""),
    (r"\|x_{*} - x\|^2", "norm2(x_star - x)^2", "x_{*} is read as a variable of its own"),
    (r"\|X_*\|_*", "nucnorm(X_star)", ""),
    (r"a \odot b", "a: vector; b: vector; a.*b", "a \\odot b is entry by entry"),
    (r"A - 1", "A - 1", "write I for the identity"),
    (r"2\pi(a + b)", "2*pi*(a + b)", ""),
    (r"\pi x^\top x", "pi*x'*x", ""),
]
# the formula, words of the hint, the formula that it says to write ("": the same), the
# declarations that it offers, and what that means in the language
HINTS = [
    (r"x'^\top F x", r"x_{\mathrm{new}}^\top", r"x_{\mathrm{new}}^\top F x", {}, "x_new'*F*x"),
    (
        r"\phi'^\top w - \phi^\top w",
        r"\phi_{\mathrm{new}}",
        r"\phi_{\mathrm{new}}^\top w - \phi^\top w",
        {},
        "phi: vector; phi_new: vector; phi_new'*w - phi'*w",
    ),
    (
        r"{v'_{c}}^\top v_{o}",
        r"\tilde{v}_{c}^\top",
        r"\tilde{v}_{c}^\top v_{o}",
        {},
        "v_tilde_c'*v_o",
    ),
    (r"\alpha P^\top \pi", '"pi: vector(n)"', "", {"pi": "vector(n)"}, "pi: vector; alpha*P'*pi"),
    (
        r"\pi \sum_k \pi_k \log \pi_k",
        '"pi: vector"',
        "",
        {"pi": "vector"},
        "pi: vector; pi*sum(pi.*log(pi))",
    ),
    (r"\|u - \pi(P x)\|^2", r"\pi \cdot", r"\|u - \pi \cdot (P x)\|^2", {}, "norm2(u - pi*P*x)^2"),
    (r"\mu (I_1 - 3)", '"I_1: scalar"', "", {"I_1": "scalar"}, "I_1: scalar; mu*(I_1 - 3)"),
    (
        r"\operatorname{softmax}_k(z)",
        r"\operatorname{softmax}(...)_{k}",
        r"\operatorname{softmax}(z)_{k}",
        {},
        "softmax(z)[k]",
    ),
    (
        r"\sum_{t=0}^{T} \gamma^t r_t",
        "begin with t=1, and write t-1",
        r"\sum_{t=1}^{T} \gamma^{t-1} r_t",
        {},
        "r: vector(T); sum[t=1:T](gamma^(t - 1)*r[t])",
    ),
    (
        r"\sum_i u_i v_i^\top",
        "declare U: matrix for vectors",
        "",
        {"U": "matrix"},
        "U'*V",
    ),
    (
        r"\sum_i \sigma_i u_i v_i^\top",
        "u: vector for numbers",
        "",
        {"u": "vector"},
        "sigma: vector; (sigma.*u)'*V",
    ),
    (
        r"\frac12 (y - \hat y)^2",
        'declare "y: scalar" and "y_hat: scalar" if these are numbers',
        "",
        {"y": "scalar", "y_hat": "scalar"},
        "y: scalar; y_hat: scalar; (y - y_hat)^2/2",
    ),
    (
        r"d(\operatorname{tr}(A X))",
        "declare d: scalar",
        "",
        {"d": "scalar"},
        "d: scalar; d*tr(A*X)",
    ),
    (
        r"\mathrm{d} \log\det X + a",
        "write only the formula",
        r"\log\det X + a",
        {},
        "logdet(X) + a",
    ),
    (r"\left<A x, x\right>", r"\langle x, y \rangle", r"\langle A x, x \rangle", {}, "x'*A*x"),
    (r"w^t x", r"w^\top for the transpose", r"w^\top x", {}, "w'*x"),
    (r"\sigma_t^2 = a x", "leave the left side out", "a x", {}, "a*x"),
    (
        r"\sum_{i,j} f(X_{ij})",
        "declare f: function if",
        "",
        {"f": "function"},
        "f: function; sum(f(X))",
    ),
    (
        r"\mathrm{sim}(z_i, z_j)",
        "declare sim: function(vector(d), vector(d)) -> scalar",
        "",
        {"sim": "function(vector(d), vector(d)) -> scalar"},
        "sim: function(vector(d), vector(d)) -> scalar; sim(z_i, z_j)",
    ),
]


@pytest.mark.parametrize(("formula", "meant", "words"), READ, ids=[row[0] for row in READ])
def test_read(formula: str, meant: str, words: str) -> None:
    found = read_latex(formula)
    assert decide(found, read(meant)).verdict == EQUAL
    notes = [note for note in found.notes if "because its entries" not in note]
    assert any(words in note for note in notes) if words else not notes


@pytest.mark.parametrize(
    ("formula", "words", "written", "kinds", "meant"), HINTS, ids=[row[0] for row in HINTS]
)
def test_hints(formula: str, words: str, written: str, kinds: dict[str, str], meant: str) -> None:
    with pytest.raises(MatcalcError) as caught:
        read_latex(formula)
    assert words in (caught.value.hint or "")
    assert decide(read_latex(written or formula, kinds), read(meant)).verdict == EQUAL
