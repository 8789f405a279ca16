"""Chains and entry-by-entry products of chains, written as trees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import reduce

from matcalc.core.dims import Dim, Shape
from matcalc.core.operations import ENTRYWISE, TRIANGLES
from matcalc.core.tree import Expr, drop_transpose
from matcalc.engine.ir.nodes import Rational
from matcalc.engine.recovery.chains import (
    RANGES,
    Chain,
    EntryProduct,
    Link,
    LinkKey,
    flip,
    is_mask,
    key,
    may_pay,
    saved_by_turning,
)
from matcalc.engine.recovery.exponents import factors_of, join_exponents
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.masks import is_running, transpose_mask, triangles_in
from matcalc.engine.recovery.triangles import accumulate, apply_mask

_BY_ENTRIES = ENTRYWISE | {".*", "./", ".^"}
_OPENED = frozenset((*RANGES, "'"))  # that are not written as they are, alone in a chain
_PERIODS = 4  # longest repeated block that is written as a power


class ProductWriter:
    """Chains and entry-by-entry products as typed trees."""

    def __init__(
        self, factory: ExpressionFactory, resolved: Callable[[ProductWriter, Chain], Chain]
    ) -> None:
        self.factory = factory
        self._resolved = resolved  # ranges of indices as slices and blocks
        self.traces: dict[int, Chain] = {}  # what the traces that were made are traces of
        self.inside: dict[int, Chain] = {}  # the chains of which triangles were taken
        self.krons: dict[
            int, tuple[Chain, ...]
        ] = {}  # the factors of the Kronecker and Khatri-Rao products that were made
        self.inner: dict[int, Chain] = {}  # the chains of the inner products that were made
        self.products: dict[int, Chain] = {}  # and of all products
        self.factors: dict[int, EntryProduct] = {}  # and of those that were made entry by entry
        self._made: dict[object, Expr] = {}
        self.symmetric: set[int] = set()  # factors that are their own transposes

    def link(self, link: Link) -> Expr:
        """One factor; a transposed sum by its terms, (A' + B)' as A + B', where that is no longer;
        a triangle by the other.
        """
        if not link.flipped:
            return link.expr
        across = self.factory.transpose(link.expr)
        if link.expr.op == "kron" and id(link.expr) in self.krons:
            inside = reduce(
                self.factory.kron,
                [self._factor(flip(chain)) for chain in self.krons[id(link.expr)]],
            )
            return min(inside, across, key=self.factory.size)
        if link.expr.op in TRIANGLES and id(link.expr) in self.inside:
            return min(across, self._other_half(link.expr), key=self.factory.size)
        if link.expr.op not in ("+", "-") or link.expr.rank != 2:
            return across
        spread = self._spread(link.expr)
        return spread if self.factory.size(spread) <= self.factory.size(across) else across

    def _other_half(self, triangle: Expr) -> Expr:
        """tril(A)' as triu(A')."""
        name, offsets = transpose_mask(triangle)
        array = self.product(flip(self.inside[id(triangle)]))
        return self.factory.make(name, (array, *map(self.factory.number, offsets)), array.shape)

    def _spread(self, total: Expr) -> Expr:
        """The transpose of a sum as the sum of the transposes."""
        terms: list[tuple[bool, Expr]] = []
        while total.op in ("+", "-"):
            terms.append((total.op == "+", self._transpose(total.args[1])))
            total = total.args[0]
        negative = total.op == "neg"
        return self.total(
            [*terms, (not negative, self._transpose(total.args[0] if negative else total))]
        )

    def total(self, signed: Sequence[tuple[bool, Expr]]) -> Expr:
        """A sum, positive terms first, each group by the alphabet; arrays' shapes are kept when a
        scalar is broadcast.
        """
        ordered = sorted(
            signed,
            key=lambda entry: (
                not entry[0],
                self._text(entry[1]),
                self.factory.size(entry[1]),
            ),
        )
        positive, first = ordered[0]
        result = first if positive else self.factory.negative(first)
        for positive, expr in ordered[1:]:
            result = self.factory.binary("+" if positive else "-", result, expr)
        return result

    def _text(self, term: Expr) -> str:
        """What a term is sorted by: 0.1*x stands where x would, and a decimal alone at the end."""
        label = self.factory.label(term)
        if not self.factory.decimals:
            return label
        head = term
        while head.op in ("*", "/"):
            head = head.args[0]
        if head.op != "number" or head.value.denominator == 1:
            return label
        return "~" if head is term else label[len(self.factory.label(head)) :].lstrip("*")

    def _transpose(self, term: Expr) -> Expr:
        """The transpose, of a product factor by factor where that is no longer."""
        if id(term) in self.symmetric:
            return term
        if term.op == "*" and not term.args[0].shape:
            return self.factory.times(term.args[0], self._transpose(term.args[1]))
        plain = self.factory.transpose(term)
        chain = self.products.get(id(term))
        return (
            plain if chain is None else min(self.product(flip(chain)), plain, key=self.factory.size)
        )

    def product(self, chain: Chain) -> Expr:
        """The product, in this orientation, with repeated blocks as powers and cumulative sums."""
        expr, flipped, symmetric = chain[0]
        if len(chain) == 1 and not flipped and expr.op not in _OPENED:
            if symmetric:
                self.symmetric.add(id(expr))
            return expr
        name = key(chain)
        made = self._made.get(name)
        if made is None:
            made = self._made[name] = self._product(chain)
        return made

    def _product(self, chain: Chain) -> Expr:
        chain = self.project(self.open(chain))
        ops = {link.expr.op for link in chain}
        if len(chain) > 1 and "skewmat" in ops:
            chain = self._write_cross(chain)
        self.symmetric.update([id(link.expr) for link in chain if link.symmetric])
        if not ops.isdisjoint(RANGES):
            chain = self._resolved(self, chain)
            ops = {link.expr.op for link in chain}
        running = len(chain) > 1 and not ops.isdisjoint(TRIANGLES)
        if running and any(is_running(link.expr) for link in chain):
            return self._join(
                accumulate(self.factory, [self.link(link) for link in chain], self._join)
            )
        result = self._join(self._blocks(chain))
        if len(chain) > 1:
            self.products[id(result)] = chain
        return result

    def _join(self, factors: Sequence[Expr]) -> Expr:
        result: Expr | None = None
        for block in factors:
            result = block if result is None else self._append(result, block)
        assert result is not None
        return result

    def open(self, chain: Chain) -> Chain:
        """The chain with the products among its links taken apart."""
        whole = [id(expr.args[0] if expr.op == "'" else expr) for expr, _, _ in chain]
        if self.products.keys().isdisjoint(whole):
            return chain
        links: list[Link] = []
        for link in chain:
            inner = self.products.get(id(drop_transpose(link.expr)), (link,))
            links += (
                inner if inner == (link,) or link.flipped == (link.expr.op == "'") else flip(inner)
            )
        return tuple(links)

    def project(self, chain: Chain) -> Chain:
        """X*pinv(X) for pinv(X)'*X', and pinv(X)*X for X'*pinv(X)': projectors are symmetric
        (Penrose, Proc. Cambridge Philos. Soc. 51 (1955), the third and the fourth equation).
        """
        for place, link in enumerate(chain):
            if link.expr.op != "pinv" or not link.flipped:
                continue
            whole = link.expr.args[0]
            inner = self.products.get(id(whole), (Link(whole),))
            before, after, count = place - len(inner), place + 1, len(inner)
            if key(chain[after : after + count]) == key(flip(inner)):
                turned = (*chain[:place], *inner, Link(link.expr), *chain[after + count :])
                return self.project(turned)
            if before >= 0 and key(chain[before:place]) == key(flip(inner)):
                return self.project((*chain[:before], Link(link.expr), *inner, *chain[after:]))
        return chain

    def _append(self, left: Expr, right: Expr) -> Expr:
        """left*right without brackets where the right is a product itself."""
        factors = [right]
        while factors[-1].op == "*" and factors[-1].args[0].shape:
            right = factors.pop()
            factors += [right.args[1], right.args[0]]
        for factor in reversed(factors):
            left = self.factory.times(left, factor)
        return left

    def _blocks(self, chain: Chain) -> list[Expr]:
        keys, blocks, start = key(chain), [], 0
        if len(set(keys)) == len(keys):
            return [self.link(link) for link in chain]
        while start < len(chain):
            period, count = self._repeat(keys, chain, start)
            if count == 1:
                blocks.append(self.link(chain[start]))
                start += 1
                continue
            inner = chain[start : start + period]
            base = self.product(inner)
            blocks.append(self.factory.make("^", (base, self.factory.number(count)), base.shape))
            start += period * count
        return blocks

    def _repeat(self, keys: Sequence[LinkKey], chain: Chain, start: int) -> tuple[int, int]:
        """The block that repeats from here, and how often."""
        for period in range(1, min(_PERIODS, (len(keys) - start) // 2) + 1):
            block = keys[start : start + period]
            if any(link.expr.rank != 2 for link in chain[start : start + period]):
                break
            if period > 1 and len(set(block)) == 1:
                break
            count = 1
            while keys[start + count * period : start + (count + 1) * period] == block:
                count += 1
            if count > 1:
                return period, count
        return 1, 1

    def matrix(self, chain: Chain) -> Expr:
        """A matrix product in the better orientation; see ``pays``."""
        chain = self.open(chain)
        plain = self.product(chain)
        if not may_pay(chain):
            return plain
        turned = self.factory.transpose(self.product(flip(chain)))
        return turned if self.pays(plain, turned, [chain]) else plain

    def pays(self, plain: Expr, turned: Expr, chains: Sequence[Chain]) -> bool:
        """Whether a whole is written transposed: where every factor is, if that is shorter; else if
        it is by a tenth.
        """
        saved = self.factory.size(plain) - self.factory.size(turned)
        every = all(link.flipped or link.symmetric for chain in chains for link in chain)
        return saved > 0 if every else saved * 10 > self.factory.size(plain)

    def kron(self, slow: Chain, fast: Chain) -> Chain:
        """kron(slow, fast); of a column and a row it is their product."""
        left, right = self._factor(slow), self._factor(fast)
        if left.rank == right.rank == 1 and left.row != right.row:
            return fast + slow if left.row else slow + fast
        if left.op == right.op == "eye":
            return (Link(self.factory.eye(left.shape[0].times(right.shape[0])), False, True),)
        if left.rank == right.rank == 2 and (_is_one(left) or _is_one(right)):
            return fast if _is_one(left) else slow
        whole = self.factory.kron(left, right)
        self.krons[id(whole)] = self._factors("kron", slow) + self._factors("kron", fast)
        # a row is a column that is turned round
        return (
            (Link(whole, False),)
            if whole.rank == 2 or not whole.row
            else (Link(self.factory.transpose(whole), True),)
        )

    def _factor(self, chain: Chain) -> Expr:
        """A factor of a Kronecker product: a matrix or a row in the better orientation, or a
        column.
        """
        return self.product(chain) if self.shape(chain)[1] is None else self.matrix(chain)

    def khatrirao(self, slow: Chain, fast: Chain) -> Chain:
        """khatrirao(slow, fast)."""
        left, right = self.matrix(slow), self.matrix(fast)
        whole = self.factory.call(
            "khatrirao", (left, right), (left.shape[0].times(right.shape[0]), left.shape[1])
        )
        self.krons[id(whole)] = self._factors("khatrirao", slow) + self._factors("khatrirao", fast)
        return (Link(whole),)

    def cross(self, first: Chain, second: Chain) -> Chain:
        """cross(first, second)."""
        whole = self.factory.call(
            "cross", (self.product(first), self.product(second)), (Dim(3, ()),)
        )
        self.krons[id(whole)] = first, second
        return (Link(whole),)

    def _write_cross(self, chain: Chain) -> Chain:
        """skewmat(w)*x as cross(w, x), and x'*skewmat(w) as cross(x, w)'."""
        ends = [
            place
            for place, link in enumerate(chain[:-1])
            if link.expr.rank == 1 and not link.flipped
        ]
        if ends:
            return self._write_cross(chain[: ends[0] + 1]) + self._write_cross(chain[ends[0] + 1 :])
        while True:
            places = [place for place, link in enumerate(chain) if link.expr.op == "skewmat"]
            upright, lying = self.shape(chain)[1] is None, self.shape(chain)[0] is None
            if not places or not (upright or lying):
                return chain
            place = places[-1] if upright else places[0]
            vector = chain[place + 1 :] if upright else flip(chain[:place])
            axis = (Link(chain[place].expr.args[0]),)
            turned = (
                self.cross(axis, vector)
                if upright != chain[place].flipped
                else self.cross(vector, axis)
            )
            chain = chain[:place] + turned if upright else flip(turned) + chain[place + 1 :]

    def _factors(self, op: str, chain: Chain) -> tuple[Chain, ...]:
        """The factors of a product of this kind, else the chain itself."""
        link = chain[0]
        if len(chain) > 1 or link.flipped or link.expr.op != op:
            return (chain,)
        return self.krons.get(id(link.expr), (chain,))

    def spread(self, op: str, factors: Sequence[Chain]) -> Chain:
        """The Kronecker or Khatri-Rao product of several factors."""
        make: Callable[[Chain, Chain], Chain] = getattr(self, op)
        return reduce(make, factors)

    def scalar(self, chain: Chain) -> Expr:
        """A product from a row to a column, read in the direction with fewer transposes."""
        saved = saved_by_turning(chain)
        ways = [chain] if saved is None or saved <= 0 else []
        ways += [flip(chain)] if saved is None or saved >= 0 else []
        best = min([self.product(way) for way in ways], key=self.order)
        self.inner[id(best)] = chain
        return best

    def trace(self, chain: Chain) -> Expr:
        """tr of a product: of all rotations and reversals the shortest."""
        candidates = []
        for start in range(len(chain)):
            turned = chain[start:] + chain[:start]
            candidates += [turned, flip(turned)]
        best = min(
            (self.factory.make("tr", (self.product(c),)) for c in candidates), key=self.order
        )
        self.traces[id(best)] = chain
        return best

    def pairing(self, chain: Chain) -> Expr:
        """tr of a product; beside a factor that is made entry by entry the sum of the entries:
        tr(A*exp(B)') is sum(A.*exp(B)).
        """
        found = [self.trace(chain)]
        for place, link in enumerate(chain):
            rest = chain[place + 1 :] + chain[:place]
            if rest and link.expr.rank == 2 and link.expr.op in _BY_ENTRIES:
                other = rest if link.flipped else flip(rest)
                both = self.hadamard((((Link(link.expr),), 1), (other, 1)), link.expr.shape)
                found.append(self.factory.make("sum", (both,)))
        best = min(found, key=self.order)
        self.traces[id(best)] = chain
        return best

    def order(self, expr: Expr) -> tuple[int, str]:
        """Shorter first, then by the alphabet."""
        return self.factory.size(expr), self.factory.label(expr)

    def multiply(self, parts: EntryProduct, shape: Shape) -> Expr:
        """The entry-by-entry product of chains to powers, which remembers its factors."""
        whole = self.body(parts, shape)
        self.factors[id(whole)] = parts
        return whole

    def hadamard(self, parts: EntryProduct, shape: Shape) -> Expr:
        """The entry-by-entry product of chains to powers."""
        factory = self.factory
        if any(is_mask(chain) for chain, _ in parts):
            return self._triangle(parts, shape)
        powers: dict[int, tuple[Expr, Rational]] = {}
        for chain, e in parts:
            for base, exponent in factors_of(self._whole(chain), e):
                known = powers.get(id(base), (base, 0))[1]
                powers[id(base)] = base, known + exponent
        joined = join_exponents(factory, tuple(powers.values()))
        above = [(base, e) for base, e in joined if e > 0]
        below = [(base, -e) for base, e in joined if e < 0]
        above.sort(key=lambda entry: self.order(entry[0]))
        below.sort(key=lambda entry: self.order(entry[0]))
        result, divisor = self._powers(above), self._powers(below)
        if divisor is None:
            return result if result is not None else factory.fill(factory.number(1), shape)
        if result is None and len(below) == 1 and below[0][1] not in (1, Fraction(1, 2)):
            return factory.power(below[0][0], -below[0][1])
        return factory.binary("./", result if result is not None else factory.number(1), divisor)

    def _powers(self, factors: Sequence[tuple[Expr, Rational]]) -> Expr | None:
        """Powers entry by entry; of one whole exponent the power of the product: (x.*y).^2."""
        whole = factors[0][1] if factors else 1
        if whole.denominator != 1 or any(exponent != whole for _, exponent in factors):
            whole = 1
        result: Expr | None = None
        for base, exponent in factors:
            piece = self.factory.power(base, exponent / Fraction(whole))
            result = piece if result is None else self.factory.binary(".*", result, piece)
        return result if result is None else self.factory.power(result, whole)

    def mask(self, chain: Chain) -> Chain:
        """diag(u)*tril(ones)*diag(v) as tril(u*v'), and so for the ones of a band."""
        for place in range(1, len(chain) - 1):
            link = chain[place]
            triangles = triangles_in(link.expr)
            if not triangles:
                continue
            u, v = (_weights(chain[place + step]) for step in (-1, 1))
            if u is not None and v is not None:
                ones = triangles[0].args[0]
                masks = [
                    self.factory.make(each.op, (ones, *each.args[1:]), each.shape)
                    for each in triangles
                ]
                parts = [((Link(each, link.flipped),), 1) for each in masks]
                outer = (Link(u), Link(v, True))
                whole = self.hadamard((*parts, (outer, 1)), link.expr.shape)
                return self.mask((*chain[: place - 1], Link(whole), *chain[place + 2 :]))
        return chain

    def diagonals(self, chain: Chain) -> list[Expr]:
        """The ways in which the diagonal of a square product may be written as a matrix."""
        shape = (self.shape(chain)[0],)
        if len(chain) == 2 and all(link.expr.rank == 1 for link in chain):
            parts: EntryProduct = tuple([((Link(link.expr),), 1) for link in chain])
            vectors = [self.hadamard(parts, shape)]  # type: ignore[arg-type]
        else:
            both = [self.product(c) for c in (chain, flip(chain))]
            vectors = [self.factory.call("diag", (c,), shape) for c in both]  # type: ignore[arg-type]
        return [self.factory.call("diag", (vector,), shape * 2) for vector in vectors]  # type: ignore[arg-type]

    def _triangle(self, parts: EntryProduct, shape: Shape) -> Expr:
        """The product of the other parts within the triangles of ones among them."""
        rest = tuple([part for part in parts if not is_mask(part[0])])
        result = self.body(rest, shape) if rest else None
        for chain, _ in parts:
            if is_mask(chain):
                result = apply_mask(self.factory, self.link(chain[0]), result)
        assert result is not None
        if len(rest) == len(parts) - 1 == 1 and rest[0][1] == 1:
            self.inside[id(result)] = rest[0][0]
        return result

    def _whole(self, chain: Chain) -> Expr:
        return self.matrix(chain) if self.shape(chain)[1] is not None else self.product(chain)

    @staticmethod
    def shape(chain: Chain) -> tuple[Dim | None, Dim | None]:
        """Rows and columns; None at the end where a vector stands."""
        first, last = chain[0], chain[-1]
        rows = (
            first.expr.shape[-1 if first.flipped else 0]
            if first.expr.rank == 2 or not first.flipped
            else None
        )
        columns = (
            last.expr.shape[0 if last.flipped else -1]
            if last.expr.rank == 2 or last.flipped
            else None
        )
        return rows, columns

    def body(self, parts: EntryProduct, shape: Shape) -> Expr:
        """The array that the parts are."""
        if len(parts) == 1 and parts[0][1] == 1:
            return self._whole(parts[0][0])
        return self.hadamard(parts, shape)


def _weights(link: Link) -> Expr | None:
    """u of diag(u)."""
    return link.expr.args[0] if link.expr.op == "diag" and link.expr.rank == 2 else None


def _is_one(expr: Expr) -> bool:
    """Whether it is the identity with one row."""
    return expr.op == "eye" and expr.shape[0].integer == 1
