"""Arrays with more axes than a matrix, which expressions with bound indices have."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.operations import TOTAL
from matcalc.core.walk import postorder
from matcalc.engine.ir.masks import is_mask
from matcalc.engine.ir.nodes import Call, Node, Product, Rational, Sum, as_product

Positive = Callable[[Node], bool]


def is_wide(node: Node) -> bool:
    """Whether this is a sum, or a function, of more than two axes."""
    return node.is_tensor and isinstance(node, Sum | Call)


def has_wide(root: Node, *, functions: bool = True) -> bool:
    """Whether an array with more than two axes is a factor, or the argument of a function.

    Without ``functions`` it is a sum: values of functions are arrays that an einsum takes.
    """
    return any(
        is_wide(child) and (functions or isinstance(child, Sum))
        for node in postorder(root, lambda node: node.children)
        if not isinstance(node, Sum) and not _is_multiple(node)
        for child in node.children
    )


def _is_multiple(node: Node) -> bool:
    """Whether this is a number times another node."""
    if not isinstance(node, Product) or len(node.factors) != 1:
        return False
    _, labels, exponent = node.factors[0]
    return exponent == 1 and sorted(labels) == list(range(node.rank))


def fails_at_places(root: Node, exponent: Rational) -> bool:
    """Whether a power of an array that is made of places and sizes alone may have no value, as
    1/(i - n): where a condition leaves these places out, nothing else does.
    """
    leaves = postorder(root, lambda node: node.children)
    counted = all(node.kind != "variable" for node in leaves)
    return counted and may_fail(root, exponent, least=1)


def may_fail(
    node: Node, exponent: Rational, *, least: int = 2, positive: Positive | None = None
) -> bool:
    """Whether a power may have no value, other than for powers of arrays with fewer axes than
    ``least``: those of numbers are the same everywhere. A mask has a value, and so has any power
    of what is ``positive``.
    """
    if is_mask(node):
        return False
    fails = (exponent < 0 or exponent.denominator != 1) and not (positive and positive(node))
    return fails or not _is_total(node, least, positive)


def _is_total(root: Node, least: int, positive: Positive | None) -> bool:
    """Whether it has a value whatever its variables are, powers of few axes aside."""
    for node in postorder(root, lambda node: node.children):
        if isinstance(node, Call) and node.name not in TOTAL:
            return False
        if isinstance(node, Product) and any(
            (e < 0 or e.denominator != 1)
            and inner.rank >= least
            and not (positive and positive(inner))
            for inner, _, e in node.factors
        ):
            return False
    return True


def needs_indices(node: Node) -> bool:
    """Whether matrix notation does not say it, or has no value where it has one."""
    return has_wide(node) or is_wide(node) or singular_masks(node)


def singular_masks(root: Node, positive: Positive | None = None) -> bool:
    """Whether a mask leaves out places where what it multiplies may have no value: 1/(x[i] - x[j])
    for i != j. Only index notation says it. ``positive`` says what is known to be so.
    """
    return any(left_out(node, positive) for node in postorder(root, lambda node: node.children))


def left_out(node: Node, positive: Positive | None = None) -> list[set[int]]:
    """The labels of the masks of a product that leave out such places."""
    _, factors = as_product(node)
    return [
        set(pair)
        for mask, pair, _ in factors
        if is_mask(mask)
        and any(
            (set(pair) <= set(labels) and may_fail(inner, exponent, positive=positive))
            or (set(pair) & set(labels) and fails_at_places(inner, exponent))
            for inner, labels, exponent in factors
        )
    ]
