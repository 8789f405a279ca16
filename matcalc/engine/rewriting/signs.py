"""Products of two signs of permutations of three as determinants of deltas, where nothing shorter
is known.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations

from matcalc.core.dims import Dim
from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Factor, Node, Product
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.ir.signs import is_sign

THREE = Dim(3, ())


def spread_signs(builder: Builder, root: Node) -> Node:
    """The node with e[i,j,k] e[l,m,n] as the determinant of deltas, in products that have two
    signs.
    """
    return fold(
        root,
        lambda node: node.children,
        lambda node, children: _spread(builder, rebuild(builder, node, children)),
    )


def _spread(builder: Builder, node: Node) -> Node:
    if not isinstance(node, Product):
        return node
    signs = [
        place
        for place, (factor, _, exponent) in enumerate(node.factors)
        if is_sign(factor) and exponent == 1
    ]
    if len(signs) < 2:
        return node
    first, second = (node.factors[place][1] for place in signs[:2])
    rest = [factor for place, factor in enumerate(node.factors) if place not in signs[:2]]
    terms = []
    for sign, order in _permutations():
        deltas: list[Factor] = [
            (builder.eye(THREE), (a, second[k]), 1) for a, k in zip(first, order, strict=True)
        ]
        whole = builder.product(
            node.coefficient * sign, [*rest, *deltas], tuple(range(node.rank)), node.axes
        )
        terms.append((1, _spread(builder, whole)))
    return builder.sum(terms, node.axes)


def _permutations() -> Iterator[tuple[int, Sequence[int]]]:
    for order in permutations(range(3)):
        exchanges = sum(order[j] < order[i] for i in range(3) for j in range(i + 1, 3))
        yield (-1 if exchanges % 2 else 1), order
