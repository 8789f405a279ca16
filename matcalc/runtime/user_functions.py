"""Functions that were handed to ``matcalc.load_identities`` or ``Language.extended`` as Python
objects, for generated code that cannot import them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from matcalc.core.errors import EvaluationError
from matcalc.core.language import default_language

_GIVEN: ContextVar[Mapping[str, Callable[..., Any]] | None] = ContextVar("given", default=None)


@contextmanager
def use_functions(functions: Mapping[str, Callable[..., Any]] | None) -> Iterator[None]:
    """While code is loaded that was generated in a language, its functions are those of the
    language; with None, those of the default language.
    """
    token = _GIVEN.set(functions)
    try:
        yield
    finally:
        _GIVEN.reset(token)


def user_function(name: str) -> Callable[..., Any]:
    """The function of that name; EvaluationError where it is not loaded."""
    functions = _GIVEN.get()
    if functions is not None and name in functions:
        return functions[name]
    own = default_language().functions.get(name)
    if own is None or own.function is None:
        hint = (
            "call matcalc.load_identities(...) with the file and the function first, as "
            "where this code was generated"
        )
        raise EvaluationError(
            f"this code needs the function {name}, which is not loaded", hint=hint
        )
    return own.function
