"""Sums written short: common numbers, scalars, left and right factors and entry-by-entry factors pulled out."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import gcd, lcm

from matcalc.core.dims import Shape
from matcalc.core.tree import Expr
from matcalc.ir.nodes import Rational, magnitude
from matcalc.recovery.assemble import Assembler, Scalars
from matcalc.recovery.chains import Chain, Link, Parts, Term, Weaver, flip, key
from matcalc.recovery.forge import Forge


class Factoring:
    """Writes linear combinations of terms."""

    def __init__(self, forge: Forge, weaver: Weaver, assembler: Assembler) -> None:
        self.forge = forge
        self.weaver = weaver
        self.assembler = assembler

    def sum(self, terms: Sequence[Term], shape: Shape) -> Expr:
        """The shortest form found for a sum of terms of one shape."""
        if not terms:
            return self.forge.fill(self.forge.number(0), shape) if shape else self.forge.number(0)
        if len(terms) == 1:
            return self._single(terms[0])
        return self._combine(terms, shape)

    def _single(self, term: Term) -> Expr:
        """One term; a minus in front goes into a difference among the factors, which then is turned round."""
        if term.coefficient < 0:
            turned = self._turn(term)
            if turned is not None:
                term = turned
        return self.assembler.term(term)

    def _turn(self, term: Term) -> Term | None:
        """The term with the opposite coefficient and one difference turned round."""
        for index, (base, exponent) in enumerate(term.scalars):
            if exponent == 1 and base.op == "-":
                scalars = (*term.scalars[:index], (self._reverse(base), exponent), *term.scalars[index + 1 :])
                return Term(-term.coefficient, scalars, term.parts, term.shape)
        for index, (chain, exponent) in enumerate(term.parts):
            if exponent.denominator != 1 or exponent % 2 == 0:
                continue
            for place, link in enumerate(chain):
                turned = self._reverse(link.expr) if link.expr.op == "-" else self._inside(link.expr)
                if turned is not None:
                    fresh = (*chain[:place], Link(turned, link.flipped, link.symmetric), *chain[place + 1 :])
                    parts = (*term.parts[:index], (fresh, exponent), *term.parts[index + 1 :])
                    return Term(-term.coefficient, term.scalars, parts, term.shape)
        return None

    def _inside(self, expr: Expr) -> Expr | None:
        """diag(a - b), (a - b).*c, (a - b)./c turned round inside."""
        if expr.op in (".*", "./", "diag", "*"):
            for index, arg in enumerate(expr.args[:1] if expr.op == "./" else expr.args):
                turned = self._reverse(arg) if arg.op == "-" else self._inside(arg)
                if turned is not None:
                    args = (*expr.args[:index], turned, *expr.args[index + 1 :])
                    return self.forge.make(expr.op, args, expr.shape, row=expr.row)
        return None

    def _reverse(self, difference: Expr) -> Expr:
        """b - a for a - b (of a longer sum: with every sign changed, if it starts with a plus again)."""
        signs: list[tuple[bool, Expr]] = []
        node = difference
        while node.op in ("+", "-"):
            signs.append((node.op == "+", node.args[1]))
            node = node.args[0]
        signs.append((node.op != "neg", node if node.op != "neg" else node.args[0]))
        signs = [(not positive, expr) for positive, expr in signs]
        return self._write(signs)

    def _write(self, signed: list[tuple[bool, Expr]]) -> Expr:
        """Positive terms first, each group by the alphabet, arrays' shapes kept when a scalar is broadcast."""
        ordered = sorted(signed, key=lambda entry: (not entry[0], self.forge.label(entry[1]), self.forge.size(entry[1])))
        positive, first = ordered[0]
        result = first if positive else self.forge.negative(first)
        for positive, expr in ordered[1:]:
            result = self.forge.binary("+" if positive else "-", result, expr)
        return result

    # pulling out

    def _combine(self, terms: Sequence[Term], shape: Shape) -> Expr:
        number, scalars, left, right, common, rest = self._common(terms, shape)
        if number != 1 or scalars or left or right or common:
            inner = self._combine(rest, _inner_shape(rest))
            return self._wrap(number, scalars, left, right, common, inner, shape)
        merged = self._diagonals(terms, shape)
        if len(merged) < len(terms):
            return self.sum(merged, shape)
        grouped = self._group(list(terms), shape)
        if grouped is not None:
            return self._combine(grouped, shape) if len(grouped) > 1 else self._single(grouped[0])
        turned = self._transposed(terms, shape)
        return turned if turned is not None else self._plain(terms)

    def _plain(self, terms: Sequence[Term]) -> Expr:
        """The terms one after another; a constant array is written as a scalar that is broadcast."""
        spread = any(not _constant(term) for term in terms)
        signed = []
        for term in terms:
            bare = Term(magnitude(term.coefficient), term.scalars, term.parts, () if spread and _constant(term) else term.shape)
            signed.append((term.coefficient > 0, self.assembler.term(bare)))
        return self._write(signed)

    def _transposed(self, terms: Sequence[Term], shape: Shape) -> Expr | None:
        """(... + ...)' where that is shorter by a tenth."""
        if len(shape) != 2 or any(term.chain is None for term in terms):
            return None
        plain = self._plain(terms)
        across = [Term(t.coefficient, t.scalars, ((flip(t.chain or ()), 1),), shape[::-1]) for t in terms]
        turned = self.forge.transpose(self._plain(across))
        saved = self.forge.size(plain) - self.forge.size(turned)
        return turned if saved * 10 > self.forge.size(plain) else None

    def _common(self, terms: Sequence[Term], shape: Shape) -> tuple[Rational, Scalars, Chain, Chain, Parts, list[Term]]:
        """What all terms share, and the terms without it."""
        number = _number([term.coefficient for term in terms])
        scalars = _shared_scalars(terms)
        common = _shared_parts(terms) if any(len(term.parts) > 1 for term in terms) else ()
        left: Chain = ()
        right: Chain = ()
        if not common and shape:
            chains = [term.chain for term in terms if term.chain is not None]
            if len(chains) == len(terms):
                if len({key(chain) for chain in chains}) == 1:
                    common = terms[0].parts
                else:
                    left, right = _shared_ends(chains)
        rest = [self._without(term, number, scalars, left, right, common) for term in terms]
        if common and not any(term.parts for term in rest):
            rest = [Term(term.coefficient, term.scalars, (), ()) for term in rest]
        return number, scalars, left, right, common, rest

    def _without(self, term: Term, number: Rational, scalars: Scalars, left: Chain, right: Chain, common: Parts) -> Term:
        kept = []
        taken = {id(base): exponent for base, exponent in scalars}
        for base, exponent in term.scalars:
            exponent -= taken.get(id(base), 0)
            if exponent != 0:
                kept.append((base, exponent))
        parts, shape = term.parts, term.shape
        if common:
            gone = {key(chain): exponent for chain, exponent in common}
            parts = tuple([(c, e - gone.get(key(c), 0)) for c, e in parts if e != gone.get(key(c), 0)])
        elif (left or right) and term.chain is not None:
            chain = term.chain[len(left) : len(term.chain) - len(right)]
            shape = _cut_shape(term, left, right)
            parts = ((chain, 1),)
        return Term(Fraction(term.coefficient) / number, tuple(kept), parts, shape)

    def _wrap(
        self, number: Rational, scalars: Scalars, left: Chain, right: Chain, common: Parts, inner: Expr, shape: Shape
    ) -> Expr:
        """The common factors around the sum that is left."""
        if common:
            parts: Parts = (*common, ((Link(inner),), 1)) if inner.shape else common
            extra: Scalars = () if inner.shape else ((inner, 1),)
            return self._single(Term(number, scalars + extra, parts, shape))
        if left or right:
            middle: Chain = (Link(inner),) if inner.shape else ()
            extra = () if inner.shape else ((inner, 1),)
            chain = left + middle + right
            return self._single(Term(number, scalars + extra, ((chain, 1),), shape))
        if not shape:
            return self._single(Term(number, (*scalars, (inner, 1)), (), ()))
        return self._single(Term(number, scalars, (((Link(inner),), 1),), shape))

    def _diagonals(self, terms: Sequence[Term], shape: Shape) -> list[Term]:
        """diag(u) + diag(v) = diag(u + v)."""
        diagonal = [
            t
            for t in terms
            if t.chain is not None and len(t.chain) == 1 and t.chain[0].expr.op == "diag" and t.chain[0].expr.rank == 2
        ]
        if len(diagonal) < 2:
            return list(terms)
        inner = []
        for term in diagonal:
            assert term.chain is not None
            vector = term.chain[0].expr.args[0]
            inner.append(Term(term.coefficient, term.scalars, (((Link(vector),), 1),), shape[:1]))
        whole = self.forge.call("diag", (self.sum(inner, shape[:1]),), shape)
        return [t for t in terms if t not in diagonal] + [Term(1, (), (((Link(whole, False, True),), 1),), shape)]

    def _group(self, terms: list[Term], shape: Shape) -> list[Term] | None:
        """Merge the group of terms that saves most by sharing an end of their chains, a scalar or an entry-by-entry factor."""
        groups: dict[object, list[int]] = {}
        for index, term in enumerate(terms):
            for name in self._handles(term):
                groups.setdefault(name, []).append(index)
        best: tuple[int, list[int]] | None = None
        for members in groups.values():
            if len(members) < 2 or len(members) == len(terms):
                continue
            saving = self._saving([terms[index] for index in members], shape)
            if saving > 0 and (best is None or saving > best[0]):
                best = (saving, members)
        if best is None:
            return None
        chosen = [terms[index] for index in best[1]]
        merged = self._merge(chosen, shape)
        return [term for index, term in enumerate(terms) if index not in best[1]] + [merged]

    def _handles(self, term: Term) -> list[object]:
        handles: list[object] = [("scalar", id(base), exponent > 0) for base, exponent in term.scalars]
        if magnitude(term.coefficient) != 1:
            handles.append(("number", magnitude(term.coefficient)))
        if term.chain is not None:
            handles += [("left", term.chain[0].key), ("right", term.chain[-1].key)]
        return handles + [("part", key(chain)) for chain, _ in term.parts]

    def _saving(self, terms: list[Term], shape: Shape) -> int:
        together = self.forge.size(self.assembler.term(self._merge(terms, shape)))
        return self.forge.size(self._plain(terms)) - together

    def _merge(self, terms: list[Term], shape: Shape) -> Term:
        """The terms as one, with what they share outside; a number stays outside as well."""
        number, scalars, left, right, common, rest = self._common(terms, shape)
        inner = self._combine(rest, _inner_shape(rest))
        sign = 1
        extra: Scalars = () if inner.shape else ((inner, 1),)
        middle: Chain = (Link(inner),) if inner.shape else ()
        if common:
            parts: Parts = common + (((middle, 1),) if middle else ())
        elif not shape:
            parts = ()
        else:
            parts = ((left + middle + right, 1),)
        return Term(sign * number, scalars + extra, parts, shape)


def _inner_shape(terms: Sequence[Term]) -> Shape:
    return max((term.shape for term in terms), key=len)


def _constant(term: Term) -> bool:
    """A multiple of an array of ones."""
    if not term.shape:
        return False
    return not term.parts or (
        len(term.parts) == 1 and all(link.expr.op == "fill" for link in term.parts[0][0]) and len(term.parts[0][0]) == 1
    )


def _number(coefficients: Sequence[Rational]) -> Rational:
    """The rational factor to write in front of a bracket so that all numbers together are shortest; negative where all are."""
    numerator, denominator = 0, 1
    for c in coefficients:
        numerator = gcd(numerator, c.numerator)
        denominator = lcm(denominator, c.denominator)
    candidates = [Fraction(numerator, denominator), Fraction(1), *(Fraction(magnitude(c)) for c in coefficients)]

    def cost(number: Fraction) -> int:
        return _tokens(number) + sum(_tokens(c / number) for c in coefficients)

    best = min(candidates, key=cost)
    return -best if all(c < 0 for c in coefficients) else best


def _tokens(number: Rational) -> int:
    """What a coefficient costs: nothing for 1, a number and an operator otherwise, both twice for a quotient."""
    number = magnitude(number)
    return 2 * ((number.numerator != 1) + (number.denominator != 1))


def _shared_scalars(terms: Sequence[Term]) -> Scalars:
    """Scalar factors in all terms, with the exponent nearest to zero."""
    shared = {id(base): (base, exponent) for base, exponent in terms[0].scalars}
    for term in terms[1:]:
        own = {id(base): exponent for base, exponent in term.scalars}
        for name, (base, exponent) in list(shared.items()):
            other = own.get(name)
            if other is None or (other > 0) != (exponent > 0):
                del shared[name]
            else:
                shared[name] = (base, min(exponent, other, key=magnitude))
    return tuple(shared.values())


def _shared_parts(terms: Sequence[Term]) -> Parts:
    """Entry-by-entry factors in all terms."""
    shared = {key(chain): (chain, exponent) for chain, exponent in terms[0].parts}
    for term in terms[1:]:
        own = {key(chain): exponent for chain, exponent in term.parts}
        for name, (chain, exponent) in list(shared.items()):
            other = own.get(name)
            if other is None or (other > 0) != (exponent > 0):
                del shared[name]
            else:
                shared[name] = (chain, min(exponent, other, key=magnitude))
    return tuple(shared.values())


def _shared_ends(chains: Sequence[Chain]) -> tuple[Chain, Chain]:
    """The longest common beginning, then the longest common end of what is left; some of every chain has to be left."""
    shortest = min(len(chain) for chain in chains) - 1
    left = 0
    while left < shortest and len({chain[left].key for chain in chains}) == 1:
        left += 1
    right = 0
    while right < shortest - left and len({chain[len(chain) - 1 - right].key for chain in chains}) == 1:
        right += 1
    first = chains[0]
    return first[:left], first[len(first) - right :]


def _cut_shape(term: Term, left: Chain, right: Chain) -> Shape:
    """The shape of what stands between the common ends."""
    chain = term.chain
    assert chain is not None
    rows = Weaver.shape(left)[1] if left else Weaver.shape(chain)[0]
    columns = Weaver.shape(right)[0] if right else Weaver.shape(chain)[1]
    return tuple([size for size in (rows, columns) if size is not None])


__all__ = ["Factoring"]
