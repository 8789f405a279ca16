"""Every shared model that is in the language: the value is the true one, and the printed form no
longer than the published one where there is one.
"""

import numpy as np
import pytest
from judging import tokens
from printing import render
from published import MODELS

from matcalc.core.errors import MatcalcError
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret

# what is not supported yet, by what a case needs; the first that applies is its reason
MANY = "several variables at a time: test_several.py in tests/answers/derivatives"
DIRECTIONS = "derivatives along directions: tests/answers/derivatives/test_directions.py"
LOOPS = "loops and families: tests/subjects/test_families.py"
# cases whose printed form is longer than the published one, each with the reason
LONGER: dict[str, str] = {}


def reason(case):
    """Why a case is refused, or None."""
    if case["op"] in ("jvp", "vjp", "hvp", "taylor"):
        return DIRECTIONS
    if case["op"] == "hessian" or not isinstance(case["wrt"], str):
        return MANY
    if "for " in case["expr"] or any("[" in name for name in case["vars"]):
        return LOOPS
    return None


def derived(case):
    program = read(case["expr"], case["vars"])
    return program, derive(program, case["wrt"], case["order"], structure="free")


@pytest.mark.parametrize("case", MODELS.cases())
def test_value(case):
    why = reason(case)
    if why in (MANY, DIRECTIONS, LOOPS):  # there is nothing to call
        pytest.skip(why)
    if why is not None:
        with pytest.raises(MatcalcError):
            derived(case)
        return
    program, tree = derived(case)
    values, sizes = MODELS.inputs(case, program)
    assert np.allclose(
        interpret(program.expr, values, sizes), MODELS.truth()[case["id"] + "/value"], rtol=1e-9
    )
    found, expected = interpret(tree, values, sizes), MODELS.truth()[case["id"] + "/truth"]
    assert found.shape == expected.shape
    assert np.max(np.abs(found - expected)) <= 1e-8 * max(1.0, float(np.max(np.abs(expected))))


@pytest.mark.parametrize(
    "case",
    [
        param
        for param in MODELS.cases()
        if param.values[0] is None
        or (param.values[0].get("expected_size") and reason(param.values[0]) is None)
    ],
)
def test_length(case):
    program, tree = derived(case)
    columns = len(program.variables[case["wrt"]].shape) * case["order"]
    printed = render(tree, program.variables, columns)
    fits = tokens(printed) <= case["expected_size"]
    assert fits != (case["id"] in LONGER), f"{printed}   published: {case['expected']}"
