"""Between which numbers the entries of an expression lie, by interval arithmetic on its typed tree.

Ends are exact: what a function rounds is widened outwards. Moore, Kearfott & Cloud, Introduction to
Interval Analysis (2009), 5.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple

from matcalc.core.kinds import ROWS, Variable
from matcalc.core.operations import COMPARISONS, ENTRIES, OF_ENTRIES, OPERATIONS
from matcalc.core.scalars import SCALARS
from matcalc.core.tree import Expr

End = Fraction | float  # a float is infinite

INFINITE = math.inf
_MOST_BITS = 400  # of an end; beyond it nothing is said
_HIGHEST_POWER = 40
_LARGEST = 300  # of an argument of a function that may grow exponentially


class Bounds(NamedTuple):
    """All entries lie between two ends; ``above`` and ``below`` say that an end is not reached.

    Ends are exact fractions, or infinite floats. The interval is never too narrow: what is not
    known is wider.
    """

    least: End
    most: End
    above: bool = False
    below: bool = False

    def plus(self, other: Bounds) -> Bounds:
        """Of a sum."""
        return Bounds(
            self.least + other.least,
            self.most + other.most,
            self.above or other.above,
            self.below or other.below,
        )

    def negate(self) -> Bounds:
        """Of the negative."""
        return Bounds(-self.most, -self.least, self.below, self.above)

    def times(self, other: Bounds) -> Bounds:
        """Of the product of an entry of each."""
        if self.most <= 0 < -self.least:
            return self.negate().times(other).negate()
        if other.most <= 0 < -other.least:
            return self.times(other.negate()).negate()
        for one, factor in ((self, other), (other, self)):
            if factor.least == factor.most > 0:  # a number
                ends = [_times(end, factor.least) for end in one[:2]]
                return Bounds(ends[0], ends[1], one.above, one.below)
        if self.nonnegative and other.nonnegative:
            least = _times(self.least, other.least)
            strict = least == 0 and self.positive and other.positive
            return Bounds(least, _times(self.most, other.most), strict)
        ends = [_times(x, y) for x in self[:2] for y in other[:2]]
        return Bounds(min(ends), max(ends))

    def hull(self, other: Bounds) -> Bounds:
        """Of what is the one or the other."""
        least, most = min(self.least, other.least), max(self.most, other.most)
        above = all(each.above for each in (self, other) if each.least == least)
        below = all(each.below for each in (self, other) if each.most == most)
        return Bounds(least, most, above, below)

    @property
    def nonnegative(self) -> bool:
        """Whether no entry is negative."""
        return self.least >= 0

    @property
    def positive(self) -> bool:
        """Whether all entries are positive."""
        return self.least > 0 or (self.least == 0 and self.above)

    @property
    def negative(self) -> bool:
        """Whether all entries are negative."""
        return self.most < 0 or (self.most == 0 and self.below)


Known = Callable[[Expr, Bounds, Mapping[int, Bounds]], Bounds]
EVERYTHING = Bounds(-INFINITE, INFINITE)
NOT_BELOW_ZERO = Bounds(Fraction(0), INFINITE)
ABOVE_ZERO = Bounds(Fraction(0), INFINITE, above=True)
_SHARE = Bounds(Fraction(0), Fraction(1))
_KINDS = {
    row.name: Bounds(
        -INFINITE if row.least is None else Fraction(row.least),
        INFINITE if row.most is None else Fraction(row.most),
        above=row.strict,
    )
    for row in ROWS
}
_ZERO = Bounds(Fraction(0), Fraction(0))
_RANGES = {
    **dict.fromkeys(("eye", "unit", "fuse", *COMPARISONS), _SHARE),
    "epsilon": Bounds(Fraction(-1), Fraction(1)),
    "dimension": Bounds(Fraction(1), INFINITE),
    "constant": ABOVE_ZERO,
}
_CONSTANTS = {"pi": math.pi}
_ENTRIES = {**ENTRIES, "'": "moved", "slice": "taken", "fill": "spread"}


def entry_bounds(tree: Expr, variables: Mapping[str, Variable], known: Known) -> Bounds:
    """Between which numbers all entries lie, wherever the expression has a value; ``known`` says
    what else is known of a part, given its bounds and those of the parts before it.
    """
    found: dict[int, Bounds] = {}
    for node in tree.parts:
        args = [found[id(arg)] for arg in node.args]
        result = _of(node, args, variables)
        found[id(node)] = _limit(meet(result, known(node, result, found)))
    return found[id(tree)]


def _of(node: Expr, args: list[Bounds], variables: Mapping[str, Variable]) -> Bounds:
    op = node.op
    if op == "number":
        return Bounds(node.value, node.value)
    if op == "constant" and node.value in _CONSTANTS:
        value = _CONSTANTS[str(node.value)]
        return Bounds(_outward(value, -1), _outward(value, 1))
    if op == "variable":
        variable = variables.get(str(node.value))
        return _KINDS.get(variable.kind, EVERYTHING) if variable is not None else EVERYTHING
    if op == "+":
        return args[0].plus(args[1])
    if op == "-":
        return args[0].plus(args[1].negate())
    if op == "neg":
        return args[0].negate()
    if op in ("*", ".*", "/", "./", "dot"):
        return _product(node, args)
    if op in ("^", ".^"):
        return _power(node, args[0], args[1]) if op == ".^" or not node.shape else EVERYTHING
    if op in _ENTRIES and args:
        return _of_entries(node, args[0])
    if op == "prod":
        return _of_signs(args[0]) if args[0].nonnegative else EVERYTHING
    if op == "where":
        return args[1].hull(args[2])
    if op == "blocks" or op in OF_ENTRIES:
        return _of_several(op, args)
    return _function(op, args)


def _of_entries(node: Expr, a: Bounds) -> Bounds:
    """Of what is made of the entries of its argument."""
    how = _ENTRIES[node.op]
    if how == "summed":
        return _of_signs(a)
    if how == "signed":
        a = a.hull(a.negate())
    zeros = how in ("signed", "spread") and node.rank >= node.args[0].rank  # diag of a matrix
    return a.hull(_ZERO) if zeros else a


def _function(op: str, args: list[Bounds]) -> Bounds:
    row = OPERATIONS.get(op)
    if row is None:
        return _RANGES.get(op, EVERYTHING)
    above, below = [end in row.avoids for end in row.values or (-INFINITE, INFINITE)]
    if row.monotone == 1 and op in SCALARS and len(args) == 1:
        (a,) = args
        flat = row.branches != ""  # relu of negative numbers, where its end is reached
        return Bounds(
            _value(op, a.least, -1),
            _value(op, a.most, 1),
            (a.above and not (flat and a.least < 0)) or (above and a.least == -INFINITE),
            (a.below and not (flat and a.most <= 0)) or (below and a.most == INFINITE),
        )
    if row.monotone == 2 and row.parity == 1 and op in SCALARS:
        return _even(op, args[0])
    if row.values is None:
        return EVERYTHING
    return Bounds(_end(row.values[0], -1), _end(row.values[1], 1), above, below)


def _even(op: str, a: Bounds) -> Bounds:
    """Of functions that are the same at x and -x, and rise for positive x."""
    low: End = -a.least if a.least < 0 else a.least
    high: End = -a.most if a.most < 0 else a.most
    if low > high:
        low, high = high, low
    least: End = Fraction(0) if a.least <= 0 <= a.most else low
    if op == "abs":
        return Bounds(least, high, least == 0 and (a.positive or a.negative))
    return Bounds(_value(op, least, -1), _value(op, high, 1))


def _value(op: str, end: End, side: int) -> End:
    """The value of a rising function at an end, rounded outwards."""
    row = OPERATIONS[op]
    start = -INFINITE if row.starts is None else row.starts
    limits = row.values or (-INFINITE, INFINITE)
    low, high = _end(limits[0], -1), _end(limits[1], 1)
    x = float(end)
    if x in (INFINITE, start) or x < start:
        return high if x == INFINITE else low
    if abs(x) > _LARGEST:  # only the limits are certain
        return low if side < 0 else high
    value: End = _outward(SCALARS[op](x), side)
    value = low if value < low else value
    return high if value > high else value


def _end(value: float, side: int) -> End:
    """An end of a row: one that is not whole is rounded, as pi/2."""
    if not math.isfinite(value):
        return value
    return Fraction(value) if value == int(value) else _outward(value, side)


def _outward(value: float, side: int) -> Fraction:
    return Fraction(value) + side * abs(Fraction(value)) / 10**12


def _times(a: End, b: End) -> End:
    return Fraction(0) if a == 0 or b == 0 else a * b


def _product(node: Expr, args: list[Bounds]) -> Bounds:
    left, right = args
    if node.op in ("/", "./"):
        if right.nonnegative:  # where it is zero there is no value
            return left.times(_reciprocal(right._replace(above=True)))
        if right.most <= 0:
            return left.times(_reciprocal(right.negate()._replace(above=True)).negate())
        return EVERYTHING
    if node.op == ".*" or not node.args[0].shape or not node.args[1].shape:
        return left.times(right)
    outer = node.args[0].rank == node.args[1].rank == 1 and node.rank == 2
    return left.times(right) if outer else _of_signs(left.times(right))


def _reciprocal(a: Bounds) -> Bounds:
    """1/a of what is positive; where nothing is, of no number."""
    if a.most <= 0:
        return ABOVE_ZERO
    most = INFINITE if a.least == 0 else 1 / a.least
    least = Fraction(0) if a.most == INFINITE else 1 / a.most
    return Bounds(least, most, least == 0 or a.below, a.above)


def _power(node: Expr, base: Bounds, exponent: Bounds) -> Bounds:
    if exponent.least != exponent.most:
        return ABOVE_ZERO if base.positive else EVERYTHING
    k = Fraction(exponent.least)
    if k < 0:
        above = _power(node, base, Bounds(-k, -k))
        if above.nonnegative:  # where it is zero there is no value
            return _reciprocal(above._replace(above=True))
        return EVERYTHING
    if k == 0:
        return Bounds(Fraction(1), Fraction(1))
    if k.denominator != 1:
        if not base.nonnegative or base.most > _LARGEST or k > _HIGHEST_POWER:
            return NOT_BELOW_ZERO._replace(above=base.positive)
        low, high = (float(end) ** float(k) for end in (base.least, base.most))
        return Bounds(_outward(low, -1), _outward(high, 1), base.above, base.below)
    if k % 2 == 0 and base.most <= 0:
        base = base.negate()
    elif k % 2 == 0 and not base.nonnegative:
        base = Bounds(Fraction(0), max(-base.least, base.most))
    if k > _HIGHEST_POWER:
        return _of_signs(base)
    return Bounds(_raise(base.least, k), _raise(base.most, k), base.above, base.below)


def _raise(end: End, k: Fraction) -> End:
    power = int(k)
    return end**power if isinstance(end, Fraction) else (end if power % 2 or end > 0 else INFINITE)


def _of_signs(a: Bounds) -> Bounds:
    """What the signs of the entries say of their sums and products."""
    if a.nonnegative:
        return ABOVE_ZERO if a.positive else NOT_BELOW_ZERO
    return EVERYTHING if a.most > 0 else Bounds(-INFINITE, Fraction(0), below=a.negative)


def _of_several(op: str, args: list[Bounds]) -> Bounds:
    if op == "blocks" or len(args) == 1:
        whole = args[0]
        for other in args[1:]:
            whole = whole.hull(other)
        return whole
    choose = max if op == "max" else min
    least, most = choose(a.least for a in args), choose(a.most for a in args)
    return Bounds(least, most, all(a.above for a in args), all(a.below for a in args))


def meet(a: Bounds, b: Bounds) -> Bounds:
    """What lies within both."""
    low, high = (
        max(a, b, key=lambda each: (each.least, each.above)),
        min(a, b, key=lambda each: (each.most, not each.below)),
    )
    return Bounds(low.least, high.most, low.above, high.below)


def _limit(a: Bounds) -> Bounds:
    """The same without ends that are too long to work with, or no numbers."""
    least, most = a.least, a.most
    if _is_long(least):
        least = Fraction(0) if least > 0 else -INFINITE
    if _is_long(most):
        most = Fraction(0) if most < 0 else INFINITE
    return a._replace(least=least, most=most)


def _is_long(end: End) -> bool:
    if isinstance(end, float):
        return math.isnan(end)
    return max(end.numerator.bit_length(), end.denominator.bit_length()) > _MOST_BITS
