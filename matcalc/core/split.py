"""Lines that declare several variables, taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterable

_NAME = re.compile(r"\w+(\[[^\]]*\])?")  # x, and W[k] for a family


def split_declarations(line: str) -> list[str]:
    """The declarations of a line, one for each name: ``m, x: scalar; A: psd(n)`` has three."""
    result: list[str] = []
    names: list[str] = []  # they share the next kind
    for piece in filter(None, split_outside_brackets(line)):
        if _NAME.fullmatch(piece):
            names.append(piece)
            continue
        _, colon, kind = piece.partition(":")
        result += [*(f"{name}{colon}{kind}" for name in names), piece]
        names = []
    return [*result, *names] if result else [line]


def declaration_lines(lines: Iterable[str]) -> list[str]:
    """Each declaration of some lines as ``name: kind``, also where it says ``A=symmetric``."""
    split = [each for line in lines for each in split_declarations(line)]
    return [line if ":" in line else line.replace("=", ":", 1) for line in split]


def split_outside_brackets(text: str, signs: str = ",;") -> list[str]:
    """The parts between commas and semicolons, or other signs, without the blanks around them."""
    depth, start, result = 0, 0, []
    for i, sign in enumerate(text):
        depth += (sign in "([{") - (sign in ")]}")
        if sign in signs and not depth:
            result.append(text[start:i].strip())
            start = i + 1
    return [*result, text[start:].strip()]
