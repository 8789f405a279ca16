"""A scalar under a product goes into what has it as a denominator: ``inv(A/s + eye)/s`` is
``inv(A + s*eye)``, and ``sum(1./(x/s + 1))/s`` is ``sum(1./(x + s))``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Node, Product, Rational, Sum, as_term, is_atom

_FACTORS = 12  # longer products stay as they are


def clear_divisors(builder: Builder, node: Product) -> Iterator[Node]:
    """The product with one of the scalars that it is divided by in its inverses and powers of
    sums, also in those within the scalars among its factors.
    """
    if len(node.factors) > _FACTORS:
        return
    for base, labels, exponent in node.factors:
        if labels or exponent >= 0:
            continue
        cleared = _clear(builder, node.factors, base)
        if cleared is not None:
            factors, gained = cleared
            whole = [*factors, (base, (), gained)]
            yield builder.product(node.coefficient, whole, tuple(range(node.rank)), node.axes)


def _clear(
    builder: Builder, factors: Sequence[Factor], base: Node
) -> tuple[list[Factor], Rational] | None:
    """Factors that have no fractions with a denominator inside, and its exponent in front; None
    where there were none.
    """
    fresh: list[Factor] = []
    total: Rational = 0
    for factor in factors:
        node, labels, exponent = factor
        found: tuple[Node, Rational] | None = None
        if isinstance(node, Call) and node.name == "inv" and exponent == 1:
            depth = _depth(node.args[0], base)
            if depth:
                inner = _multiply(builder, node.args[0], base, depth)
                found = builder.call("inv", [inner], node.axes), depth
        elif isinstance(node, Sum) and labels and exponent < 0 and exponent.denominator == 1:
            depth = _depth(node, base)
            if depth:
                found = _multiply(builder, node, base, depth), -depth * exponent
        elif isinstance(node, Product) and is_atom(node) and exponent == 1:
            inside = _clear(builder, node.factors, base)
            if inside is not None:
                found = builder.product(node.coefficient, inside[0], (), ()), inside[1]
        fresh.append(factor if found is None else (found[0], labels, exponent))
        total += 0 if found is None else found[1]
    return (fresh, total) if total else None


def _depth(node: Node, base: Node) -> int:
    """How deep a scalar is under the terms of a sum."""
    if not isinstance(node, Sum):
        return 0
    exponents = [e for _, term in node.terms for b, _, e in as_term(term)[1] if b is base]
    least = min(exponents, default=0)
    return int(-least) if least < 0 and least.denominator == 1 else 0


def _multiply(builder: Builder, node: Node, base: Node, depth: int) -> Node:
    assert isinstance(node, Sum)
    power = builder.power(base, depth)
    return builder.sum([(c, builder.times(power, term)) for c, term in node.terms], node.axes)
