"""Tensor networks: what is drawn has the value of the expression and of its derivative."""

from __future__ import annotations

import json
import re
import shutil
import subprocess

import numpy as np
import pytest

import matcalc
from matcalc import cli
from matcalc.core.errors import UnknownNameError, UnsupportedError
from matcalc.graph.picture import TensorNetwork

SIZES = {"n": 2, "m": 3, "p": 4, "q": 5}


def network_of(expression, wrt=None, variables=()):
    return TensorNetwork(matcalc.parse(expression, dict(variables)).program(), wrt)


def _softmax(x):
    return np.exp(x) / np.exp(x).sum()


NAMES = {"tanh": np.tanh, "inv": np.linalg.inv, "exp": np.exp, "softmax": _softmax, "log": np.log}


class Values(dict):
    """The value of each network, from its formula alone: Einstein's notation is einsum."""

    def __init__(self, networks, arrays):
        super().__init__(NAMES | arrays)
        self.networks = {network.name: network for network in networks}

    def __missing__(self, name):
        network = self.networks[name]
        self[name] = sum(_term(term, network.axes, self) for term in network.terms)
        return self[name]


def _term(term, axes, known):
    letters = {index.name: chr(97 + k) for k, index in enumerate(term.indices)}
    inputs, arrays = [], []
    for tensor in term.tensors:
        inputs.append("".join(letters[leg] for leg in tensor.legs))
        shape = [_size(next(i for i in term.indices if i.name == leg)) for leg in tensor.legs]
        arrays.append(_array(tensor.label, shape, known) ** float(tensor.power))
    spec = f"{','.join(inputs)}->{''.join(letters[axis] for axis in axes)}"
    return float(term.coefficient) * np.einsum(spec, *arrays)


def _size(index):
    return index.size.integer or eval(str(index.size), {}, SIZES)


def _array(label, shape, known):
    if label == "ones":
        return np.ones(shape)
    if label == "eye":
        return np.eye(shape[0])
    if label == "vec":  # 1 where the first index is i + j*m
        rows = np.arange(shape[0])[:, None, None]
        return 1.0 * (rows == np.arange(shape[1])[:, None] + shape[1] * np.arange(shape[2]))
    return np.asarray(eval(label, {"__builtins__": {}}, known), dtype=float)


VALUED = [
    ("x'*A*x", "x", {}),
    ("tr(A*X'*B*X*C)", "X", {}),
    ("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"}),
    ("A*X*B", "X", {}),
    ("inv(X)", "X", {}),
    ("softmax(x)", "x", {}),
    ("diag(x)*A*diag(x)", "x", {}),
    ("tr(A.*B) + sum(A)/2", "A", {}),
    ("kron(X, B)", "X", {}),
    ("x'*S*x", "S", {"S": "symmetric(n)"}),
    ("x/norm2(x)", "x", {}),
]


@pytest.mark.parametrize(
    ("expression", "wrt", "variables"), [pytest.param(*row, id=row[0]) for row in VALUED]
)
def test_what_is_drawn_is_the_derivative(expression, wrt, variables):
    parsed = matcalc.parse(expression, dict(variables))
    derivative = parsed.diff(wrt)
    rng = np.random.default_rng(0)
    arrays = {
        name: rng.normal(size=[SIZES[str(size)] for size in each.shape])
        for name, each in parsed.program().variables.items()
    }
    if "symmetric(n)" in dict(variables).values():
        arrays[wrt] = arrays[wrt] + arrays[wrt].T
    known = Values(TensorNetwork(parsed.program(), wrt).networks, arrays)
    value = parsed.to_callable()(**arrays)
    used = {name: arrays[name] for name in derivative.variables}
    slope = derivative.to_callable()(**used)
    np.testing.assert_allclose(known["f"], value, rtol=1e-10)
    np.testing.assert_allclose(known["D"], slope, rtol=1e-9, atol=1e-12)


def test_each_index_has_one_size_in_all_terms():
    for row in VALUED:
        for network in network_of(*row).networks:
            sizes = {}
            for term in network.terms:
                for index in term.indices:
                    assert sizes.setdefault(index.name, index.size) == index.size, str(network)


def test_text():
    assert str(network_of("tr(A*X)", "X")).splitlines() == [
        "f = A[i,j]*X[j,i]  i: n; j: m",
        "",
        "the derivative with respect to X:",
        "D[i,j] = A[j,i]    i: m; j: n",
        "",
        "an index that does not appear on the left is summed over",
    ]
    every = network_of("i'*D*i", None, {"D": "matrix(n, n)"})
    assert [n.remark for n in every.networks if n.remark] == [
        "the derivative with respect to i",
        "the derivative with respect to D",
    ]
    assert "D_i[j]" in str(every)  # i is a variable, so it is not an index


def test_lines_points_and_open_ends():
    (value, slope, *_) = network_of("sum(x.^3)", "x").picture()
    assert [node["role"] for node in value["terms"][0]["nodes"]] == ["tensor", "index"]
    roles = {node["role"] for node in slope["terms"][0]["nodes"]}
    assert roles == {"tensor", "leg"}
    (loop, _) = network_of("tr(A)", "A").picture()
    assert [(edge["from"], edge["to"]) for edge in loop["terms"][0]["edges"]] == [(0, 0)]
    (_, hadamard) = network_of("sum(x.*y.*z)", "x", {"y": "vector(n)", "z": "vector(n)"}).picture()
    assert [node["role"] for node in hadamard["terms"][0]["nodes"]].count("index") == 1


def test_what_is_refused():
    with pytest.raises(UnknownNameError):
        network_of("x'*x", "y")
    with pytest.raises(UnsupportedError, match="more than 300 tensors"):
        network_of(" + ".join(f"sin({k}*x'*x)" for k in range(2, 180)), "x")


def test_dot_is_accepted_by_graphviz():
    program = shutil.which("dot")
    if program is None:
        pytest.skip("there is no dot here")
    shown = network_of("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"}).dot()
    done = subprocess.run(
        [program, "-Tplain"], input=shown, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_command(capsys):
    assert cli.main(["graph", "x'*A*x", "--wrt", "x", "--network"]) == 0
    assert re.search(r"^f = x\[i\]\*x\[j\]\*A\[i,j\]", capsys.readouterr().out)
    assert cli.main(["graph", "x'*A*x", "--network", "--format", "dot"]) == 0
    assert capsys.readouterr().out.startswith("graph matcalc {")
    for wrong in (["--format", "mermaid"], ["--at", "none.json"]):
        assert cli.main(["graph", "x'*x", "--network", *wrong]) == 2
        assert "hint:" in capsys.readouterr().err
    derivative = matcalc.diff("x'*x", "x")
    assert json.dumps(derivative.graph().network().picture())
