"""One sign of a difference throughout an answer: in even functions, and in several results."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from math import prod

from matcalc.core.indexed import Form
from matcalc.core.kinds import Variable
from matcalc.core.likeness import MOST, Likeness, symmetric_names
from matcalc.core.operations import EVEN
from matcalc.core.tree import Expr, intern_trees, is_number, transpose
from matcalc.engine.recovery.turning import SIGN_PLACES, is_name, split_spine
from matcalc.write.printers.naming import measure_shown


def match_signs(root: Expr, remake: Callable[[Expr, list[Expr]], Expr]) -> Expr:
    """norm2(X*w - y) for norm2(y - X*w), where X*w - y is in the answer and y - X*w does not
    but for even functions; a difference of names stays as it was typed. ``remake`` gives a part
    other arguments.
    """
    differences = {
        _key(part, turned=True): part
        for part in root.parts
        if part.op == "-" and not all(is_name(term) for _, term in split_spine(part))
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
    and what carries a sign inside such an argument, as a - b in ((a - b)/c)^2.
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


def _is_zero(expr: Expr) -> bool:
    return is_number(expr.args[0] if expr.op == "fill" else expr, 0)


def _key(total: Expr, *, turned: bool) -> frozenset[tuple[bool, int]]:
    return frozenset([(positive != turned, id(part)) for positive, part in split_spine(total)])


_Signed = tuple[int, Expr]
_WAYS = ((1, False), (-1, False), (1, True), (-1, True))  # the sign, and whether it is transposed


def share_differences(
    trees: Sequence[Expr], variables: Mapping[str, Variable], defined: Iterable[Expr] = ()
) -> Sequence[Expr]:
    """dA = u*x', db = -u for dA = (A*x - b)*x', db = b - A*x: where a difference and its negative
    or its transpose are in the results, one is written by the other, if that is shorter; the
    other by one that is ``defined``.
    """
    root = Expr("several", tuple(trees))
    likeness = Likeness(symmetric_names(variables))
    known: dict[Hashable, Expr] = {}
    by_others: dict[int, _Signed] = {}
    any_turned, several = False, len(trees) > 1  # one is written with few transposes later
    given = {likeness.of(each) for each in defined if each.op in ("+", "-")}
    parts = root.parts
    if given:
        parts = sorted(parts, key=lambda part: likeness.of(part) not in given)
    for part in parts:
        spine = split_spine(part) if part.op in ("+", "-") else []
        if not 0 < len(spine) <= MOST:
            continue
        ways = {
            (sign, turned): frozenset(
                [
                    (plus == (sign > 0), likeness.of(term, turned=turned and term.rank > 1))
                    for plus, term in spine
                ]
            )
            for sign, turned in (_WAYS if part.rank > 1 and several else _WAYS[:2])
        }
        way = next((way for way, terms in ways.items() if terms in known), None)
        if way is None:
            known[ways[_WAYS[0]]] = part
        else:
            found = known[ways[way]]
            turned = way[1] or found.row != part.row  # a row is as likely as its column
            by_others[id(part)] = way[0], transpose(found) if turned else found
            any_turned = any_turned or way[1]
    if not by_others:
        return trees

    def rule(node: Expr, args: list[_Signed]) -> _Signed:
        return by_others.get(id(node)) or _with_sign(node, args)

    _, shared = root.fold(rule)
    longer = measure_shown(shared) - measure_shown(root)
    # in several results one sign is easier to read where it is as long, a transpose is not
    return shared.args if longer < (1 if several and not any_turned else 0) else trees


def share_arrays(trees: Sequence[Expr]) -> Sequence[Expr]:
    """The trees, of which equal parts are one object, with a matrix that is defined by its entries
    as the transpose of another that has the same entries.
    """
    root = Expr("several", tuple(trees))
    known: dict[object, Expr] = {}
    by_others: dict[int, Expr] = {}
    for part in root.parts:
        if part.op == "indexed" and len(part.value.indices) == 2:
            form = part.value
            other = Form(form.indices[::-1], form.body, form.room).key(part.args)
            if other in known:
                by_others[id(part)] = transpose(known[other])
            else:
                known[form.key(part.args)] = part
    if not by_others:
        return trees

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "'":
            return transpose(args[0])
        return by_others.get(id(node)) or node.with_args(args)

    return intern_trees(root.fold(rule).args)


def _with_sign(node: Expr, args: list[_Signed]) -> _Signed:
    """The operation of arguments of which some are to be negated, with its own sign."""
    signs, plain = [sign for sign, _ in args], [arg for _, arg in args]
    if min(signs, default=1) > 0:
        return 1, node.with_args(plain)
    if node.op in ("+", "-"):
        first, second = signs[0], signs[1] * (1 if node.op == "+" else -1)
        if first < second:  # b - a for -a + b
            return 1, Expr("-", (plain[1], plain[0]), node.shape, row=node.row)
        op = "+" if first == second else "-"
        return first, Expr(op, tuple(plain), node.shape, row=node.row)
    if node.op == "neg":
        return 1, plain[0]
    places = SIGN_PLACES.get(node.op, ())
    negated = [place for place, sign in enumerate(signs) if sign < 0]
    if negated == [0] and _is_even(node):
        return 1, node.with_args(plain)
    if all(place in places for place in negated):
        return prod(signs), node.with_args(plain)
    if node.op == "blocks" and all(
        sign < 0 or _is_zero(arg) for sign, arg in zip(signs, plain, strict=True)
    ):
        return -1, node.with_args(plain)
    whole = [arg if sign > 0 else Expr("neg", (arg,), arg.shape, row=arg.row) for sign, arg in args]
    return 1, node.with_args(whole)
