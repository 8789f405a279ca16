"""The manual page of the command, generated from the parser."""

from __future__ import annotations

from matcalc.cli.tree import Command, Option, commands
from matcalc.version import find_version

_FILES = """\
.SH FILES
.TP
.I $XDG_STATE_HOME/matcalc
The history of what was typed at the prompt; without that variable in
.IR ~/.local/state .
.SH ENVIRONMENT
.TP
.B NO_COLOR
Where it is set and not empty, nothing is coloured.
"""


def manual() -> str:
    """The page in the language of man (groff_man(7)): all commands, options, and examples."""
    whole, *rest = commands()
    examples, _, codes = whole.epilog.partition("exit codes:")
    lines = [
        f'.TH MATCALC 1 "" "matcalc {_escape(find_version())}" "User Commands"',
        ".SH NAME",
        rf"matcalc \- {_escape(whole.description.rstrip('.').lower())}",
        ".SH SYNOPSIS",
        ".B matcalc",
        ".br",
        ".B matcalc",
        r"\fICOMMAND\fR [\fIOPTION\fR]...",
        ".SH DESCRIPTION",
        "Without a command, matcalc reads declarations, definitions, expressions and commands",
        "from the terminal, or line by line from standard input.",
        *_options(whole),
        ".SH COMMANDS",
    ]
    for command in rest:
        lines += _section(command)
    lines += [*_raw("EXIT STATUS", codes), *_raw("EXAMPLES", examples.partition("examples:")[2])]
    return "\n".join(lines) + "\n" + _FILES


def _section(command: Command) -> list[str]:
    """One command: how it is called, what it does, its options, its examples."""
    examples = command.epilog.partition("exit codes:")[0].partition("examples:")[2]
    return [
        f".SS {_escape(command.name)}",
        f".B {_escape(command.usage)}",
        ".PP",
        *[_text(line) for line in command.description.splitlines()],
        *_options(command),
        *([".PP", "Examples:", ".PP", ".nf", *map(_text, _strip(examples)), ".fi"]),
    ]


def _options(command: Command) -> list[str]:
    lines = []
    for option in command.options:
        lines += [".TP", _option_names(option), _text(option.says)]
    return lines


def _option_names(option: Option) -> str:
    value = rf" \fI{_escape(option.value)}\fR" if option.value else ""
    if not option.names:
        return value.strip()
    return ", ".join(rf"\fB{_escape(name)}\fR{value}" for name in option.names)


def _raw(title: str, text: str) -> list[str]:
    """A section whose lines stay as they are."""
    return [f".SH {title}", ".nf", *map(_text, _strip(text)), ".fi"]


def _strip(text: str) -> list[str]:
    return [line.removeprefix("  ") for line in text.splitlines() if line.strip()]


def _text(line: str) -> str:
    """A line of text: none begins with a dot or a quote, which would be a request."""
    escaped = _escape(line)
    return rf"\&{escaped}" if escaped[:1] in (".", "'") else escaped


def _escape(text: str) -> str:
    table = {"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"}
    return "".join(table.get(char, char) for char in text)
