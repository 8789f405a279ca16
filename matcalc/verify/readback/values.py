"""Whether two trees over the same variables have the same values: exactly in a prime field, else in
real numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from matcalc.core.dims import names_in
from matcalc.core.errors import EvaluationError, UnsupportedError, VerificationError
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage, default_language
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


def refuse_homonyms(trees: Iterable[Expr], variables: Mapping[str, Variable]) -> None:
    """Raises UnsupportedError where a size that is written in an answer has the name of a
    variable.
    """
    parts = [part for tree in trees for part in tree.parts]
    sizes = [size for part in parts if part.op in ("fill", "eye") for size in part.shape]
    sizes += [part.value for part in parts if part.op == "dimension"]
    both = [name for name in names_in(sizes) if name in variables]
    if both:
        raise UnsupportedError(
            f"{both[0]} is a variable and a size, and the size occurs in the answer",
            hint=f"give the variable {both[0]} another name, or leave out its declaration if it "
            "is the size",
        )


def confirm(right: bool, what: str, language: BaseLanguage | None) -> None:
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
