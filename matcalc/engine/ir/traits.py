"""What the normal form of networks may know of functions."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple, Protocol

from matcalc.engine.ir.nodes import FunctionName


class Traits(NamedTuple):
    """What the normal form may know of functions; the catalogue reads it off the identities.

    ``transposition``: name -> ``equivariant`` (f(A') = f(A)'), ``invariant`` (f(A') = f(A)) or
    ``skew`` (f(x)' = -f(x)); ``positive``: functions with positive values; ``odd``: f(-A) =
    -f(A), so that a function of a skew matrix is skew; ``even``: f(-A) = f(A), so that it is
    symmetric; ``entrywise``: users' functions that act entry by entry.
    """

    transposition: Mapping[FunctionName, str] = MappingProxyType({})
    positive: frozenset[str] = frozenset()
    odd: frozenset[str] = frozenset()
    even: frozenset[str] = frozenset()
    entrywise: frozenset[str] = frozenset()


class HasTraits(Protocol):
    """What a derivation knows of functions."""

    @property
    def traits(self) -> Traits:
        """What the normal form may know."""
