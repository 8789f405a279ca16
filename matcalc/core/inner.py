"""The derivatives that can be inside an expression, as in ``det(jacobian(F, x))``.

They are nodes of the typed tree for as long as it takes to find them: ``engine/inner.py`` puts the
derivative in their place before anything is derived, proved or printed.
"""

from __future__ import annotations

from collections.abc import Callable

from matcalc.core.errors import UnsupportedError
from matcalc.core.program import Program

Expand = Callable[[Program], Program]
INNER = {
    "grad": "grad(f, x), the gradient of a scalar",
    "jacobian": "jacobian(F, x), or jacobian(F, s, t) with the derivatives as columns",
    "hessian": "hessian(f, x), the second derivatives of a scalar",
    "lap": "lap(f, x), the sum of the second derivatives of a scalar",
    "div": "div(F, x), the trace of the Jacobian of F with respect to x",
}


def expand_inner(program: Program, expand: Expand | None) -> Program:
    """The program with the derivatives in it; UnsupportedError where nobody finds them here."""
    if expand is None:
        raise UnsupportedError(
            "derivatives cannot appear inside this expression", source=program.source
        )
    return expand(program)
