"""Singular values and vectors that do not ask which side of the matrix is longer.

``svdvals``, ``leftvecs`` and ``rightvecs`` speak of matrices with at least as many rows as columns.
A formula that uses them only in sums over the singular values and in products U*diag(w)*V' says the
same of a wide matrix, where U and V have as many columns as there are rows: so it is computed from
the thin decomposition, which every matrix has.
"""

from __future__ import annotations

from itertools import pairwise

from matcalc.core.operations import COMPARISONS, OF_TALL, OPERATIONS, VANISHING
from matcalc.core.tree import Expr, drop_transpose
from matcalc.core.user_functions import acts_entrywise
from matcalc.core.walk import fold, operands, postorder

THIN = {name: f"thin_{name}" for name in sorted(OF_TALL)}
_ENTRYWISE = frozenset({"+", "-", "neg", "*", "/", ".*", "./", ".^", *COMPARISONS})
# zeros among the entries, as for instance singular values, change nothing
_NEUTRAL = frozenset(name for name, row in OPERATIONS.items() if row.skips_zeros)


def thin(root: Expr) -> Expr:
    """The tree for matrices of any shape, where it has a meaning for them; else the tree."""
    if root.operations.isdisjoint(OF_TALL):
        return root
    result = root.fold(_step)
    return result if result.operations.isdisjoint(OF_TALL) else root


def _step(node: Expr, args: list[Expr]) -> Expr:
    extreme = node.op == "amax" and _are_values(args[0])
    if extreme or (node.op in _NEUTRAL and _vanishes(args[0])):
        args = [_rename(args[0]), *args[1:]]
    made = node.with_args(args)
    if node.op == "*":
        if not node.shape and _vanishes(args[0]) and _vanishes(args[1]) and _of_one(args):
            return node.with_args([_rename(arg) for arg in args])
        return _pair(made)
    return made


def _are_values(vector: Expr) -> bool:
    """Whether these are the singular values of a matrix."""
    return vector.op in OF_TALL and vector.rank == 1


def _parts(weight: Expr) -> tuple[Expr, ...]:
    """The operands of a vector, down to singular values and numbers."""
    return () if _are_values(weight) or not weight.shape else weight.args


def _entrywise(weight: Expr) -> Expr | None:
    """The matrix of whose singular values, and numbers, a vector is made entry by entry."""
    order = postorder(weight, _parts)
    matrices = {id(node.args[0]): node.args[0] for node in order if _are_values(node)}
    fits = all(
        not node.shape or _are_values(node) or node.op in _ENTRYWISE or acts_entrywise(node)
        for node in order
    )
    return next(iter(matrices.values())) if fits and len(matrices) == 1 else None


def _vanishes(weight: Expr) -> bool:
    """Whether this is made of singular values, and 0 where they are."""
    inside = drop_transpose(weight)

    def rule(node: Expr, args: list[bool]) -> bool:
        if _are_values(node):
            return True
        if not args or not node.shape:
            return False
        if node.op in ("+", "-", "neg") or node.op in VANISHING:
            return all(args)
        if node.op in ("*", ".*"):
            return any(args)
        if node.op in ("/", "./"):
            return args[0] and not node.args[1].shape
        exponent = node.args[-1]
        positive = exponent.op != "number" or exponent.value > 0
        return node.op == ".^" and args[0] and not exponent.shape and positive

    return inside.rank == 1 and _entrywise(inside) is not None and fold(inside, _parts, rule)


def _of_one(weights: list[Expr]) -> bool:
    first, second = (_entrywise(drop_transpose(weight)) for weight in weights)
    return first is second


def _rename(tree: Expr) -> Expr:
    """The tree with the functions of tall matrices as those of any."""
    return fold(
        tree,
        operands,
        lambda n, args: Expr(THIN.get(n.op, n.op), tuple(args), n.shape, value=n.value, row=n.row),
    )


def _pair(product: Expr) -> Expr:
    """A chain with U*diag(w)*V' or V*diag(w)*U' in it, written for any shape."""
    factors: list[Expr] = []
    stack = [product]
    while stack:
        node = stack.pop()
        if node.op == "*" and node.shape and all(arg.rank != 1 for arg in node.args):
            stack += node.args
        else:
            factors.insert(0, node)
    found = False
    ends = [
        place
        for place, factor in enumerate(factors)
        if drop_transpose(factor).op in OF_TALL and drop_transpose(factor).rank == 2
    ]
    for first, last in pairwise(ends):
        left, right = factors[first], factors[last]
        one, other = drop_transpose(left), drop_transpose(right)
        between = factors[first + 1 : last]
        fits = (
            left.op != "'"
            and right.op == "'"
            and one.op != other.op
            and one.args[0] is other.args[0]
        )
        if fits and all(
            each.op == "diag" and _entrywise(each.args[0]) is one.args[0] for each in between
        ):
            factors[first : last + 1] = [_rename(each) for each in factors[first : last + 1]]
            found = True
    return _chain(factors) if found else product


def _chain(factors: list[Expr]) -> Expr:
    result = factors[0]
    for factor in factors[1:]:
        shape = (
            factor.shape
            if not result.shape
            else result.shape
            if not factor.shape
            else (result.shape[0], factor.shape[1])
        )
        result = Expr("*", (result, factor), shape)
    return result
