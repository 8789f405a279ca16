"""The derivative of a rotation expm(S), S = skewmat(w), by w: expm(S + skewmat(u)) is
expm(S)*expm(skewmat(J*u)) to first order, where J is the right Jacobian of the rotation.
"""

from __future__ import annotations

from matcalc.core.walk import fold
from matcalc.engine.catalogue.compiled import catalogue_of
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Labels,
    Node,
    Product,
    Rational,
    as_product,
    as_term,
)
from matcalc.engine.ir.rebuild import rebuild
from matcalc.engine.lowering.lower import Lowering

_RULE = "derivative-expm-skew"
_SPACE = 3  # dimensions, in which skew matrices are vectors


def turn_rotations(builder: Builder, lowering: Lowering, root: Node) -> Node:
    """The node with first derivatives of rotations by their right Jacobians. It is for answers
    alone: second derivatives are shorter as those of expm.
    """
    if not builder.matrix_functions or not builder.turns:
        return root

    def rule(node: Node, children: list[Node]) -> Node:
        fresh = rebuild(builder, node, children)
        while isinstance(fresh, Product) and not fresh.is_tensor:
            found = _turn(builder, lowering, fresh)
            if found is None:
                break
            fresh = found
        return fresh

    return fold(root, lambda node: node.children, rule)


def _turn(builder: Builder, lowering: Lowering, node: Product) -> Node | None:
    """The product with a derivative of a rotation in the direction skewmat(u), u a vector or the
    axis of one, by the rotation itself; None where there is none.
    """
    for index, (call, labels, exponent) in enumerate(node.factors):
        if not isinstance(call, Call) or not _is_rotation(builder, call) or exponent != 1:
            continue
        inside = {*labels[2:]}
        if len({*labels}) < len(labels) or min(inside) < node.rank:
            continue
        for other, (sign, own, _) in enumerate(node.factors):
            rest = [f for k, f in enumerate(node.factors) if k not in (index, other)]
            if sign.kind != "epsilon" or not inside < {*own} or len({*own}) < _SPACE:
                continue
            if any(inside & {*each} for _, each, _ in rest):
                continue
            spun = _along_itself(builder, node, call, labels, own, rest)
            joined = spun or _by_jacobian(builder, lowering, node, call, labels, own)
            number, factors = joined
            outputs = tuple(range(node.rank))
            return builder.product(node.coefficient * number, [*rest, *factors], outputs, node.axes)
    return None


def _is_rotation(builder: Builder, node: Call) -> bool:
    if (node.name, node.slots) != ("expm", 1) or node.args[0].axes[0].integer != _SPACE:
        return False
    return builder.transpose(node.args[0]) is builder.scale(-1, node.args[0])


def _along_itself(
    builder: Builder, node: Product, call: Call, labels: Labels, own: Labels, rest: list[Factor]
) -> tuple[Rational, list[Factor]] | None:
    """skewmat(w)*expm(S) where S is a multiple of skewmat(w), which is there."""
    (axis,) = {*own} - {*labels[2:]}
    vectors = [factor for factor in rest if axis in factor[1]]
    if axis < node.rank or any(each != (axis,) for _, each, _ in vectors):
        return None
    sign = next(f for f, each, _ in node.factors if f.kind == "epsilon" and each == own)
    renamed = {labels[2]: 0, labels[3]: 1, axis: 2}
    places = tuple([renamed[label] for label in own])
    direction = [(sign, places, 1), *((f, (2,), e) for f, _, e in vectors)]
    axes = call.args[0].axes
    _, given = as_term(builder.product(1, direction, (0, 1), axes))
    _, factors = as_term(call.args[0])
    if given != tuple([factor for factor in factors if factor[1]]):
        return None
    free = _free(node)
    moved = {labels[2]: labels[0], labels[3]: free, axis: axis}
    rotation = builder.call("expm", list(call.args), axes)
    spread = tuple([moved[label] for label in own])
    return 1, [(sign, spread, 1), (rotation, (free, labels[1]), 1)]


def _by_jacobian(
    builder: Builder, lowering: Lowering, node: Product, call: Call, labels: Labels, own: Labels
) -> tuple[Rational, list[Factor]]:
    """The right side of the rule, its vector taken out at the axis."""
    (axis,) = {*own} - {*labels[2:]}
    rule = catalogue_of(builder).rewrite(_RULE)
    vector = builder.leaf("hole", (call.axes[0],))
    number, factors = as_product(lowering.lower(rule.right, {"S": call.args[0], "v": vector}))
    (place,) = [each[0] for factor, each, _ in factors if factor is vector]
    names, free = {0: labels[0], 1: labels[1], place: axis}, _free(node)
    inner = [
        (factor, tuple([names.setdefault(label, free + label) for label in each]), e)
        for factor, each, e in factors
        if factor is not vector
    ]
    pair = (*labels[2:], axis)
    even = own in {pair[k:] + pair[:k] for k in range(_SPACE)}
    # skewmat(u) has the entries -epsilon[i,j,k]*u[k]
    return (-number if even else number), inner


def _free(node: Product) -> int:
    """A label that does not occur."""
    return 1 + max(label for _, own, _ in node.factors for label in own)
