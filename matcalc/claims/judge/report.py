"""The verdict on a claim, and everything that is said about it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from matcalc.claims.judge.diagnosis import Diagnosis
from matcalc.claims.judge.smallest import Counterexample
from matcalc.core.kinds import FREE, Variable, size_names
from matcalc.core.notes import label_lines
from matcalc.runtime.elementwise import Array

PROVED, AGREED, WRONG, UNDECIDED = "proved", "agreed", "wrong", "undecided"
_ALL_DIGITS = 12  # that are more than rounding
# entries of an axis that are shown, also of a large matrix; of more the first and the last are
_MOST_SHOWN, _MOST_OF_MANY = 10, 4
EXIT_CODES = {PROVED: 0, AGREED: 0, WRONG: 1, UNDECIDED: 2}


@dataclass(frozen=True, slots=True)
class Checked:
    """How a verdict was reached: what exact arithmetic says, and by numbers the method, the points,
    the largest error there.
    """

    method: str
    points: int
    sizes: dict[str, int]
    rng: int | None
    error: float
    tolerance: float
    exact: str = ""

    def __str__(self) -> str:
        if not self.points:
            return self.exact
        parts = [
            f"{self.exact}; {self.method}" if self.exact else self.method,
            f"{self.points} point{'s' if self.points != 1 else ''}",
        ]
        parts += (
            [" ".join(f"{name}={size}" for name, size in self.sizes.items())] if self.sizes else []
        )
        parts += [f"rng {self.rng}"] if self.rng is not None else []
        found = (
            f"max relative error {self.error:.1e} (tolerance {self.tolerance:.0e})"
            if math.isfinite(self.error)
            else "the values cannot be compared: another shape, or no value"
        )
        return f"{', '.join(parts)}; {found}"


@dataclass(frozen=True, slots=True)
class WorstClaimedEntry:
    """The entry with the largest error at the points that were tried."""

    index: tuple[int, ...]
    claimed: float
    true: float


@dataclass(frozen=True, slots=True, repr=False)
class Report:
    """The verdict: ``proved``, ``agreed``, ``wrong`` or ``undecided``; with a diagnosis where it is
    wrong.
    """

    verdict: str
    title: str
    wrt: str
    claim: str
    order: int = 1
    correct: str = ""
    diagnosis: Diagnosis | None = None
    difference: str = ""
    shapes: str = ""
    counterexample: Counterexample | None = None
    variables: dict[str, Variable] = field(default_factory=dict)
    worst: WorstClaimedEntry | None = None
    checked: Checked | None = None
    reproduce: str = ""
    notes: tuple[str, ...] = ()
    reason: str = ""
    name: str = ""

    @property
    def ok(self) -> bool:
        """Whether the claim is proved, or agrees with the derivative at all points that were
        tried.
        """
        return self.verdict in (PROVED, AGREED)

    @property
    def exit_code(self) -> int:
        """0 proved or agreed, 1 wrong, 2 undecided."""
        return EXIT_CODES[self.verdict]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of the mistakes that explain the claim."""
        return self.diagnosis.kinds if self.diagnosis is not None else ()

    def __str__(self) -> str:
        return "\n".join([self.headline, *label_lines(self.lines())])

    explain = __str__

    def __repr__(self) -> str:
        return f"<matcalc.Report {self.headline}>"

    @property
    def headline(self) -> str:
        """The verdict in one line."""
        power = "" if self.order == 1 else f"^{self.order}"
        what = (
            f"d{power} ({self.title}) / d {self.wrt}{power}" if self.wrt else self.title
        )  # unread LaTeX may name it
        name = f"{self.name}: " if self.name else ""
        if self.verdict == UNDECIDED:
            return f"{name}undecided: {what} = {self.claim}"
        return f"{name}{self.verdict}: {what} {'=' if self.ok else 'is not'} {self.claim}"

    def lines(self) -> list[tuple[str, str]]:
        """What is said below the headline, each with its label."""
        found = [("reason", self.reason)]
        if self.verdict == WRONG:
            found += [("diagnosis", self._diagnosis()), ("mended", self._mended())]
            found += [("correct", self.correct)]
            found += [("shapes", self.shapes), ("smallest", self._smallest())]
        elif self.ok and self.correct and self.correct != self.claim:
            found.append(("printed as", self.correct))
        found += [("note", note.removeprefix("note: ")) for note in self.notes]
        found.append(("checked", str(self.checked) if self.checked is not None else ""))
        if self.verdict == WRONG:
            found.append(("reproduce", self.reproduce))
        return [(label, said) for label, said in found if said]

    def _diagnosis(self) -> str:
        if self.diagnosis is not None:
            return str(self.diagnosis)
        unknown = "none of the known mistakes"
        return f"{unknown}; true - claim = {self.difference}" if self.difference else unknown

    def _mended(self) -> str:
        """The claim without its mistakes, if it is not the derivative as it is printed."""
        mended = self.diagnosis.mended if self.diagnosis is not None else ""
        return mended if mended != self.correct else ""

    def _smallest(self) -> str:
        found = self.counterexample
        if found is None:
            return ""
        claimed, true = format_array(found.claimed), format_array(found.true)
        if claimed == true:  # numbers that differ late
            claimed, true = (
                format_array(found.claimed, _ALL_DIGITS),
                format_array(found.true, _ALL_DIGITS),
            )
        names = size_names(self.variables.values())
        sizes = {name: size for name, size in found.point.sizes.items() if name in names}
        where = describe_place(found, sizes, self.variables)
        return f"{where} is claimed {claimed}, true {true}"


def describe_place(
    found: Counterexample, sizes: Mapping[str, int], variables: Mapping[str, Variable]
) -> str:
    """``n=1, x=[0.5]: entry [1]``, where the difference is; ``the value`` of a number."""
    shown = [each for name, each in variables.items() if name in found.point.values]
    others = [each for each in variables.values() if each not in shown and each.dims]
    left_out = {*size_names(others)} - {*size_names(shown)}
    here = [f"{name}={size}" for name, size in sizes.items() if name not in left_out]
    for name, value in found.point.values.items():
        # a point close to a border is none without all of its digits
        digits = 12 if name in variables and variables[name].kind in FREE | {"positive"} else 6
        here.append(f"{name}={format_array(value, digits)}")
    here += [f"some {name}" for name, each in variables.items() if each.kind == "function"]
    place = f"entry {list(found.index)}" if found.index else "the value"
    return f"{', '.join(here)}: {place}" if here else place


def format_array(value: Array | float, digits: int = 6) -> str:
    """An array as a list, numbers as short as they can be; of a long one some entries."""
    array = np.asarray(value)
    most = _MOST_SHOWN if array.ndim < 2 or array.size <= _MOST_SHOWN**2 else _MOST_OF_MANY
    return _format_rows(array, digits, most)


def _format_rows(array: Array, digits: int, most: int) -> str:
    if array.ndim == 0:
        return f"{float(array):.{digits}g}"
    shown = [_format_rows(row, digits, most) for row in array]
    if len(shown) > most:
        shown = [*shown[: most - 2], "...", shown[-1]]
    return f"[{','.join(shown)}]"


def command(title: str, wrt: str, claim: str, options: dict[str, Any]) -> str:
    """The command line that gives this report again."""
    words = ["matcalc", "check", title, "--wrt", wrt, "--claim", claim]
    for name, value in options.items():
        for each in value if isinstance(value, list) else [value]:
            words += [f"--{name}", str(each)]
    return " ".join(_quote(word) for word in words)


def _quote(word: str) -> str:
    """Quoted for a shell where it has to be: in double quotes, if no character is special in
    these.
    """
    if shlex.quote(word) == word:
        return word
    return shlex.quote(word) if set(word) & set('"$`\\!') else f'"{word}"'
