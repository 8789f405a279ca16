"""What is wrong with a claim, by exact proofs alone: for the page, where there is no NumPy.

Each candidate is a claim of its own: the formula times a factor, its transpose, or the same formula
where a matrix is symmetric. The first that is proved is the diagnosis. The judge that has numbers
finds more (claims/judge/diagnosis.py).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcalc import api
from matcalc.claims.judge.claim import PROVED
from matcalc.claims.judge.proof import proof
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import Variable
from matcalc.core.statement import DerivativeStatement

_SIGN = "it has the wrong sign"
_MOST_SIZES = 3  # that are tried as factors


def diagnose(
    expression: str,
    claim: str,
    variables: Mapping[str, Variable],
    wrt: str,
    options: Mapping[str, Any],
) -> str:
    """What the claim lacks, or under which condition it is right; empty where nothing of that can
    be proved.
    """
    given = {name: str(kind) for name, kind in variables.items()}
    statement = _stated_derivative(expression, given, wrt, options)
    for said, changed in _formulas(claim, variables):
        if _is_proved(statement, changed, given):
            return said
    for name, each in variables.items():
        if each.kind == "matrix" and each.shape[0] == each.shape[1]:
            narrower = {**given, name: f"symmetric({each.shape[0]})"}
            if _is_proved(_stated_derivative(expression, narrower, wrt, options), claim, narrower):
                return f"it is right only if {name} is symmetric"
    return ""


def _formulas(claim: str, variables: Mapping[str, Variable]) -> Iterator[tuple[str, str]]:
    """What is said about a claim that is right once it is changed so, and the changed claim."""
    yield _SIGN, f"-({claim})"
    sizes = dict.fromkeys(str(size) for each in variables.values() for size in each.shape)
    numbers = [size for size in sizes if size.isidentifier()][:_MOST_SIZES]
    for factor in ("2", *numbers):
        for sign, also in (("", ""), ("-", f", and {_SIGN}")):
            yield f"the factor {factor} is missing{also}", f"{sign}{factor}*({claim})"
            said = "it is 2 times the derivative" if factor == "2" else ""
            yield (
                f"{said or f'the factor 1/{factor} is missing'}{also}",
                f"{sign}({claim})/{factor}",
            )
    yield "it is the transpose", f"({claim})'"


def _stated_derivative(
    expression: str, given: Mapping[str, str], wrt: str, options: Mapping[str, Any]
) -> DerivativeStatement | None:
    """The derivative that is claimed; None where the expression has no meaning for such
    variables.
    """
    try:
        return DerivativeStatement(api.parse(expression, given).program(), wrt, **options)
    except MatcalcError:
        return None


def _is_proved(statement: DerivativeStatement | None, claim: str, given: Mapping[str, str]) -> bool:
    if statement is None:
        return False
    try:
        return proof(statement, api.parse(claim, given).program()) == PROVED
    except MatcalcError:  # a transpose of other axes, a size that is not a number there
        return False
