"""Factors that are arrays with three axes or more: entry-by-entry products, sums of entries.

Two that stand on the same labels are one, their entry-by-entry product; a label that nothing else
touches is summed. What is left is an ``einsum``.
"""

from __future__ import annotations

from matcalc.core.operations import is_value
from matcalc.core.tree import Expr, is_number
from matcalc.engine.ir.nodes import Labels
from matcalc.engine.recovery.chains import Chain, Link, Parts
from matcalc.engine.recovery.graph import Graph, Hyper


def reduce_arrays(graph: Graph) -> bool:
    """One step; False when there is none."""
    return _join(graph) or any(_sum(graph, hyper) for hyper in list(graph.hyper))


def aligned(graph: Graph) -> Parts | None:
    """The factors of a product entry by entry, where all that is left are arrays on the outputs."""
    outputs = set(range(graph.rank))
    if graph.edges or any(graph.weights.values()) or set(graph.weights) != outputs:
        return None
    if not graph.hyper:
        shape = tuple([graph.dims[label] for label in sorted(outputs)])
        return (((link(graph.forge.fill(graph.forge.number(1), shape)),), 1),)
    parts: list[tuple[Chain, int]] = []
    for hyper in graph.hyper:
        if not _plain(hyper) or set(hyper[1]) != outputs:
            return None
        parts.append(((link(_turned(graph, hyper, tuple(range(graph.rank)))),), 1))
    return tuple(parts)


def link(expr: Expr) -> Link:
    """An array as the only factor of a chain; nothing turns it round."""
    return Link(expr, False, True)


def _plain(hyper: Hyper) -> bool:
    """Whether this is a value on labels that differ."""
    expr, labels = hyper
    return is_value(expr) and len(set(labels)) == len(labels)


def _turned(graph: Graph, hyper: Hyper, labels: Labels) -> Expr:
    """The array with its axes in the order of these labels."""
    expr, own = hyper
    return graph.forge.permute(expr, tuple([own.index(label) for label in labels]))


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
            parts: Parts = tuple([((link(_turned(graph, each, order)),), 1) for each in members])
            shape = tuple([graph.dims[label] for label in order])
            found.append((graph.weaver.hadamard(parts, shape), order))
        graph.hyper = [hyper for hyper in graph.hyper if hyper not in members]
        graph.hyper.append(min(found, key=lambda each: graph.weaver.order(each[0])))
        return True
    return False


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
    forge, shape = graph.forge, tuple([graph.dims[label] for label in kept])
    if not kept:
        square = expr.op == ".^" and is_number(expr.args[1], 2)
        graph.total(expr, expr.args[0] if square else None)
        return True
    if len(gone) == 1:
        axis = forge.number(labels.index(gone[0]) + 1)
        summed = forge.make("sum", (expr, axis), shape)
    else:
        summed = forge.make("einsum", (expr,), shape, ((labels,), kept))
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
