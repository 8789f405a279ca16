"""A condition that stands where another one belongs: a kink in another place, or two branches
exchanged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matcalc.claims.judge.branches import kinks, negate_condition
from matcalc.claims.judge.mutations import LIKELY, MOST_NODES, Mutation
from matcalc.core.operations import COMPARISONS
from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr, is_number
from matcalc.write.printers.text import text

_MOST = 6  # conditions of a claim that are looked at, and such that are tried in their place
_NEGATED = 0.05  # what it costs that a condition holds where it should not


def borders(tree: Expr, others: Sequence[Expr]) -> Iterator[Mutation]:
    """The formula with a condition of ``others``, or the opposite of one, for one of its own."""
    order = tree.parts
    if len(order) > MOST_NODES:
        return
    mine = [node for node in order if node.op in COMPARISONS or node.op == "step"]
    theirs = {text(kink): kink for other in others for kink in kinks(other)}
    for other in others:
        theirs |= {text(node): node for node in other.parts if node.op in COMPARISONS}
    for node in mine[:_MOST]:
        shown = text(node)
        for kink in list(theirs.values())[:_MOST]:
            for made, cost in ((kink, LIKELY), (negate_condition(kink), LIKELY + _NEGATED)):
                instead = _write_step(made) if node.op == "step" else made
                fits = instead.shape == node.shape and instead.row == node.row
                if fits and text(instead) != shown:
                    whole = put_in(tree, {node: instead})
                    yield Mutation("condition", node, instead, whole, cost)


def _write_step(kink: Expr) -> Expr:
    """``step(x - y)`` for ``x > y``; what is not a strict inequality as it is."""
    if kink.op not in (">", "<"):
        return kink
    left, right = kink.args if kink.op == ">" else kink.args[::-1]
    gap = left if is_number(right, 0) else Expr("-", (left, right), kink.shape, row=kink.row)
    return Expr("step", (gap,), kink.shape, row=kink.row)
