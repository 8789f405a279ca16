"""What every derivative owes its reader, on generated expressions: it is right, its text means it,
and it is always the same.
"""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from printing import render
from strategies import terms

from matcalc.core.errors import EvaluationError, UnsupportedError
from matcalc.core.statement import DerivativeStatement
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.oracle.compare import check
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import find_sizes

pytestmark = pytest.mark.slow  # CI runs it, once

# derandomised: a failure in CI is a failure at home; time limits are no property of a derivative
common = settings(
    deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@st.composite
def problems(draw, depth=3, most=2):
    """A program, one of its variables and an order."""
    term = draw(terms(depth))
    return term, draw(st.sampled_from(term.names)), draw(st.integers(1, most))


def somewhere_smooth(program):
    """Sizes and a point where the expression is defined and smooth; others, like x/0, promise
    nothing.
    """
    try:
        return find_sizes([program.expr], program.variables, np.random.default_rng(3))
    except EvaluationError:
        assume(False)


def printed(term, wrt, order, structure="free"):
    program = read(term.text, term.declarations)
    somewhere_smooth(program)
    tree = derive(program, wrt, order, structure=structure)
    return program, tree, render(tree, program.variables, order * len(program.variables[wrt].shape))


@pytest.mark.parametrize("structure", ["free", "declared"])
@settings(common, max_examples=60)
@given(problem=problems())
def test_derivative_passes_the_oracle(problem, structure):
    term, wrt, order = problem
    program, tree, _ = printed(term, wrt, order, structure)
    assert tree.shape == program.expr.shape + program.variables[wrt].shape * order
    try:
        report = check(
            DerivativeStatement(program, wrt, order, structure),
            lambda values, sizes: interpret(tree, values, sizes),
        )
    except (EvaluationError, UnsupportedError):
        assume(False)  # not smooth where the check looks, or too large to differentiate numerically
    # second differences leave so much of a derivative that is zero
    worst = report.worst
    faint = report.hidden and worst is not None and worst.found == 0 and abs(worst.expected) < 1e-8
    assert report.ok or faint, f"{term!r} by {wrt}: {report}"


@settings(common, max_examples=50)
@given(problem=problems())
def test_text_parses_again_and_means_the_same(problem):
    term, wrt, order = problem
    program, tree, text = printed(term, wrt, order)
    assume(tree.rank <= 2)
    again = read(text, program.variables)
    assert again.expr.shape == tree.shape
    sizes, values = somewhere_smooth(program)
    first, second = interpret(tree, values, sizes), interpret(again.expr, values, sizes)
    scale = np.max(np.abs(first), initial=1.0, where=np.isfinite(first))
    assert np.allclose(first, second, rtol=0, atol=1e-8 * scale, equal_nan=True), (
        f"{term!r} by {wrt}: {text}"
    )


@settings(common, max_examples=50)
@given(problem=problems())
def test_derived_again_it_prints_the_same(problem):
    assert printed(*problem)[2] == printed(*problem)[2]


@settings(common, max_examples=50)
@given(problem=problems(depth=4, most=1))
def test_a_generated_text_means_itself(problem):
    """An expression's own text, read again with the kinds inferred, has the shape and the text that
    it had.
    """
    term, *_ = problem
    program = read(term.text, term.declarations)
    text = render(program.expr, program.variables)
    again = read(text, program.variables)
    assert again.expr.shape == program.expr.shape
    assert render(again.expr, again.variables) == text
