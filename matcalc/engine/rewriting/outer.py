"""Sums of outer products in halves: c*v*v' + v*w' + w*v' is v*u' + u*v' where u = w + c/2*v.

So the Hessian of softmax(x)'*y is diag(u) - u*p' - p*u' where p = softmax(x), u = p.*(y - y'*p).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Factor, Node, Rational, Sum, as_sum, as_term, quotient
from matcalc.engine.rewriting.places import gather_places

_LONGEST = 12  # factors of a term that is looked at


class _Outer(NamedTuple):
    """``number * scalars * left * right'``."""

    number: Rational
    scalars: tuple[Factor, ...]
    left: Node
    right: Node

    @property
    def scale(self) -> tuple[Rational, tuple[Factor, ...]]:
        return self.number, self.scalars

    @property
    def is_square(self) -> bool:
        return self.left is self.right


def halve_squares(builder: Builder, node: Node) -> Node | None:
    """A sum of terms on two equal axes with the outer squares among the others, and what is
    diagonal together; None where there is no such sum.
    """
    multiple, terms = as_sum(node)
    if node.rank != 2 or node.axes[0] != node.axes[1] or len(terms) < 3:
        return None
    rest: list[tuple[Rational, Node]] = []
    outer: list[_Outer] = []
    for coefficient, term in terms:
        found = _as_outer(builder, multiple * coefficient, term)
        if found is None:
            rest.append((multiple * coefficient, term))
        else:
            outer.append(found)
    paired: list[tuple[Rational, Node]] = []
    for square in [each for each in outer if each.is_square]:
        partners = [each for each in outer if each.left is square.left and each is not square]
        pairs = [(each, _mirrored(each, outer)) for each in partners]
        pairs = [(each, other) for each, other in pairs if other is not None]
        if square in outer and not all(each.is_square for each, _ in pairs):
            paired += _in_halves(builder, square, [each for each, _ in pairs], node)
            gone = [square, *(each for pair in pairs for each in pair)]
            outer = [each for each in outer if each not in gone]
    inner = builder.sum(rest, node.axes)
    gathered = gather_places(builder, inner) if isinstance(inner, Sum) else None
    if gathered is None and not paired:
        return None
    left = [(each.number, _product(builder, each, node)) for each in outer]
    return builder.sum([(1, gathered or inner), *left, *paired], node.axes)


def _as_outer(builder: Builder, coefficient: Rational, term: Node) -> _Outer | None:
    """A term that is an outer product of two vectors."""
    number, factors = as_term(term)
    if len(factors) > _LONGEST:
        return None
    parts = [{label} for label in range(term.rank)]
    for _ in factors:  # what hangs together with each of both axes
        for part in parts:
            for _, labels, _ in factors:
                if part & set(labels):
                    part |= set(labels)
    if parts[0] & parts[1]:
        return None
    scalars = tuple([factor for factor in factors if not factor[1]])
    ends = []
    for axis, part in enumerate(parts):
        own = [factor for factor in factors if part & set(factor[1])]
        if not own:
            own = [(builder.ones(term.axes[axis : axis + 1]), (axis,), 1)]
        ends.append(builder.product(1, own, (axis,), term.axes[axis : axis + 1]))
    return _Outer(coefficient * number, scalars, *ends)


def _mirrored(one: _Outer, others: Sequence[_Outer]) -> _Outer | None:
    """The transpose of a term among others."""
    return next(
        (
            each
            for each in others
            if each.left is one.right and each.right is one.left and each.scale == one.scale
        ),
        None,
    )


def _in_halves(
    builder: Builder, square: _Outer, pairs: Sequence[_Outer], node: Node
) -> list[tuple[Rational, Node]]:
    """A square and pairs with its vector as one pair, divided by the number and the denominators of
    the first.
    """
    first = next(each for each in pairs if not each.is_square)
    below = tuple([factor for factor in first.scalars if factor[2] < 0])
    whole = builder.sum(
        [
            (
                Fraction(quotient(each.number, first.number)) / (2 if each.is_square else 1),
                builder.product(
                    1,
                    [
                        *each.scalars,
                        *((base, own, -e) for base, own, e in below),
                        (each.right, (0,), 1),
                    ],
                    (0,),
                    node.axes[:1],
                ),
            )
            for each in (*pairs, square)
        ],
        node.axes[:1],
    )
    if isinstance(whole, Sum):
        whole = gather_places(builder, whole) or whole  # A'*u - A'*v is A'*(u - v)
    other = _Outer(first.number, below, square.left, whole)
    turned = _Outer(first.number, below, whole, square.left)
    return [(each.number, _product(builder, each, node)) for each in (other, turned)]


def _product(builder: Builder, outer: _Outer, node: Node) -> Node:
    """The term without its number."""
    factors = [*outer.scalars, (outer.left, (0,), 1), (outer.right, (1,), 1)]
    return builder.product(1, factors, (0, 1), node.axes)
