"""Blocks between fused indices in an order, with the commutations that it takes to bring the indices into theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

from matcalc.core.dims import ONE, Dim
from matcalc.recovery.chains import Chain, Link
from matcalc.recovery.graph import Graph

_MOST_BLOCKS = 5


class Block(NamedTuple):
    """A matrix, a column or a row on leaves of the two trees."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    chain: Chain


def arranged_product(graph: Graph, blocks: list[Block], rows: tuple[int, ...], columns: tuple[int, ...]) -> Chain | None:
    """The Kronecker product of the blocks between the commutations that it takes to bring the leaves into order."""
    best: tuple[tuple[int, ...], list[Chain], list[Block], list[Chain]] | None = None
    for choice in _pairings(blocks):
        if len(choice) > _MOST_BLOCKS:
            continue
        for order in permutations(choice):
            before = _commutations(graph, rows, tuple([leaf for block in order for leaf in block.rows]), upward=True)
            after = _commutations(graph, columns, tuple([leaf for block in order for leaf in block.columns]), upward=False)
            favoured = after if graph.style.left else before
            blocks_left = len(_merged(graph, [block.chain for block in order]))
            cost = (len(before) + len(after), blocks_left + _factors((*before, *after)), blocks_left, len(favoured))
            if best is None or cost < best[0]:
                best = cost, before, list(order), after
    if best is None:
        return None
    _, before, blocks, after = best
    middle = kronecker(graph, [block.chain for block in blocks])
    outside = bool(before or after)
    return sum(before, ()) + (() if outside and is_identity(middle) else middle) + sum(after, ())


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
    """The blocks as they are, and with each column and the row that comes at its place as one matrix, their product."""
    yield blocks
    standing = [block for block in blocks if not block.columns]
    lying = [block for block in blocks if not block.rows]
    if standing and lying:
        joined = [Block(a.rows, b.columns, a.chain + b.chain) for a, b in zip(standing, lying, strict=False)]
        used = [*standing[: len(joined)], *lying[: len(joined)]]
        yield [*joined, *(block for block in blocks if block not in used)]


def _commutations(graph: Graph, wanted: tuple[int, ...], given: tuple[int, ...], *, upward: bool) -> list[Chain]:
    """The fewest exchanges of neighbouring groups of indices between two orders, as matrices.

    ``upward``: from the order given to the one that is wanted, to stand before the product; else the other way round, behind it.
    """
    reached: dict[tuple[int, ...], list[Chain]] = {wanted: []}
    queue = [wanted]
    while given not in reached:
        current = queue.pop(0)
        for start, middle, end in _cuts(len(current)):
            first, second = current[start:middle], current[middle:end]
            other = (*current[:start], *second, *first, *current[end:])
            if other not in reached:
                sizes = [joint_size(graph, part) for part in (current[:start], first, second, current[end:])]
                step = exchanged(graph, *(sizes if upward else (sizes[0], sizes[2], sizes[1], sizes[3])))
                reached[other] = [*reached[current], step] if upward else [step, *reached[current]]
                queue.append(other)
    return [step for step in reached[given] if step]


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


def exchanged(graph: Graph, before: Dim, first: Dim, second: Dim, after: Dim) -> Chain:
    """kron(eye, commutation(first, second), eye): with the sizes of the rows, slow to fast before, first, second, after."""
    if ONE in (first, second):
        return ()
    forge = graph.forge
    size = first.times(second)
    core = Link(
        forge.call("commutation", (forge.dimension(first), forge.dimension(second)), (size, size)), False, first == second
    )
    pieces = [identity(graph, before), (core,), identity(graph, after)]
    return kronecker(graph, [piece for piece, size in zip(pieces, (before, size, after), strict=True) if size != ONE])


def identity(graph: Graph, size: Dim) -> Chain:
    """The identity matrix."""
    return (Link(graph.forge.eye(size), False, True),)


def kronecker(graph: Graph, chains: Sequence[Chain]) -> Chain:
    """The Kronecker product of chains, neighbouring identities being one."""
    return graph.weaver.spread("kron", _merged(graph, chains))


def _merged(graph: Graph, chains: Sequence[Chain]) -> list[Chain]:
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
