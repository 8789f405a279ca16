"""The one family of exceptions that matcalc lets out, and the caret under the place they speak
of.
"""

from __future__ import annotations

from typing import NamedTuple

_WINDOW = 90  # characters of a source line shown around the caret


class Span(NamedTuple):
    """Half-open range of characters [start, end) in a source text."""

    start: int
    end: int


class CheckFailure(AssertionError):
    """What a test of a user asserts of a derivative does not hold."""


class MatcalcError(Exception):
    """Bad input or an impossible request: a message, the place in the source it is about, and a
    hint.

    ``str(error)`` is what the command line prints: the message, the source line with a caret, the
    hint. ``raised`` is what a function of the user raised, if that is what is wrong.
    """

    raised: BaseException | None = None

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        span: Span | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.source = source
        self.span = span
        self.hint = hint

    def with_source(self, source: str) -> MatcalcError:
        """The same error, now knowing the text its span points into (stages below the parser do not
        have it).
        """
        if self.source is None:
            self.source = source
        return self

    def __str__(self) -> str:
        lines = [f"error: {self.message}"]
        if self.source is not None and self.span is not None:
            lines += _excerpt(self.source, self.span)
        if self.hint:
            lines.append(f"hint: {self.hint}")
        return "\n".join(lines)


class ParseError(MatcalcError):
    """The text is not an expression of the language."""


class UnknownNameError(MatcalcError):
    """A function, variable or declaration that is unknown or used wrongly."""


class ShapeError(MatcalcError):
    """Operands whose shapes do not fit."""


class UnsupportedError(MatcalcError):
    """Well-formed, but not something that matcalc can do."""


class SymbolicLoopError(UnsupportedError):
    """A loop whose range has a name in it, so that it cannot be written out."""


class ArgumentError(MatcalcError):
    """An argument of the Python API, or an option of the command, that has no such value."""


class CatalogueError(MatcalcError):
    """An entry of ``identities/`` that is malformed or false."""


class EvaluationError(MatcalcError):
    """Arrays that do not fit the variables, or a point outside a function's domain."""


class DomainError(EvaluationError):
    """There is nothing to look at: no point inside the domain was found, or the arrays there are
    too large.
    """


class VerificationError(MatcalcError):
    """A derivative that matcalc found and then found to be wrong, or that it could not judge: a bug
    in matcalc.
    """


class VerificationWarning(UserWarning):
    """An answer that could not be verified; the text says why."""


class NotationWarning(UserWarning):
    """Something in a formula that may have been meant otherwise; the text says how it is read."""


def line_at(source: str, place: int) -> tuple[int, str]:
    """Where the line of a place begins, and the line."""
    start = source.rfind("\n", 0, place) + 1
    end = source.find("\n", place)
    return start, source[start : len(source) if end < 0 else end]


def _excerpt(source: str, span: Span) -> list[str]:
    start, line = line_at(source, span.start)
    column = span.start - start
    width = max(1, min(span.end, start + len(line)) - span.start)
    left = max(0, column - _WINDOW // 2) if len(line) > _WINDOW else 0
    window = line[left : left + _WINDOW]
    prefix = "..." if left else ""
    suffix = "..." if left + _WINDOW < len(line) else ""
    shown = prefix + "".join(c if c.isprintable() else "?" for c in window) + suffix
    return [f"  {shown}", "  " + " " * (len(prefix) + column - left) + "^" * min(width, _WINDOW)]


# the names of one release ago
_FORMER = {
    "SyntaxProblem": "ParseError",
    "NameProblem": "UnknownNameError",
    "ShapeProblem": "ShapeError",
    "UnsupportedProblem": "UnsupportedError",
    "ArgumentProblem": "ArgumentError",
    "CatalogueProblem": "CatalogueError",
    "EvaluationProblem": "EvaluationError",
    "VerificationProblem": "VerificationError",
    "DomainProblem": "DomainError",
}


def __getattr__(name: str) -> type[MatcalcError]:
    """The classes under their former names, with a warning."""
    if name not in _FORMER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from warnings import warn  # noqa: PLC0415 - only those who use a former name need it

    warn(f"{name} is now called {_FORMER[name]}", DeprecationWarning, stacklevel=2)
    found: type[MatcalcError] = globals()[_FORMER[name]]
    return found


def describe_value(value: object) -> str:
    """A value that is not what was wanted, shortened, with its type."""
    shown = repr(value)
    return f"{shown if len(shown) <= 40 else shown[:37] + '...'} ({type(value).__name__})"
