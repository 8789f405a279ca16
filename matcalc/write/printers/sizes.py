"""Which identities and constant arrays are to be written with their sizes."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.dims import Dim
from matcalc.core.kinds import Variable, size_names
from matcalc.core.operations import LINEAR, OPERATIONS, SIZES
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder


def size_choices(tree: Expr) -> list[set[int]]:
    """Choices of the nodes to be sized, the shortest text first: none; those that make up the shape
    of the whole; all.

    There is only the first where the tree has no such node.
    """
    constants = {id(expr) for expr in tree.parts if expr.op in ("eye", "fill")}
    if not constants:
        return [set()]
    outermost = {id(expr) for expr in postorder(tree, _outermost)} & constants
    return [set(), outermost, constants]


_SHAPING = (
    *("+", "-", "neg", "*", "/", ".*", "./", "'", "blocks"),
    *(name for name in LINEAR if name not in SIZES and OPERATIONS[name].rank != 0),
)


def _outermost(expr: Expr) -> tuple[Expr, ...]:
    """The arguments that the shape of an expression comes from."""
    return expr.args if expr.op in _SHAPING else ()


def write_known_sizes(tree: Expr, variables: Mapping[str, Variable]) -> Expr:
    """The tree with a dimension that no variable has written as a sum of ones: its name would mean
    nothing to a reader.
    """
    names = set(size_names(variables.values()))
    unknown = {
        id(e) for e in tree.parts if e.op == "dimension" and not names.issuperset(e.value.letters)
    }
    if not unknown:
        return tree

    def rule(expr: Expr, args: list[Expr]) -> Expr:
        if id(expr) in unknown:
            size: Dim = expr.value
            return Expr("tr", (Expr("eye", (), (size, size)),))
        args = [
            *args[: SIZES.get(expr.op)],
            *expr.args[len(args[: SIZES.get(expr.op)]) :],
        ]  # sizes stay what they are
        return expr.with_args(args)

    return tree.fold(rule)
