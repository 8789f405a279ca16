"""Other values in place of the variables of a typed tree."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matcalc.core.tree import Expr


def replace_variables(tree: Expr, values: Mapping[str, Callable[[Expr], Expr]]) -> Expr:
    """The tree with ``values[name](node)``, of the same shape, for each node that is the variable
    ``name``.
    """

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "variable" and node.value in values:
            return values[node.value](node)
        return node.with_args(args)

    return tree.fold(rule)
