"""Lines by prompt_toolkit, the extra ``repl``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from prompt_toolkit import PromptSession
from prompt_toolkit.auto_suggest import AutoSuggestFromHistory
from prompt_toolkit.completion import Completer, Completion
from prompt_toolkit.history import FileHistory, InMemoryHistory

from matcalc.cli.colours import wants_none


def toolkit_lines(
    candidates: Callable[[str], tuple[str, list[str]]], history: Path | None
) -> Callable[[str], str]:
    """A function that asks for a line."""
    session = PromptSession(
        history=InMemoryHistory() if history is None else FileHistory(str(history)),
        completer=_Candidates(candidates),
        complete_while_typing=False,
        auto_suggest=AutoSuggestFromHistory(),
    )

    def ask(prompt: str) -> str:
        shown = prompt if wants_none() else [("ansicyan bold", prompt)]
        text: str = session.prompt(shown)
        return text

    return ask


class _Candidates(Completer):  # type: ignore[misc]
    """What the session offers, for the menu of prompt_toolkit."""

    def __init__(self, candidates: Callable[[str], tuple[str, list[str]]]) -> None:
        self._candidates = candidates

    def get_completions(self, document: Any, _: Any) -> Iterator[Any]:
        """What the word before the cursor may become."""
        typed, found = self._candidates(document.current_line_before_cursor)
        for word in found:
            yield Completion(word, start_position=-len(typed))
