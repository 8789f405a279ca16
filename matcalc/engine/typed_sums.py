"""Which sums of a program have fractions, and how they are written: ``sqrt(x'*x + 1e-8)`` is not to
become ``sqrt(1 + 100000000*x'*x)/10000`` on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Node, Rational, Sum, as_term, magnitude
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.recovery.scales import Typed
from matcalc.engine.recovery.shared import tokens

_MOST = 2_000  # parts of a program; longer ones are written as the network has them
_SUMS = ("+", "-")


def has_decimals(parts: Sequence[Expr]) -> bool:
    """Whether one of the numbers is a decimal. The exponent of a matrix is one number however it
    was typed, as in ``X^(3/2)``, so it does not tell.
    """
    bodies = [part.value.body for part in parts if part.op == "indexed"]
    parts = [*parts, *(inner for body in bodies for inner in body.parts)]
    fractions = {id(part) for part in parts if part.op == "number" and part.value.denominator != 1}
    if not fractions:
        return False
    exponents = {id(part.args[1]) for part in parts if part.op == "^" and part.args[0].shape}
    return not fractions <= exponents


def find_typed_sums(parts: Sequence[Expr]) -> list[Expr]:
    """The sums with fractions among all parts of a tree, but those of which the whole is a sum: no
    derivative has them.
    """
    found = {}
    for part in parts:
        if part.op in _SUMS and any(id(arg) in found or _has_fraction(arg) for arg in part.args):
            found[id(part)] = part
    if not found or len(parts) > _MOST:
        return []
    outer = {id(parts[-1])}
    for part in reversed(parts):  # each after all that it is a part of
        multiple = part.op in ("*", "/") and part.args[part.op == "/"].op == "number"
        if id(part) in outer and (multiple or part.op in (*_SUMS, "neg")):
            found.pop(id(part), None)
            outer.update(map(id, part.args))
    return list(found.values())


def _has_fraction(term: Expr) -> bool:
    """Whether the number in front of a term, or under it, makes a fraction."""
    while term.op in ("*", "/", "neg"):
        if term.op == "/" and term.args[1].op == "number":
            return True
        term = term.args[0]
    return term.op == "number" and term.value.denominator != 1


def find_typed(
    sums: Sequence[Expr],
    lowering: Lowering,
    names: Mapping[str, Node],
    finish: Callable[[Node], Node],
    *,
    decimals: bool,
) -> Typed:
    """How the network's sums were typed, where a fraction makes the difference; ``finish`` rewrites
    as answers are rewritten.
    """
    nodes = lowering.lower_all(sums, names) if sums else []
    return Typed(decimals, _scales([finish(node) for node in nodes], decimals=decimals))


def _scales(nodes: Sequence[Node], *, decimals: bool) -> dict[Node, Rational]:
    """By what the sums in the nodes of typed sums are multiplied to be as they were typed."""
    found: dict[Node, Rational] = {}
    for node in nodes:
        coefficient, factors = as_term(node)
        if len(factors) != 1 or coefficient.denominator == 1:
            continue
        ((inner, _, exponent),) = factors
        if isinstance(inner, Sum) and exponent == 1:
            scale = magnitude(coefficient)
            numbers = [magnitude(c) for c, _ in inner.terms]
            if _reads_better(numbers, scale, decimals=decimals):
                found[inner] = scale
    return found


def _reads_better(numbers: Sequence[Rational], scale: Rational, *, decimals: bool) -> bool:
    """Whether a sum is written with fractions: with decimals unless all are one number, and with
    quotients where that is no longer.
    """
    if decimals:
        return len(set(numbers)) > 1
    typed = sum(tokens(scale * Fraction(number)) for number in numbers)
    return typed <= sum(tokens(number) for number in numbers)
