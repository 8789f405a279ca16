"""How many multiplications and additions it takes to evaluate a typed tree at given sizes.

A division counts as a multiplication, a subtraction as an addition. Signs, transposes, identities
and the places of entries cost nothing. A part that occurs twice is computed once, and a product of
matrices in the order that multiplies least.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import prod
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.operations import ENTRIES, ENTRYWISE, PICKING, SIZES
from matcalc.core.tree import Expr, intern_trees, is_number

Sizes = Mapping[str, int]


class Count(NamedTuple):
    """Multiplications, additions, and values of functions of one number, such as exp."""

    multiplications: int = 0
    additions: int = 0
    functions: int = 0

    def plus(self, other: Count) -> Count:
        """Both."""
        return Count(*(a + b for a, b in zip(self, other, strict=True)))

    def times(self, number: int) -> Count:
        """So many times over."""
        return Count(*(number * each for each in self))

    @property
    def total(self) -> int:
        """Multiplications and additions."""
        return self.multiplications + self.additions


def sum_of(counts: Sequence[Count]) -> Count:
    """All together."""
    total = Count()
    for each in counts:
        total = total.plus(each)
    return total


def count(tree: Expr, sizes: Sizes) -> Count:
    """The operations of a tree.

    Raises ArgumentError where a size is missing, UnsupportedError for a function whose operations
    are not known.
    """
    (whole,) = intern_trees([tree])
    parts = whole.parts
    inner = {
        id(arg) for part in parts if part.op in ("*", "tr") for arg in part.args if arg.op == "*"
    }
    total = Count()
    for part in parts:
        if id(part) not in inner or not part.rank:
            total = total.plus(_own(part, sizes))
    return total


def entries(shape: Shape, sizes: Sizes) -> int:
    """How many entries an array has."""
    return prod([_number(size, sizes) for size in shape])


def _number(size: Dim, sizes: Sizes) -> int:
    require_sizes([size.letters], sizes)
    return size.size(dict(sizes))


def require_sizes(letters: Iterable[Iterable[str]], sizes: Sizes) -> None:
    """ArgumentError where sizes are missing; it names all of them."""
    needed = dict.fromkeys(name for each in letters for name in each)
    missing = [name for name in needed if name not in sizes]
    if missing:
        be = "size {} is" if len(missing) == 1 else "sizes {} are"
        given = ",".join(f"{name}={sizes.get(name, 100)}" for name in needed)
        raise ArgumentError(
            f"the {be.format(', '.join(missing))} needed to count operations",
            hint=f"for example --sizes {given}; --mode forward or --mode reverse alone does "
            "not count",
        )


def _own(part: Expr, sizes: Sizes) -> Count:
    """The operations of the root of a tree; of a product of matrices those of the whole chain."""
    if part.op in _FREE:
        return Count()
    if part.op == "*":
        return _product(part, sizes)
    rule = _RULES.get(part.op)
    if rule is not None:
        return rule(part, sizes)
    if part.op in ENTRYWISE:
        return Count(functions=entries(part.shape, sizes))
    name = "sums over indices" if part.op == "indexed" else part.op
    raise UnsupportedError(
        f"the operations of {name} are not counted",
        hint="matrix products, sums, inverses and functions of entries are",
    )


def _each(part: Expr, sizes: Sizes) -> Count:
    return Count(multiplications=entries(part.shape, sizes))


def _additions(part: Expr, sizes: Sizes) -> Count:
    if any(arg.op == "eye" for arg in part.args):
        return Count(additions=_number(part.shape[0], sizes))
    return Count(additions=entries(part.shape, sizes))


def _power(part: Expr, sizes: Sizes) -> Count:
    base, exponent = part.args
    whole = exponent.op == "number" and exponent.value.denominator == 1
    if not whole:
        return Count(functions=entries(part.shape, sizes))
    squarings = abs(int(exponent.value)).bit_length() - 1
    steps = squarings + bin(abs(int(exponent.value))).count("1") - 1 + int(exponent.value < 0)
    if part.op == "^" and base.rank == 2:
        n = _number(part.shape[0], sizes)
        return Count(n**3, n**2 * (n - 1)).times(steps)
    return Count(entries(part.shape, sizes) * steps)


def _sums(part: Expr, sizes: Sizes) -> Count:
    """sum, mean: one addition less than there are entries for each result."""
    results = entries(part.shape, sizes)
    added = entries(part.args[0].shape, sizes) - results
    return Count(results if part.op == "mean" else 0, added)


def _trace(part: Expr, sizes: Sizes) -> Count:
    """Of a product only the diagonal is computed."""
    inner = part.args[0]
    n = _number(inner.shape[0], sizes)
    if inner.op == "*" and inner.args[0].rank == 2:
        left, right = inner.args
        m = _number(left.shape[1], sizes)
        before = [_product(arg, sizes) for arg in (left, right) if arg.op == "*"]
        return sum_of([Count(n * m, n * m - 1), *before])
    return Count(additions=n - 1)


def _norm(part: Expr, sizes: Sizes) -> Count:
    size, results = entries(part.args[0].shape, sizes), entries(part.shape, sizes)
    return Count(size, size - results, results)


def _exponentials(part: Expr, sizes: Sizes) -> Count:
    """softmax, logsumexp, logsoftmax: the exponentials, their sums, and quotients."""
    size = entries(part.args[0].shape, sizes)
    quotients = entries(part.shape, sizes) if part.op == "softmax" else 0
    logarithms = 0 if part.op == "softmax" else 1
    return Count(quotients, size - 1, size + logarithms)


def _inverse(part: Expr, sizes: Sizes) -> Count:
    n = _number(part.shape[0], sizes)
    return Count(n**3, n**3)


def _determinant(part: Expr, sizes: Sizes) -> Count:
    n = _number(part.args[0].shape[0], sizes)
    return Count(n**3 // 3, n**3 // 3, int(part.op == "logdet"))


def _kron(part: Expr, sizes: Sizes) -> Count:
    return Count(entries(part.shape, sizes))


def _einsum(part: Expr, sizes: Sizes) -> Count:
    """One product for each choice of all letters, and factor but the first."""
    labels, outputs = part.value
    size = {
        label: axis
        for own, arg in zip(labels, part.args, strict=True)
        for label, axis in zip(own, arg.shape, strict=True)
    }
    every = prod([_number(axis, sizes) for axis in size.values()])
    results = prod([_number(size[label], sizes) for label in outputs])
    return Count(every * (len(part.args) - 1), every - results)


def _product(part: Expr, sizes: Sizes) -> Count:
    """A chain of factors, multiplied in the cheapest order; scalars last, on the smaller side."""
    scalars, factors = 0, []
    todo = [part]
    while todo:
        node = todo.pop()
        if node.op == "*" and (node is part or node.rank):
            todo += node.args[::-1]
        elif not node.rank:
            scalars += not is_number(node, 1) and not is_number(node, -1)
        elif node.op != "eye":
            factors.append(node)
    found = chain_count([_sides(node, sizes) for node in factors])
    smallest = min([entries(each.shape, sizes) for each in (part, *factors)], default=1)
    return found.plus(Count(scalars * smallest)) if factors else Count(scalars - 1)


class Side(NamedTuple):
    """A factor of a product: its rows and columns, and whether it is a diagonal matrix."""

    rows: int
    columns: int
    diagonal: bool = False


def _sides(node: Expr, sizes: Sizes) -> Side:
    if node.rank == 1:
        n = _number(node.shape[0], sizes)
        return Side(1, n) if node.row else Side(n, 1)
    rows, columns = (_number(size, sizes) for size in node.shape)
    return Side(rows, columns, node.op == "diag")


def chain_count(sides: Sequence[Side]) -> Count:
    """The product of a chain of matrices in the order with the fewest multiplications."""
    return chain_order(sides)[0] if sides else Count()


Order = int | tuple["Order", "Order"]  # a factor by its place, or the product of two


def chain_order(sides: Sequence[Side]) -> tuple[Count, Order]:
    """The cheapest order in which a chain of matrices is multiplied, by dynamic programming.

    Source: Cormen, Leiserson, Rivest & Stein, Introduction to Algorithms, 15.2; of Jacobians
    Griewank & Naumann, Accumulating Jacobians as chained sparse matrix products (2003).
    """
    best: dict[tuple[int, int], tuple[Count, Order, Side]] = {
        (k, k): (Count(), k, side) for k, side in enumerate(sides)
    }
    for length in range(1, len(sides)):
        for first in range(len(sides) - length):
            last = first + length
            tried = []
            for middle in range(first, last):
                one, left, a = best[first, middle]
                two, right, b = best[middle + 1, last]
                cost = one.plus(two).plus(pair_count(a, b))
                side = Side(a.rows, b.columns, a.diagonal and b.diagonal)
                tried.append((cost, (left, right), side))
            best[first, last] = min(tried, key=lambda each: (each[0].total, each[0]))
    cost, order, _ = best[0, len(sides) - 1]
    return cost, order


def pair_count(a: Side, b: Side) -> Count:
    """The product of two matrices."""
    if a.diagonal and b.diagonal:
        return Count(a.rows)
    if a.diagonal or b.diagonal:
        return Count(a.rows * b.columns)
    return Count(a.rows * a.columns * b.columns, a.rows * (a.columns - 1) * b.columns)


_FREE = frozenset(("variable", "number", "constant", "dimension", "eye", "unit", "neg", "'"))
_FREE |= {"fill", "slice", "blocks", "entry", "several"}
_FREE |= {name for name, place in SIZES.items() if place == 0}  # constants
_FREE |= {
    name for name, how in ENTRIES.items() if how in ("moved", "taken", "spread", "signed")
} - PICKING.keys()
_RULES: dict[str, Callable[[Expr, Sizes], Count]] = {
    "+": _additions,
    "-": _additions,
    ".*": _each,
    "./": _each,
    "/": _each,
    "^": _power,
    ".^": _power,
    "sum": _sums,
    "mean": _sums,
    "tr": _trace,
    "norm2": _norm,
    "softmax": _exponentials,
    "logsumexp": _exponentials,
    "logsoftmax": _exponentials,
    "inv": _inverse,
    "det": _determinant,
    "logdet": _determinant,
    "kron": _kron,
    "khatrirao": _kron,
    "einsum": _einsum,
}
