"""Truncated polynomials: arrays over F[e1, ..., ek]/(e1^2, ..., ek^2).

The part with index S (a set of directions as bits) is the coefficient of the product of the e in S.
Evaluating f at x + e1*u gives f(x) and the derivative of f along u; at x + e1*u + e2*v the
coefficient of e1*e2 is the second derivative along u and v.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import permutations

from matcalc.verify.exact.field import (
    Entries,
    Extent,
    Undecided,
    determinant,
    identity,
    invert,
    plus,
    product,
    scale_entries,
    times,
)

JetPart = Entries | None  # None is zero
Bilinear = Callable[[Entries, Entries], Entries]


class Jet:
    """An array with derivatives: its extent, its parts, and for a constant written as a number that
    number.

    All jets of one evaluation have as many parts. The first part is the value, which is never None;
    a part that is None is zero. Each other part has as many entries as the extent says.
    """

    __slots__ = ("extent", "number", "parts", "value")

    def __init__(
        self, extent: Extent, parts: list[JetPart], number: Fraction | None = None
    ) -> None:
        value = parts[0]
        assert value is not None  # every array has a value; its derivatives may be zero
        self.extent = extent
        self.parts = parts
        self.value = value  # the part without any e
        self.number = number

    @property
    def moves(self) -> bool:
        """Whether there is a derivative."""
        return any(part is not None for part in self.parts[1:])


def constant(extent: Extent, value: Entries, count: int, number: Fraction | None = None) -> Jet:
    """An array without derivatives, with ``count`` parts."""
    return Jet(extent, [value, *[None] * (count - 1)], number)


def linear(a: Jet, rule: Callable[[Entries], Entries], extent: Extent) -> Jet:
    """A linear map, part by part."""
    return Jet(extent, [None if part is None else rule(part) for part in a.parts])


def _subsets(whole: int) -> list[tuple[int, int]]:
    return [(part, whole ^ part) for part in range(whole + 1) if part & whole == part]


_SPLITS = [_subsets(whole) for whole in range(8)]


def splits(whole: int) -> list[tuple[int, int]]:
    """The ways to part a set of directions in two."""
    return _SPLITS[whole] if whole < len(_SPLITS) else _subsets(whole)


def bilinear(a: Jet, b: Jet, rule: Bilinear, extent: Extent) -> Jet:
    """The product rule: the part S is the sum over the ways to split S of rule(a_T, b_rest)."""
    parts: list[JetPart] = [rule(a.value, b.value)]
    left, right = a.parts, b.parts
    for whole in range(1, len(left)):
        total: JetPart = None
        for first, second in splits(whole):
            x, y = left[first], right[second]
            if x is not None and y is not None:
                z = rule(x, y)
                total = z if total is None else plus(total, z)
        parts.append(total)
    return Jet(extent, parts)


def add(a: Jet, b: Jet, sign: int = 1) -> Jet:
    """a + sign*b of arrays with the same extent."""
    parts: list[JetPart] = []
    for x, y in zip(a.parts, b.parts, strict=True):
        if y is not None and sign != 1:
            y = scale_entries(sign, y)
        parts.append(y if x is None else x if y is None else plus(x, y))
    return Jet(a.extent, parts)


def scale(factor: int, a: Jet) -> Jet:
    """A number times an array."""
    return linear(a, lambda part: scale_entries(factor, part), a.extent)


def shift(a: Jet, entries: Entries) -> Jet:
    """A constant array added."""
    return Jet(a.extent, [plus(a.value, entries), *a.parts[1:]])


def hadamard(a: Jet, b: Jet) -> Jet:
    """Entry by entry."""
    return bilinear(a, b, times, a.extent)


def multiply(a: Jet, b: Jet) -> Jet:
    """The matrix product."""
    rows, inner, columns = a.extent[0], a.extent[1], b.extent[1]
    return bilinear(a, b, lambda x, y: product(x, y, rows, inner, columns), (rows, columns))


def solve_inverse(a: Jet) -> Jet:
    """Y = inv(A): from A*Y = 1, part by part: Y_S = -Y_0 * sum of A_T*Y_rest over T that are not
    empty.
    """
    n = a.extent[0]
    first = invert(a.value, n)
    parts: list[JetPart] = [first]
    for whole in range(1, len(a.parts)):
        total: JetPart = None
        for moved, rest in splits(whole):
            x, y = a.parts[moved], parts[rest] if moved else None
            if moved and x is not None and y is not None:
                z = product(x, y, n, n, n)
                total = z if total is None else plus(total, z)
        parts.append(None if total is None else scale_entries(-1, product(first, total, n, n, n)))
    return Jet(a.extent, parts)


def _with_rows(a: Entries, n: int, rows: Sequence[tuple[int, Entries]]) -> Entries:
    result = list(a)
    for i, source in rows:
        result[i * n : i * n + n] = source[i * n : i * n + n]
    return result


def det(a: Jet) -> Jet:
    """The determinant, which is linear in each row: part S gives each block of a partition of S a
    row of its own.
    """
    n = a.extent[0]
    parts: list[JetPart] = []
    for whole in range(len(a.parts)):
        placings: list[list[tuple[int, Entries]]] = []
        for blocks in _partitions(whole):
            sources = [a.parts[block] for block in blocks]
            if all(source is not None for source in sources):
                placings += _placings([source for source in sources if source is not None], n)
        total = sum(determinant(_with_rows(a.value, n, placing), n) for placing in placings)
        parts.append([total % (2**61 - 1)] if placings else None)
    return Jet((), parts)


def _partitions(whole: int) -> list[list[int]]:
    """The ways to part a set into nonempty blocks."""
    if whole == 0:
        return [[]]
    lowest = whole & -whole
    return [
        [first, *rest]
        for first, left in splits(whole)
        if first & lowest
        for rest in _partitions(left)
    ]


def _placings(sources: list[Entries], n: int) -> list[list[tuple[int, Entries]]]:
    """The ways to give each source a row."""
    chosen = permutations(range(n), len(sources))
    return [list(zip(rows, sources, strict=True)) for rows in chosen]


def cofactors(a: Jet) -> Jet:
    """cof(A)[i,j] = (-1)^(i+j) times the determinant without row i and column j."""
    n = a.extent[0]
    minors = []
    for i in range(n):
        for j in range(n):
            kept = [r * n + c for r in range(n) for c in range(n) if r != i and c != j]
            small = linear(a, lambda part, kept=kept: [part[k] for k in kept], (n - 1, n - 1))  # type: ignore[misc]
            minor = det(small) if n > 1 else constant((), [1], len(a.parts))
            minors.append(minor if (i + j) % 2 == 0 else scale(-1, minor))
    return stack(minors, a.extent)


def stack(entries: Sequence[Jet], extent: Extent) -> Jet:
    """The array with these scalars as entries."""
    parts: list[JetPart] = []
    for k in range(len(entries[0].parts)):
        column = [entry.parts[k] for entry in entries]
        moved = any(part is not None for part in column)
        parts.append([0 if part is None else part[0] for part in column] if moved else None)
    return Jet(extent, parts)


def power(a: Jet, exponent: int) -> Jet:
    """A^k of a matrix, by squaring."""
    base = solve_inverse(a) if exponent < 0 else a
    result: Jet | None = None
    k = abs(exponent)
    while k:
        if k & 1:
            result = base if result is None else multiply(result, base)
        k >>= 1
        if k:
            base = multiply(base, base)
    return result if result is not None else constant(a.extent, identity(a.extent[0]), len(a.parts))


Series = Callable[[int, int], tuple[int, ...]]


def entrywise(a: Jet, series: Series) -> Jet:
    """f entry by entry; ``series(x, k)`` gives f(x) and the first k derivatives. Faa di Bruno's
    formula for k up to 2.
    """
    order = (len(a.parts) - 1).bit_length() if a.moves else 0
    if order > 2:
        raise Undecided("a function in more than two directions")
    columns = [list(column) for column in zip(*[series(x, order) for x in a.value], strict=True)]
    parts: list[JetPart] = [columns[0]]
    for whole in range(1, len(a.parts)):
        part = a.parts[whole]
        total = None if part is None else times(columns[1], part)
        if whole == 3 and a.parts[1] is not None and a.parts[2] is not None:
            bend = times(columns[2], times(a.parts[1], a.parts[2]))
            total = bend if total is None else plus(total, bend)
        parts.append(total)
    return Jet(a.extent, parts)
