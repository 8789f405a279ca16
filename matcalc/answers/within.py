"""Zeros of gradients within the sets that kinds of matrices are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from matcalc.answers.solving import Zero, affine_zero
from matcalc.answers.taylor import put
from matcalc.claims.equality import prove_all
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.program import Program
from matcalc.core.projections import project_on_kind
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, variable
from matcalc.engine.pipeline import differentiate, simplify

_DIAGONAL = "?d"  # no name in the language


def is_within(program: Program, known: Variable, point: Expr) -> bool:
    """Whether it is proved that a point is of the kind of a variable, apart from inequalities."""
    if not kind_spec(known.kind).linear:
        return True
    rest = {name: each for name, each in program.variables.items() if name != known.name}
    base = program._replace(variables=rest)
    return prove_all(base, [(project_on_kind(known.kind, point), point)]) is not None


def zeros_within(program: Program, wrt: str) -> Iterator[Zero]:
    """Candidates for points of a kind of matrices where the gradient within them is zero.

    A function of a diagonal matrix is one of the vector on its diagonal. Else the zero of the free
    gradient is projected: where the function is a sum over the entries, that is the point.
    """
    known = program.variables[wrt]
    if not kind_spec(known.kind).linear:
        return
    bare = program._replace(expr=simplify(program._replace(definitions={})), definitions={})
    if known.kind == "diagonal":
        inner = variable(_DIAGONAL, known.shape[:1])
        moved = put(bare.expr, {wrt: Expr("diag", (inner,), known.shape)})
        variables = {**bare.variables, _DIAGONAL: Variable(_DIAGONAL, "vector", known.shape[:1])}
        whole = bare._replace(expr=moved, variables=variables)
        with suppress(UnsupportedError):
            gradient = differentiate(DerivativeStatement(whole, _DIAGONAL))
            zero = affine_zero(whole._replace(expr=gradient), _DIAGONAL)
            if zero is not None and zero.along is None:
                point = Expr("diag", (zero.point,), known.shape)
                yield Zero(simplify(bare._replace(expr=point)))
    with suppress(UnsupportedError):
        gradient = differentiate(DerivativeStatement(bare, wrt, 1, "free"))
        free = {**bare.variables, wrt: Variable(wrt, "matrix", known.shape)}
        zero = affine_zero(bare._replace(expr=gradient, variables=free), wrt)
        if zero is not None and zero.along is None:
            point = project_on_kind(known.kind, zero.point)
            yield Zero(simplify(bare._replace(expr=point)))
