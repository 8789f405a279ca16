"""Members of families: ``W[2]`` is a variable of its own, whose name says which member it is.

A place is a number in what is written out, and an affine expression of an index in the body of a
loop: ``f[k-1]``. Sizes have such names as well: ``h[k]`` is that of layer ``k``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from matcalc.core.dims import ZERO, Dim, dim

_TERM = r"([+-]?)(?:(\d+)\*)?(\d+|[^\W\d]\w*)"  # compiled where there is a member


def member(family: str, places: Sequence[Dim]) -> str:
    """The name of a member."""
    inside = ",".join([str(place).replace(" ", "") for place in places])
    return f"{family}[{inside}]"


def family_of(name: str) -> str | None:
    """The family that a name says a member of; None where it is that of a plain variable."""
    return name.partition("[")[0] if name[-1:] == "]" else None


def in_family(name: str, family: str) -> str:
    """The member of another family at the same places; the other name of a plain one."""
    return family + name[len(family_of(name) or name) :]


def places_of(name: str) -> tuple[Dim, ...]:
    """The places of a member."""
    return tuple([_affine(text) for text in name[name.index("[") + 1 : -1].split(",")])


def _affine(text: str) -> Dim:
    total = ZERO
    for sign, factor, part in re.findall(_TERM, text):
        value = dim(int(part) if part.isdigit() else part)
        total = total.plus(value, int(factor or 1) * (-1 if sign == "-" else 1))
    return total


def move_member(name: str, value: Callable[[str], Dim | None]) -> str:
    """The name with other values of the indices in its places; a plain name stays as it is."""
    family = family_of(name)
    if family is None:
        return name
    return member(family, [place.put(value) for place in places_of(name)])


def at_values(values: Mapping[str, int]) -> Callable[[str], Dim | None]:
    """The values of indices as sizes, for ``move_member``."""
    return lambda name: dim(values[name]) if name in values else None


def move_size(size: Dim, value: Callable[[str], Dim | None]) -> Dim:
    """The size with other values of the indices: those that are sizes, and those in the places of
    sizes.
    """

    def put(name: str) -> Dim | None:
        return dim(move_member(name, value)) if family_of(name) else value(name)

    return size.put(put)


def families(names: Iterable[str]) -> dict[str, list[str]]:
    """The members of each family among the names, in the order of their places."""
    found: dict[str, list[str]] = {}
    for name in names:
        family = family_of(name)
        if family is not None:
            found.setdefault(family, []).append(name)
    return {family: sorted(members, key=_order) for family, members in found.items()}


def _order(name: str) -> tuple[tuple[int, str], ...]:
    places = places_of(name)
    return tuple([(place.integer or 0, str(place)) for place in places])
