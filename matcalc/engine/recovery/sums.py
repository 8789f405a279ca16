"""Sums of Kronecker products with a factor in common: kron(A, B) + kron(A, C) = kron(A, B + C)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.core.dims import Shape
from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Rational
from matcalc.engine.recovery.chains import Chain, Link, Scalars, Term, flip, key
from matcalc.engine.recovery.shared import Shared, number_in_front, share
from matcalc.engine.recovery.writer import ProductWriter

Total = Callable[[Sequence[Term], Shape], Expr]  # a sum of terms written short


def kroneckers(writer: ProductWriter, total: Total, terms: list[Term], shape: Shape) -> list[Term]:
    """kron(A, B) + kron(A, C) = kron(A, B + C), and so for the last factor, and for khatrirao."""
    groups: dict[tuple[str, str, bool, object, object], list[tuple[Term, int, Chain, Chain]]] = {}
    for place, term in enumerate(terms):
        link = term.chain[0] if term.chain is not None and len(term.chain) == 1 else None
        factors = writer.krons.get(id(link.expr)) if link is not None else None
        if link is None or factors is None:
            continue
        op, mirrored = link.expr.op, link.flipped and link.expr.op != "kron"
        if link.flipped and not mirrored:
            factors = tuple([flip(factor) for factor in factors])
        for side, shared, others in (
            ("first", factors[0], factors[1:]),
            ("last", factors[-1], factors[:-1]),
        ):
            if op == "cross" and side == "last":  # cross(x, y) is -cross(y, x)
                side, term = "first", term._replace(coefficient=-term.coefficient)
            rest = writer.spread(op, others)
            name = (side, op, mirrored, key(shared), writer.shape(rest))
            groups.setdefault(name, []).append((term, place, shared, rest))
    best = max(groups.items(), key=lambda item: len(item[1]), default=None)
    if best is None or len({place for _, place, _, _ in best[1]}) < 2:
        return terms
    (side, op, mirrored, _, _), members = best
    number, scalars, inner = _add(writer, total, [(term, chain) for term, _, _, chain in members])
    factors = (members[0][2], inner) if side == "first" else (inner, members[0][2])
    product = writer.spread(op, factors)
    used = [place for _, place, _, _ in members]
    whole = Term(number, scalars, ((flip(product) if mirrored else product, 1),), shape)
    return [*(term for place, term in enumerate(terms) if place not in used), whole]


def _add(
    writer: ProductWriter, total: Total, members: Sequence[tuple[Term, Chain]]
) -> tuple[Rational, Scalars, Chain]:
    """The sum of chains, each with the number and the scalars of its term, and what of these all
    share.
    """
    lying = writer.shape(members[0][1])[0] is None
    inner = []
    for term, chain in members:
        upright = flip(chain) if lying else chain
        size = tuple([axis for axis in writer.shape(upright) if axis is not None])
        inner.append(Term(term.coefficient, term.scalars, ((upright, 1),), size))
    number = number_in_front(inner, writer.factory)
    shared = Shared(number, share(inner, writer.factory).scalars, (), (), (), writer.factory)
    symmetric = all(key(flip(term.parts[0][0])) == key(term.parts[0][0]) for term in inner)
    return (
        number,
        shared.scalars,
        (Link(total(shared.rest(inner), inner[0].shape), lying, symmetric),),
    )
