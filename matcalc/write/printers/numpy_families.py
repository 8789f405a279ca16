"""Families in generated code: the members are taken from one list, and given back in one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcalc.core.kinds import Variable
from matcalc.core.members import family_of, places_of

_SHOWN = 4  # members of a family that are described one by one


def spell_member(name: str) -> str:
    """A member of a family without brackets: ``W[1,-2]`` is ``W_1_m2``."""
    if name[-1] != "]":
        return name
    return name[:-1].replace("[", "_").replace(",", "_").replace("-", "m")


def format_count(names: Sequence[str]) -> str:
    """How many members there are: ``3``, or ``(2, 3)`` of lists in a list."""
    shape = _grid(names)
    return str(shape[0]) if len(shape) == 1 else f"({', '.join(map(str, shape))})"


def _grid(names: Sequence[str]) -> tuple[int, ...]:
    """The lengths of the lists: of two indices that run independently, two."""
    places = [places_of(name) for name in names]
    runs = [list(dict.fromkeys(axis)) for axis in zip(*places, strict=True)]
    shape = tuple(map(len, runs))
    total = 1
    for length in shape:
        total *= length
    return shape if total == len(names) else (len(names),)


def docstring_lines(
    variables: Mapping[str, Variable], families: Mapping[str, Sequence[str]]
) -> list[str]:
    """The lines of a docstring about the arguments."""
    lines: dict[str, str] = {}
    for key, variable in variables.items():
        family = family_of(key)
        if family is None:
            lines[key] = f"{key}: {variable}"
        elif family not in lines:
            names = list(families[family])
            shown = [f"{name}: {variables[name]}" for name in names]
            if len(names) > _SHOWN:
                shown = [shown[0], shown[1], "...", shown[-1]]
            lines[family] = f"{family}: the list of {', '.join(shown)}"
    return list(lines.values())


def gather(codes: Mapping[str, str], families: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The results with a list for each family all of whose members are among them."""
    found: dict[str, str] = {}
    for key, code in codes.items():
        family = family_of(key)
        if family is None or any(name not in codes for name in families[family]):
            found[key] = code
        elif family not in found:
            names = families[family]
            found[family] = nest_codes([codes[name] for name in names], names)
    return found


def take_out(found: Mapping[str, Any], key: str, families: Mapping[str, Sequence[str]]) -> Any:
    """One member of the lists that ``gathered`` makes."""
    family = family_of(key) or key
    value = found[family]
    place = families[family].index(key)
    below = 1
    for length in _grid(families[family])[1:]:
        below *= length
    for length in (*_grid(families[family])[1:], 1):
        outer, place = divmod(place, below)
        value = value[outer]
        below //= length
    return value


def nest(values: Sequence[Any], names: Sequence[str]) -> Any:
    """The values of the members in lists as the function takes them."""
    parts = list(values)
    for length in reversed(_grid(names)[1:]):
        parts = [parts[k : k + length] for k in range(0, len(parts), length)]
    return parts


def nest_codes(codes: Sequence[str], names: Sequence[str]) -> str:
    """The codes of the members in lists as the function takes them."""
    lengths = _grid(names)
    parts = list(codes)
    for length in reversed(lengths):
        parts = [f"[{', '.join(parts[k : k + length])}]" for k in range(0, len(parts), length)]
    return parts[0]
