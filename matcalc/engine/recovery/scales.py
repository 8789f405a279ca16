"""Numbers as they were typed: ``A + 0.01*eye`` is a hundredth of ``100*A + eye`` in the network,
and is written as it was typed again.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import NamedTuple

from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Factor, Node, Rational, Sum, exact_root, magnitude


class Typed(NamedTuple):
    """Whether decimals were typed, and by what sums of the network are multiplied to be as they
    were typed.
    """

    decimals: bool = False
    scales: Mapping[Node, Rational] = MappingProxyType({})


class Scaled(NamedTuple):
    """A tree of ``scale`` times a node."""

    tree: Expr
    scale: Rational


AS_IT_IS = Typed()


def scale_factor(scaled: Scaled | None, exponent: Rational) -> tuple[Expr, Rational] | None:
    """The tree to write for a factor, and the number in front that makes up for it; None where
    there is no other than that of the factor itself.
    """
    if scaled is None:
        return None
    root = exact_root(Fraction(scaled.scale), exponent.denominator)
    return None if root is None else (scaled.tree, root**-exponent.numerator)


def is_linear(
    coefficient: Rational, factors: tuple[Factor, ...], forms: Mapping[Node, Scaled]
) -> bool:
    """Whether a product without a number is one of sums only, so that it is shorter with no number:
    A'*(2*A*x - b), and not 2*A'*(A*x - 0.5*b).
    """
    return magnitude(coefficient) == 1 and all(
        isinstance(node, Sum) and exponent == 1 for node, _, exponent in factors if node in forms
    )
