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
from matcalc.core.operations import OPERATIONS
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder

End = Fraction | float  # a float is infinite

INFINITE = math.inf
_MOST_BITS = 400  # of an end; beyond it nothing is said
_HIGHEST_POWER = 40
_LARGEST = 300  # of an argument of a function that may grow exponentially


class Bounds(NamedTuple):
    """All entries lie between two ends; ``above`` and ``below`` say that an end is not reached."""

    least: End
    most: End
    above: bool = False
    below: bool = False

    @property
    def nonnegative(self) -> bool:
        """Whether no entry is below zero."""
        return self.least >= 0

    @property
    def positive(self) -> bool:
        """Whether all entries are above zero."""
        return self.least > 0 or (self.least == 0 and self.above)

    @property
    def negative(self) -> bool:
        """Whether all entries are below zero."""
        return self.most < 0 or (self.most == 0 and self.below)


EVERYTHING = Bounds(-INFINITE, INFINITE)
_NONNEGATIVE = Bounds(Fraction(0), INFINITE)
_POSITIVE = Bounds(Fraction(0), INFINITE, above=True)
_SHARE = Bounds(Fraction(0), Fraction(1))
_AROUND = Bounds(Fraction(-1), Fraction(1))
_KINDS = {
    row.name: Bounds(
        -INFINITE if row.least is None else Fraction(row.least),
        INFINITE if row.most is None else Fraction(row.most),
        above=row.strict,
    )
    for row in ROWS
}
_RANGES = {
    "eye": _SHARE,
    "unit": _SHARE,
    "dimension": Bounds(Fraction(1), INFINITE),
    "constant": _POSITIVE,
}
_CONSTANTS = {"pi": math.pi}
_RISING: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "expm1": math.expm1,
    "log": math.log,
    "log1p": math.log1p,
    "sqrt": math.sqrt,
    "tanh": math.tanh,
    "erf": math.erf,
    "sinh": math.sinh,
    "atan": math.atan,
    "sigmoid": lambda x: 0.5 * (1 + math.tanh(x / 2)),
    "normcdf": lambda x: 0.5 * math.erfc(-x / math.sqrt(2)),
    "softplus": lambda x: max(x, 0.0) + math.log1p(math.exp(-abs(x))),
    "relu": lambda x: max(x, 0.0),
}
_EXACT = {0.0: ("expm1", "log1p", "sqrt", "tanh", "erf", "sinh", "atan", "relu"), 1.0: ("log",)}
_KEEPING = ("'", "vec", "slice", "reshape", "fill", "mean", "permute")


def entry_bounds(
    tree: Expr, variables: Mapping[str, Variable], known: Callable[[Expr], Bounds]
) -> Bounds:
    """Between which numbers all entries lie, wherever the expression has a value; ``known`` is what
    else is known of a scalar that is a product or a power.
    """
    found: dict[int, Bounds] = {}
    for node in postorder(tree, lambda node: node.args):
        args = [found[id(arg)] for arg in node.args]
        result = _of(node, args, variables)
        if not node.shape and node.op in ("*", "^", "det") and result.least < 0 < result.most:
            result = _meet(result, known(node))
        found[id(node)] = _limit(result)
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
        return _sum(args[0], args[1])
    if op == "-":
        return _sum(args[0], _negative(args[1]))
    if op == "neg":
        return _negative(args[0])
    if op in ("*", ".*", "/", "./"):
        return _product(node, args)
    if op in ("^", ".^"):
        return _power(node, args[0], args[1]) if op == ".^" or not node.shape else EVERYTHING
    if op in _KEEPING and args:
        return args[0]
    if op in ("sum", "tr", "cumsum", "prod"):
        return _of_signs(args[0]) if len(args) == 1 else EVERYTHING
    if op == "diag" and node.rank < node.args[0].rank:
        return args[0]
    if op in ("diag", "tril", "triu"):
        return _hull(args[0], Bounds(Fraction(0), Fraction(0)))
    if op in ("blocks", "max", "min"):
        return _of_several(op, args)
    return _function(op, args)


def _function(op: str, args: list[Bounds]) -> Bounds:
    if op in _RANGES:
        return _RANGES[op]
    if op not in OPERATIONS:
        return EVERYTHING
    row = OPERATIONS[op]
    if op in _RISING and len(args) == 1:
        return Bounds(
            _value(op, args[0].least, -1),
            _value(op, args[0].most, 1),
            args[0].above or (row.strict and args[0].least == -INFINITE),
            args[0].below or (row.strict and args[0].most == INFINITE),
        )
    if op in ("abs", "cosh"):
        return _even(op, args[0])
    if row.values is None:
        return EVERYTHING
    least, most = map(_end, row.values)
    return Bounds(least, most, row.strict, row.strict)


def _even(op: str, a: Bounds) -> Bounds:
    """Of functions that are the same at x and -x, and rise above zero."""
    low: End = -a.least if a.least < 0 else a.least
    high: End = -a.most if a.most < 0 else a.most
    if low > high:
        low, high = high, low
    least: End = Fraction(0) if a.least <= 0 <= a.most else low
    if op == "abs":
        return Bounds(least, high, least == 0 and (a.positive or a.negative))
    return Bounds(
        _outward(math.cosh(min(float(least), _LARGEST)), -1) if least else Fraction(1), INFINITE
    )


def _value(op: str, end: End, side: int) -> End:
    """The value of a rising function at an end, rounded outwards."""
    row = OPERATIONS[op]
    start = -INFINITE if row.starts is None else row.starts
    low, high = map(_end, row.values or (-INFINITE, INFINITE))  # its limits
    x = float(end)
    if x in (INFINITE, start) or x < start:
        return high if x == INFINITE else low
    if abs(x) > _LARGEST:  # only the limits are certain
        return low if side < 0 else high
    if x in _EXACT and op in _EXACT[x]:
        return Fraction(0)
    value: End = _outward(_RISING[op](x), side)
    value = low if value < low else value
    return high if value > high else value


def _end(value: float) -> End:
    return Fraction(str(value)) if math.isfinite(value) else value


def _outward(value: float, side: int) -> Fraction:
    return Fraction(value) + side * abs(Fraction(value)) / 10**12


def _sum(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(a.least + b.least, a.most + b.most, a.above or b.above, a.below or b.below)


def _negative(a: Bounds) -> Bounds:
    return Bounds(-a.most, -a.least, a.below, a.above)


def _times(a: End, b: End) -> End:
    return Fraction(0) if a == 0 or b == 0 else a * b


def _scale(a: Bounds, b: Bounds) -> Bounds:
    """The products of an entry of each."""
    if a.nonnegative and b.nonnegative:
        strict = a.positive and b.positive
        least = _times(a.least, b.least)
        return Bounds(least, _times(a.most, b.most), least == 0 and strict)
    if a.nonnegative and b.most <= 0:
        return _negative(_scale(a, _negative(b)))
    if b.nonnegative and a.most <= 0:
        return _negative(_scale(_negative(a), b))
    if a.most <= 0 and b.most <= 0:
        return _scale(_negative(a), _negative(b))
    ends = [_times(x, y) for x in (a.least, a.most) for y in (b.least, b.most)]
    return Bounds(min(ends), max(ends))


def _product(node: Expr, args: list[Bounds]) -> Bounds:
    left, right = args
    if node.op in ("/", "./"):
        if right.positive:
            return _scale(left, _reciprocal(right))
        return (
            _scale(left, _negative(_reciprocal(_negative(right))))
            if right.negative
            else (EVERYTHING)
        )
    if node.op == ".*" or not node.args[0].shape or not node.args[1].shape:
        return _scale(left, right)
    outer = node.args[0].rank == node.args[1].rank == 1 and node.rank == 2
    return _scale(left, right) if outer else _of_signs(_scale(left, right))


def _reciprocal(a: Bounds) -> Bounds:
    """1/a of what is above zero."""
    most = INFINITE if a.least == 0 else 1 / a.least
    least = Fraction(0) if a.most == INFINITE else 1 / a.most
    return Bounds(least, most, least == 0 or a.below, a.above)


def _power(node: Expr, base: Bounds, exponent: Bounds) -> Bounds:
    if exponent.least != exponent.most:
        return _POSITIVE if base.positive else EVERYTHING
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
            return _NONNEGATIVE._replace(above=base.positive)
        low, high = (float(end) ** float(k) for end in (base.least, base.most))
        return Bounds(_outward(low, -1), _outward(high, 1), base.above, base.below)
    if k % 2 == 0 and base.most <= 0:
        base = _negative(base)
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
        return _POSITIVE if a.positive else _NONNEGATIVE
    return EVERYTHING if a.most > 0 else Bounds(-INFINITE, Fraction(0), below=a.negative)


def _of_several(op: str, args: list[Bounds]) -> Bounds:
    if op == "blocks" or len(args) == 1:
        whole = args[0]
        for other in args[1:]:
            whole = _hull(whole, other)
        return whole
    choose = max if op == "max" else min
    least, most = choose(a.least for a in args), choose(a.most for a in args)
    return Bounds(least, most, all(a.above for a in args), all(a.below for a in args))


def _hull(a: Bounds, b: Bounds) -> Bounds:
    least, most = min(a.least, b.least), max(a.most, b.most)
    above = all(each.above for each in (a, b) if each.least == least)
    below = all(each.below for each in (a, b) if each.most == most)
    return Bounds(least, most, above, below)


def _meet(a: Bounds, b: Bounds) -> Bounds:
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
