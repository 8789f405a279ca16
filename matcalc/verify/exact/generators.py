"""Transcendental functions, roots and signs in the field: opaque elements that satisfy the
relations that are known.

exp turns sums into products. Its values are random, but a new argument is first looked for among
the sums, differences and doubles of those that are known, log entering the same table from the
other side; likewise for the angle of sin and cos. A root has two signs and an identity that holds
for one need not hold for the other, so ``roots`` says which is taken; ``signs`` likewise for
sign(x), or leaves it a random element of which no relation but sign(-x) = -sign(x) is used. So do
whether x is 0, a number that is 1 or 0, and the place of the largest entry, a vector with a one
there.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import combinations_with_replacement

from matcalc.verify.exact.field import (
    P,
    Stream,
    Undecided,
    Unfit,
    VanishingDivisor,
    cube_root,
    inverse,
    is_cube,
    is_square,
    number_root,
    square_root,
)

HALF = pow(2, -1, P)
_MOST_SEARCHED = 160  # known values among which a relation is looked for
MOST_ROOTS = 4  # each doubles the number of cases
_MOST_PAIRED = 60  # the same, of pairs: twice ten arguments and their opposites, and more
_SMALL = 256  # ratios of squared roots that are recognised: a/b with a, b up to this

_PARTS = [(k, pow(k, -1, P)) for k in range(3, 9)]


class Generators:
    """The functions at one point; ``choices`` are the roots (then the signs) met, each with two
    ways to go.
    """

    def __init__(self, stream: Stream, roots: int = 0, signs: int | None = None) -> None:
        self.stream = stream
        self._root_bits = roots
        self._sign_bits = signs
        self.root_count = 0
        self.sign_count = 0
        self.opaque = False  # whether there are values of which relations may be missing
        self.rooted = False
        # of a point that will not do: which of all roots it was that the field does not have; -1
        # if it follows from others or something else failed
        self.refused = -1
        self._exp: dict[int, int] = {0: 1}
        self._log: dict[int, int] = {1: 0}
        self._turns: dict[int, tuple[int, int]] = {0: (1, 0)}  # angle -> (cos, sin)
        self._roots: dict[int, int] = {}
        self._signs: dict[int, int] = {0: 0}
        self._nonzero: set[int] = set()  # what is not 0 anywhere
        self._factors: list[int] = []  # reciprocals of elements that have a sign
        self._squares: set[int] = set()  # squares of elements that are as free as they are
        self._others: dict[tuple[str, int], int] = {}
        self._zero: dict[int, int] = {}  # x -> 1 where it is 0
        self._largest: dict[tuple[int, ...], list[int]] = {}
        self.given = True  # whether it is the input that is evaluated, or else what is stated
        self._vanishing: set[int] = set()  # exponents of what is zero
        self._loads: dict[
            int, int
        ] = {}  # of exponentials and cosines, how many free elements they are products of; else 1
        self._logged: set[int] = (
            set()
        )  # values of logarithms: their exponentials are what they are logarithms of
        self._cubes: set[int] = set()
        self.heaviest = 1
        self.borrowed = False

    @property
    def cube_count(self) -> int:
        """How many cube roots were taken."""
        return len(self._cubes)

    @property
    def all_roots(self) -> int:
        """How many square and cube roots were taken that do not follow from others."""
        return self.root_count + self.cube_count

    def _note_load(self, x: int, load: int) -> int:
        """Notes that x is a product of so many free elements."""
        self._loads[x] = load
        self.heaviest = max(self.heaviest, load)
        return x

    def _load(self, x: int) -> int:
        return self._loads.get(x, 1)

    @property
    def distinct(self) -> int:
        """How many arguments, up to sign, were met."""
        paired = (self._exp, self._turns, self._signs, self._zero)
        return sum(len(table) // 2 for table in paired) + len(self._others) + len(self._roots)

    def positive(self, x: int) -> int:
        """Notes that x stands for a positive number."""
        self._nonzero.update((x, P - x))
        return self.not_negative(x)

    def not_negative(self, x: int) -> int:
        """Notes that x stands for a positive number, as abs(k) does, or for 0 at some k."""
        self._signs.setdefault(x, 1)
        self._signs.setdefault(P - x, -1)
        return x

    def may_vanish(self, x: int) -> bool:
        """Whether x stands for a number that is positive almost everywhere and 0 somewhere."""
        return self._signs.get(x) == 1 and x not in self._nonzero

    def free_square(self) -> int:
        """A positive number, of which the root is as random as itself."""
        return self.square(self.stream.draw())

    def square(self, root: int) -> int:
        """The square of a random element, as a positive number."""
        x = root * root % P
        self._squares.add(x)
        return self.positive(x)

    def exp(self, v: int) -> int:
        """exp(v)."""
        self.opaque = True
        known = self._exp.get(v)
        self.borrowed = self.borrowed or v in self._logged
        if known is None:
            known = self._exp_by_relation(v)
            self.borrowed = self.borrowed or (known is not None and bool(self._logged))
            if known is None:
                known = self.free_square()
            self._tie(v, known)
        return known

    def _exp_by_relation(self, v: int) -> int | None:
        """exp(v) = exp(u)*exp(v - u) = exp(u)*exp(w)*exp(v - u - w), and exp(v) = exp(v/k)^k."""
        if len(self._exp) <= _MOST_SEARCHED:
            for u, m in self._exp.items():
                rest = self._exp.get((v - u) % P)
                if rest is not None:
                    return self.positive(
                        self._note_load(m * rest % P, self._load(m) + self._load(rest))
                    )
        for k, part in _PARTS:
            known = self._exp.get(v * part % P)
            if known is not None:
                return self.positive(self._note_load(pow(known, k, P), k * self._load(known)))
        if len(self._exp) <= _MOST_PAIRED:
            # exp(v) = exp(u)*exp(w)*exp(v - u - w): opposites of all that is known are known
            for (u, m), (w, other) in combinations_with_replacement(self._exp.items(), 2):
                rest = self._exp.get((v - u - w) % P)
                if rest is not None:
                    load = self._load(m) + self._load(other) + self._load(rest)
                    return self.positive(self._note_load(m * other * rest % P, load))
        double = self._exp.get(2 * v % P)
        if double is not None and double in self._squares:
            return self.positive(self._note_load(square_root(double), self._load(double)))
        return None

    def log(self, w: int) -> int:
        """log(w)."""
        if w == 0:
            raise VanishingDivisor("log of zero")
        self.opaque = True
        known = self._log.get(w)
        if known is None:
            known = self._log_by_relation(w)
            if known is None:
                known = self.stream.draw()
            self._tie(known, w)
            self._logged |= {known, -known % P}
        return known

    def _log_by_relation(self, w: int) -> int | None:
        """log(w) = log(w*m) - log(m), 2*log(w) = log(w^2)."""
        if len(self._log) <= _MOST_SEARCHED:
            for m, v in self._log.items():
                whole = self._log.get(w * m % P)
                if whole is not None:
                    return (whole - v) % P
        double = self._log.get(w * w % P)
        return double * HALF % P if double is not None and is_square(w) else None

    def _tie(self, v: int, m: int) -> None:
        """Notes exp(v) = m and exp(-v) = 1/m."""
        reciprocal = pow(m, -1, P)
        minus = -v % P
        self._exp[v], self._exp[minus] = m, reciprocal
        self._log[m], self._log[reciprocal] = v, minus
        self._loads[reciprocal] = self._load(m)
        if m in self._squares:
            self._squares.add(reciprocal)
            self.positive(reciprocal)

    def turn(self, v: int) -> tuple[int, int]:
        """(cos(v), sin(v)): a random point of the circle c^2 + s^2 = 1."""
        self.opaque = True
        known = self._turns.get(v)
        if known is None:
            known = self._turn_by_relation(v)
            if known is None:
                t = self.stream.draw()
                scale = inverse((1 + t * t) % P)
                known = ((1 - t * t) * scale % P, 2 * t * scale % P)
            self._turns[v] = known
            self._turns[-v % P] = (known[0], -known[1] % P)
        return known

    def _turn_by_relation(self, v: int) -> tuple[int, int] | None:
        if len(self._turns) <= _MOST_SEARCHED:
            for u, (c, s) in self._turns.items():
                rest = self._turns.get((v - u) % P)
                if rest is not None:
                    cosine = (c * rest[0] - s * rest[1]) % P
                    return self._note_load(cosine, self._load(c) + self._load(rest[0])), (
                        c * rest[1] + s * rest[0]
                    ) % P
        return None

    def pi(self) -> int:
        """The number pi, of which nothing is used but that it is positive, and its sine and
        cosine.
        """
        known = self._others.get(("pi", 0))
        if known is None:
            known = self._others["pi", 0] = self.free_square()
            self._roots[known] = 1  # for sqrt(2*pi)
            half = known * HALF % P
            self._turns |= {
                known: (P - 1, 0),
                -known % P: (P - 1, 0),
                half: (0, 1),
                -half % P: (0, P - 1),
            }
        return known

    def vanish(self, exponent: int) -> None:
        """Lets 0^exponent be 0. Wherever the input has a value its exponents of zero are positive;
        those of what is stated have to be among these.
        """
        if self.given:
            self._vanishing.add(exponent)
        elif exponent not in self._vanishing:
            raise Undecided("a power of zero, of which the sign of the exponent is not known")

    def odd(self, name: str, x: int) -> int:
        """A function with f(-x) = -f(x)."""
        if x == 0:
            return 0
        self.opaque = True
        known = self._others.get((name, x))
        if known is None:
            known = self._others[name, x] = self.stream.draw()
            self._others[name, P - x] = P - known
        return known

    def other(self, name: str, x: int) -> int:
        """A function of which no relation is known."""
        self.opaque = True
        known = self._others.get((name, x))
        if known is None:
            known = self._others[name, x] = self.stream.draw()
        return known

    def choice(self) -> int:
        """1 or -1, as ``roots`` says: both have to be tried."""
        if self.root_count == MOST_ROOTS:
            raise Undecided("so many roots")
        sign = -1 if self._root_bits >> self.root_count & 1 else 1
        self.root_count += 1
        return sign

    def largest(self, entries: Sequence[int]) -> list[int]:
        """A one at the place of the largest, the same for arrays that differ by a number
        everywhere.

        Without ``signs`` random weights of sum 1: what holds for all of these holds for each place.
        """
        self.opaque = True
        gaps = tuple([(x - entries[0]) % P for x in entries])
        known = self._largest.get(gaps)
        if known is None:
            count = (len(entries) - 1).bit_length()
            if self._sign_bits is None:
                known = self.stream.some(len(entries) - 1)
                known.append((1 - sum(known)) % P)
            else:
                place = (self._sign_bits >> self.sign_count & (1 << count) - 1) % len(entries)
                known = [int(k == place) for k in range(len(entries))]
            self.sign_count += count
            self._largest[gaps] = known
        whole = sum(x * weight for x, weight in zip(entries, known, strict=True))
        for x, weight in zip(entries, known, strict=True):
            gap = (x - whole) % P
            if gap:
                self._zero[gap] = self._zero[P - gap] = weight
        return known

    def zero(self, x: int) -> int:
        """1 where x is 0, else 0: of what is not zero at random points a choice, for a ``k`` in ``k
        == 1`` may well be 1.
        """
        if x == 0:
            return 1
        if x in self._nonzero:
            return 0
        known = self._zero.get(x)
        if known is None:
            known = next(
                (
                    self._zero[y]
                    for part in (HALF, *dict(_PARTS).values())
                    if (y := x * part % P) in self._zero
                ),
                None,
            )
        if known is None:
            known = (
                self.stream.draw()
                if self._sign_bits is None
                else self._sign_bits >> self.sign_count & 1
            )
            self.sign_count += 1
        self._zero[x] = self._zero[P - x] = known
        return known

    def announce(self, arguments: Sequence[int]) -> None:
        """Gives up at once where so many roots will be asked for that there will be no verdict."""
        if len({w for w in arguments if w not in self._squares}) > MOST_ROOTS:
            raise Undecided("so many roots")

    def sqrt(self, w: int) -> int:
        """A root r of w, the sign by ``roots``: all identities in r that hold for both signs hold
        for the positive root.
        """
        self.rooted = True
        if w in self._squares:
            return self.positive(square_root(w))
        try:
            root = square_root(w)
        except Unfit:
            if w and self._root_by_relation(w) is None:
                self.refused = self.all_roots
            raise
        self.not_negative(w)
        for known in (root, P - root):
            if (
                self._signs.get(known) == 1
            ):  # the root of x^2 is x where that stands for a positive number
                return known
        sign = self._roots.get(w)
        if sign is None:
            sign = self._root_by_relation(w)
            if sign is None:
                sign = self.choice()
            self._roots[w] = sign
        return self.not_negative(sign * root % P)

    def _root_by_relation(self, w: int) -> int | None:
        """The sign of sqrt(a^2*u), a a small number or what stands for a positive one, of sqrt(1/u)
        and of sqrt(u*v) from those of sqrt(u) and sqrt(v).
        """
        for u, sign in self._roots.items():
            ratio = w * pow(u, -1, P) % P
            number = _small_rational(ratio)
            if (
                number is not None
            ):  # sqrt(w) = sqrt(number)*sqrt(u), and the roots that are squares are multiplicative
                return sign if is_square(number_root(number)) else -sign
            other = 1 if w * u % P == 1 else self._roots.get(ratio)
            if other is not None:
                return sign * other
            factor = pow(ratio, (P + 1) // 4, P)  # the root that is a square
            if factor * factor % P == ratio:
                if ratio in self._squares:  # of which this is the positive root
                    return sign
                for known, own in ((factor, sign), (P - factor, -sign)):
                    if 1 in (self._signs.get(known), self._signs.get(pow(known, -1, P))):
                        return own
        return None

    def cbrt(self, w: int) -> int:
        """The cube root: real numbers have one, and so have the elements that are let through.

        Of x^3 it is x or x times a root of one, so it is not a proof before the argument is known
        to be no cube (``Judge._settle``).
        """
        self.rooted = True
        if w in self._cubes or self._follows(w):
            return cube_root(w)
        try:
            root = cube_root(w)
        except Unfit:
            if w and not is_cube(w):
                self.refused = self.all_roots
            raise
        self._cubes.add(w)
        return root

    def _follows(self, w: int) -> bool:
        """Whether the cube root of w is made of those that were taken: of a number times u, of 1/u,
        u^2 and u*v.
        """
        return any(
            w in (u * u % P, pow(u, -1, P), pow(u, -2, P))
            or (ratio := w * pow(u, -1, P) % P) in self._cubes
            or _small_rational(ratio) is not None
            for u in self._cubes
        )

    def sign(self, x: int) -> int:
        """sign(x): an opaque element or, with ``signs``, 1 or -1."""
        known = self._signs.get(x)
        if known is None:
            reciprocal = pow(x, -1, P)
            known = self._sign_by_relation(x, reciprocal)
            if known is None:
                known = self._new_sign()
                self.sign_count += 1
            self._signs[x], self._signs[P - x] = known, -known
            self._factors.append(reciprocal)
        return known % P

    def _sign_by_relation(self, x: int, reciprocal: int) -> int | None:
        """sign(x) = sign(1/x) = sign(x/k), sign(u*v) = sign(u)*sign(v)."""
        known = self._signs.get(reciprocal)
        for part in (HALF, *(part for _, part in _PARTS)):
            if known is None:
                known = self._signs.get(x * part % P)
        for inverse_of_u in self._factors[:_MOST_SEARCHED]:
            if known is not None:
                break
            rest = self._signs.get(x * inverse_of_u % P)
            if rest is not None:
                known = rest * self._signs[pow(inverse_of_u, -1, P)] % P
        return known

    def _new_sign(self) -> int:
        if self._sign_bits is None:
            return self.stream.draw()
        return -1 if self._sign_bits >> self.sign_count & 1 else 1


def _small_rational(ratio: int) -> Fraction | None:
    """a/b with small a and b if this element is such a number."""
    for b in range(1, _SMALL + 1):
        if ratio * b % P <= _SMALL:
            return Fraction(ratio * b % P, b)
    return None
