"""Numbers, scalar factors and an array put together as one writes them: ``2*s*A*x/t``."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction

from matcalc.core.decimals import places, shorter_as_decimal
from matcalc.core.tree import Expr, is_number
from matcalc.engine.ir.nodes import Rational, magnitude
from matcalc.engine.recovery.chains import Scalars, Term
from matcalc.engine.recovery.exponents import find_named_bases, join_exponents
from matcalc.engine.recovery.factory import ExpressionFactory
from matcalc.engine.recovery.writer import ProductWriter


class Assembler:
    """Writes terms. ``roots`` maps a scalar that is a square sum to the array of which it is the
    squared norm.
    """

    def __init__(
        self,
        factory: ExpressionFactory,
        writer: ProductWriter,
        roots: Mapping[int, Expr],
        *,
        decimals: bool = False,
    ) -> None:
        self.decimals = decimals  # whether quotients of numbers are always written so
        self.factory = factory
        self.writer = writer
        self.roots = roots
        self._known: dict[Term, Expr] = {}
        self.made: dict[int, Term] = {}  # the terms that trees were made of

    def term(self, term: Term) -> Expr:
        """The whole term."""
        found = self._known.get(term)
        if found is None:
            found = self._known[term] = self._term(term)
            self.made[id(found)] = term
        return found

    def take_apart(self, expr: Expr) -> tuple[Rational, Scalars, Expr | None]:
        """The number and the scalars in front of a chain, and the chain: X*Y/c is not a factor of
        its own in X*Y/c*Z; of a scalar all of its factors.
        """
        term = self.made.get(id(expr))
        if term is not None and term.scalars and expr.op != "^":  # a squared norm stays one
            if not term.shape:
                return term.coefficient, term.scalars, None
            if term.parts:
                return term.coefficient, term.scalars, self.writer.body(term.parts, term.shape)
        return 1, (), expr

    def _term(self, term: Term) -> Expr:
        if not term.shape:
            return self.scale(term.coefficient, term.scalars, None)
        plain = self.scale(term.coefficient, term.scalars, self.writer.body(term.parts, term.shape))
        if not term.scalars:
            return plain
        exponents = {exponent for _, exponent in term.parts}
        if len(exponents) != 1 or exponents & {1, -1}:
            return plain
        if any(not self._joins(exponent) for exponent in exponents):
            return plain
        inside = self._inside(term, exponents.pop())
        return plain if inside is None else min(inside, plain, key=self.factory.size)

    def _inside(self, term: Term, exponent: Rational) -> Expr | None:
        """x.^2/t^2 written as (x/t).^2, t^2*x.^-2 as (t./x).^2; None where no scalar fits."""
        above = any(e > 0 and magnitude(e) == magnitude(exponent) for _, e in term.scalars)
        turned = exponent < 0 and above
        exponent = magnitude(exponent) if turned else exponent
        moved = tuple(
            [
                (scalar, e / Fraction(exponent))
                for scalar, e in term.scalars
                if magnitude(e) == magnitude(exponent)
            ]
        )
        kept = tuple(
            [
                (scalar, e)
                for scalar, e in term.scalars
                if (scalar, e / Fraction(exponent)) not in moved
            ]
        )
        if not moved:
            return None
        inner = self.scale(
            1,
            moved,
            self.writer.body(
                tuple([(chain, -1 if turned else 1) for chain, _ in term.parts]), term.shape
            ),
        )
        return self.scale(term.coefficient, kept, self.factory.power(inner, exponent))

    def scale(self, coefficient: Rational, scalars: Scalars, body: Expr | None) -> Expr:
        """``coefficient * scalars * body``; numerators in front, denominators after."""
        factory = self.factory
        if not scalars and body is not None and coefficient in (1, -1):
            return body if coefficient == 1 else factory.negative(body)
        above: list[Expr] = []
        below: list[Expr] = []
        if scalars:
            scalars = self.means(self._determinants(scalars))
        named = find_named_bases(scalars)
        for base, exponent in self._join_powers([self._root(*entry, named) for entry in scalars]):
            (above if exponent > 0 else below).append(factory.power(base, magnitude(exponent)))
        if len(above) > 1:
            above.sort(key=self.writer.order)
        if len(below) > 1:
            below.sort(key=self.writer.order)
        negative, c = coefficient < 0, magnitude(coefficient)
        divisor = (
            body.args[1]
            if body is not None and body.op == "./" and is_number(body.args[0], 1)
            else None
        )
        if (
            divisor is not None and divisor.shape and (above or c.numerator != 1)
        ):  # s*(1./x)/t as s./(t*x)
            numerator = self.scale(
                c.numerator, tuple([(base, Fraction(1)) for base in above]), None
            )
            whole = [
                *([factory.number(c.denominator)] if c.denominator != 1 else []),
                *below,
                divisor,
            ]
            result = factory.binary("./", numerator, self._product(whole))
            return factory.negative(result) if negative else result
        alone = factory.decimals and body is None and not above
        divided = c.denominator != 1 and not (
            ((alone or self.decimals) and places(Fraction(c)))
            or shorter_as_decimal(Fraction(c), typed=factory.decimals)
        )
        front = c.numerator if divided else c
        number = factory.number(front) if front != 1 else None
        if divided:
            below.insert(0, factory.number(c.denominator))
        pieces = [number] if number is not None else []
        pieces += above
        if body is not None:
            if (
                body.op == "fill"
                and body.args[0].op == "number"
                and body.args[0].value == 1
                and pieces
                and not below
            ):
                body, pieces = factory.fill(self._product(pieces), body.shape), []
            pieces.append(body)
        result = self._product(pieces) if pieces else factory.number(1)
        if below:
            result = factory.make("/", (result, self._product(below)), result.shape, row=result.row)
        return factory.negative(result) if negative else result

    def _join_powers(
        self, scalars: Sequence[tuple[Expr, Rational]]
    ) -> Sequence[tuple[Expr, Rational]]:
        """a^2*b^2 written as (a*b)^2, and a^2/b^2 as (a/b)^2."""
        if len(scalars) < 2:
            return scalars
        scalars = join_exponents(self.factory, scalars)
        groups: dict[Rational, list[tuple[Expr, Rational]]] = {}
        for base, exponent in scalars:
            groups.setdefault(magnitude(exponent), []).append((base, exponent))
        joined = []
        for power, members in groups.items():
            if power == 1 or len(members) == 1 or not self._joins(power):
                joined += members
                continue
            first = 1 if any(exponent > 0 for _, exponent in members) else -1
            inside = tuple(
                (base, Fraction(first if exponent > 0 else -first)) for base, exponent in members
            )
            joined.append((self.scale(1, inside, None), first * power))
        return joined

    def _joins(self, exponent: Rational) -> bool:
        """Whether a^e*b^e is (a*b)^e."""
        return exponent.denominator == 1 or not self.factory.branches

    def _product(self, pieces: list[Expr]) -> Expr:
        result = pieces[0]
        for index, piece in enumerate(pieces[1:], 2):
            # an inner product in the middle keeps its brackets: 2*(x'*A*x)*x
            closed = not piece.shape and (index < len(pieces) or _inner(pieces[index - 2]))
            result = self.factory.times(result, piece) if closed else self._join(result, piece)
        return result

    def _join(self, left: Expr, right: Expr) -> Expr:
        """left*right with the right chain taken apart, so that it prints without brackets."""
        if right.op == "*" and not left.shape:
            return self.factory.times(self._join(left, right.args[0]), right.args[1])
        return self.factory.times(left, right)

    def _determinants(self, scalars: Scalars) -> Scalars:
        """det(A)*det(B) written as det(A*B)."""
        groups: dict[tuple[object, Rational], list[Expr]] = {}
        for base, exponent in scalars:
            if base.op == "det":
                groups.setdefault((base.args[0].shape, exponent), []).append(base)
        joined: list[tuple[Expr, Rational]] = [entry for entry in scalars if entry[0].op != "det"]
        for (_, exponent), bases in groups.items():
            product = bases[0].args[0]
            for base in bases[1:]:
                product = self._join(product, base.args[0])
            joined.append(
                (self.factory.call("det", (product,), ()) if len(bases) > 1 else bases[0], exponent)
            )
        return tuple(joined)

    def means(self, scalars: Scalars) -> Scalars:
        """sum(x)/n written as mean(x), where n is the length of x; sum(X)/(m*n) as mean(X), and
        sum(x)*sum(y)/n^2 as mean(x)*mean(y).
        """
        left = {base.value: -e for base, e in scalars if base.op == "dimension" and e < 0}
        found: list[tuple[Expr, Rational]] = []
        for base, exponent in scalars if left else ():
            needed = Counter(base.args[0].shape) if base.op == "sum" and exponent > 0 else {}
            if needed and all(left.get(n, 0) >= k * exponent for n, k in needed.items()):
                base = self.factory.call("mean", base.args, ())
                left.update({n: left[n] - k * exponent for n, k in needed.items()})
            found.append((base, exponent))
        if all(base is old for (base, _), (old, _) in zip(found, scalars, strict=False)):
            return scalars
        kept = [(b, -left[b.value] if b.op == "dimension" and e < 0 else e) for b, e in found]
        return tuple([entry for entry in kept if entry[1]])

    def _root(self, base: Expr, exponent: Rational, named: set[int]) -> tuple[Expr, Rational]:
        """A square sum to a power, as a power of the norm where that is shorter, or is there
        to a power with a name.
        """
        root = self.roots.get(id(base))
        if root is None:
            return base, exponent
        norm = self.factory.call("norm2", (root,), ())
        plain, normed = (
            self.factory.power(base, magnitude(exponent)),
            self.factory.power(norm, 2 * magnitude(exponent)),
        )
        if self.factory.size(normed) < self.factory.size(plain) or id(norm) in named:
            return norm, 2 * exponent
        return base, exponent


def _inner(expr: Expr) -> bool:
    """Whether this is an inner product written out."""
    return expr.op == "*" and not expr.shape and expr.args[0].rank > 0
