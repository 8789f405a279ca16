"""Polynomials that stand for functions that are only declared: what holds for all functions holds
for them.

Entry by entry one of degree 7, of a vector or the entries of a matrix C*(W*u + b)^7. The numbers
come from the name. A false formula for derivatives up to the sixth is false for a random
polynomial, up to accidents.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import perm, prod
from zlib import crc32

from matcalc.core.declared import FunctionRef
from matcalc.verify.exact.field import Entries, Extent, Meter, P, Stream, product
from matcalc.verify.exact.jets import Jet, Series, bilinear, entrywise, hadamard, linear, shift

_DEGREE = 7


def generic(function: FunctionRef, args: Sequence[Jet], extent: Extent, meter: Meter) -> Jet:
    """The value of a declared function, or of a derivative of it."""
    order, name = function.order, function.name
    u = args[0]
    if function.entrywise:
        return entrywise(u, _derivatives(Stream(crc32(name.encode())).some(_DEGREE + 1), order))
    count = prod(u.extent)
    stream = Stream(crc32(name.encode()) * 64 + count)
    waves = count + 2
    W, b = stream.some(waves * count), stream.some(waves)
    rows = 1 if not function.of_vectors else args[1].extent[0] if len(args) == 2 else extent[0]
    C = stream.some(rows * waves)
    meter.pay(waves * count**order * rows * len(u.parts))
    phase = shift(linear(u, lambda part: product(W, part, waves, count, 1), (waves,)), b)
    powers = entrywise(phase, _derivatives([0] * _DEGREE + [1], order))
    if function.scalar_of_vector:  # the others are directions
        for direction in args[1:]:
            powers = hadamard(
                powers, linear(direction, lambda part: product(W, part, waves, count, 1), (waves,))
            )
        order -= len(args) - 1
        args = args[:1]
    spread = _spread(W, waves, count, order)
    width = count**order

    def whole(coefficients: Entries, values: Entries) -> Entries:
        """sum_r C[k,r]*v[r]*W[r,i]*W[r,j]..."""
        height = len(coefficients) // waves
        scaled = [c * values[k % waves] % P for k, c in enumerate(coefficients)]
        return product(scaled, spread, height, waves, width)

    if len(args) == 2:
        weights = linear(args[1], lambda part: product(part, C, 1, rows, waves), (waves,))
        return bilinear(weights, powers, whole, extent)
    return linear(powers, lambda part: whole(C, part), extent)


def _spread(W: Entries, waves: int, count: int, order: int) -> Entries:
    """The row r is the product of ``order`` times the row r of W with itself."""
    result: Entries = []
    for r in range(waves):
        row, line = W[r * count : (r + 1) * count], [1]
        for _ in range(order):
            line = [x * y % P for x in line for y in row]
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
