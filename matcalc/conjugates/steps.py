"""The derivation of the derivatives by a complex variable and by its conjugate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matcalc.core.statement import DerivativeStatement
from matcalc.explain.build import Derivation, derivation
from matcalc.explain.forms import as_text


@dataclass(frozen=True, repr=False)
class ComplexDerivation:
    """The derivation of each, one below the other, in which the variable and its conjugate are
    independent; ``str`` gives the lines as text.
    """

    whole: Derivation
    lead: str
    spell: Callable[[str], str]

    def __str__(self) -> str:
        return f"{self.lead}{as_text(self.whole.chains, self.spell)}"

    def __repr__(self) -> str:
        return repr(self.whole)

    @property
    def proved(self) -> bool:
        """Whether every line is proved."""
        return self.whole.proved


def derive_steps(
    statements: Sequence[DerivativeStatement], detail: int, wrt: str, spell: Callable[[str], str]
) -> ComplexDerivation:
    """The derivation of each derivative, each line proved; UnsupportedError where some step has no
    form that can be shown.
    """
    found = [derivation(statement, detail) for statement in statements]
    whole = Derivation(tuple([chain for each in found for chain in each.chains]))
    lead = f"{wrt} and conj({wrt}) are independent here\n\n" if len(found) > 1 else ""
    return ComplexDerivation(whole, lead, spell)
