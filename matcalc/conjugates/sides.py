"""One derivative by a complex variable or by its conjugate."""

from __future__ import annotations

from dataclasses import dataclass

from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr


@dataclass(frozen=True, slots=True)
class WirtingerSide:
    """A derivative: with respect to what in turn, as the array and as it is shown."""

    by: tuple[str, ...]
    statement: DerivativeStatement
    tree: Expr
    shown: Expr

    @property
    def is_matrix(self) -> bool:
        """Whether it is shown as a matrix, and is an array of more axes."""
        return self.shown.rank < self.tree.rank
