"""Claims about the derivative with respect to a part of a variable: ``d log(det(V)) / d V[i,j]`` is
``inv(V)[j,i]``.

The derivative by the part is worked out and verified, and the claim is compared with it.
"""

from __future__ import annotations

from matcalc.claims.equality import DIFFERENT, EQUAL, decide
from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.reading import read_formula, refuse_unknown
from matcalc.claims.judge.report import AGREED, PROVED, UNDECIDED, WRONG, Checked, Report, command
from matcalc.core.program import Program
from matcalc.results import Expression

_KINDS = ("a number", "a vector", "a matrix")


def judge_part(program: Program, claim: Claim, seed: int) -> Report:
    """The report on a claim about an objective that was read, by a part of a variable."""
    found = Expression(program).diff(claim.wrt, order=claim.order, structure=claim.structure)
    stated = read_formula(claim.claim, program.variables, program.definitions, program.language)
    true = found.as_expression()._program
    refuse_unknown(stated, program.variables)
    shapes = ""
    if true.expr.rank != stated.expr.rank:
        shapes = f"the claim is {_kind_name(stated)}, the derivative {_kind_name(true)}"
    decision = decide(true, stated, seed)
    equal = PROVED if decision.is_proved else AGREED
    verdict = {EQUAL: equal, DIFFERENT: WRONG}.get(decision.verdict, UNDECIDED)
    options = {"var": [f"{name}: {each}" for name, each in program.variables.items()]}
    said = Checked("", 0, {}, seed, 0.0, 0.0, exact=f"against the derivative, {decision.how}")
    return Report(
        verdict,
        title=claim.expr,
        wrt=claim.wrt,
        claim=stated.source,
        order=claim.order,
        correct=str(found),
        shapes=shapes,
        variables=dict(program.variables),
        checked=None if verdict == UNDECIDED else said,
        reproduce=command(claim.expr, claim.wrt, stated.source, options),
        notes=tuple(dict.fromkeys((*program.notes, *stated.notes))),
        reason=decision.how if verdict == UNDECIDED else "",
        name=claim.name,
    )


def _kind_name(program: Program) -> str:
    rank = program.expr.rank
    return _KINDS[rank] if rank < len(_KINDS) else f"an array with {rank} axes"
