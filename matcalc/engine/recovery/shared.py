"""What the terms of a sum have in common, and what is left of them without it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

from matcalc.core.decimals import places
from matcalc.core.dims import Shape
from matcalc.engine.ir.nodes import Rational, content, magnitude, quotient
from matcalc.engine.recovery.chains import (
    RANGES,
    Chain,
    EntryProduct,
    Link,
    Scalars,
    Term,
    key,
)
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.masks import is_running
from matcalc.engine.recovery.writer import ProductWriter

F = TypeVar("F")
Powers = tuple[tuple[F, Rational], ...]  # factors with their exponents

# tokens and operators up to which a chain is rather written again than an identity brought in
_SHORT = 4
_SHORT_IN_BRACKETS = 2  # the same where what is left is in brackets anyway
_UNITS = frozenset((1, -1))
_CANDIDATES = 8  # common numbers tried in front of a sum


class Shared(NamedTuple):
    """A number, scalar factors, the beginning and the end of the chains, or entry-by-entry
    factors.
    """

    number: Rational
    scalars: Scalars
    left: Chain
    right: Chain
    parts: EntryProduct
    factory: ExpressionFactory

    @property
    def something(self) -> bool:
        """Whether there is anything to pull out."""
        return bool(self.number != 1 or self.scalars or self.left or self.right or self.parts)

    def rest(self, terms: Sequence[Term]) -> list[Term]:
        """The terms without it; scalars where whole arrays were shared."""
        rest = [self._without(term) for term in terms]
        if self.parts and not any(term.parts for term in rest):
            return [Term(term.coefficient, term.scalars, (), ()) for term in rest]
        return rest

    def _without(self, term: Term) -> Term:
        kept = []
        taken = {id(base): exponent for base, exponent in self.scalars}
        for base, exponent in term.scalars:
            exponent -= taken.get(id(base), 0)
            if exponent != 0:
                kept.append((base, exponent))
        parts, shape = term.parts, term.shape
        if self.parts:
            gone = {key(chain): exponent for chain, exponent in self.parts}
            parts = tuple(
                [(c, e - gone.get(key(c), 0)) for c, e in parts if e != gone.get(key(c), 0)]
            )
        elif (self.left or self.right) and term.chain is not None:
            chain = term.chain[len(self.left) : len(term.chain) - len(self.right)]
            shape = _cut_shape(term, self.left, self.right)
            parts = ((chain or (Link(self.factory.eye(shape[0]), False, True),), 1),)
        number = quotient(term.coefficient, self.number)
        return Term(number, tuple(kept), parts, shape)


def collect(terms: Sequence[Term]) -> list[Term]:
    """Like terms added up: different networks may come out as one and the same product (derivatives
    of expm do).
    """
    found: dict[object, Term] = {}
    for term in terms:
        scalars = tuple(sorted([(id(base), exponent) for base, exponent in term.scalars]))
        name = (scalars, tuple([(key(chain), exponent) for chain, exponent in term.parts]))
        known = found.get(name)
        found[name] = (
            term
            if known is None
            else Term(known.coefficient + term.coefficient, term.scalars, term.parts, term.shape)
        )
    return [term for term in found.values() if term.coefficient != 0]


def share(terms: Sequence[Term], factory: ExpressionFactory, *, multiplied: bool = False) -> Shared:
    """What all the terms share; ``multiplied`` says that their sum is a factor."""
    parts: EntryProduct = (
        _common([term.parts for term in terms], key)
        if max([len(term.parts) for term in terms]) > 1
        else ()
    )
    left: Chain = ()
    right: Chain = ()
    number = number_in_front(terms, factory)
    scalars: Scalars = _common([term.scalars for term in terms], id)
    if not parts and terms[0].shape:
        chains = [chain for term in terms if (chain := term.chain) is not None]
        if len(chains) == len(terms):
            names = [key(chain) for chain in chains]
            if len(set(names)) == 1:
                parts = terms[0].parts
            elif len({name[0] for name in names}) == 1 or len({name[-1] for name in names}) == 1:
                multiplied = multiplied or bool(scalars) or magnitude(number) != 1
                column = len(terms[0].shape) == 1
                left, right = _shared_ends(chains, factory, column=column, multiplied=multiplied)
    return Shared(number, scalars, left, right, parts, factory)


def number_in_front(terms: Sequence[Term], factory: ExpressionFactory) -> Rational:
    """The number to write in front of a sum of terms."""
    return common_number([term.coefficient for term in terms], decimals=factory.decimals)


def common_number(coefficients: Sequence[Rational], *, decimals: bool) -> Rational:
    """The rational factor to write in front of a bracket so that all numbers together are shortest;
    negative where all are. ``decimals``: whether they are written as such.
    """
    if set(coefficients) <= _UNITS:
        return 1 if 1 in coefficients else -1
    first = content(coefficients)
    # a fraction is pulled out only where that is shorter: (A + B)/2, but A/2 - B
    likely = [first, 1] if first.denominator == 1 else [1, first]
    candidates = list(dict.fromkeys([*likely, *(magnitude(c) for c in coefficients)]))[:_CANDIDATES]
    if first.denominator == 1:  # integers stay whole
        candidates = [number for number in candidates if quotient(first, number).denominator == 1]

    def cost(number: Rational) -> int:
        return tokens(number, decimals=decimals) + sum(
            [tokens(quotient(c, number), decimals=decimals) for c in coefficients]
        )

    best = min(candidates, key=cost)
    return -best if all(c < 0 for c in coefficients) else best


def tokens(number: Rational, *, decimals: bool = False) -> int:
    """What a coefficient costs: nothing for 1, a number and an operator otherwise, both twice for a
    quotient.
    """
    number = magnitude(number)
    if decimals and number.denominator != 1 and places(Fraction(number)):
        return 2
    return 2 * ((number.numerator != 1) + (number.denominator != 1))


def _common(products: Sequence[Powers[F]], name: Callable[[F], object]) -> Powers[F]:
    """Factors in all products, with the exponent nearest to zero; equal factors have equal
    names.
    """
    if not all(products):
        return ()
    shared = {name(factor): (factor, exponent) for factor, exponent in products[0]}
    for product in products[1:]:
        own = {name(factor): exponent for factor, exponent in product}
        for known, (factor, exponent) in list(shared.items()):
            other = own.get(known)
            if other is None or (other > 0) != (exponent > 0):
                del shared[known]
            else:
                shared[known] = (factor, min(exponent, other, key=magnitude))
    return tuple(shared.values())


def _shared_ends(
    chains: Sequence[Chain], factory: ExpressionFactory, *, column: bool, multiplied: bool
) -> tuple[Chain, Chain]:
    """The longest common beginning, then the longest common end of what is left.

    Of a chain nothing, an identity, may be left only where what is shared is long: (eye - P)*(A +
    B), but x - P*x; A'*(eye - P)/c, but A' - A'*P and (S - S*P*S)/c.
    """
    whole = min(chains, key=len)
    ends = [(chain[0].key, chain[-1].key) for chain in chains]
    alone = len(whole) == 1 and not all(first == last for first, last in ends)
    longest = _SHORT_IN_BRACKETS if multiplied and alone else _SHORT
    short = sum(factory.size(link.expr) + link.flipped + 1 for link in whole) <= longest
    shortest = len(whole) - (short and not any(link.expr.op == "kron" for link in whole))
    placed = not {link.expr.op for chain in chains for link in chain}.isdisjoint(RANGES)
    left = 0
    # before the vector at the end of a column: what is left of x*(y'*z) without x would be a scalar
    while (
        left < shortest
        and not (placed and any(_clings(chain, left + 1) for chain in chains))
        and len({chain[left].key for chain in chains}) == 1
        and not (column and whole[left].expr.rank == 1 and not whole[left].flipped)
    ):
        left += 1
    right = 0
    # a cumulative sum is not taken from what it sums
    while (
        right < shortest - left
        and len({chain[len(chain) - 1 - right].key for chain in chains}) == 1
        and not any(
            is_running(chain[len(chain) - 2 - right].expr)
            for chain in chains
            if len(chain) > right + 1
        )
    ):
        right += 1
    while right and placed and any(_clings(chain, len(chain) - right) for chain in chains):
        right -= 1
    if left and right and placed:
        between = [chain[left : len(chain) - right] for chain in chains]
        if any(part and all(link.expr.op in RANGES for link in part) for part in between):
            left -= 1  # X'*S*u is X[2:n, :]'*u, and S alone has no notation of its own
    first = chains[0]
    return first[:left], first[len(first) - right :]


def _clings(chain: Chain, place: int) -> bool:
    """Whether a range of an index would be cut off from what it is a range of, or nothing else be
    left of the chain; a place beside a row is a vector as any: (a - unit(k, n))*x'.
    """
    before, after = chain[place - 1 : place], chain[place : place + 1]
    if len(before) == place == len(after) == 1 and before[0].expr.op == "unit":
        return after[0].expr.rank != 1
    slices = any(link.expr.op in RANGES and link.flipped for link in before)
    slices = slices or (
        place > 1 and any(link.expr.op in RANGES and not link.flipped for link in after)
    )
    return slices or any(
        bool(part) and len(part) < len(chain) and all(link.expr.op in RANGES for link in part)
        for part in (chain[:place], chain[place:])
    )


def _cut_shape(term: Term, left: Chain, right: Chain) -> Shape:
    """The shape of what is between the common ends."""
    chain = term.chain
    assert chain is not None
    rows = ProductWriter.shape(left)[1] if left else ProductWriter.shape(chain)[0]
    columns = ProductWriter.shape(right)[0] if right else ProductWriter.shape(chain)[1]
    return tuple([size for size in (rows, columns) if size is not None])
