"""Arrays that are rearranged keep their form in index notation.

The entry of ``reshape(U, p, n)`` at i, j is that, and no sum over the entries of U.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.kinds import Variable, free_kind
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, variable, variable_names
from matcalc.write.printers.text import has_indices


def name_reshaped(
    tree: Expr, variables: Mapping[str, Variable]
) -> tuple[Expr, Mapping[Variable, Expr]]:
    """The tree with a variable for each array that is rearranged, and what these stand for.

    A constant that is rearranged is better written by its indices, and an array that is defined by
    its entries has no place to stand in a sum.
    """
    arrays: dict[Variable, Expr] = {}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op != "reshape" or has_indices(node.args[0], variables):
            return node.with_args(args)
        used = variable_names(node)
        if not used or any(variables[name].complex for name in used):
            return node.with_args(args)
        named = Variable(f"reshape:{len(arrays)}", free_kind(node.rank), node.shape)
        arrays[named] = node  # no name of the language
        return variable(named.name, node.shape)

    return tree.fold(rule), arrays


def restore_reshaped(tree: Expr, arrays: Mapping[Variable, Expr]) -> Expr:
    """The tree with the arrays in the places of their variables."""
    known = {named.name: array for named, array in arrays.items()}
    return replace_variables(tree, dict.fromkeys(known, lambda node: known[node.value]))
