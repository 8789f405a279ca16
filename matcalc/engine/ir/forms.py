"""Properties of products: a chain of matrices, a quadratic form, a trace, an entry-by-entry or a
Kronecker product.

The product is read as a graph: labels are vertices, two-axis factors edges, one-axis factors
weights. A chain is the sequence of
*links* from one vertex to another; a weight on the way is a diagonal matrix. No node is made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from matcalc.core.operations import PROJECTORS
from matcalc.engine.ir.nodes import Call, Factor, Leaf, Node, Product, Rational, is_atom
from matcalc.engine.ir.property_flags import (
    BY_KIND,
    CIRCULANT,
    DEFINITE,
    DIAGONAL,
    ENTRIES,
    HANKEL,
    INVERTIBLE,
    LOWER,
    NONNEGATIVE,
    ORTHOGONAL,
    POSITIVE,
    SEMIDEFINITE,
    SKEW,
    SYMMETRIC,
    TOEPLITZ,
    UPPER,
    ZEROS,
    closure,
    transpose_flags,
)

_LONGEST = 24  # links of a chain or a loop that is looked at
_REPEATS = TOEPLITZ | CIRCULANT | HANKEL
_ALL = (1 << 11) - 1 | _REPEATS

KnownFlags = Mapping[Node, int]
Key = tuple[object, ...]


class ChainMatrix(NamedTuple):
    """A matrix of a chain: what identifies it, what identifies its transpose up to ``sign``, and
    its flags.
    """

    key: Key
    mirror: Key
    sign: int
    flags: int

    def transpose(self) -> ChainMatrix:
        """The transpose, up to ``sign``."""
        return ChainMatrix(self.mirror, self.key, self.sign, transpose_flags(self.flags))


class Chain(NamedTuple):
    """A product of matrices, up to ``sign`` (skew matrices are not told from their transposes); no
    links are the identity.
    """

    links: tuple[ChainMatrix, ...]
    sign: int


def signs(node: Product, known: KnownFlags) -> int:
    """NONNEGATIVE or POSITIVE: what holds for every entry of every factor, or of what the factors
    form.
    """
    if node.coefficient <= 0:
        return NONNEGATIVE if node.coefficient == 0 else 0
    common = ENTRIES
    for factor, _, exponent in node.factors:
        common &= _power_sign(known[factor], exponent)
    if common or not any(labels for _, labels, _ in node.factors):
        return common
    if is_atom(node):
        return _form(node.factors, known)
    return _loops(node, known) if node.rank == 1 else 0


def _power_sign(flags: int, exponent: Rational) -> int:
    """Of x^e: roots are not negative, and nor are even powers; what is divided by is not zero."""
    if flags & POSITIVE:
        return ENTRIES
    if flags & NONNEGATIVE or exponent.denominator != 1 or exponent % 2 == 0:
        return ENTRIES if exponent < 0 else NONNEGATIVE
    return 0


def network(node: Product, known: KnownFlags) -> int:
    """What holds for a square matrix that is a product."""
    scalar, count, labelled = _scalar(node, known)
    flags = _matrix(labelled, 0, 1, known, -1 if node.coefficient < 0 else 1)
    kept = flags & (SYMMETRIC | SKEW | DIAGONAL | LOWER | UPPER | _REPEATS)
    if scalar & NONNEGATIVE:
        kept |= flags & SEMIDEFINITE
    if scalar & POSITIVE:
        kept |= flags & DEFINITE
    if scalar & (POSITIVE | INVERTIBLE):
        kept |= flags & INVERTIBLE
    if abs(node.coefficient) == 1 and not count:
        kept |= flags & ORTHOGONAL
    return kept


def _scalar(node: Product, known: KnownFlags) -> tuple[int, int, list[Factor]]:
    """The sign of the scalar factors (INVERTIBLE: they are not zero), how many there are, and the
    other factors.
    """
    scalars = [factor for factor in node.factors if not factor[1]]
    common = ENTRIES | INVERTIBLE if node.coefficient else 0
    for factor, _, exponent in scalars:
        sign = _power_sign(known[factor], exponent)
        common &= sign | (INVERTIBLE if sign & POSITIVE or exponent < 0 else 0)
    return common, len(scalars), [factor for factor in node.factors if factor[1]]


def _matrix(factors: Sequence[Factor], start: int, end: int, known: KnownFlags, sign: int) -> int:
    """The flags of the matrix whose rows are the label ``start`` and whose columns are ``end``; of
    one label it is a ``diag``.
    """
    if start == end:
        if any(set(labels) != {start} for _, labels, _ in factors):
            return closure(DIAGONAL)
        return infer_chain(Chain((_weight(factors, known),) if factors else (), sign))
    zeros = 0
    for node, labels, exponent in factors:
        if exponent > 0 and set(labels) == {start, end}:
            flags = known[node] & (DIAGONAL | LOWER | UPPER)
            zeros |= flags if labels == (start, end) else transpose_flags(flags)
    if any(node.kind == "fuse" for node, _, _ in factors):
        flags = _kronecker(factors, start, end, known, sign) | _projection(factors, start, end)
        return closure(zeros | flags)
    found = chain(factors, start, end, known)
    return closure(
        zeros | (infer_chain(Chain(found.links, sign * found.sign)) if found is not None else 0)
    )


Edges = dict[int, dict[int, list[tuple[Node, bool, Rational]]]]


def chain(factors: Sequence[Factor], start: int, end: int, known: KnownFlags) -> Chain | None:
    """The chain from one label to another, or around from one to itself; None where the network is
    no chain.

    Where the two do not hang together it is an outer product: a chain to the left and one to the
    right of ones*ones'.
    """
    if len(factors) > _LONGEST:
        return None
    edges: Edges = {}
    weights: dict[int, list[Factor]] = {}
    for factor in factors:
        node, labels, exponent = factor
        if len(labels) > 2:
            return None
        if len(set(labels)) == 1:
            weights.setdefault(labels[0], []).append(factor)
        else:
            a, b = labels
            edges.setdefault(a, {}).setdefault(b, []).append((node, False, exponent))
            edges.setdefault(b, {}).setdefault(a, []).append((node, True, exponent))
    walk = _Walk(edges, weights, known)
    reached = walk.go(start, end)
    links, sign = walk.links, walk.sign
    if reached != end:
        if start == end:
            return None
        back = _Walk(edges, weights, known)
        back.go(end, end)
        links = [*links, _OUTER, *(link.transpose() for link in reversed(back.links))]
        for link in back.links:
            sign *= link.sign
        sign *= back.sign
        walk.steps += back.steps
    left_out = weights or 2 * walk.steps != sum(len(others) for others in edges.values())
    return None if left_out else Chain(tuple(links), sign)


class _Walk:
    """The links on the way from one label; weights that are met are used up."""

    def __init__(self, edges: Edges, weights: dict[int, list[Factor]], known: KnownFlags) -> None:
        self.edges, self.weights, self.known = edges, weights, known
        self.links: list[ChainMatrix] = []
        self.sign, self.steps = 1, 0

    def go(self, start: int, end: int) -> int:
        """Walk until ``end`` or until there is no way or more than one; the label where that is."""
        here, previous = start, start
        while True:
            if here in self.weights:
                self.links.append(_weight(self.weights.pop(here), self.known))
            ways = [other for other in self.edges.get(here, {}) if other != previous]
            if here == end and (self.steps or start != end):
                return here
            if not ways or (len(ways) > 1 and (self.steps or start != end)):
                return here
            parallel = self.edges[here][ways[0]]
            if len(parallel) > 1 or not _identity(parallel[0][0]):
                self.links.append(_edge(parallel, self.known))
            for node, flipped, exponent in parallel:
                if node.parity < 0 and flipped and exponent % 2:
                    self.sign = -self.sign
            here, previous = ways[0], here
            self.steps += 1


_OUTER = ChainMatrix(("outer",), ("outer",), 1, closure(SEMIDEFINITE | CIRCULANT | HANKEL))


def _identity(node: Node) -> bool:
    return node.kind == "eye"


def _edge(parallel: Iterable[tuple[Node, bool, Rational]], known: KnownFlags) -> ChainMatrix:
    """One matrix, or the entry-by-entry product of several."""
    keys, mirrors, sign = [], [], 1
    flags = _ALL
    lone = True
    zeros = 0
    for position, (node, flipped, exponent) in enumerate(parallel):
        own = transpose_flags(known[node]) if flipped else known[node]
        if node.parity:
            flipped = False
            sign *= node.parity if exponent % 2 else 1
        keys.append((node.id, flipped, exponent))
        mirrors.append((node.id, flipped if node.parity else not flipped, exponent))
        lone = position == 0 and exponent == 1
        if exponent > 0:
            for pattern in ZEROS:
                zeros |= own & pattern
        # Schur: the product, entry by entry, of semidefinite matrices is semidefinite
        flags &= own if exponent > 0 and exponent.denominator == 1 else 0
    mirror = tuple(sorted(mirrors))
    if not lone:
        flags &= SEMIDEFINITE | DEFINITE | _REPEATS
    key = tuple(sorted(keys))
    symmetry = (SYMMETRIC if sign > 0 else SKEW) if key == mirror else 0
    return ChainMatrix(key, mirror, sign, closure(flags | zeros | symmetry))


def _weight(factors: Sequence[Factor], known: KnownFlags) -> ChainMatrix:
    """diag(w), where w is the entry-by-entry product of vectors and of diagonals."""
    common = ENTRIES
    for node, labels, exponent in factors:
        own = known[node]
        if len(labels) == 2:  # the diagonal of a matrix
            own = (
                POSITIVE | NONNEGATIVE
                if own & DEFINITE
                else own & ENTRIES | (NONNEGATIVE if own & SEMIDEFINITE else 0)
            )
        common &= _power_sign(own, exponent)
    key = (
        "weight",
        *sorted((node.id, len(labels), exponent) for node, labels, exponent in factors),
    )
    definite = DEFINITE if common & POSITIVE else SEMIDEFINITE if common & NONNEGATIVE else 0
    return ChainMatrix(key, key, 1, closure(DIAGONAL | definite))


def infer_chain(product: Chain) -> int:
    """The flags of a product of matrices."""
    if not product.links:
        found = DIAGONAL | ORTHOGONAL | CIRCULANT
        return closure(found | (DEFINITE if product.sign > 0 else 0))
    flags = DIAGONAL | LOWER | UPPER | ORTHOGONAL | INVERTIBLE
    # circulants are polynomials in one matrix; a product of Toeplitz matrices is none
    flags |= CIRCULANT if len(product.links) > 1 else _REPEATS
    for link in product.links:
        flags &= link.flags
    return closure(flags | _congruence(product))


def _congruence(product: Chain) -> int:
    """M'*S*M has the symmetry of S, is semidefinite with it, and definite if M is invertible."""
    links, sign = product
    half = len(links) // 2
    for one, other in zip(links[:half], reversed(links), strict=False):
        if one.mirror != other.key:
            return 0
        sign *= one.sign
    center = links[half].flags if len(links) % 2 else closure(DEFINITE)
    found = center & (SYMMETRIC | SKEW)
    if sign > 0 and center & SEMIDEFINITE:
        found |= SEMIDEFINITE
        if center & DEFINITE and all(link.flags & INVERTIBLE for link in links[:half]):
            found |= DEFINITE
    return found


def _form(factors: Sequence[Factor], known: KnownFlags) -> int:
    """The sign of v'*M*v, from end to end of a chain, and of a trace."""
    beside: dict[int, set[int]] = {}
    for _, labels, _ in factors:
        for label in labels:
            beside.setdefault(label, set()).update(other for other in labels if other != label)
    if any(len(others) > 2 for others in beside.values()):
        return 0
    ends = sorted(label for label, others in beside.items() if len(others) < 2)
    start, end = (ends[0], ends[-1]) if ends else (min(beside), min(beside))
    found = chain(factors, start, end, known)
    if found is None:
        return 0
    if start == end:
        return _trace_sign(found)
    flags = infer_chain(found)
    return POSITIVE if flags & DEFINITE else NONNEGATIVE if flags & SEMIDEFINITE else 0


def _trace_sign(product: Chain) -> int:
    """tr(S*T) of two semidefinite matrices is not negative, and positive if both are definite."""
    links, sign = product
    found = 0
    if len(links) > _LONGEST // 2:
        return 0
    for start in range(len(links)):
        around = links[start:] + links[:start]
        for cut in range(len(links)):
            first, second = (
                infer_chain(Chain(around[:cut], 1)),
                infer_chain(Chain(around[cut:], sign)),
            )
            if first & second & DEFINITE:
                return POSITIVE
            if first & second & SEMIDEFINITE:
                found = NONNEGATIVE
    return found


def _loops(node: Product, known: KnownFlags) -> int:
    """The diagonal of M'*S*M, beside weights that are not negative."""
    rest: list[Factor] = []
    common = ENTRIES
    for factor in node.factors:
        inner, labels, exponent = factor
        if labels in ((), (0,)):
            common &= _power_sign(known[inner], exponent)
        else:
            rest.append(factor)
    found = chain(rest, 0, 0, known)
    flags = infer_chain(found) if found is not None else 0
    return common & (ENTRIES if flags & DEFINITE else NONNEGATIVE if flags & SEMIDEFINITE else 0)


def _kronecker(
    factors: Sequence[Factor], start: int, end: int, known: KnownFlags, sign: int
) -> int:
    """kron(A, B) is what both A and B are; of two skew matrices it is symmetric, of a skew and a
    symmetric one skew. commutation(n, n) has the eigenvalues 1 and -1.
    """
    fused = [(node, labels) for node, labels, _ in factors if node.kind == "fuse"]
    if (
        len(fused) != 2
        or {labels[0] for _, labels in fused} != {start, end}
        or fused[0][0] is not fused[1][0]
    ):
        return 0
    (_, left), (_, right) = sorted(fused, key=lambda pair: pair[1][0] != start)
    rest = [
        factor
        for factor in factors
        if not (isinstance(factor[0], Leaf) and factor[0].kind == "fuse")
    ]
    if left[1] == right[2] or left[2] == right[1]:  # a commutation, which swaps the two sides
        swaps = not rest and left[1:] == (right[2], right[1])
        return (SYMMETRIC | ORTHOGONAL) if swaps else 0
    sides = [_connected_factors(rest, {left[place], right[place]}) for place in (1, 2)]
    if len(sides[0]) + len(sides[1]) != len(rest) or any(factor in sides[1] for factor in sides[0]):
        return 0
    inner = _matrix(sides[0], left[1], right[1], known, 1)
    outer = _matrix(sides[1], left[2], right[2], known, sign)
    skew = (SKEW if inner & SYMMETRIC else SYMMETRIC if inner & SKEW else 0) if outer & SKEW else 0
    skew |= SKEW if inner & SKEW and outer & SYMMETRIC else 0
    return inner & outer & ~(SKEW | ENTRIES | _REPEATS) | skew


def _projection(factors: Sequence[Factor], start: int, end: int) -> int:
    """What a projector makes of the entries of any matrix."""
    kinds = {
        label: PROJECTORS[node.name]
        for node, labels, _ in factors
        if isinstance(node, Call) and node.name in PROJECTORS
        for label in labels
    }
    fused = [
        labels[0]
        for node, labels, _ in factors
        if node.kind == "fuse" and set(labels[1:]) == {start, end}
    ]
    if len(fused) != 1 or sum({start, end} & set(labels) != set() for _, labels, _ in factors) > 1:
        return 0
    return BY_KIND.get(kinds.get(fused[0], ""), 0)


def _connected_factors(factors: Sequence[Factor], labels: set[int]) -> list[Factor]:
    """The factors that hang together with some labels."""
    reached, found = set(labels), 0
    while True:
        side = [factor for factor in factors if reached.intersection(factor[1])]
        if len(side) == found:
            return side
        found = len(side)
        reached.update(label for _, own, _ in side for label in own)
