"""The terms of a formula, multiplied out: what can be missing from a claim, or too much in it."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.core.operations import LINEAR
from matcalc.core.tree import Expr, is_number, split_signed_terms
from matcalc.write.printers.text import text

_MOST = 24  # terms of a sum that is looked through

_LINEAR = {
    "neg": (0,),
    "'": (0,),
    "*": (0, 1),
    ".*": (0, 1),
    "/": (0,),
    "./": (0,),
    **LINEAR,
}


def terms(tree: Expr) -> list[Expr]:
    """The terms of the formula as it stands, and those of it multiplied out; none where it is a
    single term, or too many.
    """
    found = tree.fold(_spread)
    fine = found if 1 < len(found) <= _MOST else []
    coarse = coarse_terms(tree)
    return [
        *coarse,
        *(term for term in fine if text(term) not in {text(other) for other in coarse}),
    ]


def coarse_terms(tree: Expr) -> list[Expr]:
    """The terms of the outermost sum, with what that is multiplied or divided by; none where there
    is no such sum.
    """
    path: list[tuple[Expr, int]] = []
    inner = tree
    while inner.op in _LINEAR and not (inner.op in LINEAR and not inner.shape):
        places = [place for place in _LINEAR[inner.op] if place < len(inner.args)]
        sums = [place for place in places if inner.args[place].op in ("+", "-", "neg")] or places[
            : len(places) == 1
        ]
        if len(sums) != 1 or not inner.args[sums[0]].shape:
            break
        path.append((inner, sums[0]))
        inner = inner.args[sums[0]]
    found = _outer(inner)
    for node, place in reversed(path):
        found = [_with(node, place, term) if node.op != "neg" else negate(term) for term in found]
    return found if 1 < len(found) <= _MOST else []


def _outer(tree: Expr) -> list[Expr]:
    """The terms of the outermost sum."""
    found = [(sign, _fill(part, tree)) for sign, part in split_signed_terms(tree)]
    return [term if sign > 0 else negate(term) for sign, term in found]


def _spread(node: Expr, args: list[list[Expr]]) -> list[Expr]:
    if node.op in ("+", "-"):
        left, right = ([_fill(term, node) for term in part] for part in args)
        if len(left) + len(right) > _MOST:
            return [node]
        return [*left, *right] if node.op == "+" else [*left, *(negate(term) for term in right)]
    if node.op == "neg":
        return [negate(term) for term in args[0]]
    if node.op not in _LINEAR or len(args) > 2 or not 1 < _count(node, args) <= _MOST:
        return [node]
    places = _LINEAR[node.op]
    result = [node]
    for place in places:
        if len(args[place]) > 1:
            result = [_with(term, place, inner) for term in result for inner in args[place]]
    return [drop_one(term, term.args) for term in result]


def drop_one(node: Expr, args: Sequence[Expr]) -> Expr:
    """A product without a factor 1."""
    if node.op in ("*", ".*"):
        for one, other in (args, args[::-1]):
            if is_number(one, 1) and other.shape == node.shape and other.row == node.row:
                return other
    return node.with_args(list(args))


def _fill(term: Expr, whole: Expr) -> Expr:
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
    if base.op == ".*" and inner.op == "fill" and is_number(inner.args[0], 1):
        made = base.args[1 - place]
        if made.shape == base.shape and made.row == base.row:
            return negate(made) if negative != (node.op == "neg") else made
    made = Expr(
        base.op,
        (*base.args[:place], inner, *base.args[place + 1 :]),
        base.shape,
        value=base.value,
        row=base.row,
    )
    return negate(made) if negative != (node.op == "neg") else made


def negate(term: Expr) -> Expr:
    """A term with the other sign."""
    return term.args[0] if term.op == "neg" else Expr("neg", (term,), term.shape, row=term.row)
