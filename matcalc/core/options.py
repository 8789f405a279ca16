"""What can be asked of a derivative; docs/conventions.md says what each means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from keyword import iskeyword
from typing import Any

from matcalc.core.errors import ArgumentError

LAYOUTS = ("mixed", "numerator", "denominator")
STRUCTURES = ("declared", "free", "independent", "vech")
COORDINATES = STRUCTURES[2:]  # derivatives by what determines a matrix of the kind
NOTATIONS = ("matrix", "kronecker", "index", "cases", "operator", "differential")
MOST_ORDER = 20  # of a derivative, where it has few enough axes
AN_ORDER = f"an integer from 1 to {MOST_ORDER}"
MANIFOLDS = ("sphere", "stiefel", "grassmann", "spd", "spd-euclidean", "poincare")
BACKENDS = ("numpy", "jax", "torch", "array-api", "matlab", "cpp", "c", "julia")
RUNTIMES = ("inline", "matcalc")


def require_choice(name: str, value: object, allowed: Sequence[str]) -> None:
    """ArgumentError where the argument ``name`` is none of the allowed values."""
    if not isinstance(value, str) or value not in allowed:
        close = closest(value, allowed) if isinstance(value, str) else None
        raise ArgumentError(
            f"{name} must be {' or '.join(map(repr, allowed))}, not {value!r}",
            hint=f"did you mean {close!r}?" if close else None,
        )


def closest(word: str, known: Iterable[str]) -> str | None:
    """The known word that is spelt most like this one; None where none is near."""
    from difflib import get_close_matches  # noqa: PLC0415 - on the path of an error only

    return next(iter(get_close_matches(word.lower(), list(known), n=1, cutoff=0.7)), None)


def require_code(backend: object, runtime: object, name: object) -> None:
    """ArgumentError where one of what is asked of code is none."""
    require_choice("backend", backend, BACKENDS)
    require_choice("runtime", runtime, RUNTIMES)
    if not isinstance(name, str) or not name.isidentifier() or iskeyword(name):
        raise ArgumentError(f"{name!r} is not a name that a Python function can have")


def is_order(order: object) -> bool:
    """Whether this is a number of times to derive."""
    return isinstance(order, int) and not isinstance(order, bool) and 1 <= order <= MOST_ORDER


def require_order(order: Any) -> int:
    """The order; ArgumentError where it is none."""
    if not is_order(order):
        raise ArgumentError(f"order must be {AN_ORDER}, not {order!r}")
    return int(order)
