"""The field of integers modulo the prime p = 2^61 - 1, and matrices over it as flat lists, row by
row.

p = 3 modulo 4: -1 is not a square, so of the two roots of a square just one is a square itself. p -
1 = 9*m with m prime to 3: the elements whose order divides m have one cube root of such an order.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt
from operator import mul

P = 2**61 - 1
_M = (P - 1) // 9
_CUBE_ROOT = pow(3, -1, _M)
_MASK = 2**64 - 1

Entries = list[int]
Extent = tuple[int, ...]


class Unfit(Exception):
    """This point is unfit (a singular matrix, a root of a non-square); the next one may do."""


class VanishingDivisor(Unfit):
    """Something vanishes that is divided by: if at several points, then at all, with these
    sizes.
    """


class Never(Unfit):
    """No point will do, with these sizes."""


class Undecided(Exception):
    """There is no exact evaluation; the text says of what."""


MOST_WORK = 600_000  # multiplications, about, that one verdict may take


class Meter:
    """Counts multiplications, and refuses those that would take too long."""

    def __init__(self) -> None:
        self.left = MOST_WORK

    def pay(self, work: int) -> None:
        """Called before the work is done."""
        self.left -= work
        if self.left < 0:
            raise Undecided("so many entries")

    def require(self, work: int) -> None:
        """Refuses at once what could not be paid in the end."""
        if work > self.left:
            raise Undecided("so many entries")


class Stream:
    """Random elements of the field, none of them 0, from a seed: SplitMix64, since Python's
    ``random`` is slow to load.
    """

    def __init__(self, seed: int) -> None:
        self.state = seed * 0x9E3779B97F4A7C15 & _MASK

    def draw(self) -> int:
        """The next element."""
        return self.some(1)[0]

    def some(self, count: int) -> Entries:
        """The next elements, that many."""
        found: Entries = []
        state = self.state
        while len(found) < count:
            state = (state + 0x9E3779B97F4A7C15) & _MASK
            z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & _MASK
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB & _MASK
            z = (z ^ (z >> 31)) >> 3
            if 0 < z < P:
                found.append(z)
        self.state = state
        return found


def element(value: Fraction) -> int:
    """The element of a rational number."""
    if value.denominator % P == 0 or (value.numerator % P == 0 and value):
        raise Undecided("a number that the prime divides")
    if value.denominator == 1:
        return value.numerator % P
    return value.numerator * pow(value.denominator, -1, P) % P


def inverse(x: int) -> int:
    """1/x."""
    if x == 0:
        raise VanishingDivisor("division by zero")
    return pow(x, -1, P)


def is_square(x: int) -> bool:
    """Whether x, not 0, has a root (Euler's criterion)."""
    return pow(x, P // 2, P) == 1


def square_root(x: int) -> int:
    """The root that is a square itself; so the root of a product of squares is the product of their
    roots.
    """
    root = pow(x, (P + 1) // 4, P)
    if x == 0 or root * root % P != x:
        raise Unfit("the root of what is not a square here")
    return root


def number_root(value: Fraction) -> int:
    """sqrt(a/b) = s*sqrt(f)/b with a*b = s^2*f, f free of small squares: so sqrt(18) is
    3*sqrt(2).
    """
    rest, outside = value.numerator * value.denominator, 1
    for d in (2, 3, 5, 7, 11, 13):
        while rest % (d * d) == 0:
            rest, outside = rest // (d * d), outside * d
    whole = isqrt(rest)
    if whole * whole == rest:
        rest, outside = 1, outside * whole
    if not is_square(rest % P):
        raise Never(f"the root of {rest} is not in the field")
    return outside * square_root(rest % P) * inverse(value.denominator % P) % P


def is_cube(x: int) -> bool:
    """Whether x, not 0, has a cube root, of whatever order."""
    return pow(x, (P - 1) // 3, P) == 1


def cube_root(x: int) -> int:
    """The cube root whose order divides m, of an element of such an order."""
    if x == 0 or pow(x, _M, P) != 1:
        raise Unfit("the cube root of what is not a cube here")
    return pow(x, _CUBE_ROOT, P)


def plus(a: Entries, b: Entries) -> Entries:
    """a + b, entry by entry."""
    return [(x + y) % P for x, y in zip(a, b, strict=True)]


def times(a: Entries, b: Entries) -> Entries:
    """a.*b, entry by entry."""
    return [x * y % P for x, y in zip(a, b, strict=True)]


def scale_entries(factor: int, a: Entries) -> Entries:
    """factor*a."""
    return [factor * x % P for x in a]


def product(a: Entries, b: Entries, rows: int, inner: int, columns: int) -> Entries:
    """The matrix product of a (rows, inner) and b (inner, columns)."""
    if inner == 1:
        return [x * y % P for x in a for y in b]
    across = [a[i : i + inner] for i in range(0, rows * inner, inner)]
    if columns == 1:
        return [sum(map(mul, row, b)) % P for row in across]
    down = [b[j::columns] for j in range(columns)]
    return [sum(map(mul, row, column)) % P for row in across for column in down]


def transpose(a: Entries, rows: int, columns: int) -> Entries:
    """A' of A (rows, columns)."""
    return [a[i * columns + j] for j in range(columns) for i in range(rows)]


def permute(a: Entries, extent: Sequence[int], axes: Sequence[int]) -> Entries:
    """NumPy's transpose: axis k of the result is axis ``axes[k]`` of a."""
    steps = strides(extent)
    places = [0]
    for axis in axes:
        places = [place + k * steps[axis] for place in places for k in range(extent[axis])]
    return [a[place] for place in places]


def strides(extent: Sequence[int]) -> list[int]:
    """How far apart neighbours along each axis are."""
    steps, step = [], 1
    for size in reversed(extent):
        steps.append(step)
        step *= size
    return steps[::-1]


def identity(n: int) -> Entries:
    """The identity matrix."""
    return [int(i == j) for i in range(n) for j in range(n)]


def determinant(a: Entries, n: int) -> int:
    """det(A), for any A: elimination, by formula up to n = 2."""
    if n == 1:
        return a[0]
    if n == 2:
        return (a[0] * a[3] - a[1] * a[2]) % P
    rows = [a[i : i + n] for i in range(0, n * n, n)]
    result = 1
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][k]), None)
        if pivot is None:
            return 0
        if pivot != k:
            rows[k], rows[pivot] = rows[pivot], rows[k]
            result = -result
        head = rows[k]
        result = result * head[k] % P
        scale = pow(head[k], -1, P)
        for i in range(k + 1, n):
            factor = rows[i][k] * scale % P
            if factor:
                rows[i] = [(x - factor * y) % P for x, y in zip(rows[i], head, strict=True)]
    return result


def invert(a: Entries, n: int) -> Entries:
    """inv(A), by Gauss and Jordan."""
    rows = [a[i * n : i * n + n] + [int(i == j) for j in range(n)] for i in range(n)]
    for k in range(n):
        pivot = next((i for i in range(k, n) if rows[i][k]), None)
        if pivot is None:
            raise VanishingDivisor("a singular matrix")
        rows[k], rows[pivot] = rows[pivot], rows[k]
        scale = pow(rows[k][k], -1, P)
        head = rows[k] = [x * scale % P for x in rows[k]]
        for i in range(n):
            factor = rows[i][k]
            if i != k and factor:
                rows[i] = [(x - factor * y) % P for x, y in zip(rows[i], head, strict=True)]
    return [x for row in rows for x in row[n:]]
