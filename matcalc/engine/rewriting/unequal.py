"""Sums over i != j of what has a value at i = j: the sums over all i and j, less the terms there.

In matrix notation the condition is a product with ``matrix(1) - eye``. Without it a gradient by
points is a Laplacian, for the difference of two points is zero where they are one.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.operations import TOTAL
from matcalc.core.walk import fold, postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Labels,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.ir.wide import has_wide, singular_masks


def drop_masks(builder: Builder, root: Node) -> Node:
    """The node without ``i != j`` beside functions of pairs that have values at i = j: with the
    terms at i = j, which are subtracted.
    """

    def rule(node: Node, children: list[Node]) -> Node:
        made = rebuild(builder, node, children)
        if isinstance(made, Product):
            made = _drop_equal(builder, made)
        mask = _finite_apart(builder, made.factors) if isinstance(made, Product) else None
        if mask is None or not isinstance(made, Product):
            return made
        leaf, pair, _ = mask
        outputs = tuple(range(made.rank))
        both = [each for each in made.factors if set(each[1]) == set(pair) and each != mask]
        if not any(has_wide(factor) for factor, _, _ in both):
            return made
        rest = [each for each in made.factors if each != mask and each not in both]
        rest += [(builder.ones(leaf.axes[:1]), (label,), 1) for label in pair]
        rest += [(builder.ones((size,)), (label,), 1) for label, size in enumerate(made.axes)]
        equal = [(_diagonal(builder, factor), pair[:1], e) for factor, _, e in both]
        equal.append((builder.eye(leaf.axes[0]), pair, 1))
        terms = [
            (sign, builder.product(made.coefficient, [*rest, *each], outputs, made.axes))
            for sign, each in ((1, both), (-1, equal))
        ]
        return builder.sum(terms, made.axes)

    return fold(root, lambda node: node.children, rule)


def drop_vanishing(builder: Builder, root: Node) -> Node:
    """The node without ``i != j``, if that stands only beside what is zero at i = j: the difference
    of two points.
    """
    if not _has_unequal(root):
        return root
    found = fold(
        root,
        lambda node: node.children,
        lambda node, children: whole_of_skew(builder, rebuild(builder, node, children), wide=True),
    )
    return root if _has_unequal(found) else found


def _has_unequal(root: Node) -> bool:
    return any(_is_unequal(node) for node in postorder(root, lambda node: node.children))


def whole_of_skew(builder: Builder, node: Node, *, wide: bool = False) -> Node:
    """A product without the masks that leave out nothing but zeros: where a skew matrix has its
    diagonal, or with ``wide`` a difference of any rank that is skew in two of its axes.
    """
    coefficient, factors = as_product(node)
    kept = [
        (mask, pair, e)
        for mask, pair, e in factors
        if not _is_unequal(mask)
        or not any(
            p > 0
            and (isinstance(other, Sum) if wide else len(own) == len(pair))
            and _is_skew(other, own, set(pair))
            for other, own, p in factors
        )
    ]
    if len(kept) == len(factors) or singular_masks(node):
        return node
    return builder.product(coefficient, kept, tuple(range(node.rank)), node.axes)


def _drop_equal(builder: Builder, node: Product) -> Node:
    """The product without the terms at i = j of a sum beside a difference of i and j, which is zero
    there.
    """
    for place, (factor, own, exponent) in enumerate(node.factors):
        if not isinstance(factor, Sum) or factor.rank != 2 or exponent != 1:
            continue
        terms = [(c, term) for c, term in factor.terms if not _is_zero_apart(term)]
        if 0 < len(terms) < len(factor.terms) and any(
            _is_skew(other, labels, set(own)) and e > 0 for other, labels, e in node.factors
        ):
            rest: Factor = (builder.sum(terms, factor.axes), own, 1)
            factors = [*node.factors[:place], rest, *node.factors[place + 1 :]]
            outputs = tuple(range(node.rank))
            return builder.product(node.coefficient, factors, outputs, node.axes)
    return node


def _is_zero_apart(node: Node) -> bool:
    """Whether a matrix is zero at i != j."""
    return any(f.kind == "eye" and set(own) == {0, 1} for f, own, _ in as_product(node)[1])


def _diagonal(builder: Builder, root: Node) -> Node:
    """The entries at i, i of a matrix: of a sum of functions those of each."""

    def inside(node: Node) -> list[Node]:
        if isinstance(node, Sum):
            return [term for _, term in node.terms]
        if isinstance(node, Call) and builder.acts_entrywise(node.name):
            return [arg for arg in node.args if arg.rank]
        factors = node.factors if isinstance(node, Product) else ()
        return [factor for factor, own, _ in factors if sorted(own) == [0, 1]]

    def rule(node: Node, made: list[Node]) -> Node:
        found = iter(made)
        if isinstance(node, Sum) and node.terms:
            return builder.sum([(c, next(found)) for c, _ in node.terms], node.axes[:1])
        if isinstance(node, Call) and made:
            args = [next(found) if arg.rank else arg for arg in node.args]
            return builder.elementwise(node.name, args)
        if not isinstance(node, Product):
            return builder.product(1, [(node, (0, 0), 1)], (0,), node.axes[:1])
        factors: list[Factor] = [(builder.ones(node.axes[:1]), (0,), 1)]
        factors += [
            (next(found), (0,), e)
            if sorted(own) == [0, 1]
            else (factor, tuple([0 if label == 1 else label for label in own]), e)
            for factor, own, e in node.factors
        ]
        return builder.product(node.coefficient, factors, (0,), node.axes[:1])

    return fold(root, inside, rule)


def _finite_apart(builder: Builder, factors: Sequence[Factor]) -> Factor | None:
    """A factor i != j beside which nothing is infinite at i = j, if there is one."""
    for mask in factors:
        if _is_unequal(mask[0]):
            both = [each for each in factors if each != mask and set(mask[1]) <= set(each[1])]
            if all(_is_finite(builder, f) and _has_power(builder, f, e) for f, _, e in both):
                return mask
    return None


def _is_unequal(node: Node) -> bool:
    """Whether this is 1 where i != j."""
    same = isinstance(node, Leaf) and node.kind == "apart" and int(node.name) == 0
    return same and node.axes[0] == node.axes[1]


def _is_skew(node: Node, own: Labels, pair: set[int]) -> bool:
    """Whether an exchange of the two labels makes a factor minus itself."""
    if node.exchange is not None:
        one, other, sign = node.exchange
        return sign < 0 and {own[one], own[other]} == pair
    return node.rank == len(pair) and node.parity < 0 and set(own) == pair


def _is_finite(builder: Builder, root: Node) -> bool:
    """Whether it has values at all points where its variables do, as far as its parts show."""
    for node in postorder(root, lambda node: node.children):
        if isinstance(node, Product):
            if not all(_has_power(builder, factor, e) for factor, _, e in node.factors):
                return False
        elif isinstance(node, Call) and node.name not in TOTAL:
            return False
    return True


def _has_power(builder: Builder, node: Node, exponent: Rational) -> bool:
    """Whether a power has a value wherever its base has one."""
    if exponent < 0:
        return builder.positive(node)
    return exponent.denominator == 1 or builder.nonnegative(node)
