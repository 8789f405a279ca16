"""A function that stands where its derivative belongs, as log(x) where 1/x does, or the other way
round.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from matcalc.claims.judge.mutations import FARFETCHED, MOST_NODES, Mutation
from matcalc.core.errors import MatcalcError
from matcalc.core.operations import ENTRYWISE, OPERATIONS
from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr
from matcalc.engine.pipeline import derive
from matcalc.read.frontend import read

_MOST = 6  # functions of a formula that are looked at
_SHAPES = ("scalar", "vector(n)", "matrix(m, n)")


def slopes(tree: Expr) -> Iterator[Mutation]:
    """The formula with the derivative of a function for the function, in each place of one."""
    order = tree.parts
    if len(order) > MOST_NODES:
        return
    found = [
        node
        for node in order
        if node.op in ENTRYWISE
        and node.op in OPERATIONS
        and len(node.args) == 1
        and node.rank < len(_SHAPES)
    ]
    for node in found[:_MOST]:
        slope = _slope(node.op, node.rank)
        if slope is not None:
            instead = _at(slope, node)
            whole = put_in(tree, {node: instead})
            yield Mutation("function", node, instead, whole, FARFETCHED)


@cache
def _slope(name: str, rank: int) -> Expr | None:
    """The derivative of a function of x, entry by entry; None where it is none of x or has none."""
    try:
        program = read(f"sum({name}(x))" if rank else f"{name}(x)", {"x": _SHAPES[rank]})
        found = derive(program, "x")
    except MatcalcError:
        return None
    sized = any(part.op in ("fill", "eye", "dimension") and part.rank for part in found.parts)
    named = "variable" in found.operations
    return found if named and not sized and found.rank == rank else None


def _at(slope: Expr, node: Expr) -> Expr:
    """The derivative with what the function is of in place of x."""
    (inner,) = node.args

    def put(part: Expr, args: list[Expr]) -> Expr:
        if part.op == "variable":
            return inner
        shape = node.shape if part.rank else ()
        return Expr(part.op, tuple(args), shape, value=part.value, row=node.row and bool(shape))

    return slope.fold(put)
