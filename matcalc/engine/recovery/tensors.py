"""Factors that are arrays with three axes or more: entry-by-entry products, sums of entries.

Two that are on the same labels are one, their entry-by-entry product; a label that nothing else
touches is summed. What is left is an ``einsum``.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.dims import Dim
from matcalc.core.operations import is_value
from matcalc.core.tree import Expr, is_number
from matcalc.engine.ir.nodes import Labels, Rational
from matcalc.engine.recovery.block_terms import slice_of
from matcalc.engine.recovery.chains import Chain, EntryProduct, Link
from matcalc.engine.recovery.graph import Edge, Graph, Hyper
from matcalc.engine.recovery.masks import is_running
from matcalc.engine.recovery.products import IndexTree, find_fused_indices


def reduce_arrays(graph: Graph) -> bool:
    """One step; False when there is none."""
    arrays = [hyper for hyper in graph.hyper if _plain(hyper)]
    return (
        any(_slice(graph, hyper) or _accumulate(graph, hyper) for hyper in arrays)
        or any(_stack(graph, tree) for tree in (find_fused_indices(graph) if arrays else ()))
        or _join(graph)
        or any(_sum(graph, hyper) for hyper in arrays)
        or any(_unstack(graph, tree) for tree in find_fused_indices(graph))
    )


def align_factors(graph: Graph) -> EntryProduct | None:
    """The factors of a product entry by entry, where all that is left are arrays on the outputs."""
    outputs = set(range(graph.rank))
    if graph.edges or any(graph.weights.values()) or set(graph.weights) != outputs:
        return None
    if not graph.hyper:
        shape = tuple([graph.dims[label] for label in sorted(outputs)])
        return (((link(graph.factory.fill(graph.factory.number(1), shape)),), 1),)
    parts: list[tuple[Chain, int]] = []
    for hyper in graph.hyper:
        if not _plain(hyper) or set(hyper[1]) != outputs:
            return None
        parts.append(((link(_permute(graph, hyper, tuple(range(graph.rank)))),), 1))
    return tuple(parts)


def link(expr: Expr) -> Link:
    """An array as the only factor of a chain; nothing turns it round."""
    return Link(expr, False, True)


def _plain(hyper: Hyper) -> bool:
    """Whether this is a value on labels that differ."""
    expr, labels = hyper
    return is_value(expr) and len(set(labels)) == len(labels)


def _permute(graph: Graph, hyper: Hyper, labels: Labels) -> Expr:
    """The array with its axes in the order of these labels."""
    expr, own = hyper
    return graph.factory.permute(expr, tuple([own.index(label) for label in labels]))


def _join(graph: Graph) -> bool:
    """All arrays on one set of labels that is not that of the outputs, as one."""
    groups: dict[frozenset[int], list[Hyper]] = {}
    for hyper in graph.hyper:
        if _plain(hyper):
            groups.setdefault(frozenset(hyper[1]), []).append(hyper)
    for labels, members in groups.items():
        if len(members) == 1 or labels == set(range(graph.rank)):
            continue
        found = []
        for order in dict.fromkeys(own for _, own in members):
            links = [link(_permute(graph, each, order)) for each in members]
            parts: EntryProduct = tuple([((each,), 1) for each in links])
            shape = tuple([graph.dims[label] for label in order])
            found.append((graph.writer.hadamard(parts, shape), order))
        graph.hyper = [hyper for hyper in graph.hyper if hyper not in members]
        graph.hyper.append(min(found, key=lambda each: graph.writer.order(each[0])))
        return True
    return False


def _slice(graph: Graph, hyper: Hyper) -> bool:
    """A range of an index that nothing else touches, or one place, as a slice of the array."""
    expr, labels = hyper
    for axis, label in enumerate(labels):
        if label < graph.rank or graph.count_hypers(label) > 1:
            continue
        weights, edges = graph.weights[label], graph.incident(label)
        if not edges and len(weights) == 1 and _is_place(weights[0]):
            place = weights[0][0][0].expr
            sliced = slice_of(graph.factory, expr, axis, place.value, None)
            _replace(graph, hyper, label, sliced, labels[:axis] + labels[axis + 1 :])
            return True
        if not weights and len(edges) == 1 and _is_range(edges[0][2][0]):
            first = edges[0][2][0].expr
            own = _beyond(graph, edges[0], labels, first.shape[1])
            sliced = slice_of(graph.factory, expr, axis, first.value, first.shape[1])
            _replace(graph, hyper, label, sliced, (*labels[:axis], own, *labels[axis + 1 :]))
            return True
    return False


def _accumulate(graph: Graph, hyper: Hyper) -> bool:
    """A triangle of ones on an index that nothing else touches: the sum of all entries up to each,
    or from it on, cumsum(T, k).
    """
    expr, labels = hyper
    for axis, label in enumerate(labels):
        edges = graph.incident(label)
        if label < graph.rank or graph.count_hypers(label) > 1 or graph.weights[label]:
            continue
        if len(edges) == 1 and is_running(edges[0][2][0].expr):
            first = edges[0][2][0]
            # the sum over r of array[r] times the triangle at [r, c]
            backwards = (first.expr.op == "tril") != first.flipped
            own = _beyond(graph, edges[0], labels, first.expr.shape[0])
            args = (expr, graph.factory.number(axis + 1))
            summed = graph.factory.make("revcumsum" if backwards else "cumsum", args, expr.shape)
            _replace(graph, hyper, label, summed, (*labels[:axis], own, *labels[axis + 1 :]))
            return True
    return False


def _beyond(graph: Graph, edge: Edge, labels: Labels, size: Dim) -> int:
    """The label after the first link of an edge, one that the array does not have yet."""
    _, end, (_, *rest) = edge
    if not rest and end not in labels:
        return end
    own = graph.fresh(size)
    graph.connect(own, end, tuple(rest) or (Link(graph.factory.eye(size), False, True),))
    return own


def _is_range(link: Link) -> bool:
    """Whether the places of a range are picked here, and not put back."""
    return link.expr.op == "select" and not link.flipped


def _is_place(weight: tuple[Chain, Rational]) -> bool:
    """Whether this is the vector with a one at a place."""
    chain, exponent = weight
    return len(chain) == 1 and exponent == 1 and chain[0].expr.op == "unit"


def _replace(graph: Graph, hyper: Hyper, gone: int, expr: Expr, labels: Labels) -> None:
    """A factor instead of another, without one of its labels."""
    graph.hyper.remove(hyper)
    graph.drop(gone)
    graph.add_factor(expr, labels)


def _stack(graph: Graph, tree: IndexTree) -> bool:
    """An array whose labels run through one index is vec of it, a weight of that index."""
    leaves = tree.leaves[::-1]  # the fastest first
    for hyper in graph.hyper:
        if not _plain(hyper) or set(hyper[1]) != set(leaves) or len(leaves) != len(hyper[1]):
            continue
        if all(
            label >= graph.rank and _inside(graph, label, (*tree.hypers, hyper)) for label in leaves
        ):
            array = _permute(graph, hyper, leaves)
            graph.hyper.remove(hyper)
            _uproot(graph, tree, leaves)
            whole = graph.factory.call("vec", (array,), (graph.dims[tree.root],))
            graph.add_weight(tree.root, (Link(whole),))
            return True
    return False


def _unstack(graph: Graph, tree: IndexTree) -> bool:
    """A vector over an index that runs through three labels or more is an array on these,
    reshape(u, n, m, k).
    """
    root, leaves = tree.root, tree.leaves[::-1]
    if len(leaves) < 3 or root < graph.rank or not graph.weights[root]:
        return False
    if len(set(leaves)) < len(leaves) or not _inside(graph, root, tree.hypers, bare=False):
        return False
    vector = graph.writer.product(graph.end(root))
    content = vector.args[0] if vector.op == "vec" else vector
    shape = tuple([graph.dims[label] for label in leaves])
    sizes = [graph.factory.dimension(size) for size in shape]
    _uproot(graph, tree, (root,))
    graph.hyper.append((graph.factory.call("reshape", (content, *sizes), shape), leaves))
    return True


def split_fused_rows(graph: Graph) -> bool:
    """One step where only index notation is left: a matrix whose rows are a fused index is an array
    on the parts of this, reshape(M, n, m, k); False when there is none.
    """
    if graph.rank > 2:
        return False
    for tree in find_fused_indices(graph):
        root, leaves = tree.root, tree.leaves[::-1]  # the fastest first
        edges = graph.incident(root)
        if root < graph.rank or len(edges) != 1 or graph.weights[root]:
            continue
        _, end, chain = edges[0]
        apart = len({*leaves, end, root}) == len(leaves) + 2
        if not apart or any(
            root in own for h in graph.hyper if h not in tree.hypers for own in h[1:]
        ):
            continue
        factory, matrix = graph.factory, graph.writer.product(chain)
        shape = tuple([graph.dims[label] for label in (*leaves, end)])
        sizes = [factory.dimension(size) for size in shape]
        _uproot(graph, tree, (root,))
        graph.hyper.append((factory.call("reshape", (matrix, *sizes), shape), (*leaves, end)))
        return True
    return False


def _uproot(graph: Graph, tree: IndexTree, gone: Labels) -> None:
    """Takes the factors of a fused index away, and the labels that only they had."""
    inner = {hyper[1][0] for hyper in tree.hypers} - {tree.root}
    for hyper in tree.hypers:
        graph.hyper.remove(hyper)
    for label in inner | set(gone):
        graph.drop(label)


def _inside(graph: Graph, label: int, hypers: Sequence[Hyper], *, bare: bool = True) -> bool:
    """Whether nothing but these factors, and weights unless it is to be bare, touches a label."""
    if graph.incident(label) or (bare and graph.weights[label]):
        return False
    return all(label not in hyper[1] for hyper in graph.hyper if hyper not in hypers)


def _sum(graph: Graph, hyper: Hyper) -> bool:
    """The sum over the labels that nothing else touches."""
    expr, labels = hyper
    gone = [label for label in labels if _alone(graph, label, hyper)] if _plain(hyper) else []
    if not gone:
        return False
    graph.hyper.remove(hyper)
    for label in gone:
        graph.drop(label)
    kept = tuple([label for label in labels if label not in gone])
    factory, shape = graph.factory, tuple([graph.dims[label] for label in kept])
    if not kept:
        square = expr.op == ".^" and is_number(expr.args[1], 2)
        graph.total(expr, expr.args[0] if square else None)
        return True
    if len(gone) == 1:
        axis = factory.number(labels.index(gone[0]) + 1)
        summed = factory.make("sum", (expr, axis), shape)
    else:
        summed = factory.make("einsum", (expr,), shape, ((labels,), kept))
    graph.add_factor(summed, kept)
    return True


def _alone(graph: Graph, label: int, hyper: Hyper) -> bool:
    """Whether a label is summed and touches nothing but this array."""
    others = any(label in labels for expr, labels in graph.hyper if (expr, labels) != hyper)
    return (
        label >= graph.rank
        and not graph.weights[label]
        and not graph.incident(label)
        and not others
        and graph.hyper.count(hyper) == 1
    )
