"""The local derivative of one node with respect to each of its children, as open products."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from matcalc.core.operations import TOTAL
from matcalc.engine.ir.nodes import (
    Call,
    Factor,
    Labels,
    Node,
    Product,
    Rational,
    Sum,
    as_product,
    as_term,
)


class Partial(NamedTuple):
    """``d node[outputs] / d child[inputs] = coefficient * prod(factors)``, summed over all other
    labels.
    """

    child: Node
    coefficient: Rational
    factors: tuple[Factor, ...]
    outputs: Labels
    inputs: Labels


class LocalDerivative(NamedTuple):
    """The derivative of a call by one argument.

    Entry by entry it is a node with the axes of the call; otherwise those of the argument follow.
    """

    node: Node
    entrywise: bool


CallRule = Callable[[Call, int], LocalDerivative]


def partials(
    node: Node,
    rule: CallRule,
    active: Callable[[Node], bool],
    defined: Callable[[Node, Labels], tuple[Factor, ...]],
) -> Iterator[Partial]:
    """Every way in which the node depends on an active child.

    ``defined`` is the mask of where a root has a derivative, such as ``sqrt`` and ``cbrt``, or a
    power whose exponent may be below one.
    """
    outputs = tuple(range(node.rank))
    if isinstance(node, Product):
        for index, (factor, labels, exponent) in enumerate(node.factors):
            if active(factor):
                rest = node.factors[:index] + node.factors[index + 1 :]
                if exponent != 1:
                    rest += ((factor, labels, exponent - 1),)
                if 0 < exponent < 1:
                    rest += defined(factor, labels)
                yield Partial(factor, node.coefficient * exponent, rest, outputs, labels)
    elif isinstance(node, Sum):
        for coefficient, term in node.terms:
            if active(term):
                yield Partial(term, coefficient, (), outputs, outputs)
    elif isinstance(node, Call):
        for index, arg in enumerate(node.args):
            if active(arg):
                yield from _call(node, arg, rule(node, index), defined)


def _call(
    node: Call,
    arg: Node,
    local: LocalDerivative,
    defined: Callable[[Node, Labels], tuple[Factor, ...]],
) -> Iterator[Partial]:
    outputs = tuple(range(node.rank))
    if local.entrywise:
        factors: tuple[Factor, ...] = ((local.node, outputs, 1),)
        for inner, labels, exponent in as_product(local.node)[1] if node.name in TOTAL else ():
            factors += defined(inner, labels) if exponent < 0 else ()
        if node.name == "pow" and node.args[0].rank:
            factors += defined(node.args[0], outputs)
        yield Partial(arg, 1, factors, outputs, outputs if arg.rank else ())
        return
    terms = local.node.terms if isinstance(local.node, Sum) else ((1, local.node),)
    for coefficient, term in terms:
        own, factors = as_term(term)
        yield Partial(
            arg, coefficient * own, factors, outputs, tuple(range(node.rank, local.node.rank))
        )
