"""A variable or an argument of a function taken for another, in all the places where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcalc.claims.judge.mutations import FARFETCHED, MOST_NODES, POSSIBLE, Mutation
from matcalc.core.kinds import SYMMETRY, Variable
from matcalc.core.operations import OPERATIONS
from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr, transpose, variable
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
        if places[0].rank == 2 and SYMMETRY.get(variables[str(places[0].value)].kind) != 1:
            turned = {node: transpose(node) for node in places}
            yield Mutation(
                "factor-transposed",
                places[0],
                transpose(places[0]),
                put_in(tree, turned),
                FARFETCHED,
                everywhere=True,
            )
        name, shape = places[0].value, places[0].shape
        for wanted, declared in variables.items():
            if wanted != name and declared.shape == shape and declared.kind != "function":
                named = {node: variable(wanted, shape, row=node.row) for node in places}
                made = put_in(tree, named)
                other = variable(wanted, shape)
                yield Mutation(
                    "name", variable(name, shape), other, made, FARFETCHED, everywhere=True
                )
    mine = _places(_arguments(tree))
    pool = [
        places[0]
        for places in _places([part for each in (tree, *others) for part in _arguments(each)])
        if places[0].args
    ]
    for places in mine[:_MOST]:
        part = places[0]
        for other in pool[:_MOST]:
            if other.rank == part.rank and other.row == part.row and text(other) != text(part):
                applied = _apply(tree, part, other)
                if applied is not None:
                    yield Mutation("name", part, other, applied, POSSIBLE)


def _arguments(tree: Expr) -> list[Expr]:
    """What functions are applied to, without numbers."""
    return [arg for node in tree.parts if _applies(node) for arg in node.args if _varies(arg)]


def _applies(node: Expr) -> bool:
    """Whether this is a function whose argument may be another."""
    if calls_function(node) and len(node.args) == 1:
        return True
    return node.op in OPERATIONS and OPERATIONS[node.op].branches in ("order", "size")


def _varies(arg: Expr) -> bool:
    return "variable" in arg.operations


def _apply(tree: Expr, part: Expr, other: Expr) -> Expr | None:
    """The formula with another argument of functions for one, wherever that stands; None where it
    would not fit.
    """
    shown, resized = text(part), other.shape != part.shape
    unfit: list[Expr] = []

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if _applies(node):
            given = zip(node.args, args, strict=True)
            args = [other if text(old) == shown else new for old, new in given]
        if all(new.shape == old.shape for old, new in zip(node.args, args, strict=True)):
            return node.with_args(args)
        if node.shape != part.shape or any(arg.shape not in ((), other.shape) for arg in args):
            unfit.append(node)
        return Expr(node.op, tuple(args), other.shape, value=node.value, row=node.row)

    made = tree.fold(rule) if part.rank == 1 or not resized else tree
    return None if unfit or made is tree else made


def _places(nodes: Sequence[Expr]) -> list[list[Expr]]:
    """The same nodes, those with the same text together."""
    found: dict[str, list[Expr]] = {}
    for node in nodes:
        found.setdefault(text(node), []).append(node)
    return list(found.values())
