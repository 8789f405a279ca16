"""Arguments of even functions, with the sign that they have elsewhere in the answer."""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.operations import EVEN
from matcalc.core.tree import Expr
from matcalc.engine.recovery.turning import SIGN_PLACES, is_name, signed_spine


def match_signs(root: Expr, remake: Callable[[Expr, list[Expr]], Expr]) -> Expr:
    """norm2(X*w - y) for norm2(y - X*w), where X*w - y stands in the answer and y - X*w does not
    but for even functions; a difference of names stays as it was typed. ``remake`` gives a part
    other arguments.
    """
    differences = {
        _key(part, turned=True): part
        for part in root.parts
        if part.op == "-" and not all(is_name(term) for _, term in signed_spine(part))
    }
    even = _within_even(root) if differences else set()
    fresh: dict[int, Expr] = {}
    for part in root.parts:
        other = differences.get(_key(part, turned=False)) if id(part) in even else None
        if part.op == "-" and other is not None and id(other) not in even:
            fresh[id(part)] = other
    if not fresh:
        return root
    return root.fold(lambda node, args: fresh.get(id(node)) or remake(node, args))


def _within_even(root: Expr) -> set[int]:
    """The ids of the parts of which the sign does not matter: arguments of even functions alone,
    and what carries a sign inside of such an argument, as a - b in ((a - b)/c)^2.
    """
    signless = {id(root): False}
    for part in reversed(root.parts):
        places: tuple[int, ...] = (0,) if _is_even(part) else ()
        if signless[id(part)]:
            places += SIGN_PLACES.get(part.op, ())
        for place, arg in enumerate(part.args):
            signless[id(arg)] = signless.get(id(arg), True) and place in places
    return {name for name, found in signless.items() if found}


def _is_even(expr: Expr) -> bool:
    """Whether this is a function that is the same for the opposite argument."""
    if expr.op in ("^", ".^"):
        power = expr.args[1]
        return power.op == "number" and power.value % 2 == 0
    return expr.op in EVEN


def _key(total: Expr, *, turned: bool) -> frozenset[tuple[bool, int]]:
    return frozenset([(positive != turned, id(part)) for positive, part in signed_spine(total)])
