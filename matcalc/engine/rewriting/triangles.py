"""Two triangles that make up a whole: tril(A) + triu(A) = A + diag(diag(A)).

Sums over pairs i < j are triangles. Of a symmetric array the two halves are the array without its
diagonal, sum[i<j](J[i,j]*s[i]*s[j]) by s is (J - diag(diag(J)))*s.
"""

from __future__ import annotations

from fractions import Fraction

from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Leaf, Node, Product, Rational, as_product, as_sum
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.rewriting.wide import singular_masks


def join_triangles(builder: Builder, root: Node) -> Node:
    """The node with sums of two triangles of one array as this array, more or less its diagonal;
    and skew arrays apart from their diagonal as they are.
    """

    def rule(node: Node, children: list[Node]) -> Node:
        return _whole_of_skew(builder, _join(builder, rebuild(builder, node, children)))

    return fold(root, lambda node: node.children, rule)


def _join(builder: Builder, node: Node) -> Node:
    multiple, terms = as_sum(node)
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
    if not paired:
        return node
    kept += [(c, term) for same in found.values() for _, c, term in same]
    return builder.scale(multiple, builder.sum(kept, node.axes))


def _whole_of_skew(builder: Builder, node: Node) -> Node:
    """A product without the masks that leave out nothing but zeros: the diagonal of a skew
    matrix.
    """
    coefficient, factors = as_product(node)
    kept = [
        (mask, labels, e)
        for mask, labels, e in factors
        if not (isinstance(mask, Leaf) and mask.kind == "apart" and mask.name == "0")
        or not any(n.parity < 0 < p and set(own) == set(labels) for n, own, p in factors)
    ]
    if len(kept) == len(factors) or singular_masks(node):
        return node
    return builder.product(coefficient, kept, tuple(range(node.rank)), node.axes)


def _half(builder: Builder, term: Node) -> tuple[Rational, tuple[Node, str]] | None:
    """What a term with one triangle of a square has in common with the term of the other triangle:
    a number, and the term apart from the diagonal with the number of the triangle.
    """
    coefficient, factors = as_product(term)
    places = [k for k, (f, _, _) in enumerate(factors) if isinstance(f, Leaf) and f.kind == "lower"]
    if len(places) != 1:
        return None
    mask, labels, _ = factors[places[0]]
    assert isinstance(mask, Leaf)
    if mask.axes[0] != mask.axes[1] or mask.name not in ("0", "-1") or singular_masks(term):
        return None
    rest = [*factors[: places[0]], *factors[places[0] + 1 :]]
    rest.append((builder.leaf("apart", mask.axes, "0"), labels, 1))
    made = builder.product(coefficient, rest, tuple(range(term.rank)), term.axes)
    if isinstance(made, Product) and made.coefficient != 1:
        own = Fraction(made.coefficient)
        return own, (builder.scale(1 / own, made), mask.name)
    return 1, (made, mask.name)


def _whole(builder: Builder, term: Node) -> tuple[Node, Node]:
    """The term without its triangle, and on the diagonal alone."""
    coefficient, factors = as_product(term)
    place = next(
        k for k, (f, _, _) in enumerate(factors) if isinstance(f, Leaf) and f.kind == "lower"
    )
    mask, labels, _ = factors[place]
    rest = [*factors[:place], *factors[place + 1 :]]
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
