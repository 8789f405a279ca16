"""``matcalc lsp``: a language server on standard input and output (extra ``lsp``, pygls,
https://microsoft.github.io/language-server-protocol/).

Files that end with ``.matcalc`` have the entries of a session, others (LaTeX, Markdown) marked
claims.
"""

from __future__ import annotations

from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from matcalc.tools import document
from matcalc.version import find_version

_SEVERITIES = {
    document.ERROR: types.DiagnosticSeverity.Error,
    document.WARNING: types.DiagnosticSeverity.Warning,
    document.INFORMATION: types.DiagnosticSeverity.Information,
}


class Lines:
    """Places of a text as lines and columns, which the protocol counts in units of UTF-16."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0]
        for place, char in enumerate(text):
            if char == "\n":
                self.starts.append(place + 1)

    def position(self, place: int) -> Any:
        """The line and column of a character."""
        low, high = 0, len(self.starts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.starts[middle] <= place else (low, middle)
        before = self.text[self.starts[low] : place]
        return types.Position(line=low, character=len(before.encode("utf-16-le")) // 2)

    def place(self, position: Any) -> int:
        """The character at a line and column."""
        if position.line >= len(self.starts):  # an editor may point after the end
            return len(self.text)
        start: int = self.starts[position.line]
        end = self.text.find("\n", start)
        line = self.text[start : len(self.text) if end < 0 else end].encode("utf-16-le")
        units: int = 2 * position.character
        return start + len(line[:units].decode("utf-16-le", "ignore"))


def server() -> Any:
    """The server, with what it answers."""
    made = LanguageServer("matcalc", find_version())

    def text_of(uri: str) -> str:
        text: str = made.workspace.get_text_document(uri).source
        return text

    def told(params: Any) -> None:
        """Publishes what is wrong in a document that was opened or changed."""
        uri = params.text_document.uri
        text = text_of(uri)
        lines = Lines(text)
        found = [
            types.Diagnostic(
                range=types.Range(start=lines.position(one.start), end=lines.position(one.end)),
                message=one.message,
                severity=_SEVERITIES[one.severity],
                source="matcalc",
            )
            for one in document.problems(text, marked=_is_marked(uri))
        ]
        made.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri=uri, diagnostics=found)
        )

    def hover(params: Any) -> Any:
        uri = params.text_document.uri
        text = text_of(uri)
        place = Lines(text).place(params.position)
        said = document.hover(text, place, marked=_is_marked(uri))
        if not said:
            return None
        return types.Hover(types.MarkupContent(kind=types.MarkupKind.Markdown, value=said))

    def format_document(params: Any) -> Any:
        uri = params.text_document.uri
        text = text_of(uri)
        made_new = document.format_document(text, marked=_is_marked(uri))
        if made_new == text:
            return []
        lines = Lines(text)
        whole = types.Range(start=lines.position(0), end=lines.position(len(text)))
        return [types.TextEdit(range=whole, new_text=made_new)]

    made.feature(types.TEXT_DOCUMENT_DID_OPEN)(told)
    made.feature(types.TEXT_DOCUMENT_DID_CHANGE)(told)
    made.feature(types.TEXT_DOCUMENT_HOVER)(hover)
    made.feature(types.TEXT_DOCUMENT_FORMATTING)(format_document)
    return made


def serve() -> None:
    """Answers on standard input and output until the former ends."""
    server().start_io()


def _is_marked(uri: str) -> bool:
    """Whether claims are marked in a document, as in LaTeX and Markdown."""
    return not uri.endswith(".matcalc")
