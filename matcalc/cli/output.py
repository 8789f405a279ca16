"""The two streams: the answer alone on standard output, everything said about it on standard
error.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from matcalc.cli.colours import colour
from matcalc.core.errors import ArgumentError

if TYPE_CHECKING:
    from matcalc.verify.verification import Verification


def answer(text: str) -> None:
    """Prints an answer."""
    try:
        print(colour(text, sys.stdout))
    except UnicodeEncodeError as problem:
        hint = "set PYTHONIOENCODING=utf-8"
        raise ArgumentError(
            f"the answer has characters that the encoding {problem.encoding} lacks", hint=hint
        ) from None


def say(text: str) -> None:
    """Says something about it."""
    print(colour(text, sys.stderr), file=sys.stderr)


def say_unverified(verdict: Verification | None) -> None:
    """Says why an answer was not verified, if it was not."""
    if verdict is not None and verdict.kind == "none":
        say(f"not verified: {verdict.how}")
