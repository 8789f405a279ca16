"""A variable or an argument of a function taken for another, in all the places where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcalc.claims.judge.mutations import FARFETCHED, MOST_NODES, POSSIBLE, Mutation
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr, variable
from matcalc.core.user_functions import calls_function
from matcalc.write.printers.text import text

_MOST = 8  # arguments of functions that are tried in each other's place


def swaps(
    tree: Expr, variables: dict[str, Variable], others: Sequence[Expr] = ()
) -> Iterator[Mutation]:
    """The formula with one thing for another everywhere; arguments are those of ``others`` too."""
    order = tree.parts
    if len(order) > MOST_NODES:
        return
    for places in _places([node for node in order if node.op == "variable"]):
        if len(places) < 2:
            continue  # a single place is an edit
        name, shape = places[0].value, places[0].shape
        for wanted, declared in variables.items():
            if wanted != name and declared.shape == shape and declared.kind != "function":
                made = _replace(
                    tree, {id(node): variable(wanted, shape, row=node.row) for node in places}
                )
                other = variable(wanted, shape)
                yield Mutation(
                    "name", variable(name, shape), other, made, FARFETCHED, everywhere=True
                )
    mine = _places(_arguments(tree))
    pool = [
        places[0]
        for places in _places([part for each in (tree, *others) for part in _arguments(each)])
    ]
    for places in mine[:_MOST]:
        part = places[0]
        for other in pool[:_MOST]:
            if other.shape == part.shape and other.row == part.row and text(other) != text(part):
                made = _replace(tree, {id(node): other for node in places})
                yield Mutation("name", part, other, made, POSSIBLE)


def _arguments(tree: Expr) -> list[Expr]:
    """What functions are applied to, without names and numbers."""
    order = tree.parts
    applied = [node for node in order if calls_function(node) and len(node.args) == 1]
    return [node.args[0] for node in applied if node.args[0].args]


def _places(nodes: Sequence[Expr]) -> list[list[Expr]]:
    """The same nodes, those with the same text together."""
    found: dict[str, list[Expr]] = {}
    for node in nodes:
        found.setdefault(text(node), []).append(node)
    return list(found.values())


def _replace(tree: Expr, instead: dict[int, Expr]) -> Expr:
    """The formula with some of its parts replaced."""

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if id(node) in instead:
            return instead[id(node)]
        return node.with_args(args)

    return tree.fold(rule)
