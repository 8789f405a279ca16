"""Normal densities at two points as one: normpdf(v) is normpdf(u)*exp((u^2 - v^2)/2).

In the formula of Black and Scholes (1973), K*exp(-r*T)*normpdf(d - s*sqrt(T)) is S*normpdf(d). So
the derivative of the price by S is normcdf(d).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import permutations

from matcalc.core.walk import postorder
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Factor, Node, Rational, as_sum
from matcalc.engine.ir.rebuild import substitute
from matcalc.engine.rewriting.shorten import Shortener

_MOST_POINTS = 3  # at which densities are compared
_MOST_TERMS = 3  # of an exponent that is brought in


Expand = Callable[[Node], Node | None]  # a sum multiplied out


def join_densities(shortener: Shortener, node: Node, settle: Callable[[Node], Node]) -> Node:
    """The node with one of the densities of numbers in it by another, where that is shorter once it
    is rewritten (``settle``).
    """
    builder = shortener.builder
    found = [
        each
        for each in postorder(node, lambda each: each.children)
        if isinstance(each, Call) and each.name == "normpdf" and not each.axes
    ]
    if not 2 <= len(found) <= _MOST_POINTS:
        return node
    joined = [node]
    for kept, other in permutations(found, 2):
        scale = _ratio(builder, kept.args[0], other.args[0], shortener.expand)
        if scale is not None:
            whole = builder.product(1, [*scale, (kept, (), 1)], (), ())
            joined.append(settle(substitute(builder, node, {other: whole})))
    return min(joined, key=shortener.length)


def _ratio(builder: Builder, u: Node, v: Node, expand: Expand) -> list[Factor] | None:
    """The factors of exp((u^2 - v^2)/2); None where they are no shorter than the density."""

    def open_sum(terms: list[tuple[Rational, Node]]) -> Node:
        total = builder.sum(terms, ())
        return expand(total) or total

    apart, both = open_sum([(1, u), (-1, v)]), open_sum([(1, u), (1, v)])
    half = builder.product(Fraction(1, 2), [(apart, (), 1), (both, (), 1)], (), ())
    number, terms = as_sum(open_sum([(1, half)]))
    if len(terms) > _MOST_TERMS:
        return None
    factors: list[Factor] = []
    rest = []
    for c, term in terms:
        if isinstance(term, Call) and term.name == "log":
            factors.append((term.args[0], (), number * c))
        else:
            rest.append((number * c, term))
    return [*factors, (builder.elementwise("exp", [builder.sum(rest, ())]), (), 1)]
