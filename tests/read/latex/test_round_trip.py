"""What is printed as LaTeX is read back and means the same: expressions, and their derivatives."""

import numpy as np
import pytest
from calls import CALL_KINDS, example_of
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import terms
from sweeps import thinned

import matcalc
from matcalc.core.errors import EvaluationError, MatcalcError
from matcalc.core.operations import FRECHET, OPERATIONS
from matcalc.core.program import Program
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.read.tex.read import read_latex
from matcalc.verify.oracle.compare import agree
from matcalc.verify.readback.latex import latex_says
from matcalc.write.printers.latex import latex
from matcalc.write.printers.sizes import write_known_sizes

common = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


def assert_read_back(program: Program, bold: bool) -> None:
    formula = latex(program.expr, bold=bold)
    again = read_latex(formula, program.variables)
    assert again.expr.shape == program.expr.shape, formula
    try:
        report = agree(program, again)
    except EvaluationError:
        assume(False)  # there is no point where the expression is defined
    assert report.ok, f"{formula}: {report}"


@pytest.mark.slow
@settings(common, max_examples=100)
@given(term=terms(), bold=st.booleans())
def test_expressions(term, bold):
    assert_read_back(read(term.text, term.declarations), bold)


@pytest.mark.slow
@settings(common, max_examples=150)
@given(term=terms(), bold=st.booleans(), data=st.data())
def test_derivatives(term, bold, data):
    program = read(term.text, term.declarations)
    try:
        tree = derive(program, data.draw(st.sampled_from(term.names)))
    except MatcalcError:
        assume(False)
    assume(tree.rank <= 2)
    tree = write_known_sizes(tree, program.variables)  # as Formula.latex does
    assert_read_back(program._replace(expr=tree), bold)


@pytest.mark.parametrize("name", thinned(sorted(OPERATIONS), 4))
def test_every_function(name: str) -> None:
    program = read(example_of(name), CALL_KINDS)
    formula = latex(program.expr)
    again = read_latex(formula, program.variables)
    assert again.expr.shape == program.expr.shape
    assert agree(program, again).ok, formula


@pytest.mark.parametrize(
    ("text", "declarations"),
    [
        pytest.param("sigma*sigmoid(x)", {"sigma": "scalar"}, id="sigma"),
        pytest.param(
            "psi*digamma(p) + psi*polygamma(2, p)", {"psi": "scalar", "p": "positive"}, id="psi"
        ),
        pytest.param("Gamma*gammaln(p)", {"Gamma": "scalar", "p": "positive"}, id="Gamma"),
        pytest.param(
            "Gamma*gamma(p) + mvlgamma(2 + p, 3)",
            {"Gamma": "scalar", "p": "positive"},
            id="Gamma-of-gamma",
        ),
        pytest.param(
            "Phi*normcdf(p) + phi*normpdf(p)",
            {"Phi": "scalar", "phi": "scalar", "p": "positive"},
            id="Phi",
        ),
        pytest.param("J*besselj(2, p)", {"J": "scalar", "p": "positive"}, id="J"),
        pytest.param(
            "H*entropy(x) + D*kl(x, y)",
            {"H": "scalar", "D": "scalar", "x": "vector(n)"},
            id="H-and-D",
        ),
        pytest.param("tr(expm(e*X))^e", {"e": "scalar", "X": "matrix(n, n)"}, id="e"),
        pytest.param("tr(I*eye(n)*X)", {"I": "matrix(n, n)", "X": "matrix(n, n)"}, id="I"),
        pytest.param("x.^T + x*T", {"T": "scalar", "x": "vector(n)"}, id="T"),
        pytest.param(
            "loss*w12*x_i*x_train*theta_1",
            dict.fromkeys(["loss", "w12", "x_i", "x_train"], "scalar"),
            id="names",
        ),
        pytest.param("abs(X) + det(X)*abs(a)", {"X": "matrix(n, n)", "a": "scalar"}, id="bars"),
        pytest.param(
            "f*(a + b) + g*(a)", dict.fromkeys("fgab", "scalar"), id="letters-of-functions"
        ),
        pytest.param(
            "L*frechet_expm(X, Y) + L*frechet_sinm(X, L, Y)",
            dict.fromkeys("LXY", "matrix(n, n)"),
            id="L",
        ),
        pytest.param(
            "frechet_sqrtm(X, Y, X) + frechet_sqrtm(L, X)",
            dict.fromkeys("LXY", "matrix(n, n)"),
            id="L-of-roots",
        ),
        pytest.param("d*x + d*a", {"d": "scalar", "x": "scalar", "a": "scalar"}, id="d"),
    ],
)
@pytest.mark.parametrize("bold", [False, True])
def test_letters_that_mean_something(text: str, declarations: dict[str, str], bold: bool) -> None:
    program = read(text, declarations)
    again = read_latex(latex(program.expr, bold=bold), program.variables)
    assert agree(program, again).ok


@pytest.mark.parametrize(
    "text",
    [
        *(f"{name}(X, Y, X*Y)" for name in FRECHET if name != "frechet_power"),
        *(f"frechet_power(X, {exponent}, Y, X)" for exponent in ("3", "p", "1/2", "-1/2", "p + 1")),
        "frechet_expm(X + Y, X, Y, X')'",
        "frechet_power(X, p, Y)*sqrtm(X)'*sqrtm(X')*X^0.5",
    ],
)
@pytest.mark.parametrize("beside", [{}, {"L": "matrix(n, n)"}])
def test_derivatives_of_functions_of_matrices(text: str, beside: dict[str, str]) -> None:
    program = read(text, {"X": "psd(n)", "Y": "matrix(n, n)", "p": "positive", **beside})
    assert latex_says(latex(program.expr), program.expr, program.variables)


@pytest.mark.parametrize(
    "name",
    [
        "sum",
        "mean",
        "logsumexp",
        "softmax",
        "logsoftmax",
        "amax",
        "norm1",
        "norm2",
        "var",
        "std",
        "prod",
    ],
)
@pytest.mark.parametrize("axis", [1, 2])
def test_functions_of_each_column_or_row(name: str, axis: int) -> None:
    program = read(f"{name}(X, {axis})", {"X": "matrix(m, n)"})
    again = read_latex(f"\\operatorname{{{name}}}(X, {axis})", program.variables)
    assert (again.expr.shape, again.expr.row) == (program.expr.shape, program.expr.row)
    assert agree(program, again).ok


def test_named_parts_of_a_long_formula() -> None:
    text = (
        "t0 = tanh(A*x + x); "
        + "; ".join(f"t{k} = t{k - 1}.*tanh(A*t{k - 1} + x)" for k in range(1, 40))
        + "; sum(t39)"
    )
    program = read(text, {"x": "vector(n)"})
    formula = latex(program.expr)
    assert formula.startswith(r"\begin{aligned}")
    assert agree(program, read_latex(formula, program.variables)).ok


@pytest.mark.parametrize(
    "text", ["tr(kron(eye(k), M))", "sum(kron(eye(k), M))", "x'*ones(n, k)*ones(k)*sum(M)"]
)
def test_sizes_that_no_variable_has(text: str) -> None:
    name = "M" if "M)" in text else "x"
    d = matcalc.diff(text, name, variables={"M": "matrix(n, n)", "x": "vector(n)"})
    again = matcalc.parse_latex(d.latex(), d.variables)
    assert agree(read(str(d), d.variables), read(str(again), again.variables)).ok


def test_a_row_and_a_column_of_a_symmetric_matrix_have_names_of_their_own():
    kinds = {"P": "psd(n)"}
    result = matcalc.diff("inv(P)[1, 2]", "P", order=2, variables=kinds)
    again = matcalc.parse_latex(result.latex(), result.variables)
    P = np.array([[3.0, 1.0, 0.5], [1.0, 2.0, 0.2], [0.5, 0.2, 1.0]])
    values = again.to_callable()(P=P)
    assert np.allclose(values, matcalc.parse(str(result), kinds).to_callable()(P=P))
