"""A user's file of identities as tables that know where in the file they stand."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matcalc.core.errors import CatalogueError, MatcalcError, Span

KINDS = ("function", "identity")
_HEADER = re.compile(r"^[ \t]*\[\[[ \t]*(\w+)[ \t]*\]\]", re.MULTILINE)
_HINT = (
    "a file of identities has tables [[function]] and [[identity]]; "
    "docs/own-identities.md describes them"
)


@dataclass(frozen=True, slots=True)
class Table:
    """One ``[[function]]`` or ``[[identity]]``: what it says, and the part of the text that it
    is.
    """

    kind: str
    data: dict[str, Any]
    file: str
    text: str
    span: Span

    @property
    def name(self) -> str:
        """What it calls itself."""
        name = self.data.get("name")
        return name if isinstance(name, str) and name else f"a [[{self.kind}]] without a name"

    def problem(self, message: str, key: str = "name", hint: str | None = None) -> CatalogueError:
        """The error about what the table says under a key: file, line, entry, and the line
        itself.
        """
        span = self._place(key)
        return CatalogueError(self._locate(message, span), source=self.text, span=span, hint=hint)

    def because(self, problem: MatcalcError, key: str) -> CatalogueError:
        """The same for an expression under a key that cannot be read."""
        span, source = self._place(key), problem.source
        message = self._locate(problem.message, span)
        if (
            source is not None
            and problem.span is not None
            and self.text[span.start : span.end] == source
        ):
            within = Span(span.start + problem.span.start, span.start + problem.span.end)
            return CatalogueError(message, source=self.text, span=within, hint=problem.hint)
        return CatalogueError(message, source=source, span=problem.span, hint=problem.hint)

    def _locate(self, message: str, span: Span) -> str:
        return (
            f"{self.file}, line {self.text.count(chr(10), 0, span.start) + 1}, "
            f"{self.name}: {message}"
        )

    def _place(self, key: str) -> Span:
        """The value under a key, without quotes; the header of the table where it is not in a line
        of its own.
        """
        line = re.compile(
            rf"^[ \t]*{re.escape(key)}[ \t]*=[ "
            rf"\t]*(?P<quote>[\"']?)(?P<value>.*?)(?P=quote)[ \t]*(?:#.*)?$",
            re.MULTILINE,
        )
        found = line.search(self.text, self.span.start, self.span.end)
        return (
            Span(*found.span("value"))
            if found
            else Span(self.span.start, self.text.find("]]", self.span.start) + 2)
        )


def tables(text: str, file: str) -> list[Table]:
    """All tables in the order of the file; CatalogueError where it is no such file."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise CatalogueError(
            f"{file}: {problem}", hint='strings need quotes; "A\\\\b" needs two backslashes'
        ) from None
    for key, value in content.items():
        if (
            key not in KINDS
            or not isinstance(value, list)
            or not all(isinstance(each, dict) for each in value)
        ):
            raise CatalogueError(f"{file}: {key} is unknown here", hint=_HINT)
    if not content:
        raise CatalogueError(f"{file}: the file is empty", hint=_HINT)
    places = {kind: _spans(text, kind) for kind in KINDS}
    whole = Span(0, len(text))
    found = [
        Table(kind, data, file, text, next(places[kind], whole))
        for kind in KINDS
        for data in content.get(kind, [])
    ]
    return sorted(found, key=lambda table: table.span.start)


def _spans(text: str, kind: str) -> Iterator[Span]:
    """From each header of the kind to the next header of any kind."""
    headers = list(_HEADER.finditer(text))
    ends = [header.start() for header in headers[1:]] + [len(text)]
    for header, end in zip(headers, ends, strict=True):
        if header[1] == kind:
            yield Span(header.start() + len(header[0]) - len(header[0].lstrip()), end)
