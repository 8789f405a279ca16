"""Whether a claim is proved, or disproved, in the field: the judge that verifies matcalc's own
answers judges those of others.
"""

from __future__ import annotations

from matcalc.claims.judge.claim import DISPROVED, OPEN, PROVED
from matcalc.claims.judge.sizes import open_sizes, true_shape
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement, is_matricized
from matcalc.core.substitution import replace_sizes
from matcalc.core.tree import Expr
from matcalc.verify.exact.judge import Verdict, judge, least_sizes


def proof(statement: DerivativeStatement, stated: Program) -> str:
    """``exact`` where the claim is the derivative, ``wrong`` where it certainly is not, else
    ``undecided``.
    """
    return prove(statement, stated).outcome


def prove(statement: DerivativeStatement, stated: Program) -> Verdict:
    """The same with the sizes at which alone it was decided."""
    found = _provable(statement, stated)
    if found is None:
        return Verdict(OPEN)
    tree, as_matrix = found
    verdict = judge(statement, tree, as_matrix=as_matrix)
    return verdict if verdict.outcome in (PROVED, DISPROVED) else Verdict(OPEN)


def exceptions(statement: DerivativeStatement, stated: Program, alone: str = "") -> tuple[str, ...]:
    """Notes on the small sizes at which a claim that is proved for large ones is wrong, and on the
    sizes at which alone it is proved.
    """
    found = _provable(statement, stated)
    least = {} if found is None else least_sizes(statement, found[0], as_matrix=found[1])
    only = [f"note: it is proved only at {alone}: other sizes were not decided"]
    return (
        *(only if alone else []),
        *(
            f"note: it holds for {name} >= {size}; for {name} = {size - 1} it is not the derivative"
            for name, size in least.items()
        ),
    )


def _provable(statement: DerivativeStatement, stated: Program) -> tuple[Expr, bool] | None:
    """The claim with all its sizes, and whether it is a matrix of vectors; None where its shape or
    its sizes are not those of the derivative.
    """
    total = len(statement.mixed_shape)
    tree = stated.expr
    as_matrix = is_matricized(statement.program.expr.rank, total, statement.order, tree.rank)
    if tree.rank != (2 if as_matrix else total):
        return None
    if stated.undetermined:
        known = (
            {}
            if statement.program.undetermined
            else open_sizes(stated, true_shape(statement, tree.rank))
        )
        if any(name not in known for size in stated.undetermined for name in size.letters):
            # a formula that holds at some sizes of what it leaves open need not hold at others
            return None
        tree = replace_sizes(tree, known.get)
    return tree, as_matrix
