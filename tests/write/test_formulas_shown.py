"""How answers are set: heads of several derivatives, letters that are names already, names that
the user gave.
"""

import pytest

import matcalc
from matcalc.cli import main
from matcalc.core.errors import MatcalcError, UnknownNameError

pytestmark = pytest.mark.filterwarnings("ignore::matcalc.NotationWarning")

LAYER = "norm2(y - V*h)^2 where h = relu(W*x + b)"


@pytest.mark.parametrize(
    ("expr", "wrt", "variables", "parts"),
    [
        ("norm2(A*x - y)^2", ["A", "x"], {}, [r"\frac{\partial f}{\partial A} &="]),
        ("f'*A*x", ["A", "x"], {"f": "vector(m)"}, [r"\frac{\partial g}{\partial x} &="]),
        ("f*g*tr(F*L)*x'*x", ["f", "x"], {}, [r"\frac{\partial f_{1}}{\partial f} &="]),
        (LAYER, ["W", "V"], {}, [r"h &= \operatorname{relu}(u)", r"2 v h^{\top}"]),
    ],
)
def test_heads_of_several_gradients(expr, wrt, variables, parts):
    formula = matcalc.diff(expr, wrt, variables=variables).latex()
    for part in parts:
        assert part in formula
    assert r"{\partial}" not in formula


def test_bold_heads():
    formula = matcalc.diff("norm2(A*x - y)^2", ["A", "x"]).latex(bold=True)
    assert r"\frac{\partial f}{\partial \mathbf{x}} &=" in formula
    assert r"\partial \mathbf{x} \, \partial \mathbf{z}" in matcalc.hessian(
        "x'*A*z", ["x", "z"]
    ).latex(bold=True)
    assert r"\frac{\partial^2 f}{\partial x^2}" in matcalc.hessian("x'*A*z", ["x", "z"]).latex()


def test_names_of_the_user_are_kept_where_parts_have_names():
    found = matcalc.diff(LAYER, ["W", "V"])
    assert str(found).splitlines()[1:] == [
        "dV = 2*v*h'",
        "where u = W*x + b, h = relu(u), v = V*h - y",
    ]


@pytest.mark.parametrize(
    ("expr", "wrt", "variables", "formula"),
    [
        ("X*X'", "X", {}, r"(I_{n^{2}} + K_{n,n}) (X \otimes I_{n})"),
        ("X'", "X", {"X": "matrix(m, n)"}, "K_{m,n}"),
        ("X*X' + K", "X", {}, r"\operatorname{commutation}(n, n)"),  # K is a variable
        ("X'", "X", {"X": "matrix(2, n)"}, r"\operatorname{commutation}(2, n)"),
        ("sum(log(1 + exp(x))) + sigma^2", "x", {}, r"\operatorname{sigmoid}(x)"),
        ("sum(log(1 + exp(x)))", "x", {}, r"\sigma(x)"),
        ("normp(x, p)^p", "x", {"p": "scalar"}, r"\operatorname{abs}(x)^{\odot p - 1}"),
    ],
)
def test_letters_that_are_names(expr, wrt, variables, formula):
    assert formula in matcalc.diff(expr, wrt, variables=variables).latex()


@pytest.mark.parametrize(
    ("formula", "variables", "text"),
    [
        (r"K_{m,n} \operatorname{vec}(X)", {"X": "matrix(m, n)"}, "commutation(m, n)*vec(X)"),
        (
            r"K_{m n,p} \operatorname{vec}(X)",
            {"X": "matrix(m*n, p)"},
            "commutation(m*n, p)*vec(X)",
        ),
        (r"[K]_{n,n} X", {"X": "matrix(n, n)", "K": "matrix(n, n)"}, "K[n, n]*X"),
    ],
)
def test_the_commutation_matrix_is_read(formula, variables, text):
    assert str(matcalc.parse_latex(formula, variables)) == text


def test_the_commutation_matrix_is_not_read_without_sizes():
    with pytest.raises(MatcalcError, match="an entry of K"):
        matcalc.parse_latex(r"K_{m,n} \operatorname{vec}(X)")


def test_graph_by_several_variables(capsys):
    graph = matcalc.diff(LAYER, ["V", "b"]).graph()
    assert {node.name for node in graph.graph.nodes if node.reverse and node.tree is None} == {
        "V",
        "b",
    }
    assert main(["graph", LAYER, "--wrt", "V,b"]) == 0
    assert capsys.readouterr().out.rstrip() == str(graph)
    sizes = {"n": 2, "m": 3, "p": 4}
    assert "dV are the derivatives of x12 with respect to b, V" in str(graph.modes(sizes))
    assert "D_V[" in str(graph.network())
    with pytest.raises(UnknownNameError, match="q is not a variable"):
        matcalc.parse(LAYER).graph(["V", "q"])


@pytest.mark.parametrize(
    ("formula", "hint", "followed"),
    [
        (r"h_{t-1}^\top x", r"h_{\mathrm{prev}}", r"h_{\mathrm{prev}}^\top x"),
        (r"\|x_{t+1}\|^2", r"x_{\mathrm{next}}", r"\|x_{\mathrm{next}}\|^2"),
        (r"\|x_{t+1} - A x\|^2", r"x_{\mathrm{next}}", r"\|x_{\mathrm{next}} - A x\|^2"),
        (r"x_{n-1}^2 + x_n", r"x_{n-1}^{\odot 2}", None),
    ],
)
def test_letters_with_shifted_subscripts(formula, hint, followed):
    with pytest.raises(MatcalcError) as refused:
        matcalc.parse_latex(formula)
    assert hint in refused.value.hint
    assert "declare" not in refused.value.hint  # no name has a sign in it
    if followed is not None:
        matcalc.parse_latex(followed)
