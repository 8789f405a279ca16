"""Lowered, rewritten, shortened and recovered, an expression keeps its value."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from networks import Bench
from strategies import terms

from matcalc.core.errors import EvaluationError, UnsupportedError
from matcalc.engine.recovery.recover import Recovery
from matcalc.engine.rewriting.engine import Rewriter
from matcalc.engine.rewriting.shorten import Shortener
from matcalc.read.frontend import read
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import find_sizes

pytestmark = pytest.mark.slow  # CI runs it, once

common = settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=120,
    suppress_health_check=list(HealthCheck),
)

STAGES = {
    "recovered": lambda bench, node: node,
    "shortened": lambda bench, node: Shortener(bench.builder).shorten(node),
    "rewritten": lambda bench, node: Rewriter(bench.builder, bench.lowering, final=True).rewrite(
        node
    ),
    "expanded": lambda bench, node: Shortener(bench.builder).expand(node) or node,
    "transposed": lambda bench, node: bench.builder.transpose(node) if node.rank == 2 else node,
}


@pytest.mark.parametrize("stage", STAGES)
@settings(common)
@given(term=terms(4))
def test_value_is_kept(stage, term):
    program = read(term.text, term.declarations)
    bench = Bench()
    try:
        sizes, values = find_sizes([program.expr], program.variables, np.random.default_rng(4))
        node = STAGES[stage](bench, bench.node(term.text))
    except (EvaluationError, UnsupportedError):
        assume(False)  # nowhere smooth, or a division by what is zero everywhere
    found, expected = (
        interpret(Recovery().recover(node), values, sizes),
        interpret(program.expr, values, sizes),
    )
    expected = expected.T if stage == "transposed" else expected
    scale = np.max(np.abs(expected), initial=1.0, where=np.isfinite(expected))
    assume(scale < 1e12)  # beside a pole, where rounding decides
    assert found.shape == expected.shape
    assert np.allclose(found, expected, rtol=0, atol=1e-8 * scale, equal_nan=True), term.text
