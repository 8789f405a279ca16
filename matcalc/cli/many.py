"""``matcalc diff --file``: the derivative of each expression of a file."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable
from pathlib import Path

from matcalc.cli.output import say
from matcalc.core.errors import ArgumentError, MatcalcError, ParseError
from matcalc.tools.session import Session, entries


def read_text(file: str) -> str:
    """The text of a file, or with - that of standard input."""
    try:
        if file == "-":
            return sys.stdin.read()
        return Path(file).read_text(encoding="utf-8")
    except (OSError, ValueError) as problem:
        said = getattr(problem, "strerror", None) or "it is not UTF-8 text"
        raise ArgumentError(f"cannot read {file}: {said}") from None


def each_of_file(
    options: Namespace, derive: Callable[[Namespace, str], int], commands: tuple[str, ...]
) -> int:
    """Differentiates each expression, with the declarations and definitions before it; returns the
    worst exit code. What cannot be differentiated is said, with its line, and the others are.
    """
    session, codes = Session(), [0]
    found = 0
    for entry in entries(read_text(options.file)):
        try:
            if entry.text.split(None, 1)[0] in commands:
                raise ParseError(
                    f"there is a command where an expression is expected: {entry.text}",
                    hint=f"matcalc < {options.file} runs the commands of a file",
                )
            value = session.enter(entry.text).value
            if not value:
                continue
            found += 1
            say(f"{options.file}:{entry.line}: {' '.join(value.split())}")
            codes.append(derive(options, session.program(value)))
        except MatcalcError as problem:
            say(f"{options.file}:{entry.line}: {problem}")
            codes.append(2)
        sys.stdout.flush()
    if not found and max(codes) == 0:
        raise ArgumentError(
            f"there is no expression in {options.file}", hint="write one on each line"
        )
    return max(codes)
