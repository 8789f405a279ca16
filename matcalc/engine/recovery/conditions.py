"""condition(): the indicators of the network written as comparisons."""

from __future__ import annotations

from matcalc.core.operations import OPPOSITE
from matcalc.core.tree import Expr, is_number
from matcalc.core.walk import fold
from matcalc.engine.recovery.factory import ExpressionFactory


def condition(factory: ExpressionFactory, tree: Expr) -> Expr:
    """step(a - b) as a > b, 1 - step(a - b) as a <= b; of a product of indicators each of them."""

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "step":
            return _above(factory, node.args[0])
        if node.op == "-" and args[1].op in OPPOSITE and is_number(_entry(node.args[0]), 1):
            return factory.binary(OPPOSITE[args[1].op], *args[1].args)
        return factory.binary(node.op, *args) if node.op in ("*", ".*") else node

    return fold(tree, lambda node: node.args if node.op in ("*", ".*", "-") else (), rule)


def _entry(expr: Expr) -> Expr:
    return expr.args[0] if expr.op == "fill" else expr


def _above(factory: ExpressionFactory, gap: Expr) -> Expr:
    """gap > 0; a number stands on the right."""
    left, right = (gap.args[0], gap.args[1]) if gap.op == "-" else (gap, factory.number(0))
    if gap.op == "neg":
        return factory.binary("<", gap.args[0], right)
    if is_number(_entry(left)):
        return factory.binary("<", right, left)
    return factory.binary(">", left, right)
