"""Functions that the catalogue defines by others, written out before anything is differentiated."""

from __future__ import annotations

from matcalc.core.operations import ALONG
from matcalc.core.tree import Expr, moving_parts, operation
from matcalc.explain.instances import CannotShow, Trees
from matcalc.explain.norms import find_stated_rule


def expand_definitions(trees: Trees, root: Expr, wrt: str) -> tuple[Expr, list[str]]:
    """The tree with what is defined and moves written out, and the names of the definitions; norms
    stay, since they have differentials of their own.
    """
    made: dict[int, Expr] = {}
    used: list[str] = []
    moving = moving_parts(root.parts, wrt)
    for expr in root.parts:
        args = tuple([made[id(arg)] for arg in expr.args])
        fresh = trees.factory.make(expr.op, args, expr.shape, expr.value, expr.row)
        if id(expr) in moving:
            fresh = expand_by_catalogue(trees, fresh, used)
        made[id(expr)] = fresh
    return made[id(root)], list(dict.fromkeys(used))


def expand_by_catalogue(trees: Trees, expr: Expr, used: list[str]) -> Expr:
    """What the catalogue defines by other functions, by these; an even power of a root loses the
    root. ``used`` collects the names of the definitions.
    """
    expr = _square(trees, expr)
    if find_stated_rule(trees, expr) is not None:
        return expr
    along = expr.op in ALONG and len(expr.args) == 2
    rule = None if along else trees.known.definition(operation(expr))
    if rule is None or len(rule.parameters) != len(expr.args):
        return expr
    try:
        made = trees.insert(rule, expr.args, dict(zip(rule.parameters, expr.args, strict=True)))
    except CannotShow:
        return expr
    if made.shape != expr.shape:
        return expr
    used.append(f"define-{operation(expr)}")
    return trees.factory.transpose(made) if made.row != expr.row else made


def _square(trees: Trees, expr: Expr) -> Expr:
    if expr.op not in ("^", ".^") or expr.args[0].op != "sqrt" or expr.args[1].op != "number":
        return expr
    half = expr.args[1].value / 2
    if half.denominator != 1 or half <= 0:
        return expr
    return trees.entrywise(".^", expr.args[0].args[0], trees.factory.number(half))
