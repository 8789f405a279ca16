"""The random numbers behind a verdict: ``rng``, as SPEC 7 of Scientific Python names it."""

from __future__ import annotations

from typing import Any

from matcalc.core.errors import ArgumentError

_MOST = 2**31


def warn_of_seed(level: int = 3) -> None:
    """The warning for those who still write seed, the former name of rng."""
    from warnings import warn  # noqa: PLC0415 - few need it

    warn("seed is now called rng", DeprecationWarning, stacklevel=level + 1)


def seed_of(rng: Any, seed: Any = None) -> int:
    """The seed that an argument ``rng`` stands for: a natural number itself; of a generator of
    NumPy its next integer.

    None draws one. ``seed`` is the former name of the argument. ArgumentError for anything else.
    """
    if seed is not None:
        warn_of_seed(4)
        rng = seed
    if rng is None or hasattr(rng, "bit_generator"):
        import numpy as np  # noqa: PLC0415 - slow to load

        return int(np.random.default_rng(rng).integers(_MOST))
    if isinstance(rng, bool) or not hasattr(rng, "__index__") or rng.__index__() < 0:
        raise ArgumentError(f"rng must be a nonnegative integer or a NumPy generator, not {rng!r}")
    return int(rng)
