"""A line that does not follow is refused, whichever it is."""

import pytest

import matcalc
from matcalc.core.errors import VerificationError
from matcalc.core.language import BUILT_IN
from matcalc.explain.derivation import LET
from matcalc.explain.instances import Trees
from matcalc.explain.proof import prove

EXPRESSIONS = [
    ("tr(A*X'*B*X*C)", "X", {}),
    ("norm2(A*x - b)^2", "x", {"b": "vector(m)"}),
    ("x'*A*x/(x'*x)", "x", {}),
    ("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"}),
    ("tr(S*A) + log(det(S))", "S", {"S": "symmetric(n)"}),
    ("inv(X)*B", "X", {}),
    ("lambda_max(A*diag(x)*A')", "x", {}),
    ("tr(K*A)", "K", {"K": "skew(n)"}),
]
PARAMS = [pytest.param(*row, id=row[0]) for row in EXPRESSIONS]


def chain_of(expression, wrt, variables):
    return matcalc.diff(expression, wrt, variables=variables).steps().chains[0]


@pytest.mark.parametrize(("expression", "wrt", "variables"), PARAMS)
def test_a_line_that_was_doubled_is_refused(expression, wrt, variables):
    chain = chain_of(expression, wrt, variables)
    trees = Trees(BUILT_IN)
    for line in chain.lines:
        if line.kind == LET:  # a name may stand for anything, if what follows holds of it
            continue
        true = line.tree
        line.tree = trees.times(trees.factory.number(2), trees.intern(true))
        with pytest.raises(VerificationError, match="does not follow"):
            prove(chain)
        line.tree = true
    prove(chain)


def test_a_sign_in_the_middle_of_a_line_is_found():
    chain = chain_of("x'*A*x", "x", {})
    line = chain.lines[1]
    assert line.tree.op == "+"
    trees = Trees(BUILT_IN)
    args = tuple(trees.intern(arg) for arg in line.tree.args)
    line.tree = trees.factory.make("-", args, line.tree.shape)
    with pytest.raises(VerificationError, match="dx'\\*A\\*x - x'\\*A\\*dx"):
        prove(chain)


@pytest.mark.parametrize(
    ("expression", "wrt", "variables"),
    [
        pytest.param("tr(A*X)", "X", {}, id="gradient"),
        pytest.param("A*X*B", "X", {"A": "matrix(n, n)", "B": "matrix(n, n)"}, id="Kronecker"),
        pytest.param("A*x", "x", {"A": "matrix(n, n)"}, id="Jacobian"),
    ],
)
def test_a_transposed_answer_is_found(expression, wrt, variables):
    chain = chain_of(expression, wrt, variables)
    line, trees = chain.lines[-1], Trees(BUILT_IN)
    line.tree = trees.factory.transpose(trees.intern(line.tree))
    with pytest.raises(VerificationError):
        prove(chain)


def test_what_was_inserted_has_to_be_its_formula():
    chain = chain_of("norm2(W*tanh(V*x) - y)^2", "V", {"y": "vector(m)"})
    line = next(line for line in chain.lines if line.inserted)
    line.inserted = ()
    prove(chain)  # du stands for its formula all the same
    name = next(line for line in chain.lines if line.kind == LET)
    trees = Trees(BUILT_IN)
    inner = trees.intern(name.tree.args[0])
    name.tree = trees.factory.make("cosh", (inner,), inner.shape)
    with pytest.raises(VerificationError):
        prove(chain)


@pytest.mark.parametrize(
    ("expression", "variables", "options", "detail"),
    [
        ("(x - mean(x))/std(x)", {}, {}, 3),
        ("sin(a*x)/x", {"x": "scalar", "a": "scalar"}, {"order": 2}, 2),
    ],
)
def test_names_that_stand_in_a_value_as_what_they_stand_for(expression, variables, options, detail):
    found = matcalc.diff(expression, "x", variables=variables, **options)
    steps = found.steps(detail=detail)
    assert steps.proved
    for chain in steps.chains:
        for line in chain.lines:
            if line.kind == "differential":
                true, trees = line.tree, Trees(BUILT_IN)
                line.tree = trees.times(trees.factory.number(2), trees.intern(true))
                with pytest.raises(VerificationError, match="does not follow"):
                    prove(chain)
                line.tree = true
