"""Judges an equation: equal, different with the smallest counterexample, or undecided; and what is
said about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from matcalc.claims.equality import DIFFERENT, EQUAL, UNDECIDED, decide
from matcalc.core.kinds import Variable
from matcalc.core.notes import label_lines
from matcalc.core.program import Program
from matcalc.engine.inner import expand
from matcalc.engine.requirements import require_symmetric
from matcalc.read.frontend import read_pair

if TYPE_CHECKING:
    from matcalc.claims.judge.smallest import Counterexample

_EXIT_CODES = {EQUAL: 0, DIFFERENT: 1, UNDECIDED: 2}


@dataclass(frozen=True, slots=True, repr=False)
class Equality:
    """The verdict on ``left = right``: ``equal``, ``different`` or ``undecided``; true where it is
    ``equal``.
    """

    verdict: str
    left: str
    right: str
    how: str
    counterexample: Counterexample | None = None
    variables: dict[str, Variable] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.verdict == EQUAL

    @property
    def exit_code(self) -> int:
        """0 equal, 1 different, 2 undecided."""
        return _EXIT_CODES[self.verdict]

    @property
    def _headline(self) -> str:
        sign = {EQUAL: "=", DIFFERENT: "is not", UNDECIDED: "= ?"}[self.verdict]
        return f"{self.verdict}: {self.left} {sign} {self.right}"

    def __repr__(self) -> str:
        return f"<matcalc.Equality {self._headline}>"

    def __str__(self) -> str:
        lines = [("smallest", self._smallest()), ("decided", self.how)]
        return "\n".join([self._headline, *label_lines(row for row in lines if row[1])])

    def _smallest(self) -> str:
        found = self.counterexample
        if found is None:
            return ""
        # NumPy is slow to load
        from matcalc.claims.judge.report import describe_place, format_array  # noqa: PLC0415

        where = describe_place(found, found.point.sizes, self.variables)
        return (
            f"{where} is {format_array(found.true)} on the left, "
            f"{format_array(found.claimed)} on the right"
        )


def equal(
    left: str,
    right: str,
    variables: Mapping[str, str | Variable] | Iterable[str] = (),
    seed: int = 0,
) -> Equality:
    """The verdict on two texts; raises a MatcalcError where they cannot be read or have different
    shapes.
    """
    return judge_equation(*read_pair(left, right, variables, expand=expand), left, right, seed)


def judge_equation(left: Program, right: Program, one: str, other: str, seed: int) -> Equality:
    """The verdict on two programs over the same variables, of one shape, with the texts that they
    are shown as.
    """
    for side in (left, right):
        require_symmetric(side)
    decision = decide(left, right, seed)
    found = None
    if decision.verdict == DIFFERENT:
        from matcalc.claims.judge.unequal import difference  # noqa: PLC0415 - it loads NumPy

        found = difference(left, right, seed)
    return Equality(
        decision.verdict, one, other, decision.how, found, dict(left.variables), left.notes
    )
