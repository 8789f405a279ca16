"""Whether LaTeX means the tree that it was printed from."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.declared import FunctionRef
from matcalc.core.errors import MatcalcError
from matcalc.core.indexed import all_parts
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.core.tree import APPLY, Expr
from matcalc.read.tex.read import read_latex
from matcalc.verify.readback.forms import Forms
from matcalc.verify.readback.values import alike
from matcalc.write.printers.latex import MOST_ROWS, with_head

_HESSIAN = 2  # order
_INDICES = frozenset({"einsum", "epsilon", "fuse", "indexed"})


def latex_says(
    formula: str,
    tree: Expr,
    variables: Mapping[str, Variable],
    language: BaseLanguage | None = None,
    *,
    headed: bool = False,
) -> bool:
    """Whether the formula, read again with these variables, has the value of the tree.

    Of functions that users set as they like nothing is read, nor of derivatives of declared
    functions that have weights, directions or several arguments.
    """
    if any(node.op == APPLY and _unread(node) for node in all_parts(tree)):
        return True
    by_entries = any(node.op in _INDICES or node.rank > MOST_ROWS for node in tree.parts)
    printed = tree.shape if by_entries else None
    if by_entries and not headed:
        formula = with_head(formula, tree, variables)
    try:
        again = read_latex(formula, variables, language=language, printed=printed)
    except MatcalcError:
        return False
    value = again.expr
    if len(again.variables) > len(variables) or (value.shape, value.row) != (tree.shape, tree.row):
        return False
    forms = Forms()
    return forms.tree(value, sized=True) == forms.tree(tree, sized=True) or alike(
        tree, value, variables
    )


def _unread(call: Expr) -> bool:
    function = call.value
    if not isinstance(function, FunctionRef):
        return True
    return bool(function.by) or function.order > _HESSIAN or len(call.args) > function.arity
