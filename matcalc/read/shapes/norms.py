"""Norms as papers and NumPy write them: ‖a‖, norm(a, 1), norm(A, 'fro')."""

from __future__ import annotations

from matcalc.core.errors import ShapeError
from matcalc.core.tree import Expr
from matcalc.read.shapes.context import Context
from matcalc.read.syntax.nodes import SyntaxNode

_TEXTS = {
    "fro": "norm2",
    "Frobenius": "norm2",
    "F": "norm2",
    "f": "norm2",
    "nuc": "nucnorm",
    "inf": "norminf",
    "Inf": "norminf",
}
_OF_MATRICES = {
    1: "max(sum(abs({0}), 1)) for the largest sum of a column, norm1({0}) for the sum "
    "of all absolute values, "
    "norm2({0}, 1) for the norm of each column",
    2: "specnorm({0}) for the spectral norm, norm2({0}) for the Frobenius norm, "
    "norm2({0}, 2) for the norm of each row",
    None: "schatten({0}, p) for the p-norm of the singular values, normp({0}, p) for that "
    "of the entries",
}
_LARGEST = "max(sum(abs({0}), 2)) for the largest sum of a row, max(abs({0})) for the largest entry"


def norm_in_bars(context: Context, node: SyntaxNode, arg: Expr) -> str:
    """The function that ‖a‖ is: the 2-norm of a vector or another that its subscript names, the
    Frobenius norm of a matrix if that says F.
    """
    index = str(node.value)
    context.settle(arg)
    if arg.rank == 2 and index == "2":
        return "specnorm"
    if arg.is_tensor and index in ("1", "2", "inf"):
        raise _of_tensor(context, node, arg, index)
    if arg.rank == 2 and index != "F":
        a = context.quote(arg)
        norms = {
            "": f"‖{a}‖_F or norm2({a}) for the square root of the sum of squares, ‖{a}‖_2 or "
            f"specnorm({a}) for the spectral norm",
            "1": _OF_MATRICES[1].format(a),
            "inf": _LARGEST.format(a),
        }
        meant = {"": "may be the Frobenius or the spectral norm"}
        message = f"‖...‖ of a matrix {meant.get(index, 'with this subscript is ambiguous')}"
        raise context.problem(message, node.span, f"write {norms[index]}")
    return {"1": "norm1", "inf": "norminf"}.get(index, "norm2")


def _of_tensor(context: Context, node: SyntaxNode, arg: Expr, index: str) -> ShapeError:
    """A norm of an array with three axes or more that has several readings."""
    a = context.quote(arg)
    ours = {
        "1": f"norm1({a}) for the sum of all absolute values",
        "2": f"norm2({a}) for the square root of the sum of all squares",
        "inf": f"max(abs({a})) for the largest absolute entry",
        "p": f"normp({a}, p) for the p-norm of the entries",
    }
    message = f"this norm of {context.describe(arg)} is ambiguous"
    return context.problem(message, node.span, f"write {ours[index]}")


def norm_of_order(
    context: Context, node: SyntaxNode, arg: Expr, order: list[Expr]
) -> tuple[SyntaxNode, str, list[Expr]]:
    """What norm(a, 1), norm(a, 2), norm(a, inf), norm(a, p) of a vector and norm(a, 'fro') stand
    for: the call with the name of its function, as if it had been written so.
    """
    place, a = node.args[1], context.quote(arg)
    if place.kind == "text":
        name = _TEXTS.get(str(place.value))
        if name is None or (name == "nucnorm" and arg.rank != 2):
            hint = (
                f"write norm({a}, 'fro') for the Frobenius norm, norm({a}, p) for the "
                f"p-norm of a vector"
            )
            raise context.problem(
                f"no norm of {context.describe(arg)} has this name", place.span, hint
            )
    elif not order:
        name = "norminf"
    else:
        value = context.literal(order[0])
        name = f"norm{value}" if value in (1, 2) else "normp"
        if arg.is_tensor:
            raise _of_tensor(context, node, arg, str(value) if value in (1, 2) else "p")
        if arg.rank == 2:
            hint = _OF_MATRICES[int(value) if value in (1, 2) else None].format(a)
            raise context.problem("this norm of a matrix is ambiguous", node.span, f"write {hint}")
    if arg.is_tensor and name == "norminf":
        raise _of_tensor(context, node, arg, "inf")
    if arg.rank == 2 and name == "norminf":
        raise context.problem(
            "this norm of a matrix is ambiguous", node.span, f"write {_LARGEST.format(a)}"
        )
    args = [arg, *order] if name == "normp" else [arg]
    call = SyntaxNode(
        "call", node.args[: len(args)], node.start, node.end, mark=node.mark, value=name
    )
    return call, name, args
