"""Norms and sums along axes. Division by the square of a norm is two divisions by the norm.

The square of 1e200 overflows, where ``x*x'/(x'*x)`` has entries between -1 and 1. With a norm below
each of its two vectors nothing overflows, and both have become one.
"""

from __future__ import annotations

from collections import Counter

from matcalc.write.printers.numpy_broadcast import read_reduced_axes
from matcalc.write.printers.numpy_nodes import CodeBuilder, CodeNode

_MOST = 6  # the highest power of a norm that is taken apart


def norms(build: CodeBuilder, divisor: CodeNode) -> list[CodeNode]:
    """The factors of a divisor: norms in the place of their squares and powers."""
    if divisor.calls("np.sum") and not divisor.rank:
        (squares,) = divisor.args
        if squares.op == "infix" and not divisor.attr[2]:
            left, right = squares.args
            two = squares.attr == "**" and right is build.number(2)
            if two or (squares.attr == "*" and left is right):
                return [build.call("norm2", left)] * 2
    if divisor.op == "infix" and not divisor.rank:
        left, right = divisor.args
        if divisor.attr == "@" and left is right:
            return [build.call("norm2", left)] * 2
        if divisor.attr == "*" and not left.rank and not right.rank:
            return [*norms(build, left), *norms(build, right)]
        if divisor.attr == "**" and right.op == "number":
            inner = [left] if left.calls("norm2") else norms(build, left)
            powers = len(inner) * right.attr
            if all(each.calls("norm2") for each in inner) and powers in range(2, _MOST + 1):
                return [inner[0]] * int(powers)
    return [divisor]


def halves(bottom: list[CodeNode]) -> tuple[list[CodeNode], list[CodeNode]]:
    """The divisors, and of those that are there several times one half apart."""
    other = [node for node, count in Counter(bottom).items() for _ in range(count // 2)]
    left = Counter(bottom) - Counter(other)
    return list(left.elements()), other


def rewrite_squared_norms(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """The squares of norms along an axis as sums of squares: no root is taken."""
    if node.op != "infix" or node.attr != "**" or node.args[1] is not build.number(2):
        return None
    norm = node.args[0]
    if norm.calls("np.sqrt") and norm.args[0].calls("squared_distances"):
        return norm.args[0]
    if not norm.calls("np.linalg.norm") or len(axes := read_reduced_axes(norm)) != 1:
        return None
    (x,), (axis,) = norm.args, axes
    labels = tuple(range(x.rank))
    output = labels[:axis] + labels[axis + 1 :]
    return build.node("einsum", ((labels, labels), output), (x, x), node.shape)


def rewrite_weighted_sum(build: CodeBuilder, node: CodeNode) -> CodeNode | None:
    """A sum along the last axis with weights on it, which is a product with their vector."""
    if not node.calls("np.sum") or not node.rank or node.args[0].op != "infix":
        return None
    (product,) = node.args
    if product.attr != "*" or read_reduced_axes(node) != [product.rank - 1]:
        return None
    for array, weights in (product.args, product.args[::-1]):
        bare = weights.op == "suffix" and set(weights.attr) <= set("[]None,: ")
        vector = weights.args[0] if bare else weights
        along = vector.rank == 1 and weights.shape[-1:] == vector.shape
        if along and array.shape == product.shape and product.is_tensor:
            return build.infix("@", array, vector, node.shape)
    return None
