"""Nodes made anew from other children are in normal form again."""

import pytest
from networks import Bench

from matcalc.engine.ir.rebuild import rebuild, substitute

CASES = [
    ("product", "A*x", {"x": "X*x"}, "A*X*x"),
    ("power", "x.^2", {"x": "x.*y"}, "x.^2.*y.^2"),
    ("sum-collects", "x + y", {"y": "x"}, "2*x"),
    ("sum-cancels", "x - y", {"y": "x"}, "0*x"),
    ("call", "inv(X)", {"X": "Y'"}, "inv(Y)'"),
    ("entrywise", "exp(x)", {"x": "a*ones(n)"}, "exp(a)*ones(n)"),
    ("several-places", "tr(X*X)", {"X": "X + Y"}, "tr((X + Y)*(X + Y))"),
    ("two-at-once", "X*Y", {"X": "Y", "Y": "X"}, "Y*X"),
    ("structure-comes-to-light", "X + X'", {"X": "S"}, "2*S"),
    ("zero", "A*x + z", {"x": "0*x"}, "z"),
    ("deep", "exp(A*(x + y))", {"y": "-x"}, "exp(zeros(m))"),
]


@pytest.mark.parametrize(
    ("source", "replacements", "expected"), [pytest.param(*rest, id=name) for name, *rest in CASES]
)
def test_substitute(source, replacements, expected):
    bench = Bench()
    found = substitute(
        bench.builder,
        bench.node(source),
        {bench.node(a): bench.node(b) for a, b in replacements.items()},
    )
    assert found is bench.node(expected)


@pytest.mark.parametrize("source", ["A*x", "x + y", "exp(x)", "inv(X)"])
def test_nothing_changes_where_nothing_is_replaced(source):
    bench = Bench()
    node = bench.node(source)
    assert rebuild(bench.builder, node, list(node.children)) is node
    assert substitute(bench.builder, node, {bench.node("W"): bench.node("X")}) is node
