"""What functions demand of their arguments where nothing is derived, as in code and claims."""

from __future__ import annotations

from matcalc.core.operations import OF_SYMMETRIC
from matcalc.core.program import Program, find_used_variables
from matcalc.engine.lowering.preconditions import require_symmetry
from matcalc.engine.pipeline import Engine, leaf_of


def require_symmetric(program: Program) -> None:
    """UnsupportedError where a function of symmetric matrices is taken of what is not proved to be
    symmetric: a value would be that of the symmetric part.
    """
    if not program.expr.operations.isdisjoint(OF_SYMMETRIC):
        engine = Engine(program, "mixed")
        used = find_used_variables(program).values()
        names = {v.name: leaf_of(engine.builder, v, free=False) for v in used}
        require_symmetry(program, engine.lowering, names)
