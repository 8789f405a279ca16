"""Zeros of gradients within the sets that kinds of matrices are."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.solving import Zero, affine_zero
from matcalc.claims.equality import prove_all
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.program import Program
from matcalc.core.projections import project_on_kind
from matcalc.core.tree import Expr, variable
from matcalc.engine.pipeline import derive, simplify

_DIAGONAL = "?d"  # no name in the language


def is_within(program: Program, known: Variable, point: Expr) -> bool:
    """Whether it is proved that a point is of the kind of a variable, apart from inequalities."""
    if not kind_spec(known.kind).linear:
        return True
    kept = [(project_on_kind(known.kind, point), point)]
    return prove_all(program.without(known.name), kept) is not None


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
        diagonal = Variable(_DIAGONAL, "vector", known.shape[:1])
        whole = bare.declare(diagonal)._replace(expr=moved)
        with suppress(UnsupportedError):
            gradient = derive(whole, _DIAGONAL)
            zero = affine_zero(whole._replace(expr=gradient), _DIAGONAL)
            if zero is not None and zero.along is None:
                point = Expr("diag", (zero.point,), known.shape)
                yield Zero(simplify(bare._replace(expr=point)))
    with suppress(UnsupportedError):
        gradient = derive(bare, wrt, structure="free")
        free = bare.declare(Variable(wrt, "matrix", known.shape))
        zero = affine_zero(free._replace(expr=gradient), wrt)
        if zero is not None and zero.along is None:
            point = project_on_kind(known.kind, zero.point)
            yield Zero(simplify(bare._replace(expr=point)))
