"""The terms of a formula, multiplied out: what can be missing from a claim, or too much in it."""

from __future__ import annotations

from matcalc.core.tree import Expr
from matcalc.core.walk import fold

_MOST = 24  # terms of a formula that is still multiplied out

_LINEAR = {"neg": (0,), "'": (0,), "*": (0, 1), ".*": (0, 1), "/": (0,), "./": (0,), "diag": (0,), "tr": (0,), "sum": (0,)}


def terms(tree: Expr) -> list[Expr]:
    """Terms whose sum is the formula; the formula alone where there is nothing to multiply out, or too much of it."""
    found = fold(tree, lambda expr: expr.args, _spread)
    return found if 1 < len(found) <= _MOST else [tree]


def _spread(node: Expr, args: list[list[Expr]]) -> list[Expr]:
    if node.op in ("+", "-"):
        left, right = ([_filled(term, node) for term in part] for part in args)
        return [*left, *right] if node.op == "+" else [*left, *(_negative(term) for term in right)]
    if node.op == "neg":
        return [_negative(term) for term in args[0]]
    if node.op not in _LINEAR or len(args) > 2 or not 1 < _count(node, args) <= _MOST:
        return [node]
    places = _LINEAR[node.op]
    result = [node]
    for place in places:
        if len(args[place]) > 1:
            result = [_with(term, place, inner) for term in result for inner in args[place]]
    return result


def _filled(term: Expr, whole: Expr) -> Expr:
    """A scalar that is added to every entry, as an array."""
    return term if term.shape == whole.shape else Expr("fill", (term,), whole.shape, row=whole.row)


def _count(node: Expr, args: list[list[Expr]]) -> int:
    count = 1
    for place in _LINEAR[node.op]:
        count *= len(args[place])
    return count


def _with(node: Expr, place: int, arg: Expr) -> Expr:
    """The node with one argument replaced; the sign of a negative argument goes in front."""
    negative = arg.op == "neg"
    inner = arg.args[0] if negative else arg
    base = node.args[0] if node.op == "neg" else node
    made = Expr(base.op, (*base.args[:place], inner, *base.args[place + 1 :]), base.shape, value=base.value, row=base.row)
    return _negative(made) if negative != (node.op == "neg") else made


def _negative(term: Expr) -> Expr:
    return term.args[0] if term.op == "neg" else Expr("neg", (term,), term.shape, row=term.row)
