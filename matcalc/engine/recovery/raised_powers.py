"""Products of a base and a variable that stands for one of its powers."""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from matcalc.core.tree import Expr
from matcalc.core.walk import fold
from matcalc.engine.recovery.factory import ExpressionFactory

Raised = tuple[
    str, int
]  # the variable of the lowest power, and by how much the exponent is greater


def raise_powers(
    factory: ExpressionFactory, tree: Expr, bases: Mapping[str, Expr]
) -> tuple[Expr, dict[str, Raised]]:
    """The tree of a factory with one variable for x.*P, where P stands for a power of x, and what
    the new names mean.
    """
    raised: dict[str, Raised] = {}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = factory.remake(node, args)
        if node.op != ".*" and (node.op != "*" or node.rank):
            return made
        factors = _spine(made)
        for place, factor in enumerate(factors):
            base = bases.get(factor.value) if factor.op == "variable" else None
            if base is None:
                continue
            others = [k for k, each in enumerate(factors) if each is base]
            if others:
                name = f"{factor.value} raised"
                raised[name] = factor.value, 1
                factors[place] = factory.make("variable", (), factor.shape, name, factor.row)
                del factors[others[0]]
                return reduce(lambda left, right: factory.binary(node.op, left, right), factors)
        return made

    return fold(tree, lambda node: node.args, rule), raised


def _spine(node: Expr) -> list[Expr]:
    """The factors of a product from left to right."""
    found: list[Expr] = []
    op = node.op
    while node.op == op:
        found.insert(0, node.args[1])
        node = node.args[0]
    return [node, *found]
