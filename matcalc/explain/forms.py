"""A derivation as text, as Markdown and for machines. Every formula is read back before it is
shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from matcalc.core.kinds import Variable
from matcalc.engine.pipeline import find_defined_names
from matcalc.explain.derivation import (
    ANSWER,
    CLOSED,
    DIFFERENTIAL,
    EQUAL,
    LET,
    VALUE,
    VECTORISED,
    Line,
    LineChain,
    Reason,
)
from matcalc.write.notation import name_arrays, write_equation

_WIDTH = 100  # of a line with its reasons after the formula
_COLUMN = 60  # where reasons begin, if the formulas are shorter


def variables_in(chain: LineChain, line: Line) -> Mapping[str, Variable]:
    """The variables that a line may have: where no names of the lines stand, what the user calls by
    such a name is not called otherwise.
    """
    return chain.program.variables if line.kind in (VALUE, CLOSED) else chain.variables


def formula(chain: LineChain, line: Line) -> tuple[str, str, str]:
    """A name for the array whose entries a line gives, the places ``[i, k]`` of these, or nothing;
    and the formula, which reads as it was meant. VerificationError where none does. Arrays inside
    have the names that the user gave them, before these are variables and after.
    """
    variables, language = variables_in(chain, line), chain.program.language
    names = name_arrays(line.tree, variables, find_defined_names(chain.program))
    return write_equation(line.tree, names, variables, language=language)


class Sources:
    """Numbers for the entries that are cited, in the order in which they are met."""

    def __init__(self) -> None:
        self.numbers: dict[Reason, int] = {}

    def cite(self, reasons: Iterable[Reason]) -> list[tuple[str, int]]:
        """The words of each reason, with the number of its source; 0 where it needs none."""
        return [(reason.text, self._number(reason)) for reason in reasons]

    def _number(self, reason: Reason) -> int:
        if not reason.source:
            return 0
        known = next((each for each in self.numbers if each.name == reason.name), reason)
        return self.numbers.setdefault(known, len(self.numbers) + 1)

    def entries(self) -> list[tuple[int, Reason]]:
        """All that were cited."""
        return [(number, reason) for reason, number in self.numbers.items()]


def left_side(chain: LineChain, line: Line) -> str:
    """What comes before the equals sign; empty where that is the line above."""
    place = next(k for k, each in enumerate(chain.lines) if each is line)
    if line.kind == EQUAL and chain.lines[place - 1].kind == LET:
        return f"d{chain.name}"
    if line.kind in (VALUE, LET):
        return line.name
    if line.kind == VECTORISED:
        return f"vec(d{chain.name})"
    if line.kind == DIFFERENTIAL:
        return chain.differentials.get(line.name, f"d{line.name}")
    return ""


def equation(chain: LineChain, line: Line) -> tuple[str, str]:
    """Both sides of a line; ``df[i]`` where the right side is an array that is given by its
    entries.
    """
    name, places, shown = formula(chain, line)
    left = left_side(chain, line)
    return (f"{left}{places}", shown) if left else ("", _text(name, places, shown))


def _text(name: str, places: str, shown: str) -> str:
    """A formula with its head."""
    return f"{name}{places} = {shown}" if places else shown


def words(line: Line) -> list[Reason]:
    """The reasons of a line: what was inserted first, and last what is not proved exactly."""
    inserted = [Reason(f"insert {', '.join(line.inserted)}")] if line.inserted else []
    weaker = []
    if not line.proved:
        weaker.append(Reason(f"not proved: {line.proof}"))
    elif line.proof.startswith("numeric"):
        weaker.append(Reason("proved with numbers"))
    return [*inserted, *line.reasons, *weaker]


def introduction(chain: LineChain, line: Line) -> str:
    """The words before an answer."""
    if line.kind == ANSWER:
        return f"so the derivative of {chain.name} with respect to {chain.wrt} is"
    if line.kind == CLOSED:
        return "with all names written out:"
    return ""


def as_text(chains: Iterable[LineChain], spell: Callable[[str], str] = str) -> str:
    """Formulas one below the other, reasons beside them, sources at the end; ``spell`` writes the
    names in a formula as the user does.
    """
    sources = Sources()
    blocks = [_block(chain, sources, spell) for chain in chains]
    cited = [f"[{number}] {reason.name}: {reason.source}" for number, reason in sources.entries()]
    return "\n\n".join([*blocks, "\n".join(cited)] if cited else blocks)


def _block(chain: LineChain, sources: Sources, spell: Callable[[str], str]) -> str:
    rows: list[tuple[str, str]] = []
    indent = 0
    for line in chain.lines:
        before, shown = equation(chain, line)
        why = ", ".join(
            f"{said} [{number}]" if number else said for said, number in sources.cite(words(line))
        )
        if line.kind in (ANSWER, CLOSED):
            rows.append((spell(introduction(chain, line)), why))
            rows.append((spell(f"    {shown}"), ""))
            continue
        if before:
            indent = len(spell(before))
        rows.append((spell(f"{before or ' ' * indent} = {shown}"), spell(why)))
    column = max([len(row) for row, why in rows if why and len(row) <= _COLUMN], default=0) + 4
    lines = []
    for row, why in rows:
        if not why:
            lines.append(row)
        elif max(len(row) + 2, column) + len(why) <= _WIDTH:
            lines.append(f"{row.ljust(column)}{'' if len(row) < column else '  '}{why}")
        else:
            lines += [row, f"{' ' * 8}({why})"]
    return "\n".join([*lines, *map(spell, closing_lines(chain))])


def closing_lines(chain: LineChain) -> list[str]:
    """How the lines were proved, and what could not be."""
    said = [chain.remark] if chain.remark else []
    weaker = [line.proof for line in chain.lines if line.proof.startswith("numeric")]
    failed = [line for line in chain.lines if not line.proved]
    if failed:
        said.append("lines that are not marked are proved from those before")
    elif weaker:
        said.append("each line is proved from those before, exactly where nothing else is said")
    else:
        said.append("each line is proved from those before, exactly")
    return said


def as_markdown(chains: Iterable[LineChain], spell: Callable[[str], str] = str) -> str:
    """A table for each derivative, and the sources as a list; ``spell`` as for text."""
    sources = Sources()
    blocks = []
    for chain in chains:
        rows = ["| | formula | because |", "|---|---|---|"]
        for line in chain.lines:
            left, shown = equation(chain, line)
            side = left or introduction(chain, line)
            sign = f"`{side} =`" if line.kind not in (ANSWER, CLOSED) else side
            sign = sign if side else "`=`"
            why = ", ".join(
                f"{_in_table(said)} [{number}]" if number else _in_table(said)
                for said, number in sources.cite(words(line))
            )
            rows.append(spell(f"| {sign} | `{shown}` | {why} |"))
        closing = [f"{spell(said)}  " for said in closing_lines(chain)]
        blocks.append("\n".join([*rows, "", *closing]))
    cited = [f"{number}. [{reason.name}] {reason.source}" for number, reason in sources.entries()]
    return "\n\n".join([*blocks, "\n".join(cited)] if cited else blocks)


def _in_table(said: str) -> str:
    """Words as they are, formulas as code."""
    return f"`{said}`" if "=" in said else said


def as_fields(
    chains: Iterable[LineChain], spell: Callable[[str], str] = str
) -> list[dict[str, Any]]:
    """Everything known of each line, for JSON; ``spell`` as for text."""
    return [
        {
            "name": chain.name,
            "wrt": spell(chain.wrt),
            "variables": {spell(name): str(each) for name, each in chain.variables.items()},
            "lines": [
                {
                    "kind": line.kind,
                    "left": spell(left_side(chain, line)),
                    "text": spell(_text(*formula(chain, line))),
                    "inserted": [spell(name) for name in line.inserted],
                    "reasons": [
                        {
                            "text": spell(reason.text),
                            "identity": reason.name or None,
                            "source": reason.source or None,
                        }
                        for reason in line.reasons
                    ],
                    "proved": line.proved,
                    "proof": line.proof or None,
                }
                for line in chain.lines
            ],
            "remark": spell(chain.remark) or None,
        }
        for chain in chains
    ]
