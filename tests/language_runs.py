"""Functions in other languages, and what the code for NumPy computes: for tests that run both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from test_cases import cases, inputs
from written import KINDS, VALUES

import matcalc
from matcalc.core.errors import UnsupportedError
from matcalc.read.frontend import read


class Run(NamedTuple):
    """A function in a language, its arguments, and what NumPy computes."""

    label: str
    source: str
    arguments: list[Any]
    wanted: Any
    values: dict[str, Any]  # of all variables and sizes


def named(formula: Any, backend: str, name: str) -> str:
    return formula.source(backend, name=name)  # type: ignore[no-any-return]


def run_of(label: str, formula: Any, backend: str, name: str, values: dict[str, Any]) -> Run | None:
    """None where the language cannot express the function, and says so."""
    try:
        source = named(formula, backend, name)
    except UnsupportedError as refusal:
        assert " has no " in str(refusal), refusal
        return None
    namespace: dict[str, Any] = {}
    exec(formula.source("numpy"), namespace)
    f = namespace["f"]
    names = f.__code__.co_varnames[: f.__code__.co_kwonlyargcount] or tuple(formula.variables)
    given = {key: values[key] for key in names}
    return Run(label, source, list(given.values()), f(**given), values)


def shared(backend: str, step: int = 1) -> Iterator[Run | None]:
    for place, param in enumerate(cases()[::step]):
        case = param.values[0]
        if case is None:
            continue
        program = read(case["expr"], case["variables"])
        values, sizes = inputs(case, program)
        d = matcalc.diff(
            case["expr"],
            case["wrt"],
            variables=case["variables"],
            order=case["order"],
            verify=False,
        )
        yield run_of(case["id"], d, backend, f"case{place}", {**sizes, **values})


def of_texts(backend: str, texts: Sequence[str]) -> Iterator[Run | None]:
    for place, text in enumerate(texts):
        kinds = {**KINDS, "n": "scalar"} if text == "n*a" else KINDS
        parsed = matcalc.parse(text, kinds)
        values = {**VALUES, "theta_1": 0.4, "n": 3.0 if text == "n*a" else 3}
        yield run_of(text, parsed, backend, f"text{place}", values)


def compare(runs: Sequence[Run], found: Sequence[np.ndarray], order: Any = "F") -> None:
    """Every function has the value that it has with NumPy; the entries of arrays in that order."""
    wrong = []
    for run, value in zip(runs, found, strict=True):
        wanted = np.asarray(run.wanted, dtype=float)
        flat = wanted.ravel(order=order)
        scale = max(1.0, float(np.abs(flat).max(initial=0.0)))
        if value.shape != flat.shape or not np.allclose(value, flat, rtol=1e-7, atol=1e-8 * scale):
            wrong.append(f"{run.label}: {value[:6]}, not {flat[:6]}\n{run.source[:2000]}")
    assert not wrong, f"{len(wrong)} of {len(runs)} are wrong:\n" + "\n".join(wrong)


def some(runs: Iterator[Run | None]) -> list[Run]:
    return [run for run in runs if run is not None]


SAMPLE = [
    "[X, x; y', a]",
    "X[1:2, 3] - X[1, 2:3]'",
    "tr(X*diag(x)*X')*x - y./max(x, a)",
    "einsum('ij,jk,kl->il', X, S, X)",
    "sum[i!=j](x[i]*y[j])*a",
    "where(x > y, x, -y) + unit(2, n)",
    "permute(einsum('i,jk->ijk', x, X), 3, 1, 2)",
    "logsumexp(X, 2) + softmax(x) + cof(X)*y + X*S*X*x",
    "reshape(X, 1, n*n)*vec(S)*theta_1",
    "0.1*log(det(X)) + pi - 2/3*a^(-2)",
]
