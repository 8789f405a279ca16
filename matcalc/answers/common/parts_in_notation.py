"""Several answers in one notation, as a mapping."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from matcalc.answers.common.parts import Parts
from matcalc.core.boundary import public
from matcalc.notations.answer import NotationText, Written, align_lines

Key = TypeVar("Key")


class PartsInNotation(NotationText, Parts[Key, Written]):
    """Several derivatives in a notation, by what they are of: the lines of each."""

    @property
    def lines(self) -> list[dict[str, str]]:
        """Each line with its ``kind``, ``text`` and ``latex``."""
        return [line for each in self.values() for line in each.lines]

    @property
    def variables(self) -> Mapping[str, object]:
        """The variables of all lines, directions too."""
        return {name: known for each in self.values() for name, known in each.variables.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return next(iter(self.values())).notes

    @property
    def reading(self) -> str:
        """How to read the lines."""
        said = dict.fromkeys([each.reading for each in self.values() if each.reading])
        return next(iter(said), "") + (", the others likewise" if len(said) > 1 else "")

    @public
    def text(self) -> str:
        """The lines in the language of expressions."""
        return "\n".join([each.text() for each in self.values()])

    @public
    def latex(self, *, bold: bool = False) -> str:
        """The lines in LaTeX; with ``bold`` vectors and matrices are set in bold."""
        return align_lines([line for each in self.values() for line in each.formulas(bold=bold)])

    @property
    @public
    def verification(self) -> str:
        """How the lines were proved: as sure as the least sure."""
        said = [each.verification for each in self.values()]
        return next((how for how in said if not how.startswith("exact")), said[0])
