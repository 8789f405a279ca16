"""What a formula and its variables are, for notebooks and editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcalc.core.kinds import Variable

_WORDS = ("scalar", "vector", "matrix")


def describe_kind(
    shape: Sequence[int | str], row: bool, variables: Mapping[str, Variable], reading: str
) -> str:
    """A line of Markdown; ``reading`` says how to read an array with three axes or more."""
    axes = ", ".join(map(str, shape))
    word = _WORDS[len(shape)] if len(shape) < len(_WORDS) else "array"
    found = f"`{'row ' if row else ''}{word}{f'({axes})' if axes else ''}`"
    kinds = ", ".join(f"`{name}: {kind}`" for name, kind in variables.items())
    given = f" of {kinds}" if kinds else ""
    return found + given + (f", shown as `{reading}`" if reading else "")
