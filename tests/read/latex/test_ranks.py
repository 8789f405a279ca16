"""The ranks that LaTeX is read by are those of type inference, and a letter is learnt of once."""

import pytest

from matcalc.core.errors import MatcalcError
from matcalc.core.operations import OPERATIONS
from matcalc.core.walk import postorder
from matcalc.read.frontend import read
from matcalc.read.tex.phrases import Phrase
from matcalc.read.tex.read import read_latex
from matcalc.read.tex.values import Maker, Value, binary, call_function, transpose

MAKE = Maker(Phrase("symbol", 0, 1))
TEXTS = [
    "A*x + y", "x'*A*y", "x*y'", "(A*B)'*x", "a*X + X*A", "x'*x*y'", "x./y", "x.*y'", "X.^2",
    "kron(x, y)", "kron(x', y)", "kron(x', y')", "kron(X, x)", "diag(x)*X", "diag(X)'*x",
    "vec(X)'*vec(X)", "reshape(x, m, n)*y", "sum(X, 1)*x", "sum(X, 2)'*x", "polygamma(2, x)'*y",
    "khatrirao(X, A)", "max(x, a)", "softmax(x)", "logsumexp(X, 1)", "inv(X)*x", "vech(X)",
]  # fmt: skip


def ranked(expr):
    values = [
        Value(MAKE.node(part.op, value=part.value), part.rank, part.row) for part in expr.args
    ]
    if expr.op == "'":
        return transpose(MAKE, *values)
    if expr.op in OPERATIONS:
        return call_function(MAKE, expr.op, values)
    return binary(MAKE, expr.op, *values) if len(values) == 2 else values[0]


def test_ranks_are_those_of_type_inference():
    calls = [call for row in OPERATIONS.values() for call in row.call.split("), ")]
    seen = 0
    for text in [*TEXTS, *(call if call.endswith(")") else f"{call})" for call in calls)]:
        try:
            tree = read(text).expr
        except MatcalcError:
            continue  # an example of a call whose arguments have to be declared
        for part in postorder(tree, lambda node: node.args):
            known = part.op in OPERATIONS and OPERATIONS[part.op].sizes is None
            if part.args and (known or part.op in ("'", "*", "+", "-", ".*", "./", "neg")):
                found = ranked(part)
                assert (found.rank, found.row) == (part.rank, part.row), f"{part.op} in {text}"
                seen += 1
    assert seen > len(OPERATIONS)


@pytest.mark.parametrize(
    ("formula", "kinds", "notes"),
    [
        # exp of N is first read entry by entry
        (r"\exp(N) + \frac{a}{N}", "N: scalar, a: scalar", ["N is read as a number"]),
        (r"\beta^\top x + \lVert \beta \rVert^2", "beta: vector(n), x: vector(n)", ["beta is"]),
        (r"y - X \beta - \gamma", "", ["beta is read as a vector", "gamma is read as a vector"]),
        (r"x^\top x + n \ln \sigma", "", [r"because n \ln \sigma is added to x^\top x"]),
        (r"A x - b", "", ["because it is added to A x"]),
        (r"A x - 3 b", "", ["because 3 b is added to A x"]),
    ],
)
def test_what_is_learnt_is_said_once(formula, kinds, notes):
    program = read_latex(formula)
    found = ", ".join(f"{name}: {kind}" for name, kind in program.variables.items())
    assert not kinds or sorted(found.split(", ")) == sorted(kinds.split(", "))
    assert len(program.notes) == len(notes)
    for note, words in zip(program.notes, notes, strict=True):
        assert words in note
