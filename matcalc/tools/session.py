"""A session: declarations and definitions that stay, one entry after the other.

The entries of a terminal, of a notebook cell and of a ``.matcalc`` file are the same: a statement
of the language, an expression, or a command (``diff EXPR wrt x``). A comment begins with ``#``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from matcalc.core.errors import ArgumentError, MatcalcError
from matcalc.core.kinds import declares_complex
from matcalc.core.program import Program
from matcalc.read.frontend import read
from matcalc.read.syntax.nodes import Loop, Statement
from matcalc.read.syntax.parser import parse

# a question without its command: words that may stand for it, the expression, the variable
_QUESTION = re.compile(
    r"\s*(?:(?P<word>steps|derive|derivative|differentiate|gradient|grad)\b(?: of\b)?)?"
    r"(?P<expression>.*\S)\s+(?:--)?wrt\s+(?P<wrt>\S+)\s*",
    re.DOTALL,
)
_NAME = re.compile(r"[^\W\d]\w*")
_COMMENT = re.compile(r"#[^\n]*")
_GOES_ON = re.compile(r"(?:[-+*/^=,:<>@⊙∘⊘−≤≥≠⊗]|\\)\s*$")
# at the beginning of a statement, or of a line after its command
_FOR = re.compile(r"(?:[a-z-]+\s+)?for\s+[^\W\d]\w*\s*=")
_MEMBER = re.compile(r"(?:[a-z-]+\s+)?[^\W\d]\w*\[[\d,\s]+\]\s*=(?!=)")
_DEFINED = re.compile(r"(?:[a-z-]+\s+)?[^\W\d]\w*(?:\[[\d,\s]+\])?\s*[-+]?=(?!=)")
_BRACKETS = {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}


class SessionEntry(NamedTuple):
    """A text without its comments, and where it starts: the place in the whole, and the line."""

    text: str
    start: int
    line: int


class Kept(NamedTuple):
    """A statement of the session; ``role`` is ``declaration`` or ``definition``."""

    role: str
    text: str


class Entered(NamedTuple):
    """What an entry did: the names that it made, each with what it is; those that mean something
    new by that; and the expression at its end, or nothing.
    """

    made: Mapping[str, str]
    changed: tuple[str, ...]
    value: str


class _Lines:
    """Lines of an entry, as far as they have come: what is open at their end."""

    def __init__(self) -> None:
        self.depth = 0  # of brackets
        self.loops = 0
        self.last = ""  # statement outside brackets
        self.program = False  # whether a loop or a member of a family has come
        self.dangles = False  # whether an operator is at the end

    def add(self, line: str) -> None:
        """Takes one more line in, without its comment."""
        for part in line.split(";"):
            statement = part.strip()
            if statement and self.depth <= 0:
                self.last = statement
                begins = _FOR.match(statement) is not None
                self.loops += 1 if begins else -1 if statement == "end" else 0
                self.program = self.program or begins or _MEMBER.match(statement) is not None
            self.depth += sum(_BRACKETS.get(char, 0) for char in part)
        self.dangles = _GOES_ON.search(line) is not None

    @property
    def go_on(self) -> bool:
        """Whether the entry is not complete: a bracket or a loop is open, or it ends with an
        operator, or with a loop or a definition where members of families come before: these are
        a program, which ends with its value.
        """
        if self.depth > 0 or self.loops > 0 or self.dangles:
            return True
        return self.program and (self.last == "end" or _DEFINED.match(self.last) is not None)


class Seen(NamedTuple):
    """A typed program, its variables by name, each with what it is, and notes. Conjugates of
    complex variables are variables of the program alone.
    """

    program: Program
    variables: Mapping[str, object]
    notes: tuple[str, ...]


def goes_on(text: str) -> bool:
    """Whether an entry is not complete."""
    lines = _Lines()
    for line in _COMMENT.sub("", text).splitlines():
        lines.add(line)
    return lines.go_on


def entries(text: str) -> Iterator[SessionEntry]:
    """The entries of a text, in order; one that is not complete goes on in the next line, but not
    past an empty one.
    """
    bare = _COMMENT.sub(lambda comment: " " * len(comment[0]), text)
    start, line, lines = 0, 1, _Lines()
    first: int | None = None  # where the entry starts, and its line
    first_line = 1
    for piece in bare.splitlines(keepends=True):
        if first is None and piece.strip():
            first, first_line = start + len(piece) - len(piece.lstrip()), line
        lines.add(piece)
        start, line = start + len(piece), line + 1
        if first is not None and (not piece.strip() or not lines.go_on):
            yield SessionEntry(bare[first:start].rstrip(), first, first_line)
            first, lines = None, _Lines()
    if first is not None:
        yield SessionEntry(bare[first:].rstrip(), first, first_line)


def names_in(text: str) -> list[str]:
    """The names that occur in a text, each once."""
    return list(dict.fromkeys(_NAME.findall(text)))


def _refuse_question(text: str) -> None:
    """ArgumentError where a text is what ``diff`` takes, without that command."""
    match = _QUESTION.fullmatch(text)
    if match is None:
        return
    try:
        parse(match["expression"])
    except MatcalcError:
        return
    said = f"{match['word']} is not a command" if match["word"] else "there is no command here"
    more = " --steps" if match["word"] == "steps" else ""
    hint = f"write diff {match['expression'].strip()} wrt {match['wrt']}{more}"
    raise ArgumentError(said, hint=hint) from None


class Session:
    """Statements by name; each is entered alone, and read together with those that it uses."""

    def __init__(self) -> None:
        self.kept: dict[str, Kept] = {}

    def enter(self, text: str) -> Entered:
        """Takes the statements of a text in; all of them, or none where one is wrong.

        A name that is declared or defined again means the new thing from now on, in the
        definitions that use it too: ``changed`` names these. Raises what reading raises.
        """
        before = dict(self.kept)
        try:
            return self._enter(text)
        except MatcalcError:
            self.kept = before
            _refuse_question(text)
            raise

    def _enter(self, text: str) -> Entered:
        statements = parse(_without_complex(text))
        if any(one.places or isinstance(one, Loop) for one in statements):
            return Entered({}, (), text)  # members of a family are known in their program alone
        value = next((one for one in statements if one.role == "value"), None)
        # what is defined after the value, or in brackets of it, is its own
        end = len(text) if value is None else _start(value)
        own = [one for one in statements if one.role != "value" and _start(one) < end]
        stops = [*[_start(one) for one in own[1:]], end] if own else []
        made: dict[str, str] = {}
        changed: list[str] = []
        for statement, stop in zip(own, stops, strict=True):
            name, said = statement.name, text[_start(statement) : stop].rstrip("; \t\r\n")
            changed += [user for user in self._users(name) if user not in changed]
            self.kept.pop(name, None)
            self.kept[name] = Kept(statement.role, said)
            made[name] = ""
        for name in made:
            made[name] = self._kind(name)
        for name in changed:
            self._kind(name)
        return Entered(made, tuple([name for name in changed if name not in made]), text[end:])

    def _kind(self, name: str) -> str:
        """What a name is, as far as that is known."""
        role, said = self.kept[name]
        if role == "declaration":
            self.look("0", f"{said}\n")
            return said.partition(":")[2].strip()
        tree = self.look(name).program.expr
        words = ("scalar", "vector", "matrix")
        axes = ", ".join(str(size) for size in tree.shape)
        word = words[tree.rank] if tree.rank < len(words) else "tensor"
        return f"{'row ' if tree.row else ''}{word}({axes})" if axes else word

    def _users(self, name: str) -> list[str]:
        """The definitions that use a name, at first or at second hand."""
        found = {name}
        for other, kept in self.kept.items():
            if kept.role == "definition" and found & set(_NAME.findall(kept.text)):
                found.add(other)
        return [other for other in self.kept if other in found and other != name]

    def forget(self, names: list[str]) -> None:
        """Takes statements back; all of them where no name is given. ArgumentError for a name that
        is none.
        """
        for name in names:
            if name not in self.kept:
                raise ArgumentError(
                    f"{name} is not declared or defined here",
                    hint=f"these are: {', '.join(self.kept)}" if self.kept else None,
                )
        for name in names or list(self.kept):
            del self.kept[name]

    def needs(self, text: str, own: frozenset[str] = frozenset()) -> tuple[list[str], list[str]]:
        """The declarations and the definitions that a text needs, the latter in an order in which
        each uses those before it. ``own`` are names that the text defines itself.
        """
        uses: dict[str, list[str]] = {}
        waiting = [name for name in names_in(text) if name in self.kept and name not in own]
        while waiting:
            name = waiting.pop()
            if name in uses:
                continue
            role, said = self.kept[name]
            right = said.partition("=")[2] if role == "definition" else ""
            uses[name] = [other for other in names_in(right) if other in self.kept]
            waiting += uses[name]
        try:
            graph = {name: uses[name] for name in self.kept if name in uses}
            order = list(TopologicalSorter(graph).static_order())
        except CycleError as problem:
            round_ = list(reversed(problem.args[1]))
            raise ArgumentError(
                f"the definitions of {' and '.join(dict.fromkeys(round_))} need each other",
                hint="choose another name for one of them",
            ) from None
        parts: dict[str, list[str]] = {"declaration": [], "definition": []}
        for name in order:
            parts[self.kept[name].role].append(self.kept[name].text)
        return parts["declaration"], parts["definition"]

    def program(self, text: str) -> str:
        """The text with what it needs in front of it."""
        declarations, definitions = self.needs(text, names_defined_in(text))
        return "\n".join([*declarations, *definitions, text])

    def read(self, text: str) -> Program:
        """The typed program of an expression in real variables."""
        return read(self.program(text))

    def is_complex(self, text: str) -> bool:
        """Whether a text needs a variable that is declared to be complex."""
        return declares_complex([self.program(text)])

    def look(self, text: str, before: str = "") -> Seen:
        """What is known of an expression, in real or in complex variables; ``before`` are more
        declarations. Raises what reading raises.
        """
        whole = before + self.program(text)
        if not declares_complex([whole]):
            program = read(whole)
            return Seen(program, program.variables, program.notes)
        # few variables are complex
        from matcalc.conjugates.reading import read_complex  # noqa: PLC0415

        found = read_complex(whole)
        return Seen(found.program, found.kinds, found.notes)


def names_defined_in(text: str) -> frozenset[str]:
    """The names that a text declares or defines itself; none where it cannot be read."""
    try:
        return frozenset(one.name for one in parse(text, advise=False) if one.role != "value")
    except MatcalcError:
        return frozenset()


def _without_complex(text: str) -> str:
    """The text with real declarations for complex ones, each as long."""
    if not declares_complex([text]):
        return text
    # few variables are complex
    from matcalc.conjugates.reading import plain  # noqa: PLC0415

    return plain(text, {})


def _start(statement: Statement) -> int:
    """Where a statement begins in its text."""
    return statement.body.start if statement.name_span is None else statement.name_span.start
