r"""Definitions by entries: y_k = \sum_i W_{ki} x_i is the vector y = W x, c_{ij} = u_i v_j a
matrix.

The index on the left side runs then, as in [\sum_i W_{ki} x_i]_k. It does so where it is that of an
entry on the right side: of two subscripts one is summed over, or the letter has other entries there
as well, or it is an end of a sum: \sum_{j<k}, \sum_{i \ne k}, \sum_{i=1}^k. In h_t = W x_t the
subscript may be part of two names, and is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matcalc.core.walk import postorder
from matcalc.read.tex import subscripts
from matcalc.read.tex.doubts import whole_letters
from matcalc.read.tex.letters import Letters
from matcalc.read.tex.phrases import EquationPhrase, Phrase
from matcalc.read.tex.places import size_leaves
from matcalc.read.tex.scope import Scope
from matcalc.read.tex.survey import children
from matcalc.read.tex.symbols import Key, symbol

_KINDS = ("", "vector", "matrix")
_COUNTING = frozenset("ijklqrst")  # what is not a size as the end of a sum


def by_entries(
    equation: EquationPhrase, scope: Scope, behind: Sequence[Phrase] = ()
) -> EquationPhrase:
    """The equation; of the whole array if its left side is an entry of it. ``after`` are the
    values that may use the array.
    """
    entry = equation.left
    if entry is not None and entry.kind == "application" and entry.bounds:
        (entry,) = entry.bounds  # f_k(x) = ...
    if entry is None or entry.kind != "indexed" or entry.args[0].kind != "symbol":
        return equation
    wanted = _indices(entry, scope)
    (base,) = entry.args
    if not wanted or len({*wanted}) < len(wanted):
        _refuse_part(entry, equation, scope)
        return equation
    ends = _ends(wanted, entry, equation, scope)
    if not _are_entries(wanted, ends, equation, scope) and not _is_used_whole(
        entry, wanted, equation, behind, scope
    ):
        if ends or len(wanted) > 1:
            _refuse_part(entry, equation, scope)
        return equation
    value = equation.value
    whole = Phrase("indexed", value.start, value.end, args=(value,), parts=entry.parts)
    shown = scope.quote(entry)
    kind = _KINDS[len(wanted)] if len(wanted) < len(_KINDS) else "array"
    alone = "" if ends else "; write only the right side for one of them"
    scope.note(f"note: {shown} = ... is read as the {kind} of these entries{alone}")
    if equation.left is not entry:
        return EquationPhrase(whole, equation.left)
    scope.names.pop(symbol(entry, scope.source).key, None)
    scope.define(base)
    return EquationPhrase(whole, base)


def index_printed(equation: EquationPhrase, scope: Scope, *, last: bool) -> EquationPhrase:
    """The equation of an answer of ours: every letter on its left side is an index. The ``last``
    one has the axes that are known.
    """
    entry, value = equation.left, equation.value
    if entry is None or entry.kind != "indexed":
        return equation
    parts = subscripts.places(entry, 2)
    if any(part.kind == "number" for part in parts):
        return equation  # t_1 is a name
    kind = "answer" if last else "array"
    whole = Phrase("array", value.start, value.end, args=(value,), parts=tuple(parts), text=kind)
    scope.names.pop(symbol(entry, scope.source).key, None)
    scope.define(entry.args[0])
    return EquationPhrase(whole, entry.args[0])


def _indices(phrase: Phrase, scope: Scope) -> list[str]:
    """The letters of a subscript; none if something else is there."""
    parts = subscripts.places(phrase, 2)
    names = subscripts.names(phrase, scope.source)
    plain = len(names) == len(parts) and all(part.kind == "symbol" for part in parts)
    return names if plain and not scope.dimensions.intersection(names) else []


def _sums(equation: EquationPhrase) -> list[Phrase]:
    return [part for part in postorder(equation.value, children) if part.kind == "bigsum"]


def _in_conditions(total: Phrase, scope: Scope) -> set[str]:
    """The letters in the conditions of a sum, those that it runs over among them."""
    sides = [side for bound in total.bounds for side in bound.args]
    return {symbol(leaf, scope.source).name for side in sides for leaf in size_leaves(side)}


def _is_used_whole(
    entry: Phrase,
    wanted: list[str],
    equation: EquationPhrase,
    behind: Sequence[Phrase],
    scope: Scope,
) -> bool:
    r"""Whether K follows K_{ij} = k(\|x_i - x_j\|), which would be used for nothing if it
    were one value.
    """
    source = scope.source
    key = symbol(entry.args[0], source).key
    whole = any(
        part.kind == "symbol" and symbol(part, source).key == key
        for value in behind
        for part in postorder(value, children)
    )
    standing = {
        name
        for part in postorder(equation.value, children)
        for name in subscripts.names(part, source)
    }
    several = len(wanted) > 1 and standing.issuperset(wanted)
    return whole and several and not _summation_letters(equation, scope).intersection(wanted)


def _summation_letters(equation: EquationPhrase, scope: Scope) -> set[str]:
    """The letters that sums name as those they run over."""
    letters = Letters(scope)
    found = {name for total in _sums(equation) for name in letters.indices(total) or ()}
    for bound in (bound for total in _sums(equation) for bound in total.bounds):
        if any(side.kind == "number" for side in bound.args):  # 1 <= i
            leaves = [leaf for side in bound.args for leaf in size_leaves(side)]
            found.update(symbol(leaf, scope.source).name for leaf in leaves)
    return found


def _ends(
    wanted: list[str], entry: Phrase, equation: EquationPhrase, scope: Scope
) -> frozenset[str]:
    """The indices of the left side at which a sum on the right side ends; a capital is a size."""
    source, sums = scope.source, _sums(equation)
    found: set[str] = set()
    limits = {
        symbol(leaf, source).name
        for total in sums
        if total.limit is not None
        for leaf in size_leaves(total.limit)
    }
    limits.update(name for total in sums for name in _in_conditions(total, scope))
    for name in limits.intersection(wanted):
        if name in _COUNTING:
            found.add(name)
        elif _are_entries([name], frozenset(), equation, scope):
            continue
        elif name.islower():
            shown = source[entry.start : entry.end]
            message = (
                f"{name} may be a size, and {shown} one sum, or an index, and {shown} an entry of "
                f"the sums up to {name}"
            )
            hint = (
                f"write only the right side for the sum to the size; write "
                f"{_array_of(equation, [name], scope)} for all sums up to {name}"
            )
            raise scope.problem(message, entry.span, hint)
    return frozenset(found)


def _array_of(equation: EquationPhrase, names: Iterable[str], scope: Scope) -> str:
    value = equation.value
    right, below = scope.quote(value), ",".join(names)
    return f"\\left[{right}\\right]_{{{below}}}"


def _refuse_part(entry: Phrase, equation: EquationPhrase, scope: Scope) -> None:
    r"""Refuses y_{k+1} = \sum_i W_{ki} x_i and y_{ik} = \sum_i W_{ki} x_i: one entry, or all."""
    names = list(dict.fromkeys(subscripts.names(entry, scope.source)))
    if not names or scope.dimensions.intersection(names):
        return
    ends = _ends(names, entry, equation, scope)
    several = len(subscripts.places(entry, 2)) > 1
    bound = _summation_letters(equation, scope)
    clash = [name for name in names if name in bound]
    free = [name for name in names if _are_entries([name], ends, equation, scope)]
    if not ends and not (several and clash) and not free:
        return
    shown = scope.quote(entry)
    message = f"{shown} = ... may define an array by its entries, or name one value"
    if clash:
        message += f": {clash[0]} is an index of {shown}, and summed over on the right side"
    hint = (
        "write only the right side for one value; write different letters on the left side, each "
        "an index on the right side over which no sum runs, for the array"
    )
    if free:
        hint = f"write {_array_of(equation, free, scope)} for the array over {', '.join(free)}"
        if not ends:
            hint += "; write only the right side for one value"
    raise scope.problem(message, entry.span, hint)


def _are_entries(
    wanted: list[str], ends: frozenset[str], equation: EquationPhrase, scope: Scope
) -> bool:
    """Whether each index on the left side is that of an entry on the right side, or one of the
    ``ends`` of its sums.
    """
    letters = Letters(scope)
    parts = postorder(equation.value, children)
    bound = _summation_letters(equation, scope)
    if bound.intersection(wanted):
        return False
    if len(wanted) >= len(_KINDS):  # nobody calls a number D_{ijkl}
        standing = {name for part in parts for name in subscripts.names(part, scope.source)}
        return standing.issuperset(wanted)
    for total in _sums(equation):
        bound |= _in_conditions(total, scope).difference(wanted)
    wanted = [name for name in wanted if name not in ends]
    if not wanted:
        return True
    bound |= ends
    whole = whole_letters(letters, equation.value)
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
