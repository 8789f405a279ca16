"""Members of families of which nothing is declared: the W[1] and W[2] of W[2]*tanh(W[1]*x)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from matcalc.core.dims import dim
from matcalc.core.kinds import Variable
from matcalc.core.members import family_of, member
from matcalc.core.walk import postorder
from matcalc.read.syntax.names import default_kind
from matcalc.read.syntax.nodes import Statement, children, flat


def find_numbered_members(
    statements: Iterable[Statement], declared: Mapping[str, Variable]
) -> list[str]:
    """W[1] and W[2], where nothing of W is declared, it is a matrix by its letter, and stands
    nowhere else: entries of a matrix have two places.
    """
    every = list(flat(statements))
    known = {*declared, *(each.name for each in every), *filter(None, map(family_of, declared))}
    found: dict[str, dict[str, None]] = {}
    bases: set[int] = set()
    for statement in every:
        for node in reversed(postorder(statement.body, children)):
            name = str(node.value if node.kind == "name" else "")
            if node.kind == "entries" and node.args[0].kind == "name":
                name = str(node.args[0].value)
                bases.add(id(node.args[0]))
                places = node.args[1:]
                number = places[0].value if len(places) == 1 else None
                if isinstance(number, Fraction) and name not in known:
                    found.setdefault(name, {})[member(name, [dim(int(number))])] = None
                    continue
            if id(node) not in bases:
                known.add(name)
    return [
        each
        for name, members in found.items()
        if name not in known and default_kind(name) == "matrix" and len(members) > 1
        for each in sorted(members, key=lambda each: int(each[len(name) + 1 : -1]))
    ]


def note_on_members(members: Sequence[str]) -> str:
    """Says that these are matrices, and no entries."""
    family = family_of(members[0])
    return (
        f"note: {', '.join(members)} are read as matrices, since entries of a matrix have two "
        f"indices; declare {family}: vector if these are entries"
    )
