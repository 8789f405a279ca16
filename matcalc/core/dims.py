"""Dimensions: positive integers, names, and products of both (``vec`` of an m x n matrix has m*n entries)."""

from __future__ import annotations

from typing import NamedTuple


class Dim(NamedTuple):
    """The monomial ``scale * names[0] * names[1] * ...``; names are sorted, so equal dimensions compare equal."""

    scale: int
    names: tuple[str, ...]

    def __str__(self) -> str:
        parts = ([] if self.scale == 1 and self.names else [str(self.scale)]) + list(self.names)
        return "*".join(parts)

    @property
    def integer(self) -> int | None:
        """The size as a number, or None while a name is left in it."""
        return None if self.names else self.scale

    def times(self, other: Dim) -> Dim:
        """The number of pairs: the dimension of a fused index."""
        return Dim(self.scale * other.scale, tuple(sorted(self.names + other.names)))

    def size(self, sizes: dict[str, int]) -> int:
        """The number that this dimension is when the names have the given sizes."""
        result = self.scale
        for name in self.names:
            result *= sizes[name]
        return result


ONE = Dim(1, ())


def dim(size: int | str) -> Dim:
    """The dimension that is just a number or just a name."""
    return Dim(size, ()) if isinstance(size, int) else Dim(1, (size,))


Shape = tuple[Dim, ...]
