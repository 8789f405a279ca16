"""Sizes and random points: variables of each declared kind, and directions within it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod

from matcalc.core.dims import Dim, fit, names_in
from matcalc.core.far import far_places
from matcalc.core.indexed import all_parts
from matcalc.core.kinds import ZERO, Variable, size_names
from matcalc.core.subspaces import SPACES, independent
from matcalc.core.tree import Expr, positive_sizes
from matcalc.verify.exact.field import (
    Entries,
    Extent,
    Meter,
    Never,
    P,
    Stream,
    determinant,
    identity,
    inverse,
    invert,
    plus,
    product,
    scale_entries,
    transpose,
)
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.jets import Jet, constant

# Sizes in successive attempts: of skew matrices, which are singular unless even; of delicate
# dimensions, for which 2 will not do; of all others. Later attempts have another order, no
# difference, sum or product as before, and last only numbers with roots in the field.
_PLAIN = (
    (3, 2, 4, 5, 6, 7, 8, 9),
    (2, 5, 3, 4, 6, 7, 8, 9),
    (4, 3, 2, 5, 6, 7, 8, 9),
    (2, 4, 5, 8, 9, 10),
)
_DELICATE = ((3, 4, 5, 6, 7), (4, 6, 5, 7, 8), (3, 4, 5, 6, 7), (4, 5, 8, 9))
_BESIDE = ((4, 2, 5, 6, 7, 8, 9), (2, 5, 6, 4, 7, 8, 9), (5, 4, 6, 7, 8, 9), (5, 2, 8, 9, 10))
_SMALL = (2, 3, 4, 5)  # of arrays of roots: each entry has to be a square
_WIDE = (5, 6, 7, 8, 9, 10)  # of rows, where there are fewer columns
_SKEW = ((4, 6, 8), (6, 4, 8), (6, 4, 8), (4, 8, 10))
_ODD = (3, 5)
EXPONENTS = 5  # integer exponents are 2, 3, 4, 5, 6 in turn
_OF_SIZE = frozenset(
    ("pinv", "dimension", "mean")
)  # what holds for one shape of these need not hold for another
# 2 x 2 matrices satisfy more equations than others: tr(B)*B - B^2 = det(B)*eye, rotations commute
_ROOTS = frozenset(("sqrt", "cbrt", "asin", "acos", "asinh", "acosh"))
_SQUARE = frozenset(("inv", "det", "logdet", "adj", "cof"))


class PointSurvey:
    """What is known of the trees before a point is drawn: the names of their dimensions, and which
    variables are exponents.
    """

    def __init__(self, trees: Sequence[Expr], variables: Mapping[str, Variable], wrt: str) -> None:
        dims: dict[Dim, None] = {
            size: None
            for variable in variables.values()
            for size in (*variable.dims, *variable.room)
        }
        exponents = []
        self.sensitive = self.square = False
        used = {wrt}
        delicate: list[Dim] = []
        small: list[Dim] = []
        for tree in trees:
            for node in all_parts(tree):
                self.sensitive = self.sensitive or node.op in _OF_SIZE
                if node.op in _ROOTS:
                    small += node.args[0].shape
                self.square = self.square or node.op in _SQUARE
                if node.op in _SQUARE or (
                    node.op == "^" and node.rank == 2 and not _is_positive(node.args[1])
                ):
                    delicate += node.args[0].shape
                dims |= dict.fromkeys(positive_sizes(node))
                if node.op == "variable":
                    used.add(node.value)
                elif node.op == "frechet_power" or (node.op == "^" and node.args[0].rank == 2):
                    exponents.append(node.args[1])
        self.variables = {name: variable for name, variable in variables.items() if name in used}
        delicate += [
            size for v in self.variables.values() if v.kind == "orthogonal" for size in v.dims
        ]
        kept = self.variables.values()
        self.onehot = [v for v in kept if v.kind == "onehot"]
        self.skew = set(size_names([v for v in kept if v.kind == "skew"]))
        self.wide = set(names_in([v.dims[0] for v in kept if v.kind == "orthonormal" and v.room]))
        self.small = set(names_in(small))
        self.delicate = set(names_in(delicate)) - self.skew
        self.names = list(names_in(dims))
        reaches = [far_places(tree) for tree in trees]
        self.reach = max([reach for reach, _ in reaches], default=0)
        self.far = set(names_in([size for _, sizes in reaches for size in sizes]))
        self.dims = list(dims)
        self.taken = {size.integer for size in dims}
        inside = (node for exponent in exponents for node in exponent.parts)
        self.exponents = {node.value for node in inside if node.op == "variable"}

    def sizes(self) -> Iterator[dict[str, int]]:
        """Ways to give each dimension a size of its own; of very many the later ones share, so that
        work stays linear.
        """
        seen: list[dict[str, int]] = []
        beside = _BESIDE if self.delicate or self.skew else _PLAIN
        for skew, delicate, plain in zip(_SKEW, _DELICATE, beside, strict=True):
            sizes: dict[str, int] = {}
            for names, pool in (
                (self.skew, skew),
                (self.wide, _WIDE),
                (self.delicate, delicate),
                (self.small, _SMALL),
                (set(self.names), plain),
            ):
                for name in self.names:
                    if name in names and name not in sizes:
                        again = self._beyond(name, pool)
                        free = [size for size in again if size not in sizes.values()]
                        sizes[name] = free[0] if free else again[len(sizes) % len(again)]
            found = fit(sizes, self.dims)
            if found is not None and found not in seen:
                seen.append(found)
                yield found

    def odd_sizes(self) -> Iterator[dict[str, int]]:
        """Sizes at which skew matrices are singular, where there are such: what is proved at even
        ones need not hold there.
        """
        usual = next(self.sizes(), {})
        for size in _ODD if self.skew else ():
            found = fit({**usual, **dict.fromkeys(self.skew, size)}, self.dims)
            if found is not None:
                yield found

    def _beyond(self, name: str, pool: Sequence[int]) -> list[int]:
        """The sizes of a pool that are no others, larger than the places that are spoken of."""
        reach = self.reach if name in self.far else 0
        reach += reach % 2 if name in self.skew else 0  # those of skew matrices stay even
        found = [size + reach for size in pool]
        return [size for size in found if size not in self.taken] or [found[-1] + 1]

    def members(self, sizes: Mapping[str, int]) -> int:
        """How many settings the one-hot vectors have: there are few of them, so that all have to be
        visited.
        """
        return prod([v.dims[0].size(dict(sizes)) for v in self.onehot if len(v.dims) == 1])

    @property
    def loose(self) -> bool:
        """Whether some rows add up to 1 and are more than one-hot ones, of which a matrix has too
        many to visit them all. What holds for such rows holds for those, and may fail where those
        do not.
        """
        return any(len(v.dims) == 2 for v in self.onehot)

    def point(
        self, field: Generators, sizes: Mapping[str, int], count: int, meter: Meter, turn: int
    ) -> dict[str, Jet]:
        """A value for every variable; ``turn`` counts the points, and says what the integer
        exponents are.
        """
        found = {}
        places = turn
        for name, variable in self.variables.items():
            extent = tuple([size.size(dict(sizes)) for size in variable.shape])
            meter.pay(prod(extent))
            if name in self.exponents:
                value = 2 + turn % EXPONENTS
                found[name] = constant((), [value], count, Fraction(value))
            elif variable.kind == "onehot" and len(extent) == 1:
                places, place = divmod(places, extent[0])
                found[name] = constant(
                    extent, [field.square(1) if k == place else 0 for k in range(extent[0])], count
                )
            else:
                found[name] = constant(
                    extent, _VALUES.get(variable.kind, _free)(field, extent), count
                )
        return found


def _is_positive(exponent: Expr) -> bool:
    return exponent.op == "number" and exponent.value > 0


def direction(stream: Stream, kind: str, extent: Extent) -> Entries:
    """A random direction; for the structured kinds one in which such a matrix can move."""
    entries = stream.some(prod(extent))
    return repeat_entries(entries, kind, extent[0]) if kind in SPACES else entries


def repeat_entries(a: Entries, kind: str, n: int) -> Entries:
    """The matrix of a structured kind with the independent entries of a."""
    found = [0] * len(a)
    for places in independent(kind, n):
        row, column, _ = places[0]
        for i, j, sign in places:
            found[i * n + j] = sign * a[row * n + column] % P
    return found


def _free(field: Generators, extent: Extent) -> Entries:
    return field.stream.some(prod(extent))


def _structured_value(kind: str) -> Callable[[Generators, Extent], Entries]:
    return lambda field, extent: direction(field.stream, kind, extent)


def _psd(field: Generators, extent: Extent) -> Entries:
    """B*B', and its determinant is positive."""
    n = extent[0]
    B = _free(field, extent)
    result = product(B, transpose(B, n, n), n, n, n)
    field.positive(determinant(result, n))
    return result


def _rotation(field: Generators, extent: Extent) -> Entries:
    """(1 - K)*inv(1 + K) of a skew K (Cayley), which is orthogonal; its first row turned for a
    determinant of -1.
    """
    n = extent[0]
    K = repeat_entries(_free(field, extent), "skew", n)
    unit = identity(n)
    Q = product(plus(unit, scale_entries(-1, K)), invert(plus(unit, K), n), n, n, n)
    return scale_entries(field.choice(), Q[:n]) + Q[n:]


def _unit_vector(field: Generators, extent: Extent) -> Entries:
    """w = 2*a/(1 + a'*a) and (1 - a'*a)/(1 + a'*a) for any a (stereographic projection)."""
    a = field.stream.some(extent[0] - 1)
    square = sum(x * x for x in a) % P
    scale = inverse((1 + square) % P)
    return [*(2 * x * scale % P for x in a), (1 - square) * scale % P]


def _shares(field: Generators, extent: Extent) -> Entries:
    """Rows that add up to 1."""
    rows, columns = extent
    found: Entries = []
    for _ in range(rows):
        row = field.stream.some(columns - 1)
        found += [*row, (1 - sum(row)) % P]
    return found


def _simplex(field: Generators, extent: Extent) -> Entries:
    """The squares of a unit vector."""
    return [field.square(w) for w in _unit_vector(field, extent)]


def _sphere(field: Generators, extent: Extent) -> Entries:
    """A unit vector; the root of the sum of its squares is 1, and not -1."""
    field.square(1)
    return _unit_vector(field, extent)


def _orthonormal(field: Generators, extent: Extent) -> Entries:
    """The first columns of a rotation."""
    n, p = extent
    if p > n:
        raise Never("more orthonormal columns than rows")
    Q = _rotation(field, (n, n))
    return [x for k, x in enumerate(Q) if k % n < p]


_VALUES: dict[str, Callable[[Generators, Extent], Entries]] = {
    ZERO: lambda field, extent: [0] * prod(extent),
    "positive": lambda field, extent: [field.free_square() for _ in range(prod(extent))],
    "simplex": _simplex,
    "onehot": _shares,
    "sphere": _sphere,
    "orthonormal": _orthonormal,
    **{kind: _structured_value(kind) for kind in SPACES},
    "psd": _psd,
    "orthogonal": _rotation,
}
