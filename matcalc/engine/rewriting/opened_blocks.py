"""Products of explicit arrays as sums of entries: cos(t)*p[1] - sin(t)*p[2] for [cos(t);
-sin(t)]'*p.

By itself the product says more. In a model of rotations and arms the squares of sine and cosine
meet only where it is opened.
"""

from __future__ import annotations

from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node, Product, Sum, as_product
from matcalc.engine.ir.rebuild import rebuild

_MOST = 6  # entries of an array that is opened


def open_blocks(builder: Builder, root: Node) -> Node:
    """The node with sums of what stands at single places multiplied out, wherever such a place is
    summed over.
    """

    def rule(node: Node, children: list[Node]) -> Node:
        return _open(builder, rebuild(builder, node, children))

    return fold(root, lambda node: node.children, rule)


def _open(builder: Builder, node: Node) -> Node:
    """The product with its explicit arrays multiplied out, one after the other."""
    if not isinstance(node, Product):
        return node
    for index, (factor, labels, exponent) in enumerate(node.factors):
        inside = any(label >= node.rank for label in labels)
        if exponent == 1 and inside and isinstance(factor, Sum) and _is_explicit(factor):
            rest = [each for k, each in enumerate(node.factors) if k != index]
            outputs = tuple(range(node.rank))
            terms = []
            for scale, term in factor.terms:
                whole = [*rest, (term, labels, 1)]
                made = builder.product(node.coefficient * scale, whole, outputs, node.axes)
                terms.append((1, _open(builder, made)))
            return builder.sum(terms, node.axes)
    return node


def _is_explicit(total: Sum) -> bool:
    """Whether each term is a scalar at one place."""
    return len(total.terms) <= _MOST and all(
        sum(factor.kind == "unit" for factor, _, _ in as_product(term)[1]) == total.rank
        and all(not factor.rank or factor.kind == "unit" for factor, _, _ in as_product(term)[1])
        for _, term in total.terms
    )
