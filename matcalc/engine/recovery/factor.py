"""Sums written short: common numbers, scalars, left and right factors and entry-by-entry factors
pulled out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from operator import attrgetter, ne

from matcalc.core.dims import Shape
from matcalc.core.operations import LINEAR, OPERATIONS, TRIANGLES
from matcalc.core.tree import Expr, is_number
from matcalc.engine.ir.nodes import magnitude, quotient
from matcalc.engine.recovery.assemble import Assembler
from matcalc.engine.recovery.chains import (
    RANGES,
    Chain,
    EntryProduct,
    Link,
    LinkKey,
    Scalars,
    Term,
    flip,
    join_scalars,
    key,
    sum_may_pay,
)
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.masks import is_triangle
from matcalc.engine.recovery.opened import is_row, open_product
from matcalc.engine.recovery.shared import Shared, collect, number_in_front, share, tokens
from matcalc.engine.recovery.totals import join_inner, join_totals
from matcalc.engine.recovery.turning import Turning, split_spine
from matcalc.engine.recovery.writer import ProductWriter

# functions of sums that are written for sums of functions
_LINEAR = tuple(name for name in LINEAR if OPERATIONS[name].arity == (1, 1))


class Factoring:
    """Writes linear combinations of terms, of one result or of ``several``."""

    def __init__(
        self,
        factory: ExpressionFactory,
        writer: ProductWriter,
        assembler: Assembler,
        *,
        several: bool = False,
    ) -> None:
        self.several = several
        self.factory = factory
        self.writer = writer
        self.assembler = assembler
        self._shares: dict[tuple[int, ...], tuple[Sequence[Term], Shared]] = {}
        self._turning = Turning(factory, writer, assembler, self._write)

    def sum(self, terms: Sequence[Term], shape: Shape) -> Expr:
        """The shortest form found for a sum of terms of one shape."""
        terms = collect(terms) if len(terms) > 1 else terms
        if not terms:
            return (
                self.factory.fill(self.factory.number(0), shape)
                if shape
                else self.factory.number(0)
            )
        if len(terms) == 1:
            return self._single(terms[0])
        return self._combine(sorted(terms, key=self._order) if len(terms) > 2 else terms, shape)

    def as_factor(self, terms: Sequence[Term], shape: Shape) -> Expr | None:
        """A sum as it is in a product, where brackets are around it anyway: (A' - A'*P)*A is
        A'*(eye - P)*A; None where its terms have no end in common.
        """
        shared = share(terms, self.factory, multiplied=True)
        if not shared.left and not shared.right:
            return None
        return self._single(self._merge(terms, shape, shared))

    def _order(self, term: Term) -> tuple[int, str]:
        """By what a term looks like, so that of two equally good ways to group them the input's
        order chooses none.
        """
        return self.writer.order(self.assembler.term(Term(1, term.scalars, term.parts, term.shape)))

    def _single(self, term: Term) -> Expr:
        """One term; a minus in front goes into a difference among the factors, which then is turned
        round.
        """
        opposite = self._turning.turn(term) if term.coefficient < 0 else None
        return self.assembler.term(opposite or term)

    def _write(self, signed: list[tuple[bool, Expr]]) -> Expr:
        """The terms with their signs as one sum."""
        terms = self._numbers(
            self._collect([part for entry in signed for part in self._open(*entry)])
        )
        equal = next((expr for positive, expr in terms if not positive and expr.op == "=="), None)
        if (
            equal is not None
            and len(terms) == 2
            and any(positive and is_number(expr, 1) for positive, expr in terms)
        ):
            return self.factory.binary("!=", *equal.args)  # 1 - (a == b)
        return self.writer.total(terms) if terms else self.factory.number(0)

    def _open(self, positive: bool, expr: Expr) -> list[tuple[bool, Expr]]:
        """The terms of a sum within a sum; what is broadcast stays where it is."""
        if expr.op not in ("+", "-"):
            return [(positive, expr)]
        return [(plus == positive, part) for plus, part in split_spine(expr)]

    def _collect(self, signed: list[tuple[bool, Expr]]) -> list[tuple[bool, Expr]]:
        """X + X as 2*X."""
        counts: dict[int, tuple[Expr, Fraction]] = {}
        if sum([expr.op == "number" for _, expr in signed]) > 1:
            signed = self._numbers(signed)
        for positive, expr in signed:
            number, base = (
                (expr.args[0].value, expr.args[1])
                if expr.op == "*" and expr.args[0].op == "number"
                else (1, expr)
            )
            total = counts.get(id(base), (base, Fraction(0)))[1] + (number if positive else -number)
            counts[id(base)] = base, total
        if len(counts) == len(signed):
            return signed
        return [
            (
                total > 0,
                base
                if magnitude(total) == 1
                else self.factory.times(self.factory.number(magnitude(total)), base),
            )
            for base, total in counts.values()
            if total
        ]

    def _numbers(self, signed: list[tuple[bool, Expr]]) -> list[tuple[bool, Expr]]:
        """1 + (1 + a) as 2 + a: a number that is beside a sum with a number joins it."""
        if not any(expr.op == "number" for _, expr in signed):
            return signed
        total, others = Fraction(0), []
        for positive, expr in signed:
            inner = split_spine(expr) if expr.op in ("+", "-") else [(True, expr)]
            if any(part.op == "number" for _, part in inner):
                total += sum(
                    part.value if plus == positive else -part.value
                    for plus, part in inner
                    if part.op == "number"
                )
                others += [(plus == positive, part) for plus, part in inner if part.op != "number"]
            else:
                others.append((positive, expr))
        return [(total > 0, self.factory.number(magnitude(total))), *others] if total else others

    # pulling out

    def _combine(self, terms: Sequence[Term], shape: Shape) -> Expr:
        alone = [term.parts[0][0] for term in terms if len(term.parts) == 1]
        placed = not {link.expr.op for chain in alone for link in chain}.isdisjoint(RANGES)
        grouped, entries = self._blocks(terms, shape) if placed else (None, False)
        if grouped is not None and entries:
            return self._single(grouped[0])
        plain = self._pull_out(terms, shape)
        if grouped is not None:
            together = (
                self._combine(grouped, shape) if len(grouped) > 1 else self._single(grouped[0])
            )
            plain = min(plain, together, key=self.factory.size)
        inward = (
            self._inward(terms)
            if len(shape) == 1
            and any(map(attrgetter("scalars"), terms))
            and all(_column(term) for term in terms)
            else None
        )
        if inward is None:
            return plain
        return min(plain, self._pull_out(inward, shape), key=self.factory.size)

    def _blocks(self, terms: Sequence[Term], shape: Shape) -> tuple[list[Term] | None, bool]:
        """The terms that are on ranges as blocks, and whether these are all single entries."""
        # needed only where there are ranges
        from matcalc.engine.recovery.block_terms import blocks  # noqa: PLC0415

        return blocks(self.writer, self.sum, terms, shape)

    def _inward(self, terms: Sequence[Term]) -> list[Term] | None:
        """(a'*x)*b + (b'*x)*a as b*a'*x + a*b'*x, for there x can be pulled out; None if no two
        terms share such an x. Where x is met twice, as in (a'*x)*(b'*x)*c, the scalars say more.
        """
        ends: dict[LinkKey, list[tuple[int, int, Chain]]] = {}
        for place, term in enumerate(terms):
            for k, (base, exponent) in enumerate(term.scalars):
                chain = (
                    self.writer.inner.get(id(base))
                    if exponent == 1 and term.chain is not None
                    else None
                )
                for way in (chain, flip(chain)) if chain else ():
                    if not self._is_met(way[-1].expr, term, k):
                        ends.setdefault(way[-1].key, []).append((place, k, way))
        best = max(ends.values(), key=len, default=[])
        moves = {place: (k, chain) for place, k, chain in best}
        if len({terms[place].scalars[k] for place, (k, _) in moves.items()}) < 2:
            return None  # one and the same scalar is pulled out itself
        moved = []
        for place, term in enumerate(terms):
            if place not in moves:
                moved.append(term)
                continue
            k, chain = moves[place]
            scalars = (*term.scalars[:k], *term.scalars[k + 1 :])
            moved.append(
                Term(term.coefficient, scalars, (((term.chain or ()) + chain, 1),), term.shape)
            )
        return moved

    def _is_met(self, vector: Expr, term: Term, place: int) -> bool:
        """Whether a term has the vector outside one of its scalar factors."""
        chains = [self.writer.inner.get(id(base), ()) for base, _ in term.scalars]
        met = [term.chain or (), *chains[:place], *chains[place + 1 :]]
        return any(link.expr is vector for chain in met for link in chain)

    def _pull_out(self, terms: Sequence[Term], shape: Shape) -> Expr:
        if not shape:
            terms = [term._replace(scalars=self.assembler.means(term.scalars)) for term in terms]
            terms = join_totals(self.assembler, self.sum, terms)
            scaled = terms[:1]
            if len(terms) > 1:
                scaled = join_totals(self.assembler, self.sum, terms, scaled=True)
            if len(scaled) == 1 < len(terms):
                whole = self._single(scaled[0])
                if self.factory.size(whole) < self.factory.size(self._plain(terms)):
                    return whole
            joined = join_inner(self.assembler, self.sum, terms, names=self.several)
            if len(joined) < len(terms):
                whole = self.sum(joined, shape)
                if self.factory.size(whole) < self.factory.size(self._plain(terms)):
                    return whole
            if len(terms) == 1:
                return self._single(terms[0])
        terms = self._regroup(terms, shape)
        shared = self._share(terms)
        if shared.something:
            return self._single(self._merge(terms, shape, shared))
        opened = [open_product(self.writer, term) for term in terms] if len(shape) == 2 else terms
        if any(map(ne, opened, terms)):  # A.*M + A'.*M is (A + A').*M
            shared = share(opened, self.factory)
            if shared.parts and all(term.parts for term in shared.rest(opened)):
                return self._single(self._merge(opened, shape, shared))
        merged = self._wrap(terms)
        if self.writer.krons:
            # few expressions have Kronecker products
            from matcalc.engine.recovery.sums import kroneckers  # noqa: PLC0415

            merged = kroneckers(self.writer, self.sum, merged, shape)
        if len(merged) < len(terms):
            return self.sum(merged, shape)
        grouped = None
        if len(terms) > 2 and not _are_orders(terms) and not _are_all_but_one(terms):
            grouped = self._group(list(terms), shape)
        if grouped is not None:
            return self._combine(grouped, shape) if len(grouped) > 1 else self._single(grouped[0])
        return self._transpose(terms, shape)

    def _regroup(self, terms: Sequence[Term], shape: Shape) -> Sequence[Term]:
        """P*(A - B) + B - A as P*(A - B) - (A - B): a sum that is a factor elsewhere, met taken
        apart.
        """
        if len(terms) < 3:
            return terms
        chains = [chain for term in terms for chain, _ in term.parts]
        if {link.expr.op for chain in chains for link in chain}.isdisjoint(("+", "-")):
            return terms
        written: dict[int, int] = {}
        for index, term in enumerate(terms):
            bare = Term(magnitude(term.coefficient), term.scalars, term.parts, term.shape)
            written[id(self.assembler.term(bare))] = index
        for term in terms:
            for link in (
                (term.chain[0], term.chain[-1])
                if term.chain is not None and len(term.chain) > 1
                else ()
            ):
                parts = (
                    split_spine(link.expr)
                    if link.expr.op in ("+", "-") and not link.flipped
                    else []
                )
                places = [written.get(id(expr)) for _, expr in parts]
                found = [
                    (terms[k], positive)
                    for k, (positive, _) in zip(places, parts, strict=True)
                    if k is not None
                ]
                signs = {(term.coefficient > 0) == positive for term, positive in found}
                if parts and len(found) == len(parts) < len(terms) and len(signs) == 1:
                    whole = Term(1 if signs.pop() else -1, (), (((link,), 1),), shape)
                    return [*(t for k, t in enumerate(terms) if k not in places), whole]
        return terms

    def _merge(self, terms: Sequence[Term], shape: Shape, shared: Shared) -> Term:
        """The terms as one, with what they share around the sum of what is left."""
        rest = shared.rest(terms)
        turned = all(is_row(term) for term in rest)  # u' - v' is (u - v)'
        if turned or not any(len(term.shape) > 1 or is_row(term) for term in rest):
            rest = [open_product(self.writer, term) for term in rest]
        inner = self.sum(rest, max((term.shape for term in rest), key=len))
        scalars: Scalars = shared.scalars if inner.shape else (*shared.scalars, (inner, 1))
        # a flipped vector is a row: what follows asks a link for its ends
        lying = inner.row and inner.rank == 1
        middle: Chain = (
            (Link(self.factory.transpose(inner) if lying else inner, lying or turned),)
            if inner.shape
            else ()
        )
        parts: EntryProduct = ()
        if shared.parts:
            parts = shared.parts + (((middle, 1),) if middle else ())
        elif shape:
            parts = ((shared.left + middle + shared.right, 1),)
        return Term(shared.number, join_scalars(scalars), parts, shape)

    def _plain(self, terms: Sequence[Term]) -> Expr:
        """The terms one after another; a constant array is written as a scalar that is
        broadcast.
        """
        if not self.several:  # where one and the same residual can be in all of them
            terms = self._turning.turn_residuals(terms)
        constants = [_constant(term) for term in terms]
        signed = []
        for term, constant in zip(terms, constants, strict=True):
            scalars = term.scalars
            if constant is not None and not is_number(constant, 1):
                scalars = (*scalars, (constant, 1))
            bare = Term(
                magnitude(term.coefficient),
                scalars,
                term.parts,
                term.shape if constant is None else (),
            )
            signed.append((term.coefficient > 0, self.assembler.term(bare)))
        result = self._write(signed)
        return (
            self.factory.fill(result, terms[0].shape)
            if all(c is not None for c in constants)
            else result
        )

    def _transpose(self, terms: Sequence[Term], shape: Shape) -> Expr:
        """The terms one after another, or (... + ...)' where that is clearly shorter."""
        plain = self._plain(terms)
        if len(shape) != 2 or not sum_may_pay([term.chain for term in terms]):
            return plain
        across = [
            Term(t.coefficient, t.scalars, ((flip(t.chain or ()), 1),), shape[::-1]) for t in terms
        ]
        whole = self.factory.transpose(self._plain(across))
        chains = [term.chain or () for term in terms]
        return whole if self.writer.pays(plain, whole, chains) else plain

    def _wrap(self, terms: Sequence[Term]) -> list[Term]:
        """diag(u) + diag(v) = diag(u + v), tril(A) + tril(B) = tril(A + B), tril(A, -1) +
        diag(diag(A)) = tril(A).
        """
        if self.writer.inside:
            terms = self._complete(terms)
        groups: dict[object, list[Term]] = {}
        for term in terms:
            expr = term.chain[0].expr if term.chain is not None and len(term.chain) == 1 else None
            if expr is not None and (
                (expr.op in _LINEAR and (expr.rank == 2 or expr.op == "vee"))
                or (expr.op in TRIANGLES and not is_triangle(expr))
            ):
                groups.setdefault((expr.op, expr.args[1:], term.chain[0].flipped), []).append(term)  # type: ignore[index]
        for members in groups.values():
            if len(members) > 1:
                return [term for term in terms if term not in members] + [self._join(members)]
        return list(terms)

    def _complete(self, terms: Sequence[Term]) -> Sequence[Term]:
        """A triangle without the diagonal, and the diagonal beside it, as the triangle with it;
        rather a transposed one.
        """
        for term in sorted(terms, key=lambda term: term.chain is None or not term.chain[0].flipped):
            expr = term.chain[0].expr if term.chain is not None and len(term.chain) == 1 else None
            inside = self.writer.inside.get(id(expr))
            if (
                expr is None
                or inside is None
                or len(expr.args) != 2
                or expr.args[1].value != (1 if expr.op == "triu" else -1)
            ):
                continue
            diagonals = [
                ((Link(diagonal, False, True),), 1) for diagonal in self.writer.diagonals(inside)
            ]
            for other in terms:
                if (other.coefficient, other.scalars) == (
                    term.coefficient,
                    term.scalars,
                ) and other.parts in [(d,) for d in diagonals]:
                    whole = self.factory.make(expr.op, expr.args[:1], expr.shape)
                    self.writer.inside[id(whole)] = inside
                    assert term.chain is not None
                    link = Link(whole, term.chain[0].flipped)
                    rest = [each for each in terms if each is not term and each is not other]
                    return [*rest, term._replace(parts=(((link,), 1),))]
        return terms

    def _join(self, members: Sequence[Term]) -> Term:
        """One function of the sum for a sum of the function's values."""
        inner = []
        for term in members:
            assert term.chain is not None
            link = term.chain[0]
            argument = link.expr.args[0]
            inside = self.writer.inside.get(id(link.expr), (Link(argument),))
            inner.append(term._replace(parts=((inside, 1),), shape=argument.shape))
        if argument.rank == 1:
            inner = [open_product(self.writer, each) for each in inner]
        number = number_in_front(inner, self.factory)
        inner = [t._replace(coefficient=quotient(t.coefficient, number)) for t in inner]
        whole = self.factory.make(
            link.expr.op, (self.sum(inner, argument.shape), *link.expr.args[1:]), link.expr.shape
        )
        return Term(
            number, (), (((Link(whole, link.flipped, link.symmetric),), 1),), members[0].shape
        )

    def _group(self, terms: list[Term], shape: Shape) -> list[Term] | None:
        """Merge the group of terms that saves most by sharing an end of their chains, a scalar or
        an entry-by-entry factor.
        """
        groups: dict[object, list[int]] = {}
        for index, term in enumerate(terms):
            for name in self._handles(term):
                groups.setdefault(name, []).append(index)
        best: tuple[int, list[int]] | None = None
        for members in groups.values():
            if len(members) < 2 or len(members) == len(terms):
                continue
            shared = self._share([terms[index] for index in members])
            saving = (len(members) - 1) * self._length(shared)
            if saving > 0 and (best is None or saving > best[0]):
                best = (saving, members)
        if best is None:
            return None
        chosen = [terms[index] for index in best[1]]
        merged = self._merge(chosen, shape, self._share(chosen))
        return [term for index, term in enumerate(terms) if index not in best[1]] + [merged]

    def _share(self, terms: Sequence[Term]) -> Shared:
        """What the terms share, found once for the same ones."""
        name = tuple(map(id, terms))
        found = self._shares.get(name)
        if found is None:  # with the terms, so that they are there as long as their names
            found = self._shares[name] = terms, share(terms, self.factory)
        return found[1]

    def _handles(self, term: Term) -> list[object]:
        handles: list[object] = [
            ("scalar", id(base), exponent > 0) for base, exponent in term.scalars
        ]
        if magnitude(term.coefficient) != 1:
            handles.append(("number", magnitude(term.coefficient)))
        if term.chain is not None and len(term.chain) > 1:
            handles += [("left", term.chain[0].key), ("right", term.chain[-1].key)]
        return handles + [("part", key(chain)) for chain, _ in term.parts]

    def _length(self, shared: Shared) -> int:
        """The tokens that writing it once less saves, operators included."""
        size = self.factory.size
        scalars = sum(
            size(base) + 1 + 2 * (magnitude(exponent) != 1) for base, exponent in shared.scalars
        )
        ends = sum(size(link.expr) + link.flipped + 1 for link in shared.left + shared.right)
        parts = sum(
            size(link.expr) + link.flipped + 1 for chain, _ in shared.parts for link in chain
        )
        return tokens(shared.number, decimals=self.factory.decimals) + scalars + ends + parts


def _column(term: Term) -> bool:
    """Whether the term is a chain that ends in a column."""
    return term.chain is not None and term.chain[-1].expr.rank == 1 and not term.chain[-1].flipped


def _are_orders(terms: Sequence[Term]) -> bool:
    """Whether these differ in the places of repeated factors alone, as in the derivative of a
    power: A*X^2 + X*A*X + X^2*A says more than (A*X + X*A)*X + X^2*A.
    """
    words = [[link.key for link in term.chain or ()] for term in terms]
    counts = Counter(words[0])
    if max(counts.values(), default=0) < 2:
        return False
    rest = [key for key in words[0] if counts[key] == 1]
    return all(
        Counter(word) == counts and [key for key in word if counts[key] == 1] == rest
        for word in words
    )


def _are_all_but_one(terms: Sequence[Term]) -> bool:
    """Whether each term lacks another one of the same three or more scalars, as in the derivative
    of (a'*x)*(b'*x)*(c'*x).
    """
    counts = Counter(scalar for term in terms for scalar in term.scalars)
    alike = len(counts) == len(terms) > 2 and set(counts.values()) == {len(terms) - 1}
    return alike and all(len(set(term.scalars)) == len(terms) - 1 for term in terms)


def _constant(term: Term) -> Expr | None:
    """What a constant array has in every entry, its scalar factors apart; None for other arrays."""
    if not term.shape:
        return None
    if not term.parts:
        return Expr("number", value=Fraction(1))
    chain = term.chain
    if chain is None or len(chain) != 1 or chain[0].expr.op != "fill":
        return None
    return chain[0].expr.args[0]
