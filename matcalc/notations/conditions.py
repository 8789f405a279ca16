"""Conditions of cases as they are written: ``i = j = q, p != q``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcalc.core.indexed import Condition
from matcalc.notations.cases import ends


def format_conditions(
    conditions: Sequence[Condition],
    unequal: str,
    comma: str,
    names: Mapping[Any, str],
) -> str:
    """``i = j = q, p != q``: chains of what is equal, then what is not, which is said once of two
    chains.
    """
    chains: list[list[Any]] = []
    for condition in conditions:
        if condition.op == "==":
            sides = ends(condition)
            touched = [chain for chain in chains if any(side in chain for side in sides)]
            joined = list(dict.fromkeys([*(end for chain in touched for end in chain), *sides]))
            chains = [chain for chain in chains if chain not in touched] + [joined]
    order = {index: k for k, index in enumerate(names)}
    found = [
        " = ".join(_end(end, names) for end in sorted(chain, key=lambda e: order.get(e, 99)))
        for chain in chains
    ]
    apart: dict[frozenset[Any], str] = {}
    for condition in conditions:
        if condition.op == "!=":
            sides = ends(condition)
            joint = frozenset(
                next((n for n, chain in enumerate(chains) if end in chain), names.get(end, end))
                for end in sides
            )
            apart.setdefault(joint, f" {unequal} ".join(_end(end, names) for end in sides))
    return comma.join([*found, *apart.values()])


def _end(end: Any, names: Mapping[Any, str]) -> str:
    return str(end) if isinstance(end, int) else names[end]
