"""The functions of the language on jets, each by a definition of its own: none is taken from the
rules under judgement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import prod
from operator import eq, gt, le

from matcalc.verify.exact.field import (
    P,
    Undecided,
    Unfit,
    VanishingDivisor,
    identity,
    inverse,
    number_root,
    permute,
    strides,
)
from matcalc.verify.exact.generators import HALF, Generators
from matcalc.verify.exact.jets import (
    Jet,
    add,
    bilinear,
    cofactors,
    constant,
    det,
    entrywise,
    hadamard,
    linear,
    multiply,
    scale,
    shift,
    solve_inverse,
)
from matcalc.verify.exact.series import integer_power, polygamma, series

FieldRule = Callable[[Generators, Sequence[Jet]], Jet]


def spread(a: Jet, b: Jet) -> tuple[Jet, Jet]:
    """Both with one extent: a scalar goes with every entry."""
    if a.extent == b.extent:
        return a, b
    if not a.extent:
        return fill(a, b.extent), b
    if not b.extent:
        return a, fill(b, a.extent)
    raise Undecided("operands of different extents")


def fill(a: Jet, extent: tuple[int, ...]) -> Jet:
    """The array filled with a scalar."""
    count = prod(extent)
    return linear(a, lambda part: part * count, extent)


def apply(field: Generators, name: str, a: Jet) -> Jet:
    """A function of one variable entry by entry."""
    if name == "sqrt":
        field.announce(a.value)
    elif name == "asin" and a.moves:
        field.announce([(1 - x * x) % P for x in a.value])
    return entrywise(a, series(field, name))


def offset(a: Jet, number: int) -> Jet:
    """A number added to every entry."""
    return shift(a, [number % P] * len(a.value))


def divide(field: Generators, a: Jet, b: Jet) -> Jet:
    """a/b entry by entry."""
    return hadamard(*spread(a, apply(field, "reciprocal", b)))


def total(a: Jet) -> Jet:
    """The sum of all entries."""
    return linear(a, lambda part: [sum(part) % P], ())


def raise_power(field: Generators, base: Jet, exponent: Jet) -> Jet:
    """base .^ exponent: by products for whole numbers, by roots for halves and thirds, else
    exp(exponent*log(base)). A positive power of what is zero everywhere is zero.
    """
    number = exponent.number
    if (number is None or number.denominator > 1) and not all(base.value):
        return _power_beside_zeros(field, base, exponent)
    if number is not None and number.denominator in (1, 2, 3):
        if abs(number.numerator) > P:
            raise Undecided("a huge exponent")
        if number.denominator == 2:
            base = root(field, base)
        elif number.denominator == 3:
            base = apply(field, "cbrt", base)
        return entrywise(base, integer_power(number.numerator))
    return apply(field, "exp", hadamard(*spread(exponent, apply(field, "log", base))))


def _power_beside_zeros(field: Generators, base: Jet, exponent: Jet) -> Jet:
    """The same, of entries some of which are zero."""
    if exponent.number is not None:
        if exponent.number < 0:
            raise VanishingDivisor("a negative power of zero")
        return _beside_zeros(base, lambda inner: raise_power(field, inner, exponent))
    base, exponent = spread(base, exponent)
    for x, e in zip(base.value, exponent.value, strict=True):
        if not x:
            field.vanish(e)
    kept = [k for k, x in enumerate(base.value) if x]
    rest = linear(exponent, lambda part: [part[k] for k in kept], (len(kept),))
    return _beside_zeros(base, lambda inner: raise_power(field, inner, rest))


def _beside_zeros(a: Jet, rule: Callable[[Jet], Jet]) -> Jet:
    """A function entry by entry that is 0 at 0, of entries some of which are zero everywhere."""
    zeros = [k for k, x in enumerate(a.value) if not x]
    if any(part is not None and any(part[k] for k in zeros) for part in a.parts):
        raise Unfit("a power or root of what is zero here")
    place = {k: number for number, k in enumerate(k for k, x in enumerate(a.value) if x)}
    inner = linear(a, lambda part: [part[k] for k in place], (len(place),))
    return linear(
        rule(inner) if place else inner,
        lambda part: [part[place[k]] if k in place else 0 for k in range(len(a.value))],
        a.extent,
    )


def matrix(a: Jet) -> Jet:
    """A scalar as a 1 x 1 matrix, a vector as one column."""
    return a if len(a.extent) == 2 else Jet((*a.extent, *(1, 1)[len(a.extent) :]), a.parts)


def _kept_square(rule: Callable[[Jet], Jet]) -> FieldRule:
    """A square -> square function, of scalars too."""
    return lambda field, args: Jet(args[0].extent, rule(matrix(args[0])).parts)


def _sigmoid(field: Generators, a: Jet) -> Jet:
    """1/(1 + exp(-x))."""
    return note_positive(
        field, apply(field, "reciprocal", offset(apply(field, "exp", scale(-1, a)), 1))
    )


def note_positive(field: Generators, a: Jet) -> Jet:
    """The same, of which it is noted that it is positive."""
    for x in a.value:
        field.positive(x)
    return a


def not_negative(field: Generators, a: Jet) -> Jet:
    """The same, of which it is noted that it is positive or 0."""
    for x in a.value:
        field.not_negative(x)
    return a


def _tanh(field: Generators, a: Jet) -> Jet:
    """1 - 2/(exp(2*x) + 1)."""
    e = apply(field, "exp", scale(2, a))
    return offset(scale(-2, apply(field, "reciprocal", offset(e, 1))), 1)


def _hyperbolic(sign: int) -> Callable[[Generators, Jet], Jet]:
    """(exp(x) +- exp(-x))/2."""

    def rule(field: Generators, a: Jet) -> Jet:
        e = apply(field, "exp", a)
        return scale(HALF, add(e, apply(field, "reciprocal", e), sign))

    return rule


def _area(sign: int) -> Callable[[Generators, Jet], Jet]:
    """log(x + sqrt(x^2 +- 1)): the inverses of sinh and cosh."""

    def rule(field: Generators, a: Jet) -> Jet:
        root = apply(field, "sqrt", offset(hadamard(a, a), sign))
        return apply(field, "log", add(a, root))

    return rule


def _atanh(field: Generators, a: Jet) -> Jet:
    """log((1 + x)/(1 - x))/2."""
    quotient = divide(field, offset(a, 1), offset(scale(-1, a), 1))
    return scale(HALF, apply(field, "log", quotient))


def _acos(field: Generators, a: Jet) -> Jet:
    """pi/2 - asin(x)."""
    return offset(scale(-1, apply(field, "asin", a)), field.pi() * HALF)


def _tan(field: Generators, a: Jet) -> Jet:
    return divide(field, apply(field, "sin", a), apply(field, "cos", a))


def _log_of_base(base: int) -> Callable[[Generators, Jet], Jet]:
    """log(x)/log(base)."""
    return lambda field, a: scale(inverse(field.log(base)), apply(field, "log", a))


def _abs(field: Generators, a: Jet) -> Jet:
    """sign(x)*x."""
    return not_negative(field, hadamard(apply(field, "sign", a), a))


def step(field: Generators, a: Jet) -> Jet:
    """(1 + sign(x))/2, and 0 at 0."""
    entries = [(1 + field.sign(x)) * HALF % P if x else 0 for x in a.value]
    return constant(a.extent, entries, len(a.parts))


def _larger(field: Generators, a: Jet, b: Jet) -> Jet:
    """b + (a - b)*step(a - b)."""
    a, b = spread(a, b)
    gap = add(a, b, -1)
    return add(b, hadamard(gap, step(field, gap)))


def _maximum(field: Generators, args: Sequence[Jet]) -> Jet:
    return _larger(field, *args)


def _minimum(field: Generators, args: Sequence[Jet]) -> Jet:
    return scale(-1, _larger(field, *(scale(-1, arg) for arg in args)))


def _polygamma(field: Generators, args: Sequence[Jet]) -> Jet:
    number = args[0].number
    if number is None or number.denominator != 1 or number < 0:
        raise Undecided("polygamma of an order that is not a number")
    return entrywise(args[1], polygamma(field, int(number)))


def root(field: Generators, a: Jet) -> Jet:
    """sqrt(x); that of a number is no choice: a rational one, or one of two conjugates."""
    if not all(a.value):
        return _beside_zeros(a, lambda inner: root(field, inner))
    if a.number is None or a.number <= 0:
        return apply(field, "sqrt", a)
    return constant(a.extent, [field.positive(number_root(a.number))], len(a.parts))


def _norm2(field: Generators, args: Sequence[Jet]) -> Jet:
    """The root of the sum of squares."""
    return apply(field, "sqrt", along(hadamard(args[0], args[0]), args))


def lines(args: Sequence[Jet]) -> tuple[list[range], tuple[int, ...]]:
    """The places of the entries that a function takes together: all, or those along the axis that a
    second argument counts from 1; and the extent of the values.
    """
    extent = args[0].extent
    if len(args) == 1 or not extent:
        return [range(len(args[0].value))], ()
    axis = int(args[1].number or 0) - 1
    size, step = extent[axis], strides(extent)[axis]
    starts = [place for place in range(len(args[0].value)) if place // step % size == 0]
    found = [range(start, start + size * step, step) for start in starts]
    return found, extent[:axis] + extent[axis + 1 :]


def along(a: Jet, args: Sequence[Jet]) -> Jet:
    """The sum of all entries, or with a second argument along that axis."""
    if len(args) == 1:
        return total(a)
    found, extent = lines(args)
    return linear(a, lambda part: [sum(part[r.start : r.stop : r.step]) % P for r in found], extent)


def back(a: Jet, args: Sequence[Jet]) -> Jet:
    """One value for all entries, or for those of each line along an axis of the first argument, at
    all places that it is the value of.
    """
    extent = args[0].extent
    if len(args) == 1:
        return fill(a, extent)
    source = [0] * len(args[0].value)
    for number, line in enumerate(lines(args)[0]):
        for place in line:
            source[place] = number
    return linear(a, lambda part: [part[number] for number in source], extent)


def log_sum_exp(field: Generators, args: Sequence[Jet]) -> Jet:
    """log(sum(exp(x)))."""
    return apply(field, "log", along(apply(field, "exp", args[0]), args))


def _softmax(field: Generators, args: Sequence[Jet]) -> Jet:
    e = apply(field, "exp", args[0])
    whole = along(e, args)
    for x in whole.value:
        field.log(
            x
        )  # so that the logarithms of the parts are found by it: log(e[i]/s) = x[i] - log(s)
    return note_positive(field, divide(field, e, back(whole, args)))


def _extreme(sign: int) -> FieldRule:
    """The largest entry, or with -1 the smallest: of all, or along an axis."""

    def rule(field: Generators, args: Sequence[Jet]) -> Jet:
        found, extent = lines(args)
        signed = scale(sign, args[0]).value
        weights = [(field.largest([signed[k] for k in each]), each) for each in found]
        return _weigh(args[0], weights, extent)

    return rule


def _weigh(a: Jet, slices: Sequence[tuple[list[int], range]], extent: tuple[int, ...]) -> Jet:
    """Of each slice the entries times their weights, summed."""
    return linear(
        a,
        lambda part: [
            sum(w * part[k] for w, k in zip(ws, each, strict=True)) % P for ws, each in slices
        ],
        extent,
    )


def above(field: Generators, a: Jet, b: Jet) -> Jet:
    """1 where a > b, else 0."""
    known = _holds(gt, a, b)
    return known or step(field, add(*spread(a, b), -1))


def _holds(comparison: Callable[[Fraction, Fraction], bool], a: Jet, b: Jet) -> Jet | None:
    """1 or 0, whether it holds of two numbers, such as indices; None where one is not known."""
    if a.number is None or b.number is None:
        return None
    return constant((), [int(comparison(a.number, b.number))], len(a.parts))


def at_most(field: Generators, a: Jet, b: Jet) -> Jet:
    """1 where a <= b, else 0: of abs(k) <= 0 that k may be 0."""
    known = _holds(le, a, b)
    if known is not None:
        return known
    gap = add(*spread(a, b), -1)
    above_ = step(field, gap)
    entries = [
        field.zero(x) if field.may_vanish(x) else (1 - y) % P
        for x, y in zip(gap.value, above_.value, strict=True)
    ]
    return constant(gap.extent, entries, len(gap.parts))


def equal(field: Generators, a: Jet, b: Jet) -> Jet:
    """1 where a = b, else 0."""
    known = _holds(eq, a, b)
    if known is not None:
        return known
    gap = add(*spread(a, b), -1)
    return constant(gap.extent, [field.zero(x) for x in gap.value], len(gap.parts))


def otherwise(a: Jet) -> Jet:
    """1 where a is 0, and 0 where it is 1."""
    return offset(scale(-1, a), 1)


def _logdet(field: Generators, args: Sequence[Jet]) -> Jet:
    """log(abs(det(X)))."""
    return apply(field, "log", _abs(field, det(matrix(args[0]))))


def trace(field: Generators, args: Sequence[Jet]) -> Jet:
    """The sum of the diagonal."""
    a = matrix(args[0])
    return linear(a, lambda part: [sum(part[:: a.extent[0] + 1]) % P], ())


def _pinv(field: Generators, args: Sequence[Jet]) -> Jet:
    """inv(A'*A)*A' or A'*inv(A*A'), of full rank; of a vector x/(x'*x)."""
    a = args[0]
    if len(a.extent) < 2:
        return divide(field, a, total(hadamard(a, a)))
    flipped = transpose(a)
    tall = a.extent[0] >= a.extent[1]
    square = multiply(flipped, a) if tall else multiply(a, flipped)
    try:
        inner = solve_inverse(square)
    except VanishingDivisor as problem:
        raise Undecided("pinv of a matrix without full rank") from problem
    return multiply(inner, flipped) if tall else multiply(flipped, inner)


def transpose(a: Jet) -> Jet:
    """A'; a vector stays."""
    if len(a.extent) < 2:
        return a
    return linear(a, lambda part: permute(part, a.extent, (1, 0)), a.extent[::-1])


def _diag(field: Generators, args: Sequence[Jet]) -> Jet:
    a = args[0]
    n = a.extent[0] if a.extent else 1
    if len(a.extent) == 2:
        return linear(a, lambda part: part[:: n + 1], (n,))
    unit = identity(n)
    return linear(a, lambda part: [part[k // n] * unit[k] for k in range(n * n)], (n, n))


def stack(a: Jet) -> Jet:
    """vec of an array, the first axis fastest; a vector stays."""
    if len(a.extent) < 2:
        return Jet((len(a.value),), a.parts)
    backwards = range(len(a.extent))[::-1]
    return linear(a, lambda part: permute(part, a.extent, backwards), (len(a.value),))


def _dot(field: Generators, args: Sequence[Jet]) -> Jet:
    return total(hadamard(args[0], args[1]))


def outer(a: Jet, b: Jet) -> Jet:
    """x*y'."""
    return bilinear(a, b, lambda x, y: [u * v % P for u in x for v in y], a.extent + b.extent)


_ONE_ARGUMENT: dict[str, Callable[[Generators, Jet], Jet]] = {
    "sqrt": root,
    "sigmoid": _sigmoid,
    "tanh": _tanh,
    "sinh": _hyperbolic(-1),
    "cosh": lambda field, a: note_positive(field, _hyperbolic(1)(field, a)),
    "asinh": _area(1),
    "acosh": _area(-1),
    "atanh": _atanh,
    "acos": _acos,
    "tan": _tan,
    "log2": _log_of_base(2),
    "log10": _log_of_base(10),
    "log1p": lambda field, a: apply(field, "log", offset(a, 1)),
    "expm1": lambda field, a: offset(apply(field, "exp", a), -1),
    "softplus": lambda field, a: note_positive(
        field, apply(field, "log", offset(apply(field, "exp", a), 1))
    ),
    "erfc": lambda field, a: offset(scale(-1, apply(field, "erf", a)), 1),
    "abs": _abs,
    "step": step,
    "relu": lambda field, a: hadamard(a, step(field, a)),
    "digamma": lambda field, a: entrywise(a, polygamma(field, 0)),
}


def single(rule: Callable[[Generators, Jet], Jet]) -> FieldRule:
    """A rule of one argument as a rule of a list of them."""
    return lambda field, args: rule(field, args[0])


def _primitive(name: str) -> FieldRule:
    return lambda field, args: apply(field, name, args[0])


FUNCTIONS: dict[str, FieldRule] = {
    **{
        name: _primitive(name)
        for name in ("exp", "log", "sin", "cos", "cbrt", "asin", "atan", "erf", "gammaln", "sign")
    },
    **{name: single(rule) for name, rule in _ONE_ARGUMENT.items()},
    "max": _maximum,
    "min": _minimum,
    "polygamma": _polygamma,
    "tr": trace,
    "det": lambda field, args: det(matrix(args[0])),
    "logdet": _logdet,
    "inv": _kept_square(solve_inverse),
    "adj": _kept_square(lambda a: transpose(cofactors(a))),
    "cof": _kept_square(cofactors),
    "pinv": _pinv,
    "sum": lambda field, args: along(args[0], args),
    "mean": lambda field, args: scale(inverse(len(lines(args)[0][0])), along(args[0], args)),
    "norm1": lambda field, args: not_negative(field, along(_abs(field, args[0]), args)),
    "norm2": _norm2,
    "logsumexp": log_sum_exp,
    "softmax": _softmax,
    "amax": _extreme(1),
    "amin": _extreme(-1),
    "norminf": lambda field, args: not_negative(field, _extreme(1)(field, [_abs(field, args[0])])),
    "diag": _diag,
    "vec": lambda field, args: stack(args[0]),
    "dot": _dot,
    "outer": lambda field, args: outer(args[0], args[1]),
}
