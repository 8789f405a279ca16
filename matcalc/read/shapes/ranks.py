"""The ranks of names: one variable for each name of a text.

A declaration fixes the rank of a name. Else its use binds it, once. Else its first letter says it.
The LaTeX reader binds what its signs depend on, type inference takes that as given and binds the
rest.
"""

from __future__ import annotations

from collections.abc import Container, Mapping

from matcalc.core.kinds import KINDS, Variable
from matcalc.read.syntax.names import default_kind

_CONSTANTS = ("pi", "e")


def kind_of(name: str, bound: Mapping[str, str]) -> str:
    """The kind of an undeclared name: what its use says, else what its first letter says."""
    return bound.get(name) or default_kind(name)


class Ranks:
    """Rank variables, those that are bound with the kinds that they are bound to."""

    def __init__(self, declared: Mapping[str, Variable], sizes: Container[str]) -> None:
        self._declared = declared
        self._sizes = sizes
        self.bound: dict[str, str] = {}

    def rank(self, name: str) -> int:
        """How many axes the name has."""
        if name in self._declared:
            return len(self._declared[name].shape)
        if name in self._sizes or name == "pi":
            return 0
        return KINDS[kind_of(name, self.bound)]

    def is_free(self, name: str) -> bool:
        """Whether only the first letter says so far what the name is."""
        return not (
            name in self._declared
            or name in self._sizes
            or name in _CONSTANTS
            or name in self.bound
        )
