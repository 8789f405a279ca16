"""What is said where sizes fit together in several ways, as in vec(X)'*kron(A, B)*vec(X).

That the entries of X are as many as the columns of A times those of B says nothing of each of
these. The reading is the one in which the vec-kron identity holds, vec(B*X*A') = kron(A, B)*vec(X).
"""

from __future__ import annotations

from matcalc.core.dims import names_in
from matcalc.core.walk import operands, postorder
from matcalc.read.shapes.context import Cause, Context


def notes(context: Context) -> list[str]:
    """A note for each set of letters whose sizes were chosen among several that fit."""
    found: list[tuple[Cause, set[str]]] = []
    names = context.names()
    for cause in context.unifier.chosen:
        letters = _letters(context, cause, names)
        for _, others in found:
            if not others.isdisjoint(letters):
                others |= letters
                break
        else:
            if letters:
                found.append((cause, letters))
    return [_note(context, *each) for each in found]


def _letters(context: Context, cause: Cause, names: dict[str, str]) -> set[str]:
    """The letters beside whose sizes others would fit as well."""
    sides = (cause.left, cause.right)
    sizes = names_in([context.final(size, names) for _, size in sides]).keys()
    inside = {
        str(part.value)
        for expr, _ in sides
        for part in postorder(expr, operands)
        if part.op == "variable"
    }
    found = set()
    for name in inside.intersection(context.seen):
        axes = context.seen[name].dims
        known = names_in([context.final(axis, names) for axis in axes])
        if not sizes.isdisjoint(known) and any(letter[0] == "?" for letter in names_in(axes)):
            found.add(name)
    return found


def _note(context: Context, cause: Cause, found: set[str]) -> str:
    letters = [name for name in context.seen if name in found]
    one, other = (context.quote(expr) for expr, _ in (cause.left, cause.right))
    kinds = [context.kind_of(context.seen[name]) for name in letters]
    read = [f"{name} as {kind}" for name, kind in zip(letters[1:], kinds[1:], strict=True)]
    said = ", ".join([f"{letters[0]} is read as {kinds[0]}", *read[:-1]])
    said = f"{said} and {read[-1]}" if read else said
    which = "its sizes" if len(letters) == 1 else "their sizes"
    return (
        f"note: {one} and {other} fit together in several ways: {said}; declare {which} otherwise"
    )
