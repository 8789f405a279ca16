"""What formulas mean: LaTeX, the text that it is in the expression language, what was learnt of
undeclared letters.
"""

import pytest
from printing import render

from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex
from matcalc.verify.oracle.compare import agree

READINGS = [
    pytest.param(r"x^\top A x", "x'*A*x", id="quadratic-form"),
    pytest.param(r"x^T A x", "x'*A*x", id="letter-T"),
    pytest.param(r"x^TAx", "x'*A*x", id="T-before-letters"),
    pytest.param(r"x^{T}A x", "x'*A*x", id="T-in-braces"),
    pytest.param(r"x^{\mathsf T} A x", "x'*A*x", id="sans-T"),
    pytest.param(r"x^{\mathrm{T}} A x", "x'*A*x", id="upright-T"),
    pytest.param(r"x^\intercal A x", "x'*A*x", id="intercal"),
    pytest.param(r"x'A x", "x'*A*x", id="prime"),
    pytest.param(r"xᵀA x", "x'*A*x", id="unicode-T"),
    pytest.param(r"$$ x^{\top} \, A \; x $$", "x'*A*x", id="dollars-and-spaces"),
    pytest.param(r"\[ x^\top A x % a comment" + "\n" + r"\]", "x'*A*x", id="comment"),
    pytest.param(r"\left( x + y \right)^\top z", "(x + y)'*z", id="left-right"),
    pytest.param(r"\bigl[ x + y \bigr]^\top \{ x - y \}", "(x + y)'*(x - y)", id="other-brackets"),
    pytest.param(r"\lVert Ax-b\rVert_2^2", "norm2(A*x - b)^2", id="norm"),
    pytest.param(r"\lVert Ax-b\rVert^2_2", "norm2(A*x - b)^2", id="norm-scripts-swapped"),
    pytest.param(r"\|Ax-b\|^2", "norm2(A*x - b)^2", id="norm-bars"),
    pytest.param("‖Ax−b‖²".replace("²", "^2"), "norm2(A*x - b)^2", id="norm-unicode"),
    pytest.param(r"\left\|\frac{x}{a}\right\|_2", "norm2(x/a)", id="norm-that-grows"),
    pytest.param(r"\|X\|_F^2 + \|Y\|_{\mathrm F}", "norm2(X)^2 + norm2(Y)", id="frobenius"),
    pytest.param(r"\|x\|_1 + \|x\|_\infty", "norm1(x) + norminf(x)", id="other-norms"),
    pytest.param(
        r"\frac{1}{2} x^\top x + \tfrac12 y^\top y", "1/2*x'*x + 1/2*y'*y", id="fractions"
    ),
    pytest.param(r"\frac ab + 1/2 + a/b", "a/b + 1/2 + a/b", id="quotients"),
    pytest.param(r"\log\det X", "log(det(X))", id="log-det"),
    pytest.param(r"\log|X| + \log\lvert\det X\rvert", "log(det(X)) + logdet(X)", id="log-bars"),
    pytest.param(r"\ln a + \log_2 b + \log_{10} c", "log(a) + log2(b) + log10(c)", id="logarithms"),
    pytest.param(r"\log\Gamma(a)", "gammaln(a)", id="log-gamma"),
    pytest.param(r"|a| + \lvert b\rvert + |A|", "abs(a) + abs(b) + det(A)", id="bars"),
    pytest.param(
        r"|a| b |c|".replace("|a|", r"\lvert a\rvert"), "abs(a)*b*abs(c)", id="bars-and-product"
    ),
    pytest.param(r"A \odot B + A \circ B", "A.*B + A.*B", id="hadamard"),
    pytest.param(r"x \oslash y", "x./y", id="oslash"),
    pytest.param(r"A x \odot y", "(A*x).*y", id="juxtaposition-first"),
    pytest.param(r"A \otimes B \otimes C", "kron(kron(A, B), C)", id="kron"),
    pytest.param(r"\mathrm{diag}(x) A", "diag(x)*A", id="mathrm"),
    pytest.param(r"\operatorname{tr}(A X^\top B)", "tr(A*X'*B)", id="operatorname"),
    pytest.param(
        r"\text{tr}(A) + \tr(B) + \Tr C", "tr(A) + tr(B) + tr(C)", id="spellings-of-the-trace"
    ),
    pytest.param(r"\operatorname{vec}(X)^\top \vec(Y)", "vec(X)'*vec(Y)", id="vec"),
    pytest.param(r"\mathbf{x}^\top \mathbf A \mathbf{x}", "x'*A*x", id="bold"),
    pytest.param(r"\vec{a}^\top \bm{B} \boldsymbol{\mu}", "a'*B*mu", id="bold-vectors"),
    pytest.param(r"X^{-1} + Y^{-\top} + Z^{-T}", "inv(X) + inv(Y)' + inv(Z)'", id="inverses"),
    pytest.param(r"A^{+} + B^+", "pinv(A) + pinv(B)", id="pseudo-inverse"),
    pytest.param(r"x^{\odot 2} + y^{\circ 2}", "x.^2 + y.^2", id="entrywise-powers"),
    pytest.param(
        r"\sqrt{x^\top x} + \sqrt a + \sqrt[3]{b}", "sqrt(x'*x) + sqrt(a) + cbrt(b)", id="roots"
    ),
    pytest.param(r"e^{-a} + \exp(b)", "exp(-a) + exp(b)", id="exponentials"),
    pytest.param(r"e^{aX}", "expm(a*X)", id="matrix-exponential"),
    pytest.param(r"\sin^2 a + \cos(a)^2", "sin(a)^2 + cos(a)^2", id="power-of-a-function"),
    pytest.param(r"\sin a \cos b", "sin(a)*cos(b)", id="argument-ends-at-a-function"),
    pytest.param(r"\log 2\pi", "log(2*pi)", id="log-two-pi"),
    pytest.param(r"\max(a, 0) + \max\{0, 1 - b\}", "max(a, 0) + max(0, 1 - b)", id="maxima"),
    pytest.param(r"a \cdot b \times c", "a*b*c", id="products"),
    pytest.param(r"x \cdot y", "dot(x, y)", id="dot"),
    pytest.param(r"\langle x, Ay \rangle", "dot(x, A*y)", id="inner"),
    pytest.param(r"\alpha x + \lambda_1 y", "alpha*x + lambda_1*y", id="greek"),
    pytest.param(r"W_1 x_{12} + b_{\mathrm{out}}", "W_1*x_12 + b_out", id="subscripts"),
    pytest.param(r"\hat{y}^\top \tilde{\mathbf x}", "y_hat'*x_tilde", id="accents"),
    pytest.param(r"2\mathit{loss}", "2*loss", id="word"),
    pytest.param(r"\mathbf{1}^\top x + \mathbb{1}_n^\top x", "ones'*x + ones(n)'*x", id="ones"),
    pytest.param(
        r"X + I + \mathbf{I}_n + \mathbf{1}_{n \times n}",
        "X + eye + eye(n) + ones(n, n)",
        id="identity",
    ),
    pytest.param(
        r"\sigma(a) + \psi(b) + \psi^{(1)}(b)",
        "sigmoid(a) + digamma(b) + polygamma(1, b)",
        id="letters-as-functions",
    ),
    pytest.param(r"\sum_{i=1}^n x_i^2 + \sum_i x_i", "sum(x.^2) + sum(x)", id="sum"),
    pytest.param(
        r"\sum\limits_{i} \log(1 + e^{-y_i w_i})", "sum(log(1 + exp(-y.*w)))", id="logistic"
    ),
    pytest.param(r"\sum_{i,j} x_i A_{ij} y_j", "x'*A*y", id="double-sum"),
    pytest.param(r"\sum_{i}\sum_{j} A_{ij} B_{ij}", "dot(A, B)", id="nested-sum"),
    pytest.param(r"\sum_i A_{ii}", "tr(A)", id="trace-as-sum"),
    pytest.param(r"\sum_{i,j} (A_{ij} - u_i v_j)^2", "sum((A - u*v').^2)", id="factorisation"),
    pytest.param(
        r"\sum_{i,j} (u_i + v_j)^2 A_{ij}",
        "sum((u*ones' + ones*v').^2 .* A)",
        id="sum-of-two-indices",
    ),
    pytest.param(r"\sum_{i,j} u_i/v_j", "sum(u)*sum(1./v)", id="quotient-of-two-indices"),
    pytest.param(r"\left[\sum_k A_{ik} B_{kj}\right]_{ij}", "A*B", id="matrix-of-entries"),
    pytest.param(r"\log \sum_{i=1}^n e^{x_i}", "log(sum(exp(x)))", id="function-of-a-sum"),
    pytest.param(
        r"2 a\log \sum_i e^{x_i} + b",
        "2*a*log(sum(exp(x))) + b",
        id="factor-before-a-function-of-a-sum",
    ),
    pytest.param(r"\frac{1}{n} \sum_{i=1}^n (x_i - y_i)^2", "1/n*sum((x - y).^2)", id="mean"),
    pytest.param(r"\sum_k (Ax)_k u_k", "sum((A*x).*u)", id="entry-of-a-product"),
    pytest.param(r"f(x) = x^\top x", "x'*x", id="label"),
    pytest.param(r"\mathcal{L}(W, w) = w^\top W w", "w'*W*w", id="label-with-arguments"),
    pytest.param(r"r &= Ax - y \\ r^\top r", "(A*x - y)'*(A*x - y)", id="definition"),
    pytest.param(
        r"\begin{aligned} t_{1} &= A x \\ & t_{1}^\top t_1 \end{aligned}",
        "(A*x)'*(A*x)",
        id="aligned",
    ),
    pytest.param(r"y - X\beta", "y - X*beta", id="coefficients-are-a-vector"),
    pytest.param(r"c^\top x + d", "c'*x + d", id="transposed-is-a-vector"),
    pytest.param(
        r"(x-\mu)^\top \Sigma^{-1}(x-\mu)", "(x - mu)'*inv(Sigma)*(x - mu)", id="mahalanobis"
    ),
    pytest.param(r"\operatorname{tr}(A) - \frac{n}{2}", "tr(A) - n/2", id="added-to-a-number"),
]


@pytest.mark.parametrize(("formula", "expected"), READINGS)
def test_reading(formula: str, expected: str) -> None:
    """The same variables, and the same value at random points."""
    found = read_latex(formula)
    wanted = read(expected, found.variables)
    assert wanted.variables.keys() == found.variables.keys()
    assert agree(wanted, found).ok


@pytest.mark.parametrize(
    ("formula", "kinds"),
    [
        pytest.param(
            r"Ax - b", "A: matrix(n, m), x: vector(m), b: vector(n)", id="added-to-a-vector"
        ),
        pytest.param(
            r"Ax - 2b", "A: matrix(n, m), x: vector(m), b: vector(n)", id="multiple-added"
        ),
        pytest.param(
            r"y - X\beta", "y: vector(n), X: matrix(n, m), beta: vector(m)", id="coefficients"
        ),
        pytest.param(r"c^\top x + d", "c: vector(n), x: vector(n), d: scalar", id="transposed"),
        pytest.param(
            r"\operatorname{tr}(A) - \frac{n}{2}",
            "A: matrix(m, m), n: scalar",
            id="added-to-a-number",
        ),
        pytest.param(r"\sum_i c_i x_i", "c: vector(n), x: vector(n)", id="entries"),
        pytest.param(r"\sum_{ij} x_{ij}^2", "x: matrix(n, m)", id="two-subscripts"),
        pytest.param(
            r"\mathbf{a}^\top \mathbf{B} \boldsymbol{\mu}",
            "a: vector(n), B: matrix(n, m), mu: vector(m)",
            id="bold",
        ),
        pytest.param(r"\operatorname{diag}(d) x", "d: vector(n), x: vector(n)", id="diag"),
        pytest.param(r"\lVert b \rVert", "b: vector(n)", id="norm"),
        pytest.param(r"\sum_{i=1}^{N} (x_i - c)^2", "x: vector(N), c: scalar", id="limit"),
        pytest.param(r"\langle x, a \rangle", "x: vector(n), a: vector(n)", id="inner"),
    ],
)
def test_kinds(formula: str, kinds: str) -> None:
    variables = read_latex(formula).variables
    assert ", ".join(f"{name}: {variable}" for name, variable in variables.items()) == kinds


@pytest.mark.parametrize(
    ("formula", "declarations", "expected"),
    [
        pytest.param(r"\sigma(a)", {"sigma": "scalar"}, "sigma*a", id="sigma-declared"),
        pytest.param(r"f(a)", {"f": "scalar"}, "f*a", id="letter-declared"),
        pytest.param(r"loss a", {"loss": "scalar"}, "loss*a", id="word-declared"),
        pytest.param(r"X^T", {"T": "scalar", "X": "matrix(n, n)"}, "X^T", id="power-T"),
        pytest.param(r"e^{a}", {"e": "scalar"}, "e^a", id="e-declared"),
        pytest.param(r"I x", {"I": "matrix(m, n)"}, "I*x", id="I-declared"),
        pytest.param(
            r"W_{1}x_1",
            {"W1": "matrix(m, n)", "x1": "vector(n)"},
            "W1*x1",
            id="subscript-of-a-declared-name",
        ),
        pytest.param(r"\alpha x", {"α": "scalar"}, "α*x", id="greek-character"),
        pytest.param(
            r"\mathbf{x}^\top x_1",
            {"x": "vector(n)", "x_1": "vector(n)"},
            "x'*x_1",
            id="bold-declared",
        ),
        pytest.param(
            r"\frac{\operatorname{tr}(A)}{n}",
            {"A": "symmetric(n)"},
            "tr(A)/n",
            id="size-as-a-number",
        ),
        pytest.param(r"\sum_{i=1}^n x_i", {"x": "vector(n)"}, "sum(x)", id="limit-agrees"),
        pytest.param(
            r"x + a", {"x": "vector(n)", "a": "scalar"}, "x + a", id="declared-scalar-is-broadcast"
        ),
    ],
)
def test_declarations(formula: str, declarations: dict[str, str], expected: str) -> None:
    found = read_latex(formula, declarations)
    assert render(found.expr, found.variables) == expected
    assert {
        name: str(variable) for name, variable in found.variables.items() if name in declarations
    } == declarations


@pytest.mark.parametrize(
    ("formula", "asked"),
    [
        pytest.param(r"\frac{\partial}{\partial X} \operatorname{tr}(AX)", ("X", 1), id="before"),
        pytest.param(r"\frac{\partial \operatorname{tr}(AX)}{\partial X}", ("X", 1), id="above"),
        pytest.param(r"\frac{\partial \log\det X}{\partial X}", ("X", 1), id="functions-above"),
        pytest.param(r"\frac{\partial^2}{\partial x^2} x^\top A x", ("x", 2), id="second"),
        pytest.param(
            r"\frac{\partial^2 x^\top A x}{\partial x \partial x^\top}", ("x", 2), id="hessian"
        ),
        pytest.param(r"\frac{d}{dx} x^\top x", ("x", 1), id="d"),
        pytest.param(
            r"\frac{\mathrm{d}}{\mathrm{d}\mathbf x} \mathbf{x}^\top \mathbf{x}",
            ("x", 1),
            id="upright-d",
        ),
        pytest.param(r"\nabla_x \tfrac12 \|x\|^2", ("x", 1), id="nabla"),
        pytest.param(
            r"\nabla_{\beta}^2 \left(\|y - X\beta\|^2 + c\right)", ("beta", 2), id="nabla-second"
        ),
        pytest.param(r"\frac{\partial}{\partial w} \sum_i w_i^2", ("w", 1), id="before-a-sum"),
        pytest.param(r"\nabla_x^2 \log \sum_i e^{x_i}", ("x", 2), id="before-a-function-of-a-sum"),
        pytest.param(r"x^\top x", None, id="none"),
    ],
)
def test_derivative_asked_for(formula: str, asked: tuple[str, int] | None) -> None:
    assert read_latex(formula).asked == asked


@pytest.mark.parametrize(
    ("formula", "part"),
    [
        pytest.param(r"Ax - b", "b is read as a vector, because it is added to Ax", id="vector"),
        pytest.param(r"\sigma(x)", "logistic sigmoid", id="sigma"),
        pytest.param(r"A \circ B", "entry by entry", id="circ"),
        pytest.param(r"\exp(X)", "write e^{X} for the matrix exponential", id="exp-of-a-matrix"),
        pytest.param(r"x \otimes y", "Kronecker product", id="otimes-of-vectors"),
        pytest.param(r"\log 2\pi", "the function of the product", id="log-two-pi"),
    ],
)
def test_note(formula: str, part: str) -> None:
    (note,) = read_latex(formula).notes
    assert part in note


@pytest.mark.parametrize(
    "formula",
    [
        pytest.param("-" * 5_000 + "x", id="signs"),
        pytest.param("{" * 2_500 + "x" + "'}" * 2_500, id="primes"),
        pytest.param("+".join(["x"] * 4_000), id="sum"),
        pytest.param("A" * 4_000, id="product"),
        pytest.param("(" * 2_999 + "x" + ")" * 2_999, id="brackets"),
        pytest.param(r"\sqrt{" * 3_000 + "a" + "}" * 3_000, id="roots"),
    ],
)
def test_deep_and_long_input_is_read(formula: str) -> None:
    assert read_latex(formula).source == formula


@pytest.mark.parametrize(
    ("formula", "text", "variables"),
    [
        pytest.param(
            r"\begin{bmatrix} A & B \\ C & D \end{bmatrix}", "[A, B; C, D]", {}, id="blocks"
        ),
        pytest.param(
            r"\begin{pmatrix} x \\ y \end{pmatrix}^\top M \begin{pmatrix} x \\ y \end{pmatrix}",
            "[x; y]'*M*[x; y]",
            {},
            id="stack",
        ),
        pytest.param(
            r"\begin{bmatrix} A \\ \sqrt{c} I \end{bmatrix} x", "[A; sqrt(c)*eye]*x", {}, id="ridge"
        ),
        pytest.param(r"[X]_{i,j} [x]_2", "X[i, j]*x[2]", {}, id="entries"),
        pytest.param(r"X_{1:k,:} y", "X[1:k, :]*y", {}, id="rows"),
        pytest.param(
            r"\lVert x_{2:n} - x_{1:n-1} \rVert^2",
            "norm2(x[2:n] - x[1:n - 1])^2",
            {"x": "vector(n)"},
            id="differences",
        ),
        pytest.param(r"[I_n]_{:,i}^\top x", "unit(i, n)'*x", {"x": "vector(n)"}, id="unit-vector"),
        pytest.param(
            r"\mathbf{1}_{m+p}^\top x", "sum(x)", {"x": "vector(m + p)"}, id="size-that-is-a-sum"
        ),
        pytest.param(r"\sum_i [A x]_i^2", "norm2(A*x)^2", {}, id="an-index-that-runs"),
        pytest.param(r"\sum_i [x]_i [y]_i", "x'*y", {}, id="letters-with-an-index-that-runs"),
    ],
)
def test_blocks_and_entries(formula: str, text: str, variables: dict[str, str]) -> None:
    program = read(text, variables)
    again = read_latex(formula, program.variables)
    assert again.expr.shape == program.expr.shape
    assert agree(program, again).ok
