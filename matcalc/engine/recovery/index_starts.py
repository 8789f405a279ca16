"""From where the indices of sums are counted: ``sum[t=p+1:n](x[t-j]*x[t])`` is shorter than
``sum[t=1:n-p](x[t-j+p]*x[t+p])``.
"""

from __future__ import annotations

import re

from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.indexed import AffineIndex, Condition, Index, Reduction
from matcalc.core.tree import Expr
from matcalc.engine.recovery.factory import ExpressionFactory

_TOKEN = re.compile(r"\w+|[-+*^/]")


def settle_starts(factory: ExpressionFactory, body: Expr) -> Expr:
    """The body with each index of a sum counted from where its places are the shortest."""
    shifted = any(
        place is not None and place.terms and place.offset.scale
        for part in body.parts
        if part.op == "at"
        for place in part.value
    )
    if not shifted:
        return body

    def rule(node: Expr, args: list[Expr]) -> Expr:
        fresh = factory.remake(node, args)
        for index in node.value.indices if node.op == "reduce" else ():
            fresh = _settle(factory, fresh, index)
        return fresh

    return body.fold(rule)


def _settle(factory: ExpressionFactory, node: Expr, index: Index) -> Expr:
    """A sum with one of its indices counted from where that is shortest."""
    if index.start != ONE or "index" in node.operations:
        return node
    places = [place for part in node.parts for place in _places(part) if index in dict(place.terms)]
    offsets = [place.offset for place in places if dict(place.terms)[index] == 1]
    moves = dict.fromkeys(offset for offset in offsets if offset.scale)
    best = min((ZERO, *moves), key=lambda move: _length(index, places, move))
    if best == ZERO:
        return node
    fresh = Index(index.name, index.size, ONE.plus(best))

    def moved(place: AffineIndex) -> AffineIndex:
        c = dict(place.terms).get(index)
        if c is None:
            return place
        terms = tuple([(fresh if each is index else each, d) for each, d in place.terms])
        return AffineIndex(terms, place.offset.plus(best, -c))

    def rule(part: Expr, args: list[Expr]) -> Expr:
        value = part.value
        if part.op == "at":
            value = tuple([place and moved(place) for place in value])
        elif part.op == "reduce":
            indices = tuple([fresh if each is index else each for each in value.indices])
            held = tuple([Condition(each.op, moved(each.place)) for each in value.conditions])
            value = Reduction(value.name, indices, held)
        return factory.make(part.op, tuple(args), part.shape, value, part.row)

    return node.fold(rule)


def _places(part: Expr) -> list[AffineIndex]:
    if part.op == "at":
        return [place for place in part.value if place is not None]
    return [held.place for held in part.value.conditions] if part.op == "reduce" else []


def _length(index: Index, places: list[AffineIndex], move: Dim) -> int:
    """How many tokens the places and the range have where the index is counted from 1 + move."""
    offsets = [place.offset.plus(move, -dict(place.terms)[index]) for place in places]
    found = sum([1 + _tokens(offset) for offset in offsets if offset.scale])
    if not move.scale and any(place.plain is index for place in places):
        return found  # the range follows
    first = ONE.plus(move)
    return found + 3 + _tokens(first) + _tokens(first.plus(index.size).plus(ONE, -1))


def _tokens(size: Dim) -> int:
    return len(_TOKEN.findall(str(size)))
