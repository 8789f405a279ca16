"""Chains: matrix products as sequences of links, so that reversing one is free and strings are
never glued.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import NamedTuple

from matcalc.core.dims import Shape
from matcalc.core.functions.spec import SQUARE_TO_SQUARE
from matcalc.core.operations import FUSED, OPERATIONS
from matcalc.core.tree import Expr
from matcalc.engine.ir.nodes import Rational
from matcalc.engine.recovery.masks import is_triangle

RANGES = ("select", "unit")  # which are resolved with what stands beside them
# whose transpose is one token longer
_TURNED = {row.name for row in OPERATIONS.values() if row.signature == SQUARE_TO_SQUARE}
_TURNED.add("variable")


LinkKey = tuple[Expr, bool]
_key: Callable[[Link], LinkKey] = itemgetter(0, 1)


class Link(NamedTuple):
    """A factor of a matrix product, transposed if ``flipped``; a flipped vector is a row."""

    expr: Expr
    flipped: bool = False
    symmetric: bool = False

    @property
    def key(self) -> LinkKey:
        """What makes two links the same factor."""
        return self[:2]


Chain = tuple[Link, ...]
EntryProduct = tuple[tuple[Chain, Rational], ...]  # entry-by-entry product of chains to powers


Scalars = tuple[tuple[Expr, Rational], ...]


class Term(NamedTuple):
    """``coefficient * scalars * parts``: numbers, scalar factors with exponents, each factor once,
    and the entry-by-entry product of chains.
    """

    coefficient: Rational
    scalars: Scalars
    parts: EntryProduct
    shape: Shape

    @property
    def chain(self) -> Chain | None:
        """The chain, where the term is a single one."""
        return self.parts[0][0] if len(self.parts) == 1 and self.parts[0][1] == 1 else None


def join_scalars(scalars: Sequence[tuple[Expr, Rational]]) -> Scalars:
    """Each factor once: b/sqrt(b) is sqrt(b)."""
    if len({id(base) for base, _ in scalars}) == len(scalars):
        return tuple(scalars)
    found: dict[int, tuple[Expr, Rational]] = {}
    for base, exponent in scalars:
        found[id(base)] = base, found.get(id(base), (base, 0))[1] + exponent
    return tuple([(base, exponent) for base, exponent in found.values() if exponent])


def flip(chain: Chain) -> Chain:
    """The transposed product."""
    return tuple(
        [link if link.symmetric else Link(link.expr, not link.flipped) for link in chain[::-1]]
    )


def key(chain: Chain) -> tuple[LinkKey, ...]:
    """What makes two chains the same product."""
    return tuple(map(_key, chain))


def is_mask(chain: Chain) -> bool:
    """Whether this is nothing but a triangle of ones."""
    return len(chain) == 1 and is_triangle(chain[0].expr)


def saved_by_turning(chain: Chain) -> int | None:
    """How many tokens fewer the transposed product has; None where that depends on more than on how
    many factors are transposed.
    """
    if len({id(expr) for expr, _, _ in chain}) < len(chain):
        return None  # repeated blocks are powers
    saved = 0
    for expr, flipped, symmetric in chain:
        if expr.op in _TURNED:
            saved += 0 if symmetric else 1 if flipped else -1
        elif not symmetric or expr.op in FUSED:
            return None
    return saved


def may_pay(chain: Chain) -> bool:
    """Whether a product may be shorter written transposed, for which it takes a token more."""
    if sum([flipped for _, flipped, _ in chain]) < 2:
        return False
    saved = saved_by_turning(chain)
    return saved is None or saved > 1


def sum_may_pay(chains: Sequence[Chain | None]) -> bool:
    """Whether a sum of products may be shorter written transposed."""
    if not all(chains) or sum([flipped for c in chains for _, flipped, _ in c or ()]) < 2:
        return False
    saved = [saved_by_turning(chain) for chain in chains if chain]
    # each may be written transposed in the sum, for a token
    return None in saved or sum([max(each, -1) for each in saved if each is not None]) > 1
