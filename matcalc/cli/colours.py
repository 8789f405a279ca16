"""Colours of what is said, where a terminal shows it."""

from __future__ import annotations

import os
import re
from typing import TextIO

_RED, _GREEN, _YELLOW, _CYAN, _BOLD, _DIM = "31", "32", "33", "36", "1", "2"
_WORDS = {
    "error": _RED,
    "wrong": _RED,
    "different": _RED,
    "check failed": _RED,
    "proved": _GREEN,
    "agreed": _GREEN,
    "equal": _GREEN,
    "verified": _GREEN,
    "check passed": _GREEN,
    "undecided": _YELLOW,
    "not verified": _YELLOW,
    "note": _YELLOW,
    "warning": _YELLOW,
    "hint": _CYAN,
}
# compiled where a terminal shows colours; each begins a line
_BEGINS = rf"(?m)^({'|'.join(_WORDS)}):"
_CARET = r"(?m)^( *)(\^+)$"
_LABEL = (
    r"(?m)^(  (?:diagnosis|mended|correct|smallest|checked|reproduce|reason|shapes|printed as"
    r"|decided)) "
)
_WITH = r"(?m)^(with .*; )?(?=results?: )"


def wants_none() -> bool:
    """Whether the user wants no colours: NO_COLOR is set (https://no-color.org)."""
    return bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"


def colour(text: str, stream: TextIO) -> str:
    """The text in colours, or as it is where none are wanted."""
    if wants_none() or not stream.isatty():
        return text
    text = re.sub(_BEGINS, lambda found: _in(f"{found[1]}:", f"{_BOLD};{_WORDS[found[1]]}"), text)
    text = re.sub(_CARET, lambda found: found[1] + _in(found[2], f"{_BOLD};{_RED}"), text)
    text = re.sub(_LABEL, lambda found: _in(found[1], _BOLD) + " ", text)
    return re.sub(_WITH, lambda found: _in(found[1], _DIM) if found[1] else "", text)


def _in(text: str, code: str) -> str:
    return f"\x1b[{code}m{text}\x1b[0m"
