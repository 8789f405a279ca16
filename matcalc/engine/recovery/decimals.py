"""Sums whose numbers are decimals: the common factor that the network takes out of a sum makes long
integers of them.

``997355701*(200000 + 26829*x)/250000000000000`` is ``0.7978845608*(1 + 0.134145*x)``: of the ways
to share a factor between a sum and what multiplies it, the one with the fewest characters is
written.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from matcalc.core.decimals import shorter_as_decimal
from matcalc.core.operations import LINEAR
from matcalc.core.tree import Expr
from matcalc.core.walk import fold
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.write.printers.text import text

_LONG = 10**5  # numbers below that are left as they are
# a factor inside is one outside
_LINEAR = ("neg", "'", *(name for name, places in LINEAR.items() if places == (0,)))
_SCALABLE = (*_LINEAR, "*", ".*")


def rebalance(factory: ExpressionFactory, root: Expr) -> Expr:
    """The tree with the factors of such sums shared so that the text is shortest; the same where no
    number is long.
    """
    numbers = [node.value for node in root.parts if node.op == "number"]
    if all(abs(value.numerator) < _LONG and value.denominator < _LONG for value in numbers):
        return root

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = factory.remake(node, args)
        return _share(factory, made) if node.op in ("*", "/") else made

    return root.fold(rule)


def _share(factory: ExpressionFactory, node: Expr) -> Expr:
    """The shortest way to write a multiple of something linear in a sum."""
    coefficient, body = _split(node)
    if coefficient == 1:
        return node
    found = [node]
    for factor in (*_factors(body), coefficient):  # the last leaves nothing in front
        inner = _scale(factory, body, factor)
        if inner is not None:
            found.append(_times(factory, coefficient / factor, inner))
    return min(found, key=lambda each: len(text(each)))


def _split(node: Expr) -> tuple[Fraction, Expr]:
    """The number in front of a product, and after it, and the rest."""
    if node.op == "/" and node.args[1].op == "number":
        coefficient, body = _split(node.args[0])
        return coefficient / node.args[1].value, body
    if node.op == "*" and node.args[0].op == "number":
        return node.args[0].value, node.args[1]
    return Fraction(1), node


def _factors(body: Expr) -> Iterator[Fraction]:
    """What may be multiplied into the first sum of a body: what makes one of its numbers 1."""
    while body.op not in ("+", "-"):
        inner = _linear(body)
        if inner is None:
            return
        body = body.args[inner]
    for term in _terms(body):
        coefficient, _ = _coefficient(term)
        if coefficient != 1:
            yield 1 / abs(coefficient)


def _linear(node: Expr) -> int | None:
    """The place of the argument in which a node is linear and that has a sum, if there is one."""
    if node.op in _LINEAR:
        return 0
    if node.op in ("*", ".*"):
        sums = [k for k, arg in enumerate(node.args) if arg.op in ("+", "-")]
        nested = [k for k, arg in enumerate(node.args) if arg.op in _SCALABLE]
        return next(iter([*sums, *nested]), None)
    return 0 if node.op in ("/", "./") else None


def _terms(node: Expr) -> list[Expr]:
    """The terms of a sum, without signs."""
    found: list[Expr] = []
    stack = [node]
    while stack:
        each = stack.pop()
        if each.op in ("+", "-"):
            stack += each.args[::-1]
        else:
            found.append(each)
    return found


def _coefficient(term: Expr) -> tuple[Fraction, Expr | None]:
    """The number of a term, and the rest; a term that is a number has none."""
    if term.op == "neg":
        return _coefficient(term.args[0])
    if term.op == "number":
        return term.value, None
    return _split(term)


def _scale(factory: ExpressionFactory, node: Expr, factor: Fraction) -> Expr | None:
    """A multiple of something linear in a sum, with the factor inside the sum; None where there
    is no sum.
    """
    path: list[tuple[Expr, int]] = []
    while node.op not in ("+", "-"):
        place = _linear(node)
        if place is None or not node.args:
            return None
        path.append((node, place))
        node = node.args[place]
    made = fold(
        node,
        lambda e: e.args if e.op in ("+", "-") else (),
        lambda e, args: _scale_term(factory, e, args, factor),
    )
    for outer, place in reversed(path):
        args = (*outer.args[:place], made, *outer.args[place + 1 :])
        made = factory.make(outer.op, args, outer.shape, outer.value, outer.row)
    return made


def _scale_term(factory: ExpressionFactory, node: Expr, args: list[Expr], factor: Fraction) -> Expr:
    if node.op in ("+", "-"):
        return factory.remake(node, args)
    if node.op == "neg":
        return factory.negative(_scale_term(factory, node.args[0], [], factor))
    coefficient, rest = _coefficient(node)
    if rest is None:
        return factory.number(coefficient * factor)
    inner = _scale(factory, rest, factor * coefficient) if rest.op in ("*", ".*") else None
    plain = _times(factory, coefficient * factor, rest)
    return plain if inner is None else min(plain, inner, key=lambda each: len(text(each)))


def _times(factory: ExpressionFactory, coefficient: Fraction, body: Expr) -> Expr:
    """``3*x/2``, or a decimal in front where that is shorter."""
    if coefficient < 0:
        return factory.negative(_times(factory, -coefficient, body))
    divided = coefficient.denominator != 1 and not shorter_as_decimal(
        coefficient, typed=factory.decimals
    )
    front = Fraction(coefficient.numerator) if divided else coefficient
    made = factory.times(factory.number(front), body) if front != 1 else body
    if divided:
        made = factory.make(
            "/", (made, factory.number(coefficient.denominator)), made.shape, row=made.row
        )
    return made
