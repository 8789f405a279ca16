"""The code for C computes what the code for NumPy does, compiled by the C compiler that is there.

Each function is a file of its own, compiled as strictly as C99 can be, and called by its address. A
sample runs by default; the shared cases and every function under ``slow``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from language_runs import (
    SAMPLE,
    Run,
    built,
    called,
    compare,
    needs_cc,
    of_texts,
    parameters,
    run_of,
    shared,
    some,
)
from written import FUNCTIONS, KINDS, MORE, expression

import matcalc
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.functions.languages import LANGUAGE_CALLS
from matcalc.write.printers.c_code import C
from matcalc.write.printers.language_code import helpers


def agree(folder: Path, runs: Sequence[Run]) -> None:
    library = built(folder, [run.source for run in runs])
    found = [np.full(np.shape(run.wanted), np.nan) for run in runs]
    for run, result in zip(runs, found, strict=True):
        assert called(library, run.source, run.values, [result]) == 0
    compare(runs, [result.ravel() for result in found], order="C")


@needs_cc
def test_sample(tmp_path: Path) -> None:
    texts = [
        *SAMPLE,
        "sum[i=1:2,j=1:2](x[i+j-1]*y[j])*X",
        "prodothers(x) + cumsum(x)",
        "tr(inv(X)*S) + nucnorm(X)*lambda_max(S)",
        "det(X[1:2, 1:2])*inv(S[1:2, 1:2])*x[1:2]",
        "toeplitz_projector(n)*vec(X) + circulant_projector(n)*vec(X) + hankel_projector(n)*vec(S)",
    ]
    agree(tmp_path, some(of_texts("c", texts)))


@needs_cc
def test_values_far_away(tmp_path: Path) -> None:
    """Poles and large numbers of both signs, squares that overflow, a chain of five sizes."""
    far = np.array([-1e12, -np.inf, -2.5, 0.0, 1e-3, np.inf, np.nan, -1e12 - 0.5])
    wide = np.array([[1e200, 1e200], [1e-200, 0.0], [np.inf, 2.0], [3.0, 4.0]])
    rng = np.random.default_rng(4)
    shapes = {"A": (2, 9), "B": (9, 3), "C": (3, 8), "D": (8, 2)}
    chain = {name: rng.normal(size=shape) for name, shape in shapes.items()}
    names = dict(zip("mnpqr", (2, 9, 3, 8, 2), strict=True))
    cases = [
        ("digamma(x)", {"x": "vector(n)"}, {"x": far, "n": 8}),
        ("polygamma(3, x)", {"x": "vector(n)"}, {"x": far, "n": 8}),
        ("norm2(X, 2)", {"X": "matrix(m, n)"}, {"X": wide, "m": 4, "n": 2}),
        (
            "A*B*C*D",
            {k: f"matrix({a}, {b})" for k, a, b in zip("ABCD", "mnpq", "npqr", strict=True)},
            chain | names,
        ),
    ]
    formulas = [matcalc.parse(text, kinds) for text, kinds, _ in cases]
    sources = [f.source("c", name=f"far_{k}") for k, f in enumerate(formulas)]
    library = built(tmp_path, sources)
    for formula, source, (_, kinds, values) in zip(formulas, sources, cases, strict=True):
        with np.errstate(all="ignore"):
            wanted = formula.to_callable()(**{name: values[name] for name in kinds})
        result = np.zeros_like(wanted)
        assert called(library, source, values, [result]) == 0
        np.testing.assert_allclose(result, wanted, rtol=1e-9)


@needs_cc
def test_second_minors_of_singular_matrices(tmp_path: Path) -> None:
    """Singular values that are exactly 0 have vectors as well."""
    formula = matcalc.diff("det(C*diag(x))", "x", order=2, variables={"C": "matrix(n, n)"})
    C = np.random.default_rng(0).normal(size=(4, 4))
    runs = []
    for place, x in enumerate(([1.0, 2.0, 3.0, 4.0], [1.0, 2.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0])):
        values = {"C": C, "x": np.array(x), "n": 4}
        runs.append(run_of(str(x), formula, "c", f"minors_{place}", values))
    agree(tmp_path, some(runs))


@needs_cc
@pytest.mark.slow
def test_every_function(tmp_path: Path) -> None:
    agree(tmp_path, some(of_texts("c", [*map(expression, FUNCTIONS), *MORE])))


@needs_cc
@pytest.mark.slow
def test_shared_cases(tmp_path: Path) -> None:
    agree(tmp_path, some(shared("c")))


@needs_cc
def test_several_results_and_a_singular_matrix(tmp_path: Path) -> None:
    joint = matcalc.compile("logsumexp(A*x) + logdet(S)*sum(x)", ["x", "S"],
                            variables={"S": "psd(n)"}, order=2, hvp=True, backend="c")  # fmt: skip
    again = matcalc.compile("logsumexp(A*x) + logdet(S)*sum(x)", ["x", "S"],
                            variables={"S": "psd(n)"}, order=2, hvp=True)  # fmt: skip
    adjugate = matcalc.parse("adj(X)", {"X": "matrix(n, n)"}).source("c", name="adjugate_of")
    library = built(tmp_path, [joint.source, adjugate])
    rng = np.random.default_rng(3)
    half = rng.normal(size=(3, 3))
    values = {"A": rng.normal(size=(4, 3)), "x": rng.normal(size=3), "m": 4, "n": 3, "p": 3}
    values |= {"S": half @ half.T + np.eye(3), "v_x": rng.normal(size=3), "v_S": half + half.T}
    names = [name for kind, name in parameters(joint.source)[1] if kind == "double *restrict"]
    given = [name for kind, name in parameters(joint.source)[1] if kind == "const double *"]
    value, *groups = again(**{name: values[name] for name in given})
    wanted = [value, *(part for group in groups for part in group.values())]
    assert names[:3] == ["value", "dx", "dS"]
    results = [np.full(np.shape(each), np.nan) for each in wanted]
    assert called(library, joint.source, values, results) == 0
    for name, found, right in zip(names, results, wanted, strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-9, atol=1e-9, err_msg=name)
    for rank in range(4):
        X = rng.normal(size=(4, rank)) @ rng.normal(size=(rank, 4))
        found = np.zeros((4, 4))
        called(library, adjugate, {"X": X, "n": 4}, [found])
        minors = [
            [np.linalg.det(np.delete(np.delete(X, j, 0), i, 1)) for j in range(4)] for i in range(4)
        ]
        signs = (-1.0) ** np.add.outer(np.arange(4), np.arange(4))
        np.testing.assert_allclose(found, signs * minors, atol=1e-9)


CODE = [
    ("x'*y", ["t1 += x[i] * y[i];", "*result = t1;"]),
    ("X*x", ["t1 += X[i * n + j] * x[j];", "result[i] = t1;"]),
    ("X'*x", ["result[i] = 0.0;", "result[i] += X[j * n + i] * x[j];"]),
    ("diag(x)*X", ["result[i * n + j] = x[i] * X[i * n + j];"]),
    ("x*y'", ["result[i * n + j] = x[i] * y[j];"]),
    ("X[2, 1:2]", ["result[i] = X[1 * n + i];"]),
    ("where(x > y, x, -y)", ["result[i] = (x[i] > y[i] ? x[i] : -y[i]);"]),
    ("0.5*x/a + 1/3", ["const double t1 = 0.5 / a;", "result[i] = t1 * x[i] + 1.0 / 3.0;"]),
]


@pytest.mark.parametrize(("text", "lines"), CODE, ids=[text for text, _ in CODE])
def test_code(text: str, lines: list[str]) -> None:
    source = matcalc.parse(text, KINDS).source("c")
    assert [line for line in lines if line not in source] == []


REFUSED = [
    ("logm(X)", "C has no logm"),
    ("X^a", "C has no matrix_power of these arguments"),
    ("besselj(2, x)", "C has no besselj"),
    ("expm(X)*x + eigright(X)", "C has no eigright"),
]


@pytest.mark.parametrize(("text", "words"), REFUSED, ids=[text for text, _ in REFUSED])
def test_what_c_cannot_say_is_refused(text: str, words: str) -> None:
    with pytest.raises(UnsupportedError, match=re.escape(words)):
        matcalc.parse(text, KINDS).source("c")


def test_functions_as_arguments() -> None:
    source = matcalc.diff("sum(g(x))", "x", variables={"g": "function"}).source("c")
    assert "double (*" in source
    with pytest.raises(UnsupportedError, match="not functions of arrays"):
        matcalc.diff("g(A*x)", "x", variables={"g": "function(vector(m)) -> scalar"}).source("c")
    with pytest.raises(UnsupportedError, match="C runs outside Python"):
        matcalc.diff("sum(x)", "x").to_callable("c")
    with pytest.raises(ArgumentError, match="cannot be the name of a function in C"):
        matcalc.diff("x'*x", "x").source("c", name="exp")


def test_helpers_are_there() -> None:
    for name, cells in LANGUAGE_CALLS.items():
        if cells["c"][0] == "=":
            assert (cells["c"][1:] or name.rpartition(".")[2]) in helpers(C), name
