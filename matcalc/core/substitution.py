"""Other values in place of the variables of a typed tree, and other sizes in place of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matcalc.core.dims import Dim
from matcalc.core.tree import Expr, dimension


def replace_variables(tree: Expr, values: Mapping[str, Callable[[Expr], Expr]]) -> Expr:
    """The tree with ``values[name](node)``, of the same shape, for each node that is the variable
    ``name``.
    """

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "variable" and node.value in values:
            return values[node.value](node)
        return node.with_args(args)

    return tree.fold(rule)


def replace_sizes(tree: Expr, known: Callable[[str], Dim | None]) -> Expr:
    """The tree with other dimensions for those of some names; those inside of forms with indices
    stay.
    """

    def put(size: Dim | None) -> Dim | None:
        return None if size is None else size.put(known)

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "dimension":
            return dimension(node.value.put(known))
        value = node.value
        if node.op == "unit":
            value = put(value)
        elif node.op == "slice":
            value = tuple([each and tuple(map(put, each)) for each in value])
        shape = tuple(size.put(known) for size in node.shape)
        return Expr(node.op, tuple(args), shape, value=value, row=node.row)

    return tree.fold(rule)
