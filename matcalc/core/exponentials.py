"""Quotients and logarithms of sums of exponentials, without overflow.

``exp(a)/(exp(a) + exp(b) + exp(c))`` is the same with the largest of a, b and c subtracted from
each, and then no exponential is larger than 1. That holds wherever as many exponentials are
multiplied above a fraction bar as below it; from a logarithm the largest comes out as a term. A
number beside exponentials is a multiple of exp(0).
"""

from __future__ import annotations

from fractions import Fraction
from functools import reduce
from typing import NamedTuple

from matcalc.core.tree import Expr, is_number
from matcalc.core.walk import fold

_ENTRYWISE = frozenset(("+", "-", "neg", "*", "/", ".*", "./", "^", ".^"))
_OF_SCALARS = frozenset(("blocks", "'", "fill", "diag"))  # linear, so each entry has the factor


class _Degree(NamedTuple):
    """How many exponentials are multiplied in every term, and which."""

    number: int = 0
    inside: tuple[Expr, ...] = ()
    beside: bool = False  # numbers, as multiples of exp(0)


_NONE = _Degree()


def without_overflow(tree: Expr, least: int = 2) -> Expr:
    """The tree with exponentials in quotients and logarithms that cannot overflow, where at least
    so many different ones are in one of them.
    """
    if "exp" not in tree.operations:
        return tree
    degrees: dict[int, _Degree] = {}
    kept: list[Expr] = []  # so that ids stay what they are

    def rule(node: Expr, args: list[Expr]) -> Expr:
        made = node.with_args(args)
        found = _degree(made, [degrees[id(arg)] for arg in made.args])
        if made.op == "log" and degrees[id(args[0])].number > 0:
            found = degrees[id(args[0])]
        several = len(set(map(id, found.inside))) + found.beside >= least
        if several and (made.op == "log" or (found.number == 0 and made.op in ("/", "./"))):
            made, found = _shift(made, found, degrees, kept), _NONE
        degrees[id(made)] = found
        kept.append(made)
        return made

    return tree.fold(rule)


def _degree(node: Expr, degrees: list[_Degree]) -> _Degree:
    """That of a node, given those of its arguments; what has none counts as a number."""
    if node.op == "exp":
        return _Degree(1, (node,))
    inside = tuple(each for degree in degrees for each in degree.inside)
    if not inside or not _is_uniform(node, inside):
        return _NONE
    beside = any(degree.beside for degree in degrees)
    numbers = [degree.number for degree in degrees]
    if node.op in ("+", "-", "blocks"):
        most = max(numbers)
        plain = [not degree.inside and not is_number(arg, 0)
                 for arg, degree in zip(node.args, degrees, strict=True)]  # fmt: skip
        mixed = any(number not in (0, most) or (not number and degree.inside)
                    for number, degree in zip(numbers, degrees, strict=True))  # fmt: skip
        if most < 1 or mixed or (any(plain) and node.op == "blocks"):
            return _NONE
        return _Degree(most, inside, beside or any(plain))
    if node.op in ("*", ".*"):
        return _Degree(sum(numbers), inside, beside)
    if node.op in ("/", "./"):
        return _Degree(numbers[0] - numbers[1], inside, beside)
    if node.op in ("^", ".^"):
        exponent = node.args[1]
        if exponent.op != "number" or exponent.value.denominator != 1:
            return _NONE
        return _Degree(numbers[0] * int(exponent.value), inside, beside)
    return _Degree(numbers[0], inside, beside)


def _is_uniform(node: Expr, inside: tuple[Expr, ...]) -> bool:
    """Whether one number for each entry can be taken out of all exponentials."""
    if len({(each.shape, each.row) for each in inside}) > 1:
        return False
    if not inside[0].shape:
        return node.op in _ENTRYWISE | _OF_SCALARS
    products = node.op in ("*", "/", "^") and all(arg.shape for arg in node.args)
    return node.op in _ENTRYWISE and not products and node.shape == inside[0].shape


def _shift(node: Expr, degree: _Degree, degrees: dict[int, _Degree], kept: list[Expr]) -> Expr:
    """The node with the largest exponent subtracted from all; it is a term beside a logarithm."""
    exponents = list({id(each.args[0]): each.args[0] for each in degree.inside}.values())
    shape, row = exponents[0].shape, degree.inside[0].row
    most = reduce(lambda a, b: Expr("max", (a, b), shape, row=row), exponents)
    if degree.beside:
        most = Expr("relu", (most,), shape, row=row)

    def children(each: Expr) -> tuple[Expr, ...]:
        return each.args if each is node or (degrees[id(each)].inside and each.op != "exp") else ()

    def rule(each: Expr, args: list[Expr]) -> Expr:
        if each.op == "exp" and degrees[id(each)].inside:
            less = Expr("-", (each.args[0], most), shape, row=row)
            return Expr("exp", (less,), each.shape, row=each.row)
        if each.op in ("+", "-") and degrees[id(each)].number:
            wanted = degrees[id(each)].number
            args = [
                new if degrees[id(old)].inside else _times(new, most, wanted)
                for old, new in zip(each.args, args, strict=True)
            ]
        return each.with_args(args) if args else each

    inner = fold(node, children, rule)
    if node.op == "log":
        term = (
            most
            if degree.number == 1
            else Expr(
                "*", (Expr("number", (), value=Fraction(degree.number)), most), shape, row=row
            )
        )
        inner = Expr("+", (term, inner), node.shape, row=node.row)
    for each in inner.parts:
        degrees.setdefault(id(each), _NONE)
        kept.append(each)
    return inner


def _times(plain: Expr, most: Expr, power: int) -> Expr:
    """A number beside exponentials, times exp(-most) as often as these have it."""
    less = Expr("*", (Expr("number", (), value=Fraction(-power)), most), most.shape, row=most.row)
    factor = Expr("exp", (less,), most.shape, row=most.row)
    if is_number(plain, 1) and not most.shape:
        return factor
    return Expr(
        ".*" if plain.shape and most.shape else "*", (plain, factor), most.shape, row=most.row
    )
