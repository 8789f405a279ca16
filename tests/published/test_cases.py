"""Every shared case: the value is the published truth, and the printed form no longer than the
published one.
"""

import numpy as np
import pytest
from judging import tokens
from printing import render
from published import CASES

from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

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


@pytest.mark.parametrize("case", CASES.cases())
def test_value(case):
    program = read(case["expr"], case["variables"])
    values, sizes = CASES.inputs(case, program)
    found = interpret(derive(program, case["wrt"], case["order"], structure="free"), values, sizes)
    expected = CASES.truth()[case["id"] + "/derivative"]
    assert found.shape == expected.shape
    assert np.max(np.abs(found - expected)) <= 1e-8 * max(1.0, float(np.max(np.abs(expected))))


@pytest.mark.parametrize("case", CASES.cases(lambda case: case["expected"]))
def test_length(case):
    program = read(case["expr"], case["variables"])
    columns = len(program.variables[case["wrt"]].shape) * case["order"]
    printed = render(
        derive(program, case["wrt"], case["order"], structure="free"), program.variables, columns
    )
    fits = tokens(printed) <= case["expected_size"]
    assert fits != (case["id"] in LONGER), f"{printed}   published: {case['expected']}"
