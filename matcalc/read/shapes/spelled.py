"""Names that are spelt as something else is written on paper: the ``x_k`` beside an ``x``, of which
it may be an entry, the ``Ax`` that may be ``A*x``, the ``a_i`` and ``b_i`` of ``sum(a_i*b_i)``.

A name is a name in the plain language. Where it may be meant otherwise a note says so, and what
can hardly be meant is refused.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from matcalc.core.errors import MatcalcError, ShapeError, Span, UnknownNameError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.read.syntax.binder_advice import closing_bracket, entries_for

_PART = re.compile(r"(\w*[^\W\d_])_([1-9][0-9]?|[a-z])")
_INDEXED = re.compile(r"(?<![\w.\\])[^\W\d_]\w*?_([ijklmn]|[ijklmn]{2})(?![\w(\[])")
_PAIR = re.compile(r"([^\W\d_])_([i-n])([i-n])")
_SUM = re.compile(r"(?<![\w.])(sum|prod|mean)\s*\(")
_OVER = re.compile(r"\s*,\s*[i-n]\s*$")  # the index after what is summed: sum(x_i^2, i)
_COMPACT = re.compile(r"([A-Z])([a-z]|[A-Z])")
_OF_PRODUCTS = frozenset("bcuvwxyz")  # what follows a matrix as a rule
_MIXED = re.compile(r"([α-ωΑ-Ω])([A-Za-z]\w*)")
_POWER_T = re.compile(r"(\b\w+|\([^()]*\))\s*(?:\^|\*\*)t\b")
_EXPONENTIAL = re.compile(r"(?<!\w)exp\((\s*-?\s*(?:[A-Z]\w*\s*\*\s*t|t\s*\*\s*[A-Z]\w*)\s*)\)")
_ROOT = re.compile(r"√\s*(\w+)\s*(?:'|ᵀ|⊤|\.T\b|\^T\b)")
_LONGEST = 200


def check_names(program: Program, *, latex: bool) -> Program:
    """The program with notes on names that may be meant otherwise.

    UnknownNameError where what is read can hardly be meant.
    """
    free = {name: each for name, each in program.variables.items() if not each.declared}
    if not latex:
        for name in free:
            _refuse_mixed(program, name)
        _refuse_indices(program.source, free)
    notes = [
        note
        for name in free
        for note in (_compact(program, name, latex), "" if latex else _part(program, name))
        if note
    ]
    notes += [] if latex else _signs(program.source, free, program.variables)
    return program._replace(notes=(*program.notes, *notes)) if notes else program


def _signs(text: str, free: Mapping[str, Variable], variables: Mapping[str, Variable]) -> list[str]:
    """What to say of A^t, of exp(A*t) and of the root of a transposed vector."""
    notes = [
        f"note: {name} is read as a variable; write pi for the number"
        for name in ("Pi", "PI")
        if name in free
    ]
    if "t" in free and (power := _POWER_T.search(text)):
        base = power[1]
        notes.append(f"note: {base}^t is read as a power; write {base}' for the transpose")
    if "t" in free and (times := _EXPONENTIAL.search(text)):
        inside, what = times[1].strip(), ", of a vector t" if free["t"].shape else ""
        notes.append(
            f"note: exp({inside}) is read entry by entry{what}; write expm({inside}) for the "
            "matrix exponential"
        )
    roots = {root[1]: None for root in _ROOT.finditer(text) if root[1] in variables}
    notes += [
        f"note: √{name} is read as the root of {name} alone; write √(...) with brackets around "
        "all that is below the root"
        for name in roots
        if variables[name].shape
    ]
    return notes


def explain_indices(problem: ShapeError, text: str) -> None:
    """Says in the hint of an error how a sum over the index of names such as a_i is written."""
    found = _sum_over(text)
    if found is not None and problem.hint:
        problem.hint = f"write {found[1]} for a sum over {found[0]}; {problem.hint}"


def _part(program: Program, name: str) -> str:
    """What to say of the x_k beside an x."""
    found = _PART.fullmatch(name)
    whole = program.variables.get(found[1]) if found else None
    if found is None or whole is None or not whole.shape:
        return ""
    place = found[2]
    if len(whole.shape) == 2:
        place = ", ".join(place) if len(place) == 2 else f":, {place}"
    what = "an entry" if len(whole.shape) == 1 or place[0] != ":" else "a column"
    return (
        f"note: {name} is read as a variable of its own, not as a part of {found[1]}; write "
        f"{found[1]}[{place}] for {what}"
    )


def _compact(program: Program, name: str, latex: bool) -> str:
    """What to say of the Ax that stands for A*x."""
    found = _COMPACT.fullmatch(name)
    if found is None or any(note.endswith(f"data matrix {name}") for note in program.notes):
        return ""
    first, second = found.groups()
    both = first in program.variables or second in program.variables
    if not both and (second not in _OF_PRODUCTS and not (second.isupper() and latex)):
        return ""
    times = f"{first} {second}" if latex else f"{first}*{second}"
    return f"note: {name} is read as one name; write {times} for the product"


def _refuse_mixed(program: Program, name: str) -> None:
    """Refuses the λx of λx'*x, where x is a variable."""
    found = _MIXED.fullmatch(name)
    if found is None or found[2] not in program.variables:
        return
    start = program.source.find(name)
    raise UnknownNameError(
        f"{name} may be one name or the product of {found[1]} and {found[2]}",
        source=program.source,
        span=Span(start, start + len(name)),
        hint=f'write {found[1]}*{found[2]} for the product; declare "{name}: vector", or what it '
        f"is, for a name",
    )


def _refuse_indices(text: str, free: Mapping[str, Variable]) -> None:
    r"""Refuses sum(a_i*b_i), of which one letter is a number, and W_ij*x_j."""
    found = _sum_over(text)
    names = dict.fromkeys(match[0] for match in _INDEXED.finditer(text) if match[0] in free)
    if found is not None:
        numbers = [name for name in names if name.endswith(f"_{found[0]}")]
        numbers = [name for name in numbers if not free[name].shape]
        if numbers:
            raise _refused(text, numbers[0], found[0], f"write {found[1]}", [numbers[0]])
    for name in names:
        pair = _PAIR.fullmatch(name)
        others = [each for each in names if pair and each[-2:] in (f"_{pair[2]}", f"_{pair[3]}")]
        if pair is None or not others:
            continue
        index = others[0][-1]
        summed = f"sum[{index}]({entries_for(f'{name}*{others[0]}', f'{pair[2]}{pair[3]}')})"
        raise _refused(text, name, index, f"write {summed}", [name, *others])


def _refused(text: str, name: str, index: str, sum_of: str, names: list[str]) -> MatcalcError:
    start = text.find(name)
    declared = " and ".join(f"{each}: {kind}" for each, kind in _kinds(names))
    return UnknownNameError(
        f"{name} may be an entry, over whose index {index} a sum runs, or a variable of its own",
        source=text,
        span=Span(start, start + len(name)),
        hint=f"{sum_of} for the sum over {index}; declare {declared} for variables",
    )


def _kinds(names: list[str]) -> list[tuple[str, str]]:
    return [
        (name, "matrix" if _PAIR.fullmatch(name) and name[0].isupper() else "scalar")
        if len(names) == 1 or _PAIR.fullmatch(name)
        else (name, "vector")
        for name in names
    ]


def _sum_over(text: str) -> tuple[str, str] | None:
    """The index of the names inside sum(...) that is the same in all, and what to write."""
    if len(text) > _LONGEST:
        return None
    for head in _SUM.finditer(text):
        closing = closing_bracket(text, head.end() - 1)
        if closing is None:
            continue
        inside = _OVER.sub("", text[head.end() : closing])
        indices = {match[1] for match in _INDEXED.finditer(inside)}
        if len(indices) != 1 or len(*indices) != 1 or "," in inside:
            continue
        (index,) = indices
        written = f"{head[1]}[{index}]({entries_for(inside, index)})"
        return index, text[: head.start()] + written + text[closing + 1 :]
    return None
