"""Kinds that are linear spaces of square matrices, said by their entries: which of them repeat
another, with which sign, and which are 0.

The judges work with these tables. The engine does not: it projects by formulas.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from matcalc.core.dims import Shape, half
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import (
    CURVED,
    FREE,
    KINDS,
    ROWS,
    WIDEST,
    Variable,
    kind_spec,
    name_banded_kind,
)

_BY = " by "  # joins a kind and the coordinates in it; no kind has a space


class RepeatedEntry(NamedTuple):
    """An entry that is ``sign`` times the independent entry at ``row``, ``column``."""

    row: int
    column: int
    sign: int = 1


def _symmetric(i: int, j: int, n: int) -> RepeatedEntry | None:
    return RepeatedEntry(max(i, j), min(i, j))


def _skew(i: int, j: int, n: int) -> RepeatedEntry | None:
    return None if i == j else RepeatedEntry(max(i, j), min(i, j), 1 if i > j else -1)


def _diagonal(i: int, j: int, n: int) -> RepeatedEntry | None:
    return RepeatedEntry(i, j) if i == j else None


def _lower(i: int, j: int, n: int) -> RepeatedEntry | None:
    return RepeatedEntry(i, j) if i >= j else None


def _upper(i: int, j: int, n: int) -> RepeatedEntry | None:
    return RepeatedEntry(i, j) if i <= j else None


def _within(width: int) -> Callable[[int, int, int], RepeatedEntry | None]:
    return lambda i, j, n: RepeatedEntry(i, j) if abs(i - j) <= width else None


def _toeplitz(i: int, j: int, n: int) -> RepeatedEntry | None:
    return RepeatedEntry(i - j, 0) if i >= j else RepeatedEntry(0, j - i)


def _circulant(i: int, j: int, n: int) -> RepeatedEntry | None:
    return RepeatedEntry((i - j) % n, 0)


def _hankel(i: int, j: int, n: int) -> RepeatedEntry | None:
    return RepeatedEntry(i + j, 0) if i + j < n else RepeatedEntry(n - 1, i + j - n + 1)


# kind -> what the entry i, j of an n x n matrix repeats, counted from 0; None where it is 0
SPACES: dict[str, Callable[[int, int, int], RepeatedEntry | None]] = {
    "symmetric": _symmetric,
    "psd": _symmetric,
    "diagonal": _diagonal,
    "skew": _skew,
    "triangular": _lower,
    "upper": _upper,
    **{name_banded_kind(width): _within(width) for width in range(1, WIDEST + 1)},
    "toeplitz": _toeplitz,
    "circulant": _circulant,
    "hankel": _hankel,
}
# kinds whose matrices are vech(X), vech(X') or diag(X) in another form
WITH_COORDINATES = tuple(row.name for row in ROWS if row.coordinates)


@cache
def independent(kind: str, n: int) -> tuple[tuple[tuple[int, int, int], ...], ...]:
    """For each independent entry, column by column, where it is in the matrix: row, column and
    sign, itself first.
    """
    found: dict[tuple[int, int], list[tuple[int, int, int]]] = {}
    for i in range(n):
        for j in range(n):
            entry = SPACES[kind](i, j, n)
            if entry is not None:
                places = found.setdefault((entry.column, entry.row), [])
                itself = (entry.row, entry.column) == (i, j)
                places.insert(0 if itself else len(places), (i, j, entry.sign))
    return tuple([tuple(found[key]) for key in sorted(found)])


def coordinates(kind: str, n: int) -> list[tuple[int, int]]:
    """Where in the matrix the coordinates stand: those of vech(X), of an upper triangular matrix
    vech(X'), of a diagonal matrix diag(X).
    """
    form = kind_spec(kind).coordinates
    if form == "diag({0})":
        return [(i, i) for i in range(n)]
    lower = [(i, j) for j in range(n) for i in range(j, n)]
    return [(j, i) for i, j in lower] if form == "vech({0}')" else lower


def coordinate_name(variable: Variable) -> str:
    """What the coordinates are called."""
    return (kind_spec(variable.kind).coordinates or "vech({0})").format(variable.name)


def coordinate_shape(variable: Variable) -> Shape:
    """The axes of the coordinates: n*(n + 1)/2 of vech(X), n of diag(X); the own axes of a variable
    that has none.
    """
    if variable.kind not in WITH_COORDINATES:
        return variable.shape
    (n,) = variable.dims
    return (n,) if variable.kind == "diagonal" else (half(n),)


def frame_of(kind: str, structure: str) -> str:
    """What the judges bring a derivative to: the kind that it is projected on, ``free``, or the
    kind and the coordinates in it.
    """
    if structure == "declared":
        return kind
    return "free" if structure == "free" else f"{kind}{_BY}{structure}"


def split_frame(frame: str) -> tuple[str, str]:
    """The kind, and the coordinates in it or nothing."""
    kind, _, structure = frame.partition(_BY)
    return kind, structure


def require_coordinates(variable: Variable, structure: str, *, alone: bool = True) -> None:
    """ArgumentError where a variable has no coordinates of this name.

    Unless it is ``alone``, a variable whose entries are independent has these.
    """
    kind = variable.kind
    if structure == "independent" and kind in CURVED:
        raise ArgumentError(
            f"{variable.name} is {variable}: its entries depend on each other nonlinearly, so "
            f"there are no independent ones",
            hint="--structure free, in Python structure='free', lets all entries vary freely",
        )
    size, entry = kind_spec(kind).made_of
    if (structure == "vech" and size) or (structure == "independent" and size not in ("", "n")):
        raise ArgumentError(
            f"{variable.name} is {variable}: its numbers occur in several positions each, and are "
            "those of no vector that has a name",
            hint=f"declare t: vector({size}), define {variable.name}[i=1:n, j=1:n] = {entry}, and "
            f"differentiate with respect to t",
        )
    if structure != "vech" or kind in WITH_COORDINATES or (kind in FREE and not alone):
        return
    free = kind in FREE or kind not in KINDS  # a part of a variable has a kind of its own
    usual = "all entries are independent" if free else "there is no such vector"
    raise ArgumentError(
        f"{variable.name} is {f'{variable}, and ' if kind in KINDS else ''}not given by "
        f"vech({variable.name}): {usual}",
        hint="leave structure out (--structure); it is for "
        + ", ".join([f"{each}(n)" for each in WITH_COORDINATES]),
    )
