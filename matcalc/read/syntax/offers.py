"""What notes offer to declare: each offer is followed before it is made, so that none leads to an
error.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matcalc.core.errors import MatcalcError
from matcalc.core.notes import read_offer, without_offer

_MOST_READ = 3_000  # characters that are read again for the notes on one text


def keep_readable(
    notes: tuple[str, ...], size: int, again: Callable[[Mapping[str, str]], object]
) -> tuple[str, ...]:
    """The notes on a text of some size; what they offer stays where ``again`` can read the text
    with that declared.
    """
    budget = _MOST_READ // max(size, 1)
    result = []
    for note in notes:
        declared = read_offer(note)
        if declared:
            budget -= 1
            note = note if budget >= 0 and _readable(again, declared) else without_offer(note)
        result.append(note)
    return tuple(result)


def _readable(again: Callable[[Mapping[str, str]], object], declared: Mapping[str, str]) -> bool:
    try:
        again(declared)
    except MatcalcError:
        return False
    return True
