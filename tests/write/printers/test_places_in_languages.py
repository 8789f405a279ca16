"""Code for MATLAB, C++ and C with one-hot matrices that are lists of places, against the code for
NumPy. Code for Julia is looked at, not run.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from language_runs import (
    Run,
    built,
    called,
    compare,
    eigen,
    needs_cc,
    needs_eigen,
    needs_octave,
    octave,
    structure,
)
from placed import CASES, SIZES, formula
from placed import arguments as given

FEW = [CASES[k] for k in (1, 4, 7, 11, 16, 18)]


def runs_of(
    language: str, order: int, cases: Sequence[Any], place: Callable[[Any], Any]
) -> list[Run]:
    """The functions, with lists where ``place`` makes an argument of one."""
    runs = []
    for number, case in enumerate(cases):
        found = formula(*case, order)
        _, lists = given(found.variables)
        values = {
            key: place(each) if np.asarray(each).dtype.kind == "i" else each
            for key, each in lists.items()
        }
        source = found.source(language, name=f"placed{order}_{number}")
        arguments = [values[key] for key in found.variables]
        wanted = found.to_callable()(**lists)
        runs.append(Run(case[0], source, arguments, wanted, {**SIZES, **values}))
    return runs


def one_hot(width: int) -> Callable[[Any], Any]:
    return lambda places: np.eye(width)[places]


@needs_octave
@pytest.mark.parametrize("order", [1, 2])
def test_matlab(order: int, tmp_path: Path) -> None:
    runs = runs_of("matlab", order, CASES, lambda places: places + 1)
    compare(runs, octave(tmp_path, runs))


@needs_octave
def test_matlab_takes_matrices(tmp_path: Path) -> None:
    runs = runs_of("matlab", 1, CASES[:2], one_hot(5))
    compare(runs, octave(tmp_path, runs))


@needs_octave
def test_places_that_matlab_has_not(tmp_path: Path) -> None:
    (run,) = runs_of("matlab", 1, CASES[:1], lambda places: places + 1)
    for wrong in ([0.0, 1, 1], [1.5, 1, 1], [6.0, 1, 1], np.full((3, 5), 0.2)):
        s, x = run.arguments
        values = [wrong if each is s else each for each in (s, x)]
        (found,) = octave(tmp_path, [run._replace(arguments=values)])
        assert "a single 1 in each row, or places from 1 to 5" in found[0]


@needs_cc
@pytest.mark.parametrize("order", [1, 2])
def test_c(order: int, tmp_path: Path) -> None:
    runs = runs_of("c", order, CASES, lambda places: places)
    library = built(tmp_path, [run.source for run in runs])
    found = [np.full(np.shape(run.wanted), np.nan) for run in runs]
    for run, result in zip(runs, found, strict=True):
        assert called(library, run.source, run.values, [result]) == 0
    compare(runs, [result.ravel() for result in found], order="C")
    first = next(run for run in runs if run.source.count("const ptrdiff_t *") == 1)
    for wrong in (-1, 5):
        values = {**first.values, "s": np.array([wrong, *first.values["s"][1:]])}
        assert called(library, first.source, values, [np.zeros(np.shape(first.wanted))]) == 3


@needs_eigen
@pytest.mark.slow
def test_cpp(tmp_path: Path) -> None:
    runs = runs_of("cpp", 1, FEW, lambda places: places) + runs_of("cpp", 2, FEW[:2], list)
    compare(runs, eigen(tmp_path, runs))


@needs_eigen
@pytest.mark.slow
def test_cpp_takes_matrices_and_refuses(tmp_path: Path) -> None:
    runs = runs_of("cpp", 1, FEW[:1], one_hot(5))
    compare(runs, eigen(tmp_path, runs))
    runs = runs_of("cpp", 1, FEW[:1], lambda places: places - 1)
    (found,) = eigen(tmp_path, runs)
    assert "expected places from 0 to 4" in found[0]


@needs_eigen
@pytest.mark.slow
def test_numbers_that_are_no_places_do_not_compile(tmp_path: Path) -> None:
    (run,) = runs_of("cpp", 1, CASES[:1], lambda places: places)
    main = "int main() { const Eigen::VectorXd x(7); placed1_0<double>(x, x); }"
    text = f"{run.source}\n{main}\n"
    (tmp_path / "main.cpp").write_text(text, encoding="utf-8")
    made = subprocess.run(
        ["g++", "-std=c++17", "-fsyntax-only", "-I/usr/include/eigen3", "main.cpp"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    assert "places are integers" in made.stderr


def test_julia() -> None:
    for order in (1, 2):
        for run in runs_of("julia", order, CASES, lambda places: places + 1):
            assert not structure(run.source), run.source
    source = formula(*CASES[1], 1).source("julia")
    assert "t1 = X[s, :] .- X[t, :]" in source
    assert "s::AbstractVecOrMat, X::AbstractMatrix, t::AbstractVecOrMat" in source
