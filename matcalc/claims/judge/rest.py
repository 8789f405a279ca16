"""What is left between the derivative and a claim, as the engine writes it; and what that says of
a claim that numbers cannot tell from the derivative.
"""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.claims.equality import name_multiple
from matcalc.claims.judge.question import Question, Sample
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr
from matcalc.engine.pipeline import derive
from matcalc.verify.oracle.apart import is_apart
from matcalc.verify.oracle.close import close_numbers
from matcalc.write.printers.text import has_indices, text

_LOOKED_AT = 1e-12  # a relative error that may be more than rounding


def difference(asked: Question) -> Expr | None:
    """true - claim as the engine simplifies it: the derivative of t*(true - claim) by t. None
    where there is none.
    """
    answer, claim = asked.answer, asked.tree
    if asked.program is None or answer is None or claim is None or asked.misfit:
        return None
    if answer.rank != claim.rank or has_indices(answer, asked.variables):
        return None
    if claim.rank == 1 and claim.row != answer.row:
        claim = Expr("'", (claim,), claim.shape, row=answer.row)
    name = next(
        name
        for name in (f"t{k}" for k in range(1, len(asked.variables) + 2))
        if name not in asked.variables
    )
    rest = Expr("-", (answer, claim), answer.shape, row=answer.row)
    times = Expr("*", (Expr("variable", value=name), rest), rest.shape, row=rest.row)
    try:
        return derive(asked.program.declare(Variable(name, "scalar"))._replace(expr=times), name)
    except MatcalcError:
        return None  # some have no closed form


def is_different(asked: Question, samples: Sequence[Sample]) -> bool | None:
    """Whether a claim that agrees within the tolerance is not the derivative all the same; None
    where that cannot be told.

    It is not where the difference, simplified, is certainly not zero. That cannot be told where the
    error is more than rounding explains, or where a number differs a little from one that the
    derivative has.
    """
    doubtful = _is_unexplained(asked, samples)
    if not doubtful and find_confusion(asked) is None:
        return False
    rest = difference(asked)
    if rest is not None:
        points = [sample.point for sample in samples]
        if any(is_apart(rest, asked.variables, each.values, each.sizes) for each in points):
            return True
    return None


def why_untold(asked: Question, samples: Sequence[Sample]) -> str:
    """The reason where it cannot be told whether a claim is different."""
    error = max(sample.error for sample in samples)
    if _is_unexplained(asked, samples):
        return (
            f"it differs from the derivative by {error:.0e}, which is more than rounding explains"
        )
    return f"numbers do not tell {' from '.join(find_confusion(asked) or ())}"


def _is_unexplained(asked: Question, samples: Sequence[Sample]) -> bool:
    """Whether there is an error that neither rounding nor the method explains."""
    return any(
        sample.error > _LOOKED_AT
        and sample.method.rounded == 0
        and sample.error * sample.scale > asked.rounding(sample.point, sample.truth, sample.claimed)
        for sample in samples
    )


def find_confusion(asked: Question) -> tuple[str, str] | None:
    """A number of the claim or of the derivative, and what it may be taken for."""
    if asked.tree is None or asked.program is None:
        return None
    given = [asked.program.expr, *([] if asked.answer is None else [asked.answer])]
    for value, near, name in close_numbers([asked.tree], given):
        return text(value), name_multiple(text(near), name)
    return None
