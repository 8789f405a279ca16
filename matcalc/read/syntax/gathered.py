"""Places that are looked up: ``X[s[e], :]`` and ``X[s, :]`` with a one-hot matrix ``s``.

Row e of s has its 1 at the place ``s[e]``. So ``X[s, :]`` is ``s*X``, and ``X[s[e], :]`` a row of
it. The text is read as these products.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from string import ascii_letters

from matcalc.core.kinds import Variable
from matcalc.core.walk import fold
from matcalc.read.syntax.nodes import Statement, SyntaxNode, WhereNode, children, flat


def read_lookups(statements: list[Statement], variables: Mapping[str, Variable]) -> None:
    """Writes products in place of entries that are looked up, where one-hot matrices are
    declared.
    """
    known = {name for name, v in variables.items() if v.kind == "onehot" and len(v.dims) == 2}
    for statement in flat(statements) if known else ():
        statement.body = _read(statement.body, known)


def _read(root: SyntaxNode, known: Container[str]) -> SyntaxNode:
    def rule(node: SyntaxNode, args: list[SyntaxNode]) -> SyntaxNode:
        if isinstance(node, WhereNode):
            for each in node.definitions:
                each.body = _read(each.body, known)
        node.args = tuple(args)
        if node.kind != "entries" or node.args[0].value in known:
            return node
        (base, *places) = node.args
        for axis, place in enumerate(places):
            name = _looked_up(place, known)
            if name is not None:
                base = _taken(base, name, axis, len(places))
                inside = place.args[1] if place.kind == "entries" else None
                places[axis] = inside or SyntaxNode(":", (), place.start, place.end)
        node.args = (base, *places)
        return node

    return fold(root, children, rule)


def _looked_up(place: SyntaxNode, known: Container[str]) -> SyntaxNode | None:
    """The one-hot matrix of which a place is a row, or that is the place."""
    if place.kind == "name" and place.value in known:
        return place
    if place.kind == "entries" and len(place.args) == 2 and place.args[0].value in known:
        return place.args[0]
    return None


def _taken(base: SyntaxNode, name: SyntaxNode, axis: int, rank: int) -> SyntaxNode:
    """The array with the rows of a one-hot matrix along an axis."""
    if rank > 2:
        letters, fresh = ascii_letters[:rank], ascii_letters[rank]
        result = letters[:axis] + fresh + letters[axis + 1 :]
        subscripts = f"{fresh}{letters[axis]},{letters}->{result}"
        told = SyntaxNode("text", (), name.start, name.end, value=subscripts)
        args: tuple[SyntaxNode, ...] = (told, name, base)
        return SyntaxNode("call", args, base.start, base.end, mark=name.span, value="einsum")
    turned = SyntaxNode("'", (name,), name.start, name.end, mark=name.span)
    args = (base, turned) if axis else (name, base)
    return SyntaxNode("*", args, base.start, base.end, mark=name.span)
