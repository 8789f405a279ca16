"""How a formula is read, whatever its letters are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.read.tex.scope import Scope


class Manner(NamedTuple):
    """In which language, whether sums are left out, what was typed where something was put in, and
    whether a derivative sign before the whole asks for a derivative or is a part of it.
    """

    language: BaseLanguage
    einstein: bool
    typed: Mapping[str, str]
    asks: bool

    def scope(self, text: str, declared: Mapping[str, Variable], *, strict: bool = False) -> Scope:
        """What is known before the formula is read."""
        return Scope(
            text,
            dict(declared),
            self.language,
            strict=strict,
            einstein=self.einstein,
            typed=self.typed,
            asks=self.asks,
        )
