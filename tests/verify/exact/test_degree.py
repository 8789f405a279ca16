"""The bound behind the stated probability: known for every function that is evaluated, and never
below the true degree.
"""

import pytest

from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.read.frontend import read
from matcalc.verify.exact.composites import COMPOSITES
from matcalc.verify.exact.degree import _FUNCTIONS, _RULES, DegreeBound, error_bits
from matcalc.verify.exact.evaluate import _LEAVES, _OPERATORS, Evaluation
from matcalc.verify.exact.field import Meter, P, Stream, Undecided
from matcalc.verify.exact.field_rules import FUNCTIONS
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import Jet
from matcalc.verify.exact.judge import judge
from matcalc.verify.exact.multilinear import FUNCTIONS as MULTILINEAR

EVALUATED = sorted({*FUNCTIONS, *COMPOSITES, *MULTILINEAR, *_OPERATORS, *_LEAVES} - {"variable"})


@pytest.mark.parametrize("name", EVALUATED)
def test_the_degree_of_every_function_is_known(name):
    assert name in _RULES or name in _FUNCTIONS


SIZES = {"n": 2, "m": 3}
KINDS = {
    "x": "vector(n)",
    "y": "vector(n)",
    "A": "matrix(n, n)",
    "B": "matrix(n, m)",
    "s": "scalar",
    "e": "vector(3)",
}
RATIONAL = [
    "prod(x.^9)",
    "prod(B)",
    "var(x.^2)",
    "sum(var(B, 1))",
    "sum(x.^-2)",
    "1/(1 + x'*x)^2",
    "det(A)*inv(A)[1, 2]",
    "sum(inv(A + x*y'))",
    "sum(adj(A)) + tr(cof(A*A))",
    "sum(pinv(B))",
    "sum(1./(1 + x.^2))*sum(x./(2 + y))",
    "tr(A^3) - tr(A^-2)",
    "tr(kron(A, A))/sum(A)",
    "sum(cross(e, e.^2).^2)",
    "norm2(x)^6",
    "sum([A, x; y', s].^2)",
]


@pytest.mark.parametrize("order", [0, 1, 2])
@pytest.mark.parametrize("text", RATIONAL)
def test_the_bound_holds(text, order):
    """Along a line the value, or the derivative of an order, is a fraction of polynomials of the
    degrees that are said.
    """
    kinds = {name: kind for name, kind in KINDS.items() if name in text}
    program = read(text, kinds)
    bound = DegreeBound(program.variables, SIZES).of(program.expr)
    above, below = int(bound.above + order * bound.ahead), int(bound.below + order * bound.behind)
    stream = Stream(5)
    extents = {
        name: tuple(size.size(SIZES) for size in v.shape) for name, v in program.variables.items()
    }
    line = {}
    for name, extent in extents.items():
        count = 1
        for size in extent:
            count *= size
        line[name] = [[stream.some(count), stream.some(count)] for _ in range(1 + order)]

    def value(t):
        found = {}
        for name, parts in line.items():
            at, *moves = [[(a + t * b) % P for a, b in zip(*part, strict=True)] for part in parts]
            found[name] = Jet(extents[name], [at, *moves, *[None] * (2**order - 1 - order)])
        parts = (
            Evaluation(Generators(stream), found, SIZES, 2**order, Meter()).run(program.expr).parts
        )
        return parts[-1][0] if parts[-1] is not None else 0

    above += order  # directions move, too
    rows = []
    for t in stream.some(above + below + 3):
        f = value(t)
        rows.append(
            [
                *(pow(t, k, P) for k in range(above + 1)),
                *(-f * pow(t, k, P) % P for k in range(below + 1)),
            ]
        )
    assert rank(rows) < above + below + 2


def rank(rows):
    count = 0
    for column in range(len(rows[0])):
        pivot = next((k for k in range(count, len(rows)) if rows[k][column]), None)
        if pivot is None:
            continue
        rows[count], rows[pivot] = rows[pivot], rows[count]
        scale = pow(rows[count][column], -1, P)
        for k in range(count + 1, len(rows)):
            factor = rows[k][column] * scale % P
            if factor:
                rows[k] = [(a - factor * b) % P for a, b in zip(rows[k], rows[count], strict=True)]
        count += 1
    return count


# of every function of the value of which the degree of the argument is a part, and of every other
# the accidents
CALLS = """
prod({}) var({}) std({}) silu({}) softsign({}) gelu({}) huber({},s) elu({},s) leakyrelu({},s)
xlogy({},s) entropy({}) logsoftmax({}) sec({}) kl({},y) where({}>0,{},s) amax({}) norminf({})
norm2({}) normp({},3) sigmoid({}) tanh({}) softmax({}) logit({}) exp({}) erf({}) cbrt({}) cumsum({})
step({}) asin({}) gamma({}) logsumexp({}) max({},y) relu({}) sqrt({}) tan({}) normcdf({}) sum({})
mean({}) 1./{} {}.^2
"""


@pytest.mark.parametrize("call", CALLS.split())
def test_a_higher_degree_of_the_argument_costs_bits(call):
    def found(k):
        text = call.replace("{}", f"(x.^{k})")
        program = read(
            text, {name: kind for name, kind in KINDS.items() if name in ("x", "y", "s")}
        )
        field = Generators(Stream(1))
        field.exp(7)
        return error_bits((program.expr, program.expr), program.variables, SIZES, 1, field)

    assert found(1) > found(30) > found(900)


def verdict(text, claim, kinds):
    tree = read(claim, kinds).expr
    return judge(DerivativeStatement(read(text, kinds), "x"), tree)


def test_a_high_degree_takes_more_points_and_a_huge_one_is_undecided():
    program = read("prod(x.^1000)", {"x": "vector(n)"})
    assert (
        40
        < error_bits(
            (program.expr, program.expr), program.variables, {"n": 3}, 1, Generators(Stream(1))
        )
        < 50
    )
    assert (
        verdict("prod(x.^1000)", "1000*prod(x.^1000)*x.^-1", {"x": "vector(n)"}).outcome == "exact"
    )
    found = verdict(
        "prod(x.^(100000000000000000))",
        "100000000000000000*prod(x.^(100000000000000000))*x.^-1",
        {"x": "vector(n)"},
    )
    assert (found.outcome, found.reason) == ("undecided", "a function of so high a degree")


def test_a_function_of_unknown_degree_is_undecided():
    program: Program = read("expm(A)", {"A": "matrix(n, n)"})
    with pytest.raises(Undecided, match="the degree of expm"):
        DegreeBound(program.variables, {"n": 3}).of(program.expr)


def test_entries_and_sums_over_indices_are_no_functions():
    program = read("sum[i](exp(log(sum[j](A[i,j]*x[j]) + exp(x[i]))))", {})
    plain = read("sum(exp(log(A*x + exp(x))))", {"x": "vector(n)"})
    found = [DegreeBound(each.variables, {"n": 3}).depth(each.expr) for each in (program, plain)]
    power = read("exp(x)^p", {"x": "scalar", "p": "scalar"})
    assert [*found, DegreeBound(power.variables, {}).depth(power.expr)] == [3, 3, 2]
