"""expand_inverses(): inverses, determinants and log-determinants of updated matrices in terms of
those of the matrix that is updated.

    inv(A + u*v')   = inv(A) - inv(A)*u*v'*inv(A)/(1 + v'*inv(A)*u)                      Sherman &
    Morrison (1950)
    inv(A + U*C*V)  = inv(A) - inv(A)*U*inv(inv(C) + V*inv(A)*U)*V*inv(A)                Woodbury
    (1950)
    inv(A + U*V)    = inv(A) - inv(A)*U*inv(eye + V*inv(A)*U)*V*inv(A)
    det(A + U*V)    = det(A)*det(eye + V*inv(A)*U)                                       Harville
    (1997), 18.1

An update is an outer product, or a product that goes through a dimension of another name than that
of ``A``. The forms hold where the inverses on the right exist. ``C`` is inverted only if it is
proved to be invertible; else it counts to ``U``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcalc.core.operations import BY_BLOCKS
from matcalc.core.walk import fold
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Leaf,
    Node,
    Product,
    Rational,
    Sum,
    as_sum,
    as_term,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.rewriting.cuts import bridges, parts


class Update(NamedTuple):
    """``rest + left*right``, or with ``core`` (then invertible) ``rest + left*core*right``; vectors
    for an outer product.
    """

    rest: Node
    left: Node
    core: Node | None
    right: Node


def expand_inverses(builder: Builder, root: Node) -> Node:
    """The node with every inverse, determinant and log-determinant of an updated matrix
    expanded.
    """

    def step(node: Node, children: list[Node]) -> Node:
        fresh = rebuild(builder, node, children)
        if (
            not isinstance(fresh, Call)
            or fresh.name not in BY_BLOCKS
            or fresh.slots
            or not isinstance(fresh.args[0], Sum)
        ):
            return fresh
        return (
            _inverse(builder, fresh.args[0])
            if fresh.name == "inv"
            else _determinant(builder, fresh.name, fresh.args[0])
        )

    return fold(root, lambda node: node.children, step)


def _inverse(builder: Builder, node: Node) -> Node:
    update = _update(builder, node)
    if update is None:
        return builder.call("inv", [node], node.axes)
    scalar = _multiple(builder, update.rest)
    # inv(s*eye + U*V) = (eye - U*inv(s*eye + V*U)*V)/s has one division
    inverse = (
        builder.eye(node.axes[0]) if scalar is not None else _inverse(builder, update.rest)
    )  # as deep as there are terms
    inner = _inner(builder, update, inverse, scalar)
    first, last = (
        _multiply(builder, inverse, update.left),
        _multiply(builder, update.right, inverse),
    )
    if inner.axes:
        middle = builder.call("inv", [inner], inner.axes)
        correction = _multiply(builder, _multiply(builder, first, middle), last)
    else:
        correction = builder.product(
            1, [(first, (0,), 1), (last, (1,), 1), (inner, (), -1)], (0, 1), node.axes
        )
    result = builder.sum([(1, inverse), (-1, correction)], node.axes)
    return result if scalar is None else builder.times(builder.power(scalar, -1), result)


def _multiple(builder: Builder, node: Node) -> Node | None:
    """s of s*eye."""
    coefficient, factors = as_term(node)
    matrix = [(factor, labels) for factor, labels, _ in factors if labels]
    if len(matrix) != 1 or not isinstance(matrix[0][0], Leaf) or matrix[0][0].kind != "eye":
        return None
    return builder.product(coefficient, [factor for factor in factors if not factor[1]], (), ())


def _determinant(builder: Builder, name: str, node: Node) -> Node:
    update = _update(builder, node)
    if update is None:
        return builder.call(name, [node], ())
    if update.core is not None:
        update = update._replace(left=_multiply(builder, update.left, update.core), core=None)
    outer = _determinant(builder, name, update.rest)
    inner = _inner(builder, update, _inverse(builder, update.rest))
    if inner.axes:
        inner = builder.call(name, [inner], ())
    elif name == "logdet":
        inner = builder.elementwise("log", [builder.elementwise("abs", [inner])])
    return (
        builder.times(outer, inner) if name == "det" else builder.sum([(1, outer), (1, inner)], ())
    )


def _inner(builder: Builder, update: Update, inverse: Node, scalar: Node | None = None) -> Node:
    """eye + V*inv(A)*U, inv(C) + V*inv(A)*U, or 1 + v'*inv(A)*u; the first term times
    ``scalar``.
    """
    product = _multiply(builder, _multiply(builder, update.right, inverse), update.left)
    if update.core is not None:
        one = builder.call("inv", [update.core], update.core.axes)
    else:
        one = builder.eye(product.axes[0]) if product.axes else builder.number(1)
    one = one if scalar is None else builder.times(scalar, one)
    return builder.sum([(1, one), (1, product)], product.axes)


def _multiply(builder: Builder, left: Node, right: Node) -> Node:
    """The matrix product over the last axis of the left and the first of the right."""
    count = left.rank - 1
    first = (*range(count), 9)
    second = (9, *range(count, count + right.rank - 1))
    axes = left.axes[:-1] + right.axes[1:]
    return builder.product(1, [(left, first, 1), (right, second, 1)], tuple(range(len(axes))), axes)


def _update(builder: Builder, node: Node) -> Update | None:
    """The first term of a sum that is an update of the others."""
    common, linear = as_sum(node)
    terms = [(common * c, term) for c, term in linear]
    if len(terms) < 2:
        return None
    for index, (c, term) in enumerate(terms):
        if isinstance(term, Product):
            rest = builder.sum([*terms[:index], *terms[index + 1 :]], node.axes)
            found = _outer(builder, c, term, rest) or _narrow(builder, c, term, rest)
            if found is not None:
                return found
    return None


def _outer(builder: Builder, c: Rational, term: Product, rest: Node) -> Update | None:
    """c*u*v'."""
    sides = parts(term.factors, {0}, 1)
    if sides is None:
        return None
    scalars = [factor for factor in term.factors if not factor[1]]
    left = builder.product(c, [*scalars, *sides[0]], (0,), term.axes[:1])
    right = builder.product(1, sides[1], (1,), term.axes[1:])
    return Update(rest, left, None, right)


def _narrow(builder: Builder, c: Rational, term: Product, rest: Node) -> Update | None:
    """c*U*C*V, from the first to the last place where the chain has another dimension than that of
    the whole.
    """
    n = term.axes[0]
    cuts = [cut for cut in bridges(term.factors) if cut.size != n]
    if not cuts:
        return None
    first, last = cuts[0], next(cut for cut in reversed(cuts) if cut.size == cuts[0].size)
    scalars = [factor for factor in term.factors if not factor[1]]
    k = first.size
    right = builder.product(1, last.right, (last.label, 1), (k, n))
    if first is not last:
        between = [factor for factor in first.right if factor not in last.right]
        core = builder.product(c, [*scalars, *between], (first.label, last.label), (k, k))
        if builder.properties.has(core, "invertible"):
            return Update(
                rest, builder.product(1, first.left, (0, first.label), (n, k)), core, right
            )
    left: Sequence[Factor] = [factor for factor in term.factors if factor not in last.right]
    return Update(rest, builder.product(c, left, (0, last.label), (n, k)), None, right)
