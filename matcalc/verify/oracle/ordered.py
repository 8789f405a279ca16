"""Vectors whose entries are in order whatever the variables are, as singular values: what proves
that an entry is never the largest.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.kinds import Variable
from matcalc.core.likeness import Likeness, symmetric_names
from matcalc.core.tree import Expr
from matcalc.verify.oracle.bounds import bounds

RISING, FALLING = 1, -1
_SORTED = {"eigvals": RISING, "svdvals": FALLING}
# functions that keep the order of their arguments wherever they have values
_GROWING = frozenset(
    (
        "exp",
        "log",
        "log1p",
        "expm1",
        "sqrt",
        "tanh",
        "atan",
        "asin",
        "sinh",
        "erf",
        "sigmoid",
        "softplus",
        "normcdf",
        "relu",
        "sign",
        "step",
        "softmax",
        "logsoftmax",
    )
)


def order_of(tree: Expr, variables: Mapping[str, Variable]) -> int:
    """``RISING``, ``FALLING`` or 0 where nothing is known of the order of the entries of a
    vector.
    """

    def rule(node: Expr, args: list[int]) -> int:
        if node.op in _SORTED:
            return _SORTED[node.op]
        if node.op in _GROWING and len(args) == 1:
            return args[0]
        if node.op == "neg":
            return -args[0]
        if node.op == "'" and node.rank == 1:
            return args[0]
        if node.op in ("+", "-"):
            turned = (args[0], args[1] if node.op == "+" else -args[1])
            orders = {
                order
                for order, arg in zip(turned, node.args, strict=True)
                if arg.rank and arg.op != "fill"
            }
            return orders.pop() if len(orders) == 1 else 0
        if node.op in ("*", "/", ".*", "./"):
            return _multiple(node, args, variables)
        if node.op in ("^", ".^") and args[0] and node.args[1].op == "number":
            return _power(node, args[0], variables)
        return 0

    return tree.fold(rule)


def _multiple(node: Expr, args: list[int], variables: Mapping[str, Variable]) -> int:
    """Of a vector times a number of known sign."""
    for place, other in enumerate(reversed(node.args)):
        if args[place] and not other.rank and (place == 0 or node.op in ("*", ".*")):
            scale = bounds(other, variables)
            return args[place] if scale.least >= 0 else -args[place] if scale.most <= 0 else 0
    return 0


def _power(node: Expr, order: int, variables: Mapping[str, Variable]) -> int:
    exponent = node.args[1].value
    if exponent.denominator == 1 and exponent.numerator % 2 and exponent > 0:
        return order
    if bounds(node.args[0], variables).least < 0:
        return 0
    return order if exponent > 0 else -order


def extreme(tree: Expr, largest: bool, count: int, variables: Mapping[str, Variable]) -> int | None:
    """The place of the largest (or the smallest) of ``count`` entries, if the order says so."""
    order = order_of(tree, variables) if tree.rank == 1 else 0
    if order == 0:
        return None
    return count - 1 if (order == RISING) == largest else 0


def never_above(small: Expr, big: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether both are entries of one vector in order, the first never above the second."""
    places = [_place(small), _place(big)]
    alike = Likeness(symmetric_names(variables))
    if None in places or alike.of(small.args[0]) != alike.of(big.args[0]):
        return False
    order = order_of(small.args[0], variables)
    first, second = places
    assert first is not None
    assert second is not None
    return (second - first) * order > 0


def _place(entry: Expr) -> int | None:
    """Which entry of a vector this is."""
    if entry.op != "slice" or entry.rank or entry.args[0].rank != 1:
        return None
    ((start, stop),) = entry.value
    return start.integer if stop is None else None
