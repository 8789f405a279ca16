"""The order of words at the command line: what is an option, what its value, what an expression."""

from __future__ import annotations

import re
from collections.abc import Sequence

from matcalc.cli.calculus import FURTHER
from matcalc.cli.spelling import refuse_one_dash

COMMANDS_OF_EXPRESSIONS = ("diff", "check", "simplify", "equal", "graph", "backprop", *FURTHER)
OPTIONS_WITH_VALUE = (
    "--wrt",
    "-w",
    "--var",
    "-v",
    "--order",
    "--layout",
    "--structure",
    "--format",
    "--seed",
    "--claim",
    "-c",
    "--rng",
    "--direction",
    "--cotangent",
    "--notation",
    "--manifold",
    "--metric",
    "--detail",
    "--data",
    "--at",
    "--mode",
    "--sizes",
    "--of",
    "--objective",
    "--subject-to",
    "--and",
    "--file",
    "--plot",
    "--typed",
    "--identities",
)
_WITHOUT_VALUE = (
    "--check",
    "--symmetric-check",
    "--latex",
    "--einstein",
    "--no-verify",
    "--help",
    "-h",
)
_LONG_OPTION = re.compile(
    r"--[A-Za-z][A-Za-z-]*(=|$)"
)  # --seed=3, also a misspelt one; --x'*x is an expression


def expressions_last(argv: Sequence[str]) -> list[str]:
    """The same arguments in an order that argparse understands: ``-x'*x`` is an expression, and
    ``-1`` can be a value.

    A word that begins with a dash is an option only if it is one, letter by letter, or looks like a
    long one; ``-w`` and ``-v`` alone are the options, so the negative of a variable w is written
    ``-(w)`` or comes after ``--``.
    """
    command, *rest = argv
    options: list[str] = []
    others: list[str] = []
    words = iter(rest)
    for word in words:
        if word == "--":
            others += words
        elif word in OPTIONS_WITH_VALUE:
            value = next(words, None)
            long = {"-w": "--wrt", "-v": "--var", "-c": "--claim"}.get(word, word)
            options.append(word if value is None else f"{long}={value}")
        elif word in _WITHOUT_VALUE or _LONG_OPTION.match(word):
            options.append(word)
        else:
            refuse_one_dash(word, (*OPTIONS_WITH_VALUE, *_WITHOUT_VALUE))
            others.append(word)
    return [command, *options, "--", *others]
