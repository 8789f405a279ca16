"""Bounds that all entries of an expression keep, whatever its variables are: what proves that a
side of a kink is empty.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from matcalc.core.kinds import Variable
from matcalc.core.operations import COMPARISONS
from matcalc.core.tree import Expr


class Bounds(NamedTuple):
    """The least and the largest that an entry may be."""

    low: float = -math.inf
    high: float = math.inf

    def plus(self, other: Bounds) -> Bounds:
        """Of a sum."""
        return Bounds(_sum(self.low, other.low, -math.inf), _sum(self.high, other.high, math.inf))

    def negative(self) -> Bounds:
        """Of the negative."""
        return Bounds(-self.high, -self.low)

    def times(self, other: Bounds) -> Bounds:
        """Of a product."""
        ends = [0.0 if 0.0 in (a, b) else a * b for a in self for b in other]
        return Bounds(min(ends), max(ends))

    def reciprocal(self) -> Bounds:
        """Of 1/x."""
        if self.low >= 0:
            return Bounds(1 / self.high, math.inf if self.low == 0 else 1 / self.low)
        return self.negative().reciprocal().negative() if self.high <= 0 else Bounds()

    def hull(self, other: Bounds) -> Bounds:
        """Of what is the one or the other."""
        return Bounds(min(self.low, other.low), max(self.high, other.high))

    def size(self) -> Bounds:
        """Of the absolute value."""
        if self.low >= 0:
            return self
        return self.negative() if self.high <= 0 else Bounds(0.0, max(-self.low, self.high))


_ONE = Expr("number", (), (), value=Fraction(1))
_LONGEST = 100  # factors of a product that is looked at as a whole
_UNIT = Bounds(0.0, 1.0)
_SIGNED = Bounds(-1.0, 1.0)
_POSITIVE = Bounds(0.0, math.inf)


def bounds(tree: Expr, variables: Mapping[str, Variable]) -> Bounds:
    """Bounds of the entries; not the closest ones."""
    known: dict[int, Bounds] = {}
    keys: dict[int, int] = {id(_ONE): -1}
    known[id(_ONE)] = Bounds(1.0, 1.0)
    table: dict[Any, int] = {}
    definite: set[int] = set()
    for node in tree.parts:
        key = (
            node.op,
            node.value if node.op != "einsum" else str(node.value),
            node.shape,
            *(keys[id(arg)] for arg in node.args),
        )
        keys[id(node)] = table.setdefault(key, len(table))
        args = [known[id(arg)] for arg in node.args]
        if _is_definite(node, variables, known, keys, definite):
            definite.add(id(node))
        known[id(node)] = _of_psd(node, known, keys, definite) or _step(
            node, args, variables, [keys[id(arg)] for arg in node.args]
        )
    return known[id(tree)]


def dominates(big: Expr, small: Expr) -> bool:
    """Whether an entry of the first is never below that of the second: max(x, y), abs(x), relu(x)
    and amax(x) beside x.
    """
    keys: dict[int, int] = {}
    table: dict[Any, int] = {}
    for tree in (big, small):
        for node in tree.parts:
            key = (node.op, str(node.value), node.shape, *(keys[id(arg)] for arg in node.args))
            keys[id(node)] = table.setdefault(key, len(table))

    def of(tree: Expr, ops: tuple[str, ...], inside: Expr) -> bool:
        return tree.op in ops and keys[id(inside)] in [keys[id(arg)] for arg in tree.args]

    if big.op == "norminf" and small.op == "abs":
        return of(big, ("norminf",), small.args[0])
    return of(big, ("max", "amax", "abs", "relu"), small) or of(small, ("min", "amin"), big)


def _step(
    node: Expr, args: list[Bounds], variables: Mapping[str, Variable], keys: list[int]
) -> Bounds:
    op = node.op
    if op == "variable":
        return (
            _KINDS.get(variables[node.value].kind, Bounds())
            if node.value in variables
            else Bounds()
        )
    if op == "number":
        try:
            return Bounds(float(node.value), float(node.value))
        except OverflowError:
            return Bounds()
    if op in _FIXED:
        return _FIXED[op]
    if op in (".*", "*", "dot"):
        entrywise = op == ".*" or not (node.args[0].shape and node.args[1].shape)
        same = keys[0] == keys[1] and (entrywise or op == "dot" or node.args[0].rank == 1)
        return _product(args, same=same, entrywise=entrywise)
    if op in ("^", ".^"):
        return _power(node, args)
    if op in _RULES:
        return _RULES[op](*args)
    if op in _MONOTONE:
        return Bounds(
            _value(_MONOTONE[op], args[0].low, -math.inf),
            _value(_MONOTONE[op], args[0].high, math.inf),
        )
    if op in _KEEPING:
        return args[0]
    if op in _ADDING:  # of sums only the sign is known, and of what is filled up with zeros
        return Bounds(
            0.0 if args[0].low >= 0 else -math.inf, 0.0 if args[0].high <= 0 else math.inf
        )
    if op == "blocks":
        result = args[0]
        for other in args[1:]:
            result = result.hull(other)
        return result
    return Bounds()


def _of_psd(
    node: Expr, known: Mapping[int, Bounds], keys: Mapping[int, int], definite: set[int]
) -> Bounds | None:
    """x'*x, x'*A*x, the trace and the determinant of a positive semidefinite A, and the trace of a
    product of two; notes which are.
    """
    args = node.args
    if node.op in ("tr", "det") and id(args[0]) in definite:
        return _POSITIVE
    if node.op == "tr" and args[0].op == "*" and all(id(arg) in definite for arg in args[0].args):
        return _POSITIVE
    if node.op == "*" and node.rank == 0 and any(arg.rank for arg in args):
        scalars, factors = _chain(node)
        if _is_congruence(factors, keys, definite):
            found = _POSITIVE
            for turn, scalar in scalars:
                found = found.times(known[id(scalar)] if turn > 0 else known[id(scalar)].negative())
            return found
    return None


def _is_definite(
    node: Expr,
    variables: Mapping[str, Variable],
    known: Mapping[int, Bounds],
    keys: Mapping[int, int],
    definite: set[int],
) -> bool:
    """Whether a matrix is positive semidefinite: one declared so, the identity, A'*A, B'*A*B, sums,
    inverses and positive multiples of such.
    """
    args = node.args
    if node.op == "variable":
        return node.value in variables and variables[node.value].kind == "psd"
    if node.op in ("+", "inv", "'"):
        return all(id(arg) in definite for arg in args)
    if node.op == "*" and node.rank == 2:
        scalars, factors = _chain(node)
        positive = all(
            known[id(scalar)].low >= 0 if turn > 0 else known[id(scalar)].high <= 0
            for turn, scalar in scalars
        )
        return positive and _is_congruence(factors, keys, definite)
    return node.op == "eye"


def _chain(product: Expr) -> tuple[list[tuple[int, Expr]], list[tuple[Expr, bool]]]:
    """The scalars of a product, each with a sign, and its other factors in order, each with whether
    it is transposed.
    """
    scalars: list[tuple[int, Expr]] = []
    factors: list[tuple[Expr, bool]] = []
    todo = [(product, False)]
    while todo:
        node, turned = todo.pop()
        if node.op == "'":
            todo.append((node.args[0], not turned))
        elif node.op == "neg" and node.rank:
            scalars.append((-1, _ONE))
            todo.append((node.args[0], turned))
        elif node.rank == 0 and node is not product:
            scalars.append((1, node))
        elif node.op == "*" and len(factors) + len(todo) < _LONGEST:
            todo += [(arg, turned) for arg in (node.args if turned else node.args[::-1])]
        else:
            factors.append((node, turned))
    return scalars, factors


def _is_congruence(
    factors: Sequence[tuple[Expr, bool]], keys: Mapping[int, int], definite: set[int]
) -> bool:
    """Whether the factors are B' and B, or B' and B about a positive semidefinite one."""
    half, odd = divmod(len(factors), 2)
    if odd and id(factors[half][0]) not in definite:
        return False
    mirrored = zip(factors[:half], factors[: -half - 1 : -1], strict=True)
    return len(factors) > 0 and all(
        keys[id(left)] == keys[id(right)] and turned != other
        for (left, turned), (right, other) in mirrored
    )


def _product(args: list[Bounds], *, same: bool, entrywise: bool) -> Bounds:
    if same:
        return Bounds(
            0.0, args[0].size().high ** 2 if entrywise and args[0].size().high < 1e150 else math.inf
        )
    whole = args[0].times(args[1])
    if entrywise:
        return whole
    return Bounds(0.0 if whole.low >= 0 else -math.inf, 0.0 if whole.high <= 0 else math.inf)


def _power(node: Expr, args: list[Bounds]) -> Bounds:
    base, exponent = node.args
    if base.rank == 2 and node.op == "^":
        return Bounds()
    even = exponent.op == "number" and exponent.value.denominator == 1 and exponent.value % 2 == 0
    if not even and args[0].low < 0:
        return Bounds()
    if exponent.op == "number" and exponent.value > 0:
        power, size = float(exponent.value), args[0].size()
        return Bounds(
            _value(lambda x: x**power, size.low, 0.0),
            _value(lambda x: x**power, size.high, math.inf),
        )
    return _POSITIVE


def _value(function: Callable[[float], float], x: float, otherwise: float) -> float:
    try:
        value = function(x)
    except (ValueError, OverflowError, ZeroDivisionError):
        return otherwise
    return otherwise if math.isnan(value) else value


def _sum(a: float, b: float, otherwise: float) -> float:
    return otherwise if math.isnan(a + b) else a + b


_KINDS = {"positive": _POSITIVE, "orthogonal": _SIGNED}
_FIXED = {
    **dict.fromkeys(
        (
            "eye",
            "unit",
            "fuse",
            "commutation",
            "step",
            "sigmoid",
            "normcdf",
            "softmax",
            *COMPARISONS,
        ),
        _UNIT,
    ),
    **dict.fromkeys(("sin", "cos", "sign", "tanh", "erf", "epsilon"), _SIGNED),
    **dict.fromkeys(
        (
            "norm1",
            "norm2",
            "norminf",
            "normp",
            "std",
            "var",
            "normpdf",
            "softplus",
            "huber",
            "hypot",
        ),
        _POSITIVE,
    ),
    **dict.fromkeys(("specnorm", "nucnorm", "schatten", "svdvals", "sqrt"), _POSITIVE),
    "dimension": Bounds(1.0, math.inf),
    "constant": Bounds(3.0, 4.0),
    "erfc": Bounds(0.0, 2.0),
    "cosh": Bounds(1.0, math.inf),
    "condnum": Bounds(1.0, math.inf),
    **dict.fromkeys(("logsoftmax", "lognormcdf"), Bounds(-math.inf, 0.0)),
    "acos": Bounds(0.0, 4.0),
    "atan2": Bounds(-4.0, 4.0),
    **dict.fromkeys(("asin", "atan"), Bounds(-2.0, 2.0)),
}
_RULES: dict[str, Callable[..., Bounds]] = {
    "+": Bounds.plus,
    "-": lambda a, b: a.plus(b.negative()),
    "neg": Bounds.negative,
    "/": lambda a, b: a.times(b.reciprocal()),
    "./": lambda a, b: a.times(b.reciprocal()),
    "abs": Bounds.size,
    "relu": lambda a: Bounds(max(a.low, 0.0), max(a.high, 0.0)),
    "max": lambda a, b: Bounds(max(a.low, b.low), max(a.high, b.high)),
    "min": lambda a, b: Bounds(min(a.low, b.low), min(a.high, b.high)),
    "where": lambda condition, a, b: a.joined(b),
}
_MONOTONE: dict[str, Callable[[float], float]] = {
    "exp": math.exp,
    "log": math.log,
    "log1p": math.log1p,
    "expm1": math.expm1,
}
_KEEPING = frozenset(("fill", "'", "vec", "reshape", "slice", "mean", "amax", "amin", "vech"))
_ADDING = frozenset(("sum", "cumsum", "revcumsum", "diag", "tril", "triu", "prod", "tr", "sinh"))
