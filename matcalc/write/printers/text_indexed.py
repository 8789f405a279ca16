"""Forms with bound indices as text: ``sum[i<j](q[i]*q[j])``, and the heads of arrays, as in
``F[i, k=1:m]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Mapping, Sequence

from matcalc.core.dims import ONE, ZERO, Dim, Shape, names_in
from matcalc.core.indexed import AffineIndex, Condition, Form, Index, Reduction
from matcalc.core.tree import Expr
from matcalc.write.printers.text_pieces import ATOM, POSTFIX, Piece, bracket

SYMBOLS = {"eye": "delta", "epsilon": "epsilon", "fuse": "vec"}
_TOKEN = re.compile(r"[A-Za-z_Α-ω][\w']*|\d+(?:\.\d+)?|!=|<=|>=|==|\.\*|\./|\.\^|[-+*/^'<>=:]")
Names = Mapping[Index, str]
Writer = Callable[[Expr, Sequence[Piece], Container[int]], Piece]


def format_indexed(
    expr: Expr, args: Sequence[Piece], sized: Container[int], write: Writer
) -> Piece:
    """The text of the body; of an array without its head. ``write`` writes what is not a form."""
    names = index_names(expr)
    form: Form = expr.value

    def rule(part: Expr, parts: list[Piece]) -> Piece:
        if part.op == "slot":
            slot: Piece = args[part.value]
            return slot
        if part.op == "index":
            return names[part.value], ATOM, "name"
        if part.op == "at":
            return _entries(expr, part, parts[0], names, sized)
        if part.op == "reduce":
            inside = f"{_bounds(part, names, expr.args)}]({parts[0][0]})"
            return f"{part.value.name}[{inside}", ATOM, "reduce"
        return write(part, parts, sized)

    return form.body.fold(rule)


def head(expr: Expr) -> str:
    """``[i, k=1:m]`` of an array."""
    form: Form = expr.value
    names = index_names(expr)
    inside = []
    for place, index in enumerate(form.indices):
        joined = set(_reach([index], form.body, expr.args))
        before = joined.intersection(form.indices[:place])
        # delta[i,k] gives k the range of i
        bare = any((index.start, index.size) == (each.start, each.size) for each in before)
        inside.append(names[index] if bare else _bind(index, form.body, names, expr.args))
    return f"[{(', ' if any('=' in each for each in inside) else ',').join(inside)}]"


def tokens(expr: Expr, text: str) -> int:
    """The tokens that the form adds to those of its args; ``text`` is that without these."""
    own = len(_TOKEN.findall(text))
    return own + (len(_TOKEN.findall(head(expr))) + 2 if expr.value.indices else 0)


def index_names(expr: Expr) -> Names:
    """What each index is called: as it is, unless that is the name of something in its form."""
    form: Form = expr.value
    parts = [part for whole in (*expr.args, form.body) for part in whole.parts]
    taken = {name for part in parts for name in _spoken_names(part)}
    found: dict[Index, str] = {}
    for index in form.all_indices():
        name, count = index.name, 1
        while name in taken:
            count += 1
            name = f"{index.name}{count}"
        found[index] = name
    return found


def _spoken_names(part: Expr) -> list[str]:
    """The names that a node is written with, besides those of its indices."""
    if part.op == "variable":
        return [str(part.value)]
    if part.op == "dimension":
        return list(part.value.letters)
    if part.op in ("eye", "fill", "slice", "unit"):
        return list(names_in(part.shape))
    if part.op == "reduce":
        sizes = [size for i in part.value.indices for size in (i.start, i.size)]
        return list(names_in(sizes))
    return []


def _entries(form: Expr, part: Expr, base: Piece, names: Names, sized: Container[int]) -> Piece:
    array = part.args[0]
    plain = form.args[array.value] if array.op == "slot" else array
    # with its size the identity is one where delta is a variable, too
    symbol = None if plain.op == "eye" and id(plain) in sized else SYMBOLS.get(plain.op)
    symbol = symbol or bracket(base, POSTFIX)
    inside = ",".join(":" if place is None else _place(place, names) for place in part.value)
    return f"{symbol}[{inside}]", POSTFIX, "at"


def _place(place: AffineIndex, names: Names) -> str:
    return format_place(place, names, _end, "*")


def format_place(place: AffineIndex, names: Names, size: Callable[[Dim], str], times: str) -> str:
    """``2*i-j+n``: a place on an axis; ``size`` writes sizes, ``times`` follows numbers."""
    text = ""
    if place.offset.scale and place.terms and all(c < 0 for _, c in place.terms):
        # n-i, and not -i+n
        return size(place.offset) + format_place(AffineIndex(place.terms, ZERO), names, size, times)
    for index, c in sorted(place.terms, key=lambda term: term[1] < 0):
        front = "-" if c < 0 else "+" if text else ""
        text += front + (f"{abs(c)}{times}" if abs(c) != 1 else "") + names[index]
    if place.offset.scale or not text:
        offset = size(place.offset)
        text += offset if not text or offset[0] == "-" else f"+{offset}"
    return text


def _bounds(part: Expr, names: Names, args: Sequence[Expr]) -> str:
    """What is in the brackets of a binder."""
    reduction: Reduction = part.value
    conditioned = {i for each in reduction.conditions for i, _ in each.place.terms}
    items = []
    for index in reduction.indices:
        text = _bind(index, part.args[0], names, args)
        if index not in conditioned or "=" in text:
            items.append(text)
    # names are bound in order, so those of a condition that nothing else lists have to be new
    return ", ".join(
        [*items, *[_condition(each, reduction, names) for each in reduction.conditions]]
    )


def _condition(condition: Condition, reduction: Reduction, names: Names) -> str:
    """``j != i``, an index of the binder itself first; ``i < j`` where both are."""
    terms = condition.place.terms
    first = min(
        (index for index, _ in terms if index in reduction.indices),
        key=reduction.indices.index,
        default=terms[0][0],
    )
    left, op, right = condition.solve_for(first)
    return f"{_place(left, names)}{op}{_place(right, names)}"


def _bind(index: Index, body: Expr, names: Names, args: Sequence[Expr]) -> str:
    """The index, with its range where that does not follow from what is indexed."""
    if follows(index, body, args):
        return names[index]
    last = index.start.plus(index.size).plus(ONE, -1)
    return f"{names[index]}={_end(index.start)}:{_end(last)}"


def _end(size: Dim) -> str:
    text = str(size).replace(" ", "")
    return f"-{text[3:]}" if text.startswith("-1*") else text


def follows(index: Index, body: Expr, args: Sequence[Expr]) -> bool:
    """Whether the range of an index is that of the axes on which it stands by itself.

    The identity has no size of its own: a row or column of it takes that from where it stands,
    ``delta[i,j]`` from the other index.
    """
    found = False
    joined: list[Index] = []
    for array, places, axes in _used_arrays(body, args):
        for place, axis in zip(places, axes, strict=True):
            if place is None or [index] != [each for each, _ in place.terms]:
                continue
            if place.plain is None or index.start != ONE or index.size != axis:
                return False
            found = found or array.op not in ("eye", "fuse") or None in places
            if array.op == "eye":
                joined += [other.plain for other in places if other is not None and other.plain]
    return found or any(_is_fixed(other, body, args) for other in _reach(joined, body, args))


def _used_arrays(
    body: Expr, args: Sequence[Expr]
) -> list[tuple[Expr, Sequence[AffineIndex | None], Shape]]:
    """The arrays of which entries are taken in a body, and where."""
    found = []
    for part in body.parts:
        if part.op == "at":
            array = part.args[0]
            whole = args[array.value] if array.op == "slot" else array
            found.append((whole, part.value, array.shape))
    return found


def _reach(start: list[Index], body: Expr, args: Sequence[Expr]) -> list[Index]:
    """The indices that ``delta`` joins to these, one after the other."""
    reached = list(dict.fromkeys(start))
    pairs = [
        [place.plain for place in places if place is not None and place.plain]
        for array, places, _ in _used_arrays(body, args)
        if array.op == "eye"
    ]
    for index in reached:  # it grows
        reached += [
            other
            for pair in pairs
            if index in pair
            for other in dict.fromkeys(pair)
            if other not in reached
        ]
    return reached


def _is_fixed(index: Index, body: Expr, args: Sequence[Expr]) -> bool:
    """Whether an index stands by itself on an axis of an array that has a size."""
    return any(
        place is not None and place.plain is index and index.size == axis
        for array, places, axes in _used_arrays(body, args)
        if array.op not in ("eye", "fuse") or None in places
        for place, axis in zip(places, axes, strict=True)
    )
