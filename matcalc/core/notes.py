"""Notes on how a formula is read, and how each door says the declaration that they offer.

A note is a text that begins with ``note:``. What reads otherwise is in it as ``declare "c:
scalar"``: that is ``--var`` at the command line and ``variables`` in Python.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

# compiled where there is a note
_DECLARED = r'declare ("\w+: [^"]+"(?: and "\w+: [^"]+")*)'
_SIGNS = frozenset("\\`*_{}[]<>#|$~&")
_ONE = r'"(\w+): ([^"]+)"'

_LABEL = 11  # letters of the words in front of the lines of a report


def format_offer(name: str, kind: str) -> str:
    """The declaration of one letter, as notes offer it."""
    return f'declare "{name}: {kind}"'


def format_number_offer(names: Sequence[str]) -> str:
    """The declaration of letters as numbers, and when to make it."""
    those = "it is a number" if len(names) == 1 else "these are numbers"
    return f"{format_offer(', '.join(names), 'scalar')} if {those}"


def read_offer(note: str) -> dict[str, str]:
    """What a note offers to declare: kinds by the names of the letters."""
    found = re.search(_DECLARED, note)
    return dict(re.findall(_ONE, found[1])) if found else {}


def without_offer(note: str) -> str:
    """The note without that."""
    return re.sub(f"; {_DECLARED} otherwise", "", note)


def at_command_line(note: str) -> str:
    """The note with the options that declare."""
    return re.sub(_DECLARED, _options, note)


def in_python(note: str) -> str:
    """The words of a warning: the note with the argument that declares."""
    return re.sub(_DECLARED, _argument, note.removeprefix("note: "))


def escape_markdown(text: str) -> str:
    """A text of which no character is a sign of Markdown or of its formulas."""
    return "".join(f"&#{ord(char)};" if char in _SIGNS else char for char in text)


def _options(found: re.Match[str]) -> str:
    return "add " + " ".join(f'--var "{a}: {b}"' for a, b in re.findall(_ONE, found[1]))


def _argument(found: re.Match[str]) -> str:
    declared = ", ".join(f'"{a}": "{b}"' for a, b in re.findall(_ONE, found[1]))
    return f"add variables={{{declared}}}"


def label_lines(rows: Iterable[tuple[str, str]]) -> list[str]:
    """The lines of a report: ``  checked     at 24 random chords``, the texts below each other."""
    found = list(rows)
    width = max(_LABEL, *[len(label) for label, _ in found], 0)
    return [f"  {label:<{width}} {said}" for label, said in found]
