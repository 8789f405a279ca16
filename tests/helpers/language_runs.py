"""Functions in other languages, run by what is installed, and what the code for NumPy computes."""

from __future__ import annotations

import ctypes
import re
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import which
from typing import Any, NamedTuple

import numpy as np
import pytest
from published import CASES
from written import KINDS, VALUES

import matcalc
from matcalc.core.errors import UnsupportedError
from matcalc.read.frontend import read

needs_octave = pytest.mark.skipif(
    which("octave-cli") is None, reason="Octave is not installed: apt-get install octave"
)
needs_eigen = pytest.mark.skipif(
    which("g++") is None or not Path("/usr/include/eigen3").is_dir(),
    reason="g++ or Eigen is not installed: apt-get install g++ libeigen3-dev",
)


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
    for place, param in enumerate(CASES.cases()[::step]):
        case = param.values[0]
        if case is None:
            continue
        program = read(case["expr"], case["variables"])
        values, sizes = CASES.inputs(case, program)
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


# MATLAB


def literal(value: Any) -> str:
    array = np.asarray(value, dtype=float)
    flat = " ".join(map(repr, array.ravel(order="F").tolist()))
    sizes = [*array.shape, *[1] * (2 - array.ndim)]
    return f"reshape([{flat}], {sizes})"


def octave(folder: Path, runs: Sequence[Run]) -> list[np.ndarray]:
    """What the functions return, column by column, in one process."""
    lines = ["warning('off', 'all');", f"addpath('{folder}');"]
    for run in runs:
        name = run.source.split("(")[0].split()[-1]
        (folder / f"{name}.m").write_text(run.source, encoding="utf-8")
        given = ", ".join(map(literal, run.arguments))
        lines += [
            f"try, r = {name}({given});",
            "printf('%.17g ', r); catch e, printf('%s', strrep(e.message, char(10), ' '));",
            "end; printf('\\n');",
        ]
    (folder / "all_of_them.m").write_text("\n".join(lines), encoding="utf-8")
    ran = subprocess.run(
        ["octave-cli", "--norc", "--quiet", "--no-history", str(folder / "all_of_them.m")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert not ran.stderr, ran.stderr
    return [numbers(line) for line in ran.stdout.splitlines()]


# C++


def eigen_literal(value: Any) -> str:
    array = np.asarray(value, dtype=float)
    if not array.ndim:
        return f"double({array})"
    if np.asarray(value).dtype.kind == "i":
        return f"std::vector<int>{{{', '.join(map(str, np.asarray(value)))}}}"
    kind = {1: "Eigen::VectorXd", 2: "Eigen::MatrixXd"}.get(array.ndim)
    flat = ", ".join(map(repr, array.ravel(order="F").tolist()))
    sizes = ", ".join(map(str, array.shape))
    if kind is None:
        kind = f"Eigen::Tensor<double, {array.ndim}>"
        return f"filled({kind}({sizes}), {{{flat}}})"
    return f"filled({kind}({sizes}), {{{flat}}})"


MAIN = """
#include <cstdio>
#include <initializer_list>
#include <exception>
#include <vector>
template <typename A> A filled(A x, std::initializer_list<double> entries)
{
    std::copy(entries.begin(), entries.end(), x.data());
    return x;
}
inline void show(double x) { std::printf("%.17g ", x); }
template <typename A> void show(const A& x)
{
    for (Eigen::Index k = 0; k < x.size(); ++k) std::printf("%.17g ", x.data()[k]);
}
int main()
{
"""


def eigen(folder: Path, runs: Sequence[Run]) -> list[np.ndarray]:
    """What the functions return, column by column, in one program."""
    heads, lines = [], []
    for run in runs:
        found = re.search(r"(\w+)\([^()]*\)\s*\{\s*using namespace (\w+)_parts", run.source)
        assert found is not None
        name = found[2]
        (folder / f"{name}.hpp").write_text(run.source, encoding="utf-8")
        heads.append(f'#include "{name}.hpp"')
        given = ", ".join(
            str(each) if isinstance(each, int) else eigen_literal(each) for each in run.arguments
        )
        lines.append(
            f"    try {{ show({name}<double>({given})); }} catch (const std::exception& e) "
            '{ std::printf("%s", e.what()); }\n    std::printf("\\n");'
        )
    text = "\n".join([*heads, MAIN, *lines, "}"])
    (folder / "main.cpp").write_text(text, encoding="utf-8")
    made = subprocess.run(
        ["g++", "-std=c++17", "-O0", "-Wall", "-Wextra", "-I/usr/include/eigen3", "main.cpp"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert made.returncode == 0, made.stderr[:3000]
    ran = subprocess.run(
        [str(folder / "a.out")], capture_output=True, text=True, check=True, cwd=folder
    )
    return [numbers(line) for line in ran.stdout.splitlines()]


def numbers(line: str) -> np.ndarray:
    try:
        return np.array([float(word) for word in line.split()])
    except ValueError:
        return np.array([line], dtype=object).astype(str)


# C

needs_cc = pytest.mark.skipif(
    which("cc") is None, reason="no C compiler is installed: apt-get install gcc"
)
_STRICT = ["-std=c99", "-O1", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-fPIC", "-shared"]
_POINTER = ctypes.POINTER(ctypes.c_double)


def built(folder: Path, sources: Sequence[str]) -> ctypes.CDLL:
    """All functions in one library."""
    names = [f"part{place}.c" for place in range(len(sources))]
    for name, source in zip(names, sources, strict=True):
        (folder / name).write_text(source, encoding="utf-8")
    made = subprocess.run(
        ["cc", *_STRICT, *names, "-o", "all.so", "-lm"],
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
    )
    assert made.returncode == 0, made.stderr[:3000]
    return ctypes.CDLL(str(folder / "all.so"))


def parameters(source: str) -> tuple[str, list[tuple[str, str]]]:
    """The name of the function, and the type and name of each parameter."""
    head = re.search(r"(?ms)^int (\w+)\((.*?)\)\n\{", source)
    assert head is not None, source
    given = [re.fullmatch(r"(.*?)(\w+)", text.strip()) for text in head[2].split(",")]
    return head[1], [(each[1].strip(), each[2]) for each in given if each]


def called(
    library: ctypes.CDLL, source: str, values: dict[str, Any], results: Sequence[np.ndarray]
) -> int:
    """What the function returns; it writes the results."""
    name, heads = parameters(source)
    function = getattr(library, name)
    left = list(results)
    kept, arguments = [], []
    for kind, parameter in heads:
        value = values.get(parameter, values.get(parameter.rstrip("_")))
        if kind == "double *restrict":
            arguments.append(left.pop(0).ctypes.data_as(_POINTER))
        elif kind == "const double *":
            kept.append(np.ascontiguousarray(value, dtype=float))
            arguments.append(kept[-1].ctypes.data_as(_POINTER))
        elif kind == "const ptrdiff_t *":
            kept.append(np.ascontiguousarray(value, dtype=np.intp))
            arguments.append(ctypes.c_void_p(kept[-1].ctypes.data))
        elif kind == "double":
            arguments.append(ctypes.c_double(value))
        else:
            assert kind == "ptrdiff_t", (kind, parameter)
            arguments.append(ctypes.c_ssize_t(int(value)))
    return int(function(*arguments))


# Julia

# of Base and LinearAlgebra, and the arguments of helpers that are functions
BASE = """
abs acos acosh any argmax ArgumentError asin asinh atan atanh axes besselj cbrt cholesky clamp
Colon cond copy cos cosh cot cross csc cumsum det diag Diagonal digamma DimensionMismatch dot
dropdims eachcol eachindex eachrow eigen eigvals eigvecs eltype erf erfc erfcx erfinv exp expm1 f
fill filter first float gamma hcat hypot ifelse imag inv isnan iszero kron length log log10 log1p
log2 logabsdet logabsgamma logdet lyap map Matrix max maximum min minimum mod ndims norm ntuple
oftype one ones opnorm permutedims pinv place polygamma prod product promote_type qr real reduce
reshape reverse round sec sign sin sinh size sort sqrt sum svd svdvals sylvester Symmetric T tan
tanh throw tr transpose tril triu typeof vcat vec zero zeros zip"""


def structure(source: str) -> list[str]:
    """What cannot be Julia: calls of what nobody defines, blocks and brackets that do not close."""
    lines = [line for line in source.splitlines() if not line.lstrip().startswith("#")]
    text = re.sub(r'"[^"]*"', '""', "\n".join(lines))
    defined = set(re.findall(r"(?m)^(?:function )?(\w+)\(", text)) | set(BASE.split())
    wrong = [name for name in re.findall(r"(\w+)\.?\(", text) if name not in defined]
    opened = len(re.findall(r"(?m)^\s*(?:function|if|for)\b", text))
    wrong += ["end"] * (opened != len(re.findall(r"(?m)^\s*end$", text)))
    return wrong + [
        pair for pair in ("()", "[]", "{}") if text.count(pair[0]) != text.count(pair[1])
    ]
