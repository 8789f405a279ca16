"""A wrong answer that a claim may be, instead of the derivative."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matcalc.claims.judge.mutations import Mutation
from matcalc.claims.judge.question import Sample
from matcalc.runtime.elementwise import Array

PLAIN = 1.0


@dataclass(frozen=True, slots=True)
class Variant:
    """A wrong answer: its kind, what it is in words, its value in a sample, and how far-fetched it
    is.

    ``undone`` makes the derivative of a text of it; without that it is replaced as a whole.
    """

    kind: str
    said: str | Mutation
    value: Callable[[Sample], Array]
    cost: float
    undone: Callable[[str], str] | None = None

    @property
    def text(self) -> str:
        """What it is in words."""
        return self.said if isinstance(self.said, str) else self.said.in_the_truth()


IDENTITY = Variant("", "", lambda sample: sample.truth, 0.0, lambda claim: claim)
