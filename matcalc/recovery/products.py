"""Fused indices that face each other as Kronecker and Khatri-Rao products, with commutations where the order of indices differs.

A fused index is a tree: its leaves, the slowest first, are the plain indices that it runs through. What stands between the leaves
of two trees falls into blocks, each with some leaves of the one as its rows and some of the other as its columns; the Kronecker
product of the blocks is the matrix between the roots, up to the order of the leaves.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from typing import NamedTuple

from matcalc.core.dims import ONE, Dim
from matcalc.recovery.chains import Chain, Link, flip
from matcalc.recovery.graph import Graph, Hyper

_MOST_BLOCKS = 5


class Tree(NamedTuple):
    """A fused index, or a plain one: its root, the leaves from slow to fast, the factors that it is made of."""

    root: int
    leaves: tuple[int, ...]
    hypers: tuple[Hyper, ...] = ()


class Block(NamedTuple):
    """A matrix, a column or a row on leaves of the two trees."""

    rows: tuple[int, ...]
    columns: tuple[int, ...]
    chain: Chain


def join(graph: Graph) -> bool:
    """Takes one fused index out of the graph: an edge to another index, or a weight where it leads nowhere."""
    trees = _trees(graph)
    return any(_move_inside(graph, tree) or _join(graph, tree, trees) for tree in trees)


def _trees(graph: Graph) -> list[Tree]:
    """The fused indices; one that is nothing but a part of another belongs to that."""
    fuses = [hyper for hyper in graph.hyper if hyper[0].op == "fuse"]
    roots = [labels[0] for _, labels in fuses]
    by_root = {labels[0]: (expr, labels) for expr, labels in fuses}
    inner = {label for label in by_root if roots.count(label) == 1 and _bare(graph, label) and _touching(graph, label) == 2}
    inner &= {label for _, labels in fuses for label in labels[1:]}
    found = []
    for hyper in fuses:
        if hyper[1][0] in inner:
            continue
        leaves: list[int] = []
        hypers: list[Hyper] = []
        stack: list[Hyper | int] = [hyper]
        while stack:
            current = stack.pop()
            if isinstance(current, int):
                leaves.append(current)
                continue
            hypers.append(current)
            stack += [by_root[label] if label in inner else label for label in current[1][1:]]
        found.append(Tree(hyper[1][0], tuple(leaves), tuple(hypers)))
    return found


def _bare(graph: Graph, label: int) -> bool:
    return label >= graph.rank and not graph.weights[label] and not graph.incident(label)


def _touching(graph: Graph, label: int) -> int:
    return sum(label in labels for _, labels in graph.hyper)


def _move_inside(graph: Graph, tree: Tree) -> bool:
    """A matrix between the two parts of a fused index is a weight vec(M) of it."""
    for _, (k, i, j) in tree.hypers:
        alike = graph.style.scaled or _leads_on(graph, i, tree) == _leads_on(graph, j, tree)
        if i != j and alike and graph.vec_weight(k, i, j):
            return True
    return False


def _leads_on(graph: Graph, leaf: int, tree: Tree) -> bool:
    """Whether an index of a tree has a connection with anything outside."""
    others = any(leaf in hyper[1] for hyper in graph.hyper if hyper not in tree.hypers)
    return leaf < graph.rank or others or any(end not in tree.leaves for _, end, _ in graph.incident(leaf))


def _join(graph: Graph, tree: Tree, trees: Sequence[Tree]) -> bool:
    """One fused index taken out; False where what is between it and others is no matrix."""
    if len(set(tree.leaves)) < len(tree.leaves):
        return False
    goals = {goal for leaf in tree.leaves if (goal := _goal(graph, leaf, tree, trees)) is not None}
    if not goals and (graph.style.paired or not _weighted(graph, tree)):
        goals = _opposite(graph, tree, trees)
    if len(goals) > 1:
        return False
    goal = next(iter(goals), None)
    plain = goal is None or not goal.hypers
    if not plain and goal is not None and any(_goal(graph, leaf, goal, trees) not in (None, tree) for leaf in goal.leaves):
        return False
    columns = goal.leaves if goal is not None else ()
    kept = set(columns) if plain else set()
    lent = _lent(graph, goal, tree) if goal is not None and plain else None
    kept -= {lent}
    blocks = _blocks(graph, tree.leaves, columns, kept)
    arranged = _arranged(graph, blocks, tree.leaves, columns) if blocks is not None else None
    if arranged is None:
        return False
    loose = goal is None and not any(graph.weights[leaf] or graph.incident(leaf) for leaf in tree.leaves)
    for hyper in (*tree.hypers, *(goal.hypers if goal is not None else ())):
        graph.hyper.remove(hyper)
        if hyper[1][0] not in (tree.root, goal.root if goal is not None else tree.root):
            graph.drop(hyper[1][0])
    for leaf in {*tree.leaves, *columns} - kept - {lent}:
        graph.drop(leaf)
    if lent is not None:
        graph.weights[lent] = []
    if goal is not None:
        graph.connect(tree.root, goal.root, arranged)
    elif not loose:
        graph.add_weight(tree.root, arranged)
    return True


def _lent(graph: Graph, goal: Tree, tree: Tree) -> int | None:
    """A plain output without other company: its weights go into the product, kron(w', diag(u)) for diag(u)*kron(w', eye)."""
    alone = all(end in tree.leaves for _, end, _ in graph.incident(goal.root)) and _touching(graph, goal.root) <= 1
    return goal.root if goal.root < graph.rank and alone and graph.weights[goal.root] else None


def _weighted(graph: Graph, tree: Tree) -> bool:
    return any(graph.weights[leaf] for leaf in tree.leaves)


def _opposite(graph: Graph, tree: Tree, trees: Sequence[Tree]) -> set[Tree]:
    """The fused column index for the fused row index of a whole that is the product of a column and a row."""
    if graph.rank != 2 or tree.root != 0 or not _weighted(graph, tree):
        return set()
    return {other for other in trees if other.root == 1 and len(other.leaves) == len(tree.leaves) and _weighted(graph, other)}


def _goal(graph: Graph, leaf: int, tree: Tree, trees: Sequence[Tree]) -> Tree | None:
    """Where a leaf leads: another fused index, or a plain index, which may be the leaf itself; None if nowhere."""
    others = [hyper for hyper in graph.hyper if leaf in hyper[1] and hyper not in tree.hypers]
    ends = [end for _, end, _ in graph.incident(leaf) if end not in tree.leaves]
    if leaf < graph.rank or (others and ends) or len(others) > 1:
        return Tree(leaf, (leaf,))
    if others:
        return next((other for other in trees if others[0] in other.hypers and leaf in other.leaves), Tree(leaf, (leaf,)))
    goals = {next((other for other in trees if end in other.leaves), Tree(end, (end,))) for end in ends}
    if not goals:
        return None
    return goals.pop() if len(goals) == 1 else Tree(leaf, (leaf,))


def _blocks(graph: Graph, rows: tuple[int, ...], columns: tuple[int, ...], kept: set[int]) -> list[Block] | None:
    """What hangs together between the leaves; None if some of it is no Kronecker factor."""
    everything = (*rows, *(leaf for leaf in columns if leaf not in rows))
    group = {leaf: leaf for leaf in everything}

    def find(leaf: int) -> int:
        while group[leaf] != leaf:
            leaf = group[leaf]
        return leaf

    for leaf in everything:
        for _, end, _ in graph.incident(leaf) if leaf not in kept else ():
            if end not in group:
                return None
            first, second = sorted((find(leaf), find(end)), key=everything.index)
            group[second] = first
    found = []
    for first in dict.fromkeys(find(leaf) for leaf in everything):
        members = [leaf for leaf in everything if find(leaf) == first]
        block = _block(graph, [r for r in rows if r in members], [c for c in columns if c in members], kept)
        if block is None:
            return None
        found.append(block)
    return found


def _block(graph: Graph, rows: list[int], columns: list[int], kept: set[int]) -> Block | None:
    """The matrix of one group of leaves."""
    if not columns or not rows:
        side = rows or columns
        chain = _vector(graph, side)
        return None if chain is None else Block(tuple(rows), tuple(columns), chain if rows else flip(chain))
    if len(columns) == 1:
        chain = _star(graph, columns[0], rows, kept) or _carried(graph, columns[0], rows, kept)
        return None if chain is None else Block(tuple(rows), tuple(columns), chain)
    if len(rows) == 1:
        chain = _star(graph, rows[0], columns, kept) or _carried(graph, rows[0], columns, kept)
        return None if chain is None else Block(tuple(rows), tuple(columns), flip(chain))
    return None


def _carried(graph: Graph, goal: int, leaves: list[int], kept: set[int]) -> Chain | None:
    """M[j,i] B[i,k] with i and j fused: khatrirao(M, eye)*B, where j leads to i alone."""
    if len(leaves) != 2:
        return None
    for carrier, other in (leaves, leaves[::-1]):
        if [end for _, end, _ in graph.incident(other)] != [carrier] or other in kept:
            continue
        onward = _between(graph, carrier, goal, kept)
        matrix = _between(graph, other, carrier, {*kept, carrier})
        if onward is None or matrix is None:
            continue
        pair = [identity(graph, graph.dims[carrier]) if leaf == carrier else matrix for leaf in leaves]
        return graph.weaver.spread("khatrirao", pair) + (() if is_identity(onward) else onward)
    return None


def _vector(graph: Graph, leaves: list[int]) -> Chain | None:
    """The weights of one leaf, or vec of the matrix between two."""
    if len(leaves) == 1:
        return graph.end(leaves[0])
    if len(leaves) > 2:
        return None
    slow, fast = leaves
    chain = _between(graph, fast, slow, set())
    if chain is None:
        return None
    matrix = graph.weaver.matrix(chain)
    return (Link(graph.forge.call("vec", (matrix,), (matrix.shape[0].times(matrix.shape[1]),))),)


def _between(graph: Graph, start: int, end: int, kept: set[int]) -> Chain | None:
    """The one edge between two leaves with the weights of both as diagonal matrices."""
    before = () if start in kept else graph.diagonal(tuple(graph.weights[start]), start)
    if start == end:
        return before or identity(graph, graph.dims[start])
    after = () if end in kept else graph.diagonal(tuple(graph.weights[end]), end)
    ways = [chain for _, other, chain in graph.incident(start) if other == end]
    return before + ways[0] + after if len(ways) == 1 else None


def _star(graph: Graph, centre: int, leaves: list[int], kept: set[int]) -> Chain | None:
    """The edges from leaves to one index: the column-wise (Khatri-Rao) product of their matrices."""
    if any(end != centre for leaf in leaves if leaf != centre for _, end, _ in graph.incident(leaf)):
        return None
    if len(leaves) == 1:
        return _between(graph, leaves[0], centre, kept)
    columns = [_between(graph, leaf, centre, {*kept, centre}) for leaf in leaves]
    if any(chain is None for chain in columns):
        return None
    product = graph.weaver.spread("khatrirao", [chain or () for chain in columns])
    return product + (() if centre in kept else graph.diagonal(tuple(graph.weights[centre]), centre))


# the order of the blocks


def _arranged(graph: Graph, blocks: list[Block], rows: tuple[int, ...], columns: tuple[int, ...]) -> Chain | None:
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
                sizes = [_size(graph, part) for part in (current[:start], first, second, current[end:])]
                step = _exchange(graph, *(sizes if upward else (sizes[0], sizes[2], sizes[1], sizes[3])))
                reached[other] = [*reached[current], step] if upward else [step, *reached[current]]
                queue.append(other)
    return [step for step in reached[given] if step]


def _cuts(length: int) -> Iterator[tuple[int, int, int]]:
    for start in range(length):
        for middle in range(start + 1, length):
            for end in range(middle + 1, length + 1):
                yield start, middle, end


def _size(graph: Graph, leaves: Sequence[int]) -> Dim:
    size = ONE
    for leaf in leaves:
        size = size.times(graph.dims[leaf])
    return size


def _exchange(graph: Graph, before: Dim, first: Dim, second: Dim, after: Dim) -> Chain:
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
