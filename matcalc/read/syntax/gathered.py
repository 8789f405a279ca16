"""Places that are looked up: ``X[s[e], :]`` and ``X[s, :]`` with a one-hot matrix ``s``, ``z[y]``
and ``Z[y, :]`` with a one-hot vector ``y``.

Row e of s has its 1 at the place ``s[e]``. So ``X[s, :]`` is ``s*X``, and ``X[s[e], :]`` a row of
it; ``z[y]`` is ``y'*z``. The text is read as these products.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from string import ascii_letters

from matcalc.core.kinds import Variable
from matcalc.core.walk import fold
from matcalc.read.syntax.nodes import Statement, SyntaxNode, WhereNode, children, flat


def read_lookups(statements: list[Statement], variables: Mapping[str, Variable]) -> None:
    """Writes products in place of entries that are looked up, where one-hot vectors and matrices
    are declared.
    """
    known = {name: len(v.dims) for name, v in variables.items() if v.kind == "onehot"}
    for statement in flat(statements) if known else ():
        statement.body = _read(statement.body, known)


def _read(root: SyntaxNode, ranks: Mapping[str, int]) -> SyntaxNode:
    known = {name for name, rank in ranks.items() if rank == 2}

    def rule(node: SyntaxNode, args: list[SyntaxNode]) -> SyntaxNode:
        if isinstance(node, WhereNode):
            for each in node.definitions:
                each.body = _read(each.body, ranks)
        node.args = tuple(args)
        if node.kind != "entries" or node.args[0].value in ranks:
            return node
        (base, *places) = node.args
        if len(places) < 3:
            base, places = _single(base, places, ranks)
            if not places:
                return base
        for axis, place in enumerate(places):
            name = _looked_up(place, known)
            if name is not None:
                if len(places) == 1 and place.kind == "entries" and base.kind != "name":
                    return _entry(node, name, place.args[1])
                base = _taken(base, name, axis, len(places))
                inside = place.args[1] if place.kind == "entries" else None
                places[axis] = inside or SyntaxNode(":", (), place.start, place.end)
        node.args = (base, *places)
        return node

    return fold(root, children, rule)


def _single(
    base: SyntaxNode, places: list[SyntaxNode], ranks: Mapping[str, int]
) -> tuple[SyntaxNode, list[SyntaxNode]]:
    """The vector or matrix taken where one-hot vectors have their ones, and the other places."""
    left = []
    for axis, place in enumerate(places):
        if place.kind != "name" or ranks.get(str(place.value)) != 1:
            left.append(place)
            continue
        turned = SyntaxNode("'", (place,), place.start, place.end, mark=place.span)
        args = (base, place) if axis else (turned, base)
        base = SyntaxNode("*", args, base.start, base.end, mark=place.span)
    if len(left) < len(places) and [each.kind for each in left] == [":"]:
        left = []  # all that there is
    return base, left


def _looked_up(place: SyntaxNode, known: Container[str]) -> SyntaxNode | None:
    """The one-hot matrix of which a place is a row, or that is the place."""
    if place.kind == "name" and place.value in known:
        return place
    if place.kind == "entries" and len(place.args) == 2 and place.args[0].value in known:
        return place.args[0]
    return None


def _entry(node: SyntaxNode, name: SyntaxNode, row: SyntaxNode) -> SyntaxNode:
    """The entry of a value with one axis, a column or a row, that may depend on the index: its
    inner product with a row of the one-hot matrix.
    """
    every = SyntaxNode(":", (), row.start, row.end)
    line = SyntaxNode("entries", (name, row, every), name.start, row.end)
    return SyntaxNode(
        "call", (line, node.args[0]), node.start, node.end, mark=name.span, value="dot"
    )


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
