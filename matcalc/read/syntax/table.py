"""The LALR tables of the languages, each read once from ``grammar/``."""

from __future__ import annotations

import re
from functools import lru_cache
from zlib import crc32

from matcalc.core.resources import folder


class Table:
    """What the lexer and the parser need.

    ``states[s]`` maps a symbol to the state to go to (>= 0) or to ``~r``: reduce by rule ``r``,
    which replaces ``sizes[r]`` values by one for the symbol ``origins[r]``, built by the action
    called ``actions[r]`` ("-": the first of them).
    """

    __slots__ = ("actions", "end", "ignored", "origins", "scan", "sizes", "start", "states")

    def __init__(self, text: str) -> None:
        patterns: list[str] = []
        ignored: set[str] = set()
        self.origins: list[str] = []
        self.sizes: list[int] = []
        self.actions: list[str] = []
        self.states: dict[int, dict[str, int]] = {}
        for line in text.splitlines():
            what, _, rest = line.partition(" ")
            if what == "state":
                number, *row = rest.split(" ")
                self.states[int(number)] = dict(zip(row[::2], map(int, row[1::2]), strict=True))
            elif what == "terminal":
                name, _, pattern = rest.partition(" ")
                patterns.append(f"(?P<{name}>{pattern})")
            elif what == "rule":
                origin, size, action = rest.split(" ")
                self.origins.append(origin)
                self.sizes.append(int(size))
                self.actions.append(action)
            elif what == "ignore":
                ignored.add(rest)
            elif what == "start":
                self.start, self.end = map(int, rest.split(" "))
        self.ignored = frozenset(ignored)
        self.scan = re.compile("|".join(patterns)).match


@lru_cache(maxsize=2)
def load(language: str = "expression") -> Table:
    """The table beside the grammar; compiled afresh where that is missing or was made from another
    grammar.
    """
    place = folder("grammar")
    grammar = (place / f"{language}.lark").read_bytes()
    stored = place / f"{language}.table"
    if stored.exists():
        text = stored.read_text(encoding="utf-8")
        if text.startswith(f"checksum {crc32(grammar)}\n"):
            return Table(text)
    from matcalc.read.syntax.compile_grammar import compile_table  # noqa: PLC0415 - imports Lark (50 ms)

    return Table(compile_table(grammar.decode()))
