"""Where an expression has a value, as far as its functions of entries say."""

from __future__ import annotations

from collections.abc import Iterator, Set
from fractions import Fraction
from math import isinf

from matcalc.core.bounds import EVERYTHING, Bounds, meet
from matcalc.core.indexed import Form, all_parts, free_indices
from matcalc.core.operations import ENTRYWISE
from matcalc.core.tree import Expr, fill, is_number, number, variable_names
from matcalc.verify.oracle.domain import interval

_POWERS = ("^", ".^")
_PRODUCTS = ("*", ".*", "/", "./")


def bounds_of_variables(tree: Expr, names: Set[str]) -> dict[str, Bounds]:
    """Between which numbers the entries of variables lie inside the domain: in that of
    ``log(1 - x)`` they are below 1, in that of ``sqrt(x)`` above 0. At its ends it may have values.
    """
    if may_choose(tree):
        return {}
    found: dict[str, Bounds] = {}
    for _, bound in bounds_of_domain(tree, names):
        for name, bounds in _solved(bound).items():
            found[name] = meet(found.get(name, EVERYTHING), bounds)
    return found


def _solved(tree: Expr) -> dict[str, Bounds]:
    """The bounds of variables where a tree is positive: x + c, c - x, and products and quotients
    of these of which one sign alone is possible.
    """
    sign, rest = 1, Fraction(0)
    while True:
        if tree.op == "variable":
            end = -rest * sign  # sign*x + rest is positive
            if sign > 0:
                return {str(tree.value): EVERYTHING._replace(least=end, above=True)}
            return {str(tree.value): EVERYTHING._replace(most=end, below=True)}
        numbers = [_number(each) for each in tree.args]
        if tree.op == "*" and all(each.shape for each in tree.args):
            return {}  # sums of entries
        if tree.op == "neg":
            sign, tree = -sign, tree.args[0]
        elif tree.op in ("+", "-") and numbers[1] is not None:
            rest += sign * (numbers[1] if tree.op == "+" else -numbers[1])
            tree = tree.args[0]
        elif tree.op in ("+", "-") and numbers[0] is not None:
            rest += sign * numbers[0]
            sign, tree = sign if tree.op == "+" else -sign, tree.args[1]
        elif tree.op in _PRODUCTS and numbers[1]:
            factor = abs(numbers[1])
            sign = sign if numbers[1] > 0 else -sign
            rest = rest * factor if tree.op in ("/", "./") else rest / factor
            tree = tree.args[0]
        elif tree.op in ("*", ".*") and numbers[0]:
            sign, rest = sign if numbers[0] > 0 else -sign, rest / abs(numbers[0])
            tree = tree.args[1]
        elif tree.op in _PRODUCTS and not rest:
            return _of_signs(tree, sign)
        else:
            return {}


def _of_signs(tree: Expr, sign: int) -> dict[str, Bounds]:
    """The bounds where the product or quotient of two entries has a sign: there are two ways for
    their own signs, and nothing is known where both are possible.
    """
    one, other = tree.args
    ways = []
    for first in (1, -1):
        found, last = _with_sign(one, first), _with_sign(other, first * sign)
        if found is None or last is None:
            continue
        for name, bounds in last.items():
            found[name] = meet(found.get(name, EVERYTHING), bounds)
        if not any(_is_empty(bounds) for bounds in found.values()):
            ways.append(found)
    return ways[0] if len(ways) == 1 else {}


def _with_sign(tree: Expr, sign: int) -> dict[str, Bounds] | None:
    """The bounds where a tree has a sign; None where it has the other one."""
    known = _number(tree)
    if known is not None:
        return {} if known * sign > 0 else None
    return _solved(tree if sign > 0 else Expr("neg", (tree,), tree.shape, row=tree.row))


def _is_empty(bounds: Bounds) -> bool:
    """Whether nothing is above the one end and below the other."""
    return bounds.least >= bounds.most and (bounds.above or bounds.below)


def _number(tree: Expr) -> Fraction | None:
    """A number, or that which all entries are."""
    tree = tree.args[0] if tree.op == "fill" else tree
    return tree.value if is_number(tree) else None


def bounds_of_domain(tree: Expr, names: Set[str]) -> Iterator[tuple[str, Expr]]:
    """Functions of the variables, and what has to be positive for them to have values."""
    for node in _within_domain(tree):
        inside = node.args[0 if node.op in _POWERS else -1]
        if not names & variable_names(inside):
            continue
        least, most = interval(node)
        if not least:
            yield node.op, inside
        elif not isinf(least):
            above = (inside, _constant(least, inside))
            yield node.op, Expr("-", above, inside.shape, row=inside.row)
        if not isinf(most):
            below = (_constant(most, inside), inside)
            yield node.op, Expr("-", below, inside.shape, row=inside.row)


def _constant(end: float, like: Expr) -> Expr:
    """The end of an interval as an array."""
    one = number(Fraction(end))
    return fill(one, like.shape, row=like.row) if like.shape else one


def may_choose(tree: Expr) -> bool:
    """Whether values are left out somewhere, so that parts may have none there."""
    return any(map(_chooses, all_parts(tree)))


def _chooses(node: Expr) -> bool:
    """Whether a node leaves out values: a branch, or a sum under a condition."""
    return node.op == "where" or (node.op == "reduce" and bool(node.value.conditions))


def _within_domain(tree: Expr) -> Iterator[Expr]:
    """The functions that have no value beyond a number, such as logarithms; those between indices
    as functions of arrays, of which all entries count.
    """
    for node in tree.parts:
        if _is_limited(node):
            yield node
        if node.op != "indexed":
            continue
        free = free_indices(node.value.body)
        for part in node.value.body.parts:
            if _is_limited(part):
                indices = free[id(part)]
                form = Form(indices, part.args[0 if part.op in _POWERS else -1], node.value.room)
                shape = tuple([index.size for index in indices]) + part.shape
                arg = Expr("indexed", node.args, shape, value=form)
                args = (arg, *part.args[1:]) if part.op in _POWERS else (*part.args[:-1], arg)
                yield Expr(part.op, args, shape)


def _is_limited(node: Expr) -> bool:
    is_power = node.op == ".^" or (node.op == "^" and not node.shape)
    if is_power and "dimension" in node.args[1].operations:
        return False  # the exponent may be an integer
    return (node.op in ENTRYWISE or is_power) and not all(map(isinf, interval(node)))
