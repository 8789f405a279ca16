"""What functions of matrices and vectors are of a scalar, which is a 1 x 1 matrix."""

from __future__ import annotations

from typing import Any

from matcalc.core.functions.spec import ITSELF
from matcalc.core.operations import OPERATIONS
from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import SyntaxNode

_PLAIN = ("name", "number", "entries")  # what these are is declared, or noted


def of_scalar(context: Context, node: SyntaxNode, name: str, s: Expr) -> Expr:
    """f of the 1 x 1 matrix s."""
    context.odd("function", s, node, name=name)
    return _put(context, node, OPERATIONS[name].of_scalar, s)


def note_transposed_number(context: Context, node: SyntaxNode, number: Expr, other: Expr) -> None:
    """Says of (a'*x)'*W that a'*x is a number: nobody transposes one that multiplies an array,
    unless it was meant to be something else.
    """
    left = node.args[0] if node.args else node
    transposed = left.kind == "'" and left.args[0].kind not in _PLAIN
    if transposed and other.rank and number.op not in ("number", "variable"):
        shown = context.quote(number)
        context.notes.setdefault(
            f"note: {shown} is a number, so that its transpose is the same and multiplies "
            f"{context.quote(other)}; declare its letters if it is none"
        )


def _put(context: Context, node: SyntaxNode, form: Any, s: Expr) -> Expr:
    """The expression that ``FunctionSpec.of_scalar`` describes, of s."""
    if form == ITSELF:
        return s
    if isinstance(form, int):
        return context.number(form, node)
    op, *parts = form
    return context.make(op, tuple([_put(context, node, part, s) for part in parts]), (), node)
