"""Entry-by-entry products that were made are taken apart again where others share their factors."""

from __future__ import annotations

from matcalc.engine.ir.nodes import Rational
from matcalc.engine.recovery.chains import Chain, Link, Term, flip
from matcalc.engine.recovery.exponents import as_power
from matcalc.engine.recovery.writer import ProductWriter


def open_product(writer: ProductWriter, term: Term) -> Term:
    """A term that is nothing but an entry-by-entry product, by its factors; a row as a column.
    Not so a quotient: beside a common factor 1./t would be left of it.
    """
    chain = term.chain
    if chain is None or len(chain) != 1:
        return term
    link = chain[0]
    found = writer.factors.get(id(link.expr), ())
    if not found or any(exponent < 0 for _, exponent in found):
        found = (((Link(link.expr, False, link.symmetric),), 1),)
    if link.flipped and link.expr.rank == 2:
        found = tuple([(flip(each), exponent) for each, exponent in found])
    found = tuple([_as_power(*part) for part in found])
    return term._replace(parts=found)


def is_row(term: Term) -> bool:
    """Whether the term is nothing but a vector that lies."""
    chain = term.chain
    return chain is not None and len(chain) == 1 and chain[0].flipped and chain[0].expr.rank == 1


def _as_power(chain: Chain, exponent: Rational) -> tuple[Chain, Rational]:
    """A chain that is a power, entry by entry, as what stands to it with its exponent."""
    if len(chain) > 1:
        return chain, exponent
    base, total = as_power(chain[0].expr, exponent)
    return (chain, exponent) if total < 0 else ((chain[0]._replace(expr=base),), total)
