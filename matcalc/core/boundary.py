"""Where the package ends and a user's program begins: what crosses there is short."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from matcalc.core.errors import MatcalcError

_P = ParamSpec("_P")
_T = TypeVar("_T")


def public(function: Callable[_P, _T]) -> Callable[_P, _T]:
    """A function or method that users call: of our own frames a traceback shows this one alone.

    The message of a MatcalcError says what is wrong with the input; the stages that found it do not
    help.
    """

    @wraps(function)
    def called(*args: _P.args, **kwargs: _P.kwargs) -> _T:
        try:
            return function(*args, **kwargs)
        except MatcalcError as problem:
            raise problem.with_traceback(None) from None

    return called
