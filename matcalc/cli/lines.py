"""What is typed at a prompt, as the arguments of the command ``matcalc``.

``diff x'*A*x wrt x`` is ``matcalc diff "x'*A*x" --wrt x``: an expression needs no quotes, and
what the session knows comes with it.
"""

from __future__ import annotations

import re
import shlex

from matcalc.cli.order import COMMANDS_OF_EXPRESSIONS, OPTIONS_WITH_VALUE, expressions_last
from matcalc.cli.spelling import sides_of
from matcalc.core.errors import ArgumentError
from matcalc.tools.session import Session, names_defined_in

OWN = ("help", "vars", "forget", "load", "exit", "quit")  # commands of the prompt alone
_ALONE = frozenset({"--help", "--file"})  # options that need no expression
_OPTION = re.compile(r"(?:^|\s)(--[a-z][a-z-]*)(?=[=\s]|$)")
_BARE_OPTION = re.compile(r"\s+wrt\s+(\S+)\s+([a-z][a-z-]*)\s+(\S+)\s*$")  # wrt x order 2
_WRT = re.compile(r"\s+wrt\s+([^\s()]+(?:\s*,\s*[^\s()]+)*)\s*$")


def begins_with(line: str, commands: tuple[str, ...]) -> str:
    """The command that a line begins with; empty where it is a statement or an expression."""
    word, *rest = line.split(None, 1)
    word = "exit" if word in ("exit()", "quit()") and "exit" in commands else word
    if word not in commands:
        return ""
    if rest and (rest[0][0] in "=:" or (word in OWN and rest[0][0] in "+-*^.")):
        return ""  # a name that is defined or declared, or used
    return word


def arguments(line: str, session: Session) -> list[str]:
    """The arguments of a line that begins with a command."""
    command, options, expressions = split_line(line)
    if command not in COMMANDS_OF_EXPRESSIONS or not expressions:
        return [command, *options, *expressions]
    first, *others = expressions
    latex = "--latex" in options
    # a second expression may use what the first one needs; so may a claim
    everything = " ".join([*expressions, *options])
    own = frozenset() if latex else names_defined_in(first)
    declarations, definitions = session.needs(everything, own)
    declared = [f"--var={declaration}" for declaration in declarations]
    # the answer says what was typed, without the definitions of the session
    typed = [f"--typed={first}"] if command in ("check", "equal") and not latex else []
    program = first if latex else "; ".join([*definitions, first])
    return [command, *options, *declared, *typed, "--", program, *others]


def split_line(line: str) -> tuple[str, list[str], list[str]]:
    """A line that begins with a command: that, its options, and its expressions or words."""
    command, *rest = line.split(None, 1)
    text = rest[0].strip() if rest else ""
    if command not in COMMANDS_OF_EXPRESSIONS:
        return command, [], _words(text)
    if not text.startswith('"'):
        return command, *_split(command, text)
    words = expressions_last([command, *_words(text)])
    place = words.index("--")
    return command, words[1:place], words[place + 1 :]


def _words(text: str) -> list[str]:
    """Words as a shell has them."""
    try:
        return shlex.split(text)
    except ValueError as problem:
        raise ArgumentError(
            f"{text}: {str(problem).lower()}", hint='put the expression into "double quotes"'
        ) from None


def _split(command: str, text: str) -> tuple[list[str], list[str]]:
    """The options, and the expressions before them: a value reaches to the next option."""
    places = list(_OPTION.finditer(text))
    first = text[: places[0].start()] if places else text
    ends = [*[match.start() for match in places[1:]], len(text)][: len(places)]
    options = []
    for match, end in zip(places, ends, strict=True):
        value = text[match.end() : end].strip().removeprefix("=").strip()
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = value[1:-1]
        if value and match[1] not in OPTIONS_WITH_VALUE:
            options.append(match[1])
            first = f"{first} {value}"
        else:
            options.append(f"{match[1]}={value}" if value else match[1])
    bare = _BARE_OPTION.search(first)
    if bare is not None and f"--{bare[2]}" in OPTIONS_WITH_VALUE:
        hint = f"write wrt {bare[1]} --{bare[2]} {bare[3]}"
        raise ArgumentError(f"{bare[2]} is an option here, and has two dashes", hint=hint)
    by = _WRT.search(first)
    if by is not None:
        first = first[: by.start()]
        options.insert(0, f"--wrt={by[1]}")
    first = first.strip()
    if command == "equal" and first:
        return options, list(sides_of(first))
    if not first and options and not _ALONE & {option.partition("=")[0] for option in options}:
        raise ArgumentError(
            "the expression is missing; it comes before the options",
            hint=f"for example  {command} x'*A*x --wrt x",
        )
    return options, [first] if first else []
