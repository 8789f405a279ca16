"""The Builder's normal form of sums, multiples and functions."""

from fractions import Fraction
from itertools import permutations

import pytest
from networks import Bench

from matcalc.core.dims import dim
from matcalc.engine.ir.nodes import Call, Leaf, Product, Sum, is_zero, quotient

SAME = [
    ("like-terms", "A + A", "2*A"),
    ("cancelling", "A - A", "0*A"),
    ("order-of-terms", "A + B + A", "B + 2*A"),
    ("nested-sums", "A - (B - A)", "2*A - B"),
    ("content", "4*A - 6*B", "2*(2*A - 3*B)"),
    ("fractional-content", "A/2 + B/3", "(3*A + 2*B)/6"),
    ("sign", "B - A", "-(A - B)"),
    ("negative-common-sign", "-A - B", "-(A + B)"),
    ("transposed-sum", "A' + B'", "(A + B)'"),
    ("transposed-difference", "B' - A'", "-(A - B)'"),
    ("like-terms-through-transposes", "tr(X) + tr(X')", "2*tr(X)"),
    ("diagonal-matrices-join", "diag(x) + diag(y)", "diag(x + y)"),
    ("identities-join", "diag(x) + a*eye(n)", "diag(x + a)"),
    ("sum-of-a-sum", "sum(x + y)", "sum(x) + sum(y)"),
    ("broadcast", "x + a", "x + a*ones(n)"),
    ("skew-sum", "(W + X - X)'", "-W"),
]


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*rest, id=name) for name, *rest in SAME]
)
def test_sums(first, second):
    bench = Bench()
    assert bench.node(first) is bench.node(second)


@pytest.mark.parametrize(
    ("source", "parity"),
    [
        pytest.param("X + X'", 1, id="symmetric-part"),
        pytest.param("X - X'", -1, id="skew-part"),
        pytest.param("X + Y", 0, id="neither"),
        pytest.param("S + P", 1, id="symmetric-terms"),
        pytest.param("S + x*x'", 1, id="rank-one-update"),
        pytest.param("S*P + P*S", 1, id="anticommutator"),
        pytest.param("S*P - P*S", -1, id="commutator"),
        pytest.param("inv(S + A'*A)", 1, id="function-of-symmetric"),
        pytest.param("exp(S)", 1, id="entry-by-entry"),
        pytest.param("expm(W)", 0, id="function-of-skew"),
    ],
)
def test_symmetry_of_a_node_is_known(source, parity):
    bench = Bench()
    node = bench.node(source)
    assert node.parity == parity
    assert bench.builder.transpose(node) is (
        bench.builder.scale(parity, node) if parity else bench.node(f"({source})'")
    )


def test_transposing_twice_is_nothing():
    bench = Bench()
    for source in ("A", "A*C*A", "A + B", "exp(A)", "inv(X)"):
        node = bench.node(source)
        assert bench.builder.transpose(node) is not node
        assert bench.builder.transpose(bench.builder.transpose(node)) is node


@pytest.mark.parametrize(
    "source",
    [
        "A",
        "2*A*C",
        "A + B",
        "x*y'",
        "S*P",
        "S*W",
        "X.*X'",
        "diag(x)*X",
        "x*ones(n)'",
        "-3*sqrt(A)",
    ],
)
def test_a_permuted_product_is_in_normal_form(source):
    """Putting its factors in order alone gives what laying it out once more would."""
    builder, node = (bench := Bench()).builder, bench.node(source)
    spread = builder.product(
        1,
        [(node, (0, 1), 1), (bench.node("x"), (2,), 1)],
        (0, 1, 2),
        (
            *node.axes,
            *bench.node("x").axes,
        ),
    )
    for whole in (node, spread):
        labels = tuple(range(whole.rank))
        for order in permutations(labels):
            axes = tuple(whole.axes[axis] for axis in order)
            flat = builder.product(1, [(whole, labels, 1)], order, axes)
            assert builder.permute(whole, order) is flat


def test_a_product_is_remembered_as_it_was_asked_for():
    bench = Bench()
    factors = [(bench.node("A"), (0, 1), 1), (bench.node("A + B"), (0, 1), 1)]
    axes = bench.node("A").axes
    made = bench.builder.product(2, factors, (0, 1), axes)
    assert bench.builder.product(2, factors, (0, 1), axes) is made
    assert bench.builder.product(2, factors, (1, 0), axes[::-1]) is not made
    assert bench.builder.product(1, factors, (0, 1), axes) is not made


@pytest.mark.parametrize(
    ("above", "below", "expected"),
    [(6, 3, 2), (6, 4, Fraction(3, 2)), (Fraction(1, 2), Fraction(1, 4), 2), (-6, 3, -2)],
)
def test_a_quotient_is_an_int_where_it_is_one(above, below, expected):
    found = quotient(above, below)
    assert found == expected
    assert isinstance(found, int) == (expected == int(expected))


def test_a_sum_is_primitive():
    node = Bench().node("6*A - 9*B + 3*A.*B")
    assert isinstance(node, Product)
    assert node.coefficient == 3
    ((inner, _, exponent),) = node.factors
    assert isinstance(inner, Sum)
    assert exponent == 1
    assert sorted(abs(c) for c, _ in inner.terms) == [1, 2, 3]


def test_zero_has_a_shape():
    bench = Bench()
    zero = bench.node("A - A")
    assert is_zero(zero)
    assert zero.axes == (dim("m"), dim("n"))
    assert bench.node("(A - A)*x + z") is bench.node("z")
    assert bench.builder.zero(()) is bench.builder.number(0)


@pytest.mark.parametrize(
    ("coefficient", "expected"),
    [
        pytest.param(1, "A", id="one"),
        pytest.param(0, "0*A", id="zero"),
        pytest.param(Fraction(-2, 3), "-2*A/3", id="fraction"),
    ],
)
def test_scale(coefficient, expected):
    bench = Bench()
    assert bench.builder.scale(coefficient, bench.node("A")) is bench.node(expected)


def test_scaling_back_gives_the_same_node():
    bench = Bench()
    for source in ("A", "A*C", "A + B", "x'*y", "det(X)"):
        node = bench.node(source)
        assert bench.builder.scale(Fraction(1, 3), bench.builder.scale(3, node)) is node


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("exp(2*ones(n))", "exp(2)*ones(n)", id="constant-argument"),
        pytest.param("exp(zeros(n))", "exp(0)*ones(n)", id="zero-argument"),
        pytest.param("exp(a*ones(m, n))", "exp(a)*ones(m, n)", id="scalar-argument"),
        pytest.param("max(A, zeros(m, n))", "max(A, 0)", id="constant-second-argument"),
        pytest.param("abs(x.^2)", "x.^2", id="abs-of-a-square"),
        pytest.param("abs(x'*x + 1)", "x'*x + 1", id="abs-of-a-positive-sum"),
        pytest.param("abs(exp(x))", "exp(x)", id="abs-of-an-exponential"),
        pytest.param("abs(abs(x))", "abs(x)", id="abs-of-abs"),
    ],
)
def test_entrywise_functions(source, expected):
    bench = Bench()
    assert bench.node(source) is bench.node(expected)


POSITIVE = [
    ("declared", "p", True),
    ("scalar", "a", False),
    ("dimension", "tr(eye(n))", True),
    ("constant", "pi", True),
    ("exponential", "exp(x)", True),
    ("product", "p*exp(a)", True),
    ("negative-multiple", "-p", False),
    ("sum", "1 + exp(x)", True),
    ("difference", "exp(x) - 1", False),
    ("square", "a^2", False),
]


@pytest.mark.parametrize(
    ("source", "known"), [pytest.param(*rest, id=name) for name, *rest in POSITIVE]
)
def test_positive(source, known):
    """Above zero everywhere: a square is not."""
    bench = Bench()
    assert bench.builder.positive(bench.node(source)) is known


NONNEGATIVE = [
    ("square", "a^2", True),
    ("inner-product-with-itself", "x'*x", True),
    ("inner-product", "x'*y", False),
    ("sum-of-squares", "a^2 + 2*b^2", True),
    ("difference-of-squares", "a^2 - b^2", False),
    ("cube", "a^3", False),
    ("negative-square", "-a^2", False),
]


@pytest.mark.parametrize(
    ("source", "known"), [pytest.param(*rest, id=name) for name, *rest in NONNEGATIVE]
)
def test_nonnegative(source, known):
    bench = Bench()
    assert bench.builder.nonnegative(bench.node(source)) is known


def test_nodes_of_two_builders_are_strangers():
    first, second = Bench(), Bench()
    assert first.node("A*x") is not second.node("A*x")
    assert repr(first.node("A*x")) == repr(second.node("A*x"))


@pytest.mark.parametrize(
    ("node", "shown"),
    [
        pytest.param("2*X*x", "<2 X[0, 1] x[1] ->1>", id="network"),
        pytest.param("A - B", "(1*A + -1*B)", id="sum"),
        pytest.param("exp(x)", "exp(x)", id="call"),
        pytest.param("x.^3", "<1 x[0]^3 ->1>", id="power"),
    ],
)
def test_how_nodes_show_themselves(node, shown):
    assert repr(Bench().node(node)) == shown


def test_leaves_and_calls_have_their_children():
    bench = Bench()
    leaf, call = bench.node("A"), bench.node("max(x, y)")
    assert isinstance(leaf, Leaf)
    assert list(leaf.children) == []
    assert isinstance(call, Call)
    assert set(call.children) == {bench.node("x"), bench.node("y")}
