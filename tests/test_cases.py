"""Every shared case: the value is the published truth, and the printed form no longer than the
published one.
"""

import json
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from judging import tokens
from printing import render

from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "cases"

# cases whose printed form is longer than the published one, each with the reason
SIZED = "a size that the text does not fix is written out, so that the answer can be typed in again"
LONGER = {
    "sympy-two-mu-x": SIZED,
    "sympy-trA-squared": SIZED,
    "sympy-tr-trA-A": SIZED,
    "sympy-trF-minus-1": SIZED,
    "sympy-affine-by-offset": SIZED,
    "sympy-issue-26561": SIZED,
    "sympy-pr-30132-sin-trace": SIZED,
    "tensorgrad-sum-squared-sum": SIZED,
    "classic-matrix-det-lemma": "the published form takes the lemma itself, and inv(A), "
    "which need not exist",
}


def cases():
    lines = (
        (FOLDER / "cases.jsonl").read_text(encoding="utf-8").splitlines() if FOLDER.is_dir() else []
    )
    if not lines:
        return [
            pytest.param(
                None,
                id="absent",
                marks=pytest.mark.skip(reason="shared cases are not beside this checkout"),
            )
        ]
    return [pytest.param(case, id=case["id"]) for case in map(json.loads, lines)]


@cache
def truth():
    with np.load(FOLDER / "truth.npz") as arrays:
        return dict(arrays)


def inputs(case, program):
    """The arrays of a case, and the sizes that they give to the named dimensions."""
    prefix = case["id"] + "/in/"
    values = {
        name.removeprefix(prefix): array
        for name, array in truth().items()
        if name.startswith(prefix)
    }
    axes = [
        pair
        for name, v in program.variables.items()
        for pair in zip(v.shape, values[name].shape, strict=True)
    ]
    return values, {
        axis.names[0]: size for axis, size in axes if axis.scale == len(axis.names) == 1
    }


@pytest.mark.parametrize("case", cases())
def test_value(case):
    program = read(case["expr"], case["variables"])
    values, sizes = inputs(case, program)
    found = interpret(derive(program, case["wrt"], case["order"], structure="free"), values, sizes)
    expected = truth()[case["id"] + "/derivative"]
    assert found.shape == expected.shape
    assert np.max(np.abs(found - expected)) <= 1e-8 * max(1.0, float(np.max(np.abs(expected))))


@pytest.mark.parametrize(
    "case", [param for param in cases() if param.values[0] is None or param.values[0]["expected"]]
)
def test_length(case):
    program = read(case["expr"], case["variables"])
    columns = len(program.variables[case["wrt"]].shape) * case["order"]
    printed = render(
        derive(program, case["wrt"], case["order"], structure="free"), program.variables, columns
    )
    fits = tokens(printed) <= case["expected_size"]
    assert fits != (case["id"] in LONGER), f"{printed}   published: {case['expected']}"
