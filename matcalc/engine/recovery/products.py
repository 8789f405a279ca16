"""Fused indices that face each other as Kronecker and Khatri-Rao products, with commutations where
the order of indices differs.

A fused index is a tree: its leaves, the slowest first, are the plain indices that it runs through.
What is between the leaves of two trees falls into blocks, each with some leaves of the one as
its rows and some of the other as its columns; the Kronecker product of the blocks is the matrix
between the roots, up to the order of the leaves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcalc.core.dims import ONE
from matcalc.engine.recovery.arrange import (
    Block,
    arrange_product,
    exchange_factors,
    identity,
    is_identity,
    joint_size,
    kronecker,
)
from matcalc.engine.recovery.chains import Chain, Link, flip
from matcalc.engine.recovery.graph import Graph, Hyper


class IndexTree(NamedTuple):
    """A fused index, or a plain one: its root, the leaves from slow to fast, the factors that it is
    made of.

    A plain index is its own only leaf, and has no factors.
    """

    root: int
    leaves: tuple[int, ...]
    hypers: tuple[Hyper, ...] = ()


def join(graph: Graph) -> bool:
    """Takes one fused index out of the graph: an edge to another index, or a weight where it leads
    nowhere.
    """
    trees = find_fused_indices(graph)
    return any(
        _move_inside(graph, tree)
        or _join(graph, tree, trees)
        or _join(graph, tree, trees, strict=True)
        for tree in trees
    )


def find_fused_indices(graph: Graph) -> list[IndexTree]:
    """The fused indices; one that is nothing but a part of another belongs to that."""
    fuses = [hyper for hyper in graph.hyper if hyper[0].op == "fuse"]
    roots = [labels[0] for _, labels in fuses]
    by_root = {labels[0]: (expr, labels) for expr, labels in fuses}
    inner = {
        label
        for label in by_root
        if roots.count(label) == 1 and _bare(graph, label) and graph.count_hypers(label) == 2
    }
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
        found.append(IndexTree(hyper[1][0], tuple(leaves), tuple(hypers)))
    return found


def _bare(graph: Graph, label: int) -> bool:
    return label >= graph.rank and not graph.weights[label] and not graph.incident(label)


def _move_inside(graph: Graph, tree: IndexTree) -> bool:
    """A matrix between the two parts of a fused index is a weight vec(M) of it."""
    for _, (k, i, j) in tree.hypers:
        if i == j or len(graph.between(i, j)) != 1:
            continue
        alike = _leads_on(graph, i, tree) == _leads_on(graph, j, tree) or graph.chooses("scaled")
        if alike and graph.vec_weight(k, i, j):
            return True
    return False


def _leads_on(graph: Graph, leaf: int, tree: IndexTree) -> bool:
    """Whether an index of a tree has a connection with anything outside."""
    others = any(leaf in hyper[1] for hyper in graph.hyper if hyper not in tree.hypers)
    return (
        leaf < graph.rank
        or others
        or any(end not in tree.leaves for _, end, _ in graph.incident(leaf))
    )


def _join(
    graph: Graph, tree: IndexTree, trees: Sequence[IndexTree], *, strict: bool = False
) -> bool:
    """One fused index taken out; False where what is between it and others is not a matrix.

    ``strict``: a leaf of two fused indices that has edges besides counts as an index of its own.
    """
    if len(set(tree.leaves)) < len(tree.leaves):
        return False
    goals = {
        goal
        for leaf in tree.leaves
        if (goal := _goal(graph, leaf, tree, trees, strict=strict)) is not None
    }
    if not goals:
        goals = _opposite(graph, tree, trees)
        goals = goals if goals and graph.chooses("paired") else set()
    if len(goals) > 1 or any(len(set(goal.leaves)) < len(goal.leaves) for goal in goals):
        return False
    goal = next(iter(goals), None)
    plain = goal is None or not goal.hypers
    if (
        not plain
        and goal is not None
        and any(
            _goal(graph, leaf, goal, trees, strict=strict) not in (None, tree)
            for leaf in goal.leaves
        )
    ):
        return False
    columns = goal.leaves if goal is not None else ()
    kept = set(columns) if plain else set()
    lent = _lent(graph, goal, tree) if goal is not None and plain else None
    kept -= {lent}
    blocks = _blocks(graph, tree.leaves, columns, kept)
    arranged = arrange_product(graph, blocks, tree.leaves, columns) if blocks is not None else None
    if arranged is None:
        return False
    loose = goal is None and not any(
        graph.weights[leaf] or graph.incident(leaf) for leaf in tree.leaves
    )
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


def _lent(graph: Graph, goal: IndexTree, tree: IndexTree) -> int | None:
    """A plain output without other company: its weights go into the product, kron(w', diag(u)) for
    diag(u)*kron(w', eye).
    """
    alone = (
        all(end in tree.leaves for _, end, _ in graph.incident(goal.root))
        and graph.count_hypers(goal.root) <= 1
    )
    return goal.root if goal.root < graph.rank and alone and graph.weights[goal.root] else None


def _weigh(graph: Graph, tree: IndexTree) -> bool:
    return any(graph.weights[leaf] for leaf in tree.leaves)


def _opposite(graph: Graph, tree: IndexTree, trees: Sequence[IndexTree]) -> set[IndexTree]:
    """The fused column index for the fused row index of a whole that is the product of a column and
    a row.
    """
    if graph.rank != 2 or tree.root != 0 or not _weigh(graph, tree):
        return set()
    return {
        other
        for other in trees
        if other.root == 1 and len(other.leaves) == len(tree.leaves) and _weigh(graph, other)
    }


def _goal(
    graph: Graph, leaf: int, tree: IndexTree, trees: Sequence[IndexTree], *, strict: bool
) -> IndexTree | None:
    """Where a leaf leads: another fused index, or a plain index, which may be the leaf itself; None
    if nowhere.
    """
    others = [hyper for hyper in graph.hyper if leaf in hyper[1] and hyper not in tree.hypers]
    ends = [end for _, end, _ in graph.incident(leaf) if end not in tree.leaves]
    if leaf < graph.rank or len(others) > 1 or (strict and others and ends):
        return IndexTree(leaf, (leaf,))
    if others:
        shared = next(
            (other for other in trees if others[0] in other.hypers and leaf in other.leaves), None
        )
        return (
            shared
            if shared is not None and set(ends) <= set(shared.leaves)
            else IndexTree(leaf, (leaf,))
        )
    goals = {
        next((other for other in trees if end in other.leaves), IndexTree(end, (end,)))
        for end in ends
    }
    if not goals:
        return None
    return goals.pop() if len(goals) == 1 else IndexTree(leaf, (leaf,))


def _blocks(
    graph: Graph, rows: tuple[int, ...], columns: tuple[int, ...], kept: set[int]
) -> list[Block] | None:
    """What hangs together between the leaves; None if some of it is not a Kronecker factor."""
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
        block = _block(
            graph, [r for r in rows if r in members], [c for c in columns if c in members], kept
        )
        if block is None:
            return None
        found.append(block)
    return found


def _block(graph: Graph, rows: list[int], columns: list[int], kept: set[int]) -> Block | None:
    """The matrix of one group of leaves."""
    if not columns or not rows:
        side = rows or columns
        chain = _vector(graph, side)
        return (
            None
            if chain is None
            else Block(tuple(rows), tuple(columns), chain if rows else flip(chain))
        )
    if len(columns) == 1:
        chain = _star(graph, columns[0], rows, kept) or _carry(graph, columns[0], rows, kept)
        return None if chain is None else Block(tuple(rows), tuple(columns), chain)
    if len(rows) == 1:
        chain = _star(graph, rows[0], columns, kept) or _carry(graph, rows[0], columns, kept)
        return None if chain is None else Block(tuple(rows), tuple(columns), flip(chain))
    if set(rows) & set(columns):
        return None
    chain = _through(graph, rows, columns, kept)
    if chain is None:
        across = _through(graph, columns, rows, kept)
        chain = across and flip(across)
    return None if chain is None else Block(tuple(rows), tuple(columns), chain)


def _through(graph: Graph, leaves: list[int], others: list[int], kept: set[int]) -> Chain | None:
    """L[i,j] M[j,k] N[j,l] with i, j fused and k, l: khatrirao(eye, L)*khatrirao(N', M')', where j
    leads to all of the others.
    """
    for carrier in leaves:
        spread = _carried(graph, carrier, leaves, kept) if carrier not in kept else None
        onward = _star(graph, carrier, others, kept) if spread is not None else None
        if spread is not None and onward is not None:
            return spread + flip(onward)
    return None


def _carry(graph: Graph, goal: int, leaves: list[int], kept: set[int]) -> Chain | None:
    """M[j,i] B[i,k] with i and j fused: khatrirao(M, eye)*B, where j leads to i alone."""
    for carrier in leaves:
        spread = _carried(graph, carrier, leaves, kept)
        onward = _between(graph, carrier, goal, kept) if spread is not None else None
        if spread is not None and onward is not None:
            return spread + (() if is_identity(onward) else onward)
    return None


def _carried(graph: Graph, carrier: int, leaves: list[int], kept: set[int]) -> Chain | None:
    """The column-wise product of what is between the leaves and one of them, where the others
    lead to nothing else; the identity stands for that one.
    """
    rest = [leaf for leaf in leaves if leaf != carrier]
    if not rest or any(
        leaf in kept or [end for _, end, _ in graph.incident(leaf)] != [carrier] for leaf in rest
    ):
        return None
    sides = {leaf: _between(graph, leaf, carrier, {*kept, carrier}) for leaf in rest}
    if any(side is None for side in sides.values()):
        return None
    one = identity(graph, graph.dims[carrier])
    return graph.writer.spread("khatrirao", [sides.get(leaf) or one for leaf in leaves])


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
    matrix = graph.writer.matrix(chain)
    return (Link(graph.factory.call("vec", (matrix,), (matrix.shape[0].times(matrix.shape[1]),))),)


def _between(graph: Graph, start: int, end: int, kept: set[int]) -> Chain | None:
    """The one edge between two leaves with the weights of both as diagonal matrices."""
    before = () if start in kept else graph.diagonal(tuple(graph.weights[start]))
    if start == end:
        return before or identity(graph, graph.dims[start])
    after = () if end in kept else graph.diagonal(tuple(graph.weights[end]))
    ways = [chain for _, other, chain in graph.incident(start) if other == end]
    return before + ways[0] + after if len(ways) == 1 else None


def _star(graph: Graph, centre: int, leaves: list[int], kept: set[int]) -> Chain | None:
    """The edges from leaves to one index: the column-wise (Khatri-Rao) product of their
    matrices.
    """
    if any(
        end != centre for leaf in leaves if leaf != centre for _, end, _ in graph.incident(leaf)
    ):
        return None
    if len(leaves) == 1:
        return _between(graph, leaves[0], centre, kept)
    columns = [_between(graph, leaf, centre, {*kept, centre}) for leaf in leaves]
    if any(chain is None for chain in columns):
        return None
    product = graph.writer.spread("khatrirao", [chain or () for chain in columns])
    return product + (() if centre in kept else graph.diagonal(tuple(graph.weights[centre])))


def double(graph: Graph) -> bool:
    """An index that occurs twice in a fused one, once: F[k,i,i] is khatrirao(eye, eye)[k,i]."""
    for tree in find_fused_indices(graph):
        leaves = tree.leaves
        twice = next((place for place, leaf in enumerate(leaves) if leaf in leaves[:place]), None)
        if twice is None:
            continue
        first = leaves.index(leaves[twice])
        if _split(graph, tree, leaves[twice]):
            return True
        before, between, after = leaves[:first], leaves[first + 1 : twice], leaves[twice + 1 :]
        sizes = [
            joint_size(graph, part) for part in (before, leaves[first : first + 1], between, after)
        ]
        exchange = (
            exchange_factors(graph, sizes[0].times(sizes[1]), sizes[2], sizes[1], sizes[3])
            if between
            else ()
        )
        spread = graph.writer.khatrirao(identity(graph, sizes[1]), identity(graph, sizes[1]))
        around = [
            () if size == ONE else identity(graph, size)
            for size in (sizes[0], sizes[2].times(sizes[3]))
        ]
        whole = exchange + kronecker(
            graph, [piece for piece in (around[0], spread, around[1]) if piece]
        )
        _uproot(graph, tree)
        graph.connect(tree.root, _plant(graph, (*leaves[: first + 1], *between, *after)), whole)
        return True
    return False


def spell_out(graph: Graph) -> bool:
    """A fused index that another one runs through, along with one of its own parts or what leads
    to one, written as its parts: F[k,i,j] F[i,l,j] has k run through l, j and j.
    """
    fuses = [hyper for hyper in graph.hyper if hyper[0].op == "fuse"]
    for outer in fuses:
        near = {end for leaf in outer[1][1:] for _, end, _ in graph.incident(leaf)}
        for inner in fuses:
            root = inner[1][0]
            if root not in outer[1][1:] or not set(inner[1][1:]) & {*near, *outer[1][1:]}:
                continue
            before, again = list(graph.hyper), graph.fresh(graph.dims[root])
            graph.hyper.remove(outer)
            own = tuple([again if label == root else label for label in outer[1]])
            graph.hyper += [(outer[0], own), (inner[0], (again, *inner[1][1:]))]
            if double(graph) or join(graph):
                return True
            graph.hyper[:] = before
            graph.drop(again)
    return False


def _split(graph: Graph, tree: IndexTree, leaf: int) -> bool:
    """An index that nothing else touches as two that an identity joins: F[k,i,i] is vec(eye)[k]
    where i is summed.
    """
    places = [
        (n, axis) for n, h in enumerate(tree.hypers) for axis, k in enumerate(h[1]) if k == leaf
    ]
    if leaf < graph.rank or graph.weights[leaf] or graph.incident(leaf):
        return False
    if len(places) != 2 or graph.count_hypers(leaf) > len({n for n, _ in places}):
        return False
    other, (n, axis) = graph.fresh(graph.dims[leaf]), places[-1]
    expr, labels = tree.hypers[n]
    graph.hyper.remove(tree.hypers[n])
    graph.hyper.append((expr, (*labels[:axis], other, *labels[axis + 1 :])))
    graph.connect(leaf, other, identity(graph, graph.dims[leaf]))
    return True


def _uproot(graph: Graph, tree: IndexTree) -> None:
    """Take the factors of a fused index away."""
    for hyper in tree.hypers:
        graph.hyper.remove(hyper)
        if hyper[1][0] != tree.root:
            graph.drop(hyper[1][0])


def peel(graph: Graph) -> bool:
    """A leaf that leads to an index elsewhere gives way to that: F[k,i,j] M[i,p] is kron(eye, M)
    times F[k',p,j]; rather one that leads to a neighbour of another leaf, so that what is between
    them comes inside.
    """
    choices = _peelable(graph)
    if not choices:
        return False
    tree, place, end = next(
        (
            (tree, place, end)
            for tree, place, end in choices
            if any(leaf != tree.leaves[place] and graph.between(end, leaf) for leaf in tree.leaves)
        ),
        choices[0],
    )
    leaf, before, after = tree.leaves[place], tree.leaves[:place], tree.leaves[place + 1 :]
    ((_, _, onward),) = graph.incident(leaf)
    chain = graph.diagonal(tuple(graph.weights[leaf])) + onward
    pieces = [
        identity(graph, joint_size(graph, before)),
        chain,
        identity(graph, joint_size(graph, after)),
    ]
    whole = kronecker(
        graph, [piece for piece in pieces if piece is chain or piece[0].expr.shape[0] != ONE]
    )
    _uproot(graph, tree)
    graph.drop(leaf)
    graph.connect(tree.root, _plant(graph, (*before, end, *after)), whole)
    return True


def _peelable(graph: Graph) -> list[tuple[IndexTree, int, int]]:
    """The places of leaves that may give way, with what they lead to."""
    trees = find_fused_indices(graph)
    taken = {label for tree in trees for label in (tree.root, *tree.leaves)}
    found = []
    for tree in trees:
        if len(set(tree.leaves)) < len(tree.leaves):
            continue
        for place, leaf in enumerate(tree.leaves):
            ways = graph.incident(leaf)
            if leaf < graph.rank or len(ways) != 1 or graph.count_hypers(leaf) != 1:
                continue
            end = ways[0][1]
            if end >= graph.rank and end not in taken:
                found.append((tree, place, end))
    return found


def _plant(graph: Graph, leaves: Sequence[int]) -> int:
    """A new fused index with these leaves."""
    root = leaves[0]
    for leaf in leaves[1:]:
        size = graph.dims[leaf].times(graph.dims[root])
        joint = graph.fresh(size)
        fuse = graph.factory.make("fuse", (), (size, graph.dims[leaf], graph.dims[root]))
        graph.hyper.append((fuse, (joint, leaf, root)))
        root = joint
    return root
