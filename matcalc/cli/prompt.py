"""Lines from a terminal, with history and completion: by prompt_toolkit where it is installed (the
extra ``repl``), else by the readline of Python where there is one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from matcalc.cli.arguments import command_names
from matcalc.cli.lines import OWN
from matcalc.core.kinds import WORDS
from matcalc.core.operations import SUBJECTS
from matcalc.tools.session import Session

if TYPE_CHECKING:
    from matcalc.cli.tree import Command


class Completer:
    """What may follow in a line."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._names = command_names()
        self._commands: dict[str, Command] = {}

    def candidates(self, line: str) -> tuple[str, list[str]]:
        """The word that is being typed at the end of a line, and what it may become."""
        first, *rest = line.split(None, 1)[:2] or [""]
        option = re.search(r"(?:^|\s)(--[a-z-]*)$", line)
        command = self._command(first) if rest or line.endswith(" ") else None
        if command is not None and option is not None:
            names = [name for each in command.options for name in each.names]
            return option[1], [name for name in names if name.startswith(option[1])]
        word = re.search(r"\w*$", line)
        typed = word[0] if word else ""
        before = line[: len(line) - len(typed)]
        offered = self._offers(before, command)
        return typed, [each for each in offered if each.startswith(typed) and each != typed]

    def _offers(self, before: str, command: Command | None) -> list[str]:
        if re.fullmatch(r"\s*\w+\s*:\s*", before):
            return [*WORDS, "function"]
        chosen = re.search(r"--([a-z-]+)[=\s]\s*$", before)
        if command is not None and chosen is not None:
            for option in command.options:
                if f"--{chosen[1]}" in option.names and option.choices:
                    return list(option.choices)
        if command is not None and before.split() == [command.name]:
            words = [
                each for option in command.options if not option.names for each in option.choices
            ]
            if words:
                return words
        names = [*self.session.kept, *_function_names()]
        if command is not None and any("--wrt" in each.names for each in command.options):
            names.append("wrt")
        return [*OWN, *self._names, *names] if not before.strip() else names

    def _command(self, name: str) -> Command | None:
        if not self._commands and name in self._names:
            from matcalc.cli.tree import commands  # noqa: PLC0415 - it builds every parser

            self._commands = {each.name: each for each in commands()}
        return self._commands.get(name)


def _function_names() -> list[str]:
    return sorted(spec.name for rows in SUBJECTS.values() for spec in rows)


def history_file() -> Path:
    """Where the history stands (https://specifications.freedesktop.org/basedir-spec)."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "matcalc" / "history"


def line_reader(session: Session) -> Callable[[str], str]:
    """A function that asks for a line; it raises EOFError at the end, KeyboardInterrupt after
    Ctrl-C.
    """
    completer, history = Completer(session), history_file()
    with suppress(OSError):
        history.parent.mkdir(parents=True, exist_ok=True)
    kept = history if os.access(history.parent, os.W_OK) else None
    try:
        # it is an extra
        from matcalc.cli.prompt_toolkit_lines import toolkit_lines  # noqa: PLC0415
    except ModuleNotFoundError:
        return _plain_lines(completer, kept)
    return toolkit_lines(completer.candidates, kept)


def _plain_lines(completer: Completer, history: Path | None) -> Callable[[str], str]:
    try:
        import readline  # noqa: PLC0415 - some systems have none
    except ModuleNotFoundError:
        return input
    if history is not None:
        # the file of prompt_toolkit has another form
        history = history.with_name("history.plain")
        with suppress(OSError):
            readline.read_history_file(history)

    def complete(_: str, state: int) -> str | None:
        typed, found = completer.candidates(readline.get_line_buffer()[: readline.get_endidx()])
        # readline replaces what it takes for the word, which may begin later than ours does
        skipped = len(typed) - (readline.get_endidx() - readline.get_begidx())
        return found[state][max(skipped, 0) :] if state < len(found) else None

    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")

    def ask(prompt: str) -> str:
        text = input(prompt)
        if history is not None:
            with suppress(OSError):
                readline.write_history_file(history)
        return text

    return ask
