"""Dimensions: positive integers, names, products of them (``vec`` of an m x n matrix has m*n
entries) and their sums.

Sums come from blocks: ``[x; y]`` has m + p entries; differences from slices: ``x[2:n]`` has n - 1;
``vech`` of an n x n matrix has n*(n + 1)/2.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import count, product
from math import gcd, lcm
from typing import NamedTuple

Monomial = tuple[str, ...]
_RAISES = 100  # attempts to give sizes to n and m for which n - m is positive


class Dim(NamedTuple):
    """The monomial ``scale * names[0] * names[1] * ...``, plus the ``rest``: a polynomial with
    rational coefficients.

    Names are sorted, monomials are ordered by degree and name, and none has the coefficient 0; so
    equal dimensions compare equal. Most dimensions have no rest.
    """

    scale: int | Fraction
    names: Monomial
    rest: tuple[tuple[int | Fraction, Monomial], ...] = ()

    def __str__(self) -> str:
        if not self.rest:
            return "*".join(
                [str(self.scale), *self.names] if self.scale != 1 or not self.names else self.names
            )
        number, shared, inner = self.parts()
        front = [str(number.numerator)] if number.numerator != 1 else []
        text = " + ".join(_monomial(c, names) for c, names in inner).replace("+ -", "- ")
        factors = [*front, *shared]
        divisor = f"/{number.denominator}" if number.denominator != 1 else ""
        return "*".join([*factors, f"({text})"]) + divisor if factors or divisor else text

    def parts(self) -> tuple[Fraction, Monomial, list[tuple[int, Monomial]]]:
        """The common number, the common names, and the terms that are left of each summand,
        positive ones first.
        """
        terms = self.terms
        denominator = lcm(*(c.denominator for c, _ in terms))
        number = Fraction(
            gcd(*(c.numerator * (denominator // c.denominator) for c, _ in terms)), denominator
        )
        shared = _common([names for _, names in terms])
        inner = [(int(c / number), _without(names, shared) or ()) for c, names in terms]
        inner.sort(key=lambda term: term[0] < 0)
        return number, shared, inner

    @property
    def terms(self) -> tuple[tuple[int | Fraction, Monomial], ...]:
        """All monomials; none for zero."""
        return ((self.scale, self.names), *self.rest) if self.scale else ()

    @property
    def integer(self) -> int | None:
        """The size as a number, or None while a name is left in it."""
        return None if self.names or self.rest else int(self.scale)

    @property
    def plain(self) -> str | None:
        """The name, where the dimension is just a name."""
        return self.names[0] if self.scale == 1 and len(self.names) == 1 and not self.rest else None

    @property
    def letters(self) -> Monomial:
        """The names that occur, some of them several times."""
        return (
            self.names + tuple([name for _, names in self.rest for name in names])
            if self.rest
            else self.names
        )

    def times(self, other: Dim) -> Dim:
        """The product: the number of pairs, the dimension of a fused index."""
        if self.rest or other.rest:
            return combine_terms(
                (a * b, names + more) for a, names in self.terms for b, more in other.terms
            )
        return Dim(self.scale * other.scale, tuple(sorted(self.names + other.names)))

    def plus(self, other: Dim, factor: int | Fraction = 1) -> Dim:
        """``self + factor*other``."""
        return combine_terms([*self.terms, *((factor * c, names) for c, names in other.terms)])

    def put(self, value: Callable[[str], Dim | None]) -> Dim:
        """The dimension with names replaced by dimensions."""
        if not self.rest:
            return _substitute(self.scale, self.names, value)
        result = ZERO
        for scale, names in self.terms:
            result = result.plus(_substitute(scale, names, value))
        return result

    def over(self, other: Dim) -> Dim | None:
        """The quotient, if there is no remainder (the leading monomials divide one another until
        nothing is left).
        """
        quotient, left = ZERO, self
        while left.scale:
            names = _without(left.names, other.names)
            if names is None or not other.scale:
                return None
            step = combine_terms([(Fraction(left.scale) / other.scale, names)])
            quotient, left = quotient.plus(step), left.plus(step.times(other), -1)
        return quotient

    def size(self, sizes: Mapping[str, int]) -> int:
        """The number that this dimension is when the names have the given sizes."""
        total: int | Fraction = 0
        for scale, names in self.terms:
            for name in names:
                scale *= sizes[name]
            total += scale
        return int(total)

    @property
    def possible(self) -> bool:
        """Whether some sizes make this a natural number, and all sizes make it a whole
        one.
        """
        if all(c < 0 for c, _ in self.terms):
            return False
        if not self.rest and type(self.scale) is int:
            return self.scale > 0
        if all(c.denominator == 1 for c, _ in self.terms):
            return True
        # an integer-valued polynomial of degree d in each name is one that is an integer at 0, ...,
        # d
        names = sorted(set(self.letters))
        grid = product(*(range(self._degree(name) + 1) for name in names))
        return all(
            self._value(dict(zip(names, point, strict=True))).denominator == 1 for point in grid
        )

    def _degree(self, name: str) -> int:
        return max(names.count(name) for _, names in self.terms)

    def _value(self, sizes: Mapping[str, int]) -> Fraction:
        total = Fraction(0)
        for scale, names in self.terms:
            term = Fraction(scale)
            for name in names:
                term *= sizes[name]
            total += term
        return total


ZERO = Dim(0, ())
ONE = Dim(1, ())
OPEN = Dim(1, ("?",))  # a size that a declaration leaves open


def dim(size: int | str) -> Dim:
    """The dimension that is just a number or just a name."""
    return Dim(size, ()) if isinstance(size, int) else Dim(1, (size,))


def half(size: Dim) -> Dim:
    """n*(n + 1)/2, the number of entries in the lower half of an n x n matrix."""
    return size.times(size.plus(ONE)).times(Dim(Fraction(1, 2), ()))


def combine_terms(terms: Iterable[tuple[int | Fraction, Monomial]]) -> Dim:
    """The sum of monomials."""
    found: dict[Monomial, int | Fraction] = {}
    for scale, names in terms:
        key = tuple(sorted(names))
        found[key] = found.get(key, 0) + scale
    kept = [(int(c) if c.denominator == 1 else c, names) for names, c in found.items() if c]
    kept.sort(key=lambda term: (-len(term[1]), term[1]))
    return Dim(*kept[0], tuple(kept[1:])) if kept else ZERO


def fits(sizes: Mapping[str, int], dims: Collection[Dim]) -> bool:
    """Whether no dimension is zero or less with these sizes (differences may be)."""
    return all(size.size(sizes) > 0 for size in dims if size.rest)


def fit(sizes: dict[str, int], dims: Collection[Dim]) -> dict[str, int] | None:
    """The sizes, those made larger from which others are subtracted; None where that leads to
    nothing.
    """
    for _ in range(_RAISES):
        wrong = next((size for size in dims if size.rest and size.size(sizes) < 1), None)
        if wrong is None:
            return sizes
        name = next((names[0] for c, names in wrong.terms if c > 0 and names), None)
        if name is None:
            return None
        sizes = {**sizes, name: sizes[name] + 1}
    return None


def _substitute(scale: int | Fraction, names: Monomial, value: Callable[[str], Dim | None]) -> Dim:
    result = Dim(scale, ())
    for name in names:
        known = value(name)
        result = result.times(Dim(1, (name,)) if known is None else known)
    return result


def _common(monomials: list[Monomial]) -> Monomial:
    """The names that all monomials have, as often as all have them."""
    shared = monomials[0]
    for names in monomials[1:]:
        shared = tuple(
            [name for k, name in enumerate(shared) if shared[:k].count(name) < names.count(name)]
        )
    return shared


def _without(names: Monomial, gone: Monomial) -> Monomial | None:
    """The monomial divided by another; None where it cannot be."""
    left = list(names)
    for name in gone:
        if name not in left:
            return None
        left.remove(name)
    return tuple(left)


def _monomial(scale: int, names: Monomial) -> str:
    """``-2*m*n``."""
    if not names:
        return str(scale)
    front = "-" if scale == -1 else "" if scale == 1 else f"{scale}*"
    return front + "*".join(names)


Shape = tuple[Dim, ...]


def has_more_columns(shape: Shape) -> bool:
    """Whether a matrix of this shape is known to have fewer rows than columns."""
    rows, columns = (size.integer for size in shape)
    return rows is not None and columns is not None and rows < columns


def names_in(sizes: Iterable[Dim]) -> dict[str, None]:
    """The names in some sizes, each once, in order."""
    return dict.fromkeys(
        [name for size in sizes for name in (size.letters if size.rest else size.names)]
    )


def size_letters() -> Iterator[str]:
    """What sizes without a name are called: n, m, p, ... and then n1, n2, ..."""
    yield from "nmpqrkhdlst"
    for k in count(1):
        yield f"n{k}"
