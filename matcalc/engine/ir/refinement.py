"""Colour refinement of networks with many labels, whose cost hardly exceeds their length.

Refinement in rounds, which looks at all labels in each of them, is faster for the few labels of
ordinary networks; a chain of n factors takes n rounds, though. Both give the same colours.
"""

from __future__ import annotations

from matcalc.engine.ir.nodes import Factor


def refine(factors: list[Factor], colours: dict[int, int]) -> dict[int, int]:
    """The colours with classes split until nothing tells two labels of one class apart.

    All labels of a class looked alike before its last split. So only labels beside one that has
    another colour since then have to be looked at, and of the others of their class a single one.
    """
    if len(set(colours.values())) == len(colours):
        return colours
    touching: dict[int, list[Factor]] = {label: [] for label in colours}
    for factor in factors:
        for label in set(factor[1]):
            touching[label].append(factor)
    classes: dict[int, set[int]] = {}
    for label, colour in colours.items():
        classes.setdefault(colour, set()).add(label)
    found: dict[int, int] = {}
    parts: list[set[int]] = []
    for colour in sorted(classes):  # a colour is the number of labels before its class
        groups = _alike(classes[colour], touching, colours)
        for group in groups:
            found.update(dict.fromkeys(group, len(found)))
        parts += groups
    split = len(parts) > len(classes)
    colours, classes = found, {found[next(iter(part))]: part for part in parts}
    changed = set(colours) if split else set()
    while changed:
        beside: dict[int, set[int]] = {}
        for label in changed:
            for _, labels, _ in touching[label]:
                for other in labels:
                    if other != label and len(classes[colours[other]]) > 1:
                        beside.setdefault(colours[other], set()).add(other)
        changed, fresh = set(), {}
        for colour, some in beside.items():
            rest = classes[colour]
            rest.difference_update(some)
            alike = next(iter(rest), None)
            groups = _alike(some if alike is None else {*some, alike}, touching, colours)
            for group in groups:
                if alike in group:
                    rest |= group
            groups = [rest if alike in group else group for group in groups]
            largest, start = max(groups, key=len), colour
            for group in groups:
                fresh[start] = group
                start += len(group)
            changed.update(label for group in groups if group is not largest for label in group)
        for colour, group in fresh.items():
            classes[colour] = group
            colours.update(dict.fromkeys(group, colour))
    return colours


def _alike(
    some: set[int], touching: dict[int, list[Factor]], colours: dict[int, int]
) -> list[set[int]]:
    """Labels of one colour, in groups of those that touch the same, in order."""
    if len(some) == 1:
        return [some]
    signatures = sorted((_signature(label, touching[label], colours), label) for label in some)
    groups: list[set[int]] = []
    previous = None
    for signature, label in signatures:
        if signature != previous:
            previous = signature
            groups.append(set())
        groups[-1].add(label)
    return groups


def _signature(
    label: int, factors: list[Factor], colours: dict[int, int]
) -> list[tuple[object, ...]]:
    """What a label touches: the factors, its places there, and the colours around."""
    return sorted(
        [
            about
            for factor in factors
            for each, about in zip(factor[1], places(factor, colours), strict=True)
            if each == label
        ]
    )


def places(factor: Factor, colours: dict[int, int]) -> list[tuple[object, ...]]:
    """What each label of a factor sees of it: the node, its own place, the colours around. Places
    that can be exchanged are the same.
    """
    node, labels, exponent = factor
    around = tuple([colours[label] for label in labels])
    if node.parity:
        return [(node.id, exponent, -1, tuple(sorted(around)))] * len(labels)
    numbers = list(range(len(labels)))
    if node.exchange is not None:
        one, other, _ = node.exchange
        numbers[other] = one
        pair = sorted((around[one], around[other]))
        rest = [c for place, c in enumerate(around) if place not in (one, other)]
        around = (*pair, *rest)
    return [(node.id, exponent, number, around) for number in numbers]
