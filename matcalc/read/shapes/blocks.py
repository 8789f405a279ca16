"""Blocks ``[A, B; C, D]``, entries ``X[i, :]`` and unit vectors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from string import ascii_letters

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr, extent, is_number
from matcalc.core.walk import postorder
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.elsewhere import refuse_square_call
from matcalc.read.shapes.tensors import refuse_blocks, suggest_tensor
from matcalc.read.syntax.nodes import SyntaxNode, children
from matcalc.read.syntax.sizes import size

Place = tuple[Dim, Dim | None] | None


def blocks(context: Context, node: SyntaxNode, args: list[Expr]) -> Expr:
    """Blocks in rows; where all rows have as many, the columns are aligned, else each row is as
    wide as the others.
    """
    lengths = node.value
    assert isinstance(lengths, tuple)
    refuse_blocks(context, args, node.args)
    columns = lengths[0]
    if all(length == columns for length in lengths):
        return _grid(context, node, args, list(node.args), len(lengths), columns)
    rows, start = [], 0
    for length in lengths:
        part, places = args[start : start + length], node.args[start : start + length]
        line = SyntaxNode("blocks", places, places[0].start, places[-1].end, value=(length,))
        if length == 1:
            rows.append((part[0], places[0]))
        else:
            rows.append((_grid(context, line, part, list(places), 1, length), line))
        start += length
    return _grid(
        context, node, [expr for expr, _ in rows], [place for _, place in rows], len(rows), 1
    )


def block_diagonal(context: Context, node: SyntaxNode, args: list[Expr]) -> Expr:
    """blkdiag(A, B) = [A, zeros; zeros, B]."""
    count = len(args)
    if not count:
        message = "blkdiag takes one block or more"
        raise context.name_problem(message, node.span)
    refuse_blocks(context, args, node.args)
    for arg in args:
        unknown = context.unifier.fresh()
        context.settle(arg, (unknown, context.unifier.fresh()))
    cells, places = [], []
    for r in range(count):
        for c in range(count):
            if r != c:
                zero = context.make("fill", (context.number(0, node.args[r]),), (), node.args[r])
                context.rankless[id(zero)] = zero
            cells.append(args[r] if r == c else zero)
            places.append(node.args[r])
    return _grid(context, node, cells, places, count, count)


def _grid(
    context: Context,
    node: SyntaxNode,
    args: list[Expr],
    places: Sequence[SyntaxNode],
    rows: int,
    columns: int,
) -> Expr:
    """Blocks of one height in each row and of one width in each column."""
    if len(args) == 1:
        return args[0]
    lines = [list(range(r * columns, (r + 1) * columns)) for r in range(rows)]
    stacks = [list(range(c, rows * columns, columns)) for c in range(columns)]
    thin_rows = [_thin(context, [args[k] for k in line], 0) for line in lines]
    thin_columns = [_thin(context, [args[k] for k in stack], 1) for stack in stacks]
    cells = [
        _settle(context, args[k], places[k], thin_rows[k // columns], thin_columns[k % columns])
        for k in range(len(args))
    ]
    for groups, axis, word in ((lines, 0, "rows"), (stacks, 1, "columns")):
        beside = "beside each other" if axis == 0 else "above each other"
        for group in groups:
            first = group[0]
            for k in group[1:]:
                what = f"blocks {beside} need equally many {word}, not {{0}} and {{1}}"
                one, other = extent(cells[first])[axis], extent(cells[k])[axis]
                context.equate((cells[first], one), (cells[k], other), places[k].span, what)
    heights = [extent(cells[line[0]])[0] for line in lines]
    widths = [extent(cells[stack[0]])[1] for stack in stacks]
    total = tuple(_total(context, sizes) for sizes in (heights, widths))
    column = columns == 1 and all(
        not cell.shape or (cell.rank == 1 and not cell.row) for cell in cells
    )
    row = rows == 1 and all(not cell.shape or cell.row for cell in cells)
    shape = total[:1] if column else total[1:] if row else total
    return context.make("blocks", tuple(cells), shape, node, row=row, value=(rows, columns))


def _total(context: Context, sizes: list[Dim]) -> Dim:
    result = ZERO
    for each in sizes:
        result = result.plus(context.unifier.resolve(each))
    return result


def _thin(context: Context, group: list[Expr], axis: int) -> bool | None:
    """Whether a row of blocks is one entry high, or a column one wide; None where nothing tells."""
    known = [expr for expr in group if id(expr) not in context.rankless and not _open_zero(expr)]
    if not known:
        return None if any(id(expr) in context.rankless for expr in group) else True
    return any(not expr.shape or (expr.rank == 1 and expr.row == (axis == 0)) for expr in known)


def _open_zero(expr: Expr) -> bool:
    """A zero typed as a number stands for a block of zeros of any size."""
    return is_number(expr, 0)


def _settle(
    context: Context, cell: Expr, place: SyntaxNode, thin_row: bool | None, thin_column: bool | None
) -> Expr:
    """The block, with the shape that its place asks for where it has none of its own."""
    if _open_zero(cell) and not (thin_row and thin_column):
        cell = context.make("fill", (context.number(0, place),), (), place)
        context.rankless[id(cell)] = cell
    if id(cell) not in context.rankless:
        return cell
    fresh = context.unifier.fresh
    if thin_row and thin_column:
        context.rankless.pop(id(cell))  # one entry
        return cell.args[0] if cell.op == "fill" else cell
    if thin_row:
        return context.settle(cell, (fresh(),), row=True)
    return context.settle(cell, (fresh(),) if thin_column else (fresh(), fresh()))


def place_names(node: SyntaxNode) -> list[str]:
    """The names of dimensions in the places of entries."""
    parts = [part for place in node.args[1:] for part in postorder(place, children)]
    return [str(part.value) for part in parts if part.kind == "name" and part.value != "end"]


def entries(context: Context, node: SyntaxNode, arg: Expr) -> Expr:
    """``X[i, j]``, ``X[i, :]``, ``x[2:n]``: entries counted from 1, the last one included; ``end``
    is the size of the axis.
    """
    context.settle(arg)
    refuse_square_call(context, node)
    places = node.args[1:]
    for place in places:
        if place.kind == "name" and place.value in ("None", "newaxis"):
            x = context.quote(arg)
            raise context.problem(
                "axes cannot be added here",
                place.span,
                f"write {x}*ones' for {x} in every column, ones*{x}' in every row"
                if arg.rank == 1
                else "leave it out; an array with more axes is declared: T: tensor(n, 1, m)",
            )
    if arg.rank != len(places):
        counts = [
            "a scalar has no entries",
            "entries of a vector have one index",
            "entries of a matrix have two indices",
            f"entries of a tensor have an index for each of its {arg.rank} axes",
        ]
        inside = [context.source[place.start : place.end] for place in places]
        if not arg.rank and any(place.kind in COMPARISONS for place in places):  # 1[x > 0]
            message = "a number has no entries; a condition is 1 where it holds"
            raise context.problem(message, node.span, f"write ({inside[0]})")
        if arg.rank == 2 and inside == ["0"]:
            inside = ["1"]  # as places are counted from 1
        hint = None
        behind = re.match(r"\s*\[([^\[\],:]+)\]", context.source[node.end :])
        if arg.rank == 2 and behind:  # A[i][j]
            hint = f"write {context.base(arg)}[{inside[0]}, {behind[1].strip()}]"
        elif arg.rank == 2:
            hint = (
                f"write {context.base(arg)}[{inside[0]}, :] for a row, "
                f"{context.base(arg)}[:, {inside[0]}] for a column"
            )
        elif arg.rank == 1:
            hint = f"write {context.base(arg)}[{inside[0]}]"
        elif not arg.rank:
            hint = f"write {context.quote(arg)} alone"
        else:
            more = [*inside[: arg.rank], *[":"] * (arg.rank - len(inside))]
            hint = f"write {context.base(arg)}[{', '.join(more)}]"
        raise context.problem(
            f"{counts[min(arg.rank, 3)]}, not {len(places)}; this is {context.describe(arg)}",
            node.span,
            suggest_tensor(context, arg, len(places)) or hint,
        )
    value = tuple(
        _place(context, place, axis) for place, axis in zip(places, arg.shape, strict=True)
    )
    for place, found, axis in zip(places, value, arg.shape, strict=True):
        _inside(context, place, found, axis, arg)
    if all(found is None for found in value):
        return arg
    shape = tuple(
        axis if place is None else place[1] for axis, place in zip(arg.shape, value, strict=True)
    )
    kept = tuple(axis for axis in shape if axis is not None)
    row = len(kept) == 1 and (arg.row if arg.rank == 1 else arg.rank == 2 and shape[0] is None)
    return context.make("slice", (arg,), kept, node, row=row, value=value)


def _place(context: Context, node: SyntaxNode, axis: Dim) -> Place:
    """The place before the first entry and how many there are; None for all."""
    if node.kind == ":":
        return None
    if node.kind == "range":
        _refuse_last(context, *node.args)
        first, last = (_size(context, part, axis) for part in node.args)
        return first.plus(ONE, -1), last.plus(first, -1).plus(ONE)
    return _size(context, node, axis).plus(ONE, -1), None


def _refuse_last(context: Context, first: SyntaxNode, last: SyntaxNode) -> None:
    """Refuses the -1 of x[1:-1], which leaves the last entry out in Python."""
    back = last.args[0].value if last.kind == "neg" and last.args[0].kind == "number" else None
    if back is None:
        return
    start = context.source[first.start : first.end]
    start = f"{int(start) + 1}" if start.isdecimal() else f"{start} + 1"
    raise context.problem(
        "positions are counted from 1",
        last.span,
        f"write {start}:end - {back} if you count from 0, as Python does",
    )


def _size(context: Context, node: SyntaxNode, axis: Dim) -> Dim:
    for part in postorder(node, children):
        name = str(part.value) if part.kind == "name" else ""
        if name in context.declared or name in context.definitions:
            hint = f"a position is a number or the name of a dimension, and {name} is a value here"
            if name in context.declared and context.declared[name].kind == "vector":
                hint = lookup_hint(context, name, axis, f"{name} stands for the positions of these")
            elif name in context.declared and context.declared[name].kind == "onehot":
                hint = (
                    f"x[{name}] and X[{name}, :] select the position where {name} has its 1: "
                    f"{name}'*x, {name}'*X"
                )
            raise context.name_problem(f"{name} is not a position", part.span, hint)
    if node.kind == "number" and node.value == 0:
        raise context.problem(
            "there is no entry 0",
            node.span,
            "write 1 for the first entry, as positions are counted from 1",
        )
    if node.kind == "neg" and node.args[0].kind == "number":
        back = node.args[0].value
        hint = (
            f"write "
            f"end{f' - {back - 1}' if isinstance(back, Fraction) and back > 1 else ''} to "
            f"count from the end"
        )
        raise context.problem("positions are counted from 1", node.span, hint)
    return size(node, context.source).put(
        lambda name: context.unifier.resolve(axis) if name == "end" else None
    )


def lookup_hint(context: Context, name: str, axis: Dim, what: str) -> str:
    """That a list of places is a one-hot matrix here."""
    names = context.names()
    size = context.final(axis, names)
    taken = {*context.dimensions, *context.declared, *context.definitions, *names.values()}
    declared = context.declared.get(name)
    rows = str(declared.dims[0]) if declared is not None and len(declared.dims) == 1 else ""
    rows = rows or next(letter for letter in "mEKN" + ascii_letters if letter not in taken)
    return (
        f"declare {name}: onehot({rows}, {size}), a matrix with a single 1 in each row; then {what}"
    )


def _inside(context: Context, node: SyntaxNode, place: Place, axis: Dim, arg: Expr) -> None:
    """Refuses places that no size of the axis leaves room for."""
    if place is None:
        return
    start, part = place
    room = context.unifier.resolve(axis).plus(start, -1).plus(part or ONE, -1)
    if part is not None and not part.possible:
        raise context.problem(
            "there is no entry in this range",
            node.span,
            "entries are counted from 1, the last one included",
        )
    if room.scale and all(c < 0 for c, _ in room.terms):
        raise context.problem(
            f"{context.describe(arg)} has no such entry", node.span, "entries are counted from 1"
        )


def unit(context: Context, node: SyntaxNode, place: Dim, length: Dim) -> Expr:
    """unit(i, n), with a one at the place i and zeros elsewhere."""
    start = place.plus(ONE, -1)
    _inside(
        context, node, (start, None), length, context.make("unit", (), (length,), node, value=start)
    )
    return context.make("unit", (), (length,), node, value=start)


def finish_places(context: Context, expr: Expr, names: dict[str, str]) -> None:
    """Writes the sizes that are known now into the places."""
    if expr.op == "unit":
        expr.value = context.final(expr.value, names)
        return
    found = []
    for place in expr.value:
        if place is not None:
            start, part = place
            place = (
                context.final(start, names),
                None if part is None else context.final(part, names),
            )
        found.append(place)
    expr.value = tuple(found)
