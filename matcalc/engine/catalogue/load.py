"""Reads identities/: all of it for listing and testing, single entries for deriving."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from os import listdir
from os.path import isdir, join

from matcalc.core.identity import Identity
from matcalc.core.resources import folder_path, read_text, tables_in
from matcalc.engine.catalogue import index
from matcalc.engine.catalogue.index import Activation
from matcalc.engine.ir.nodes import FunctionName
from matcalc.engine.ir.traits import Traits


class Library:
    """The entries found under one folder, by name."""

    def __init__(self, root: str) -> None:
        self.root = root
        self._loaded: dict[str, Identity] = {}

    @cached_property
    def _table(self) -> tuple[list[str], dict[str, str]]:
        """The lines of the index, and the entries that the engine uses by name; compiled afresh
        where the table is stale.
        """
        text = read_text(join(self.root, index.TABLE))
        if not text.startswith(f"checksum {index.checksum(self.root)}\n"):
            text = index.compile_index(self.root)
        head, *entries = text.split("\nentry ")
        return head.splitlines(), {entry[: entry.index("\n")]: entry for entry in entries}

    @cached_property
    def pieces(self) -> dict[str, tuple[str, str]]:
        """All entries, those that are there to be looked up and tested included: name -> (file,
        text of the entry).
        """
        folders = [join(self.root, name) for name in sorted(listdir(self.root))]
        return index.cut_entries(
            path for each in folders if isdir(each) for path in tables_in(each)
        )

    def get(self, name: str) -> Identity | None:
        """The entry of that name among those that the engine uses."""
        if name not in self._loaded:
            text = self._table[1].get(name)
            if text is None:
                return None
            self._loaded[name] = index.load_entry(text)
        return self._loaded[name]

    def all(self) -> list[Identity]:
        """Every entry, checked."""
        return [self.get(name) or self._other_entries[name] for name in self.pieces]

    @cached_property
    def _other_entries(self) -> dict[str, Identity]:
        """The entries that the engine does not use."""
        return {
            name: index.parse_entry(name, *place)
            for name, place in self.pieces.items()
            if name not in self._table[1]
        }

    @cached_property
    def rewrites(self) -> list[Activation]:
        """The rewrites, each with what has to be present before it can fire."""
        found = []
        for line in self._table[0]:
            if line.startswith("rewrite "):
                name, phase, needs, brings, code = line[8:].split(";")
                found.append(
                    Activation(
                        name, frozenset(needs.split()), frozenset(brings.split()), phase, bool(code)
                    )
                )
        return found

    @cached_property
    def by_need(self) -> dict[FunctionName, list[int]]:
        """The places of the rewrites that need a function or a kind; those that need nothing stand
        under "".
        """
        return places_by_need(self.rewrites)

    @cached_property
    def traits(self) -> Traits:
        """What the normal form of networks may know of functions."""
        lines = (line.split(" ") for line in self._table[0][1 : 1 + len(index.TRAITS)])
        known = {trait: names for trait, *names in lines}
        transposition: dict[FunctionName, str] = {
            name: trait for trait in index.TRANSPOSITIONS for name in known[trait]
        }
        return Traits(
            transposition, *(frozenset(known[trait]) for trait in ("positive", "odd", "even"))
        )


def places_by_need(activations: Sequence[Activation]) -> dict[FunctionName, list[int]]:
    """The places of the activations that need a function or a kind."""
    found: dict[FunctionName, list[int]] = {}
    for place, activation in enumerate(activations):
        for need in activation.needs or ("",):
            found.setdefault(need, []).append(place)
    return found


LIBRARY = Library(folder_path("identities"))
