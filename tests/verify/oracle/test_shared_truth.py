"""The oracle against derivatives that an automatic differentiation library computed."""

import numpy as np
import pytest
from published import CASES
from sweeps import thinned

from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import check
from matcalc.verify.oracle.interpret import extent, interpret
from matcalc.verify.oracle.numeric import numeric_derivative
from matcalc.verify.oracle.sample import sizes_for


def form(case, program):
    """The published closed form as a candidate; sizes that its text alone leaves open follow from
    the shape wanted.
    """
    answer = read(case["expected"], case["variables"]).expr

    def candidate(values, sizes):
        wanted = extent(program.expr.shape, sizes) + np.shape(values[case["wrt"]]) * case["order"]
        open_sizes = {
            axis.names[0]: size
            for axis, size in zip(answer.shape, wanted, strict=True)
            if axis.names
        }
        return interpret(answer, values, open_sizes | sizes)

    return candidate


def sizes_of(program, values):
    """The sizes that the given arrays fix."""
    sizes = next(sizes_for([program.expr], program.variables))
    for name, variable in program.variables.items():
        for axis, size in zip(variable.shape, values[name].shape, strict=True):
            if axis.integer is None and len(axis.names) == 1:
                sizes[axis.names[0]] = size // axis.scale
    return sizes


@pytest.mark.parametrize("case", thinned(CASES.cases(), 6))
def test_the_numeric_derivative_is_the_published_truth(case):
    program = read(case["expr"], case["variables"])
    values = CASES.given(case)
    sizes = sizes_of(program, values)
    found, method = numeric_derivative(
        program.expr, program.variables, case["wrt"], case["order"], values, sizes
    )
    expected = CASES.truth()[case["id"] + "/derivative"]
    assert found.shape == expected.shape
    scale = max(1.0, float(np.max(np.abs(expected))))
    assert np.max(np.abs(found - expected)) <= 1e-8 * scale, method.name


@pytest.mark.parametrize("case", thinned(CASES.cases(lambda case: case["expected"] is not None), 6))
def test_published_forms_pass_and_spoilt_ones_fail(case):
    program = read(case["expr"], case["variables"])
    candidate = form(case, program)
    report = check(DerivativeStatement(program, case["wrt"], case["order"], "free"), candidate)
    assert report.ok, str(report)
    spoilt = check(
        DerivativeStatement(program, case["wrt"], case["order"], "free"),
        lambda v, s: candidate(v, s) * 1.0001 + 1e-6,
    )
    assert not spoilt.ok
