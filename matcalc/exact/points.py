"""Sizes and random points: variables of each declared kind, and directions within it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from math import prod

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder
from matcalc.exact.field import (
    Entries,
    Extent,
    Meter,
    Stream,
    determinant,
    identity,
    inverted,
    plus,
    product,
    scaled,
    transposed,
)
from matcalc.exact.generators import Generators
from matcalc.exact.jets import Jet, constant

# sizes of the dimensions in order of appearance: 3 first, since 2 x 2 rotations commute; 4 or 2 for the inverse of a skew
# matrix; numbers that have roots in the field
_POOLS = ((3, 2, 4, 5, 6, 7, 8, 9), (2, 3, 4, 5, 6, 7, 8, 9), (4, 3, 2, 5, 6, 7, 8, 9), (2, 4, 5, 8, 9, 10))
STRUCTURED = ("symmetric", "psd", "diagonal", "skew")
_EXPONENTS = 4  # integer exponents are drawn from 2, 3, 4, 5


class Setting:
    """What is known of the trees before a point is drawn: the names of their dimensions, and which variables are exponents."""

    def __init__(self, trees: Sequence[Expr], variables: Mapping[str, Variable]) -> None:
        self.variables = variables
        dims: dict[Dim, None] = {size: None for variable in variables.values() for size in variable.dims}
        exponents = []
        for tree in trees:
            for node in postorder(tree, lambda node: node.args):
                for size in node.shape:
                    dims[size] = None
                if node.op == "dimension":
                    dims[node.value] = None
                elif node.op == "frechet_power" or (node.op == "^" and node.args[0].rank == 2):
                    exponents.append(node.args[1])
        self.names = list(dict.fromkeys(name for size in dims for name in size.names))
        self.taken = {size.integer for size in dims}
        inside = (node for exponent in exponents for node in postorder(exponent, lambda node: node.args))
        self.exponents = {node.value for node in inside if node.op == "variable"}

    def sizes(self) -> Iterator[dict[str, int]]:
        """Ways to give each dimension a size of its own."""
        for pool in _POOLS:
            free = [size for size in pool if size not in self.taken]
            yield {name: free[k % len(free)] for k, name in enumerate(self.names)}

    def point(self, world: Generators, sizes: Mapping[str, int], count: int, meter: Meter) -> dict[str, Jet]:
        """A value for every variable."""
        found = {}
        for name, variable in self.variables.items():
            extent = tuple([size.size(dict(sizes)) for size in variable.shape])
            meter.pay(prod(extent))
            if name in self.exponents:
                value = 2 + world.stream.draw() % _EXPONENTS
                found[name] = constant((), [value], count, Fraction(value))
            else:
                found[name] = constant(extent, _VALUES.get(variable.kind, _free)(world, extent), count)
        return found


def direction(stream: Stream, kind: str, extent: Extent) -> Entries:
    """A random direction; for the structured kinds one in which such a matrix can move."""
    entries = stream.some(prod(extent))
    if kind not in STRUCTURED:
        return entries
    return projected(entries, kind, extent[0])


def projected(a: Entries, kind: str, n: int) -> Entries:
    """a + a', a - a', or the diagonal of a."""
    if kind == "diagonal":
        return [x if k % (n + 1) == 0 else 0 for k, x in enumerate(a)]
    return plus(a, scaled(-1 if kind == "skew" else 1, transposed(a, n, n)))


def _free(world: Generators, extent: Extent) -> Entries:
    return world.stream.some(prod(extent))


def _structured(kind: str) -> Callable[[Generators, Extent], Entries]:
    return lambda world, extent: projected(_free(world, extent), kind, extent[0])


def _psd(world: Generators, extent: Extent) -> Entries:
    """B*B', and its determinant is positive."""
    n = extent[0]
    B = _free(world, extent)
    result = product(B, transposed(B, n, n), n, n, n)
    world.positive(determinant(result, n))
    return result


def _rotation(world: Generators, extent: Extent) -> Entries:
    """(1 - K)*inv(1 + K) of a skew K (Cayley), which is orthogonal; times -1 or not, for a determinant of either sign."""
    n = extent[0]
    K = projected(_free(world, extent), "skew", n)
    unit = identity(n)
    sign = 1 if world.stream.draw() % 2 else -1
    return scaled(sign, product(plus(unit, scaled(-1, K)), inverted(plus(unit, K), n), n, n, n))


_VALUES: dict[str, Callable[[Generators, Extent], Entries]] = {
    "positive": lambda world, extent: [world.free_square()],
    "symmetric": _structured("symmetric"),
    "skew": _structured("skew"),
    "diagonal": _structured("diagonal"),
    "psd": _psd,
    "orthogonal": _rotation,
}
