r"""Definitions by entries: y_k = \sum_i W_{ki} x_i is the vector y = W x, c_{ij} = u_i v_j a
matrix.

The index on the left side runs then, as in [\sum_i W_{ki} x_i]_k. It does so where it is that of an
entry on the right side: of two subscripts one is summed over, or the letter has other entries there
as well. In h_t = W x_t the subscript may be part of two names, and is.
"""

from __future__ import annotations

from matcalc.core.walk import postorder
from matcalc.read.tex import subscripts
from matcalc.read.tex.doubts import used_whole
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.phrases import Equation, Phrase
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.survey import children
from matcalc.read.tex.symbols import Key, symbol

_KINDS = ("", "vector", "matrix")


def by_entries(equation: Equation, scope: Scope) -> Equation:
    """The equation; of the whole array if its left side is an entry of it."""
    entry = equation.left
    if entry is not None and entry.kind == "application" and entry.bounds:
        (entry,) = entry.bounds  # f_k(x) = ...
    if entry is None or entry.kind != "indexed" or entry.args[0].kind != "symbol":
        return equation
    wanted = _indices(entry, scope)
    (base,) = entry.args
    if not wanted or len({*wanted}) < len(wanted) or not _are_entries(wanted, equation, scope):
        return equation
    value = equation.value
    whole = Phrase("indexed", value.start, value.end, args=(value,), parts=entry.parts)
    shown = scope.source[entry.start : entry.end]
    kind = _KINDS[len(wanted)] if len(wanted) < len(_KINDS) else "array"
    scope.note(
        f"note: {shown} = ... is read as the {kind} of these entries; write the right side alone "
        f"for one of them"
    )
    if equation.left is not entry:
        return Equation(whole, equation.left)
    scope.names.pop(symbol(entry, scope.source).key, None)
    scope.define(base)
    return Equation(whole, base)


def _indices(phrase: Phrase, scope: Scope) -> list[str]:
    """The letters of a subscript; none if something else stands there."""
    parts = subscripts.places(phrase, 2)
    names = subscripts.names(phrase, scope.source)
    plain = len(names) == len(parts) and all(part.kind == "symbol" for part in parts)
    return names if plain and not scope.dimensions.intersection(names) else []


def _are_entries(wanted: list[str], equation: Equation, scope: Scope) -> bool:
    """Whether each index on the left side is that of an entry on the right side."""
    letters = Letters(scope)
    parts = postorder(equation.value, children)
    sums = [part for part in parts if part.kind == "bigsum"]
    bound = {name for part in sums for name in letters.indices(part) or ()}
    if bound.intersection(wanted):
        return False
    whole = used_whole(letters, equation.value)
    summed: set[Key] = set()
    found: list[tuple[Phrase, list[str]]] = []
    for part in parts:
        if part.kind == "symbol":
            summed.add(symbol(part, scope.source).key)
        elif part.kind == "indexed" and part.args[0].kind == "symbol":
            names = subscripts.names(part, scope.source)
            base = symbol(part.args[0], scope.source).key
            if bound.intersection(names):
                summed.add(base)
            if not set(wanted).intersection(names):
                continue
            key = symbol(part, scope.source).key if len(names) < 2 else base
            if key in whole or scope.knows(part) or not _indices(part, scope):
                return False
            found.append((part, names))
    running = bound.union(wanted)
    return all(
        any(
            name in names
            and (
                (len(names) > 1 and running.issuperset(names))
                or len(wanted) > 1
                or symbol(part.args[0], scope.source).key in summed
                or scope.knows(part.args[0])
            )
            for part, names in found
        )
        for name in wanted
    )
