"""Comparisons, which are indicators, and the choice by one.

``a > b`` is step(a - b), in floating-point numbers too; ``a == b`` keeps its sides whole, for no
rounding must come between the largest entry and itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.engine.ir.masks import MASKS
from matcalc.engine.ir.nodes import Call, Node, Sum, as_term, is_number, is_ones
from matcalc.engine.lowering.terms import ContractionBuilder, Lowered

_INDICATORS = ("eye", *MASKS)  # leaves whose entries are 0 and 1


def _above(sums: ContractionBuilder, left: Lowered, right: Lowered) -> Node:
    """1 where left > right."""
    return sums.builder.elementwise("step", [sums.close(sums.add(left, right, -1))])


def _equal(sums: ContractionBuilder, left: Lowered, right: Lowered) -> Node:
    return sums.builder.elementwise("equal", [sums.close(left), sums.close(right)])


def _otherwise(sums: ContractionBuilder, node: Node) -> Lowered:
    """1 where the indicator is 0."""
    return sums.add(sums.builder.number(1), node, -1)


def _where(sums: ContractionBuilder, args: Sequence[Lowered]) -> Lowered:
    """a where the condition is not 0, else b."""
    builder = sums.builder
    condition, first, second = (sums.close(arg) for arg in args)
    axes = max(condition.axes, first.axes, second.axes, key=len)
    known = builder.constant_entry(condition)
    if first is second or is_number(known):
        taken = second if is_number(known) and known.coefficient == 0 else first  # type: ignore[attr-defined]
        return taken if taken.axes == axes else builder.times(taken, builder.ones(axes))
    if not _indicator(condition):
        condition = sums.close(_otherwise(sums, _equal(sums, condition, builder.number(0))))
    return builder.elementwise("where", [condition, first, second])


def _indicator(node: Node) -> bool:
    """Whether the entries are known to be 0 and 1: comparisons of values and of indices, their
    products, and one less such.
    """
    if isinstance(node, Sum):
        signs = sorted(node.terms, key=lambda term: term[0])
        return [c for c, _ in signs] == [-1, 1] and _one(signs[1][1]) and _indicator(signs[0][1])
    coefficient, factors = as_term(node)
    if coefficient != 1 or any(e < 0 or e.denominator != 1 for _, _, e in factors):
        return False
    inside = all(label < node.rank for _, labels, _ in factors for label in labels)
    return inside and all(
        _one(f) or (f.kind in _INDICATORS) or (isinstance(f, Call) and f.name in ("step", "equal"))
        for f, _, _ in factors
    )


def _one(node: Node) -> bool:
    """Whether this is 1 everywhere."""
    coefficient, factors = as_term(node)
    return coefficient == 1 and all(is_ones(f) for f, _, _ in factors)


RULES: dict[str, Callable[[ContractionBuilder, Sequence[Lowered]], Lowered]] = {
    ">": lambda sums, args: _above(sums, args[0], args[1]),
    "<": lambda sums, args: _above(sums, args[1], args[0]),
    "<=": lambda sums, args: _otherwise(sums, _above(sums, args[0], args[1])),
    ">=": lambda sums, args: _otherwise(sums, _above(sums, args[1], args[0])),
    "==": lambda sums, args: _equal(sums, args[0], args[1]),
    "!=": lambda sums, args: _otherwise(sums, _equal(sums, args[0], args[1])),
    "where": _where,
}
