"""Arrays with more axes than a matrix, which expressions with bound indices have: X[i,k] - X[j,k].

Matrix notation has no name for them. Where they are multiplied out, squares of differences become
products of matrices; what is left then is for index notation.
"""

from __future__ import annotations

from matcalc.core.walk import fold, postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.canonical import is_wide_sum
from matcalc.engine.ir.masks import is_mask
from matcalc.engine.ir.nodes import (
    Factor,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    as_sum,
    quotient,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.ir.wide import left_out, singular_masks

_MOST_TERMS = 60  # that sums with conditions are multiplied out to


def multiply_out(builder: Builder, root: Node) -> Node:
    """The node with whole powers of wide sums as sums of products."""
    builder.indexed = False

    def rule(node: Node, children: list[Node]) -> Node:
        made = rebuild(builder, node, children)
        if isinstance(made, Product) and any(_opens(factor) for factor in made.factors):
            factors: list[Factor] = []
            for inner, labels, e in made.factors:
                count = int(e) if _opens((inner, labels, e)) else 1
                factors += [(inner, labels, e if count == 1 else 1)] * count
            return _spread(builder, made, factors)
        return made

    result = fold(root, lambda node: node.children, rule)
    builder.indexed = True
    return result


def _opens(factor: Factor) -> bool:
    node, _, exponent = factor
    return (
        is_wide_sum(node)
        and exponent.denominator == 1
        and 1 <= exponent <= 4  # higher powers have too many terms
    )


def _spread(builder: Builder, node: Product, factors: list[Factor]) -> Node:
    """The product with each of its wide sums as the sum of the products of its terms."""
    terms: list[tuple[object, list[Factor]]] = [(node.coefficient, [])]
    for factor in factors:
        if not _opens(factor):
            terms = [(c, [*rest, factor]) for c, rest in terms]
            continue
        inner, labels, _ = factor
        assert isinstance(inner, Sum)
        terms = [
            (c * own, [*rest, (term, labels, 1)])  # type: ignore[operator]
            for c, rest in terms
            for own, term in inner.terms
        ]
    outputs = tuple(range(node.rank))
    made = [(1, builder.product(c, each, outputs, node.axes)) for c, each in terms]  # type: ignore[arg-type]
    return builder.sum(made, node.axes)


def has_places(root: Node) -> bool:
    """Whether entries are taken at places that are made of several indices."""
    nodes = postorder(root, lambda node: node.children)
    return any(node.kind == "place" for node in nodes)


def is_by_entries(root: Node) -> bool:
    """Whether only index notation says it: by such places or masks."""
    return singular_masks(root) or has_places(root)


def singular_pairs(root: Node) -> list[tuple[int, int]]:
    """The pairs of axes of a sum on which masks leave out such places."""
    pairs = [pair for _, term in as_sum(root)[1] for pair in left_out(term)]
    return sorted({(min(pair), max(pair)) for pair in pairs if max(pair) < root.rank})


def join_masks(builder: Builder, root: Node) -> Node:
    """Terms that are the same but for i < j here and i > j there as one, for i != j."""
    multiple, terms = as_sum(_open(builder, root))
    found: dict[Node, list[tuple[Rational, Rational, Node]]] = {}
    kept: list[tuple[Rational, Node]] = []
    for c, term in terms:
        apart = _as_unequal(builder, term)
        if apart is None:
            kept.append((c, term))
            continue
        own, core = _core(builder, multiply_out(builder, apart))
        same = found.setdefault(core, [])
        other = next((k for k, (size, *_) in enumerate(same) if size == c * own), None)
        if other is None:
            same.append((c * own, c, term))
        else:
            del same[other]
            kept.append((c, apart))
    kept += [(c, term) for same in found.values() for _, c, term in same]
    return builder.scale(multiple, builder.sum(kept, root.axes))


def _open(builder: Builder, root: Node) -> Node:
    """The sum with the sums inside its terms multiplied out that have masks in them."""
    multiple, terms = as_sum(root)
    todo = [(multiple * c, term) for c, term in reversed(terms)]
    done: list[tuple[Rational, Node]] = []
    while todo:
        c, term = todo.pop()
        coefficient, factors = as_product(term)
        place = next((k for k, factor in enumerate(factors) if _has_mask(factor)), None)
        if place is None or len(done) + len(todo) > _MOST_TERMS:
            done.append((c, term))
            continue
        inner, labels, _ = factors[place]
        own, parts = as_sum(inner)
        outputs = tuple(range(term.rank))
        for size, part in reversed(parts):
            whole = [*factors[:place], (part, labels, 1), *factors[place + 1 :]]
            made = builder.product(coefficient * own * size, whole, outputs, term.axes)
            todo.append((c, made))
    return builder.sum(done, root.axes)


def _has_mask(factor: Factor) -> bool:
    """Whether this is a sum of which a term has a mask."""
    node, _, exponent = factor
    return (
        isinstance(node, Sum)
        and exponent == 1
        and any(is_mask(inner) for _, term in node.terms for inner, _, _ in as_product(term)[1])
    )


def _core(builder: Builder, node: Node) -> tuple[Rational, Node]:
    """A number and a node without one."""
    if isinstance(node, Product) and node.coefficient != 1:
        return node.coefficient, builder.scale(quotient(1, node.coefficient), node)
    return 1, node


def _as_unequal(builder: Builder, node: Node) -> Node | None:
    """The term with its one triangle, of i < j, as i != j."""
    coefficient, factors = as_product(node)
    masks = [k for k, (inner, _, _) in enumerate(factors) if is_mask(inner)]
    if len(masks) != 1:
        return None
    mask, labels, _ = factors[masks[0]]
    assert isinstance(mask, Leaf)
    if mask.kind != "lower" or mask.name != "-1" or mask.axes[0] != mask.axes[1]:
        return None
    whole = [*factors[: masks[0]], *factors[masks[0] + 1 :]]
    whole.append((builder.leaf("apart", mask.axes, "0"), labels, 1))
    return builder.product(coefficient, whole, tuple(range(node.rank)), node.axes)
