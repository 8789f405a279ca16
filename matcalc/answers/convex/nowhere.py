"""Objectives that have no value at any point: nothing is said about their minima."""

from __future__ import annotations

from matcalc.core.errors import DomainError
from matcalc.core.program import Program
from matcalc.verify.oracle.domain import no_value
from matcalc.write.printers.text import text


def require_values(program: Program) -> None:
    """Raises DomainError where the expression has no value anywhere, as ``log(-x'*x)``."""
    reason = no_value(program.expr, program.variables)
    if reason is not None:
        raise DomainError(f"{text(program.expr)} has no value: {reason}")
