"""Graphs of programs with loops that end at names: one step of each, and what leads into it."""

from __future__ import annotations

import json
import re

import numpy as np
import pytest

import matcalc
from matcalc import cli
from matcalc.core.errors import UnknownNameError, UnsupportedError, VerificationError
from matcalc.core.tree import Expr, number
from matcalc.web.answer import answer

NETWORK = "f[0] = x; for k = 1:K; f[k] = tanh(W[k]*f[k-1] + b[k]); end; norm2(y - f[K])^2"
LAYERS = {"W[k]": "matrix(h[k], h[k-1])", "b[k]": "vector(h[k])"}
SUMS = (
    "for i = 1:n; s[i] = 0; for j = 1:n; s[i] += A[i,j]*x[j]; end; end; "
    "t = 0; for i = 1:n; t -= s[i]^2; end; t"
)
SQUARE = {"A": "matrix(n, n)", "x": "vector(n)"}


def graph_of(program, wrt=None, variables=None):
    return matcalc.backprop(program, wrt, variables=variables or {}, verify=False).graph()


@pytest.mark.parametrize(
    ("program", "wrt", "variables", "rows"),
    [
        pytest.param(
            NETWORK,
            ["W", "x"],
            LAYERS,
            [
                "1 x | input | vector(h[0]) | 11",
                "3 f[0] = x | 1 | vector(h[0]) | 10",
                "for k = 1:K",
                "4 W[k] | input | matrix(h[k], h[k-1]) | 9",
                "5 b[k] | input | vector(h[k])",
                "6 f[k-1] | 3 (k = 1), 9 (next k) | vector(h[k-1]) | 8",
                "9 f[k] = tanh(x8) | 8 | vector(h[k]) | 5",
                "end",
                "10 f[K] | 9 (k = K) | vector(h[K]) | 4",
            ],
            id="network",
        ),
        pytest.param(
            SUMS,
            ["A"],
            SQUARE,
            [
                "6 s[i] += x4*x5 | 4, 5, 3 (j = 1), 6 (next j) | number | 6",
                "8 s[i] | 6 (j = n, same i) | number | 5",
                "10 t -= x9 | 9, 7 (i = 1), 10 (next i) | number | 3",
                "11 t | 10 (i = n) | number | 2",
            ],
            id="loops in loops, and behind each other",
        ),
        pytest.param(
            "f[0] = x; f[1] = A*x; for k = 2:K; f[k] = 2*A*f[k-1] - f[k-2]; end; y'*f[K]",
            ["A"],
            {},
            [
                "5 f[1] = A*x | 2, 1 | vector(n) | 8",
                "7 f[k-2] | 4 (k = 2), 5 (k = 3), 10 (2 steps of k later) | vector(n) | 6",
            ],
            id="two steps back",
        ),
        pytest.param(
            "for k = 1:K; d = A*x[k]; f[k] = d.*d; end; g[1] = f[K]; "
            "for k = 2:K; g[k] = f[K-k+1] + g[k-1]; end; sum(g[K])",
            ["A"],
            {"A": "matrix(n, n)"},
            ["3 d[k] = A*x[k] | 1, 2 | vector(n) | 9", "7 f[K+1-k] | 4 | vector(n) | 5"],
            id="names of a loop",
        ),
    ],
)
def test_nodes_with_their_parents_in_other_steps(program, wrt, variables, rows):
    found = [
        re.sub(r"^(\d+) \|", r"\1", " | ".join(re.split(r"\s{2,}", line.strip())))
        for line in str(graph_of(program, wrt, variables)).splitlines()
    ]
    assert [row for row in rows if row not in found] == []


def test_local_derivatives_are_proved_and_in_the_text():
    graph = graph_of(NETWORK, None, LAYERS)
    said = str(graph)
    for line in ("d f[k] / d x8      =  diag(1 - f[k].^2)", "d x7 / d f[k-1]    =  W[k]"):
        assert line in said
    assert all(edge.label for edge in graph.graph.edges if edge.step is None)
    assert {edge.step for edge in graph.graph.edges} == {None, "k = 1", "next k", "k = K"}


def test_a_wrong_local_derivative_is_refused(monkeypatch):
    from matcalc.graph import build

    right = build.differentiate
    monkeypatch.setattr(build, "differentiate", lambda asked: Expr("*", (number(2), right(asked))))
    with pytest.raises(VerificationError):
        graph_of("s = 0; for k = 1:K; s += exp(a*k); end; s", ["a"], {"a": "scalar"})


def test_pictures_have_a_frame_for_each_loop():
    graph = graph_of(SUMS, ["A"], SQUARE)
    dot, mermaid, drawn = graph.dot(), graph.mermaid(), graph.picture()
    assert dot.count("subgraph cluster") == mermaid.count("subgraph") == len(drawn["loops"]) == 3
    assert dot.count("{") == dot.count("}")
    assert 'n6 -> n6 [label=" next j ", style=dashed, constraint=false];' in dot
    assert 'n3 -.->|"j = 1"| n6' in mermaid
    assert [(each["says"], each["inside"]) for each in drawn["loops"]] == [
        ("for i = 1:n", ""),
        ("for j = 1:n", "loop1"),
        ("for i = 1:n", ""),
    ]
    assert [each["inside"] for each in drawn["nodes"]][:6] == ["", "", "loop1", *["loop2"] * 3]


def test_a_family_in_a_program_that_is_written_out():
    program = NETWORK.replace("K", "2")
    graph = matcalc.parse(program, variables=LAYERS).graph("W")
    moving = [node.name for node in graph.graph.nodes if node.reverse and node.is_input]
    assert moving == ["W[1]", "W[2]"]


@pytest.mark.parametrize(
    ("do", "said"),
    [
        (lambda graph: graph.modes(), "are not counted"),
        (lambda graph: graph.network(), "is not a tensor network"),
    ],
)
def test_what_a_loop_has_not(do, said):
    with pytest.raises(UnsupportedError, match=said):
        do(graph_of(NETWORK, None, LAYERS))


def test_command(capsys):
    declared = [word for name, kind in LAYERS.items() for word in ("--var", f"{name}: {kind}")]
    assert cli.main(["graph", NETWORK, "--wrt", "W", *declared]) == 0
    assert "3 (k = 1), 9 (next k)" in capsys.readouterr().out
    assert cli.main(["graph", NETWORK, "--wrt", "V", *declared]) == 2
    assert "its variables are x, W, b, y" in capsys.readouterr().err
    for option in (["--mode", "reverse"], ["--network"]):
        assert cli.main(["graph", NETWORK, *declared, *option]) == 2
        assert "hint: " in capsys.readouterr().err


def test_unknown_variable():
    with pytest.raises(UnknownNameError):
        matcalc.backprop(NETWORK, variables=LAYERS, verify=False).graph("V")


def test_the_page_and_assistants_get_them():
    asked = {"expression": NETWORK, "variables": LAYERS}
    found = answer({**asked, "op": "diff", "wrt": "W[k]"})
    assert found["ok"] and found["verification"]["kind"] == "exact"
    assert "dW[k] = u[k]*f[k-1]'" in found["text"] and "db[k]" not in found["text"]
    assert found["code"].startswith("import numpy") and r"\text{for }" in found["latex"]
    every = answer({**asked, "op": "diff"})
    assert every["wrt"] == "all" and "dx = df[0]" in every["text"]
    again = answer({**asked, "op": "graph", "variables": every["variables"], "wrt": "all"})
    assert again["ok"] and again["picture"]["loops"]
    network = answer({**asked, "op": "graph", "picture": "network"})
    assert "is not a tensor network" in network["error"]["message"]
    for refused in ({"op": "steps"}, {"op": "diff", "order": 2}, {"layout": "numerator"}):
        assert answer({**asked, **refused})["error"]["kind"] == "SymbolicLoopError"


@pytest.mark.parametrize("form", ["json", "npz"])
def test_values_write_a_loop_out(tmp_path, capsys, form):
    text = "f[0] = x; for k = 1:K; f[k] = W[k]*f[k-1]; end; sum(f[K])/K"
    values = {"K": 2, "x": [1, 2], "W": [[[1, 0], [0, 1]], [[2, 0], [0, 1]]]}
    file = tmp_path / f"at.{form}"
    if form == "npz":
        np.savez(file, **values)
    else:
        file.write_text(json.dumps(values), encoding="utf-8")
    line = ["graph", text, "--var", "W[k]: matrix(n, n)", "--wrt", "x", "--at", str(file)]
    assert cli.main(line) == 0
    x = next(row for row in capsys.readouterr().out.splitlines() if " x  " in row)
    assert "[1, 2]" in x and "[1, 0.5]" in x  # (W[2]*W[1])'*ones/2
    file = tmp_path / "none.json"
    for wrong in ({}, {"K": 1.5}, {"K": 0}, {"K": [1, 2]}):
        file.write_text(json.dumps({**values, "K": None} | wrong), encoding="utf-8")
        assert cli.main([*line[:-1], str(file)]) == 2
        assert "a loop ends at K" in capsys.readouterr().err
    file.write_text(json.dumps({**values, "K": 3}), encoding="utf-8")
    assert cli.main([*line[:-1], str(file)]) == 2
    assert "has the 3 members W[1], W[2], W[3]" in capsys.readouterr().err
