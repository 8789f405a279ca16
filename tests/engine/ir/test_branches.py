"""Equal branches at a label as powers, and networks that join the power of which they are the
base.
"""

import pytest
from networks import Bench

from matcalc.engine.ir.nodes import Product

SAME = [
    ("twins", "(A*x).*(A*x)", "(A*x).^2"),
    ("twins-beside-a-weight", "(A*x).*z.*(A*x)", "z.*(A*x).^2"),
    ("twins-through-longer-branches", "(A*X*x).*(A*X*x)", "(A*X*x).^2"),
    ("three-branches", "(A*x).*(A*x).*(A*x)", "(A*x).^3"),
    ("a-power-is-joined", "(A*x).^2.*(A*x)", "(A*x).^3"),
    ("a-power-is-cancelled", "(A*x).^-1.*(A*x)", "ones(m)"),
    ("matrix-power-is-joined", "(A*C).^2.*(A*C)", "(A*C).^3"),
    ("named-power-is-joined", "(A*x).^a.*(A*x)", "(A*x).^(a + 1)"),
    ("lone-square-is-a-chain", "sum((A*x).^2)", "x'*A'*A*x"),
    ("norm", "norm2(A*x)^2", "x'*A'*A*x"),
    ("bilinear-weights", "sum(z.*(A*x).^2)", "x'*A'*diag(z)*A*x"),
]


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*rest, id=name) for name, *rest in SAME]
)
def test_one_node(first, second):
    bench = Bench()
    assert bench.node(first) is bench.node(second)


DIFFERENT = [
    ("other-branch", "(A*x).*(B*x)", "(A*x).^2"),
    ("branches-that-meet", "(A*diag(x)*A')*z", "(A*x).^2.*z"),
    ("one-branch-longer", "(A*x).*(A*X*x)", "(A*x).^2"),
    ("another-base", "(A*x).^2.*(B*x)", "(A*x).^3"),
    ("transposed-base", "(A*C).^2.*(A*C)'", "(A*C).^3"),
]


@pytest.mark.parametrize(
    ("first", "second"), [pytest.param(*rest, id=name) for name, *rest in DIFFERENT]
)
def test_two_nodes(first, second):
    bench = Bench()
    assert bench.node(first) is not bench.node(second)


def test_twins_are_one_factor():
    bench = Bench()
    node = bench.node("(A*x).*(A*x)")
    assert isinstance(node, Product)
    assert node.factors == ((bench.node("A*x"), (0,), 2),)


def test_a_chain_between_its_mirror_images_is_flat():
    node = Bench().node("norm2(A*x)^2")
    assert isinstance(node, Product)
    assert sorted(labels for _, labels, _ in node.factors) == [(0, 1), (0, 2), (1,), (2,)]
