"""The LALR tables of the languages, each read once from ``grammar/``."""

from __future__ import annotations

import re
from functools import lru_cache
from os.path import join
from zlib import crc32

from matcalc.core.resources import folder_path, read_bytes, read_text


class ParseTable:
    """What the lexer and the parser need.

    ``states[s]`` maps a symbol to the state to go to (>= 0) or to ``~r``: reduce by rule ``r``,
    which replaces ``sizes[r]`` values by one for the symbol ``origins[r]``, built by the action
    called ``actions[r]`` ("-": the first of them).
    """

    __slots__ = ("actions", "end", "ignored", "origins", "scan", "sizes", "start", "states")

    def __init__(self, text: str) -> None:
        terminals: dict[str, str] = {}
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
                terminals[name] = pattern
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
        self.scan = re.compile(scanner(terminals)).match


def scanner(terminals: dict[str, str]) -> str:
    """One regular expression for all terminals, in their order: the last group is the one found.

    What is another terminal before something, as ``x[i] =`` begins with a name, is looked for
    after that one: what both begin with takes long to compile.
    """
    names = {pattern: name for name, pattern in terminals.items()}
    behind: dict[str, list[str]] = {}
    groups = {}
    for name, pattern in terminals.items():
        beginning, sign, rest = pattern.partition("(?=")
        if sign and beginning in names:
            behind.setdefault(names[beginning], []).append(f"{sign}{rest}(?P<{name}>)")
        else:
            groups[name] = f"(?P<{name}>{pattern})"
    for name, ahead in behind.items():
        groups[name] += f"(?:{'|'.join(ahead)})?"
    return "|".join(groups.values())


@lru_cache(maxsize=2)
def load(language: str = "expression") -> ParseTable:
    """The table beside the grammar; compiled afresh where that is missing or was made from another
    grammar.
    """
    place = join(folder_path("grammar"), language)
    grammar = read_bytes(f"{place}.lark")
    text = read_text(f"{place}.table")
    if text.startswith(f"checksum {crc32(grammar)}\n"):
        return ParseTable(text)
    from matcalc.read.syntax.compile_grammar import compile_table  # noqa: PLC0415 - imports Lark (50 ms)

    return ParseTable(compile_table(grammar.decode()))
