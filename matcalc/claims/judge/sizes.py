"""Sizes that the text of a claim leaves open, as that of ``eye``: those of the true derivative."""

from __future__ import annotations

from functools import reduce

from matcalc.core.dims import ONE, ZERO, Dim, Shape, combine_terms, names_in
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement, is_matricized


def true_shape(statement: DerivativeStatement, rank: int) -> Shape:
    """The shape in which a claim with ``rank`` axes is written: beyond two axes that of the matrix
    J of d vec(F) = J*d vec(X), or that of the array.
    """
    laid = statement.shape
    objective = statement.program.expr.rank
    if not is_matricized(objective, len(laid), statement.order, rank):
        return laid
    rows = len(laid) - statement.columns
    return reduce(Dim.times, laid[:rows], ONE), reduce(Dim.times, laid[rows:], ONE)


def open_sizes(stated: Program, shape: Shape) -> dict[str, Dim]:
    """The open names that the true shape fixes: of ``kron(eye, A)``, which has k*n rows where n^2
    are wanted, k = n. A claim that has these sizes transposed is the transpose.
    """
    names = set(names_in(stated.undetermined))
    known: dict[str, Dim] = {}
    if len(stated.expr.shape) != len(shape):
        return known
    if not _fits(stated.expr.shape, shape, names) and _fits(stated.expr.shape, shape[::-1], names):
        shape = shape[::-1]
    for found, wanted in (*zip(stated.expr.shape, shape, strict=True),) * len(shape):
        missing = [name for name in found.letters if name in names and name not in known]
        if len(missing) == 1:
            size = _solve(found.put(known.get), missing[0], wanted)
            if size is not None:
                known[missing[0]] = size
    return known


def _fits(found: Shape, wanted: Shape, names: set[str]) -> bool:
    """Whether the sizes that are not open are those that are wanted."""
    pairs = zip(found, wanted, strict=True)
    return all(one == other for one, other in pairs if names.isdisjoint(one.letters))


def _solve(found: Dim, name: str, wanted: Dim) -> Dim | None:
    """The dimension that the name, which occurs once, has to be: of ``k*n + 1``, (wanted - 1)/n."""
    factor, rest = ZERO, ZERO
    for scale, names in found.terms:
        term = combine_terms([(scale, tuple(other for other in names if other != name))])
        factor, rest = (factor.plus(term), rest) if name in names else (factor, rest.plus(term))
    return wanted.plus(rest, -1).over(factor)
