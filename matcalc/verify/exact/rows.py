"""Columns of jets: the values of a part of a form for all choices of its indices.

The rows of a column are stacked in one jet, with an axis in front that counts them. So most
operations are done once, for all rows together.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from typing import Protocol

from matcalc.core.dims import Shape
from matcalc.core.operations import COMPARISONS, ENTRYWISE, OF_ENTRIES
from matcalc.core.tree import Expr
from matcalc.verify.exact.field import Extent, Meter, Never, P, VanishingDivisor, inverse, strides
from matcalc.verify.exact.field_rules import FUNCTIONS, apply, spread
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import (
    Jet,
    JetPart,
    constant,
    entrywise,
    hadamard,
    linear,
    scale,
)
from matcalc.verify.exact.series import integer_power

_STEP = 8  # multiplications that take as long as an operation
_ARITHMETIC = frozenset(("+", "-", "neg", "*", ".*", "/", "./"))
_BY_ENTRIES = ENTRYWISE.union(COMPARISONS, _ARITHMETIC, (".^", "^", "where", "'", "fill"))
_TOTALS = frozenset(("sum", "norm2"))


class Stacked:
    """Rows in one jet, whose first axis counts them; each has ``width`` entries."""

    __slots__ = ("jet", "width")

    def __init__(self, jet: Jet) -> None:
        self.jet = jet
        self.width = prod(jet.extent[1:])  # entries of a row


# one row; many; or many that are numbers which are known as such, as those of indices
Column = Jet | Stacked | list[Jet]


class Run(Protocol):
    """What columns need of the evaluation that they are a part of."""

    field: Generators
    count: int
    meter: Meter

    def extent(self, shape: Shape) -> Extent:
        """The shape in numbers."""


class Rows:
    """How columns of jets are computed; ``step`` evaluates an operation, and one that acts entry by
    entry on all rows together.
    """

    def __init__(
        self,
        run: Run,
        step: Callable[[Expr, list[Jet]], Jet],
        children: Callable[[Expr], tuple[Expr, ...]],
    ) -> None:
        self._run = run
        self._step = step
        self._children = children

    def expect(self, choices: int) -> None:
        """Pays for choices before they are made."""
        self._run.meter.pay(choices)

    def slot(self, value: Jet) -> Column:
        """One row: an argument of the form."""
        return value

    def numbers(self, values: list[int]) -> Column:
        """The values of an index."""
        count = self._run.count
        return _join([constant((), [value], count, Fraction(value)) for value in values])

    def take(self, column: Column, rows: list[int], places: list[list[int | None]]) -> Column:
        """Entries at places, counted from 0."""
        if isinstance(column, Jet):
            return _column(self._entries(column, places))
        each = split(column, rows)
        return _join([_row(self._entries(a, [at]), 0) for a, at in zip(each, places, strict=True)])

    def _entries(self, array: Jet, places: list[list[int | None]]) -> Jet:
        """A row for each choice of places of one array."""
        steps = strides(array.extent)
        chosen: list[int] = []
        for each in places:
            found = [0]
            for place, size, step in zip(each, array.extent, steps, strict=True):
                if place is None:
                    found = [start + k * step for start in found for k in range(size)]
                elif 0 <= place < size:
                    found = [start + place * step for start in found]
                else:
                    raise Never("a position outside an array")
            chosen += found
        self._run.meter.pay(len(chosen) * self._run.count + _STEP)
        whole = [s for s, at in zip(array.extent, places[0], strict=True) if at is None]
        return linear(array, lambda part: [part[k] for k in chosen], (len(places), *whole))

    def pick(self, chosen: list[tuple[Column, int]]) -> Column:
        """For each row a row of some column."""
        return _join([split(column, [row])[0] for column, row in chosen])

    def apply(self, part: Expr, args: list[tuple[Column, list[int]]], count: int) -> Column:
        """An operation of rows of its arguments."""
        if count > 1:
            self._run.meter.pay(_STEP)
            together = self._together(part, args)
            if together is not None:
                self._run.meter.pay(len(together.value) * self._run.count)
                return Stacked(together)
        self._run.meter.pay(_STEP * count)
        inside = [split(column, rows) for column, rows in args]
        return _join([self._step(part, [each[k] for each in inside]) for k in range(count)])

    def _together(self, part: Expr, args: list[tuple[Column, list[int]]]) -> Jet | None:
        """All rows of an operation at once; None where it does not act row by row on entries."""
        inside = self._children(part)
        if any(isinstance(column, list) for column, _ in args):
            known = all(isinstance(c, list) or _is_number(c) for c, _ in args)
            if known or part.op not in _ARITHMETIC:
                return None
        if inside is not part.args:  # an even power of a root
            root = part.args[0]
            if root.op == "norm2" and (len(inside) > 1 or not inside[0].shape):
                return None
            a = self._spread(args[0], inside[0], inside[0])
            squared = _sums(hadamard(a, a)) if root.op == "norm2" else a
            return entrywise(squared, integer_power(int(part.args[1].value) // 2))
        if part.op in _TOTALS and len(args) == 1 and inside[0].shape:
            a = self._spread(args[0], inside[0], inside[0])
            if part.op == "sum":
                return _sums(a)
            return apply(self._run.field, "sqrt", _sums(hadamard(a, a)))
        if part.op in ("*", "dot") and not part.shape and inside[0].rank == 1:
            a, b = (self._spread(arg, each, each) for arg, each in zip(args, inside, strict=True))
            return _sums(hadamard(a, b))
        if not _acts_by_entries(part, inside):
            return None
        spread_out = [self._spread(arg, each, part) for arg, each in zip(args, inside, strict=True)]
        if part.op in ("'", "fill"):
            return spread_out[0]
        if part.op == "*":
            return _times(*spread_out)
        return self._step(part, spread_out)

    def _spread(self, taken: tuple[Column, list[int]], arg: Expr, part: Expr) -> Jet:
        """Rows of an argument as an operation on all rows takes them: a scalar that is the same in
        all as it is, all else with the entries of the result.
        """
        column, rows = taken
        if isinstance(column, Jet):
            if not arg.shape:
                return column
            return linear(column, lambda a: a * len(rows), (len(rows), *column.extent))
        chosen = select(column, rows)
        if arg.shape or not part.shape:
            return chosen
        extent = self._run.extent(part.shape)
        width = prod(extent)
        return linear(chosen, lambda a: [x for x in a for _ in range(width)], (len(rows), *extent))

    def reduce(self, part: Expr, column: Column | None, groups: list[list[int]]) -> Column:
        """What a reduction takes over the rows of each group."""
        name, extent, run = part.value.name, self._run.extent(part.shape), self._run
        run.meter.pay(sum(map(len, groups)) * prod(extent) * run.count + _STEP)
        whole = Stacked(constant((0, *extent), [], run.count))
        if column is not None:
            whole = _stack(column)
        if name == "sum":
            return _column(_totals(whole, groups))
        if name == "prod":
            return _products(whole, groups)
        if not all(groups):
            raise (VanishingDivisor if name == "mean" else Never)(f"{name} of nothing")
        if name == "mean":
            total = _totals(whole, groups)
            shares = [inverse(len(group)) for group in groups for _ in range(whole.width)]
            return _column(hadamard(total, constant(total.extent, shares, run.count)))
        if name == "logsumexp":
            powers = Stacked(apply(run.field, "exp", whole.jet))
            return _column(apply(run.field, "log", _totals(powers, groups)))
        rule = FUNCTIONS[OF_ENTRIES.get(name, name)]
        return _join([rule(run.field, [select(whole, group)]) for group in groups])

    def zeros(self, column: Column) -> list[bool]:
        """Of each row whether it is zero."""
        rows = _stack(column)
        self._run.meter.pay(rows.jet.extent[0])
        return [
            not any(part is not None and any(part) for part in _row(rows.jet, k).parts)
            for k in range(rows.jet.extent[0])
        ]


def _acts_by_entries(part: Expr, inside: Sequence[Expr]) -> bool:
    if part.op not in _BY_ENTRIES or any(each.shape not in ((), part.shape) for each in inside):
        return False
    if part.op in ("where", "^"):
        return not part.shape
    if part.op in ("*", "/"):
        return not all(each.shape for each in inside)
    return part.op != "'" or part.rank < 2


def _times(a: Jet, b: Jet) -> Jet:
    if not a.extent and not a.moves:
        return scale(a.value[0], b)
    return hadamard(*spread(a, b))


def _is_number(column: Column) -> bool:
    return isinstance(column, Jet) and column.number is not None


def _join(rows: list[Jet]) -> Column:
    """The column with these rows."""
    if len(rows) == 1:
        return rows[0]
    if any(row.number is not None for row in rows):
        return rows
    return _merge(rows)


def _merge(rows: list[Jet]) -> Stacked:
    parts: list[JetPart] = []
    width = len(rows[0].value)
    for k in range(len(rows[0].parts)):
        found = [row.parts[k] for row in rows]
        if all(part is None for part in found):
            parts.append(None)
        else:
            parts.append([x for part in found for x in part or [0] * width])
    return Stacked(Jet((len(rows), *rows[0].extent), parts))


def _stack(column: Column) -> Stacked:
    if isinstance(column, Stacked):
        return column
    return _merge(column if isinstance(column, list) else [column])


def _column(rows: Jet) -> Column:
    """The column with the rows of a jet."""
    return _row(rows, 0) if rows.extent[0] == 1 else Stacked(rows)


def _row(rows: Jet, k: int) -> Jet:
    width = prod(rows.extent[1:])
    return linear(rows, lambda part: part[k * width : (k + 1) * width], rows.extent[1:])


def split(column: Column, rows: Sequence[int]) -> list[Jet]:
    """These rows, each a jet."""
    if isinstance(column, Jet):
        return [column] * len(rows)
    if isinstance(column, list):
        return [column[k] for k in rows]
    return [_row(column.jet, k) for k in rows]


def select(column: Column, rows: list[int]) -> Jet:
    """These rows in one jet."""
    stacked = _stack(column)
    whole, width = stacked.jet, stacked.width
    if len(rows) == whole.extent[0] and rows == list(range(len(rows))):
        return whole
    extent = (len(rows), *whole.extent[1:])
    if width == 1:
        return linear(whole, lambda part: [part[k] for k in rows], extent)
    return linear(
        whole, lambda part: [x for k in rows for x in part[k * width : (k + 1) * width]], extent
    )


def _sums(a: Jet) -> Jet:
    """The sum of each row."""
    width = prod(a.extent[1:])
    return linear(
        a,
        lambda part: [sum(part[k : k + width]) % P for k in range(0, len(part), width)],
        a.extent[:1],
    )


def _totals(rows: Stacked, groups: list[list[int]]) -> Jet:
    """The sum of the rows of each group."""
    whole, width = rows.jet, rows.width

    def rule(part: list[int]) -> list[int]:
        if width == 1:
            return [sum([part[k] for k in group]) % P for group in groups]
        return [
            sum([part[k * width + place] for k in group]) % P
            for group in groups
            for place in range(width)
        ]

    return linear(whole, rule, (len(groups), *whole.extent[1:]))


def _products(rows: Stacked, groups: list[list[int]]) -> Column:
    """The product of the rows of each group."""
    size, inner = rows.jet.extent[0], rows.jet.extent[1:]
    # with a row of ones, for groups that have fewer rows than others
    parts = [part and [*part, *[int(k == 0)] * rows.width] for k, part in enumerate(rows.jet.parts)]
    padded = Stacked(Jet((size + 1, *inner), parts))
    total = constant((len(groups), *inner), [1] * (len(groups) * rows.width), len(parts))
    for turn in range(max(map(len, groups)) if size else 0):
        chosen = [group[turn] if turn < len(group) else size for group in groups]
        total = hadamard(total, select(padded, chosen))
    return _column(total)
