"""Polynomials that stand for functions that are only declared: what holds for all functions holds
for them.

They are C*(W*u + b)^7, where u are the entries of all arguments; entry by entry one of degree 7 of
one scalar, c'*(W*u + b)^7 of several. The numbers come from the name. A false formula for
derivatives up to the sixth is false for a random polynomial, up to accidents.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import perm, prod
from zlib import crc32

from matcalc.core.declared import FunctionRef
from matcalc.verify.exact.field import Entries, Extent, Meter, P, Stream, product
from matcalc.verify.exact.jets import (
    Jet,
    Series,
    add,
    bilinear,
    entrywise,
    hadamard,
    linear,
    scale,
    shift,
)

_DEGREE = 7


def generic(function: FunctionRef, args: Sequence[Jet], extent: Extent, meter: Meter) -> Jet:
    """The value of a declared function, or of a derivative of it."""
    if function.entrywise:
        return _entry_by_entry(function, args, extent)
    order, name = function.order, function.name
    points, others = args[: function.arity], args[function.arity :]
    weighted = function.weighted and bool(others)
    directions = others[weighted:]
    counts = [prod(point.extent) for point in points]
    count = sum(counts)
    stream = Stream(crc32(name.encode()) * 64 + count)
    waves = count + 2
    W, b = stream.some(waves * count), stream.some(waves)
    starts = [sum(counts[:k]) for k in range(len(counts))]
    columns = [
        [W[r * count + i] for r in range(waves) for i in range(start, start + own)]
        for start, own in zip(starts, counts, strict=True)
    ]
    rows = others[0].extent[0] if weighted else prod(extent[: function.ranks[-1]])
    C = stream.some(rows * waves)
    if function.value:  # symmetric matrices; what is definite has no sign in a field
        C = _symmetric(C, extent[0], waves)
    by = list(function.by or (0,) * (order - len(directions)))
    width = prod([counts[place] for place in by])
    meter.pay(waves * (width * rows + count) * len(args[0].parts))
    phase: Jet | None = None
    for point, part, own in zip(points, columns, counts, strict=True):
        moved = _through(part, point, waves, own)
        phase = moved if phase is None else add(phase, moved)
    assert phase is not None
    powers = entrywise(shift(phase, b), _derivatives([0] * _DEGREE + [1], order))
    for direction in directions:
        powers = hadamard(powers, _through(W, direction, waves, count))
    spread = _spread([columns[place] for place in by], waves)

    def whole(coefficients: Entries, values: Entries) -> Entries:
        """sum_r C[k,r]*v[r]*W[r,i]*W[r,j]..."""
        height = len(coefficients) // waves
        weighted = [c * values[k % waves] % P for k, c in enumerate(coefficients)]
        return product(weighted, spread, height, waves, width)

    if weighted:
        weights = linear(others[0], lambda part: product(part, C, 1, rows, waves), (waves,))
        return bilinear(weights, powers, whole, extent)
    return linear(powers, lambda part: whole(C, part), extent)


def _symmetric(coefficients: Entries, size: int, waves: int) -> Entries:
    """Those of the entry i, j for the entry j, i as well."""
    places = [(min(i, j), max(i, j)) for i in range(size) for j in range(size)]
    starts = [(i * size + j) * waves for i, j in places]
    return [c for start in starts for c in coefficients[start : start + waves]]


def _entry_by_entry(function: FunctionRef, args: Sequence[Jet], extent: Extent) -> Jet:
    """A function of scalars, of each entry; scalars beside arrays go with every entry."""
    stream = Stream(crc32(function.name.encode()))
    if function.arity == 1:
        return entrywise(args[0], _derivatives(stream.some(_DEGREE + 1), function.order))
    size = prod(extent)
    total: Jet | None = None
    for _ in range(function.arity + 2):
        weights = stream.some(function.arity)
        (level, amplitude) = stream.some(2)
        phase: Jet | None = None
        for weight, arg in zip(weights, args, strict=True):
            wide = arg if arg.extent == extent else linear(arg, lambda part: part * size, extent)
            phase = scale(weight, wide) if phase is None else add(phase, wide, weight)
        assert phase is not None
        for place in function.by:
            amplitude = amplitude * weights[place] % P
        powers = _derivatives([0] * _DEGREE + [1], function.order)
        wave = scale(amplitude, entrywise(shift(phase, [level] * size), powers))
        total = wave if total is None else add(total, wave)
    assert total is not None
    return total


def _through(matrix: Entries, vector: Jet, rows: int, columns: int) -> Jet:
    """The matrix times the entries of an array."""
    return linear(vector, lambda part: product(matrix, part, rows, columns, 1), (rows,))


def _spread(columns: Sequence[Entries], waves: int) -> Entries:
    """The row r is the product of the rows r of these matrices with each other."""
    result: Entries = []
    for r in range(waves):
        line = [1]
        for matrix in columns:
            own = len(matrix) // waves
            line = [x * y % P for x in line for y in matrix[r * own : (r + 1) * own]]
        result += line
    return result


def _derivatives(coefficients: Entries, order: int) -> Series:
    """The derivative of this order of a polynomial, and the next ones."""

    def series(x: int, count: int) -> tuple[int, ...]:
        found = []
        for k in range(order, order + count + 1):
            total = 0
            for power in range(len(coefficients) - 1, k - 1, -1):
                total = (total * x + coefficients[power] * perm(power, k)) % P
            found.append(total)
        return tuple(found)

    return series
