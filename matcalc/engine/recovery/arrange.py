"""Blocks between fused indices in an order, with the commutations that it takes to bring the
indices into theirs.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, permutations
from typing import NamedTuple

from matcalc.core.dims import ONE, Dim
from matcalc.engine.recovery.chains import Chain, Link
from matcalc.engine.recovery.graph import Graph

_MOST_BLOCKS = 5
_MOST_SEARCHED = 6  # indices, of which the fewest exchanges are searched for: the orders are n!


class Block(NamedTuple):
    """A matrix, a column or a row on leaves of the two trees."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    chain: Chain


class _Arrangement(NamedTuple):
    """Blocks in an order between commutations."""

    cost: tuple[int, int, int]
    before: list[Chain]
    blocks: Sequence[Block]
    after: list[Chain]


def arrange_product(
    graph: Graph, blocks: list[Block], rows: tuple[int, ...], columns: tuple[int, ...]
) -> Chain | None:
    """The Kronecker product of the blocks between the commutations that it takes to bring the
    leaves into order.
    """
    arrangements: list[_Arrangement] = []
    fewest = -1  # commutations, so far
    sized = all(graph.dims[leaf] != ONE for leaf in (*rows, *columns))
    for choice in _pairings(blocks):
        many = len(choice) > _MOST_BLOCKS  # these keep their order
        for order in [tuple(choice)] if many else permutations(choice):
            down = [rows.index(leaf) for block in order for leaf in block.rows]
            across = [columns.index(leaf) for block in order for leaf in block.columns]
            if sized and 0 <= fewest < _least(down) + _least(across):
                continue
            above = _exchanges(graph, rows, down)
            below = _exchanges(graph, columns, across)
            if 0 <= fewest < len(above) + len(below):
                continue
            fewest = len(above) + len(below)
            before = [exchange_factors(graph, *step) for step in above]
            after = [
                exchange_factors(graph, first, third, second, fourth)
                for first, second, third, fourth in reversed(below)
            ]
            left = len(_merge(graph, [block.chain for block in order]))
            arrangements.append(
                _Arrangement(
                    (fewest, left + _factors((*before, *after)), left), before, order, after
                )
            )
    if not arrangements:
        return None
    best = min(arrangements, key=lambda a: (a.cost, len(a.before)))
    other = min(arrangements, key=lambda a: (a.cost, len(a.after)))
    if other is not best and graph.chooses("left"):
        best = other
    middle = kronecker(graph, [block.chain for block in best.blocks])
    outside = bool(best.before or best.after)
    return (
        sum(best.before, ())
        + (() if outside and is_identity(middle) else middle)
        + sum(best.after, ())
    )


def _factors(commutations: Sequence[Chain]) -> int:
    """How many Kronecker factors the commutations have."""
    count = 0
    for chain in commutations:
        expr = chain[0].expr
        while expr.op == "kron":
            count, expr = count + 1, expr.args[0]
        count += 1
    return count


def _pairings(blocks: list[Block]) -> Iterator[list[Block]]:
    """The blocks as they are, and with each column and the row that comes at its place as one
    matrix, their product.
    """
    yield blocks
    standing = [block for block in blocks if not block.columns]
    lying = [block for block in blocks if not block.rows]
    if standing and lying:
        joined = [
            Block(a.rows, b.columns, a.chain + b.chain)
            for a, b in zip(standing, lying, strict=False)
        ]
        used = [*standing[: len(joined)], *lying[: len(joined)]]
        yield [*joined, *(block for block in blocks if block not in used)]


def _exchanges(
    graph: Graph, wanted: tuple[int, ...], given: Sequence[int]
) -> list[tuple[Dim, Dim, Dim, Dim]]:
    """Exchanges of neighbouring groups of indices between two orders, from the one that is wanted
    to its places in the one that is given: the fewest, unless there are many indices.

    Each is four sizes: of what comes before the groups, of the groups and of what comes after.
    """
    found = []
    for current, start, middle, end in _moves(tuple(given)):
        parts = (current[:start], current[start:middle], current[middle:end], current[end:])
        sizes = [joint_size(graph, [wanted[place] for place in part]) for part in parts]
        if ONE not in sizes[1:3]:
            found.append((sizes[0], sizes[1], sizes[2], sizes[3]))
    return found


_Move = tuple[tuple[int, ...], int, int, int]  # the order so far; where two groups begin and end


@lru_cache(maxsize=1024)
def _moves(given: tuple[int, ...]) -> tuple[_Move, ...]:
    """The exchanges that lead from 0, 1, 2, ... to the order given."""
    wanted = tuple(range(len(given)))
    if len(given) > _MOST_SEARCHED:
        return tuple(_approach(wanted, given))
    reached: dict[tuple[int, ...], tuple[_Move, ...]] = {wanted: ()}
    queue = deque([wanted])
    while given not in reached:
        current = queue.popleft()
        for cut in _cuts(len(current)):
            other = _exchange(current, *cut)
            if other not in reached:
                reached[other] = (*reached[current], (current, *cut))
                queue.append(other)
    return reached[given]


def _approach(current: tuple[int, ...], given: tuple[int, ...]) -> Iterator[_Move]:
    """Exchanges each of which joins as many neighbours as it can. There is always one that joins
    some: that which brings the first index that is not in its place there.
    """
    places = {index: place for place, index in enumerate(given)}
    while current != given:
        cut = min(
            _cuts(len(current)),
            key=lambda cut: _apart([places[index] for index in _exchange(current, *cut)]),
        )
        yield (current, *cut)
        current = _exchange(current, *cut)


def _exchange(order: tuple[int, ...], start: int, middle: int, end: int) -> tuple[int, ...]:
    return (*order[:start], *order[middle:end], *order[start:middle], *order[end:])


def _apart(places: Sequence[int]) -> int:
    """How many neighbours are none in the order 0, 1, 2, ..., the two ends counted."""
    return sum(b != a + 1 for a, b in pairwise((-1, *places, len(places))))


def _least(places: Sequence[int]) -> int:
    """A bound for the number of exchanges: each joins three pairs of neighbours at most."""
    return -(-_apart(places) // 3)


def _cuts(length: int) -> Iterator[tuple[int, int, int]]:
    for start in range(length):
        for middle in range(start + 1, length):
            for end in range(middle + 1, length + 1):
                yield start, middle, end


def joint_size(graph: Graph, leaves: Sequence[int]) -> Dim:
    """The size of the index that runs through several."""
    size = ONE
    for leaf in leaves:
        size = size.times(graph.dims[leaf])
    return size


def exchange_factors(graph: Graph, before: Dim, first: Dim, second: Dim, after: Dim) -> Chain:
    """kron(eye, commutation(first, second), eye): with the sizes of the rows, slow to fast before,
    first, second, after.
    """
    if ONE in (first, second):
        return ()
    factory = graph.factory
    size = first.times(second)
    core = Link(
        factory.call(
            "commutation", (factory.dimension(first), factory.dimension(second)), (size, size)
        ),
        False,
        first == second,
    )
    pieces = [identity(graph, before), (core,), identity(graph, after)]
    return kronecker(
        graph,
        [piece for piece, size in zip(pieces, (before, size, after), strict=True) if size != ONE],
    )


def identity(graph: Graph, size: Dim) -> Chain:
    """The identity matrix."""
    return (Link(graph.factory.eye(size), False, True),)


def kronecker(graph: Graph, chains: Sequence[Chain]) -> Chain:
    """The Kronecker product of chains, neighbouring identities being one."""
    return graph.writer.spread("kron", _merge(graph, chains))


def _merge(graph: Graph, chains: Sequence[Chain]) -> list[Chain]:
    """The factors with neighbouring identities as one."""
    pieces: list[Chain] = []
    for chain in chains:
        if pieces and is_identity(pieces[-1]) and is_identity(chain):
            size = pieces.pop()[0].expr.shape[0].times(chain[0].expr.shape[0])
            pieces.append(identity(graph, size))
        else:
            pieces.append(chain)
    return pieces


def is_identity(chain: Chain) -> bool:
    """Whether the product is an identity matrix."""
    return len(chain) == 1 and chain[0].expr.op == "eye"
