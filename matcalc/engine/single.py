"""derive_one(): the derivative of a program with respect to one variable."""

from __future__ import annotations

from matcalc.core.program import LONG, require_variable
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.engine.pipeline import differentiate


def derive_one(statement: DerivativeStatement) -> Expr:
    """What ``pipeline.differentiate`` gives; of a long program with many layers from segment to
    segment.
    """
    program = statement.program
    require_variable(program, statement.wrt)
    plain = statement.order == 1 and statement.layout == "mixed" and program.expr.rank == 0
    if plain and len(program.expr.parts) > LONG:
        # few programs are long
        from matcalc.engine.several import derive_in_segments  # noqa: PLC0415

        found = derive_in_segments(statement)
        if found is not None:
            return found
    return differentiate(statement)
