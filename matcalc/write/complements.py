"""use_complements(): sigmoid(-u) as 1 - h where h = sigmoid(u) has a name.

The engine joins 1 - sigmoid(u) to sigmoid(-u), which is exact in both tails and is what code
computes. Beside a layer ``h = sigmoid(V*x + b)`` the derivative is known as ``h.*(1 - h)``, and
there u needs no name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from matcalc.core.tree import Expr, number, split_signed_terms
from matcalc.verify.readback.forms import Forms, SignedForm

SIGMOID = "sigmoid"
_PRODUCTS = ("*", ".*", "/", "./")

Find = Callable[[Expr], "str | None"]
Terms = frozenset[tuple[int, int]]  # the forms of the terms of a sum, and how often each is there


def use_complements(tree: Expr, find: Find) -> tuple[Expr, list[Expr]]:
    """The tree with ``1 - h`` in the place of each sigmoid that is the complement of another one,
    or of one that the user named, and these h.

    ``find`` says which name the user gave to a part. The value of the tree stays the same.
    """
    wholes = _wholes(tree, find)
    if not wholes:
        return tree, []
    made: dict[int, Expr] = {}
    kept: dict[int, Expr] = {}

    def rule(node: Expr, args: list[Expr]) -> Expr:
        whole = wholes.get(id(node))
        if whole is None:
            made[id(node)] = node.with_args(args)
            return made[id(node)]
        if id(whole) not in kept:
            kept[id(whole)] = whole.fold(lambda x, xs: made.get(id(x)) or x.with_args(xs))
        made[id(whole)] = kept[id(whole)]
        return Expr("-", (number(1), kept[id(whole)]), node.shape, row=node.row)

    return tree.fold(rule), list(kept.values())


def _wholes(tree: Expr, find: Find) -> dict[int, Expr]:
    """The sigmoids that are written as complements, by their ids, and what each is one of."""
    places = [part for part in tree.parts if part.op == SIGMOID]
    found: dict[int, Expr] = {}
    if not places:
        return found
    forms = Forms().parts(tree, {}, {}, sized=False)
    terms = {id(part): _terms(part.args[0], forms) for part in places}
    given = {id(part) for part in places if find(part) is not None}
    # what the user named is not a complement, nor is what has fewer signs
    order = sorted(places, key=lambda part: (id(part) not in given, _signs(part.args[0])))
    first: dict[Terms, Expr] = {}
    for part in order:
        mirrored = frozenset((form, -count) for form, count in terms[id(part)])
        whole = first.get(mirrored)
        if whole is None and id(part) not in given:
            other = Expr(SIGMOID, (_opposite(part.args[0]),), part.shape, row=part.row)
            whole = other if find(other) is not None else None
        if whole is None:
            first.setdefault(terms[id(part)], part)
        elif whole.row == part.row:
            found[id(part)] = whole
    return found


def _terms(expr: Expr, forms: dict[int, SignedForm]) -> Terms:
    """A sum as its terms; a sign in front of a sum is one in front of each."""
    counts: Counter[int] = Counter()
    for sign, node in split_signed_terms(expr):
        own, place = forms[id(node)]
        counts[place] += own * sign
    return frozenset(counts.items())


def _signs(expr: Expr) -> int:
    """How many terms are taken away."""
    return sum(1 for node in expr.parts if node.op in ("neg", "-"))


def _opposite(expr: Expr) -> Expr:
    """The negative, without a sign that occurs twice; of a product that of its first factor."""
    around: list[Expr] = []
    while expr.op in _PRODUCTS and expr.args[0].op in ("neg", "number", "*", ".*"):
        around.append(expr)
        expr = expr.args[0]
    made = _negative(expr)
    for node in reversed(around):
        made = node.with_args([made, *node.args[1:]])
    return made


def _negative(expr: Expr) -> Expr:
    if expr.op == "neg":
        return expr.args[0]
    if expr.op == "-":
        return Expr("-", expr.args[::-1], expr.shape, row=expr.row)
    if expr.op == "number":
        return number(-expr.value)
    return Expr("neg", (expr,), expr.shape, row=expr.row)
