"""One network, one node: whatever the names of summed labels and the order of factors and terms
were.
"""

from random import Random

import pytest
from networks import Bench

from matcalc.engine.ir.canonical import _refine, canonical
from matcalc.engine.ir.refinement import refine

SAME = [
    ("associative", "A*(C*x)", "(A*C)*x", {"x": "vector(m)"}),
    ("transposed-product", "(A*C)'", "C'*A'", {}),
    ("inner-product", "x'*y", "y'*x", {}),
    ("scalar-is-its-transpose", "z'*A*x", "x'*A'*z", {}),
    ("trace-cyclic", "tr(A*X*C)", "tr(X*C*A)", {}),
    ("trace-transposed", "tr(A*X*C)", "tr(C'*X'*A')", {}),
    ("trace-of-hadamard", "tr(A'*B)", "sum(A.*B)", {}),
    ("trace-as-vec", "tr(A'*B)", "vec(A)'*vec(B)", {}),
    ("trace-tie", "tr(X*X'*X*X')", "tr(X'*X*X'*X)", {}),
    ("trace-of-symmetric-product", "tr(S*P)", "tr(P*S)", {}),
    ("hadamard-commutes", "(A.*B)*x", "(B.*A)*x", {}),
    ("diag-scales", "diag(z)*A*x", "z.*(A*x)", {}),
    ("diag-diag", "diag(x)*diag(y)", "diag(x.*y)", {}),
    ("outer", "x*y'", "outer(x, y)", {}),
    ("row-sums", "A*ones(n)", "diag(A*ones(n, n))", {"A": "matrix(n, n)"}),
    ("symmetric", "S'", "S", {}),
    ("symmetric-chain", "x'*S*y", "y'*S*x", {}),
    ("diagonal-transposed", "D'*x", "D*x", {}),
    ("skew-transposed", "W'", "-W", {}),
    ("skew-chain", "x'*W*y", "-(y'*W*x)", {}),
    ("skew-square-is-symmetric", "(W*W)'", "W*W", {}),
    ("inverse-of-transpose", "inv(X')", "inv(X)'", {}),
    ("inverse-of-symmetric", "inv(S)'", "inv(S)", {}),
    ("inverse-of-gram-matrix", "inv(A'*A)'", "inv(A'*A)", {}),
    ("determinant-of-transpose", "det(X')", "det(X)", {}),
    ("entrywise-of-transpose", "exp(A')", "exp(A)'", {}),
    ("entrywise-of-symmetric", "exp(S)'", "exp(S)", {}),
    ("eye-left", "eye(m)*A", "A", {}),
    ("eye-right", "A*eye(n)", "A", {}),
    ("scalar-splits-off", "(x'*y)*A", "A*(y'*x)", {}),
]


@pytest.mark.parametrize(
    ("first", "second", "more"), [pytest.param(*rest, id=name) for name, *rest in SAME]
)
def test_one_node(first, second, more):
    bench = Bench(more)
    assert bench.node(first) is bench.node(second)


DIFFERENT = [
    ("transpose", "X", "X'"),
    ("order", "X*Y", "Y*X"),
    ("chain-and-power", "X*X", "X.*X"),
    ("trace-order", "tr(X*Y*X'*Y')", "tr(X*X'*Y*Y')"),
    ("trace-square-or-gram", "tr(X*X)", "tr(X*X')"),
    ("square-of-a-sum", "sum(x)^2", "sum(x.^2)"),
    ("diag-of-product", "diag(X*Y)", "diag(X).*diag(Y)"),
    ("kron-order", "kron(x, y)", "kron(y, x)"),
    ("shape", "ones(m)", "ones(n)"),
    ("row-and-column", "diag(z)*A", "A*diag(x)"),
    ("symmetric-product", "S*P", "P*S"),
    ("inverse-of-factors", "inv(X*Y)", "inv(Y*X)"),
]


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*rest, id=name) for name, *rest in DIFFERENT]
)
def test_two_nodes(first, second):
    bench = Bench()
    assert bench.node(first) is not bench.node(second)


ZERO = [
    ("quadratic-form", "x'*W*x"),
    ("trace", "tr(W)"),
    ("diagonal", "diag(W)"),
    ("against-symmetric", "tr(W*S)"),
    ("against-a-gram-matrix", "tr(W*A'*A)"),
    ("odd-power", "tr(W*W*W)"),
    ("between-equal-ends", "(X*x)'*W*(X*x)"),
]


@pytest.mark.parametrize("source", [pytest.param(*rest, id=name) for name, *rest in ZERO])
def test_a_skew_network_that_is_minus_itself_vanishes(source):
    bench = Bench()
    node = bench.node(source)
    assert node is bench.builder.zero(node.axes)


NOT_ZERO = [("two-ends", "x'*W*y"), ("even-power", "tr(W*W)"), ("against-skew", "tr(W*X)")]


@pytest.mark.parametrize("source", [pytest.param(*rest, id=name) for name, *rest in NOT_ZERO])
def test_other_skew_networks_stay(source):
    bench = Bench()
    assert bench.node(source) is not bench.builder.number(0)


def ring(bench, names, start, step):
    """The cycle of matrices as factors whose labels are numbered from ``start`` in steps."""
    nodes = [bench.node(name) for name in names]
    labels = [start + step * k for k in range(len(names))]
    return [(node, (labels[k], labels[(k + 1) % len(labels)]), 1) for k, node in enumerate(nodes)]


@pytest.mark.parametrize(
    "names",
    [
        pytest.param("XXXX", id="all-alike"),
        pytest.param("XYXY", id="period-two"),
        pytest.param("SSPP", id="symmetric"),
        pytest.param("XSXSXS", id="mixed"),
    ],
)
def test_rotation_and_labels_do_not_matter(names):
    bench = Bench()
    forms = {
        canonical(ring(bench, names[k:] + names[:k], 5, step), 0)
        for k in range(len(names))
        for step in (1, 3)
    }
    assert len(forms) == 1


def test_outputs_keep_their_labels():
    bench = Bench()
    x, y = bench.node("X"), bench.node("Y")
    form, sign = canonical([(y, (9, 1), 1), (x, (0, 9), 1)], 2)
    assert sign == 1
    assert set(form) == {(x, (0, 2), 1), (y, (2, 1), 1)}


def test_refinement_of_many_labels_gives_the_colours_of_rounds():
    rng = Random(0)
    bench = Bench({"u": "vector(n)", "Z": "symmetric(n)"})
    leaves = [bench.node(name) for name in ("u", "X", "Y", "Z")]
    for _ in range(200):
        rank, count = rng.randrange(3), rng.randrange(2, 8)
        factors = [
            (leaf, tuple(rng.randrange(rank + count) for _ in leaf.axes), rng.choice((1, 2)))
            for leaf in rng.choices(leaves, k=count)
        ]
        summed = {label for _, labels, _ in factors for label in labels if label >= rank}
        colours = {**{label: label for label in range(rank)}, **dict.fromkeys(sorted(summed), rank)}
        own = [each for each in factors if set(each[1]) <= set(colours)]
        assert refine(own, colours) == _refine(own, colours)


def test_the_trace_of_many_equal_factors():
    bench = Bench()
    factors = ["X"] * 40 + ["Y"] + ["X"] * 20
    turned = factors[25:] + factors[:25]
    assert bench.node(f"tr({'*'.join(factors)})") is bench.node(f"tr({'*'.join(turned)})")
