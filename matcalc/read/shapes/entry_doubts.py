"""Entries where vectors belong: the ``x[k]`` of ``sum[k](x[k]'*A*x[k])`` may be the entries of a
vector, or each may be a vector.

Nobody transposes a number, or multiplies it by a matrix from the left. Where only the use of a
letter says what it is, such a text is refused, and both readings are named.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.core.errors import MatcalcError
from matcalc.core.tree import Expr
from matcalc.core.walk import operands, postorder
from matcalc.read.shapes.coefficients import is_undeclared
from matcalc.read.shapes.context import Context, Oddity

_LONGEST = 120  # characters of a text that is written again
_OPAQUE = frozenset({"reduce", "indexed"})  # sums over entries are numbers without doubt
_ENTRIES = frozenset({"at", "slice"})
_PLACES = re.compile(r"\[([^\[\]]*)\]('*)")


def entry_doubt(context: Context, *, fits: bool = True) -> MatcalcError | None:
    """The error for a text in which an entry of an undeclared vector stands where a vector belongs;
    ``fits`` tells whether it has a meaning as it stands.
    """
    odd = [each for each in context.oddities.values() if each.kind in context.counted]
    found = [(each, entry) for each in odd for entry in _entries(each)]
    found = [(each, entry) for each, entry in found if is_undeclared(context, _letter(entry))]
    if not found:
        return None
    # what is added to w'*x[i] is a number, whatever x[i] is
    beside = [pair for pair in found if not _is_added(pair[0], rows=True)]
    if not fits and all(_is_added(oddity) for oddity, _ in beside):
        beside = []
    found = [*beside, *_factors(context, beside)]
    if not found:
        return None
    oddity, entry = min(found, key=lambda pair: pair[1].span.start if pair[1].span else 0)
    name, written = _letter(entry), context.quote(entry)
    letters = dict.fromkeys(_letter(each) for _, each in found)
    why = _why(context, oddity)
    if fits:
        message = f"{written} may be an entry of {name}, or a vector: {why}"
    else:
        message = f"{written} is an entry of {name}, a number, though {why}"
    return context.problem(message, entry.span, _hint(context, [*letters], fits=fits))


def _is_added(oddity: Oddity, *, rows: bool = False) -> bool:
    """Whether an entry is added to something, with ``rows`` to a row."""
    return oddity.kind == "added" and (not rows or (oddity.other is not None and oddity.other.row))


def _factors(context: Context, found: list[tuple[Oddity, Expr]]) -> list[tuple[Oddity, Expr]]:
    """The v[i] of u[i]'*v[i], which is a vector if u[i] is one."""
    entries = {id(entry): oddity for oddity, entry in found if oddity.kind == "transposed"}
    return [
        (entries[id(part.args[0])], part.args[1])
        for part in context.made
        if part.op == "*" and id(part.args[0]) in entries and _is_entry(part.args[1])
        if is_undeclared(context, _letter(part.args[1]))
    ]


def _is_entry(part: Expr) -> bool:
    """Whether this is an entry of a vector that has a name."""
    if part.op not in _ENTRIES or part.shape:
        return False
    return part.args[0].op == "variable" and part.args[0].rank == 1


def _letter(entry: Expr) -> str:
    return str(entry.args[0].value)


def _entries(oddity: Oddity) -> list[Expr]:
    """The entries of vectors that a scalar is made of where vectors would make a vector."""
    if oddity.kind == "behind":
        before = oddity.other
        if before is None or any(
            part.op in _ENTRIES and part.shape for part in postorder(before, operands)
        ):
            return []  # the rows of a matrix, each times a number
    elif oddity.kind not in ("transposed", "function", "added"):
        return []
    stack, found = [oddity.scalar], []
    while stack:
        part = stack.pop()
        if part.shape or part.op in _OPAQUE:
            continue
        if part.op in _ENTRIES:
            found += [part] * _is_entry(part)
        elif part.op in ("+", "-", "neg", "'"):
            stack += part.args
        elif part.op in ("*", "/") and oddity.kind != "added":
            stack.append(part.args[1 if part.op == "*" and part.args[1].args else 0])
    return found


def _why(context: Context, oddity: Oddity) -> str:
    if oddity.kind == "transposed":
        return "it is transposed"
    if oddity.kind == "function":
        return f"it occurs in {oddity.name or 'brackets'}(...)"
    assert oddity.other is not None  # what it is beside
    other = context.quote(oddity.other)
    return f"it follows {other}" if oddity.kind == "behind" else f"it is added to {other}"


def _hint(context: Context, letters: list[str], *, fits: bool) -> str:
    """The declaration for entries, where they fit, and the text with the rows of matrices."""
    declared = " and ".join(f"{name}: vector" for name in letters)
    source = context.source.strip()
    taken = {*context.seen, *context.declared, *context.definitions}
    rows = {name: name.upper() for name in letters}
    if taken & {*rows.values()} or any(name == row for name, row in rows.items()):
        rows = {name: f"{name}_rows" for name in letters}
    text = source
    for name, row in rows.items():
        text = re.sub(rf"(?<![\w.]){re.escape(name)}{_PLACES.pattern}", _row(row), text)
    where = " and ".join(f"those of {name} as the rows of {row}" for name, row in rows.items())
    vectors = f"write {text} for vectors, {where}" if len(source) <= _LONGEST else where
    return f"declare {declared} for entries; {vectors}" if fits else vectors


def _row(name: str) -> Callable[[re.Match[str]], str]:
    """What replaces an entry: the row of a matrix as a column, or as a row where that is meant."""

    def replace_match(match: re.Match[str]) -> str:
        return f"{name}[{match[1]},:]" + ("" if len(match[2]) % 2 else "'")

    return replace_match
