"""A canonical order of factors and names of summed labels, so that renaming and reordering give one
and the same node.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import combinations
from typing import TypeGuard

from matcalc.core.dims import Shape
from matcalc.engine.ir.nodes import Factor, Labels, Node, Rational, Sum, order_factors
from matcalc.engine.ir.refinement import places, refine

# leaves of the search over symmetric networks; beyond it the form may depend on the order of the
# input
_CANDIDATES = 64
_MANY = 24  # labels from which on rounds over all of them take longer

Terms = tuple[tuple[Rational, Node], ...]  # of a sum, in the order of their ids


def canonical(factors: list[Factor], rank: int) -> tuple[tuple[Factor, ...], int]:
    """Factors with outputs 0 ... rank-1 kept and summed labels renamed rank, rank+1, ...; and a
    sign.

    Colour refinement: a label is told from another by the factors it touches, then by the colours
    of the labels it meets there; where labels remain alike each is tried first. The sign is that of
    reordering the axes of skew factors; it is 0 when the network is minus itself, and so zero
    (x'*K*x).
    """
    summed = sorted({label for _, labels, _ in factors for label in labels if label >= rank})
    colours = dict.fromkeys(summed, rank)
    for label in range(rank):
        colours[label] = label
    if len(summed) > 1:
        return _search(factors, rank, colours, [_CANDIDATES])
    return _finish(factors, colours)


def _search(
    factors: list[Factor], rank: int, colours: dict[int, int], budget: list[int]
) -> tuple[tuple[Factor, ...], int]:
    """The smallest form over the ways to tell apart labels that refinement leaves alike."""
    colours = _refine(factors, colours)
    classes: dict[int, list[int]] = {}
    for label, colour in colours.items():
        classes.setdefault(colour, []).append(label)
    tied = min((colour for colour, members in classes.items() if len(members) > 1), default=None)
    if tied is None:
        budget[0] -= 1
        return _finish(factors, colours)
    best: tuple[tuple[Factor, ...], int] | None = None
    for first in sorted(classes[tied]):
        # the chosen label keeps the colour, all after it move up by one
        split = {
            label: colour + (colour > tied or (colour == tied and label != first))
            for label, colour in colours.items()
        }
        form, sign = _search(factors, rank, split, budget)
        if best is None or _order(form) < _order(best[0]):
            best = (form, sign)
        elif form == best[0] and sign != best[1]:
            best = (form, 0)
        if budget[0] <= 0:
            break
    assert best is not None
    return best


def _refine(factors: list[Factor], colours: dict[int, int]) -> dict[int, int]:
    """Split colour classes until nothing tells two labels of one class apart."""
    if len(colours) > _MANY:
        return refine(factors, colours)
    count = len(set(colours.values()))
    while count < len(colours):
        seen: dict[int, list[tuple[object, ...]]] = {label: [] for label in colours}
        for factor in factors:
            for label, about in zip(factor[1], places(factor, colours), strict=True):
                seen[label].append(about)
        signatures = {label: (colours[label], sorted(entries)) for label, entries in seen.items()}
        ranked = sorted(signatures.items(), key=lambda item: item[1])
        fresh: dict[int, int] = {}
        previous, colour = None, -1
        for position, (label, signature) in enumerate(ranked):
            if signature != previous:
                previous, colour = signature, position
            fresh[label] = colour
        classes = len(set(fresh.values()))
        colours = fresh
        if classes == count:
            break
        count = classes
    return colours


def _finish(factors: list[Factor], colours: dict[int, int]) -> tuple[tuple[Factor, ...], int]:
    """Rename by the (now distinct) colours, order the axes of symmetric factors, sort."""
    names = {
        label: position for position, label in enumerate(sorted(colours, key=colours.__getitem__))
    }
    sign = 1
    renamed: list[Factor] = []
    for node, labels, exponent in factors:
        fresh: Labels = tuple(map(names.__getitem__, labels))
        if node.parity or node.exchange:
            fresh, turned = order_factors(node, fresh)
            sign *= turned if exponent % 2 else 1
        renamed.append((node, fresh, exponent))
    renamed.sort(key=_factor_order)
    return tuple(renamed), sign


def _factor_order(factor: Factor) -> tuple[object, ...]:
    return factor[0].id, factor[1], factor[2]


def _order(form: tuple[Factor, ...]) -> list[tuple[object, ...]]:
    return [_factor_order(factor) for factor in form]


# leaves that may be on any labels; others say which labels are equal, or how they lie
_FREE = frozenset(("", "variable", "constant", "dimension", "ones"))


def turn(factors: Sequence[Factor], order: Labels) -> tuple[tuple[Factor, ...], int] | None:
    """The canonical form of a flat product with axis ``order[k]`` at place k, and a sign; None
    where the order of the axes may matter for more than the form.
    """
    if any(node.kind not in _FREE or is_wide_sum(node) for node, _, _ in factors):
        return None
    place = {axis: k for k, axis in enumerate(order)}
    turned = [
        (node, tuple([place.get(label, label) for label in labels]), exponent)
        for node, labels, exponent in factors
    ]
    return canonical(turned, len(order))


def is_wide_sum(node: Node) -> TypeGuard[Sum]:
    """Whether this is a sum that may be multiplied out where it is a factor."""
    return isinstance(node, Sum) and node.is_tensor


def find_exchange(
    terms: Terms, axes: Shape, permuted: Callable[[Terms, Labels], Terms]
) -> tuple[int, int, int] | None:
    """Two axes whose exchange leaves a sum as it is or makes it minus itself, and the sign."""
    for one, other in combinations(range(len(axes)), 2):
        if axes[one] != axes[other]:
            continue
        order = list(range(len(axes)))
        order[one], order[other] = other, one
        across = permuted(terms, tuple(order))
        for sign in (1, -1):
            if across == tuple((sign * c, node) for c, node in terms):
                return one, other, sign
    return None
