"""``matcalc identities``: entries of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcalc.core.errors import ArgumentError
from matcalc.core.language import default_language
from matcalc.engine.catalogue.compiled import catalogue

if TYPE_CHECKING:
    from matcalc.core.identity import Identity


def listing(word: str) -> str:
    """The entries that mention a word; ArgumentError where none does."""
    wanted = word.casefold()
    found = [entry for entry in catalogue(default_language()).all() if wanted in _searchable(entry)]
    if not found:
        raise ArgumentError(
            f"no identity mentions {word}", hint="matcalc identities lists them all"
        )
    return "\n".join(_entry(entry) for entry in found)


def _searchable(entry: Identity) -> str:
    return "\n".join((entry.name, entry.number, entry.formula, entry.source)).casefold()


def _entry(entry: Identity) -> str:
    number = f" ({entry.number})" if entry.number else ""
    given = ", ".join(f"{name}: {kind}" for name, kind in entry.given.items())
    lines = [
        f"{entry.name}{number}",
        entry.formula,
        *([f"where {given}"] if given else []),
        entry.source,
    ]
    return "\n    ".join(lines)
