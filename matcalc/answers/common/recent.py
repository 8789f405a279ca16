"""The derivatives that were asked for lately, by their text: the same question again is a lookup.

Derivatives are immutable, so that callers and threads can share one. There are at most ``_MOST``,
of texts of at most ``_LONGEST`` characters. Warnings are given each time.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any, NamedTuple

from matcalc.core.boundary import warn_of_notes
from matcalc.core.language import BaseLanguage, default_language
from matcalc.verify.verification import warn_unverified

_MOST = 256
_LONGEST = 1_000
_KEPT: OrderedDict[DerivativeRequest, Any] = OrderedDict()  # a Derivative, or Gradients
_LOCK = Lock()


class DerivativeRequest(NamedTuple):
    """All that a derivative depends on; identities that are loaded make another language."""

    text: str
    variables: tuple[tuple[str, str], ...]
    language: BaseLanguage
    latex: bool
    wrt: str | tuple[str, ...] | None
    order: int
    layout: str
    structure: str
    verify: bool


def question(
    text: object,
    variables: object,
    language: BaseLanguage | None,
    *,
    latex: object,
    wrt: object,
    order: object,
    layout: object,
    structure: object,
    verify: object,
) -> DerivativeRequest | None:
    """What is asked, if it is a short text with plain arguments; 1 and True differ."""
    items = tuple(variables.items()) if isinstance(variables, Mapping) else ()
    names = tuple(wrt) if isinstance(wrt, list | tuple) else (wrt,)
    plain = (
        isinstance(text, str)
        and (language is None or isinstance(language, BaseLanguage))
        and len(text) <= _LONGEST
        and (wrt is None or all(isinstance(name, str) for name in names))
        and type(order) is int
        and isinstance(layout, str)
        and isinstance(structure, str)
        and type(latex) is type(verify) is bool
        and (variables is None or isinstance(variables, Mapping))
        and all(isinstance(name, str) and isinstance(kind, str) for name, kind in items)
    )
    if not plain:
        return None
    spoken = language or default_language()
    by = names if isinstance(wrt, list | tuple) else wrt
    asked = (text, items, spoken, latex, by, order, layout, structure, verify)
    return DerivativeRequest(*asked)  # type: ignore[arg-type]  # what is plain is of these types


def recall(asked: DerivativeRequest) -> Any:
    """The answer, if it was given lately, or None."""
    with _LOCK:
        found = _KEPT.get(asked)
        if found is None:
            return None
        _KEPT.move_to_end(asked)
    warn_of_notes(found.expression.notes)
    if asked.verify:
        warn_unverified(found.verification)
    return found


def remember(asked: DerivativeRequest, answer: Any) -> None:
    """Keeps an answer; the oldest goes where there are too many."""
    with _LOCK:
        _KEPT[asked] = answer
        while len(_KEPT) > _MOST:
            _KEPT.popitem(last=False)


def forget() -> None:
    """Drops all answers, so that they are found anew; benchmarks need that."""
    with _LOCK:
        _KEPT.clear()
