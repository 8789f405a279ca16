"""Solutions of matrix equations as solutions of systems of all entries.

The array that solves A*X + X*B = C for C is the inverse of kron(eye, A) + kron(B', eye), with two
axes for one; so is the derivative of sqrtm, with the root for both.
"""

from __future__ import annotations

from fractions import Fraction

from matcalc.core.operations import SYLVESTER
from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Labels, Node, Product, as_product
from matcalc.engine.ir.rebuild import rebuild

_HALF = Fraction(1, 2)


def with_systems(builder: Builder, root: Node) -> Node:
    """The network with inverses of sums of Kronecker products for these arrays, where no pair of
    their axes is contracted.
    """

    def rule(node: Node, children: list[Node]) -> Node:
        if isinstance(node, Call) and not node.children:
            return node
        if isinstance(node, Call):
            made = rebuild(builder, node, children)
            return made if node is not root else _replace(builder, made)
        if isinstance(node, Product):
            factors = [
                (_replace(builder, child) if _is_open(labels, node.rank) else child, labels, e)
                for child, (_, labels, e) in zip(children, node.factors, strict=True)
            ]
            return builder.product(node.coefficient, factors, tuple(range(node.rank)), node.axes)
        replaced = [_replace(builder, child) for child in children]
        return rebuild(builder, node, replaced)

    return fold(root, lambda node: node.children, rule)


def _is_open(labels: Labels, rank: int) -> bool:
    """Whether each pair of axes has one that is not summed."""
    pairs = zip(labels[::2], labels[1::2], strict=False)
    return len(labels) == 4 and all(min(pair) < rank for pair in pairs)


def _replace(builder: Builder, node: Node) -> Node:
    """An array that solves an equation as the inverse of a system; others as they are."""
    sides = _sides(builder, node) if isinstance(node, Call) else None
    return node if sides is None else _system(builder, node, *sides)


def _sides(builder: Builder, node: Call) -> tuple[Node, Node] | None:
    """A and B of the equation."""
    if node.name == SYLVESTER:
        return node.args[0], node.args[1]
    if node.slots == 1 and (
        node.name == "sqrtm" or (node.name == "power" and as_product(node.args[1]) == (_HALF, ()))
    ):
        base = node.args[0]
        root = builder.call("power", [base, builder.number(_HALF)], base.axes)
        return root, root
    return None


def _system(builder: Builder, node: Node, left: Node, right: Node) -> Node:
    m, n = left.axes[0], right.axes[0]
    size = m.times(n)
    fuse = builder.leaf("fuse", (size, m, n))
    inside = [
        [(left, (2, 4), 1), (builder.eye(n), (3, 5), 1)],
        [(builder.eye(m), (2, 4), 1), (right, (5, 3), 1)],
    ]
    terms = [
        builder.product(
            1, [(fuse, (0, 2, 3), 1), *each, (fuse, (1, 4, 5), 1)], (0, 1), (size, size)
        )
        for each in inside
    ]
    system = builder.sum([(1, term) for term in terms], (size, size))
    inverse = builder.call("inv", [system], (size, size))
    factors = [(fuse, (4, 0, 1), 1), (inverse, (4, 5), 1), (fuse, (5, 2, 3), 1)]
    return builder.product(1, factors, (0, 1, 2, 3), node.axes)
