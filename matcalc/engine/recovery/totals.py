"""Sums, traces and inner products of several arrays as those of one: tr(A*B) + tr(C*A) is
tr(A*(B + C)).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.core.dims import Shape
from matcalc.core.operations import LINEAR
from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Rational, quotient
from matcalc.engine.recovery.assemble import Assembler
from matcalc.engine.recovery.chains import Chain, Link, LinkKey, Term, flip, join_scalars
from matcalc.engine.recovery.exponents import factors_of
from matcalc.engine.recovery.opened import open_product
from matcalc.engine.recovery.shared import number_in_front, share
from matcalc.engine.recovery.writer import ProductWriter

_NAME = 2  # tokens of a name and the operator after it
Total = Callable[[Sequence[Term], Shape], Expr]  # a sum of terms written short


def join_totals(
    assembler: Assembler, total: Total, terms: Sequence[Term], *, scaled: bool = False
) -> list[Term]:
    """sum(f) - sum(g) as sum(f - g), tr(F) + tr(G) as tr(F + G); ``scaled`` also where they
    are multiplied by scalars, and the arrays have factors in common.
    """
    factory, writer = assembler.factory, assembler.writer
    groups: dict[tuple[str, Shape], list[tuple[Term, Expr]]] = {}
    rest = []
    for term in terms:
        found = [base for base, e in term.scalars if e == 1 and base.op in LINEAR]
        if len(found) == 1 and (scaled or len(term.scalars) == 1):
            (base,) = found
            groups.setdefault((base.op, base.args[0].shape), []).append((term, base))
        else:
            rest.append(term)
    for (op, shape), members in groups.items():
        if len(members) == 1:
            rest.append(members[0][0])
            continue
        number = number_in_front([term for term, _ in members], factory)
        traces = [writer.traces.get(id(base)) for _, base in members] if op == "tr" else []
        chains = _align_traces(traces) if traces else [None] * len(members)
        inside = []
        for (term, base), chain in zip(members, chains, strict=True):
            array: Chain = chain or (Link(base.args[0]),)
            shape = writer.product(array).shape
            others = tuple([entry for entry in term.scalars if entry[0] is not base])
            each = Term(quotient(term.coefficient, number), others, ((array, 1),), shape)
            inside.append(open_product(writer, each) if scaled else each)
        if op == "sum":
            inside = _over_one(assembler, inside)
        factor, scalars, body = assembler.take_apart(total(inside, shape))
        if scaled and body is not None and body.op in ("+", "-"):  # they share nothing
            rest += [term for term, _ in members]
        elif body is not None:
            whole = factory.call(op, (body,), ())
            rest.append(Term(number * factor, join_scalars([*scalars, (whole, 1)]), (), ()))
    return rest


def _over_one(assembler: Assembler, terms: list[Term]) -> list[Term]:
    """Quotients entry by entry with one denominator by their factors, so that it is shared."""
    opened = []
    for term in terms:
        chain = term.chain or ()
        whole = chain[0].expr if len(chain) == 1 and not chain[0].flipped else None
        if whole is not None and whole.op == "./" and whole.args[1].rank:
            above, below = whole.args
            above = above if above.rank else assembler.factory.fill(above, whole.shape)
            factors = [*factors_of(above, 1), *factors_of(below, -1)]
            term = term._replace(parts=tuple([((Link(base),), e) for base, e in factors]))
        opened.append(term)
    shared = share(opened, assembler.factory)
    return opened if shared.parts and all(term.parts for term in shared.rest(opened)) else terms


def join_inner(
    assembler: Assembler, total: Total, terms: Sequence[Term], *, names: bool = False
) -> Sequence[Term]:
    """x'*A*y - x'*A*z as x'*A*(y - z), where what is shared is more than a name; with ``names``
    also x'*y - x'*z as x'*(y - z).
    """
    writer, size = assembler.writer, assembler.factory.size
    groups: dict[LinkKey, dict[int, Chain]] = {}
    for place, term in enumerate(terms):
        found = [writer.inner.get(id(base)) for base, e in term.scalars if e == 1]
        chains = [chain for chain in found if chain is not None]
        for way in (chains[0], flip(chains[0])) if len(chains) == 1 else ():
            groups.setdefault(way[0].key, {}).setdefault(place, way)
    least = 0 if names else _NAME
    best: tuple[int, Chain, dict[int, Chain]] | None = None
    for members in groups.values():
        shared = _common_beginning(list(members.values()))
        length = sum([size(link.expr) + 1 for link in shared])
        saved = (len(members) - 1) * length
        if len(members) > 1 and length > least and (best is None or saved > best[0]):
            best = saved, shared, members
    if best is None:
        return terms
    _, shared, members = best
    number = number_in_front([terms[place] for place in members], assembler.factory)
    inside = []
    for place, way in members.items():
        term = terms[place]
        others = tuple([entry for entry in term.scalars if not _is_inner(writer, entry)])
        rest = way[len(shared) :]
        shape = writer.product(rest).shape
        inside.append(Term(quotient(term.coefficient, number), others, ((rest, 1),), shape))
    if len({term.shape for term in inside}) > 1:
        return terms
    factor, scalars, body = assembler.take_apart(total(inside, inside[0].shape))
    if body is None:
        return terms
    whole = writer.scalar((*shared, Link(body)))
    joined = Term(number * factor, join_scalars([*scalars, (whole, 1)]), (), ())
    return [*(term for place, term in enumerate(terms) if place not in members), joined]


def _is_inner(writer: ProductWriter, entry: tuple[Expr, Rational]) -> bool:
    return entry[1] == 1 and id(entry[0]) in writer.inner


def _common_beginning(chains: Sequence[Chain]) -> Chain:
    """The longest that leaves something of each chain."""
    first, most = chains[0], min(map(len, chains)) - 1
    return next(
        (
            first[:k]
            for k in range(most, 0, -1)
            if len({tuple([link.key for link in chain[:k]]) for chain in chains}) == 1
        ),
        (),
    )


def _align_traces(cycles: Sequence[Chain | None]) -> Sequence[Chain | None]:
    """Traces of products turned so that all begin with one and the same factor, if they have
    one in common.
    """
    first, *others = cycles
    if first is None or any(cycle is None for cycle in others):
        return [None] * len(cycles)
    for place, link in enumerate(first):
        found = [first[place:] + first[:place]]
        for cycle in others:
            for way in (cycle or (), flip(cycle or ())):
                at = next((k for k, other in enumerate(way) if other.key == link.key), None)
                if at is not None:
                    found.append(way[at:] + way[:at])
                    break
        if len(found) == len(cycles):
            return found
    return [None] * len(cycles)
