"""The code for MATLAB, C++ and Julia computes what the code for NumPy does.

Many functions run in one process: Octave for MATLAB, and a program that g++ compiles. A sample runs
by default, the shared cases and every function under ``slow``, with what takes g++ long; what takes
it minutes needs MATCALC_ALL_CASES=1. Of code for Julia only the structure is checked: no Julia can
be installed here, so it has not been run.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from language_runs import (
    SAMPLE,
    Run,
    compare,
    eigen,
    needs_eigen,
    needs_octave,
    octave,
    of_texts,
    run_of,
    shared,
    some,
    structure,
)
from written import FUNCTIONS, KINDS, MORE, expression

import matcalc
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.functions.frameworks import FRAMEWORK_CALLS
from matcalc.core.functions.languages import LANGUAGE_CALLS
from matcalc.write.printers.eigen import EigenSource
from matcalc.write.printers.julia import JuliaSource
from matcalc.write.printers.language_code import helpers
from matcalc.write.printers.language_source import LanguageSource
from matcalc.write.printers.matlab import MatlabSource

STEP = 1 if os.environ.get("MATCALC_ALL_CASES") else 12
SOURCES: list[type[LanguageSource]] = [MatlabSource, EigenSource, JuliaSource]


LONG = [needs_eigen, pytest.mark.slow]  # decompositions take g++ up to a minute


EVERY = [*map(expression, FUNCTIONS), *MORE]


@needs_octave
def test_matlab_sample(tmp_path: Path) -> None:
    runs = some(of_texts("matlab", SAMPLE))
    compare(runs, octave(tmp_path, runs))


@needs_octave
@pytest.mark.slow
def test_matlab_shared_cases(tmp_path: Path) -> None:
    runs = some(shared("matlab"))
    compare(runs, octave(tmp_path, runs))


@needs_octave
@pytest.mark.slow
def test_matlab_every_function(tmp_path: Path) -> None:
    runs = some(of_texts("matlab", EVERY))
    compare(runs, octave(tmp_path, runs))


@needs_eigen
@pytest.mark.slow
def test_cpp(tmp_path: Path) -> None:
    texts = [*SAMPLE, *EVERY[:: STEP + 5]] if STEP > 1 else [*SAMPLE, *EVERY]
    runs = some(iter([*of_texts("cpp", texts), *shared("cpp", STEP)]))
    for start in range(0, len(runs), 25):  # g++ takes a gigabyte for a hundred
        folder = tmp_path / str(start)
        folder.mkdir()
        part = runs[start : start + 25]
        compare(part, eigen(folder, part))


FACTORED = [
    ("sum(qr_r(B).^3)", "B", "matrix(4, 3)"),
    ("sum(lu_l(B).^3) + sum(lu_u(B).^3)", "B", "matrix(3, 3)"),
    ("logdet(B)", "B", "toeplitz(3)"),
    ("tr(B*B*B)", "B", "hankel(3)"),
    ("sum(exp(B))", "B", "circulant(3)"),
]
POINTS = {
    "matrix(4, 3)": np.vstack([np.eye(3) - 0.2, np.ones((1, 3))]),
    "matrix(3, 3)": np.array([[1.0, 1, 2], [3, 1, 1], [-1, 2, 1]]),
    "toeplitz(3)": np.array([[4.0, 1, 2], [3, 4, 1], [-1, 3, 4]]),
    "hankel(3)": np.array([[1.0, 2, 3], [2, 3, -1], [3, -1, 5]]),
    "circulant(3)": np.array([[1.0, 2, 3], [3, 1, 2], [2, 3, 1]]),
}


@pytest.mark.parametrize(
    ("language", "run"),
    [
        pytest.param("matlab", octave, marks=needs_octave, id="matlab"),
        pytest.param("cpp", eigen, marks=LONG, id="cpp"),
    ],
)
def test_factors_and_matrices_of_few_diagonals(language: str, run: Any, tmp_path: Path) -> None:
    runs = []
    for place, (text, wrt, kind) in enumerate(FACTORED):
        d = matcalc.diff(text, wrt, variables={"B": kind})
        runs.append(run_of(text, d, language, f"factored{place}", {"B": POINTS[kind]}))
    found = some(runs)
    assert len(found) == len(FACTORED)
    compare(found, run(tmp_path, found))


OPEN = [
    ("tr(expm(A)*B)", "matrix(n, n)", 2),
    ("tr(sqrtm(A)*B)", "psd(n)", 2),
    ("sum(tanhm(A).^2)", "matrix(n, n)", 2),
    ("logm(A)*B", "psd(n)", 1),
]


@pytest.mark.parametrize(
    ("language", "run"),
    [
        pytest.param("matlab", octave, marks=needs_octave, id="matlab"),
        pytest.param("cpp", eigen, marks=LONG, id="cpp"),
    ],
)
def test_derivatives_along_all_directions(language: str, run: Any, tmp_path: Path) -> None:
    runs = []
    values = {"A": np.array([[4.0, 1], [1, 3]]), "B": np.array([[1.0, 2], [-1, 0.5]])}
    for place, (text, kind, order) in enumerate(OPEN):
        kinds = {"A": kind, "B": "matrix(n, n)"}
        d = matcalc.diff(text, "A", variables=kinds, order=order)
        runs.append(run_of(text, d, language, f"open{place}", values))
    found = some(iter(runs))
    assert len(found) == len(OPEN)
    compare(found, run(tmp_path, found))


WIDER = [
    "sylvester(X, S, X) + lyapunov(X, S)",
    "eigval(X)*eigright(X) + eigleft(X) + eigval(X, 2)*x",
    "lognormcdf(x) + lognormcdf(10*x - 8)",
    "sum[i,j](norm2(X[i,:] - S[j,:])^3)",
    "sum[i,j](mean(exp(X[i,:] - S[j,:])))*X",
    "sum[i](logsumexp[j,k](X[i,j]*S[j,k]))",
    "X^5*x",
]
MEMBERS = {"W[1]": "matrix(n, n)", "W[2]": "matrix(n, n)", "x": "vector(n)"}


@pytest.mark.parametrize(
    ("language", "run"),
    [
        pytest.param("matlab", octave, marks=needs_octave, id="matlab"),
        pytest.param("cpp", eigen, marks=LONG, id="cpp"),
    ],
)
def test_more_functions_and_members_of_families(language: str, run: Any, tmp_path: Path) -> None:
    runs = some(of_texts(language, WIDER))
    kinds = {"A": "matrix(m, m)", "B": "matrix(n, n)", "C": "matrix(m, n)"}
    d = matcalc.diff("sum(sylvester(A, B, C).^3)", "C", order=2, variables=kinds)
    values = {"A": np.diag([3.0, 2.0]) + 0.2, "B": POINTS["matrix(3, 3)"] + 4 * np.eye(3)}
    values["C"] = np.arange(6.0).reshape(2, 3)
    runs += some(iter([run_of("sylvester", d, language, "of_sylvester", values)]))
    assert len(runs) == len(WIDER) + 1
    d = matcalc.diff("sum(tanh(W[2]*tanh(W[1]*x)))", "x", variables=MEMBERS)
    W, x = [np.eye(3) - 0.2, np.diag([1.0, 2.0, 3.0]) + 0.1], np.array([1.0, 2.0, -1.0])
    source = d.source(language, name="of_members")
    members = [*W[::-1], x]  # in the order of the formula
    runs.append(Run("members", source, members, d.to_callable()(W=W, x=x), {}))
    compare(runs, run(tmp_path, runs))


def test_results_for_members_have_names() -> None:
    g = matcalc.diff("sum(tanh(W[2]*tanh(W[1]*x)))", ["W"], variables=MEMBERS)
    assert re.findall(r"result\.(\w+) =", g.source("matlab")) == ["dW_1", "dW_2"]


# Julia


def julia(texts: Sequence[str], step: int) -> list[Run]:
    return some(iter([*of_texts("julia", texts), *shared("julia", step)]))


def test_julia_structure() -> None:
    assert [
        (run.label, structure(run.source)) for run in julia(SAMPLE, 24) if structure(run.source)
    ] == []


@pytest.mark.slow
def test_julia_is_parsed() -> None:
    grammar = pytest.importorskip("tree_sitter_julia")
    tree_sitter = pytest.importorskip("tree_sitter")
    parser = tree_sitter.Parser(tree_sitter.Language(grammar.language()))
    for run in julia([*SAMPLE, *EVERY], 1):
        assert not structure(run.source), run.label
        assert not parser.parse(run.source.encode()).root_node.has_error, run.source
    assert parser.parse(b"function f(x)\n  return x[\nend").root_node.has_error


def test_julia_takes_special_functions_from_their_package() -> None:
    for text, wanted in (("erf(x) + gelu(x)", True), ("sum(mvlgamma(a, 2)*x)", True), ("x", False)):
        head = matcalc.parse(text, KINDS).source("julia").splitlines()[:2]
        assert ("using SpecialFunctions" in head) == wanted
    assert "gamma_ *" in matcalc.parse("gamma*x", {**KINDS, "gamma": "scalar"}).source("julia")


JULIA = [
    ("X*x + y", "X * x .+ y"),
    ("X.*S - x*y'", "X .* S .- x * y'"),
    ("diag(x)*X", "reshape(x, :, 1) .* X"),
    ("X*diag(x)", "X .* x'"),
    ("[X, x; y', a]", "vcat(hcat(X, reshape(x, :, 1)), hcat(y', a))"),
    ("X[2, 1:2]", "X[2, 1:2]"),
    ("0.5*x/a + 1/3", "(T(0.5) / a) * x .+ T(1 / 3)"),
    ("norm2(x)^2", "dot(x, x)"),
    ("inv(X)*x", "(X \\ x)"),
    ("where(x > y, x, -y)", "ifelse.((x .> y), x, -y)"),
]


@pytest.mark.parametrize(("text", "code"), JULIA)
def test_julia_code(text: str, code: str) -> None:
    source = matcalc.parse(text, KINDS).source("julia")
    assert re.findall(r"(?m)^    return (.*)$", source)[0] == code


def test_a_soft_maximum_over_an_index_is_one_in_cpp() -> None:
    source = matcalc.parse("logsumexp[i](x[i])", KINDS).source("cpp")
    assert "return logsumexp(x);" in source
    assert "variance" not in source


@pytest.mark.filterwarnings("ignore:n is the number that is declared")
def test_single_precision_is_kept_by_types() -> None:
    text, kinds = "0.5*x*n + pi", {"x": "vector(n)", "n": "scalar"}
    assert "T = float(promote_type(" in matcalc.parse(text, kinds).source("julia")
    assert "T(0.5)" in matcalc.parse(text, kinds).source("cpp")


NAMES = [
    (
        "x'*end1 + θ*lambda*sum(x)",
        {"end1": "vector(n)", "θ": "scalar"},
        "(x, end1, theta, lambda_)",
    ),
    ("sum1*if_ + result", {"sum1": "scalar", "if_": "scalar", "result": "scalar"}, ", result_)"),
    ("n*x'*y", {"n": "scalar", "x": "vector(n)", "y": "vector(n)"}, "n_ = size(x, 1);"),
]


@pytest.mark.filterwarnings("ignore:n is the number that is declared")
@pytest.mark.parametrize(("text", "kinds", "part"), NAMES)
def test_names_are_those_that_the_language_allows(
    text: str, kinds: dict[str, str], part: str
) -> None:
    assert part in matcalc.parse(text, kinds).source("matlab")


def test_several_results_have_names() -> None:
    joint = matcalc.compile("logsumexp(A*x)", ["x"], order=2, hvp=True, backend="matlab")
    found = re.findall(r"result\.(\w+) =", joint.source)
    assert found == ["value", "dx", "hessian_x_x", "product_x"]
    with pytest.raises(UnsupportedError, match="MATLAB runs outside Python"):
        joint(A=np.eye(2), x=np.ones(2))


@pytest.mark.parametrize("name", ["sum", "_f", "softmax", "result", "θ"])
def test_names_that_a_function_cannot_have(name: str) -> None:
    with pytest.raises(ArgumentError, match="cannot be the name of a function in MATLAB"):
        matcalc.diff("logsumexp(x)", "x").source("matlab", name=name)


def test_what_is_refused_is_named() -> None:
    with pytest.raises(UnsupportedError, match="C\\+\\+ has no besselj"):
        matcalc.parse("sum(besselj(1, x))", KINDS).source("cpp")


STRIDES = {"x": "vector(2*n)", "y": "vector(n)", "h": "vector(3)", "X": "matrix(n, m)"}
STRIDED = [
    ("sum[i=1:n](x[2*i]^2*y[i])", "x"),
    ("sum[i=1:n-2](tanh(sum[j=1:3](h[j]*y[i+j-1])))", "h"),
    ("sum[i=1:n-2,l](tanh(sum[j=1:3](h[j]*X[i+j-1,l])))", "X"),
]


@pytest.mark.parametrize(
    ("language", "run"),
    [
        pytest.param("matlab", octave, marks=needs_octave, id="matlab"),
        pytest.param("cpp", eigen, marks=needs_eigen, id="cpp"),
    ],
)
def test_entries_at_computed_places(language: str, run: Any, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = {"x": rng.normal(size=10), "y": rng.normal(size=5), "h": rng.normal(size=3)}
    values["X"] = rng.normal(size=(5, 2))
    runs = []
    for place, (text, wrt) in enumerate(STRIDED):
        kinds = {name: kind for name, kind in STRIDES.items() if f"{name}[" in text}
        d = matcalc.diff(text, wrt, variables=kinds)
        runs.append(run_of(text, d, language, f"strided{place}", values))
    found = some(iter(runs))
    assert len(found) == len(STRIDED)
    compare(found, run(tmp_path, found))


def test_every_function_has_a_row() -> None:
    assert set(LANGUAGE_CALLS) >= set(FRAMEWORK_CALLS)
    for name, cells in LANGUAGE_CALLS.items():
        for source in SOURCES:
            cell = cells[source.language.backend]
            if cell[0] == "=":
                wanted = cell[1:] or name.rpartition(".")[2]
                assert wanted in helpers(source.language), (name, source.language.title)
