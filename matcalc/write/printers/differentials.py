r"""Differentials in LaTeX: ``\mathrm{d}X`` for a variable that stands for one."""

from __future__ import annotations

import re

_MARK = "dqz"  # the stem of names that stand for differentials while a formula is printed
_MARKED = re.compile(r"\\math(?:it|bf)\{dqz\}_\{(\d+)\}")
_OPENED = re.compile(r"(^|[({]|= |\\mapsto |:\\ )\\,")  # no space after a bracket or a sign


class Marks:
    """Names that stand for others while a formula is printed, and what is printed for them."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}  # name -> the name that stands for it
        self._shown: list[str] = []

    def mark(self, name: str, shown: str) -> None:
        """Prints ``shown`` for a variable."""
        self.names[name] = f"{_MARK}{len(self._shown)}"
        self._shown.append(shown)

    def unmark(self, text: str) -> str:
        """The formula with what is printed for the names."""
        shown = _MARKED.sub(self._unmark, text)
        return _OPENED.sub(r"\1", shown)

    def _unmark(self, found: re.Match[str]) -> str:
        """What is printed for a name; that of other marks stays."""
        place = int(found[1])
        return self._shown[place] if place < len(self._shown) else found[0]
