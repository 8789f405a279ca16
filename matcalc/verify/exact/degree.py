"""How improbable it is that a false identity holds at a random point: Schwartz and Zippel's degree
over the prime.

A jet is bounded as a whole: its component of order r is N/(D*E^r), with denominators D and E that
all entries have in common. What a function adds to D and E is what its derivatives divide by. So
the bound grows linearly with the depth of an expression.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import log2, prod
from typing import NamedTuple

from matcalc.core.declared import FunctionRef
from matcalc.core.kinds import Variable
from matcalc.core.operations import PROJECTORS
from matcalc.core.tree import Expr, operation
from matcalc.verify.exact.field import P, Undecided
from matcalc.verify.exact.generators import Generators
from matcalc.verify.exact.points import EXPONENTS

_HUGE = 10.0**300  # degrees beyond this make no difference
_LARGEST_EXPONENT = EXPONENTS + 1.0  # of the integers that stand for an exponent
_POLYNOMIAL = 7  # degree of the polynomials that stand for functions
_DEEPEST = 6  # functions inside each other for which exponentials of logarithms are followed
_KIND = {
    "positive": (2.0, 0.0),
    "psd": (2.0, 0.0),
    "simplex": (4.0, 4.0),
    "sphere": (2.0, 2.0),
    "onehot": (0.0, 0.0),
}


class Degree(NamedTuple):
    """Of N at order 0, of D, of what each order adds to N, and of E."""

    above: float
    below: float = 0.0
    ahead: float = 0.0
    behind: float = 0.0

    @property
    def whole(self) -> float:
        """Of N and D."""
        return self.above + self.below

    def times(self, other: Degree) -> Degree:
        """Of a product."""
        ahead, behind = self._excess(other)
        return _cap(self.above + other.above, self.below + other.below, ahead, behind)

    def plus(self, other: Degree) -> Degree:
        """Of a sum."""
        ahead, behind = self._excess(other)
        above = max(self.above + other.below, other.above + self.below)
        return _cap(above, self.below + other.below, ahead, behind)

    def _excess(self, other: Degree) -> tuple[float, float]:
        return max(self.ahead + other.behind, other.ahead + self.behind), self.behind + other.behind

    def power(self, exponent: float) -> Degree:
        """Of a power: all its factors have the same denominators."""
        return _cap(self.above * exponent, self.below * exponent, self.ahead, self.behind)

    def reciprocal(self, entries: int) -> Degree:
        """Of 1/x, entry by entry: N is a denominator."""
        more = entries * self.above
        return _cap(self.below + more - self.above, more, self.ahead + more, self.behind + more)

    def inverse(self, n: int) -> Degree:
        """Of inv(A): D*adj(N)/det(N)."""
        more = n * self.above
        return _cap(more - self.above + self.below, more, self.ahead + more, self.behind + more)

    def root(self, entries: int) -> Degree:
        """Of sqrt(N/D) = sqrt(N*D)/D, an algebraic function: its derivatives are it over N."""
        more = entries * self.whole
        return _cap(
            max(self.above, self.below) + 1, self.below, self.ahead + more + 1, self.behind + more
        )


def _cap(*degrees: float) -> Degree:
    return Degree(*degrees if max(degrees) < _HUGE else [min(each, _HUGE) for each in degrees])


_SIGN = Degree(1)  # an opaque element for each entry, whose derivatives are zero


def error_bits(
    trees: tuple[Expr, Expr],
    variables: Mapping[str, Variable],
    sizes: Mapping[str, int],
    order: int,
    field: Generators,
) -> float:
    """b such that a false derivative passes at one point with probability at most 2^-b.

    ``trees`` are input and result. An opaque value is a variable more, and one that follows from
    others a product of so many; that one argument is by accident the same as another, or the sum of
    two others, is as improbable as each of these equations. What is free of roots has twice the
    degree for each square root, and three times for each cube root. Raises Undecided where the
    degree of a function is not known.
    """
    fresh = 2.0 * field.heaviest
    given, stated = (DegreeBound(variables, sizes, fresh) for _ in trees)
    left, right = given.of(trees[0]), stated.of(trees[1])
    if field.borrowed:  # exp(log(w)) is w, whatever that is
        depth = max(given.depth(trees[0]), stated.depth(trees[1]))
        for _ in range(min(depth, _DEEPEST)):
            fresh = field.heaviest * max(2.0, given.argument, stated.argument)
            given, stated = (DegreeBound(variables, sizes, fresh) for _ in trees)
            left, right = given.of(trees[0]), stated.of(trees[1])
        if depth > _DEEPEST:
            raise Undecided("exponentials of logarithms so deep")
    whole = left.whole + order * (left.ahead + left.behind) + right.whole + 2 * order
    accidents = field.distinct**3 * max(given.argument, stated.argument)
    return (
        log2(P) - log2(max(1.0, whole + accidents)) - field.root_count - field.cube_count * log2(3)
    )


class DegreeBound:
    """The degrees of the parts of one tree; ``fresh`` is that of an opaque value."""

    def __init__(
        self, variables: Mapping[str, Variable], sizes: Mapping[str, int], fresh: float = 2.0
    ) -> None:
        self.variables = variables
        self.sizes = dict(sizes)
        self.fresh = fresh
        self.argument = 0.0  # largest degree of an argument

    def of(self, tree: Expr) -> Degree:
        """The degree of a tree."""
        return tree.fold(self._step)

    def depth(self, tree: Expr) -> int:
        """How many functions are inside each other."""

        def rule(node: Expr, args: list[int]) -> int:
            inner = self.depth(node.value.body) if node.op == "indexed" else 0
            return max(args, default=0) + inner + _is_function(node)

        return tree.fold(rule)

    def entries(self, node: Expr) -> int:
        """How many entries a part has."""
        return prod([size.size(self.sizes) for size in node.shape])

    def side(self, node: Expr) -> int:
        """The larger side of a matrix."""
        return max([size.size(self.sizes) for size in node.shape], default=1)

    def _step(self, node: Expr, args: list[Degree]) -> Degree:
        if node.op == "variable":
            kind = self.variables[node.value].kind
            n = (
                float(node.shape[0].size(self.sizes))
                if kind in ("orthogonal", "orthonormal")
                else 0.0
            )
            if kind == "onehot" and node.rank == 2:
                return Degree(1.0)  # rows that add up to 1
            above, below = (n, n) if n else _KIND.get(kind, (1.0, 0.0))
            return Degree(above, below, 1.0)
        if isinstance(node.value, FunctionRef):
            arity = node.value.arity
            return _product([*[arg.power(_POLYNOMIAL) for arg in args[:arity]], *args[arity:]])
        rule = _RULES.get(node.op) or _FUNCTIONS.get(node.op)
        if rule is None:
            raise Undecided(f"the degree of {operation(node)}")
        if node.op not in _RULES:
            self.argument = max(self.argument, *(arg.whole for arg in args))
        return rule(self, node, args)

    def opaque(
        self, node: Expr, args: Sequence[Degree], *, fraction: bool = False, weight: int = 1
    ) -> Degree:
        """A value of which some relations are known, a fraction of such or not, entry by entry.

        Its derivatives may divide by the arguments, by sums of their squares and by the fraction's
        denominator; ``weight`` says of what degree in the arguments that is.
        """
        entries = max([1, *(self.entries(arg) for arg in node.args)])
        inside = 2 * weight * entries * sum([arg.whole for arg in args], 0.0)
        outside = self.fresh * (entries if fraction else 1)
        ahead = (
            inside + 4 * self.fresh * entries + sum([arg.above + arg.ahead for arg in args], 0.0)
        )
        behind = (
            inside
            + 2 * (outside if fraction else 0)
            + sum([arg.below + arg.behind for arg in args], 0.0)
        )
        return _cap(outside, outside if fraction else 0.0, ahead, behind)


def _is_function(node: Expr) -> bool:
    """Whether the value may be opaque: a function, or a power whose exponent is no number."""
    if node.op == "reduce":
        return node.value.name in _FUNCTIONS
    return node.op in _FUNCTIONS or (node.op in ("^", ".^") and node.args[1].op != "number")


class _Inside(DegreeBound):
    """The degrees of the parts of a body; each stands for its values at all indices together."""

    def __init__(self, outer: DegreeBound, node: Expr, args: Sequence[Degree]) -> None:
        super().__init__(outer.variables, outer.sizes, outer.fresh)
        self._args = args
        self._largest = 1
        for part in node.value.body.parts:
            if part.op == "reduce":
                self._largest *= prod([i.size.size(self.sizes) for i in part.value.indices])
        self._largest *= prod([index.size.size(self.sizes) for index in node.value.indices])

    def entries(self, node: Expr) -> int:
        return super().entries(node) * self._largest

    def _step(self, node: Expr, args: list[Degree]) -> Degree:
        if node.op == "slot":
            slot: Degree = self._args[node.value]
            return slot
        if node.op == "index":
            return Degree(0)
        if node.op == "at":
            return args[0]
        if node.op != "reduce":
            return super()._step(node, args)
        name = node.value.name
        if name in ("sum", "mean"):
            return args[0]
        if name == "prod":
            return args[0].power(self._largest)
        if name in ("max", "min"):
            return args[0].times(Degree(1))
        self.argument = max(self.argument, args[0].whole)
        return self.opaque(node, args)


DegreeRule = Callable[[DegreeBound, Expr, list[Degree]], Degree]


def _product(args: Sequence[Degree]) -> Degree:
    result = args[0]
    for other in args[1:]:
        result = result.times(other)
    return result


def _sum(args: Sequence[Degree]) -> Degree:
    result = args[0]
    for other in args[1:]:
        result = result.plus(other)
    return result


def _exponent(node: Expr) -> float:
    """How large the integer can be that an exponent is."""
    found: dict[int, float] = {}
    for part in node.parts:
        inner = [found[id(arg)] for arg in part.args]
        if part.op == "number":
            found[id(part)] = abs(float(part.value))
        elif part.op == "variable":
            found[id(part)] = _LARGEST_EXPONENT
        elif part.op in ("+", "-", "neg"):
            found[id(part)] = sum(inner, 0.0)
        else:
            found[id(part)] = prod(inner) if part.op == "*" else _HUGE
    return found[id(node)]


def _power(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """Of a matrix, or entry by entry: by products for integers, roots for halves and thirds,
    else exp(k*log(x)).
    """
    base, exponent = node.args[:2]
    if base.rank == 2 and node.op != ".^":
        positive = exponent.op == "number" and exponent.value > 0
        start = args[0] if positive else args[0].inverse(bound.side(base)).plus(args[0])
        return _product([start.power(max(1.0, _exponent(exponent))), *args[2:]])
    if exponent.op != "number" or exponent.value.denominator > 3:
        bound.argument = max(bound.argument, args[0].whole)
        general = bound.opaque(node, args)
        # a number that is written, but not as one: (1 - 3)
        return (
            general
            if _exponent(exponent) >= _HUGE or exponent.op == "number"
            else general.times(
                args[0]
                .plus(args[0].reciprocal(bound.entries(base)))
                .root(bound.entries(base))
                .power(max(1.0, _exponent(exponent)))
            )
        )
    value = exponent.value
    start = args[0] if value.denominator == 1 else args[0].root(bound.entries(base))
    if value < 0:
        start = start.reciprocal(bound.entries(base))
    return start.power(max(1.0, abs(float(value.numerator))))


def _quotient(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    return args[0].times(args[1].reciprocal(bound.entries(node.args[1])))


def _pinv(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """inv(A'*A)*A'."""
    return args[0].power(2).inverse(bound.side(node)).times(args[0])


def _sylvester(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """The inverse of a matrix made of entries of A and B, times C."""
    system = args[0].plus(args[1]).inverse(bound.side(node) ** 2)
    return _product([system, *args[2:]])


def _variance(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    return args[0].power(2)


def _deviation(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """The root of a sum of squares."""
    return args[0].power(2).root(max(1, bound.entries(node)))


def _normp(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """sum(abs(x).^p)^(1/p)."""
    exponent = node.args[1]
    p = abs(float(exponent.value)) if exponent.op == "number" else 1.0
    powers = args[0].times(_SIGN).power(max(1.0, p)).root(bound.entries(node.args[0]))
    return powers.root(1).times(bound.opaque(node, args)).times(bound.opaque(node, args))


def _softsign(bound: DegreeBound, node: Expr, arg: Degree) -> Degree:
    """x/(1 + |x|)."""
    return arg.times(arg.times(_SIGN).plus(Degree(0.0)).reciprocal(bound.entries(node)))


def _huber(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    return args[0].plus(args[1]).power(2).times(_SIGN).times(_SIGN)


def _where(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """b + c*(a - b)."""
    return _SIGN.times(args[0]).times(args[1].plus(args[2])).plus(args[2])


def _kl(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """sum(p.*log(p./q))."""
    ratio = args[0].times(args[1].reciprocal(bound.entries(node.args[1])))
    bound.argument = max(bound.argument, ratio.whole)
    return args[0].times(bound.opaque(node, [ratio]))


def _cholesky(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    """Minors over roots of leading minors: of N over D, all of them in one denominator."""
    n = bound.side(node)
    a = args[0]
    more = n * n * a.whole + n
    return _cap(more, more, 2 * more + a.ahead, 2 * more + a.behind)


def _logdet(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    whole = args[0].power(bound.side(node.args[0]))
    bound.argument = max(bound.argument, whole.whole)
    return bound.opaque(node, [whole])


def _of_form(bound: DegreeBound, node: Expr, args: list[Degree]) -> Degree:
    inside = _Inside(bound, node, args)
    found = inside.of(node.value.body)
    bound.argument = max(bound.argument, inside.argument)
    return found


def _names(rule: DegreeRule, names: str) -> dict[str, DegreeRule]:
    return dict.fromkeys(names.split(), rule)


# arithmetic, and functions that are no more than that
_RULES: dict[str, DegreeRule] = {
    **_names(
        lambda bound, node, args: Degree(0), "number constant dimension eye fuse epsilon unit"
    ),
    **_names(
        lambda bound, node, args: args[0],
        "tril triu cumsum revcumsum slice permute neg ' fill sum mean tr diag vec reshape vech vee "
        "toeplitz circulant hankel",
    ),
    **_names(lambda bound, node, args: args[0], "commutation elimination duplication skewmat"),
    **dict.fromkeys(PROJECTORS, lambda bound, node, args: args[0]),
    **_names(
        lambda bound, node, args: _product(args), "* .* einsum kron khatrirao dot outer cross"
    ),
    **_names(lambda bound, node, args: _sum(args), "+ - blocks"),
    **_names(_quotient, "/ ./"),
    **_names(_power, "^ .^ frechet_power"),
    "inv": lambda bound, node, args: args[0].inverse(bound.side(node)),
    "det": lambda bound, node, args: args[0].power(bound.side(node.args[0])),
    **_names(lambda bound, node, args: args[0].power(max(1, bound.side(node) - 1)), "adj cof"),
    "indexed": _of_form,
    "pinv": _pinv,
    "sylvester": _sylvester,
    "lyapunov": lambda bound, node, args: _sylvester(bound, node, [args[0], *args]),
    "var": _variance,
    "prod": lambda bound, node, args: args[0].power(max(1, bound.entries(node.args[0]))),
}

# functions with opaque values, signs and roots
_FUNCTIONS: dict[str, DegreeRule] = {
    **_names(
        lambda bound, node, args: bound.opaque(node, args),
        "exp log log2 log10 log1p expm1 logsumexp softplus erf erfc",
    ),
    **_names(
        lambda bound, node, args: bound.opaque(node, args),
        "gammaln digamma polygamma gamma besselj mvlgamma atan",
    ),
    **_names(lambda bound, node, args: bound.opaque(node, args), "normcdf normpdf erfinv"),
    **_names(
        lambda bound, node, args: bound.opaque(node, args, weight=2),
        "asin acos asinh acosh atanh logit hypot lognormcdf",
    ),
    "atan2": lambda bound, node, args: bound.opaque(node, args, weight=4),
    **_names(
        lambda bound, node, args: bound.opaque(node, args, fraction=True),
        "sin cos tan sec csc cot sinh cosh tanh sigmoid softmax",
    ),
    "logdet": _logdet,
    **_names(lambda bound, node, args: _SIGN, "sign step < > <= >= == !="),
    **_names(lambda bound, node, args: args[0].times(_SIGN), "abs relu norm1 norminf amax amin"),
    **_names(lambda bound, node, args: _sum(args).times(_SIGN), "max min"),
    **_names(lambda bound, node, args: args[0].root(bound.entries(node.args[0])), "sqrt cbrt"),
    **_names(_deviation, "norm2 std"),
    "normp": _normp,
    "huber": _huber,
    "leakyrelu": lambda bound, node, args: args[0].times(args[1]).plus(args[0]).times(_SIGN),
    "elu": lambda bound, node, args: (
        args[0].plus(args[1].times(bound.opaque(node, args[:1]))).times(_SIGN)
    ),
    "where": _where,
    "xlogy": lambda bound, node, args: args[0].times(bound.opaque(node, args[1:])),
    "entropy": lambda bound, node, args: args[0].times(bound.opaque(node, args)),
    "kl": _kl,
    "logsoftmax": lambda bound, node, args: args[0].plus(bound.opaque(node, args)),
    "silu": lambda bound, node, args: args[0].times(bound.opaque(node, args, fraction=True)),
    "softsign": lambda bound, node, args: _softsign(bound, node, args[0]),
    "gelu": lambda bound, node, args: args[0].times(bound.opaque(node, args)),
    "chol": _cholesky,
    "lu_l": _cholesky,  # more than the minors that these are made of
    "lu_u": _cholesky,
    "qr_r": lambda bound, node, args: _cholesky(bound, node, [args[0].times(args[0])]),
    "qr_q": lambda bound, node, args: args[0].times(
        _cholesky(bound, node, [args[0].times(args[0])]).inverse(bound.side(node))
    ),
}
