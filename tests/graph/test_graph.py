"""Computational graphs: nodes, edges, values and adjoints, and their forms."""

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import matcalc
from matcalc import cli
from matcalc.core.errors import (
    ArgumentError,
    EvaluationError,
    UnknownNameError,
    UnsupportedError,
)

NETWORK = ("norm2(W*tanh(V*x) - y)^2", {"y": "vector(m)"})


def graph_of(expression, wrt=None, variables=(), at=None):
    return matcalc.parse(expression, variables=dict(variables)).graph(wrt, at=at)


def test_nodes_and_parents():
    graph = graph_of(*NETWORK[:1], "V", NETWORK[1]).graph
    shown = [(node.formula, node.parents, node.reverse) for node in graph.nodes]
    assert shown == [
        ("W", (), 0),
        ("V", (), 7),
        ("x", (), 0),
        ("y", (), 0),
        ("x5 = V*x", (2, 3), 6),
        ("x6 = tanh(x5)", (5,), 5),
        ("x7 = W*x6", (1, 6), 4),
        ("x8 = x7 - y", (7, 4), 3),
        ("x9 = norm2(x8)", (8,), 2),
        ("x10 = x9^2", (9,), 1),
    ]
    assert all(parent < node.number for node in graph.nodes for parent in node.parents)


@pytest.mark.parametrize(
    ("expression", "labels"),
    [
        pytest.param("tanh(A*x)", ["diag(1 - x4.^2)", "A"], id="own value"),
        pytest.param("r = A*x; r'*r", ["2*r", "A"], id="the user's name"),
        pytest.param(
            "x1 + x'*x*x1",
            ["x1", "2*x"],
            id="names that are taken",
            # a note says that x1 is read as a vector, which is meant
            marks=pytest.mark.filterwarnings("ignore::matcalc.core.errors.NotationWarning"),
        ),
        pytest.param("-x'*exp(x)", ["-v2", "diag(v2)", "-x"], id="negatives are no nodes"),
    ],
)
def test_local_derivatives(expression, labels):
    graph = graph_of(expression, "x").graph
    found = [edge.label for edge in sorted(graph.edges, key=lambda e: (-e.child, -e.parent))]
    found = [label for label in found if label is not None]
    assert set(labels) <= {label.replace("x2", "v2") for label in found}


# graphs with numbers in, for their adjoints: each against the gradient that is generated and proved
ADJOINTS = [
    ("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"}),
    ("tr(A*X'*B*X*C) + logdet(X*X' + B)", "X", {}),
    ("x'*A*x/(x'*x)", "x", {}),
    ("-y'*log(softmax(W*x + h))", "W", {"y": "vector(m)", "h": "vector(m)"}),
    ("sum(kron(X, x)) + sum(X.^2)", "X", {}),
    ("a^2*sin(a*b)", "a", {}),
    ("r = A*x - y; r'*r/2 + c*sum(abs(x))", "x", {}),
    ("sum(inv(X)*x) - x'*X[:, 1]", "X", {"x": "vector(3)", "X": "matrix(3, 3)"}),
]


@pytest.mark.parametrize(
    ("expression", "wrt", "variables"), [pytest.param(*row, id=row[0]) for row in ADJOINTS]
)
def test_adjoints_are_the_gradient(expression, wrt, variables):
    derivative = matcalc.diff(expression, wrt, variables=variables)
    rng = np.random.default_rng(0)
    sizes = {}
    values = {}
    for name, variable in derivative.variables.items():
        shape = [
            size.integer or sizes.setdefault(str(size), 3 + len(sizes)) for size in variable.shape
        ]
        values[name] = rng.normal(size=shape) if shape else rng.normal()
    graph = derivative.graph(at=values).graph
    node = next(node for node in graph.nodes if node.name == wrt)
    gradient = derivative.to_callable()(
        **{name: values[name] for name in _arguments(derivative, values)}
    )
    np.testing.assert_allclose(node.adjoint, gradient, rtol=1e-8, atol=1e-10)
    value = matcalc.parse(expression, variables=variables).to_callable()
    np.testing.assert_allclose(
        graph.output.value,
        value(**{name: values[name] for name in _arguments(derivative, values)}),
        rtol=1e-10,
    )


def _arguments(derivative, values):
    return [name for name in derivative.variables if name in values]


def test_values_without_a_number_at_the_end_have_no_adjoints():
    graph = graph_of("A*x", "x", at={"A": np.eye(2), "x": [1.0, 2.0]})
    assert graph.graph.output.adjoint is None
    assert "where the output is a number" in str(graph)


def test_text_shows_values_and_adjoints():
    shown = str(graph_of("x'*x", "x", at={"x": [1.0, 2.0]}))
    assert re.search(r"1 +x +input +vector\(n\) +2 +\[1, 2\] +\[2, 4\]", shown)
    assert re.search(r"2 +x2 = x'\*x +1 +number +1 +5 +1", shown) or "v2 = x'*x" in shown


def test_dot_has_every_node_and_edge():
    graph = graph_of(*NETWORK[:1], None, NETWORK[1])
    shown = graph.dot()
    assert shown.startswith("digraph matcalc {")
    assert len(re.findall(r"^  n\d+ \[label", shown, re.M)) == 10
    assert len(re.findall(r"^  n\d+ -> n\d+", shown, re.M)) == len(graph.graph.edges)


def test_mermaid_quotes_what_would_mean_something():
    shown = graph_of("sum((x > 0).*x)", "x").mermaid()
    assert shown.startswith("flowchart TD\n")
    assert "#gt;" in shown
    assert '"' not in re.sub(r'["](?=[\]|(])|(?<=[\[|])["]', "", shown)


def test_svg():
    pytest.importorskip("graphviz", reason="the extra graph is not installed")
    if shutil.which("dot") is None:
        pytest.skip("there is no dot here")
    shown = graph_of(*NETWORK[:1], "V", NETWORK[1]).svg()
    assert "<svg" in shown
    assert "tanh(x5)" in shown


def test_dot_is_accepted_by_graphviz():
    program = shutil.which("dot")
    if program is None:
        pytest.skip("there is no dot here")
    shown = graph_of("sum((x > 0).*x) + x'*A*x", None).dot()
    done = subprocess.run(
        [program, "-Tplain"], input=shown, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_svg_without_the_package_names_the_extra(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "graphviz", None)
    with pytest.raises(UnsupportedError, match="package graphviz is not installed") as problem:
        graph_of("x'*x", "x").svg()
    assert "matcalc-symbolic[graph]" in problem.value.hint


def test_notebooks_show_the_picture_or_the_text(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "graphviz", None)
    graph = graph_of("x'*x", "x")
    for shown in (graph, graph.network()):
        assert shown._repr_svg_() is None
        assert shown._repr_markdown_() == f"```text\n{shown}\n```"


@pytest.mark.parametrize(
    ("at", "error", "said"),
    [
        pytest.param({"x": [1.0]}, EvaluationError, "no value for A", id="missing"),
        pytest.param(
            {"A": np.eye(2), "x": [1.0, 2.0, 3.0]}, EvaluationError, "x", id="another shape"
        ),
    ],
)
def test_values_that_do_not_fit(at, error, said):
    with pytest.raises(error, match=said):
        graph_of("sum(A*x)", "x", at=at)


def test_unknown_variable():
    with pytest.raises(UnknownNameError, match="z is not a variable"):
        graph_of("x'*x", "z")


def test_a_graph_that_nobody_could_read_is_refused():
    with pytest.raises(UnsupportedError, match="more than 300 nodes"):
        graph_of(" + ".join(f"sin({k}*x'*x)" for k in range(2, 150)), "x")


def run(capsys, *words):
    code = cli.main(["graph", *words])
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_command(capsys, tmp_path):
    (tmp_path / "loss.txt").write_text("r = A*x - y; r'*r/2\n", encoding="utf-8")
    (tmp_path / "at.json").write_text(
        json.dumps({"A": [[1, 0], [0, 2]], "x": [1, 1], "y": [0, 0]}), encoding="utf-8"
    )
    np.savez(tmp_path / "at.npz", A=np.diag([1.0, 2.0]), x=np.ones(2), y=np.zeros(2))
    outputs = set()
    for values in ("at.json", "at.npz"):
        code, out, _ = run(
            capsys, str(tmp_path / "loss.txt"), "--wrt", "x", "--at", str(tmp_path / values)
        )
        assert code == 0
        assert "[1, 4]" in out  # A'*(A*x - y)
        outputs.add(out)
    assert len(outputs) == 1
    code, out, _ = run(capsys, "x'*x", "--format", "dot")
    assert out.startswith("digraph")
    code, out, _ = run(capsys, "-x'*x", "--format", "mermaid")
    assert out.startswith("flowchart")


def test_a_file_that_is_none(capsys):
    code, _, said = run(capsys, "no-such-loss.txt")
    assert code == 2
    assert "cannot read no-such-loss.txt: No such file" in said


@pytest.mark.parametrize("content", ["[1, 2]", "{", "no"])
def test_files_of_values_that_are_none(tmp_path, content):
    from matcalc.graph.values import read_values

    (tmp_path / "at.json").write_text(content, encoding="utf-8")
    with pytest.raises(ArgumentError):
        read_values(str(tmp_path / "at.json"))
    with pytest.raises(ArgumentError, match="cannot read values"):
        read_values(str(tmp_path / "none.npz"))


def test_arrays_by_their_entries_have_a_head_and_a_form_of_their_own():
    kernel = "K[i,j] = exp(-norm2(X[i,:] - X[j,:])^2/2); sum(K)"
    graph = graph_of(kernel, "X", {"X": "matrix(n, m)"})
    assert "K[i,j] = exp(-norm2(X[i,:] - X[j,:])^2/2)" in str(graph)
    assert "d K / d X" in str(graph)
    assert "J*d vec(parent)" not in str(graph)  # entries are shown, and no matrix
    assert "J*d vec(parent)" in str(graph_of(*NETWORK[:1], "V", NETWORK[1]))


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("x'*A*y", ["x4 = A'*x", "x5 = x4'*y"]),
        ("-x'*A", ["x3 = A'*(-x)"]),
        ("S: symmetric(n); x'*S*x", ["x3 = S*x", "x4 = x3'*x"]),
        ("(a*x' - y'*B)*z", ["x6 = a*x", "x7 = B'*y", "x8 = x6 - x7", "x9 = x8'*z"]),
        ("exp(x'./y')*(x'*A)'", ["x4 = x./y", "x5 = exp(x4)", "x6 = A'*x", "x7 = x5'*x6"]),
    ],
)
def test_rows_are_shown_as_columns(text, formulas):
    graph = matcalc.parse(text).graph()
    assert [node.formula for node in graph.graph.nodes if node.tree is not None] == formulas
