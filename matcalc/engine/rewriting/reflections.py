"""reflections(): sums with both f(x) and f(-x) in terms of one of them."""

from __future__ import annotations

from collections.abc import Iterator

from matcalc.core.operations import REFLECTED
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Call, Node, Sum, as_term
from matcalc.engine.ir.rebuild import substitute


def reflections(builder: Builder, node: Sum) -> Iterator[Node]:
    """The sum with 1 - sigmoid(x) for sigmoid(-x), and the other way round, where terms have both:
    multiplied out, y*sigmoid(-x) - (1 - y)*sigmoid(x) is y - sigmoid(x).
    """
    factors = _factors_of_terms(node)
    for factor in dict(factors):
        if isinstance(factor, Sum):
            factors |= _factors_of_terms(factor)
    calls = [each for each in factors if isinstance(each, Call) and each.name in REFLECTED]
    for call in calls if len(calls) > 1 else ():
        other = builder.elementwise(call.name, [builder.scale(-1, call.args[0])])
        if other in calls:
            one = builder.ones(call.axes) if call.axes else builder.number(1)
            rest = builder.sum([(1, one), (-1, other)], call.axes)
            yield substitute(builder, node, {call: rest})


def _factors_of_terms(total: Sum) -> dict[Node, None]:
    """The factors of all terms, each once and in order."""
    return {factor: None for _, term in total.terms for factor, _, _ in as_term(term)[1]}
