"""A product read as a graph and reduced: indices are vertices, two-axis factors edges, one-axis
factors weights on vertices.

Summed vertices go away one by one: without edges an inner product, a sum or a trace; with one edge
a matrix-vector product, which becomes a weight of the neighbour; with two edges a matrix product.
Parallel edges are Hadamard products. Weighted vertices go first, so that products end in vectors
(``A*(w.*x)``, not ``A*diag(w)*x``).
"""

from __future__ import annotations

from collections import Counter
from itertools import product
from typing import NamedTuple

from matcalc.core.dims import Dim
from matcalc.core.operations import TRIANGLES
from matcalc.core.tree import Expr, is_number
from matcalc.engine.ir.nodes import Labels, Rational
from matcalc.engine.recovery.chains import (
    Chain,
    EntryProduct,
    Link,
    LinkKey,
    flip,
    is_mask,
    key,
)
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.masks import is_off_diagonal
from matcalc.engine.recovery.writer import ProductWriter

Edge = tuple[int, int, Chain]
Hyper = tuple[Expr, Labels]


class ProductNotation(NamedTuple):
    """Which of equal products of fused indices is written.

    Commutations in front or after, columns beside rows or apart, diag(vec(M)) in front or M inside
    of a Khatri-Rao product.
    """

    left: bool = False
    paired: bool = False
    scaled: bool = False


DEFAULT_NOTATION = ProductNotation()
PRODUCT_NOTATIONS = tuple(
    ProductNotation(left, paired, scaled)
    for scaled, paired, left in product((False, True), repeat=3)
)


class NotationPreferences:
    """A notation that records which of its choices were asked for: only those can make a
    difference.
    """

    def __init__(self, notation: ProductNotation) -> None:
        self.notation = notation
        self.asked: set[str] = set()

    def chooses(self, name: str) -> bool:
        """One choice of the notation."""
        self.asked.add(name)
        chosen: bool = getattr(self.notation, name)
        return chosen

    def agrees(self, notation: ProductNotation) -> bool:
        """Whether another notation makes the same of all that this one was asked for."""
        return all(getattr(notation, name) == getattr(self.notation, name) for name in self.asked)


class Graph:
    """One product while it is being reduced; labels below ``rank`` are outputs."""

    def __init__(
        self,
        factory: ExpressionFactory,
        writer: ProductWriter,
        rank: int,
        dims: dict[int, Dim],
        preferences: NotationPreferences,
    ) -> None:
        self.factory = factory
        self.writer = writer
        self.rank = rank
        self.dims = dims
        self.chooses = preferences.chooses
        self._edges: dict[int, Edge] = {}
        self._at: dict[int, list[int]] = {label: [] for label in dims}  # vertex -> its edges
        self._serial = 0
        self._ways: Counter[frozenset[int]] = Counter()  # how many edges join two vertices
        self._parallels = 0  # pairs of vertices that several edges join
        self._rings = 0  # edges from a vertex to itself
        self.weights: dict[int, list[tuple[Chain, Rational]]] = {label: [] for label in dims}
        self.coefficient: Rational = 1  # what reduction finds besides
        self.scalars: list[tuple[Expr, Rational]] = []
        self.hyper: list[
            Hyper
        ] = []  # factors with three axes or more; only ``fused`` takes them apart
        self.symmetric: set[int] = set()  # ids of those that are derivatives at a symmetric matrix
        self.roots: list[
            tuple[Expr, Expr]
        ] = []  # scalars found to be squares, with the array whose norm they square

    def fresh(self, size: Dim) -> int:
        """A new vertex."""
        label = max(self.dims) + 1
        self.dims[label], self.weights[label], self._at[label] = size, [], []
        return label

    def add_edge(self, first: int, second: int, expr: Expr, symmetric: bool) -> None:
        """A two-axis factor."""
        self.connect(first, second, (Link(expr, False, symmetric),))

    def add_factor(self, expr: Expr, labels: Labels) -> None:
        """A factor with any number of axes."""
        if len(labels) == 1:
            self.add_weight(labels[0], (Link(expr),))
        elif len(labels) == 2:
            self.add_edge(labels[0], labels[1], expr, symmetric=False)
        else:
            self.hyper.append((expr, labels))

    def total(self, expr: Expr, root: Expr | None) -> None:
        """The sum of all entries, a scalar; ``root`` where they are squares."""
        if root is not None:
            self._square(self._sum(expr), root)
        else:
            self.scalars.append((self._sum(expr), 1))

    def connect(self, first: int, second: int, chain: Chain) -> None:
        """A new edge."""
        self._edges[self._serial] = (first, second, chain)
        ends = frozenset((first, second))
        self._ways[ends] += 1
        self._parallels += self._ways[ends] == 2
        self._rings += first == second
        for label in {first, second}:
            self._at[label].append(self._serial)
        self._serial += 1

    def cut(self, serial: int) -> Edge:
        """Take an edge away."""
        edge = self._edges.pop(serial)
        ends = frozenset(edge[:2])
        self._ways[ends] -= 1
        self._parallels -= self._ways[ends] == 1
        self._rings -= len(ends) == 1
        for label in set(edge[:2]):
            self._at[label].remove(serial)
        return edge

    @property
    def edges(self) -> list[Edge]:
        """The edges, oldest first."""
        return list(self._edges.values())

    def between(self, first: int, second: int) -> list[int]:
        """The edges that join two vertices."""
        return [
            serial for serial in self._at[first] if set(self._edges[serial][:2]) == {first, second}
        ]

    def add_weight(self, label: int, chain: Chain, exponent: Rational = 1) -> None:
        """A one-axis factor."""
        weights = self.weights[label]
        for position, (known, e) in enumerate(weights):
            if key(known) == key(chain):
                weights[position] = (known, e + exponent)
                return
        weights.append((chain, exponent))

    def reduce(self) -> None:
        """Take summed vertices away until no rule applies."""
        # where all that is left are outputs there is nothing else to do
        while (len(self.weights) > self.rank or self._parallels or self._rings) and (
            self._loops()
            or self._close()
            or self._leaf(weighted=True)
            or self._parallel()
            or self._series()
            or self._leaf(weighted=False)
        ):
            pass

    # queries

    def incident(self, label: int) -> list[Edge]:
        """The edges at a vertex, turned to leave from it."""
        found = []
        for serial in self._at.get(label, ()):
            first, second, chain = self._edges[serial]
            found.append((first, second, chain) if first == label else (second, first, flip(chain)))
        return found

    def degree(self, label: int) -> int:
        """How many edges there are at a vertex."""
        return len(self._at.get(label, ()))

    def free(self, label: int) -> bool:
        """Whether the vertex is summed and touches no factor of three axes."""
        return (
            label >= self.rank
            and label in self.weights
            and not (self.hyper and any(label in labels for _, labels in self.hyper))
        )

    def drop(self, label: int) -> None:
        """Remove a vertex and its edges."""
        del self.weights[label]
        for serial in list(self._at[label]):
            self.cut(serial)

    def vector(self, parts: EntryProduct, label: int) -> Chain:
        """The entry-by-entry product of weights as the end of a chain."""
        if len(parts) == 1 and parts[0][1] == 1:
            return parts[0][0]
        return (Link(self.writer.multiply(parts, (self.dims[label],))),)

    def diagonal(self, parts: EntryProduct) -> Chain:
        """diag of the weights, as a link; nothing where there are none. diag(kron(ones, u)) is
        kron(eye, diag(u)).
        """
        if not parts:
            return ()
        first, alone = parts[0][0][0].expr, len(parts) == 1 and parts[0][1] == 1
        spread = self.writer.krons.get(id(first), ()) if first.op == "kron" and alone else ()
        if len(parts[0][0]) == 1 and any(_ones(factor) for factor in spread):
            return self.writer.spread("kron", [self._diagonal(((factor, 1),)) for factor in spread])
        return self._diagonal(parts)

    def _diagonal(self, parts: EntryProduct) -> Chain:
        if len(parts) == 1 and _ones(parts[0][0]):
            return (Link(self.factory.eye(parts[0][0][0].expr.shape[0]), False, True),)
        vector = self.writer.multiply(parts, parts[0][0][0].expr.shape[:1])
        return (Link(self.factory.call("diag", (vector,), vector.shape * 2), False, True),)

    # rules

    def _loops(self) -> bool:
        """M[v,v]: the diagonal of M is a weight; its sum a trace."""
        for serial, (first, second, chain) in self._edges.items():
            if first != second:
                continue
            self.cut(serial)
            if self.free(first) and not self.weights[first] and not self.degree(first):
                self.drop(first)
                self._trace(chain)
            else:
                diagonal = self.factory.call(
                    "diag", (self.writer.product(chain),), (self.dims[first],)
                )
                self.add_weight(first, (Link(diagonal),))
            return True
        return False

    def _trace(self, chain: Chain) -> None:
        half = len(chain) // 2
        for start in range(half if len(chain) % 2 == 0 else 0):
            turned = chain[start:] + chain[:start]
            if key(turned[:half]) == key(flip(turned[half:])):
                # tr(M'*M) is the squared Frobenius norm
                self._square(self.writer.trace(chain), self.writer.product(turned[half:]))
                return
        self.scalars.append((self.writer.pairing(chain), 1))

    def _square(self, scalar: Expr, root: Expr) -> None:
        self.scalars.append((scalar, 1))
        self.roots.append((scalar, root))

    def _close(self) -> bool:
        """A vertex without edges: sum of its weights."""
        for label in [label for label in self.weights if not self._at[label]]:
            if self.free(label):
                weights = self.weights[label]
                self.drop(label)
                self._total(weights, label)
                return True
        return False

    def _total(self, weights: list[tuple[Chain, Rational]], label: int) -> None:
        """sum_i u_i * v_i * ... as an inner product, a sum or a squared norm."""
        size = self.dims[label]
        if not weights:
            self.scalars.append((self.factory.make("dimension", value=size), 1))
        elif len(weights) == 1 and weights[0][1] == 2:
            chain = weights[0][0]
            self._square(self.writer.scalar(flip(chain) + chain), self.writer.product(chain))
        elif len(weights) == 1:
            self.scalars.append((self._sum(self.writer.hadamard(tuple(weights), (size,))), 1))
        elif (root := self._weighted_root(weights, label)) is not None:
            self._square(self.writer.scalar(flip(root) + root), self.writer.product(root))
        else:
            # the plainest weight is the row; a chain reads best as the column
            ordered = sorted(
                weights,
                key=lambda w: (
                    w[1] != 1,
                    len(w[0]) > 1,
                    *self.writer.order(self.writer.product(w[0])),
                ),
            )
            if ordered[0][1] < 0 or all(exponent < 0 for _, exponent in ordered[1:]):
                self.scalars.append((self._sum(self.writer.hadamard(tuple(weights), (size,))), 1))
                return
            row, column = self.vector((ordered[0],), label), self.vector(tuple(ordered[1:]), label)
            whole = flip(row) + column
            half = len(whole) // 2
            if len(whole) % 2 == 0 and key(whole[:half]) == key(flip(whole[half:])):
                self._square(self.writer.scalar(whole), self.writer.product(whole[half:]))
            else:
                self.scalars.append((self.writer.scalar(whole), 1))

    def _weighted_root(self, weights: list[tuple[Chain, Rational]], label: int) -> Chain | None:
        """W'*(s.*u), the square of whose norm is the sum of s, u and W*W'*(s.*u)."""
        for place, (chain, exponent) in enumerate(weights):
            if exponent == 1 and len(weights) > 2 and len(chain) > 2 and len(chain) % 2:
                others = weights[:place] + weights[place + 1 :]
                whole = flip(self.vector(tuple(others), label)) + chain
                root = whole[len(whole) // 2 :]
                if key(whole[: len(root)]) == key(flip(root)):
                    return root
        return None

    def _sum(self, inside: Expr) -> Expr:
        if inside.op == "abs":
            return self.factory.call("norm1", inside.args, ())
        return self.factory.call("sum", (inside,), ())

    def _leaf(self, *, weighted: bool) -> bool:
        """A vertex with one edge: matrix times vector, a weight of the neighbour."""
        ends = [label for label in self.weights if len(self._at[label]) == 1]
        for label in sorted(ends, reverse=True):
            if bool(self.weights[label]) != weighted or not self.free(label):
                continue
            ((_, other, chain),) = self.incident(label)
            if (
                not weighted
                and self.free(other)
                and not self.weights[other]
                and self.degree(other) == 1
            ):
                self.drop(label)
                self.drop(other)
                inside = min(
                    self.writer.matrix(chain),
                    self.writer.matrix(flip(chain)),
                    key=self.writer.order,
                )
                self.total(inside, self._entrywise_root(inside))
                return True
            end = (
                self.vector(tuple(self.weights[label]), label)
                if weighted
                else (Link(self._ones(label)),)
            )
            self.drop(label)
            across = flip(chain)
            self.add_weight(other, self._others(across, end) or across + end)
            return True
        return False

    def _others(self, chain: Chain, end: Chain) -> Chain:
        """sum(x) - x for (matrix(1) - eye)*x, where that is shorter; not of exponentials, among
        which the largest would hide the others. Empty where it is something else.
        """
        if len(chain) != 1 or not is_off_diagonal(chain[0].expr):
            return ()
        vector, plain = self.writer.product(end), self.writer.product(chain + end)
        if not vector.operations.isdisjoint(("exp", "fill")):
            return ()
        whole = self.factory.binary("-", self._sum(vector), vector)
        return (Link(whole),) if self.factory.size(whole) < self.factory.size(plain) else ()

    def _entrywise_root(self, square: Expr) -> Expr | None:
        """R for R.^2, tril(R) for tril(R.^2)."""
        if square.op in TRIANGLES:
            root = self._entrywise_root(square.args[0])
            return (
                None
                if root is None
                else self.factory.make(square.op, (root, *square.args[1:]), square.shape)
            )
        return square.args[0] if square.op == ".^" and is_number(square.args[1], 2) else None

    def _ones(self, label: int) -> Expr:
        return self.factory.fill(self.factory.number(1), (self.dims[label],))

    def _parallel(self) -> bool:
        """Edges between the same two vertices: a Hadamard product; a row sum diag(A*B') where one
        end is bare and summed.
        """
        if not self._parallels:
            return False
        seen: set[tuple[int, int]] = set()
        for first, second, _ in self._edges.values():
            ends = (min(first, second), max(first, second))
            if ends not in seen:
                seen.add(ends)
                continue
            serials = self.between(*ends)
            mates = [
                c if (a, b) == ends else flip(c)
                for a, b, c in (self._edges[serial] for serial in serials)
            ]
            if len(mates) == 2 and not any(map(is_mask, mates)) and self._row_sum(ends, mates):
                return True
            for serial in serials:
                self.cut(serial)
            across = [flip(mate) for mate in mates]
            symmetric = Counter(map(key, across)) == Counter(map(key, mates))
            plain, turned = self._together(mates, ends), self._together(across, ends[::-1])
            # between two outputs the other direction costs a transpose
            cost = int(ends[1] < self.rank)
            if self.factory.size(plain) <= self.factory.size(turned) + cost:
                self.connect(*ends, (Link(plain, False, symmetric),))
            else:
                self.connect(*ends[::-1], (Link(turned, False, symmetric),))
            return True
        return False

    def _together(self, mates: list[Chain], ends: tuple[int, int]) -> Expr:
        """The Hadamard product of chains."""
        parts: dict[tuple[LinkKey, ...], tuple[Chain, Rational]] = {}
        for mate in mates:
            known = parts.get(key(mate))
            parts[key(mate)] = (mate, 1 if known is None else known[1] + 1)
        shape = self.dims[ends[0]], self.dims[ends[1]]
        return self.writer.multiply(tuple(parts.values()), shape)

    def _row_sum(self, ends: tuple[int, int], mates: list[Chain]) -> bool:
        """sum_j A[i,j] B[i,j] = (A*B')[i,i] for a bare summed j."""
        for label, other, turned in (
            (ends[1], ends[0], mates),
            (ends[0], ends[1], [flip(mate) for mate in mates]),
        ):
            if self.free(label) and not self.weights[label] and self.degree(label) == 2:
                self.drop(label)
                chain = min(
                    turned[0] + flip(turned[1]),
                    turned[1] + flip(turned[0]),
                    key=lambda c: self.writer.order(self.writer.product(c)),
                )
                self.connect(other, other, chain)
                return True
        return False

    def _series(self) -> bool:
        """A vertex with two edges: a matrix product, with the weights as a diagonal matrix
        between.
        """
        inner = [label for label in self.weights if len(self._at[label]) == 2 and self.free(label)]
        if not inner:
            return False
        label = min(inner, key=lambda v: (bool(self.weights[v]), v))
        (_, start, left), (_, end, right) = self.incident(label)
        middle = self.diagonal(tuple(self.weights[label]))
        self.drop(label)
        if len(right) == 1 and right[0].expr.op == "eye":
            right = ()
        self.connect(start, end, flip(left) + middle + right)
        return True

    # used by ``fused``

    def end(self, label: int) -> Chain:
        """The weights of a vertex as a vector, ones where there are none."""
        weights = tuple(self.weights[label])
        return self.vector(weights, label) if weights else (Link(self._ones(label)),)

    def vec_weight(self, k: int, i: int, j: int) -> bool:
        """Move an edge between i and j to k as vec(M); the weights of one of them too, if nothing
        else needs it.
        """
        between = self.between(i, j)
        if len(between) != 1:
            return False
        first, _, chain = self.cut(between[0])
        chain = chain if first == i else flip(chain)
        alone = all(self.has_one_hyper(label) and not self.degree(label) for label in (i, j))
        if alone and not (self.weights[i] and self.weights[j]):
            chain = (
                self.diagonal(tuple(self.weights[i]))
                + chain
                + self.diagonal(tuple(self.weights[j]))
            )
            self.weights[i], self.weights[j] = [], []
        self.add_weight(
            k, (Link(self.factory.call("vec", (self.writer.matrix(chain),), (self.dims[k],))),)
        )
        return True

    def count_hypers(self, label: int) -> int:
        """How many factors of three axes or more touch a vertex."""
        return sum(label in labels for _, labels in self.hyper)

    def has_one_hyper(self, label: int) -> bool:
        """Whether a summed vertex touches just one factor of three axes or more."""
        return label >= self.rank and self.count_hypers(label) == 1

    def matrix_between(self, first: int, second: int, hyper: Hyper) -> Chain | None:
        """What closes a pair of axes of a factor: an edge, or the outer product of weights; None if
        the pair stays open.
        """
        for label in (first, second):
            if label < self.rank or any(
                label in labels for expr, labels in self.hyper if (expr, labels) != hyper
            ):
                return None
        if first == second:
            size = self.dims[first]
            identity = (Link(self.factory.eye(size), False, True),)
            return (
                None
                if self.incident(first)
                else self.diagonal(tuple(self.weights[first])) or identity
            )
        edges = self.incident(first), self.incident(second)
        if [edge[1] for edge in edges[0]] == [second] and len(edges[1]) == 1:
            return (
                self.diagonal(tuple(self.weights[first]))
                + edges[0][0][2]
                + self.diagonal(tuple(self.weights[second]))
            )
        if not edges[0] and not edges[1]:
            if not self.weights[first] and not self.weights[second]:
                shape = (self.dims[first], self.dims[second])
                return (Link(self.factory.fill(self.factory.number(1), shape)),)
            return self.end(first) + flip(self.end(second))
        return None


def _ones(chain: Chain) -> bool:
    """Whether this is a vector of ones."""
    return len(chain) == 1 and chain[0].expr.op == "fill" and is_number(chain[0].expr.args[0], 1)
