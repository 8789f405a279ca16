"""Arrays with more axes than a matrix, which expressions with bound indices have: X[i,k] - X[j,k].

Matrix notation has no name for them. Where they are multiplied out, squares of differences become
products of matrices; what is left then is for index notation.
"""

from __future__ import annotations

from matcalc.core.walk import fold, postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Leaf, Node, Product, Sum, as_product
from matcalc.engine.ir.rebuild import rebuild

# functions that are defined at every real number
_EVERYWHERE = frozenset(
    (
        *("exp", "expm1", "sin", "cos", "atan", "sinh", "cosh", "tanh", "asinh", "cbrt", "abs"),
        *("sign", "relu", "step", "max", "min", "sigmoid", "softplus", "silu", "gelu", "erf"),
        *("erfc", "normcdf", "normpdf", "equal", "softmax", "logsumexp"),
    )
)


def is_wide(node: Node) -> bool:
    """Whether this is a sum, or a function, of more than two axes."""
    return node.rank > 2 and isinstance(node, Sum | Call)


def has_wide(root: Node) -> bool:
    """Whether an array with more than two axes is a factor, or the argument of a function."""
    return any(
        is_wide(child)
        for node in postorder(root, lambda node: node.children)
        if not isinstance(node, Sum)
        for child in node.children
    )


def multiplied_out(builder: Builder, root: Node) -> Node:
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
        isinstance(node, Sum)
        and node.rank > 2
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


def singular_masks(root: Node) -> bool:
    """Whether a mask leaves out places where what it multiplies may have no value: 1/(x[i] - x[j])
    for i != j.
    """
    for node in postorder(root, lambda node: node.children):
        _, factors = as_product(node)
        masks = [set(labels) for inner, labels, _ in factors if _is_mask(inner)]
        for pair in masks:
            for inner, labels, exponent in factors:
                beside = pair <= set(labels) and not _is_mask(inner)
                if beside and (exponent < 0 or not _total(inner)):
                    return True
    return False


def _is_mask(node: Node) -> bool:
    return isinstance(node, Leaf) and node.kind in ("lower", "apart")


def _total(root: Node) -> bool:
    """Whether it has a value whatever its variables are."""
    for node in postorder(root, lambda node: node.children):
        if isinstance(node, Call) and node.name not in _EVERYWHERE:
            return False
        if isinstance(node, Product):
            # a power of a scalar without the indices is the same everywhere
            if any(e < 0 and inner.rank > 1 for inner, _, e in node.factors):
                return False
            if any(e.denominator != 1 and inner.rank > 1 for inner, _, e in node.factors):
                return False
    return True
