"""A minus in front goes into a difference among the factors of an array, which is turned round."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from matcalc.core.tree import Expr
from matcalc.engine.recovery.chains import Link, Term
from matcalc.engine.recovery.factory import ExpressionFactory

Reverse = Callable[[Expr], Expr]  # b - a for a - b
_CONSTANT = ("number", "fill", "eye")


def turn(factory: ExpressionFactory, term: Term, reverse: Reverse) -> Term | None:
    """The term with the opposite coefficient and one difference turned round, rather not 1 - x."""
    return _turn(factory, term, reverse, even=False) or _turn(factory, term, reverse, even=True)


def _turn(factory: ExpressionFactory, term: Term, reverse: Reverse, *, even: bool) -> Term | None:
    """The same; ``even``: 1 - x as well."""
    for index, (chain, exponent) in enumerate(term.parts):
        if exponent.denominator != 1 or exponent % 2 == 0:
            continue
        for place, link in enumerate(chain):
            if sum(each.expr is link.expr for each in chain) > 1:
                continue  # (a - b)*(a - b)' is a square
            fresh = _inside(factory, link.expr, reverse, even=even)
            if fresh is None:
                continue
            links = (*chain[:place], Link(fresh, *link[1:]), *chain[place + 1 :])
            parts = (*term.parts[:index], (links, exponent), *term.parts[index + 1 :])
            return replace(term, coefficient=-term.coefficient, parts=parts)
    return None


def _inside(factory: ExpressionFactory, expr: Expr, reverse: Reverse, *, even: bool) -> Expr | None:
    """b - a for a - b, also in diag(a - b), (a - b).*c, (a - b)./c."""
    if expr.op == "-":
        return reverse(expr) if even or not _from_constant(expr) else None
    if expr.op in (".*", "./", "diag", "*"):
        for index, arg in enumerate(expr.args[:1] if expr.op == "./" else expr.args):
            fresh = _inside(factory, arg, reverse, even=even)
            if fresh is not None:
                args = (*expr.args[:index], fresh, *expr.args[index + 1 :])
                return factory.make(expr.op, args, expr.shape, row=expr.row)
    return None


def _from_constant(difference: Expr) -> bool:
    """Whether this is 1 - x."""
    while difference.op in ("+", "-"):
        difference = difference.args[0]
    return difference.op in _CONSTANT
