"""|a|: the absolute value of a number, the norm of a vector, the determinant of a square matrix.

The entries' absolute values are the other reading of |x| and |A|. So a note says what was read, and
where the entries would fit and a number is odd, as in sum(|x|), both are named.
"""

from __future__ import annotations

import re

from matcalc.core.errors import ShapeError
from matcalc.core.notes import format_offer
from matcalc.core.tree import Expr
from matcalc.core.user_functions import acts_entrywise
from matcalc.read.shapes.context import Context
from matcalc.read.shapes.shape_rules import apply
from matcalc.read.syntax.nodes import SyntaxNode

LATEX = "latex"  # the value of a node that is written in LaTeX
_OF_LOGARITHM = re.compile(r"(?:log|ln)\s*[({]?\s*(?:\\(?:left|[bB]igg?l?)\s*)?$")
_TOGETHER = frozenset({"neg", "+", "-", "*", "/", ".*", "./", "^", ".^"})
# by the rank of what is inside: the function, in words, and as it is written
_MEANINGS = {
    1: ("norm2", "the norm of a vector", (r"\lVert {0} \rVert", "norm2({0})")),
    2: ("det", "the determinant", (r"\det({0})", "det({0})")),
}
# in LaTeX and in the language
_ABS = (r"\operatorname{{abs}}({0}) entry by entry", "abs({0}) entry by entry")
_NORM = (r"\lVert {0} \rVert_F for the norm", "norm2({0}) for the norm")


def bars(context: Context, node: SyntaxNode, arg: Expr) -> Expr:
    """|a|; refused of a matrix that is not square."""
    if not arg.shape and id(arg) not in context.rankless:
        return apply(context, node, "abs", [arg])
    context.settle(arg)
    if arg.is_tensor or (arg.rank == 2 and _is_oblong(context, arg)):
        entries, norm = (_written_form(context, node, arg, each) for each in (_ABS, _NORM))
        hint = f"write {entries}, {norm}"
        what = f"|...| of {context.describe(arg)} is ambiguous"
        raise context.problem(what, node.span, hint)
    result = apply(context, node, _MEANINGS[arg.rank][0], [arg])
    context.barred[id(result)] = node, arg
    _note(context, node, arg)
    return result


def _is_oblong(context: Context, arg: Expr) -> bool:
    rows, columns = (context.unifier.resolve(axis) for axis in arg.shape)
    known = not any(name.startswith("?") for size in (rows, columns) for name in size.letters)
    return known and rows != columns


def _written_form(context: Context, node: SyntaxNode, arg: Expr, forms: tuple[str, str]) -> str:
    """One of two forms, in LaTeX or in the language, whichever the bars are written in."""
    return forms[node.value != LATEX].format(context.quote(arg))


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
        _, what, forms = _MEANINGS[arg.rank]
        shown = f"|{context.quote(arg)}|"
        entries, whole = (_written_form(context, node, arg, each) for each in (_ABS, forms))
        hint = f"write {entries}, {whole} for {what.removesuffix(' of a vector')}"
        if arg.op == "variable" and arg.value not in context.declared:
            hint += f"; or declare {arg.value}: scalar"
        return context.problem(
            f"{shown} may be {what} or the absolute values of the entries", node.span, hint
        )
    return None


def _note(context: Context, node: SyntaxNode, arg: Expr) -> None:
    """Says what a vector or a matrix between bars is read as."""
    if arg.rank == 2 and _OF_LOGARITHM.search(context.source, 0, node.start):
        return
    text = f"note: |{context.quote(arg)}| is read as {_MEANINGS[arg.rank][1]}; "
    text += f"write {_written_form(context, node, arg, _ABS)}"
    if arg.op == "variable" and arg.value not in context.declared:
        text += f"; {format_offer(arg.value, 'scalar')} otherwise"
    context.notes[text] = None
