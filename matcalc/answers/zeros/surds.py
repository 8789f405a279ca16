"""Numbers made of square roots, such as ``(1 + sqrt(5))/2``, in one form.

Such a number is a sum of multiples of square roots of integers without square factors, which
are linearly independent: two are equal only where all multiples are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from functools import reduce
from math import isqrt, lcm

from matcalc.answers.expansions.taylor import put
from matcalc.core.program import Program
from matcalc.core.tree import Expr, number
from matcalc.engine.pipeline import simplify_tree

_Surd = dict[int, Fraction]  # the multiples, none of them 0; that of sqrt(1) is rational
_MOST_TERMS = 8
_MOST_POWER = 16
_LARGEST = 1 << 64


def value_at(program: Program, tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """The tree with values put in, simplified, and its numbers in one form."""
    return tidy_surds(simplify_tree(program, put(tree, values)))


def tidy_surds(tree: Expr) -> Expr:
    """The tree with each number in it that is made of square roots in its one form."""
    values: dict[int, _Surd | None] = {}
    rooted: set[int] = set()
    kept: list[Expr] = []  # so that ids stay what they are

    def rule(node: Expr, args: list[Expr]) -> Expr:
        found = None if node.shape else _value(node, [values[id(arg)] for arg in args])
        has_root = node.op in ("sqrt", "^") or any(id(arg) in rooted for arg in args)
        made = write_surd(found) if found is not None and has_root else node.with_args(args)
        values[id(made)] = found
        rooted.update([id(made)] if has_root else [])
        kept.append(made)
        return made

    return tree.fold(rule)


def as_fraction(tree: Expr) -> Expr:
    """A number made of square roots in its one form, without decimals."""
    found = value_of(tree)
    return tree if found is None else write_surd(found)


def value_of(tree: Expr) -> _Surd | None:
    """The multiples of square roots that a number is the sum of; None where it is none."""

    def rule(node: Expr, args: list[_Surd | None]) -> _Surd | None:
        return None if node.shape else _value(node, args)

    return tree.fold(rule)


def split_square(n: int) -> tuple[int, int]:
    """s and k of n = s^2*k, where k has no small square factor."""
    s, k, d = 1, n, 2
    while d * d <= k and d < 1_000:
        while k % (d * d) == 0:
            k //= d * d
            s *= d
        d += 1
    root = isqrt(k)
    return (s * root, 1) if root * root == k else (s, k)


def _value(node: Expr, args: list[_Surd | None]) -> _Surd | None:
    if node.op == "number":
        return _clean({1: Fraction(node.value)})
    known = [arg for arg in args if arg is not None]
    if not known or len(known) < len(args):
        return None
    first, last = known[0], known[-1]
    found: _Surd | None = None
    if node.op == "neg":
        found = _scaled(first, Fraction(-1))
    elif node.op in ("+", "-"):
        found = _sum(first, last if node.op == "+" else _scaled(last, Fraction(-1)))
    elif node.op == "*":
        found = _product(first, last)
    elif node.op == "/":
        below = _inverse(last)
        found = None if below is None else _product(first, below)
    elif node.op == "sqrt":
        found = _root(first)
    elif node.op == "^":
        found = _power(first, last)
    small = found is not None and len(found) <= _MOST_TERMS
    return found if small and all(_is_small(c) for c in (found or {}).values()) else None


def _is_small(value: Fraction) -> bool:
    return max(abs(value.numerator), value.denominator) < _LARGEST


def _clean(value: _Surd) -> _Surd:
    return {k: c for k, c in sorted(value.items()) if c}


def _scaled(value: _Surd, scale: Fraction) -> _Surd:
    return {k: c * scale for k, c in value.items()}


def _sum(one: _Surd, other: _Surd) -> _Surd:
    zero = Fraction(0)
    return _clean({k: one.get(k, zero) + other.get(k, zero) for k in {**one, **other}})


def _product(one: _Surd, other: _Surd) -> _Surd:
    total: _Surd = {}
    for j, a in one.items():
        for k, b in other.items():
            outside, inside = split_square(j * k)
            total = _sum(total, {inside: a * b * outside})
    return total


def _inverse(value: _Surd) -> _Surd | None:
    """1/x of one or two terms, with the conjugate."""
    if not value or len(value) > 2:
        return None
    signs = [1, -1]
    conjugate = {k: c * sign for (k, c), sign in zip(value.items(), signs, strict=False)}
    if len(value) == 1:
        conjugate = value
    whole = _product(value, conjugate)
    return _scaled(conjugate, 1 / whole[1]) if list(whole) == [1] else None


def _root(value: _Surd) -> _Surd | None:
    """The square root of a rational number; and of p + q*sqrt(k) where it is the sum of the roots
    of two rational ones, whose sum is p, and whose product is q^2*k/4.
    """
    if not value:
        return {}
    if len(value) == 1 and value.get(1, 0) > 0:
        above, below = value[1].as_integer_ratio()
        outside, inside = split_square(above * below)
        return {inside: Fraction(outside, below)}
    if len(value) != 2 or value.get(1, 0) <= 0:
        return None
    p, (k, q) = value[1], max(value.items())
    gap = _root(_clean({1: p * p - q * q * k}))
    if gap is None or set(gap) - {1}:
        return None
    half = gap.get(1, Fraction(0))
    one, other = [_root(_clean({1: (p + sign * half) / 2})) or {} for sign in (1, -1)]
    return _sum(one, _scaled(other, Fraction(1 if q > 0 else -1)))


def _power(base: _Surd, exponent: _Surd) -> _Surd | None:
    if list(exponent) != [1]:
        return {1: Fraction(1)} if not exponent else None
    twice = exponent[1] * 2
    if twice.denominator != 1 or abs(twice) > _MOST_POWER:
        return None
    start = _root(base) if twice % 2 else base
    if twice < 0 and start is not None:
        start = _inverse(start)
    if start is None:
        return None
    count = abs(int(twice if twice % 2 else twice / 2))
    return reduce(_product, [start] * count, {1: Fraction(1)})


def write_surd(value: _Surd) -> Expr:
    """The number as a tree, over one denominator: ``(sqrt(5) - 1)/2``."""
    if not value:
        return number(0)
    if len(value) > 1 and max(value.values()) < 0:
        return Expr("neg", (write_surd(_scaled(value, Fraction(-1))),))
    below = lcm(*[c.denominator for c in value.values()])
    ordered = dict(sorted(value.items(), key=lambda term: term[1] < 0))  # what is added first
    whole = reduce(_add, _terms(ordered, below))
    return whole if below == 1 else Expr("/", (whole, number(below)))


def _terms(value: _Surd, below: int) -> Iterator[Expr]:
    for k, c in value.items():
        size = int(c * below)
        if k == 1:
            term = number(abs(size))
        else:
            root = Expr("sqrt", (number(k),))
            term = root if abs(size) == 1 else Expr("*", (number(abs(size)), root))
        yield Expr("neg", (term,)) if size < 0 else term


def _add(left: Expr, right: Expr) -> Expr:
    if right.op == "neg":
        return Expr("-", (left, right.args[0]))
    return Expr("+", (left, right))
