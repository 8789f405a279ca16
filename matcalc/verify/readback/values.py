"""Whether two trees over the same variables have the same values: exactly in a prime field, else in
real numbers.
"""

from __future__ import annotations

from collections.abc import Mapping

from matcalc.core.errors import EvaluationError, UnsupportedError, VerificationError
from matcalc.core.kinds import Variable
from matcalc.core.language import Language, default_language
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.verify.exact.judge import same_value

_SEEDS = (0, 1)


def alike(one: Expr, other: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether the values agree wherever the expressions were tried."""
    left, right = (Program(expr, dict(variables), "", default_language()) for expr in (one, other))
    outcome = same_value(left, right)
    if outcome != "undecided":
        return outcome == "exact"
    from matcalc.verify.oracle.compare import agree  # noqa: PLC0415 - it loads NumPy

    try:
        return any(agree(left, right, seed).ok for seed in _SEEDS)
    except (EvaluationError, UnsupportedError):
        return False


def confirm(right: bool, what: str, language: Language | None) -> None:
    """Raises VerificationError where a text, LaTeX or code does not mean what it was printed
    from.
    """
    blame = (language or default_language()).blame
    if not right:
        raise VerificationError(
            f"{blame()}: the {what} of this result does not mean the result",
            hint="please report it with the expression, its declarations and the output of "
            "matcalc --version; "
            "verify=False (--no-verify) gives the answer all the same",
        )
