"""Arguments of even functions, with the sign that they have elsewhere in the answer."""

from __future__ import annotations

from matcalc.core.operations import EVEN
from matcalc.core.tree import Expr
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.turning import is_name, signed_spine


def match_signs(factory: ExpressionFactory, root: Expr) -> Expr:
    """norm2(X*w - y) for norm2(y - X*w), where X*w - y stands in the answer and y - X*w does not
    but for even functions; a difference of names stays as it was typed.
    """
    differences = {
        _key(part, turned=True): part
        for part in root.parts
        if part.op == "-" and not all(is_name(term) for _, term in signed_spine(part))
    }
    even = {id(part): part.args[0] for part in root.parts if _is_even(part)}
    elsewhere = {id(arg) for part in root.parts if id(part) not in even for arg in part.args}
    fresh: dict[int, Expr] = {}
    for arg in even.values():
        other = differences.get(_key(arg, turned=False)) if id(arg) not in elsewhere else None
        if other is not None and id(other) in elsewhere:
            fresh[id(arg)] = other
    if not fresh:
        return root

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if id(node) in even and id(node.args[0]) in fresh:
            args = [fresh[id(node.args[0])], *args[1:]]
        return factory.make(node.op, tuple(args), node.shape, node.value, node.row)

    return root.fold(rule)


def _is_even(expr: Expr) -> bool:
    """Whether this is a function of a difference that is the same for the opposite one."""
    if not expr.args or expr.args[0].op != "-":
        return False
    if expr.op in ("^", ".^"):
        power = expr.args[1]
        return power.op == "number" and power.value % 2 == 0
    return expr.op in EVEN


def _key(total: Expr, *, turned: bool) -> frozenset[tuple[bool, int]]:
    return frozenset([(positive != turned, id(part)) for positive, part in signed_spine(total)])
