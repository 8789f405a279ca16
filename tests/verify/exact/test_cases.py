"""Over the published cases: nothing is called wrong, nearly all is exact, and what is exact is not
when it is spoilt.
"""

import json
import re
from functools import cache

import numpy as np
import pytest
from published import CASES
from sweeps import thinned

from matcalc.core.operations import PRIMARY
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, number
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read
from matcalc.verify.exact.judge import judge
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import find_sizes

WITHOUT_EXACT_VALUES = tuple(PRIMARY)


@cache
def derived(text):
    case = json.loads(text)
    program = read(case["expr"], case["variables"])
    return program, derive(program, case["wrt"], case["order"], structure="free")


def outcome(case, program, tree):
    return judge(DerivativeStatement(program, case["wrt"], case["order"], "free"), tree).outcome


@pytest.mark.parametrize("case", thinned(CASES.cases(), 4))
def test_exact_or_undecided(case):
    program, tree = derived(json.dumps(case))
    undecided = any(f"{name}(" in case["expr"] for name in WITHOUT_EXACT_VALUES)
    assert outcome(case, program, tree) == ("undecided" if undecided else "exact")


def corruptions(tree):
    """The same with a wrong factor, the wrong sign, transposed, and without each term of a sum at
    the top.
    """
    yield "factor", Expr("*", (number(2), tree), tree.shape)
    yield "sign", Expr("neg", (tree,), tree.shape)
    if tree.rank == 2 and tree.shape[0] == tree.shape[1]:
        yield "transposed", Expr("'", (tree,), tree.shape)
    if tree.op in ("+", "-"):
        yield "first term alone", tree.args[0]
        yield "second term alone", tree.args[1]


@pytest.mark.parametrize("case", thinned(CASES.cases(), 4))
def test_spoilt_answers_are_not_exact(case):
    program, tree = derived(json.dumps(case))
    sizes, values = find_sizes([program.expr, tree], program.variables, np.random.default_rng(1))
    true = interpret(tree, values, sizes)
    rational = not any(
        f"{name}(" in case["expr"] for name in NOT_RATIONAL
    ) and not NAMED_POWER.search(case["expr"])
    passed = {
        how: verdict
        for how, spoilt in corruptions(tree)
        if not np.allclose(interpret(spoilt, values, sizes), true, atol=1e-12)
        and (verdict := outcome(case, program, spoilt))
        not in (("wrong",) if rational else ("wrong", "undecided"))
    }
    assert not passed


NAMED_POWER = re.compile(r"\^\(?-?([a-z]|0\.)")  # x^a, x^0.5
NOT_RATIONAL = re.findall(
    r"\w+",
    "exp log log2 log1p expm1 sin cos tan tanh sinh cosh asin acos atan sqrt cbrt "
    "abs relu step sign max min sigmoid softplus "
    "erf erfc norm1 norm2 softmax logsumexp logdet expm digamma gammaln",
)
