"""A long result as a program: repeated parts are defined first (``t1 = tanh(W1*x); ...``), so that it stays linear."""

from __future__ import annotations

from collections.abc import Container

from matcalc.core.tree import Expr
from matcalc.core.walk import postorder
from matcalc.printers.text import Piece, name_piece, piece

_SHORT = 30  # tokens up to which a result is written out in full
_LEAST = 5  # tokens of the shortest part that gets a name
_WORTH = 0.8  # definitions must bring the length down to this share


def program_text(tree: Expr, taken: Container[str], sized: Container[int] = (), *, head: str = "") -> str:
    """The tree as text, or as definitions and a final expression where that is clearly shorter.

    ``taken`` are names in use, ``sized`` the nodes to be written with their sizes; ``head`` goes before the final expression.
    """
    order = postorder(tree, lambda expr: expr.args)
    lengths: dict[int, int] = {}
    uses: dict[int, int] = {}
    for expr in order:
        lengths[id(expr)] = 1 + sum(lengths[id(arg)] for arg in expr.args)
        for arg in expr.args:
            uses[id(arg)] = uses.get(id(arg), 0) + 1
    shared = _shared(order, lengths, uses) if lengths[id(tree)] > _SHORT else set()
    # each node is written once, and each definition costs a name and a sign more
    if len(order) + 2 * len(shared) > _WORTH * lengths[id(tree)]:
        shared = set()
    return _write(order, shared, taken, sized, head)


def _shared(order: list[Expr], lengths: dict[int, int], uses: dict[int, int]) -> set[int]:
    """Parts that occur twice or more and are longer than their definitions cost."""
    found: set[int] = set()
    short: dict[int, int] = {}
    for expr in order:
        length = 1 + sum(1 if id(arg) in found else short[id(arg)] for arg in expr.args)
        short[id(expr)] = length
        if uses.get(id(expr), 0) > 1 and expr.rank <= 2 and length >= _LEAST:
            found.add(id(expr))
    return found


def _write(order: list[Expr], shared: Container[int], taken: Container[str], sized: Container[int], head: str) -> str:
    pieces: dict[int, Piece] = {}
    lines: list[str] = []
    count = 0
    for expr in order:
        made = piece(expr, [pieces[id(arg)] for arg in expr.args], sized)
        if id(expr) in shared:
            count += 1
            while f"t{count}" in taken:
                count += 1
            lines.append(f"t{count} = {made[0]}")
            made = name_piece(f"t{count}")
        pieces[id(expr)] = made
    return "; ".join([*lines, head + pieces[id(order[-1])][0]])
