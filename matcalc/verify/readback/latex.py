"""Whether LaTeX means the tree that it was printed from."""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.declared import FunctionRef
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import Variable
from matcalc.core.language import Language
from matcalc.core.tree import APPLY, Expr
from matcalc.read.tex.read import read_latex
from matcalc.verify.readback.forms import Forms
from matcalc.verify.readback.values import alike

_INDICES = frozenset({"einsum", "epsilon", "fuse", "indexed"})


def latex_says(
    formula: str,
    tree: Expr,
    variables: Mapping[str, Variable],
    language: Language | None = None,
) -> bool:
    """Whether the formula, read again with these variables, has the value of the tree.

    Of sums over entries, of functions that users set as they like, and of derivatives of declared
    functions nothing is read.
    """
    if any(_unread(node) for node in tree.parts):
        return True
    try:
        again = read_latex(formula, variables, language=language)
    except MatcalcError:
        return False
    value = again.expr
    if len(again.variables) > len(variables) or (value.shape, value.row) != (tree.shape, tree.row):
        return False
    forms = Forms()
    return forms.tree(value, sized=True) == forms.tree(tree, sized=True) or alike(
        tree, value, variables
    )


def _unread(node: Expr) -> bool:
    if node.op != APPLY:
        return node.op in _INDICES
    return not isinstance(node.value, FunctionRef) or node.value.order > 0
