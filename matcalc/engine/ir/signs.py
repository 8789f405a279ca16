"""Signs of permutations of three that meet: sum_jk e[i,j,k] e[l,j,k] = 2 delta_il."""

from __future__ import annotations

from typing import NamedTuple

from matcalc.engine.ir.nodes import Factor, Labels, Node

SIGN = "epsilon"  # the kind of leaves


class Contraction(NamedTuple):
    """What becomes of a product: a number, the factors that are left, labels that are gone, labels
    that are one.
    """

    number: int
    kept: list[Factor]
    gone: Labels
    merged: list[tuple[int, int]]


def is_sign(node: Node) -> bool:
    """Whether this is the sign of a permutation."""
    return node.kind == SIGN


def contract_signs(factors: list[Factor], rank: int) -> Contraction | None:
    """The product without two signs that share two indices which nothing else touches; None where
    there are none.
    """
    signs = [place for place, (node, _, _) in enumerate(factors) if is_sign(node)]
    if not signs:
        return None
    touched: dict[int, int] = {}
    for _, labels, _ in factors:
        for label in labels:
            touched[label] = touched.get(label, 0) + 1
    for place in signs:
        _, labels, exponent = factors[place]
        lone = [label for label in labels if label >= rank and touched[label] == 1]
        if exponent == 2 and len(lone) > 1:
            kept = factors[:place] + factors[place + 1 :]
            return Contraction(2, kept, tuple(lone[:2]), [])
        for other in signs:
            shared = [
                label
                for label in labels
                if label in factors[other][1] and label >= rank and touched[label] == 2
            ]
            if other <= place or len(shared) != 2 or exponent != 1 or factors[other][2] != 1:
                continue
            (first,), (second,) = (
                [label for label in factors[k][1] if label not in shared] for k in (place, other)
            )
            # both sorted: the sign is that of the places at which the unshared labels stand
            sign = -1 if (labels.index(first) + factors[other][1].index(second)) % 2 else 1
            kept = [factor for k, factor in enumerate(factors) if k not in (place, other)]
            return Contraction(2 * sign, kept, tuple(shared), [(first, second)])
    return None
