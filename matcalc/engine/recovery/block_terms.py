"""Ranges of indices back to notation: S'*M is a slice of M, S*M is M between zeros, sums of such
are blocks.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim, Shape
from matcalc.core.slices import join_slices
from matcalc.core.tree import Expr, drop_transpose, extent
from matcalc.engine.ir.ranges import Range, in_order
from matcalc.engine.recovery.chains import RANGES, Chain, Link, Term, flip
from matcalc.engine.recovery.entries import Adding, entries

if TYPE_CHECKING:
    from matcalc.engine.recovery.factory import ExpressionFactory
    from matcalc.engine.recovery.writer import ProductWriter


class BlockRange(NamedTuple):
    """The rows (or columns) that a block takes; a thin one is a single row, of a row vector or a
    scalar.
    """

    range: Range
    thin: bool


# slices


def resolve_slices(writer: ProductWriter, chain: Chain) -> Chain:
    """The chain without ranges: slices of what is beside them, else blocks with zeros."""
    links = list(chain)
    _attach(writer, links)
    both = next((k for k in range(1, len(links)) if _is_undecided(links[k - 1], links[k])), None)
    if (
        both is not None
    ):  # no one knows how the two overlap: one of them as a matrix of zeros and ones
        whole, size = links[both].expr.shape
        spread = stack_blocks(
            writer.factory, [(_block_range(links[both].expr), writer.factory.eye(size))], whole, 0
        )
        links[both] = Link(spread, links[both].flipped)
        return resolve_slices(writer, tuple(links))
    if len(links) > 1 or links[0].expr.op == "select":
        return _pad(writer, tuple(links))
    return tuple(links)


def _is_undecided(link: Link, after: Link) -> bool:
    """Whether two ranges of one index are left beside each other (S*T' is a block with zeros around
    it).
    """
    return link.expr.op == after.expr.op == "select" and (link.flipped or not after.flipped)


def _attach(writer: ProductWriter, links: list[Link]) -> None:
    """Cuts every range out of what is beside it."""
    place = 0
    while place < len(links):
        link = links[place]
        neighbour = place + 1 if link.flipped else place - 1
        if link.expr.op in RANGES and 0 <= neighbour < len(links):
            other = links[neighbour]
            if other.expr.op != "select" and not _outer(link, other):
                first = min(place, neighbour)
                links[first : first + 2] = [_cut(writer.factory, other, link)]
                place = 0
                continue
        place += 1


def _outer(link: Link, other: Link) -> bool:
    """Whether the two make an outer product: e*x', x*e'."""
    return other.expr.rank == 1 and link.expr.rank == 1 and other.flipped == link.flipped


def _cut(factory: ExpressionFactory, link: Link, by: Link) -> Link:
    """Some rows of a link (by is S' or e', before it) or columns of it (by is S or e, after
    it).
    """
    expr = link.expr
    axis = 0 if expr.rank == 1 or by.flipped != link.flipped else 1
    size = by.expr.shape[1] if by.expr.op == "select" else None
    found = slice_of(factory, expr, axis, by.expr.value, size)
    if size is not None or expr.rank == 1:
        return Link(found, link.flipped and found.rank > 0)
    column = factory.transpose(found) if found.row else found
    return Link(column, by.flipped)


def slice_of(
    factory: ExpressionFactory, expr: Expr, axis: int, start: Dim, size: Dim | None
) -> Expr:
    """Entries of one axis; of a transpose and a permuted array those of another, of a slice those
    of what it is a slice of.
    """
    if expr.op == "'":
        return factory.transpose(
            slice_of(factory, expr.args[0], len(expr.shape) - 1 - axis, start, size)
        )
    if expr.op == "permute":
        inner = expr.value[axis]
        rest = expr.value if size is not None else expr.value[:axis] + expr.value[axis + 1 :]
        order = tuple([k - (size is None and k > inner) for k in rest])
        return factory.permute(slice_of(factory, expr.args[0], inner, start, size), order)
    base = expr
    places: list[tuple[Dim, Dim | None] | None] = [None] * expr.rank
    position = axis
    if expr.op == "slice":
        base, places = expr.args[0], list(expr.value)
        position = _kept_axes(places)[axis]
        known = places[position]
        start = start if known is None else start.plus(known[0])
    places[position] = (start, size)
    kept = _kept_axes(places)
    sizes = [(base.shape[k], places[k]) for k in kept]
    shape = tuple([whole if place is None else place[1] or whole for whole, place in sizes])
    row = len(shape) == 1 and (base.row if base.rank == 1 else base.rank == 2 and kept == [1])
    return factory.make("slice", (base,), shape, tuple(places), row)


def _kept_axes(places: Sequence[tuple[Dim, Dim | None] | None]) -> list[int]:
    """The axes of which more than one entry is left."""
    return [k for k, place in enumerate(places) if place is None or place[1] is not None]


# zeros around


def _pad(writer: ProductWriter, chain: Chain) -> Chain:
    """What selections at both ends leave zero is written as blocks of zeros."""
    rows, columns, inner = chain[0], chain[-1], chain
    ranges: list[tuple[BlockRange, Dim] | None] = [None, None]
    if rows.expr.op == "select" and not rows.flipped:
        ranges[0], inner = (_block_range(rows.expr), rows.expr.shape[0]), inner[1:]
    if inner and columns.expr.op == "select" and columns.flipped:
        ranges[1], inner = (_block_range(columns.expr), columns.expr.shape[0]), inner[:-1]
    if ranges == [None, None]:
        return chain
    factory = writer.factory
    if not inner:
        inner = (
            Link(
                factory.eye(rows.expr.shape[1] if ranges[0] else columns.expr.shape[1]), False, True
            ),
        )
    result = writer.product(inner)
    for axis in (1, 0):  # lines of zeros above and below are not cut
        known = ranges[axis]
        if known is not None:
            taken, whole = known
            result = stack_blocks(factory, [(taken, result)], whole, axis)
    return (Link(result),)


def _block_range(expr: Expr) -> BlockRange:
    size = expr.shape[1] if expr.op == "select" else ONE
    return BlockRange(Range(expr.value, size), expr.op == "unit")


def stack_blocks(
    factory: ExpressionFactory, parts: Sequence[tuple[BlockRange, Expr]], whole: Dim, axis: int
) -> Expr:
    """Blocks above (axis 0) or beside each other (axis 1), zeros where there are none; the ranges
    are in order.
    """
    cells: list[Expr] = []
    end = ZERO
    across = extent(parts[0][1])[1 - axis]
    vector = all(expr.rank < 2 and (not expr.shape or expr.row == (axis == 1)) for _, expr in parts)
    for taken, expr in parts:
        if taken.range.start != end:
            cells.append(_zeros(factory, taken.range.start.plus(end, -1), across, axis, vector))
        cells.append(expr)
        end = taken.range.end
    if end != whole:
        cells.append(_zeros(factory, whole.plus(end, -1), across, axis, vector))
    if vector:
        return _grid(
            factory, [[cell] for cell in cells] if axis == 0 else [cells], (whole,), row=axis == 1
        )
    return _merge(factory, cells, (whole, across) if axis == 0 else (across, whole), axis)


def _merge(factory: ExpressionFactory, cells: list[Expr], shape: Shape, axis: int) -> Expr:
    """Lines of blocks on top of each other as one grid, where they are cut alike."""
    lines = [cell for cell in cells if not _is_zero(cell)]
    pattern = lines[0]
    split = pattern.op == "blocks" and pattern.value[axis] == 1 and pattern.value[1 - axis] > 1
    alone = len(lines) == 1 < len(cells) and not _is_square(cells, pattern, axis)
    if alone or not (split and all(_alike(pattern, line, axis) for line in lines)):
        return _grid(factory, [[cell] for cell in cells] if axis == 0 else [cells], shape)
    grid = []
    for cell in cells:
        if _is_zero(cell):
            size, thin = extent(cell)[axis], cell.rank == 1
            grid.append([_zero_beside(factory, size, p, axis, thin=thin) for p in pattern.args])
        else:
            grid.append(list(cell.args))
    if axis == 1:
        grid = [list(line) for line in zip(*grid, strict=True)]
    return _grid(factory, grid, shape)


def _is_square(cells: list[Expr], line: Expr, axis: int) -> bool:
    """Whether a block is on the diagonal of as many lines as columns: blkdiag(zeros, M)."""
    if line.op != "blocks" or line.value[axis] != 1 or line.value[1 - axis] != len(cells):
        return False
    inside = [not _is_zero(cell) for cell in line.args]
    return inside == [cell is line for cell in cells]


def _alike(one: Expr, other: Expr, axis: int) -> bool:
    """Whether two lines of blocks are cut at the same places."""
    if other.op != "blocks" or other.value != one.value:
        return False
    return [_width(cell, axis) for cell in one.args] == [_width(cell, axis) for cell in other.args]


def _width(cell: Expr, axis: int) -> tuple[Dim, bool]:
    return extent(cell)[1 - axis], _thin(cell, 1 - axis)


def _thin(cell: Expr, axis: int) -> bool:
    """Whether a block is a single row (axis 0) or column."""
    return not cell.shape or (cell.rank == 1 and cell.row == (axis == 0))


def _is_zero(expr: Expr) -> bool:
    bare = drop_transpose(expr)
    return bare.op == "fill" and bare.args[0].op == "number" and bare.args[0].value == 0


def _zeros(factory: ExpressionFactory, size: Dim, across: Dim, axis: int, vector: bool) -> Expr:
    """A block of zeros above, below or beside others."""
    zero = factory.number(0)
    if vector:
        if size == ONE:
            return zero
        found = factory.fill(zero, (size,))
        return factory.transpose(found) if axis == 1 else found
    return factory.fill(zero, (size, across) if axis == 0 else (across, size))


def _zero_beside(
    factory: ExpressionFactory, size: Dim, pattern: Expr, axis: int, *, thin: bool
) -> Expr:
    """Zeros in a column of blocks, as wide as another block of it."""
    across, narrow = extent(pattern)[1 - axis], _thin(pattern, 1 - axis)
    if narrow and thin:
        return factory.number(0)
    if narrow or thin:
        found = factory.fill(factory.number(0), (size if narrow else across,))
        is_row = (axis == 0) == thin
        return factory.transpose(found) if is_row else found
    return factory.fill(factory.number(0), (size, across) if axis == 0 else (across, size))


def _grid(
    factory: ExpressionFactory, cells: list[list[Expr]], shape: Shape, *, row: bool = False
) -> Expr:
    flat = tuple([cell for line in cells for cell in line])
    if len(flat) == 1:
        return flat[0]
    found = factory.make("blocks", flat, shape, (len(cells), len(cells[0])), row)
    joined = join_slices(found)
    return found if joined is None else factory.intern(joined)


def transpose_slice(factory: ExpressionFactory, expr: Expr) -> Expr:
    """The transpose; of blocks block by block, of a multiple the multiple of the transpose."""
    outer: list[Expr] = []
    while (
        expr.op == "neg"
        or (expr.op == "*" and not expr.args[0].shape)
        or (expr.op == "/" and expr.args[0].shape)
    ):
        outer.append(expr)
        expr = expr.args[1] if expr.op == "*" else expr.args[0]
    if expr.op == "blocks":
        rows, columns = expr.value
        cells = [
            [factory.transpose(expr.args[r * columns + c]) for r in range(rows)]
            for c in range(columns)
        ]
        result = _grid(factory, cells, expr.shape[::-1], row=expr.rank == 1 and not expr.row)
    else:
        result = factory.transpose(expr)
    for each in reversed(outer):
        args = (each.args[0], result) if each.op == "*" else (result, *each.args[1:])
        result = factory.make(each.op, args, result.shape, row=result.row)
    return result


# sums of placed terms


def blocks(
    writer: ProductWriter, add: Adding, terms: Sequence[Term], shape: Shape
) -> tuple[list[Term] | None, bool]:
    """The terms with those that are on ranges of the rows, or else of the columns, put together
    into blocks; and whether these are an array of single entries. ``add`` writes a sum of terms.
    """
    whole = entries(writer.factory, add, terms, shape)
    if whole is not None:
        return [whole], True
    return _by_lines(writer, add, terms, shape), False


def _by_lines(
    writer: ProductWriter, add: Adding, terms: Sequence[Term], shape: Shape
) -> list[Term] | None:
    """The terms that are on ranges of one axis as blocks."""
    for axis in range(len(shape)):
        found = [(term, _on(writer, term, axis)) for term in terms]
        members = [(term, placed) for term, placed in found if placed is not None]
        if len(members) < 2:
            continue
        ranges: dict[BlockRange, list[Term]] = {}
        for _, (taken, inner) in members:
            ranges.setdefault(taken, []).append(inner)
        ordered = in_order([taken.range for taken in ranges])
        if ordered is None or len(ranges) != len(ordered):
            continue
        known = {taken.range: taken for taken in ranges}
        parts = [
            (known[each], _cell(writer, add, ranges[known[each]], known[each], axis))
            for each in ordered
        ]
        whole = stack_blocks(writer.factory, parts, shape[axis], axis)
        rest = [term for term, placed in found if placed is None]
        return [*rest, Term(1, (), (((Link(whole),), 1),), shape)]
    return None


def _on(writer: ProductWriter, term: Term, axis: int) -> tuple[BlockRange, Term] | None:
    """The rows (columns) on which a term stands, and the term there."""
    chain = term.chain
    if chain is None:
        return None
    chain = chain if axis == 0 else flip(chain)
    end = chain[0]
    if end.expr.op not in RANGES or end.flipped:
        return None
    taken, rest = _block_range(end.expr), chain[1:]
    if not rest and not taken.thin:
        rest = (Link(writer.factory.eye(end.expr.shape[1]), False, True),)
    # what is left of a single row is written as a column
    left = term.shape[1 - axis :][: len(term.shape) - 1]
    if not taken.thin:
        left = (taken.range.size, *left) if axis == 0 else (*left, taken.range.size)
    turn = taken.thin or axis == 1
    if not left and rest:  # x*(y'*z), taken apart: the rest of the chain is a number
        return taken, Term(term.coefficient, (*term.scalars, (writer.scalar(rest), 1)), (), ())
    parts = ((flip(rest) if turn else rest, 1),) if rest else ()
    shape = left
    return taken, Term(term.coefficient, term.scalars, parts, shape)


def _cell(
    writer: ProductWriter, add: Adding, terms: list[Term], taken: BlockRange, axis: int
) -> Expr:
    """The sum of the terms on one taken."""
    shape = terms[0].shape
    found = add(terms, shape)
    row = len(shape) == 1 and taken.thin and axis == 0
    return transpose_slice(writer.factory, found) if row else found
