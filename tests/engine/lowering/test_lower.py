"""Typed trees as networks: operators, functions that are index arithmetic, functions defined by
others.
"""

from fractions import Fraction

import pytest
from networks import Bench

from matcalc.core.dims import Dim, dim
from matcalc.core.errors import UnsupportedError
from matcalc.engine.ir.nodes import Call, Leaf, Product, Sum
from matcalc.engine.lowering.terms import Combination, ContractionBuilder, Open

SAME = [
    ("minus", "A - B", "A + -B"),
    ("division", "x/a", "a^-1*x"),
    ("entrywise-division", "x./y", "x.*y.^-1"),
    ("division-by-number", "x/4", "0.25*x"),
    ("sqrt", "sqrt(x)", "x.^0.5"),
    ("square-root-of-number", "sqrt(2)^2", "2"),
    ("matrix-power", "X^3", "X*X*X"),
    ("matrix-power-zero", "X^0", "eye(n)"),
    ("matrix-power-negative", "X^-2", "inv(X)*inv(X)"),
    ("scalar-power", "a^3", "a*a*a"),
    ("row-times-matrix", "z'*A", "A'*z"),
    ("row-times-column", "x'*y", "dot(x, y)"),
    ("column-times-row", "z*x'", "outer(z, x)"),
    ("inner-product-of-matrices", "dot(A, B)", "tr(A'*B)"),
    ("mean-of-vector", "mean(x)", "sum(x)/sum(ones(n))"),
    ("mean-of-matrix", "mean(A)", "sum(A)/(sum(ones(n))*sum(ones(m)))"),
    ("mean-of-scalar", "mean(a)", "a"),
    ("trace-of-scalar", "tr(a)", "a"),
    ("vec-of-vector", "vec(x)", "x"),
    ("fill", "vector(a).*x", "a*x"),
    ("fill-and-sum", "x'*vector(2)", "2*sum(x)"),
    ("broadcast-sum", "A + a", "A + a*ones(m, n)"),
    ("norm", "norm2(x)", "sqrt(x'*x)"),
    ("norm-of-matrix", "norm2(A)^2", "tr(A'*A)"),
    ("norm-one", "norm1(x)", "sum(abs(x))"),
    ("adjugate", "adj(X)", "det(X)*inv(X)"),
    ("cofactors", "cof(X)", "det(X)*inv(X)'"),
    ("kron-of-column-and-matrix", "kron(x, eye(m))*z", "kron(x, z)"),
    ("transposed-row", "(x')'", "x"),
    ("transposed-scalar", "a'", "a"),
]


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*rest, id=name) for name, *rest in SAME]
)
def test_one_node(first, second):
    bench = Bench()
    assert bench.node(first) is bench.node(second)


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        pytest.param("A", Leaf, id="variable"),
        pytest.param("A*x", Product, id="product"),
        pytest.param("A + B", Sum, id="sum"),
        pytest.param("exp(x)", Call, id="function"),
        pytest.param("x.^a", Call, id="named-power"),
        pytest.param("X^12", Call, id="large-power"),
        pytest.param("diag(x)", Product, id="diagonal"),
        pytest.param("7", Product, id="number"),
        pytest.param("eye(n)", Leaf, id="identity"),
    ],
)
def test_kind_of_node(source, kind):
    assert isinstance(Bench().node(source), kind)


@pytest.mark.parametrize(
    ("source", "axes"),
    [
        pytest.param("A*x", (dim("m"),), id="vector"),
        pytest.param("x'", (dim("n"),), id="row"),
        pytest.param("x*z'", (dim("n"), dim("m")), id="matrix"),
        pytest.param("tr(X)", (), id="scalar"),
        pytest.param("vec(A)", (Dim(1, ("m", "n")),), id="vec"),
        pytest.param("kron(A, C)", (Dim(1, ("m", "n")), Dim(1, ("m", "n"))), id="kron"),
        pytest.param("kron(A, x)", (Dim(1, ("m", "n")), dim("n")), id="kron-with-column"),
    ],
)
def test_axes(source, axes):
    assert Bench().node(source).axes == axes


@pytest.mark.parametrize(
    ("source", "message"),
    [
        pytest.param("a/0", "division by zero", id="division-by-zero"),
        pytest.param("x./(b - b)", "division by zero", id="division-by-what-is-zero"),
    ],
)
def test_refused(source, message):
    with pytest.raises(UnsupportedError, match=message):
        Bench().node(source)


def test_directions_of_a_frechet_derivative_are_contracted():
    bench = Bench()
    node = bench.node("frechet_expm(X, Y)")
    assert isinstance(node, Product)
    kernel = next(factor for factor, _, _ in node.factors if isinstance(factor, Call))
    assert (kernel.name, kernel.slots, kernel.rank) == ("expm", 1, 4)
    assert bench.node("frechet_expm(X, 2*Y)") is bench.builder.scale(2, node)
    assert bench.node("frechet_expm(X, Y - Y)") is bench.builder.zero(node.axes)


def test_shared_parts_are_lowered_once():
    """A part that is used twice is one node, so a program of doublings has as many nodes as
    lines.
    """
    bench = Bench()
    lines = "; ".join(f"t{k + 1} = exp(t{k} + t{k}.*t{k})" for k in range(30))
    node = bench.node(f"t0 = x; {lines}; t30")
    seen, stack = set(), [node]
    while stack:
        current = stack.pop()
        if current not in seen:
            seen.add(current)
            stack.extend(current.children)
    assert len(seen) < 100


def test_workshop_opens_on_fresh_labels():
    bench = Bench()
    sums = ContractionBuilder(bench.builder)
    node = bench.node("A*x")
    first, second = sums.open(node), sums.open(node)
    assert set(first.outputs).isdisjoint(second.outputs)
    assert {label for _, labels, _ in first.factors for label in labels}.isdisjoint(
        label for _, labels, _ in second.factors for label in labels
    )
    assert sums.close(first) is sums.close(second) is node
    assert sums.open(first) is first


def test_workshop_closes_combinations():
    bench = Bench()
    sums = ContractionBuilder(bench.builder)
    x, y = bench.node("x"), bench.node("y")
    total = Combination([(1, x), (Fraction(1, 2), y), (-1, x)], x.axes)
    assert sums.close(total) is bench.node("y/2")
    assert sums.terms(total) == total.terms
    assert sums.terms(x) == [(1, x)]
    assert isinstance(sums.entrywise(x, y), Open)
    assert sums.close(sums.entrywise(x, bench.node("a"))) is bench.node("a*x")
