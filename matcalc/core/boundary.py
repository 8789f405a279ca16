"""Where the package ends and a user's program begins: what crosses there is short."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from functools import wraps
from typing import ParamSpec, TypeVar
from warnings import warn

from matcalc.core.errors import CheckFailure, MatcalcError, NotationWarning
from matcalc.core.notes import in_python

_P = ParamSpec("_P")
_T = TypeVar("_T")


def public(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """A function or method that users call: of our own frames a traceback shows this one alone.

    The message of a MatcalcError says what is wrong with the input, that of a CheckFailure with a
    claim; the stages that found it do not help.
    """

    @wraps(function)
    def call(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        __tracebackhide__ = True  # pytest shows the line of the caller, not this one
        try:
            return function(*args, **kwargs)
        except MatcalcError as problem:
            raise problem.with_traceback(None) from problem.raised
        except CheckFailure as problem:
            raise problem.with_traceback(None) from None

    return call


def warn_caller(text: str, category: type[Warning]) -> None:
    """A warning at the line of the caller of this package."""
    level, frame = 1, sys._getframe()
    while (
        frame.f_back is not None and frame.f_globals.get("__name__", "").split(".")[0] == "matcalc"
    ):
        level, frame = level + 1, frame.f_back
    warn(text, category, stacklevel=level)


def warn_of_notes(notes: Iterable[str]) -> None:
    """What may have been meant otherwise, as a NotationWarning for each note."""
    for note in notes:
        warn_caller(in_python(note), NotationWarning)
