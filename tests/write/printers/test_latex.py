"""LaTeX: exact outputs, all functions, well-formedness, and that it compiles where there is a
LaTeX.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from calls import CALL_KINDS, example_of

import matcalc
from matcalc.core.dims import dim
from matcalc.core.operations import OPERATIONS
from matcalc.core.tree import Expr, eye, fill, number, variable
from matcalc.read.frontend import read
from matcalc.write.printers.latex import latex
from matcalc.write.printers.latex_functions import FUNCTIONS

EXACT = [
    pytest.param("A'", r"A^{\top}", id="transpose"),
    pytest.param("inv(X)", "X^{-1}", id="inverse"),
    pytest.param("inv(X)'", r"X^{-\top}", id="transposed-inverse"),
    pytest.param("inv(X')", r"X^{-\top}", id="inverse-transpose"),
    pytest.param("inv(A + B)'", r"(A + B)^{-\top}", id="transposed-inverse-of-sum"),
    pytest.param("inv(X)^2", r"(X^{-1})^{2}", id="power-of-inverse"),
    pytest.param("(A^2)'", r"(A^{2})^{\top}", id="transposed-power"),
    pytest.param("x''", r"(x^{\top})^{\top}", id="double-transpose"),
    pytest.param("tr(A*B)", r"\operatorname{tr}(A B)", id="trace"),
    pytest.param("det(X)*inv(X)'", r"\det(X) X^{-\top}", id="determinant"),
    pytest.param("logdet(X)", r"\log\lvert\det X\rvert", id="logdet"),
    pytest.param("logdet(A + B)", r"\log\lvert\det(A + B)\rvert", id="logdet-of-sum"),
    pytest.param("logdet(X)^2", r"(\log\lvert\det X\rvert)^{2}", id="logdet-squared"),
    pytest.param("norm2(x)", r"\lVert x \rVert_2", id="norm-of-vector"),
    pytest.param("norm2(X)", r"\lVert X \rVert_F", id="norm-of-matrix"),
    pytest.param("norm1(X)", r"\lVert \mathrm{vec}(X) \rVert_1", id="norm1-of-matrix"),
    pytest.param("norminf(x)", r"\lVert x \rVert_{\infty}", id="norminf"),
    pytest.param("norm2(A*x - b)^2", r"\lVert A x - b \rVert_2^{2}", id="squared-norm"),
    pytest.param("norm2(x/g)", r"\left\lVert \frac{x}{g} \right\rVert_2", id="tall-norm"),
    pytest.param(
        "A'*(A*x - y)/norm2(A*x - y)",
        r"\frac{A^{\top} (A x - y)}{\lVert A x - y \rVert_2}",
        id="quotient",
    ),
    pytest.param("-(A*x)/g", r"-\frac{A x}{g}", id="negative-quotient"),
    pytest.param("(A - B)/2", r"\frac{1}{2} (A - B)", id="half-of-sum"),
    pytest.param("(c + d)/2", r"\frac{c + d}{2}", id="scalar-half"),
    pytest.param("a/b*2", r"\frac{a}{b} \cdot 2", id="number-behind"),
    pytest.param("2*3*x", r"2 \cdot 3 x", id="numbers"),
    pytest.param("2*(1/2)*x", r"2 \cdot \frac{1}{2} x", id="number-before-fraction"),
    pytest.param("(A + A')*x", r"(A + A^{\top}) x", id="sum-times-vector"),
    pytest.param("x'*y*z", r"(x^{\top} y) z", id="inner-product-in-front"),
    pytest.param("A*(x'*y)", r"A (x^{\top} y)", id="inner-product-behind"),
    pytest.param("2*x'*A*x", r"2 x^{\top} A x", id="quadratic-form"),
    pytest.param("-x + y", "-x + y", id="sign-first"),
    pytest.param("x + -y", "x - y", id="plus-negative"),
    pytest.param("x - -y", "x - (-y)", id="minus-negative"),
    pytest.param("x - (y + z)", "x - (y + z)", id="minus-sum"),
    pytest.param("x + (-y + z)", "x - y + z", id="plus-sum-with-sign"),
    pytest.param("A*-x", "A (-x)", id="sign-in-product"),
    pytest.param("-A*x", "-A x", id="sign-of-product"),
    pytest.param("y + -A*x", "y - A x", id="sum-with-signed-product"),
    pytest.param("y'*(-A*x)", r"y^{\top} (-A x)", id="product-with-signed-product"),
    pytest.param("-2*x", "-2 x", id="negative-number"),
    pytest.param("(-2)^2*a", "(-2)^{2} a", id="square-of-negative-number"),
    pytest.param("a^-1", "a^{-1}", id="reciprocal"),
    pytest.param("(a^2)^3", "(a^{2})^{3}", id="power-of-power"),
    pytest.param("a^(2^c)", "a^{2^{c}}", id="power-in-exponent"),
    pytest.param("a^0.5", r"\sqrt{a}", id="half-power"),
    pytest.param("a^(2/3)", r"a^{\frac{2}{3}}", id="quotient-in-exponent"),
    pytest.param("a^1.5", "a^{3/2}", id="fraction-in-exponent"),
    pytest.param("x.^2", r"x^{\odot 2}", id="elementwise-square"),
    pytest.param("(x.^2)'", r"(x^{\odot 2})^{\top}", id="transposed-elementwise-square"),
    pytest.param("x.^0.5", r"x^{\odot 1/2}", id="elementwise-half-power"),
    pytest.param("2.^x", r"2^{\odot x}", id="vector-exponent"),
    pytest.param("sqrt(x)", r"\sqrt{x}", id="root-of-vector"),
    pytest.param("sqrt(X)", r"X^{\odot 1/2}", id="root-of-matrix"),
    pytest.param("cbrt(a)^2", r"\left(\sqrt[3]{a}\right)^{2}", id="cube-root"),
    pytest.param("x.*y.*z", r"x \odot y \odot z", id="hadamard-chain"),
    pytest.param("x.*y./z", r"x \odot y \oslash z", id="hadamard-quotient"),
    pytest.param("x./(y.*z)", r"x \oslash (y \odot z)", id="quotient-by-product"),
    pytest.param("x./y.*z", r"(x \oslash y) \odot z", id="quotient-times"),
    pytest.param("1./x", r"1 \oslash x", id="reciprocals"),
    pytest.param("a: scalar; a.*x", "a x", id="elementwise-with-scalar"),
    pytest.param("(A*x).*y", r"A x \odot y", id="product-inside-hadamard"),
    pytest.param("A*(x.*y)", r"A (x \odot y)", id="hadamard-inside-product"),
    pytest.param("-x.*y", r"(-x) \odot y", id="sign-in-hadamard"),
    pytest.param("kron(B', A)", r"B^{\top} \otimes A", id="kron"),
    pytest.param("kron(A, B)*vec(C)", r"(A \otimes B) \mathrm{vec}(C)", id="kron-in-product"),
    pytest.param("kron(A, kron(B, C))", r"A \otimes B \otimes C", id="kron-chain"),
    pytest.param("kron(A.*B, C)", r"(A \odot B) \otimes C", id="kron-of-hadamard"),
    pytest.param("diag(s) - s*s'", r"\mathrm{diag}(s) - s s^{\top}", id="softmax-jacobian"),
    pytest.param("ones(n)", r"\mathbf{1}_{n}", id="ones"),
    pytest.param("ones(n)'*x", r"\mathbf{1}_{n}^{\top} x", id="row-of-ones"),
    pytest.param("X + matrix(1)", r"X + \mathbf{1}_{m \times n}", id="ones-matrix"),
    pytest.param("x + vector(3)", r"x + 3 \mathbf{1}_{n}", id="threes"),
    pytest.param("x - vector(0)", r"x - \mathbf{0}_{n}", id="zeros"),
    pytest.param("2*mu*eye(n)", r"2 \mu I_{n}", id="identity"),
    pytest.param("sigmoid(W1*x)", r"\sigma(W_{1} x)", id="sigmoid"),
    pytest.param("softmax(x)", r"\operatorname{softmax}(x)", id="softmax"),
    pytest.param("exp(-x)", r"\exp(-x)", id="exp"),
    pytest.param("exp(x/g)", r"\exp\left(\frac{x}{g}\right)", id="tall-brackets"),
    pytest.param("expm(t*A)'", r"(e^{t A})^{\top}", id="matrix-exponential"),
    pytest.param("log1p(-a)", r"\log(1 - a)", id="log1p"),
    pytest.param("expm1(a)*b", r"(\exp(a) - 1) b", id="expm1"),
    pytest.param("abs(a)^2", r"\lvert a \rvert^{2}", id="abs"),
    pytest.param("abs(x)'", r"\operatorname{abs}(x)^{\top}", id="abs-of-vector"),
    pytest.param("abs(X)", r"\operatorname{abs}(X)", id="abs-of-matrix"),
    pytest.param(
        "sigma*sigmoid(x)", r"\sigma \operatorname{sigmoid}(x)", id="letter-of-function-taken"
    ),
    pytest.param("pinv(A)'", r"(A^{+})^{\top}", id="pinv"),
    pytest.param("polygamma(2, a)", r"\psi^{(2)}(a)", id="polygamma"),
    pytest.param("besselj(2, a)", "J_{2}(a)", id="besselj"),
    pytest.param("mvlgamma(a, 3)*b", r"\log\Gamma_{3}(a) b", id="mvlgamma"),
    pytest.param("normcdf(a)*normpdf(x)", r"\Phi(a) \varphi(x)", id="normal"),
    pytest.param("Phi*normcdf(a)", r"\Phi \operatorname{normcdf}(a)", id="letter-of-normcdf-taken"),
    pytest.param("erfinv(a)", r"\operatorname{erf}^{-1}(a)", id="erfinv"),
    pytest.param("gamma(a)", r"\Gamma(a)", id="gamma"),
    pytest.param("huber(x, d)", r"\operatorname{huber}(x, d)", id="huber"),
    pytest.param("entropy(x)", r"\mathrm{H}(x)", id="entropy"),
    pytest.param("kl(x, y)", r"D_{\mathrm{KL}}(x \parallel y)", id="kl"),
    pytest.param("normp(x, 3)", r"\lVert x \rVert_{3}", id="p-norm"),
    pytest.param("(x > 0) + (x == y)", r"[x > 0] + [x = y]", id="comparisons"),
    pytest.param("max(x)*amax(X, 2)", r"\max(x) \operatorname{amax}(X, 2)", id="extremes"),
    pytest.param("frechet_expm(X, A)", r"L_{\exp}(X, A)", id="frechet"),
    pytest.param("frechet_expm(X, A, B)", r"L_{\exp}^{(2)}(X, A, B)", id="frechet-second"),
    pytest.param("frechet_power(X, 3, A)", r"L_{(\cdot)^{3}}(X, A)", id="frechet-power"),
    pytest.param("outer(x, y)", r"x y^{\top}", id="outer"),
    pytest.param("dot(x, y)", r"\langle x, y \rangle", id="dot"),
    pytest.param("max(a, b)", r"\max(a, b)", id="max"),
    pytest.param("alpha*Gamma", r"\alpha \Gamma", id="greek"),
    pytest.param("omicron + Alpha", r"o + A", id="greek-like-latin"),
    pytest.param(
        "x_i + x_train + w12 + theta_1",
        r"x_{i} + x_{\mathit{train}} + w_{12} + \theta_{1}",
        id="subscripts",
    ),
    pytest.param("loss*lambda", r"\mathit{loss} \lambda", id="words"),
    pytest.param("pi*a", r"\pi a", id="pi"),
]


KINDS = {
    **dict.fromkeys(["x", "y", "z", "s"], "vector(n)"),
    **dict.fromkeys(["t", "loss", "x_i", "x_train", "w12"], "scalar"),
    **dict.fromkeys(["omicron", "Alpha"], "matrix(n, n)"),
}
SQUARE = ("inv(", "det(", "frechet")


def typed(text: str) -> Expr:
    """The tree, with n the size of the vectors and X square only where it has to be."""
    kinds = {
        **KINDS,
        "X": "matrix(n, n)" if any(word in text for word in SQUARE) else "matrix(m, n)",
    }
    return read(text, kinds).expr


@pytest.mark.parametrize(("text", "expected"), EXACT)
def test_exact(text: str, expected: str) -> None:
    assert latex(typed(text)) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("0.001", "0.001", id="decimal"),
        pytest.param("0.0000012", r"1.2 \cdot 10^{-6}", id="small"),
        pytest.param("1e-9", "10^{-9}", id="power-of-ten"),
        pytest.param("1e30", "10^{30}", id="large"),
        pytest.param("1234567", "1234567", id="integer"),
        pytest.param("0.125", r"\frac{1}{8}", id="fraction"),
        pytest.param("3.14159", "3.14159", id="long-decimal"),
    ],
)
def test_numbers(value: str, expected: str) -> None:
    assert latex(read(value).expr) == expected


BOLD = [
    pytest.param("x'*A*x", r"\mathbf{x}^{\top} \mathbf{A} \mathbf{x}", id="letters"),
    pytest.param("a*W1*x_i", r"a \mathbf{W}_{1} \mathbf{x}_{i}", id="subscripts"),
    pytest.param("eye(n)*Sigma*x", r"\mathbf{I}_{n} \boldsymbol{\Sigma} \mathbf{x}", id="greek"),
]


@pytest.mark.parametrize(("text", "expected"), BOLD)
def test_bold(text: str, expected: str) -> None:
    declarations = {"x": "vector(n)", "x_i": "vector(n)"}
    used = {
        name: kind
        for name, kind in declarations.items()
        if re.search(rf"(?<!\w){name}(?!\w)", text)
    }
    assert latex(read(text, used).expr, bold=True) == expected


N, M = dim("n"), dim("m")
A, B, C = (variable(name, (N, N)) for name in ("A", "B", "W1"))
X, G = variable("x", (N,)), variable("g", ())
A_T = Expr("'", (A,), (N, N))


def einsum(labels: tuple[tuple[int, ...], ...], output: tuple[int, ...], *args: Expr) -> Expr:
    return Expr("einsum", args, (N,) * len(output), value=(labels, output))


KRONECKER = einsum(((5, 7), (6, 8)), (5, 6, 7, 8), A, B)
INDICES = [
    pytest.param(
        einsum(((0, 1), (1, 2)), (0, 2), A, B),
        r"\left[\sum_{k} A_{i k} B_{k j}\right]_{i j}",
        id="matrix",
    ),
    pytest.param(KRONECKER, "A_{i k} B_{j l}", id="kronecker"),
    pytest.param(
        einsum(((0, 1), (1, 1), (1, 2)), (0, 1, 2), A, B, A),
        "A_{i j} B_{j j} A_{j k}",
        id="hyper-index",
    ),
    pytest.param(
        einsum(((1, 0), (1, 2), (1, 3)), (0, 2, 3), A, C, A),
        r"\sum_{l} A_{l i} (W_{1})_{l j} A_{l k}",
        id="subscripted",
    ),
    pytest.param(
        einsum(((0, 1), (1, 2)), (0, 1, 2), A_T, eye(N)),
        r"A_{j i} \delta_{j k}",
        id="transpose-and-delta",
    ),
    pytest.param(einsum(((0, 1), (2,)), (0, 1, 2), A, fill(number(1), (N,))), "A_{i j}", id="ones"),
    pytest.param(einsum(((0, 1), (2,)), (0, 1, 2), A, fill(G, (N,))), "A_{i j} g", id="constant"),
    pytest.param(
        einsum(((0,), (0,), (0,)), (), X, X, X), r"\sum_{i} x_{i} x_{i} x_{i}", id="scalar"
    ),
    pytest.param(
        Expr("*", (G, einsum(((0,), (0,)), (), X, X))),
        r"g \sum_{i} x_{i} x_{i}",
        id="scalar-behind",
    ),
    pytest.param(
        Expr("*", (einsum(((0,),), (), X), G)),
        r"\left(\sum_{i} x_{i}\right) g",
        id="scalar-in-front",
    ),
    pytest.param(Expr("neg", (einsum(((0,),), (), X),)), r"-\sum_{i} x_{i}", id="negative-sum"),
    pytest.param(
        einsum(((0, 1), (2,)), (0, 1, 2), Expr("inv", (A,), (N, N)), X),
        "(A^{-1})_{i j} x_{k}",
        id="compound",
    ),
    pytest.param(
        Expr("-", (Expr("*", (number(2), KRONECKER), KRONECKER.shape), KRONECKER), KRONECKER.shape),
        "2 A_{i k} B_{j l} - A_{i k} B_{j l}",
        id="sum-of-rank-4",
    ),
    pytest.param(
        Expr("frechet_expm", (A,), (N,) * 4, value=1), r"(L_{\exp}(A))_{i j k l}", id="open-slot"
    ),
    pytest.param(
        einsum(((4, 0, 1), (4,)), (0, 1), Expr("fuse", (), (N.times(M), N, M)), X),
        r"\left[\sum_{k} \delta_{k, i + (j - 1) n} x_{k}\right]_{i j}",
        id="fused",
    ),
    pytest.param(
        fill(number(0), (N, M, N)), r"\mathbf{0}_{n \times m \times n}", id="zero-of-rank-3"
    ),
]


@pytest.mark.parametrize(("expr", "expected"), INDICES)
def test_index_notation(expr: Expr, expected: str) -> None:
    assert latex(expr) == expected


def test_every_function_has_a_form() -> None:
    assert FUNCTIONS.keys() == OPERATIONS.keys()


# everything that the printer may write
KNOWN = (
    "top odot oslash otimes operatorname mathrm mathbf mathit boldsymbol lVert rVert "
    "lvert rvert langle rangle frac sqrt "
    "left right log exp sin cos tan sec csc cot sinh cosh tanh max min det arcsin "
    "arccos arctan infty sigma psi Gamma Phi varphi "
    "parallel cdot times sum delta lambda pi"
)


def assert_well_formed(text: str) -> None:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        assert depth >= 0
    assert depth == 0
    assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")
    assert set(re.findall(r"\\([A-Za-z]+)", text)) <= set(KNOWN.split())


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_function_is_well_formed(name: str) -> None:
    assert_well_formed(latex(read(example_of(name), CALL_KINDS).expr))


def test_everything_compiles(tmp_path: Path) -> None:
    if shutil.which("pdflatex") is None:
        pytest.skip("no LaTeX on this machine")
    exact = [latex(typed(case.values[0]), bold=bold) for case in EXACT for bold in (False, True)]
    functions = [latex(read(example_of(name), CALL_KINDS).expr) for name in OPERATIONS]
    formulas = [*exact, *functions, *(latex(case.values[0]) for case in INDICES)]
    lines = [
        r"\documentclass{article}\usepackage{amsmath}\begin{document}",
        *(f"\\[{each}\\]" for each in formulas),
        r"\end{document}",
    ]
    (tmp_path / "all.tex").write_text("\n".join(lines))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "all.tex"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout[-2000:]


@pytest.mark.parametrize(
    "text",
    ["+".join(["x"] * 3000), "-" * 2000 + "x", "*".join(["A"] * 3000)],
    ids=["sum", "signs", "product"],
)
def test_deep_input(text: str) -> None:
    assert (
        latex(
            read(text, {"x": "vector(n)", "A": "matrix(n, n)"} if "x" in text else {}).expr
        ).count("x" if "x" in text else "A")
        > 0
    )


def test_repeated_parts_of_a_long_formula_are_named() -> None:
    text = (
        "t0 = tanh(A*x + x); "
        + "; ".join(f"t{k} = t{k - 1}.*tanh(A*t{k - 1} + x)" for k in range(1, 40))
        + "; sum(t39)"
    )
    lines = latex(read(text, {"x": "vector(n)"}).expr).splitlines()
    assert lines[0] == r"\begin{aligned}"
    assert lines[1] == r"t_{1} &= \tanh(A x + x) \\"
    assert lines[2] == r"t_{2} &= t_{1} \odot \tanh(A t_{1} + x) \\"
    assert lines[-2:] == [
        r"&\operatorname{sum}(t_{39} \odot \tanh(A t_{39} + x))",
        r"\end{aligned}",
    ]
    assert len(lines) == 42


def test_names_of_repeated_parts_are_free() -> None:
    text = "r = tanh(A*t1 + t_2); " + "+".join(["r.*r"] * 30)
    assert r"u &= \tanh(A t_{1} + t_{2})" in latex(
        read(text, {"t1": "vector(n)", "t_2": "vector(n)"}).expr
    )


@pytest.mark.parametrize(
    ("text", "wrt", "variables", "head"),
    [
        (
            "sum[i!=j](q[i]*q[j]/norm2(X[i,:] - X[j,:]))",
            "X",
            {"X": "matrix(n, 3)", "q": "vector(n)"},
            "D_{i k} = ",
        ),
        ("sum(T, 3)", "T", {"T": "tensor(n, m, k)"}, "D_{i j k l p} = "),
        ("sum(T.*D, 3)", "T", {"T": "tensor(n, m, k)", "D": "tensor(n, m, k)"}, "G_{i j k l p} = "),
        ("x'*A*x", "x", {}, "(A"),
    ],
)
def test_entries_begin_with_a_name_that_says_the_order_of_the_axes(
    text: str, wrt: str, variables: dict[str, str], head: str
) -> None:
    assert matcalc.diff(text, wrt, variables=variables).latex().startswith(head)


@pytest.mark.parametrize(("declared", "letter"), [("", "G"), ("G, H", "F")])
def test_arrays_by_entries_with_a_number_in_their_name_have_another_letter(
    declared: str, letter: str
) -> None:
    """K_{1}_{i j} would have two subscripts, which no LaTeX has; the formula is read back."""
    text = "K1[i,j] = exp(-norm2(X[i,:] - X[j,:])^2); y'*K1*y"
    kinds = {"y": "vector(n)", **({declared: "scalar"} if declared else {})}
    lines = matcalc.diff(text, "y", variables=kinds).latex().splitlines()
    assert lines[1].startswith(f"{letter}_{{i j}} &= ")
    assert lines[2] == f"&2 {letter} y"


def test_an_array_by_its_entries_has_another_letter_than_those_defined_before() -> None:
    kinds = {"x": "vector(n)", "D": "diagonal(n)"}
    program = read("K[i,j] = exp(x[i]*x[j]^2); Y[i,j,k] = inv(K)[i,j]*x[k]", kinds)
    arrays = [each for each in program.expr.parts if each.op == "indexed" and each.rank == 2]
    named = {id(each): "t_1" for each in arrays}
    shown = latex(program.expr, named=named, headed=True, declared=kinds)
    lefts = [line.partition(" &= ")[0] for line in shown.split("\n")[1:-1]]
    assert lefts == ["G_{i j}", "H_{i j k}"]
