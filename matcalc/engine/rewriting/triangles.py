"""Two triangles that make up a whole: tril(A) + triu(A, 1) = A, tril(A) + triu(A) =
A + diag(diag(A)).

Sums over pairs i < j are triangles. Of a symmetric array the two halves are the array without its
diagonal, sum[i<j](J[i,j]*s[i]*s[j]) by s is (J - diag(diag(J)))*s.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Factor,
    Labels,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    as_sum,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.ir.wide import singular_masks
from matcalc.engine.rewriting.unequal import whole_of_skew


def join_triangles(builder: Builder, root: Node) -> Node:
    """The node with sums of two triangles of one array as this array, more or less its diagonal;
    and skew arrays apart from their diagonal as they are.
    """

    def rule(node: Node, children: list[Node]) -> Node:
        return whole_of_skew(builder, _join(builder, rebuild(builder, node, children)))

    return fold(root, lambda node: node.children, rule)


def _join(builder: Builder, node: Node) -> Node:
    multiple, sides = as_sum(node)
    terms = [part for term in sides for part in _opened(builder, *term)]
    parted = _join_parted(builder, terms)
    if parted is not None:
        terms = parted
    found: dict[tuple[Node, str], list[tuple[Rational, Rational, Node]]] = {}
    kept: list[tuple[Rational, Node]] = []
    paired = False
    for c, term in terms:
        half = _half(builder, term)
        if half is None:
            kept.append((c, term))
            continue
        own, key = half
        same = found.setdefault(key, [])
        place = next((k for k, (size, *_) in enumerate(same) if size == c * own), None)
        if place is None:
            same.append((c * own, c, term))
            continue
        paired = True
        del same[place]
        whole, diagonal = _whole(builder, term)
        kept += [(c, whole), (c if key[1] == "0" else -c, diagonal)]
    if not paired and parted is None:
        return node
    kept += [(c, term) for same in found.values() for _, c, term in same]
    return builder.scale(multiple, builder.sum(kept, node.axes))


def _opened(builder: Builder, c: Rational, term: Node) -> list[tuple[Rational, Node]]:
    """The terms of a sum in another one, which it is if it is transposed."""
    coefficient, factors = as_product(term)
    inner, labels, exponent = factors[0] if len(factors) == 1 else (term, (), 0)
    if not isinstance(inner, Sum) or exponent != 1:
        return [(c, term)]
    outputs = tuple(range(term.rank))
    return [
        (c * own, builder.product(coefficient, [(part, labels, 1)], outputs, term.axes))
        for own, part in inner.terms
    ]


def _join_parted(
    builder: Builder, terms: Sequence[tuple[Rational, Node]]
) -> list[tuple[Rational, Node]] | None:
    """The terms, a triangle with the diagonal and the other one without it, tril(A) + triu(A, 1),
    as the whole; None where there are none.
    """
    left: dict[Node, Rational] = {}
    for c, term in terms:
        left[term] = left.get(term, 0) + c
    found: list[tuple[Rational, Node]] = []
    for term, c in tuple(left.items()):
        other = _other_triangle(builder, term) if term in left else None
        if other is not None and left.get(other[1]) == c * other[0]:
            del left[term], left[other[1]]
            found.append((c, _whole(builder, term)[0]))
    return [*((c, term) for term, c in left.items()), *found] if found else None


def _other_triangle(builder: Builder, term: Node) -> tuple[Rational, Node] | None:
    """The term with what its one triangle leaves out, as a multiple of a node."""
    parted = _take_triangle(term)
    if parted is None:
        return None
    coefficient, rest, mask, labels = parted
    opposite = builder.leaf("lower", mask.axes, str(-1 - int(mask.name)))
    rest.append((opposite, labels[::-1], 1))
    made = builder.product(coefficient, rest, tuple(range(term.rank)), term.axes)
    multiple, terms = as_sum(made)
    return (multiple * terms[0][0], terms[0][1]) if len(terms) == 1 else None


def _take_triangle(term: Node) -> tuple[Rational, list[Factor], Leaf, Labels] | None:
    """The coefficient and the other factors of a product with one triangle, and that with its
    labels; None where it is none of a square, with the diagonal or without it.
    """
    coefficient, factors = as_product(term)
    masks = [(f, labels) for f, labels, _ in factors if isinstance(f, Leaf) and f.kind == "lower"]
    if len(masks) != 1:
        return None
    ((mask, labels),) = masks
    if mask.axes[0] != mask.axes[1] or mask.name not in ("0", "-1") or singular_masks(term):
        return None
    return coefficient, [each for each in factors if each[0] is not mask], mask, labels


def _half(builder: Builder, term: Node) -> tuple[Rational, tuple[Node, str]] | None:
    """What a term with one triangle of a square has in common with the term of the other triangle:
    a number, and the term apart from the diagonal with the number of the triangle.
    """
    parted = _take_triangle(term)
    if parted is None:
        return None
    coefficient, rest, mask, labels = parted
    rest.append((builder.leaf("apart", mask.axes, "0"), labels, 1))
    made = builder.product(coefficient, rest, tuple(range(term.rank)), term.axes)
    if isinstance(made, Product) and made.coefficient == 0:
        return None
    if isinstance(made, Product) and made.coefficient != 1:
        own = Fraction(made.coefficient)
        return own, (builder.scale(1 / own, made), mask.name)
    return 1, (made, mask.name)


def _whole(builder: Builder, term: Node) -> tuple[Node, Node]:
    """The term without its triangle, and on the diagonal alone."""
    parted = _take_triangle(term)
    assert parted is not None
    coefficient, rest, mask, labels = parted
    covered = {label for _, each, _ in rest for label in each}
    for axis, label in zip(mask.axes, labels, strict=True):
        if label not in covered:  # the triangle alone has it, and a sum over it counts
            rest.append((builder.leaf("ones", (axis,)), (label,), 1))
    outputs = tuple(range(term.rank))
    on = [*rest, (builder.eye(mask.axes[0]), labels, 1)]
    return (
        builder.product(coefficient, rest, outputs, term.axes),
        builder.product(coefficient, on, outputs, term.axes),
    )
