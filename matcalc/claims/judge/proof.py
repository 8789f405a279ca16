"""Whether a claim is proved, or disproved, in the field: the judge that verifies matcalc's own
answers judges those of others.
"""

from __future__ import annotations

from matcalc.claims.judge.question import DISPROVED, OPEN, PROVED, Claim, columns_of
from matcalc.claims.judge.reading import with_sizes
from matcalc.claims.judge.sizes import open_sizes, true_shape
from matcalc.core.program import Program
from matcalc.results import layout_axes
from matcalc.verify.exact.judge import judge


def proof(program: Program, claim: Claim, stated: Program) -> str:
    """``exact`` where the claim is the derivative, ``wrong`` where it certainly is not, else
    ``undecided``.
    """
    rank = program.expr.rank
    total = rank + len(program.variables[claim.wrt].shape) * claim.order
    tree = stated.expr
    if tree.rank != min(total, 2):
        return OPEN
    if stated.undetermined:
        known = {} if program.undetermined else open_sizes(stated, true_shape(program, claim))
        if any(name not in known for size in stated.undetermined for name in size.letters):
            # a formula that holds at some sizes of what it leaves open need not hold at others
            return OPEN
        tree = with_sizes(tree, known.get)
    columns = columns_of(rank, total, claim.order, claim.layout) if total > 2 else 0
    axes = layout_axes(rank, total, claim.layout)
    outcome = judge(program, tree, claim.wrt, claim.order, claim.structure, axes, columns).outcome
    return outcome if outcome in (PROVED, DISPROVED) else OPEN
