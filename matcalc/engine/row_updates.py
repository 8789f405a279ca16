"""Rows and entries at a moving place: ``x[t+1]*unit(t, T) + x[t]*unit(t+1, T)`` instead of
``[zeros; x[t+1]; x[t]; zeros]``, whose zeros have no room in the first and in the last step.
"""

from __future__ import annotations

from collections.abc import Collection

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.tree import (
    Expr,
    add_terms,
    drop_transpose,
    extent,
    eye,
    is_number,
    is_zero,
    transpose,
)


def place_lines(tree: Expr, moving: Collection[str]) -> Expr:
    """The tree without blocks of zeros whose number depends on one of these names."""

    def rule(node: Expr, args: list[Expr]) -> Expr:
        node = node.with_args(args)
        if node.op != "blocks":
            return node
        found = (_place(node, axis, moving) for axis in range(2))
        return next((each for each in found if each is not None), node)

    return tree.fold(rule)


def _place(node: Expr, axis: int, moving: Collection[str]) -> Expr | None:
    """The blocks as a sum of rows (axis 0) or columns, each times what takes it to its place."""
    rows, columns = node.value
    count, across = (rows, columns) if axis == 0 else (columns, rows)
    lines = [
        [node.args[k * columns + j if axis == 0 else j * columns + k] for j in range(across)]
        for k in range(count)
    ]
    sizes = [extent(line[0])[axis] for line in lines]
    empty = [all(is_zero(drop_transpose(cell)) for cell in line) for line in lines]
    gaps = [size for size, none in zip(sizes, empty, strict=True) if none]
    if not any(set(size.letters) & set(moving) for size in gaps):
        return None
    whole = extent(node)[axis]
    start, terms = ZERO, []
    for line, size, none in zip(lines, sizes, empty, strict=True):
        if not none:
            if size == ONE and any(cell.rank > 1 for cell in line):
                return None
            terms.append(_term(node, line, axis, _range(whole, start, size)))
        start = start.plus(size)
    return add_terms(terms, node.shape, row=node.row)


def _range(whole: Dim, start: Dim, size: Dim) -> Expr:
    """Columns of the identity, which take that many rows to their places."""
    if size == ONE:
        return Expr("unit", (), (whole,), value=start)
    return Expr("slice", (eye(whole),), (whole, size), value=(None, (start, size)))


def _term(node: Expr, line: list[Expr], axis: int, taken: Expr) -> Expr:
    """Rows or columns at their place, with the sign of a single one in front."""
    part = line[0]
    if len(line) == 1 and part.op == "neg":
        return Expr("neg", (_term(node, [*part.args], axis, taken),), node.shape, row=node.row)
    if len(line) > 1:
        beside = extent(node)[1 - axis]
        thin = taken.rank == 1
        shape = (beside,) if thin else (taken.shape[1], beside)[:: 1 - 2 * axis]
        grid = (1, len(line)) if axis == 0 else (len(line), 1)
        part = Expr("blocks", tuple(line), shape, value=grid, row=thin and axis == 0)
    taken = transpose(taken) if axis == 1 else taken
    if is_number(part, 1):
        return taken
    factors = (taken, part) if axis == 0 and part.rank else (part, taken)
    return Expr("*", factors, node.shape, row=node.row)
