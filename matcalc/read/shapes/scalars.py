"""What functions of matrices and vectors are of a scalar, which is a 1 x 1 matrix."""

from __future__ import annotations

from typing import Any

from matcalc.core.functions.spec import ITSELF
from matcalc.core.operations import OPERATIONS
from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import SyntaxNode


def of_scalar(context: Context, node: SyntaxNode, name: str, s: Expr) -> Expr:
    """f of the 1 x 1 matrix s."""
    context.odd("function", s, node, name=name)
    return _put(context, node, OPERATIONS[name].of_scalar, s)


def _put(context: Context, node: SyntaxNode, form: Any, s: Expr) -> Expr:
    """The expression that ``FunctionSpec.of_scalar`` describes, of s."""
    if form == ITSELF:
        return s
    if isinstance(form, int):
        return context.number(form, node)
    op, *parts = form
    return context.make(op, tuple([_put(context, node, part, s) for part in parts]), (), node)
