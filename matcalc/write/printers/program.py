"""A long result with its repeated parts named after it: ``A*M where M = inv(X'*C*X)``."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from itertools import count

from matcalc.core.tree import Expr
from matcalc.write.printers.text import piece
from matcalc.write.printers.text_pieces import Piece, name_piece


def array_names() -> Iterator[str]:
    """The names for what is defined by its entries, the best first."""
    yield from "DGHF"
    yield from (f"D{k}" for k in count(1))


def array_head(expr: Expr) -> str:
    """``[i, k]`` of an array that is defined by its entries; else nothing."""
    if expr.op != "indexed" or not expr.value.indices:
        return ""
    # few expressions have bound indices
    from matcalc.write.printers.text_indexed import head  # noqa: PLC0415

    return head(expr)


def program_text(tree: Expr, names: Mapping[int, str], sized: Container[int] = ()) -> str:
    """The tree as text, with the parts whose ids are in ``names`` defined after it.

    ``sized`` are the nodes to be written with their sizes.
    """
    pieces, definitions = _pieces(tree, names, sized)
    body = pieces[id(tree)][0]
    return f"{body} where {', '.join(definitions)}" if definitions else body


def several_text(
    trees: Sequence[Expr], names: Mapping[int, str], sized: Container[int]
) -> tuple[list[str], list[str]]:
    """The texts of several trees, and the definitions of the parts that have names in them."""
    pieces, definitions = _pieces(Expr("several", tuple(trees)), names, sized)
    return [pieces[id(tree)][0] for tree in trees], definitions


def _pieces(
    tree: Expr, names: Mapping[int, str], sized: Container[int]
) -> tuple[dict[int, Piece], list[str]]:
    pieces: dict[int, Piece] = {}
    definitions: list[str] = []
    for expr in tree.parts:
        made = piece(expr, [pieces[id(arg)] for arg in expr.args], sized)
        if id(expr) in names:
            definitions.append(f"{names[id(expr)]}{array_head(expr)} = {made[0]}")
            made = name_piece(names[id(expr)])
        pieces[id(expr)] = made
    return pieces, definitions
