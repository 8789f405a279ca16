"""Letters that are numbers although convention makes them vectors or matrices: what both readers,
of text and of LaTeX, take them for where numbers stand.
"""

from __future__ import annotations

from collections.abc import Collection

INDICES = frozenset("ijklmn")  # letters that count
SIZES = frozenset("NMTKL")  # and those that count, and are matrices by convention
PARAMETERS = frozenset("hijklmnopqrst")  # vectors by convention that are not unknowns
UNKNOWNS = frozenset("XYZ")
_SIGNS = frozenset({"+", "-", "*", "/", "neg"})


def are_numbers_in_exponent(kinds: Collection[str], letters: Collection[str], count: bool) -> bool:
    """Whether the letters of the exponent of a number are numbers as well, as in D/2, -N and
    (N - P - 1)/2: where it is such a sum or product, and ``count`` says that one of them counts, or
    a number or a sign is in it. ``kinds`` are those of its nodes, letters left out.
    """
    if not _SIGNS.issuperset(set(kinds) - {"number"}):
        return False
    return count or (not {"number", "neg"}.isdisjoint(kinds) and UNKNOWNS.isdisjoint(letters))
