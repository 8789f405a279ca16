"""Arrays all of whose terms are on single places: ``[2*x[1]*x[2]; x[1]^2]``, zeros elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TYPE_CHECKING, NamedTuple

from matcalc.core.dims import ONE, ZERO, Dim, Shape
from matcalc.core.slices import join_slices
from matcalc.core.tree import Expr, drop_transpose, grid, is_number
from matcalc.engine.ir.nodes import Rational
from matcalc.engine.ir.ranges import Range, in_order
from matcalc.engine.recovery.chains import Link, Scalars, Term
from matcalc.engine.recovery.shared import share

if TYPE_CHECKING:
    from matcalc.engine.recovery.factory import ExpressionFactory

_MOST_CELLS = 16  # of a matrix; larger ones are written by rows or columns

Place = tuple[Dim, ...]
Adding = Callable[[Sequence[Term], Shape], Expr]


class _Entry(NamedTuple):
    """A place with a number and scalars."""

    place: Dim
    number: Rational
    scalars: Scalars


class _Line(NamedTuple):
    """A row or a column of entries, or several of zeros that start nowhere."""

    start: Dim | None
    size: Dim


def entries(
    known: ExpressionFactory, add: Adding, terms: Sequence[Term], shape: Shape
) -> Term | None:
    """The array, entry by entry, after what all entries share; None where a term is none, where
    there are many, or where nobody knows in which order they stand. ``add`` writes a sum of terms.
    """
    opened = [entry for term in terms for entry in _entries_of(term, len(shape))]
    if not all(place for place, _ in opened):
        return None
    outside = share([entry for _, entry in opened], known)
    found: dict[Place, list[Term]] = {}
    for (place, _), entry in zip(opened, outside.rest([e for _, e in opened]), strict=True):
        found.setdefault(place, []).append(entry)
    lines = [_lines([place[axis] for place in found], whole) for axis, whole in enumerate(shape)]
    rows, columns = lines if len(lines) == 2 else (lines[0], [_Line(ZERO, ONE)])
    if rows is None or columns is None or len(found) < 2:
        return None
    if len(shape) == 2 and len(rows) * len(columns) > _MOST_CELLS:
        return None
    cells = []
    for row, column in product(rows, columns):
        place = tuple([line.start for line in (row, column)[: len(shape)] if line.start])
        inner = found.get(place)
        cells.append(add(inner, ()) if inner else _zero(known, row, column))
    array = known.make("blocks", tuple(cells), shape, (len(rows), len(columns)))
    joined = join_slices(array)
    whole = array if joined is None else known.intern(joined)
    return Term(outside.number, outside.scalars, (((Link(whole),), 1),), shape)


def _entries_of(term: Term, rank: int) -> Iterator[tuple[Place, Term]]:
    """The entries of a term with their places; one without a place where they are none."""
    links = term.chain or ()
    axes = [_entries(link, axis) for axis, link in enumerate(links)]
    if len(links) != rank or not all(axes):
        yield (), term
        return
    for choice in product(*axes):
        number, scalars = term.coefficient, term.scalars
        for entry in choice:
            number, scalars = number * entry.number, scalars + entry.scalars
        place = tuple([entry.place for entry in choice])
        yield place, Term(number, scalars, (), ())


def _entries(link: Link, axis: int) -> list[_Entry]:
    """The entries of a vector that is a combination of such with their places; none where it is
    another.
    """
    if link.expr.rank != 1 or (link.flipped != link.expr.row) != (axis == 1):
        return []
    found: list[_Entry] = []
    stack: list[tuple[Expr, Rational, Scalars]] = [(link.expr, 1, ())]
    while stack:
        expr, number, scalars = stack.pop()
        if expr.op in ("+", "-") and all(arg.shape for arg in expr.args):
            sign = 1 if expr.op == "+" else -1
            stack += [(expr.args[1], sign * number, scalars), (expr.args[0], number, scalars)]
        elif expr.op == "neg":
            stack.append((expr.args[0], -number, scalars))
        elif expr.op == "/":
            stack.append((expr.args[0], number, (*scalars, (expr.args[1], -1))))
        elif expr.op == "*" and not expr.args[0].shape:
            stack.append((expr.args[1], *_times(number, scalars, expr.args[0])))
        elif expr.op == "unit":
            found.append(_Entry(expr.value, number, scalars))
        elif expr.op == "blocks" and (inner := _cells(expr)) is not None:
            found += [_Entry(place, *_times(number, scalars, cell)) for place, cell in inner]
        else:
            return []
    return found


def _times(number: Rational, scalars: Scalars, factor: Expr) -> tuple[Rational, Scalars]:
    if factor.op == "neg":
        number, factor = -number, factor.args[0]
    if factor.op == "number":
        return number * factor.value, scalars
    return number, (*scalars, (factor, 1))


def _cells(expr: Expr) -> list[tuple[Dim, Expr]] | None:
    """The entries of a vector of scalars and zeros, with their places."""
    found, start = [], ZERO
    for part, size in zip(expr.args, grid(expr)[int(expr.row)], strict=True):
        bare = drop_transpose(part)
        if not part.shape:
            if not is_number(part, 0):
                found.append((start, part))
        elif bare.op != "fill" or not is_number(bare.args[0], 0):
            return None
        start = start.plus(size)
    return found


def _lines(starts: Sequence[Dim], whole: Dim) -> list[_Line] | None:
    """The places in order with the gaps between them."""
    ordered = in_order([Range(start, ONE) for start in dict.fromkeys(starts)])
    if ordered is None:
        return None
    lines, end = [], ZERO
    for each in (*ordered, Range(whole, ZERO)):
        if each.start != end:
            lines.append(_Line(None, each.start.plus(end, -1)))
        if each.size == ONE:
            lines.append(_Line(each.start, ONE))
        end = each.end
    return lines


def _zero(factory: ExpressionFactory, row: _Line, column: _Line) -> Expr:
    """Zeros where two lines meet."""
    zero = factory.number(0)
    if row.size == column.size == ONE:
        return zero
    if row.size == ONE:
        return factory.transpose(factory.fill(zero, (column.size,)))
    return factory.fill(zero, (row.size,) if column.size == ONE else (row.size, column.size))
