"""Products as chains of factors, and the cheapest order to multiply them out.

A chain is cut wherever a column meets a row (there it is an outer product of two shorter chains). A
part with a vector at an end is evaluated from that vector on: every factor is then touched once,
which no other order can beat. A part that consists of matrices alone is associated by dynamic
programming over nominal sizes. ``diag(v)`` scales rows or columns and ``inv(X)`` solves, as long as
there is something beside them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

from matcalc.core.dims import Dim, Shape
from matcalc.write.printers.numpy_apply import apply, spread
from matcalc.write.printers.numpy_facts import nonnegative
from matcalc.write.printers.numpy_nodes import OUTER, Builder, Node, is_ones

MATRIX, INVERSE, DIAGONAL, COLUMN, ROW = "matrix", "inverse", "diagonal", "column", "row"
_NOMINAL = 100  # the size that stands for every name
_PLANNED = 24  # longer chains of matrices are multiplied from the left
_ROTATED = 8  # longer traces are not searched for the best place to cut


class Factor(NamedTuple):
    """One factor: ``node`` is the matrix, the matrix to invert, the diagonal or the vector."""

    kind: str
    node: Node
    flipped: bool = False

    def transpose(self) -> Factor:
        """The factor of the transposed chain."""
        if self.kind in (COLUMN, ROW):
            return Factor(ROW if self.kind == COLUMN else COLUMN, self.node)
        return Factor(self.kind, self.node, self.kind != DIAGONAL and not self.flipped)

    @property
    def ends(self) -> tuple[Dim, Dim]:
        """Rows and columns of a factor that is no vector."""
        shape = self.node.shape
        return (
            (shape[0], shape[0])
            if self.kind == DIAGONAL
            else (shape[-1], shape[0])
            if self.flipped
            else (shape[0], shape[-1])
        )


@dataclass(slots=True)
class Product:
    """number * top / bottom * factors: a product that is not multiplied out yet; without factors a
    scalar or the identity.
    """

    shape: Shape
    number: Fraction = Fraction(1)
    top: list[Node] = field(default_factory=list)
    bottom: list[Node] = field(default_factory=list)
    factors: deque[Factor] = field(default_factory=deque)
    array: Node | None = None

    @property
    def scaled(self) -> bool:
        """Whether there is a coefficient."""
        return self.number != 1 or bool(self.top or self.bottom)

    def copy(self) -> Product:
        """One that may be changed."""
        return Product(
            self.shape, self.number, list(self.top), list(self.bottom), deque(self.factors)
        )

    def scale(self, other: Product) -> None:
        """Takes over a coefficient."""
        self.number *= other.number
        self.top += other.top
        self.bottom += other.bottom

    def transpose(self) -> Product:
        """The transposed product, the coefficient included."""
        factors = deque(factor.transpose() for factor in reversed(self.factors))
        return Product(self.shape[::-1], self.number, self.top, self.bottom, factors)


def shared_ends(left: Product, right: Product) -> tuple[int, int]:
    """How many factors two products of matrices begin with alike, and how many they end with alike;
    both keep what is left as a matrix.
    """
    a, b = list(left.factors), list(right.factors)
    if any(factor.kind in (COLUMN, ROW) for factor in [*a, *b]):
        return 0, 0
    most = min(len(a), len(b))
    first = next((k for k in range(most) if a[k] != b[k]), most)
    last = next((k for k in range(most - first) if a[-1 - k] != b[-1 - k]), most - first)
    return first, last


class Chains:
    """Multiplies chains out."""

    def __init__(self, builder: Builder, kept: frozenset[Node] = frozenset()) -> None:
        self.builder = builder
        self.kept = kept  # matrices that are computed anyway

    def array(self, product: Product) -> Node:
        """The value of a product: coefficient and chain."""
        if product.array is None:
            scalars, value = self.core(list(product.factors), product.shape)
            product.array = self._scaled(product, scalars, value)
        return product.array

    def core(self, factors: list[Factor], shape: Shape) -> tuple[list[Node], Node | None]:
        """The scalar factors that a chain contains, and the rest (None for a scalar)."""
        if len(shape) == 0 and not factors:
            return [], None
        if len(shape) > 2:
            return [], factors[0].node
        scalars: list[Node] = []
        ends: list[Node] = []
        for part in _parts(factors):
            if part and part[0].kind == ROW and part[-1].kind == COLUMN:
                scalars.append(
                    self.builder.dot(part[0].node, self._applied(part[1:-1], part[-1].node))
                )
            elif part and part[-1].kind == COLUMN:
                ends.append(self._applied(part[:-1], part[-1].node))
            elif part and part[0].kind == ROW:
                ends.append(
                    self._applied(
                        [factor.transpose() for factor in reversed(part[1:])], part[0].node
                    )
                )
            else:
                ends.append(self.matrix(part, shape))
        if len(ends) == 2:
            return scalars, self.builder.outer(*ends)
        return scalars, ends[0] if ends else None

    def _scaled(self, product: Product, scalars: list[Node], value: Node | None) -> Node:
        """number * top / bottom * value: the coefficient first, so that an array is scaled once."""
        build = self.builder
        top = product.top + scalars
        bare = not top and value is None
        if abs(product.number) != 1 or bare:
            top.insert(0, build.number(product.number))
        if value is not None and value.calls(OUTER) and product.scaled:
            # u*w' is scaled where it is a vector
            u, w = value.args
            column = Product(u.shape, product.number, product.top, product.bottom)
            return build.outer(self._scaled(column, scalars, u), w)
        if value is not None and value.calls("np.diag") and product.scaled:
            (weights,) = value.args
            column = Product(weights.shape, product.number, product.top, product.bottom)
            return build.call("np.diag", self._scaled(column, scalars, weights), shape=value.shape)
        coefficient = reduce(build.times, top) if top else None
        result = coefficient if coefficient is not None else value
        assert result is not None
        for divisor in product.bottom:
            result = build.infix("/", result, divisor, result.shape)
        if coefficient is not None and value is not None:
            result = build.times(result, value)
        return build.negative(result) if product.number == -1 and not bare else result

    def single(self, factor: Factor) -> Node:
        """One factor as an array of its own."""
        if factor.kind == DIAGONAL:
            return self.builder.call("np.diag", factor.node, shape=factor.node.shape * 2)
        if factor.kind == INVERSE:
            node = self.builder.call("np.linalg.inv", factor.node, shape=factor.node.shape)
            return self.builder.transposed(node) if factor.flipped else node
        return self._oriented(factor)

    def _oriented(self, factor: Factor) -> Node:
        return self.builder.transposed(factor.node) if factor.flipped else factor.node

    def _applied(self, factors: Sequence[Factor], vector: Node) -> Node:
        """Matrix factors times a column, from the right."""
        for factor in reversed(factors):
            vector = self._apply(factor, vector)
        return vector

    def _apply(self, factor: Factor, vector: Node) -> Node:
        if factor.kind == DIAGONAL:
            return factor.node if is_ones(vector) else self.builder.times(factor.node, vector)
        if factor.kind == INVERSE:
            return self.builder.call(
                "np.linalg.solve", self._oriented(factor), vector, shape=vector.shape
            )
        return apply(self.builder, factor.node, factor.flipped, vector, self.kept)

    def matrix(self, factors: Sequence[Factor], shape: Shape) -> Node:
        """A chain without vectors."""
        if not factors:
            return self.builder.filled("np.eye", shape)
        factors = self._merged(factors)
        distributed = self._distributed(factors) or self._gram(factors)
        if distributed is not None:
            return distributed
        if len(factors) > _PLANNED:
            result = factors[0]
            for factor in factors[1:]:
                result = self._combined(result, factor)
            return self.single(result)
        return self.single(self._planned(factors, _splits(factors)[1], 0, len(factors) - 1))

    def _merged(self, factors: Sequence[Factor]) -> list[Factor]:
        """Neighbouring diagonals as one."""
        result: list[Factor] = []
        for factor in factors:
            if result and result[-1].kind == factor.kind == DIAGONAL:
                result.append(Factor(DIAGONAL, self.builder.times(result.pop().node, factor.node)))
            else:
                result.append(factor)
        return result

    def _distributed(self, factors: Sequence[Factor]) -> Node | None:
        """L*(D - u*w')*R as L*D*R - (L*u)*(R'*w)': the dyads of a sum are multiplied as vectors;
        None where no factor is a sum with a dyad.
        """
        if len(factors) == 1:
            return None
        for place, factor in enumerate(factors):
            if factor.kind != MATRIX or factor.node in self.kept:
                continue
            terms = spread(factor.node)
            dyads = [(sign, term) for sign, term in terms if term.calls(OUTER)]
            if not dyads:
                continue
            left, right = factors[:place], factors[place + 1 :]
            total: Node | None = None
            for middle in self._joined(terms, factor.flipped):
                total = self._plus(total, 1, self.matrix([*left, middle, *right], ()))
            turned = [each.transpose() for each in reversed(right)]
            for sign, dyad in dyads:
                u, w = dyad.args if not factor.flipped else dyad.args[::-1]
                outer = self.builder.outer(self._applied(left, u), self._applied(turned, w))
                total = self._plus(total, sign, outer)
            return total
        return None

    def _joined(self, terms: Sequence[tuple[int, Node]], flipped: bool) -> list[Factor]:
        """The terms of a sum that are no dyads as one factor, or as two: the diagonal of the sum
        and the rest.
        """
        rest: Node | None = None
        for sign, term in terms:
            if not term.calls(OUTER):
                rest = self._plus(rest, sign, term)
        if rest is None:
            return []
        if rest.calls("np.diag"):
            return [Factor(DIAGONAL, rest.args[0])]
        return [Factor(MATRIX, rest, flipped)]

    def _plus(self, total: Node | None, sign: int, term: Node) -> Node:
        if total is None:
            return term if sign > 0 else self.builder.negative(term)
        return self.builder.infix("+" if sign > 0 else "-", total, term, term.shape)

    def _gram(self, factors: Sequence[Factor]) -> Node | None:
        """B'*D*B with a diagonal D as Z'*Z with Z = sqrt(D)*B, or as B'*(D*B); BLAS computes one
        half of Z'*Z and mirrors it. None where the chain is not the same from both ends.
        """
        half = len(factors) // 2
        if half == 0 or any(
            factors[place].transpose() != factors[-1 - place] for place in range(half)
        ):
            return None
        right = list(factors[len(factors) - half :])
        if len(factors) % 2 and factors[half].kind == DIAGONAL:
            weight = factors[half].node
            if not nonnegative(weight):
                return None
            root = self.builder.call("np.sqrt", weight, shape=weight.shape)
            right.insert(0, Factor(DIAGONAL, _idempotent(weight) or root))
        elif len(factors) % 2:
            return self._between(factors[half], right)
        Z = self.matrix(right, ())
        return self.builder.infix("@", self.builder.transposed(Z), Z, (Z.shape[1], Z.shape[1]))

    def _between(self, middle: Factor, right: list[Factor]) -> Node | None:
        """R'*M*R, R being a product that is worth computing once."""
        if all(factor.kind == DIAGONAL for factor in right) or middle.kind == INVERSE:
            return None
        R = self.matrix(right, ())
        inner = self.matrix([middle, Factor(MATRIX, R)], ())
        shape = (R.shape[1], R.shape[1])
        return self.builder.infix("@", self.builder.transposed(R), inner, shape)

    def _transposed(self, factors: Sequence[Factor]) -> Node:
        """The transpose of a chain without vectors, of the whole or factor by factor: whichever
        takes fewer transposes.
        """
        turned = [factor.transpose() for factor in reversed(factors)]
        if (
            sum(factor.flipped for factor in turned)
            <= sum(factor.flipped for factor in factors) + 1
        ):
            return self.matrix(turned, ())
        return self.builder.transposed(self.matrix(factors, ()))

    def _planned(
        self, factors: Sequence[Factor], split: dict[tuple[int, int], int], first: int, last: int
    ) -> Factor:
        """The factors from first to last in the planned order; the depth is bounded by the length
        of planned chains.
        """
        if first == last:
            return factors[first]
        middle = split[first, last]
        return self._combined(
            self._planned(factors, split, first, middle),
            self._planned(factors, split, middle + 1, last),
        )

    def _combined(self, left: Factor, right: Factor) -> Factor:
        """The product of two factors."""
        build = self.builder
        if left.kind == DIAGONAL and right.kind == DIAGONAL:
            return Factor(DIAGONAL, build.times(left.node, right.node))
        if left.kind == DIAGONAL:
            node = build.rows_scaled(left.node, self.single(right))
        elif right.kind == DIAGONAL:
            node = build.times(self.single(left), right.node)
        elif left.kind == INVERSE:
            other = self.single(right)
            node = build.call("np.linalg.solve", self._oriented(left), other, shape=other.shape)
        elif right.kind == INVERSE:  # B*inv(X) = (inv(X)'*B')'
            other = build.transposed(self.single(left))
            matrix = build.transposed(self._oriented(right))
            node = build.transposed(build.call("np.linalg.solve", matrix, other, shape=other.shape))
        else:
            node = build.infix(
                "@", self._oriented(left), self._oriented(right), (left.ends[0], right.ends[1])
            )
        return Factor(MATRIX, node)

    def diagonal(self, factors: list[Factor], shape: Shape) -> tuple[list[Node], Node]:
        """The scalar factors and the diagonal of a square chain: no product is formed of which only
        the diagonal is wanted.
        """
        build = self.builder
        if any(factor.kind in (COLUMN, ROW) for factor in factors):
            scalars, outer = self.core(factors, shape)
            assert outer is not None
            return scalars, build.times(*outer.args)
        weights = []
        while factors and factors[0].kind == DIAGONAL:
            weights.append(factors.pop(0).node)
        while factors and factors[-1].kind == DIAGONAL:
            weights.append(factors.pop().node)
        if factors or not weights:
            weights.append(self._matrix_diagonal(factors, shape))
        return [], reduce(build.times, weights)

    def _matrix_diagonal(self, factors: list[Factor], shape: Shape) -> Node:
        if not factors:
            return self.builder.filled("np.ones", shape[:1])
        if len(factors) == 1 or any(factor.kind == INVERSE for factor in factors):
            return self.builder.call("np.diagonal", self.matrix(factors, shape), shape=shape[:1])
        cut = _cut(factors)[1]
        return self.builder.paired(
            self.matrix(factors[:cut], ()), self._transposed(factors[cut:]), axis=1
        )

    def trace(self, factors: list[Factor], shape: Shape) -> list[Node]:
        """tr of a chain as a product of scalars; the chain may be turned round: tr(A*B) =
        tr(B*A).
        """
        build = self.builder
        while factors and factors[-1].kind != ROW and any(factor.kind == ROW for factor in factors):
            factors.insert(0, factors.pop())
        if factors and factors[-1].kind == ROW:
            return self.core([factors[-1], *factors[:-1]], ())[0]
        if not factors:
            return [build.size(shape[0])]
        if len(factors) == 1:
            factor = factors[0]
            return [
                build.total(factor.node)
                if factor.kind == DIAGONAL
                else build.call("np.trace", self.single(factor))
            ]
        inverse = next(
            (place for place, factor in enumerate(factors) if factor.kind == INVERSE), None
        )
        if inverse is not None:
            turned = factors[inverse:] + factors[:inverse]
            return [build.call("np.trace", self.matrix(turned, (turned[0].ends[0],) * 2))]
        weight = next(
            (place for place, factor in enumerate(factors) if factor.kind == DIAGONAL), None
        )
        if weight is not None:
            rest = factors[weight + 1 :] + factors[:weight]
            return [build.dot(factors[weight].node, self.diagonal(rest, (rest[0].ends[0],) * 2)[1])]
        turns = range(len(factors)) if len(factors) <= _ROTATED else range(1)
        turned = min(
            (factors[turn:] + factors[:turn] for turn in turns), key=lambda each: _cut(each)[0]
        )
        cut = _cut(turned)[1]
        return [build.paired(self.matrix(turned[:cut], ()), self._transposed(turned[cut:]))]


def _idempotent(weight: Node) -> Node | None:
    """The weight itself, where it is made of zeros and ones."""
    return weight if weight.calls("step") else None


def _parts(factors: list[Factor]) -> list[list[Factor]]:
    """The chain, cut between every column and the row after it."""
    cuts = [
        place + 1
        for place, (left, right) in enumerate(pairwise(factors))
        if left.kind == COLUMN and right.kind == ROW
    ]
    return [factors[start:end] for start, end in pairwise([0, *cuts, len(factors)])]


def _size(dim: Dim) -> int:
    return max(1, dim.size(dict.fromkeys(dim.letters, _NOMINAL)))


def _cost(left: str, right: str, rows: int, inner: int, columns: int) -> int:
    """Nominal multiplications in a product of two factors of the given kinds (MATRIX: already an
    array).
    """
    factorisation = inner**3
    if DIAGONAL in (left, right):
        other = factorisation if INVERSE in (left, right) else 0
        return rows * columns + other
    solves = (left == INVERSE) + (right == INVERSE)
    return rows * inner * columns + solves * factorisation


def _splits(
    factors: Sequence[Factor],
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """For each part first..last of the chain: its least cost, and after which factor to split
    it.
    """
    sizes = [_size(factors[0].ends[0])] + [_size(factor.ends[1]) for factor in factors]
    cost = {(place, place): 0 for place in range(len(factors))}
    split: dict[tuple[int, int], int] = {}
    for length in range(1, len(factors)):
        for first in range(len(factors) - length):
            last = first + length
            cost[first, last], split[first, last] = min(
                (
                    cost[first, middle]
                    + cost[middle + 1, last]
                    + _cost(
                        factors[first].kind if first == middle else MATRIX,
                        factors[last].kind if middle + 1 == last else MATRIX,
                        sizes[first],
                        sizes[middle + 1],
                        sizes[last + 1],
                    ),
                    middle,
                )
                for middle in range(first, last)
            )
    return cost, split


def _cut(factors: Sequence[Factor]) -> tuple[int, int]:
    """The cheapest place to cut a chain of which only paired entries are wanted: the cost, and the
    length of the left part.
    """
    if len(factors) > _PLANNED:
        return 0, len(factors) - 1
    cost = _splits(factors)[0]
    last = len(factors) - 1
    sizes = [_size(factors[0].ends[0])] + [_size(factor.ends[1]) for factor in factors]
    return min(
        (cost[0, cut - 1] + cost[cut, last] + sizes[0] * sizes[cut], cut)
        for cut in range(1, len(factors))
    )
