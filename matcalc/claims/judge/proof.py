"""Whether a claim is proved, or disproved, in the field: the judge that verifies matcalc's own
answers judges those of others.
"""

from __future__ import annotations

from matcalc.claims.judge.claim import DISPROVED, OPEN, PROVED
from matcalc.claims.judge.reading import with_sizes
from matcalc.claims.judge.sizes import open_sizes, true_shape
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement, is_folded
from matcalc.verify.exact.judge import judge


def proof(statement: DerivativeStatement, stated: Program) -> str:
    """``exact`` where the claim is the derivative, ``wrong`` where it certainly is not, else
    ``undecided``.
    """
    total = len(statement.mixed_shape)
    tree = stated.expr
    folded = tree.rank <= 2 and is_folded(statement.program.expr.rank, total, statement.order)
    if tree.rank != (2 if folded else total):
        return OPEN
    if stated.undetermined:
        known = (
            {}
            if statement.program.undetermined
            else open_sizes(stated, true_shape(statement, tree.rank))
        )
        if any(name not in known for size in stated.undetermined for name in size.letters):
            # a formula that holds at some sizes of what it leaves open need not hold at others
            return OPEN
        tree = with_sizes(tree, known.get)
    outcome = judge(statement, tree, as_matrix=folded).outcome
    return outcome if outcome in (PROVED, DISPROVED) else OPEN
