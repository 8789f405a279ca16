"""What lies nearest to a matrix in a kind that is a linear space, as a typed tree."""

from __future__ import annotations

from matcalc.core.kinds import kind_spec
from matcalc.core.tree import Expr, number, transpose


def project_on_kind(kind: str, tree: Expr) -> Expr:
    """The matrix of a linear kind that is nearest to a square matrix: ``(G + G')/2`` of a symmetric
    one, ``tril(G)`` of a triangular one; what is of no such kind stays.
    """
    spec = kind_spec(kind)
    if spec.banded:
        return _band(tree, spec.below, spec.above)
    if spec.nearest:
        return Expr(spec.nearest, (tree,), tree.shape)
    if not spec.symmetry:
        return tree
    return Expr("/", (_with_transpose(tree, spec.symmetry), number(2)), tree.shape)


def by_independent_entries(kind: str, tree: Expr) -> Expr:
    """The derivative by the independent entries of a matrix of a linear kind, of which ``tree`` is
    that with free entries: an entry off the diagonal of a symmetric matrix is in two places.
    """
    spec = kind_spec(kind)
    if spec.nearest:  # each number of a circulant matrix is in n places
        size = Expr("dimension", value=tree.shape[0])
        return Expr("*", (size, project_on_kind(kind, tree)), tree.shape)
    if spec.banded or not spec.symmetry:
        return project_on_kind(kind, tree)
    both = _with_transpose(tree, spec.symmetry)
    if spec.symmetry < 0:
        return both
    return Expr("-", (both, _band(tree, 0, 0)), tree.shape)


def _with_transpose(tree: Expr, sign: int) -> Expr:
    return Expr("+" if sign > 0 else "-", (tree, transpose(tree)), tree.shape)


def _band(tree: Expr, below: int | None, above: int | None) -> Expr:
    """The diagonals from so many below the main one to so many above."""
    if below == above == 0:
        return Expr("diag", (Expr("diag", (tree,), tree.shape[:1]),), tree.shape)
    if below is not None:
        tree = Expr("triu", (tree, number(-below)) if below else (tree,), tree.shape)
    if above is not None:
        tree = Expr("tril", (tree, number(above)) if above else (tree,), tree.shape)
    return tree
