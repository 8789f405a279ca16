"""Zeros of gradients within the sets that kinds of matrices are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

from matcalc.answers.solving import Zero, affine_zero
from matcalc.answers.taylor import put
from matcalc.claims.equality import prove_all
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, number, transposed, variable
from matcalc.engine.pipeline import differentiate, simplify

_DIAGONAL = "?d"  # no name in the language


def _half(tree: Expr, op: str) -> Expr:
    whole = Expr(op, (tree, transposed(tree)), tree.shape)
    return Expr("/", (whole, number(2)), tree.shape)


def _on_diagonal(tree: Expr) -> Expr:
    return Expr("diag", (Expr("diag", (tree,), tree.shape[:1]),), tree.shape)


def _band(tree: Expr) -> Expr:
    upper = Expr("triu", (tree, number(-1)), tree.shape)
    return Expr("tril", (upper, number(1)), tree.shape)


# the matrix of a kind that is nearest to a matrix
PROJECTIONS: dict[str, Callable[[Expr], Expr]] = {
    "symmetric": lambda tree: _half(tree, "+"),
    "psd": lambda tree: _half(tree, "+"),
    "skew": lambda tree: _half(tree, "-"),
    "diagonal": _on_diagonal,
    "triangular": lambda tree: Expr("tril", (tree,), tree.shape),
    "upper": lambda tree: Expr("triu", (tree,), tree.shape),
    "tridiagonal": _band,
}


def is_within(program: Program, known: Variable, point: Expr) -> bool:
    """Whether it is proved that a point is of the kind of a variable, apart from inequalities."""
    project = PROJECTIONS.get(known.kind)
    if project is None:
        return True
    rest = {name: each for name, each in program.variables.items() if name != known.name}
    base = replace(program, variables=rest)
    return prove_all(base, [(project(point), point)]) is not None


def zeros_within(program: Program, wrt: str) -> Iterator[Zero]:
    """Candidates for points of a kind of matrices where the gradient within them is zero.

    A function of a diagonal matrix is one of the vector on its diagonal. Else the zero of the free
    gradient is projected: where the function is a sum over the entries, that is the point.
    """
    known = program.variables[wrt]
    if known.kind not in PROJECTIONS:
        return
    bare = replace(program, expr=simplify(replace(program, definitions={})), definitions={})
    if known.kind == "diagonal":
        inner = variable(_DIAGONAL, known.shape[:1])
        moved = put(bare.expr, {wrt: Expr("diag", (inner,), known.shape)})
        variables = {**bare.variables, _DIAGONAL: Variable(_DIAGONAL, "vector", known.shape[:1])}
        whole = replace(bare, expr=moved, variables=variables)
        with suppress(UnsupportedError):
            gradient = differentiate(DerivativeStatement(whole, _DIAGONAL))
            zero = affine_zero(replace(whole, expr=gradient), _DIAGONAL)
            if zero is not None and zero.along is None:
                point = Expr("diag", (zero.point,), known.shape)
                yield Zero(simplify(replace(bare, expr=point)))
    with suppress(UnsupportedError):
        gradient = differentiate(DerivativeStatement(bare, wrt, 1, "free"))
        free = {**bare.variables, wrt: Variable(wrt, "matrix", known.shape)}
        zero = affine_zero(replace(bare, expr=gradient, variables=free), wrt)
        if zero is not None and zero.along is None:
            point = PROJECTIONS[known.kind](zero.point)
            yield Zero(simplify(replace(bare, expr=point)))
