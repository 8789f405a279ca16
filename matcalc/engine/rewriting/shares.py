"""Shares, which get a name: s = exp(v)/(1 + sum(exp(v))), or R = diag(1./(N*p))*N*diag(p).

What a sum is made of, divided by it, stands several times in derivatives of choice models and
mixtures, each time with the numerator here and the denominator there. With a name for it they are
those of softmax: diag(s) - s*s'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.walk import fold, postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Factor,
    Labels,
    Node,
    Product,
    as_product,
    as_sum,
    is_atom,
)
from matcalc.engine.ir.rebuild import rebuild

NAME = "share "  # with a number after it; no variable of a user has a blank in its name
_MOST = 3  # that are tried
_LONGEST = 12  # factors of a product that is looked at


class _Share(NamedTuple):
    """A denominator, what it sums (on its axes, and on the label after them), and the variable."""

    below: Node
    above: tuple[Factor, ...]
    leaf: Node


def name_shares(builder: Builder, root: Node) -> tuple[Node, dict[str, Node]] | None:
    """The node with variables for shares that it has more than once, and what these stand for; None
    where there are none.
    """
    shares: list[_Share] = []
    for below in _denominators(root):
        for above in _sums(below):
            size = next(f.axes[own.index(below.rank)] for f, own, _ in above if below.rank in own)
            leaf = builder.leaf("variable", (*below.axes, size), f"{NAME}{len(shares)}")
            shares.append(_Share(below, above, leaf))
    if not 1 <= len(shares) <= _MOST:
        return None
    times = dict.fromkeys(shares, 0)

    def rule(node: Node, children: list[Node]) -> Node:
        made = rebuild(builder, node, children)
        for share in shares:
            found = _put_in(builder, made, share) if isinstance(made, Product) else None
            if found is not None:
                made, count = found
                times[share] += count
        return made

    named = fold(root, lambda node: node.children, rule)
    if max(times.values()) < 2:
        return None
    meanings = {}
    for share in shares:
        axes = share.leaf.axes
        factors = [*share.above, (share.below, tuple(range(share.below.rank)), -1)]
        meanings[share.leaf.name] = builder.product(1, factors, tuple(range(len(axes))), axes)  # type: ignore[attr-defined]
    return named, meanings


def _denominators(root: Node) -> Iterator[Node]:
    """What products are divided by, each once."""
    seen: set[Node] = set()
    for node in postorder(root, lambda node: node.children):
        for factor, own, exponent in as_product(node)[1] if isinstance(node, Product) else ():
            plain = exponent < 0 and exponent.denominator == 1 and len({*own}) == len(own)
            if plain and factor.rank <= 1 and factor not in seen:
                seen.add(factor)
                yield factor


def _sums(below: Node) -> Iterator[tuple[Factor, ...]]:
    """What a denominator sums over one index, or a term of it does."""
    for _, term in as_sum(below)[1]:
        _, factors = as_product(term)
        labels = {label for _, own, _ in factors for label in own}
        if len(labels) == below.rank + 1 and len(factors) <= _LONGEST:
            whole = [e > 0 and e.denominator == 1 for _, _, e in factors]
            if all(whole):
                yield factors


def _put_in(builder: Builder, node: Product, share: _Share) -> tuple[Node, int] | None:
    """The product with the variable wherever numerator and denominator are in it, and how often
    that is.
    """
    if len(node.factors) > _LONGEST or not any(
        factor is share.below and e < 0 for factor, _, e in node.factors
    ):
        return None
    factors = _opened(node, {factor for factor, _, _ in share.above})
    count = 0
    while True:
        found = next(_matches(factors, share), None)
        if found is None:
            break
        factors, labels = found
        factors.append((share.leaf, labels, 1))
        count += 1
    if not count:
        return None
    outputs = tuple(range(node.rank))
    return builder.product(node.coefficient, factors, outputs, node.axes), count


def _opened(node: Product, wanted: set[Node]) -> list[Factor]:
    """The factors, scalar networks that have one of the wanted taken apart."""
    found: list[Factor] = []
    fresh = 1 + max((label for _, own, _ in node.factors for label in own), default=node.rank)
    for factor, own, exponent in node.factors:
        inside = as_product(factor)[1] if is_atom(factor) else ()
        count = int(exponent) if exponent.denominator == 1 and 0 < exponent <= 2 else 0
        if not count or wanted.isdisjoint(each for each, _, _ in inside):
            found.append((factor, own, exponent))
            continue
        number = as_product(factor)[0]
        if number != 1:
            return list(node.factors)
        for _ in range(count):
            found += [
                (each, tuple([label + fresh for label in labels]), e) for each, labels, e in inside
            ]
            fresh += 1 + max(label for _, labels, _ in inside for label in labels)
    return found


def _matches(factors: Sequence[Factor], share: _Share) -> Iterator[tuple[list[Factor], Labels]]:
    """The factors without a numerator and the denominator, and the labels of both."""
    for place, (factor, own, e) in enumerate(factors):
        if factor is share.below and e <= -1:
            rest = [*factors[:place], *factors[place + 1 :]]
            rest += [(factor, own, e + 1)] * (e != -1)
            yield from _without(rest, list(share.above), dict(enumerate(own)), share.below.rank)


def _without(
    factors: list[Factor], wanted: list[Factor], names: Mapping[int, int], rank: int
) -> Iterator[tuple[list[Factor], Labels]]:
    """The factors without those that are wanted, on the labels of ``names``."""
    if not wanted:
        yield factors, tuple([names[label] for label in range(rank + 1)])
        return
    (base, labels, least), *more = wanted
    for place, (factor, own, e) in enumerate(factors):
        if factor is not base or e < least:
            continue
        known = dict(names)
        if any(known.setdefault(a, b) != b for a, b in zip(labels, own, strict=True)):
            continue
        rest = [*factors[:place], *factors[place + 1 :]]
        rest += [(factor, own, e - least)] * (e != least)
        yield from _without(rest, more, known, rank)
