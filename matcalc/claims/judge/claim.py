"""What is claimed, and what a proof can say of it; nothing here needs NumPy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement, make_statement

PROVED, DISPROVED, OPEN = "exact", "wrong", "undecided"  # what a proof can say


@dataclass(frozen=True, slots=True)
class Claim:
    """``d expr / d wrt = claim``, as text."""

    expr: str
    wrt: str
    claim: str
    variables: Mapping[str, str | Variable] = field(default_factory=dict)
    order: int = 1
    layout: str = "mixed"
    structure: str = "declared"
    name: str = ""
    language: BaseLanguage | None = field(default=None, compare=False, repr=False)

    def about(self, program: Program) -> DerivativeStatement:
        """What is claimed to be found, of an objective that was read."""
        return make_statement(program, self.wrt, self.order, self.structure, self.layout)


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a claim does not fit unless all sizes that have names are equal: to each other, or to a
    number.
    """

    why: str
    common: Dim

    def size(self, _: str) -> Dim:
        """The size that a name stands for."""
        return self.common

    def choose_sizes(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """The sizes, all of them equal."""
        largest = max(sizes.values(), default=1)
        number = largest if self.common.integer is None else self.common.integer
        return dict.fromkeys(sizes, number)
