r"""Hints of type inference, which speak the expression language, as what to write in LaTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from matcalc.core.errors import MatcalcError
from matcalc.core.operations import OPERATIONS

# compiled where there is a hint
_CALL = r"(?<![\\\w{])([a-z]\w*)\("
_POWER = r"(\.?)\^\("
_PLAIN = r"\.[*/^']|(?<!\\)\*|\\(?![A-Za-z{}|])|@"
_ENTRIES = r"(\[[^\[\]]+\]|\b\w+)\[([^\[\]=<]+)\]"
_BINDER = r"\b(sum|prod|max|min)\[(\w+)=(\w+):([^\[\]]+)\]"
_CONDITION = r"\b(sum|prod|max|min)\[(\w+[<>]=?[^\[\],]+)\]"
_BINDS = r"\b(sum|prod|max|min)\[\w+,"  # LaTeX has no list of indices that are on no axis
_DECLARES = r"(or )?declare \w+: "


@contextmanager
def speak_latex() -> Iterator[None]:
    """Errors within lose the parts of their hints that LaTeX has no words for."""
    try:
        yield
    except MatcalcError as problem:
        if problem.hint:
            problem.hint = in_latex(problem.hint)
        raise


def in_latex(hint: str) -> str | None:
    r"""The clauses of a hint in LaTeX: ``diag(x)`` is \operatorname{diag}(x). Those with signs of
    the expression language are left out; None if nothing is left.
    """
    clauses = []
    for clause in hint.split("; "):
        text = clause if re.match(_DECLARES, clause) else _translate(clause)
        if text is not None:
            clauses.append(text)
    return "; ".join(clauses).removeprefix("or ") or None


def _translate(clause: str) -> str | None:
    text = re.sub(
        _CALL,
        lambda found: rf"\operatorname{{{found[1]}}}(" if found[1] in OPERATIONS else found[0],
        clause,
    )
    while power := re.search(_POWER, text):
        end = _closing_bracket(text, power.end())
        if end is None:
            return None
        sign = r"\odot " if power[1] else ""
        text = f"{text[: power.start()]}^{{{sign}{text[power.end() : end]}}}{text[end + 1 :]}"
    text = re.sub(r"(?<=[\w)\]}])'", r"^\\top", text)
    text = re.sub(_BINDER, r"\\\1_{\2=\3}^{\4}", text)
    text = re.sub(_CONDITION, r"\\\1_{\2} ", text)
    if re.search(_BINDS, text):
        return None
    text = re.sub(_ENTRIES, lambda found: f"[{found[1].strip('[]')}]_{{{found[2]}}}", text)
    return None if re.search(_PLAIN, text) else text


def _closing_bracket(text: str, start: int) -> int | None:
    """Where the bracket that is open at ``start`` closes."""
    depth = 1
    for place in range(start, len(text)):
        depth += (text[place] == "(") - (text[place] == ")")
        if not depth:
            return place
    return None
