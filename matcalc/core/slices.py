"""Slices that are beside each other in blocks as they are in what they are slices of."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.tree import Expr, intern_trees, transpose

_Place = tuple[Dim, Dim | None] | None


def join_all_slices(tree: Expr) -> Expr:
    """The tree with the slices of its blocks joined."""
    if "blocks" not in tree.operations:
        return tree

    def rule(node: Expr, args: list[Expr]) -> Expr:
        whole = node.with_args(args)
        return join_slices(whole) or whole

    return tree.fold(rule)


def join_slices(blocks: Expr) -> Expr | None:
    """The slice that neighbours make up, and of all places the whole: [x[1]; x[2]] is x where that
    has two entries, and [A[:, 1], A[:, 2]] is A[:, 1:2]. None where blocks are something else.
    """
    if blocks.op != "blocks" or len(blocks.args) < 2:
        return None
    if 1 not in blocks.value:
        return _join_lines(blocks)
    axis = 0 if blocks.value[1] == 1 else 1
    parts = blocks.args
    turned = all(part.op == "'" for part in parts)
    if turned:  # [A[:, 1]'; A[:, 2]'] is A'
        parts, axis = tuple([part.args[0] for part in parts]), 1 - axis
    if any(part.op != "slice" for part in parts):
        return None
    base, *others = intern_trees([part.args[0] for part in parts])
    if base.is_tensor or any(other is not base for other in others):
        return None
    along = [k for k in range(base.rank) if len({part.value[k] for part in parts}) > 1]
    place = _span([part.value[along[0]] for part in parts]) if along else None
    flat = base.rank == 1 or all(part.rank == 0 for part in parts)
    if len(along) != 1 or place is None or not (flat or along[0] == axis):
        return None
    whole = _slice(base, (*parts[0].value[: along[0]], place, *parts[0].value[along[0] + 1 :]))
    lying = whole.row != blocks.row if whole.rank == 1 else turned
    found = transpose(whole) if lying else whole
    return found if found.shape == blocks.shape else None  # [x[1:2], x[3:4]] has two columns


def _join_lines(blocks: Expr) -> Expr | None:
    """The same of several lines of entries: [A[1, 1], A[1, 2]; A[2, 1], A[2, 2]] is A."""
    rows, columns = blocks.value
    if any(part.op != "slice" or part.rank for part in blocks.args):
        return None
    lines = []
    for k in range(0, len(blocks.args), columns):
        entries = blocks.args[k : k + columns]
        line = join_slices(Expr("blocks", entries, blocks.shape[1:], row=True, value=(1, columns)))
        if line is None:
            return None
        lines.append(line)
    return join_slices(Expr("blocks", tuple(lines), blocks.shape, value=(rows, 1)))


def _span(places: Sequence[_Place]) -> tuple[Dim, Dim] | None:
    """The first place and the number of those that follow each other; None where they do not."""
    start = end = places[0][0] if places[0] is not None else ZERO
    for place in places:
        if place is None or place[0] != end:
            return None
        end = end.plus(place[1] or ONE)
    return start, end.plus(start, -1)


def _slice(base: Expr, places: Sequence[_Place]) -> Expr:
    """The slice at these places; all of an axis where they are."""
    pairs = list(zip(places, base.shape, strict=True))
    found = tuple([None if place == (ZERO, size) else place for place, size in pairs])
    if not any(found):
        return base
    sizes = [
        size if place is None else place[1] for place, size in zip(found, base.shape, strict=True)
    ]
    shape = tuple([size for size in sizes if size is not None])
    row = len(shape) == 1 and (base.row if base.rank == 1 else sizes[0] is None)
    return Expr("slice", (base,), shape, row=row, value=found)
