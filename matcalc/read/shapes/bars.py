"""|a|: the absolute value of a number, the norm of a vector, the determinant of a square matrix.

The entries' absolute values are the other reading of |x| and |A|. So a note says what was read, and
where the entries would fit and a number is odd, as in sum(|x|), both are named.
"""

from __future__ import annotations

import re

from matcalc.core.errors import ShapeError
from matcalc.core.notes import declaring
from matcalc.core.tree import Expr
from matcalc.core.user_functions import acts_entrywise
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.functions import apply
from matcalc.read.syntax.nodes import Node

LATEX = "latex"  # the value of a node that is written in LaTeX
_OF_LOGARITHM = re.compile(r"(?:log|ln)\s*[({]?\s*(?:\\(?:left|[bB]igg?l?)\s*)?$")
_TOGETHER = frozenset({"neg", "+", "-", "*", "/", ".*", "./", "^", ".^"})
# by the rank of what is inside: the function, in words, and as it is written in LaTeX
_MEANINGS = {
    1: ("norm2", "the norm of a vector", r"\lVert {0} \rVert"),
    2: ("det", "the determinant", r"\det({0})"),
}


def bars(context: Context, node: Node, arg: Expr) -> Expr:
    """|a|; refused of a matrix that is not square."""
    if not arg.shape and id(arg) not in context.rankless:
        return apply(context, node, "abs", [arg])
    context.settle(arg)
    if arg.rank > 2 or (arg.rank == 2 and _is_oblong(context, arg)):
        hint = f"write {_abs(context, node, arg)}, {_norm(context, node, arg)}"
        what = f"|...| of {context.describe(arg)} has several readings"
        raise context.problem(what, node.span, hint)
    result = apply(context, node, _MEANINGS[arg.rank][0], [arg])
    context.barred[id(result)] = node, arg
    _note(context, node, arg)
    return result


def _is_oblong(context: Context, arg: Expr) -> bool:
    rows, columns = (context.unifier.resolve(axis) for axis in arg.shape)
    known = not any(name.startswith("?") for size in (rows, columns) for name in size.letters)
    return known and rows != columns


def _abs(context: Context, node: Node, arg: Expr) -> str:
    a = context.quote(arg)
    return (
        rf"\operatorname{{abs}}({a}) entry by entry"
        if node.value == LATEX
        else (f"abs({a}) entry by entry")
    )


def _norm(context: Context, node: Node, arg: Expr) -> str:
    a = context.quote(arg)
    return (
        rf"\lVert {a} \rVert_F for the norm"
        if node.value == LATEX
        else (f"norm2({a}) for the norm")
    )


def refuse_entries(context: Context) -> None:
    """Refuses sum(|x|) and |x| + y, where the absolute values of the entries would fit."""
    misfit = _misfit(context)
    if misfit is not None:
        raise misfit


def _misfit(context: Context) -> ShapeError | None:
    holding: dict[int, int] = {key: key for key in context.barred}  # scalars, with their bars
    behind: list[int] = []
    for part in context.made:
        if part.op == "*" and (part.args[0].rank == 2 or part.args[0].row):
            behind += [holding[id(arg)] for arg in part.args[1:] if id(arg) in holding]
        if part.shape or id(part) in holding:
            continue
        if part.op in _TOGETHER or acts_entrywise(part):
            for arg in part.args:
                if id(arg) in holding:
                    holding[id(part)] = holding[id(arg)]
    odd = [
        holding[id(each.scalar)]
        for each in context.oddities.values()
        if each.kind != "leading" and id(each.scalar) in holding
    ]
    for key in (*odd, *behind):
        node, arg = context.barred[key]
        name, what, tex = _MEANINGS[arg.rank]
        a = context.quote(arg)
        whole = tex.format(a) if node.value == LATEX else f"{name}({a})"
        shown = f"|{a}|"
        hint = f"write {_abs(context, node, arg)}, {whole} for {what.removesuffix(' of a vector')}"
        if arg.op == "variable" and arg.value not in context.declared:
            hint += f"; or declare {arg.value}: scalar"
        return context.problem(
            f"{shown} may be {what} or the absolute values of the entries", node.span, hint
        )
    return None


def _note(context: Context, node: Node, arg: Expr) -> None:
    """Says what a vector or a matrix between bars is read as."""
    if arg.rank == 2 and _OF_LOGARITHM.search(context.source, 0, node.start):
        return
    text = f"note: |{context.quote(arg)}| is read as {_MEANINGS[arg.rank][1]}; "
    text += f"write {_abs(context, node, arg)}"
    if arg.op == "variable" and arg.value not in context.declared:
        text += f"; {declaring(arg.value, 'scalar')} otherwise"
    context.notes[text] = None
