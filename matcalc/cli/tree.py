"""The commands and their options as data, read off the parser: for completion and the manual."""

from __future__ import annotations

import argparse
from typing import NamedTuple

from matcalc.cli.arguments import whole_parser

_FILES = ("FILE", "EXPR|FILE")


class Option(NamedTuple):
    """An option, or with no ``names`` an argument of its own; ``value`` is what it is called in
    the help, empty where there is none.
    """

    names: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    says: str
    required: bool

    @property
    def takes_file(self) -> bool:
        """Whether the value is the name of a file."""
        return self.value in _FILES


class Command(NamedTuple):
    """A command; the one without a name is ``matcalc`` itself."""

    name: str
    says: str
    description: str
    usage: str
    options: tuple[Option, ...]
    epilog: str


def commands() -> list[Command]:
    """All commands: first ``matcalc`` itself."""
    parser, parts = whole_parser()
    (group,) = [each for each in parser._actions if isinstance(each, argparse._SubParsersAction)]
    says = {action.dest: action.help or "" for action in group._choices_actions}
    whole = _command("", parser.description or "", parser)
    return [whole, *[_command(name, says[name], part) for name, part in parts.items()]]


def _command(name: str, says: str, parser: argparse.ArgumentParser) -> Command:
    options = tuple(
        [
            _option(action)
            for action in parser._actions
            if action.help != argparse.SUPPRESS
            and not isinstance(action, argparse._SubParsersAction)
        ]
    )
    usage = " ".join(parser.format_usage().removeprefix("usage:").split())
    return Command(name, says, parser.description or "", usage, options, parser.epilog or "")


def _option(action: argparse.Action) -> Option:
    choices = tuple(map(str, action.choices)) if action.choices else ()
    value = "" if action.nargs == 0 else _metavar(action, choices)
    required = action.required and not action.option_strings
    return Option(tuple(action.option_strings), value, choices, action.help or "", required)


def _metavar(action: argparse.Action, choices: tuple[str, ...]) -> str:
    if isinstance(action.metavar, str):
        return action.metavar
    return f"{{{','.join(choices)}}}" if choices else action.dest.upper()
