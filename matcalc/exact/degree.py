"""How improbable it is that a false identity holds at a random point: Schwartz and Zippel's degree over the prime."""

from __future__ import annotations

from collections.abc import Mapping
from math import log2, prod
from typing import NamedTuple

from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr
from matcalc.core.walk import postorder
from matcalc.exact.field import P
from matcalc.exact.generators import Generators

_HUGE = 10.0**300  # degrees beyond this make no difference
_RATIONAL = frozenset(("neg", "*", ".*", "'", "einsum", "fill", "sum", "mean", "tr", "diag", "vec", "kron", "dot", "outer"))
_RATIONAL |= {"khatrirao", "reshape", "commutation", "vech", "elimination", "duplication", "cross", "skewmat", "vee"}
_LINEAR = frozenset(("tril", "triu", "cumsum", "revcumsum", "slice"))  # in the first argument; others are numbers
_LEAVES = frozenset(("number", "constant", "dimension", "eye", "fuse", "epsilon", "unit"))
_ALGEBRAIC = frozenset(("sqrt", "cbrt", "norm1", "norm2", "abs", "relu", "max", "min"))  # with the degree of the argument
_OPAQUE = frozenset(("exp", "log", "log1p", "expm1", "logsumexp", "logdet", "softplus", "erf", "gammaln", "digamma", "polygamma"))
_KIND = {"positive": (2.0, 0.0), "psd": (2.0, 0.0), "simplex": (4.0, 4.0), "onehot": (0.0, 0.0)}


class Degree(NamedTuple):
    """Of numerators, and of a denominator that all entries have in common."""

    above: float
    below: float

    def times(self, other: Degree) -> Degree:
        """Of a product."""
        return Degree(min(self.above + other.above, _HUGE), min(self.below + other.below, _HUGE))

    def plus(self, other: Degree) -> Degree:
        """Of a sum."""
        below = min(self.below + other.below, _HUGE)
        return Degree(min(max(self.above + other.below, other.above + self.below), _HUGE), below)

    def raised(self, exponent: float) -> Degree:
        """Of a power."""
        return Degree(min(self.above * exponent, _HUGE), min(self.below * exponent, _HUGE))

    def reciprocal(self, entries: int) -> Degree:
        """Of 1/x, entry by entry, over one denominator."""
        return Degree(self.below + (entries - 1) * self.above, min(entries * self.above, _HUGE))

    def inverse(self, n: int) -> Degree:
        """Of inv(A): adj(A)/det(A)."""
        return Degree((n - 1) * self.above + self.below, min(n * self.above, _HUGE))


def bits(
    trees: tuple[Expr, Expr],
    variables: Mapping[str, Variable],
    sizes: Mapping[str, int],
    order: int,
    world: Generators,
) -> float:
    """b such that a false derivative passes at one point with probability at most 2^-b.

    ``trees`` are input and result. An opaque value is a variable more; that one argument is by accident the same as another,
    or the sum of two others, is as improbable as each of these equations. What is free of roots has twice the degree for each
    square root, and three times for cube roots.
    """
    given, stated = (_Bound(variables, sizes) for _ in trees)
    left, right = given.of(trees[0]), stated.of(trees[1])
    whole = left.above + left.below * (order + 2**order) + right.above + right.below + 2 * order
    accidents = world.distinct**3 * max(given.argument, stated.argument)
    return log2(P) - log2(max(1.0, (3 * whole + accidents) * 2**world.root_count))


class _Bound:
    """The degrees of the parts of one tree."""

    def __init__(self, variables: Mapping[str, Variable], sizes: Mapping[str, int]) -> None:
        self.variables = variables
        self.sizes = dict(sizes)
        self.argument = 0.0  # largest degree of an argument

    def of(self, tree: Expr) -> Degree:
        known: dict[int, Degree] = {}
        for node in postorder(tree, lambda node: node.args):
            known[id(node)] = self._step(node, [known[id(arg)] for arg in node.args])
        return known[id(tree)]

    def _entries(self, node: Expr) -> int:
        return prod([size.size(self.sizes) for size in node.shape])

    def _step(self, node: Expr, args: list[Degree]) -> Degree:
        op = node.op
        if op in _LEAVES:
            return Degree(0, 0)
        if op == "variable":
            kind = self.variables[node.value].kind
            n = float(node.shape[0].size(self.sizes)) if kind in ("orthogonal", "orthonormal") else 0.0
            return Degree(n, n) if n else Degree(*_KIND.get(kind, (1.0, 0.0)))
        if op[0] == "@":
            result = args[0].raised(7)  # the degree of the polynomials that stand for functions
            for other in args[1:]:
                result = result.times(other)
            return result
        if op in _LINEAR:
            return args[0]
        if op in ("+", "-"):
            return args[0].plus(args[1])
        if op == "blocks":
            result = args[0]
            for other in args[1:]:
                result = result.plus(other)
            return result
        if op in ("/", "./"):
            return args[0].times(args[1].reciprocal(self._entries(node.args[1])))
        if op in _RATIONAL:
            result = args[0]
            for other in args[1:]:
                result = result.times(other)
            return result
        if op in ("^", ".^", "frechet_power", "inv", "pinv", "det", "adj", "cof"):
            return self._power(node, args)
        self.argument = max(self.argument, *(arg.above + arg.below for arg in args))
        if op in _ALGEBRAIC:
            result = Degree(1, 0)
            for arg in args:
                result = result.times(arg)
            return result
        # a fraction of squares or of points of a circle, entry by entry
        entries = 0 if op in _OPAQUE else max(1, *(self._entries(arg) for arg in node.args))
        return Degree(2 * max(1, entries), 2 * entries)

    def _power(self, node: Expr, args: list[Degree]) -> Degree:
        base = node.args[0]
        n = base.shape[0].size(self.sizes) if base.shape else 1
        if node.op == "det":
            return args[0].raised(n)
        if node.op in ("adj", "cof"):
            return args[0].raised(max(1, n - 1))
        if node.op == "inv":
            return args[0].inverse(n)
        if node.op == "pinv":
            return args[0].raised(2).inverse(max(size.size(self.sizes) for size in base.shape or node.shape)).times(args[0])
        exponent = node.args[1]
        k = float(exponent.value) if exponent.op == "number" else 5.0
        inverted = args[0].inverse(n) if base.rank == 2 else args[0].reciprocal(self._entries(base))
        result = (inverted if k < 0 else args[0]).raised(max(1.0, abs(k)))
        for direction in args[2:]:
            result = result.times(direction)
        return result
