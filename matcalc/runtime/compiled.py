"""Generated functions as objects: called by keyword, sent to other processes, with errors of ours
where they have no value.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np

from matcalc.core.errors import EvaluationError
from matcalc.runtime.arguments import CallError, SingularMatrixError, take
from matcalc.runtime.user_functions import use_functions

_MISSING = object()  # in the place of an argument
_PROBLEMS = (IndexError, TypeError, ValueError, ZeroDivisionError, EvaluationError)


class Compiled:
    """The function ``name`` that a generated source defines; ``source`` is all that is pickled of
    it. ``brought`` are the functions of a user's that it cannot import.
    """

    def __init__(
        self,
        source: str,
        name: str = "f",
        functions: tuple[str, ...] = (),
        brought: Mapping[str, Callable[..., Any]] | None = None,
    ) -> None:
        namespace: dict[str, Any] = {}
        with use_functions(brought):
            exec(compile(source, f"<matcalc {name}>", "exec"), namespace)
        inner: Callable[..., Any] = namespace[name]
        parameters = inspect.signature(inner).parameters.values()
        self.source = source
        self.__name__ = self.__qualname__ = name
        self.__doc__ = inner.__doc__
        self.__wrapped__ = inner  # whose signature is ours
        # a function whose variables Python cannot name takes them apart itself
        self._names = (
            tuple(each.name for each in parameters)
            if all(each.kind == each.KEYWORD_ONLY for each in parameters)
            else None
        )
        self._functions = functions  # arguments that are functions
        if self._names and not functions:
            self.__class__ = _fast_class(self._names)

    def __call__(self, *positional: Any, **arguments: Any) -> Any:
        """The value; the arrays are given by name."""
        brought = {}
        if self._functions:
            brought = {
                key: _Brought(arguments[key])
                for key in self._functions
                if callable(arguments.get(key))
            }
            arguments |= brought
        try:
            return self.__wrapped__(*positional, **arguments)
        except _PROBLEMS as problem:
            if _within(brought):
                raise
            explained = self._explain(problem, positional, arguments)
            raise explained.with_traceback(None) from None

    def _explain(
        self, problem: Exception, positional: tuple[Any, ...], arguments: Mapping[str, Any]
    ) -> EvaluationError:
        """The problem as an error of ours, which is raised where the function was called."""
        given = {name: value for name, value in arguments.items() if value is not _MISSING}
        try:
            self._check_names(positional, given)
        except EvaluationError as wrong:
            return wrong
        if isinstance(problem, EvaluationError):
            return problem
        if isinstance(problem, np.linalg.LinAlgError):
            return SingularMatrixError(f"the formula has no value here: {str(problem).lower()}")
        if isinstance(problem, ZeroDivisionError):
            return EvaluationError(f"the formula has no value here: {problem}")
        return EvaluationError(f"the formula has no value for arrays of these shapes: {problem}")

    def _check_names(self, positional: tuple[Any, ...], arguments: Mapping[str, Any]) -> None:
        """Only where something went wrong, so that a call costs nothing that it need not."""
        if positional:
            names = self._names or tuple(arguments)
            given = ", ".join(f"{name}=..." for name in names)
            example = f"write {self.__name__}({given})" if names else None
            raise CallError("arguments are given by name", hint=example) from None
        if self._names is not None and arguments.keys() != set(self._names):
            take(arguments, *self._names)

    def __reduce__(self) -> tuple[type[Compiled], tuple[str, str, tuple[str, ...]]]:
        return Compiled, (self.source, self.__name__, self._functions)

    def __repr__(self) -> str:
        return f"<matcalc function {self.__name__}{inspect.signature(self.__wrapped__)}>"


@cache
def _fast_class(names: tuple[str, ...]) -> type[Compiled]:
    """The class whose call has these names as parameters, so that Python packs no arguments."""
    end = "_" * (1 + max(map(len, names)))  # longer than the names, so none of ours is one of them
    given = ", ".join(f"{name}={name}" for name in names)
    packed = ", ".join(f'"{name}": {name}' for name in names)
    wanted = ", ".join(f"{name}=missing{end}" for name in names)
    source = f"""
def __call__(self{end}, *other{end}, {wanted}, **more{end}):
    try:
        if other{end} or more{end}:
            raise problems{end}[1]
        return self{end}.__wrapped__({given})
    except problems{end} as problem{end}:
        raise self{end}._explain(
            problem{end}, other{end}, {{{packed}, **more{end}}}
        ).with_traceback(None) from None
"""
    namespace: dict[str, Any] = {f"missing{end}": _MISSING, f"problems{end}": _PROBLEMS}
    exec(compile(source, "<matcalc call>", "exec"), namespace)
    return type("Compiled", (Compiled,), {"__call__": namespace["__call__"]})


class _Brought:
    """A function of the user's among the arguments; what it raises is not ours to explain."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self.function = function
        self.running = False

    def __call__(self, *args: Any) -> Any:
        self.running = True
        value = self.function(*args)
        self.running = False
        return value


def _within(brought: Mapping[str, _Brought]) -> bool:
    """Whether an error comes out of one of the functions."""
    return any(function.running for function in brought.values())


class OfFamily:
    """A compiled function of which one family of results is returned: as an array with its index
    first where the members have one shape, else as a list.
    """

    def __init__(self, inner: Callable[..., Any], family: str) -> None:
        self.inner = inner
        self.family = family

    @property
    def source(self) -> str:
        """The source of the function, which returns a mapping from the family to its members."""
        return str(self.inner.source)  # type: ignore[attr-defined]

    def __call__(self, *positional: Any, **arguments: Any) -> Any:
        """The members, after the value where the source returns it."""
        found = self.inner(*positional, **arguments)
        value, others = found if isinstance(found, tuple) else (None, found)
        made = others[self.family]
        if len({np.shape(each) for each in made}) == 1:
            made = np.array(made)
        return (value, made) if isinstance(found, tuple) else made
