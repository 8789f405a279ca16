"""What can be asked of a derivative; docs/conventions.md says what each means."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.errors import ArgumentError

LAYOUTS = ("mixed", "numerator", "denominator")
STRUCTURES = ("declared", "free")
ORDERS = (1, 2)
BACKENDS = ("numpy",)


def require_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """ArgumentError where the argument ``name`` is none of the allowed values."""
    if not isinstance(value, str) or value not in allowed:
        raise ArgumentError(f"{name} is {' or '.join(map(repr, allowed))}, not {value!r}")
