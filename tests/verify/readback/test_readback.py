"""What is printed is read back: every wrong text, LaTeX or code is found, and nothing that is right
is refused.
"""

from importlib import import_module

import pytest

import matcalc
from matcalc.core.errors import VerificationError
from matcalc.core.tree import Expr
from matcalc.read.frontend import read
from matcalc.verify.readback.code import code_says, framework_says
from matcalc.verify.readback.latex import latex_says
from matcalc.verify.readback.text import says
from matcalc.write.printers.latex import _RULES as LATEX_RULES
from matcalc.write.printers.latex import latex
from matcalc.write.printers.numpy_code import Source
from matcalc.write.printers.standalone import Standalone

KINDS = {
    "A": "matrix(m, n)",
    "B": "matrix(n, n)",
    "S": "symmetric(n)",
    "x": "vector(n)",
    "y": "vector(n)",
    "z": "vector(m)",
}
KINDS |= {
    "a": "scalar",
    "T": "scalar",
    "tr": "scalar",
    "f": "function(vector(n)) -> scalar",
    "X": "matrix(n, k)",
}


@pytest.mark.parametrize(
    ("meant", "text"),
    [
        pytest.param("2*A'*z", "2*A'*z", id="same"),
        pytest.param("-(a*x)", "-a*x", id="sign-of-a-product"),
        pytest.param("-(A*x/2)", "-A*x/2", id="sign-of-a-quotient"),
        pytest.param("x - 2*y", "x + (-2*y)", id="difference"),
        pytest.param("a*(x*y')", "a*x*y'", id="multiple-of-a-product"),
        pytest.param("(x'*y)*((x'*B*x)*y)", "x'*y*(x'*B*x)*y", id="scalars"),
        pytest.param("0.5*max(x)", "max(x)/2", id="by-value"),
        pytest.param("A*(B*x)", "A*B*x", id="by-value-of-a-product"),
        pytest.param("expm(B)*(B*x)", "expm(B)*B*x", id="by-real-numbers"),
        pytest.param("x.^T", "x.^T", id="power-by-T"),
        pytest.param("f(x)*grad_f(x)", "f(x)*grad_f(x)", id="declared-function"),
        pytest.param("B*x + vector(1)", "B*x + vector(1)", id="constant"),
        pytest.param("M = B*B; M*x + M*y", "M*x + M*y where M = B*B", id="definition"),
        pytest.param(
            "blkdiag(B, zeros(m, m))", "blkdiag(B, zeros(m, m))", id="blocks-between-blocks"
        ),
    ],
)
def test_right_texts(meant, text):
    program = read(meant, KINDS)
    assert says(text, program.expr, program.variables)


@pytest.mark.parametrize(
    ("meant", "text"),
    [
        pytest.param("2*B'*x", "2*B*x", id="transpose"),
        pytest.param("2*B*x", "3*B*x", id="number"),
        pytest.param("-x", "x", id="sign"),
        pytest.param("-(x - y)", "-x - y", id="brackets-of-a-sum"),
        pytest.param("a*(x + y)", "a*x + y", id="brackets-of-a-factor"),
        pytest.param("(x.^2).^3", "x.^2.^3", id="brackets-of-a-power"),
        pytest.param("x.*y", "x + y", id="operator"),
        pytest.param("x - y", "y - x", id="swapped"),
        pytest.param("exp(x)", "expm1(x)", id="function"),
        pytest.param("max(x)", "min(x)", id="extreme"),
        pytest.param("amax(B, 1)", "amax(B, 2)'", id="axis"),
        pytest.param("expm(B)*x", "expm(B')*x", id="numeric"),
        pytest.param("B + matrix(1)", "B + eye", id="constant"),
        pytest.param("x + vector(1)", "x + vector(2)", id="value-of-a-constant"),
        pytest.param("sum(X)*eye(n)", "sum(X)*eye", id="size-that-nothing-fixes"),
        pytest.param("sum(triu(ones(n, k), 1))*B", "sum(triu(matrix(1), 1))*B", id="size-inside"),
        pytest.param("x'", "x", id="row"),
        pytest.param("a*x", "a*x*q", id="another-variable"),
        pytest.param("x", "x +", id="no-text-at-all"),
        pytest.param("M = B*B; M*x + M*y", "M*x + M*y where M = B*B'", id="definition"),
    ],
)
def test_wrong_texts(meant, text):
    program = read(meant, KINDS)
    assert not says(text, program.expr, program.variables)


def test_texts_that_the_parser_refuses_whatever_they_say():
    program = read("x", KINDS)
    assert says(" + ".join(["x"] * 20_000), program.expr, program.variables)
    assert says("(" * 4_000 + "x" + ")" * 4_000, program.expr, program.variables)
    named = read("det(B)*eye(n)", KINDS)
    assert says("det(B)*eye(n)", named.expr, {**named.variables, "det": named.variables["a"]})


@pytest.mark.parametrize(
    ("meant", "formula", "right"),
    [
        pytest.param("2*B'*x", r"2 B^\top x", True, id="same"),
        pytest.param("2*B'*x", r"2 B x", False, id="transpose"),
        pytest.param("2*B'*x", r"2 (x^\top B)^\top", True, id="by-value"),
        pytest.param("2*B'*x", r"2 x^\top B", False, id="row"),
        pytest.param("2*B'*x", r"2 B^{\top x", False, id="no-formula"),
        pytest.param("2*B'*x", r"2 B^\top x q", False, id="another-variable"),
    ],
)
def test_formulas(meant, formula, right):
    program = read(meant, KINDS)
    assert latex_says(formula, program.expr, program.variables) is right


def run(meant: str, change: tuple[str, str]) -> bool:
    program = read(meant, KINDS)
    source = Source(program.expr, program.variables, "f", "")
    text = source.text()
    assert change[0] in text
    return code_says(text.replace(*change), source, program.expr, program.variables)


@pytest.mark.parametrize(
    ("meant", "old", "new"),
    [
        pytest.param("2*B'*x", "B.T @ x", "B @ x", id="transpose"),
        pytest.param("2*B'*x", "2 *", "3 *", id="number"),
        pytest.param("sum(A, 1)", "axis=0", "axis=1", id="axis"),
        pytest.param("norm2(x)^2", "x @ x", "np.sqrt(x @ x)", id="power"),
        pytest.param("norm2(x)^2", ".item()", "* np.ones(1)", id="shape"),
        pytest.param("inv(B)*x", "np.linalg.solve(B, x)", "np.linalg.solve(B)", id="no-code"),
        pytest.param("f(x)*grad_f(x)", "grad_f(x)", "-grad_f(x)", id="declared-function"),
        pytest.param("x + log(x)*0", "return ", "return 1 / 0 + ", id="exception"),
    ],
)
def test_codes(meant, old, new):
    assert run(meant, (old, old))
    assert not run(meant, (old, new))


@pytest.mark.parametrize("text", ["inv(x*y')*x", "v: vector(30000); v*v'", "f(x)*x*n + jac_g(x)*x"])
def test_code_that_is_run_or_cannot_be(text):
    """No point, values too large, and arguments that are no variables."""
    program = read(text, KINDS | {"g": "function(vector(n)) -> vector(n)"})
    source = Source(program.expr, program.variables, "f", "")
    assert code_says(source.text(), source, program.expr, program.variables)


@pytest.mark.parametrize(
    ("place", "wrong", "show"),
    [
        pytest.param("matcalc.write.printers.text._INFIX", " + ", "text", id="text"),
        pytest.param("matcalc.write.printers.latex._RULES", LATEX_RULES["+"], "latex", id="latex"),
    ],
)
def test_a_wrong_printer_shows_nothing(place, wrong, show, monkeypatch):
    module, _, table = place.rpartition(".")
    monkeypatch.setitem(getattr(import_module(module), table), "-", wrong)
    for shown in (matcalc.diff("x'*A*x - y'*x", "x"), matcalc.parse("x - y")):
        with pytest.raises(VerificationError, match="does not mean the result"):
            getattr(shown, show)()
    assert getattr(matcalc.diff("x'*A*x - y'*x", "x", verify=False), show)()


def test_wrong_code_is_not_shown(monkeypatch):
    monkeypatch.setattr(
        "matcalc.write.printers.numpy_emit.number", lambda value: (str(value + 1), 5)
    )
    derivative = matcalc.diff("x'*x", "x")
    with pytest.raises(VerificationError, match="the code of this result"):
        derivative.source()
    assert "3 * x" in matcalc.diff("x'*x", "x", verify=False).source()


def test_names_that_latex_and_the_language_share():
    program = read("B*x", KINDS)
    assert latex_says(latex(program.expr, bold=True), program.expr, program.variables)


def test_a_row_where_a_column_belongs_is_no_text():
    """A judge of values does not see it, so that of texts has to."""
    B, x = (read(name, KINDS).expr for name in ("B", "x"))
    row = Expr("'", (x,), x.shape, row=True)
    product = Expr("*", (B, row), x.shape)
    total = Expr("+", (x, row), x.shape)
    variables = read("B*x", KINDS).variables
    assert not says("B*x'", product, variables)
    assert not says("x + x'", total, variables)


@pytest.mark.parametrize(
    ("backend", "piece", "other"),
    [
        ("array-api", "A.T @ softmax", "A.T @ -softmax"),
        ("array-api", "return A.T", "return B.T"),
        ("array-api", "return A.T @", "return A.T["),
        ("torch", "softmax(A", "softmax[A"),
        ("jax", "softmax(A", "softmax[A"),
    ],
)
def test_code_for_frameworks_is_compiled_and_run(backend, piece, other):
    if backend == "array-api":  # that of the others is compiled and not run
        pytest.importorskip("array_api_compat")
    found = matcalc.diff("logsumexp(A*x)", "x")
    source = Standalone(found._tree, found.variables, "f", "")
    code = found.source(backend)
    assert framework_says(code, source, backend, found._tree, found.variables)
    assert piece in code
    wrong = code.replace(piece, other)
    assert not framework_says(wrong, source, backend, found._tree, found.variables)
