"""What to write for arguments with names, which other languages have: ``axis=0``, ``ddof=1``."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.read.syntax.brackets import (
    find_arguments,
    find_closer,
    find_opener,
    find_operand_start,
)
from matcalc.read.syntax.tokens import Token

_ORDER = re.compile(r"\b(?:p|ord)\s*=\s*([12])\b")


def advise_on_axis(text: str, stream: list[Token], k: int) -> str:
    """``sum(X, axis=0)`` and ``X.sum(axis=-1)``."""
    from matcalc.read.syntax.dotted import along  # noqa: PLC0415 - few texts are in Python's notation

    opener = find_opener(stream, k) or 1
    name = stream[opener - 1][3].rpartition(".")[2]
    found = re.match(r"\s*(-?\s*[0-9]+)\s*[,)]", text[stream[k][2] :])
    array = _in_our_signs(text, opener, stream)
    inside = text[stream[opener][2] : stream[find_closer(stream, opener) or -1][1]]
    order = _ORDER.search(inside) if name == "norm" else None
    return along(f"norm{order[1]}" if order else name, int(found[1]) if found else None, array)


def _names_axis(stream: list[Token], k: int, opener: int) -> bool:
    """Whether this is the = of ``axis=0`` among the arguments in the brackets."""
    named = stream[k][0] == "EQUALS" and stream[k - 1][3] in ("axis", "dim")
    return named and find_opener(stream, k) == opener


def _in_our_signs(text: str, opener: int, stream: list[Token]) -> str:
    """The array in ``np.sum(X**2 * Y, axis=1)``, where operators go entry by entry."""
    array = _array(text, opener, stream)
    start = text.find(array, stream[opener][2] if stream[opener - 1][0] == "QUALIFIED" else 0)
    parts, place = [], start
    for before, token, after in zip(stream, stream[1:], stream[2:], strict=False):
        if not start <= token[1] < start + len(array) or token[3] not in ("*", "/", "**"):
            continue
        scalar = token[3] != "**" and "NUMBER" in (before[0], after[0])
        parts += [
            text[place : token[1]],
            "" if scalar else ".",
            {"**": "^"}.get(token[3], token[3]),
        ]
        place = token[2]
    return "".join([*parts, text[place : start + len(array)]])


def _array(text: str, opener: int, stream: list[Token]) -> str:
    """The first argument of a function, or what a method is one of."""
    from matcalc.read.syntax.dotted import is_functional  # noqa: PLC0415 - as above

    method, last = stream[opener - 1], opener - 2
    if method[0] == "METHOD" and not is_functional(method[3][1:], stream[last][3]):
        return text[stream[find_operand_start(stream, last)][1] : stream[last][2]].strip()
    (start, end), *_ = find_arguments(
        stream, opener, find_closer(stream, opener) or len(stream) - 1
    )
    return text[start:end].strip()


def advise_on_name(
    text: str, stream: list[Token], k: int, readable: Callable[[str], bool]
) -> str | None:
    """``norm(x, p=2)``: arguments have no names here."""
    from matcalc.read.syntax import dotted, foreign  # noqa: PLC0415 - as above

    opener = find_opener(stream, k) or 1
    name, value = stream[opener - 1][3].rpartition(".")[2], stream[k + 1][3]
    key, array = stream[k - 1][3], _array(text, opener, stream)
    axis = next((i for i in range(k, len(stream) - 1) if _names_axis(stream, i, opener)), None)
    if key not in ("ddof", "correction", "unbiased") and axis is not None:
        return advise_on_axis(text, stream, axis)
    if name in ("norm", "vector_norm") and key in ("p", "ord") and value:
        order = value.strip(chr(34) + chr(39))
        order = f"'{order}'" if order.isalpha() and order != value else order
        written = f"norm({array}, {order})"
        return f"write {written}" if readable(written) else None
    if key == "dims" and value in ("1", "2"):  # Julia counts from 1
        return dotted.along(name, int(value) - 1, array)
    if key in ("ddof", "correction", "unbiased"):
        return dotted.advise_on_divisor(name, array)
    return foreign.find_general_advice(name) or (
        f"arguments have no names here: leave out {key}={value}, and write what it stands for if "
        "the answer depends on it"
    )
