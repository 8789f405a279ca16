"""A matrix of an array program times a vector, without the matrix where its structure allows that.

``(A + A.T) @ x`` is ``A @ x + x @ A``, ``(A @ B) @ x`` is ``A @ (B @ x)``, and a dyad, a diagonal
or a scaled matrix is taken apart as well. Matrices that are computed anyway stay whole.
"""

from __future__ import annotations

from collections.abc import Container

from matcalc.write.printers.numpy_nodes import OUTER, CodeBuilder, CodeNode, is_ones
from matcalc.write.printers.numpy_products import (
    DIAGONAL,
    INVERSE,
    SUMS,
    CodeFactor,
    is_summed,
    is_triangle,
    scaling_of,
    sums_of,
    unfold,
)

_DEEP = 12  # levels of structure that are looked into
_TERMS = 12  # of a sum; longer ones are computed


def spread(node: CodeNode) -> list[tuple[int, CodeNode]]:
    """The terms of a sum with their signs, in order; a node that is none is its only term."""
    terms: list[tuple[int, CodeNode]] = []
    stack = [(1, node)]
    while stack:
        sign, each = stack.pop()
        if each.op == "neg":
            stack.append((-sign, each.args[0]))
        elif each.op == "infix" and each.attr in ("+", "-") and _alike(each):
            left, right = each.args
            stack += [(sign if each.attr == "+" else -sign, right), (sign, left)]
        else:
            terms.append((sign, each))
    return terms


def is_slim(node: CodeNode) -> bool:
    """Whether this is a sum of dyads and diagonal matrices, so that a product with it is cheap."""
    terms = [term for _, term in spread(node)]
    dyads = [term for term in terms if term.calls(OUTER)]
    return bool(dyads) and all(term.calls(OUTER) or _is_diagonal(term) for term in terms)


def _is_diagonal(node: CodeNode) -> bool:
    if node.op == "infix" and node.attr == "*" and not node.args[0].rank:
        node = node.args[1]
    return node.calls("np.diag") or (node.op, node.attr) == ("filled", "np.eye")


def diagonal_of(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """What is on the diagonal of a diagonal matrix, a number where all of it is one; None of
    any other matrix.
    """
    scale = None
    if node.op == "infix" and node.attr == "*" and not node.args[0].rank:
        scale, node = node.args
    if node.calls("np.diag"):
        return node.args[0] if scale is None else build.times(scale, node.args[0])
    if (node.op, node.attr) == ("filled", "np.eye"):
        return build.number(1) if scale is None else scale
    return None


def _alike(node: CodeNode) -> bool:
    """Whether no operand is broadcast."""
    return all(arg.shape == node.shape for arg in node.args)


def apply(
    build: CodeBuilder,
    matrix: CodeNode,
    flipped: bool,
    vector: CodeNode,
    kept: Container[CodeNode],
    level: int = 0,
) -> CodeNode:
    """matrix*vector, or matrix'*vector."""
    shape = (matrix.shape[-1 if flipped else 0],)
    if level < _DEEP and matrix not in kept:
        inner = _inside(build, matrix, flipped, vector, kept, level)
        if inner is not None:
            return inner
    if is_ones(vector):
        axis = "axis=0" if flipped else "axis=1"
        return build.call("np.sum", matrix, after=(axis,), shape=shape)
    return build.infix("@", build.transpose(matrix) if flipped else matrix, vector, shape)


def apply_factor(
    build: CodeBuilder,
    factor: CodeFactor,
    vector: CodeNode,
    kept: Container[CodeNode],
    level: int = 0,
) -> CodeNode:
    """A factor of a chain times a column."""
    if factor.kind == DIAGONAL:
        return factor.node if is_ones(vector) else build.times(factor.node, vector)
    if vector.op == "infix" and vector.attr == "/" and not vector.args[1].rank:
        whole = apply_factor(build, factor, vector.args[0], kept, level)
        return build.infix("/", whole, vector.args[1], whole.shape)
    if factor.kind == SUMS:
        return sums_of(build, vector, factor.flipped)
    if factor.kind == INVERSE:
        return build.solution(factor.node, factor.flipped, vector)
    return apply(build, factor.node, factor.flipped, vector, kept, level)


def _inside(
    build: CodeBuilder,
    matrix: CodeNode,
    flipped: bool,
    vector: CodeNode,
    kept: Container[CodeNode],
    level: int,
) -> CodeNode | None:
    """The product by way of the parts of the matrix; None where it has none."""

    def inner(part: CodeNode, turned: bool, other: CodeNode) -> CodeNode:
        return apply(build, part, turned, other, kept, level + 1)

    args = matrix.args
    if matrix.op == "neg":
        return build.negative(inner(args[0], flipped, vector))
    if matrix.op == "suffix" and matrix.attr == ".T":
        return inner(args[0], not flipped, vector)
    if matrix.calls(OUTER):
        u, w = args if not flipped else args[::-1]
        return build.times(build.dot(w, vector), u)
    if matrix.calls("np.diag"):
        return args[0] if is_ones(vector) else build.times(args[0], vector)
    if (matrix.op, matrix.attr) == ("filled", "np.eye"):
        return vector
    if is_summed(matrix) or is_triangle(matrix) or scaling_of(matrix) is not None:
        for factor in reversed(unfold(build, matrix, flipped)):
            vector = apply_factor(build, factor, vector, kept, level + 1)
        return vector
    if matrix.op != "infix" or matrix.rank != 2:
        return None
    if matrix.attr in ("+", "-"):
        return _sum(build, matrix, flipped, vector, kept, level)
    left, right = args
    if matrix.attr == "@":
        first, last = (right, left) if not flipped else (left, right)
        return inner(last, flipped, inner(first, flipped, vector))
    if matrix.attr == "*" and not left.rank:
        return build.times(left, inner(right, flipped, vector))
    if matrix.attr == "/" and not right.rank:
        product = inner(left, flipped, vector)
        return build.infix("/", product, right, product.shape)
    return None


def _sum(
    build: CodeBuilder,
    matrix: CodeNode,
    flipped: bool,
    vector: CodeNode,
    kept: Container[CodeNode],
    level: int,
) -> CodeNode | None:
    terms = spread(matrix)
    if len(terms) > _TERMS or any(term.shape != matrix.shape for _, term in terms):
        return None
    total: CodeNode | None = None
    for sign, term in terms:
        product = apply(build, term, flipped, vector, kept, level + 1)
        if total is None:
            total = product if sign > 0 else build.negative(product)
        else:
            total = build.infix("+" if sign > 0 else "-", total, product, product.shape)
    return total
