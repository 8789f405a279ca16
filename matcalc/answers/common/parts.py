"""Answers of several parts: mappings from names, or pairs of names, to the parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeVar

from matcalc.core.typeset import Typeset

Key = TypeVar("Key")
Part = TypeVar("Part")


class Parts(Mapping[Key, Part], Typeset):
    """The parts by their keys, in order."""

    _parts: Mapping[Key, Part]

    def __getitem__(self, key: Key) -> Part:
        return self._parts[key]

    def __iter__(self) -> Iterator[Key]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)
