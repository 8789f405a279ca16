"""Activation functions, divergences and special functions on jets, built on the rules of
``functions.py``.

Branches are taken by ``step``, which is an opaque sign; ``gamma``, ``erfinv`` and Bessel functions
are opaque elements of which only the derivatives are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matcalc.verify.exact.field import Extent, P, Undecided, inverse, number_root, strides, times
from matcalc.verify.exact.functions import (
    FUNCTIONS,
    along,
    apply,
    back,
    divide,
    lines,
    log_sum_exp,
    matrix,
    offset,
    raise_power,
    spread,
    step,
    total,
)
from matcalc.verify.exact.generators import HALF, Generators
from matcalc.verify.exact.jets import (
    Jet,
    add,
    constant,
    entrywise,
    hadamard,
    linear,
    multiply,
    scale,
    solve_inverse,
    stack,
)
from matcalc.verify.exact.series import Series

Rule = Callable[[Generators, Sequence[Jet]], Jet]


def _whole(a: Jet) -> int:
    """An order: a number that is written."""
    if a.number is None or a.number.denominator != 1 or a.number < 0:
        raise Undecided("an order that is no number")
    return int(a.number)


def _branch(world: Generators, x: Jet, above: Jet, below: Jet) -> Jet:
    """``above`` where x > 0, else ``below``."""
    return add(below, hadamard(step(world, x), add(above, below, -1)))


def _leaky_relu(world: Generators, args: Sequence[Jet]) -> Jet:
    x, a = spread(*args)
    return _branch(world, x, x, hadamard(a, x))


def _elu(world: Generators, args: Sequence[Jet]) -> Jet:
    x, a = spread(*args)
    return _branch(world, x, x, hadamard(a, offset(apply(world, "exp", x), -1)))


def _huber(world: Generators, args: Sequence[Jet]) -> Jet:
    """x^2/2 between -d and d; beyond, the tangents d*(x - d/2) and -d*(x + d/2)."""
    x, d = spread(*args)
    half = scale(HALF, d)
    inner = _branch(
        world, add(x, d), scale(HALF, hadamard(x, x)), scale(-1, hadamard(d, add(x, half)))
    )
    return _branch(world, add(x, d, -1), hadamard(d, add(x, half, -1)), inner)


def _xlogy(world: Generators, args: Sequence[Jet]) -> Jet:
    """x*log(y)."""
    return hadamard(*spread(args[0], apply(world, "log", args[1])))


def _entropy(world: Generators, args: Sequence[Jet]) -> Jet:
    return scale(-1, total(_xlogy(world, [args[0], args[0]])))


def _divergence(world: Generators, args: Sequence[Jet]) -> Jet:
    """sum(p.*log(p./q))."""
    return total(_xlogy(world, [args[0], divide(world, *args)]))


def _log_softmax(world: Generators, args: Sequence[Jet]) -> Jet:
    """x - log(sum(exp(x)))."""
    return add(args[0], back(log_sum_exp(world, args), args), -1)


def _normp(world: Generators, args: Sequence[Jet]) -> Jet:
    """sum(abs(x).^p)^(1/p)."""
    x, p = args
    powers = raise_power(world, FUNCTIONS["abs"](world, [x]), p)
    root = apply(world, "reciprocal", p)
    if p.number is not None:
        root.number = 1 / p.number
    return _positive(world, raise_power(world, _positive(world, total(powers)), root))


def _variance(world: Generators, args: Sequence[Jet]) -> Jet:
    """mean((x - mean(x)).^2)."""
    whole = along(args[0], args)
    count = inverse(len(args[0].value) // len(whole.value))
    moved = add(args[0], back(scale(count, whole), args), -1)
    return scale(count, along(hadamard(moved, moved), args))


def _entries(a: Jet, places: Sequence[int], extent: Extent) -> Jet:
    """The entries of ``a`` at these places, in this order."""
    return linear(a, lambda part: [part[place] for place in places], extent)


def _product(world: Generators, args: Sequence[Jet]) -> Jet:
    """The product of all entries, or along an axis."""
    a = args[0]
    places, extent = lines(args)
    result = _entries(a, [each[0] for each in places], extent)
    for k in range(1, len(places[0])):
        result = hadamard(result, _entries(a, [each[k] for each in places], extent))
    return result


def _positive(world: Generators, a: Jet) -> Jet:
    for x in a.value:
        world.positive(x)
    return a


def _hypot(world: Generators, args: Sequence[Jet]) -> Jet:
    """sqrt(x^2 + y^2)."""
    x, y = spread(args[0], args[1])
    return apply(world, "sqrt", add(hadamard(x, x), hadamard(y, y)))


def _atan2(world: Generators, args: Sequence[Jet]) -> Jet:
    """2*atan(y/(sqrt(x^2 + y^2) + x)), by half the angle."""
    y, x = spread(args[0], args[1])
    far = add(_hypot(world, [x, y]), x)
    return scale(2, apply(world, "atan", divide(world, y, far)))


def _normcdf(world: Generators, x: Jet) -> Jet:
    """(1 + erf(x/sqrt(2)))/2."""
    scaled = scale(inverse(number_root(Fraction(2))), x)
    return _positive(world, scale(HALF, offset(apply(world, "erf", scaled), 1)))


def _normpdf(world: Generators, x: Jet) -> Jet:
    """exp(-x^2/2)/(sqrt(2)*sqrt(pi))."""
    norm = number_root(Fraction(2)) * world.sqrt(world.pi()) % P
    return _positive(world, scale(inverse(norm), apply(world, "exp", scale(-HALF, hadamard(x, x)))))


def _erfinv(world: Generators) -> Series:
    """y with erf(y) = x: y' = sqrt(pi)/2*exp(y^2), y'' = 2*y*y'^2."""

    def rule(x: int, order: int) -> tuple[int, ...]:
        y = world.odd("erfinv", x)
        slope = world.sqrt(world.pi()) * HALF % P * world.exp(y * y % P) % P if order else 0
        return (y, slope, 2 * y * slope * slope % P)[: order + 1]

    return rule


def _gamma(world: Generators) -> Series:
    """Gamma, Gamma*psi, Gamma*(psi^2 + psi')."""

    def rule(x: int, order: int) -> tuple[int, ...]:
        value = world.other("gamma", x)
        psi, slope = (world.other(f"polygamma{k}", x) for k in (0, 1))
        return (value, value * psi % P, value * (psi * psi + slope) % P)[: order + 1]

    return rule


def _bessel(world: Generators, args: Sequence[Jet]) -> Jet:
    """J_k' = (J_(k-1) - J_(k+1))/2 and J_(-k) = (-1)^k J_k."""
    k = _whole(args[0])

    def value(n: int, x: int) -> int:
        return world.other(f"besselj{abs(n)}", x) * (-1 if n < 0 and n % 2 else 1) % P

    def rule(x: int, order: int) -> tuple[int, ...]:
        first = (value(k - 1, x) - value(k + 1, x)) * HALF % P
        second = (value(k - 2, x) - 2 * value(k, x) + value(k + 2, x)) * HALF * HALF % P
        return (value(k, x), first, second)[: order + 1]

    return entrywise(args[1], rule)


def _multivariate_gamma(world: Generators, args: Sequence[Jet]) -> Jet:
    """p*(p - 1)/4*log(pi) + sum_j gammaln(a - j/2), j = 0, ..., p - 1."""
    a, p = args[0], _whole(args[1])
    result = offset(scale(0, a), p * (p - 1) * HALF * HALF % P * world.log(world.pi()))
    for j in range(p):
        result = add(result, apply(world, "gammaln", offset(a, -j * HALF)))
    return result


def _triangle(world: Generators, args: Sequence[Jet], sign: int) -> Jet:
    """The entries with j - i <= k, or with i - j <= -k."""
    rows, columns = matrix(args[0]).extent
    offset = int(args[1].number or 0) if len(args) == 2 else 0
    kept = [int(sign * (j - i) <= sign * offset) for i in range(rows) for j in range(columns)]
    return linear(args[0], lambda part: times(part, kept), args[0].extent)


def _cumulative(world: Generators, args: Sequence[Jet], sign: int) -> Jet:
    """Sums from the first entry on, or from the last, along the first axis or the one that is
    given.
    """
    a = args[0]
    axis = int(args[1].number or 1) - 1 if len(args) == 2 else 0
    step, size = strides(a.extent)[axis], a.extent[axis]

    def rule(part: list[int]) -> list[int]:
        result = list(part)
        order = range(len(part)) if sign > 0 else range(len(part) - 1, -1, -1)
        for k in order:
            place = k // step % size
            if 0 <= place - sign < size:
                result[k] = (result[k] + result[k - sign * step]) % P
        return result

    return linear(a, rule, a.extent)


def _cholesky(world: Generators, args: Sequence[Jet]) -> Jet:
    """L with L*L' = A, column by column: the root of what is left of A[k,k], and the rest of the
    column over it.
    """
    a = args[0]
    n = a.extent[0] if a.extent else 1
    rows: list[list[Jet]] = [[_entries(a, [i * n + j], ()) for j in range(n)] for i in range(n)]
    zero = constant((), [0], len(a.parts))
    found: list[list[Jet]] = [[zero] * n for _ in range(n)]
    for k in range(n):
        for i in range(k, n):
            rest = rows[i][k]
            for j in range(k):
                rest = add(rest, hadamard(found[i][j], found[k][j]), -1)
            found[i][k] = apply(world, "sqrt", rest) if i == k else divide(world, rest, found[k][k])
    return stack([entry for row in found for entry in row], a.extent)


def _sylvester(world: Generators, args: Sequence[Jet]) -> Jet:
    """X with A*X + X*B = C, as a system of all entries, row by row; without C its inverse."""
    a, b, *given = args
    m, n = a.extent[0], b.extent[0]
    size = m * n
    pairs = [(i, j) for i in range(size) for j in range(size)]
    left = linear(
        a,
        lambda part: [part[i // n * m + j // n] if i % n == j % n else 0 for i, j in pairs],
        (size, size),
    )
    right = linear(
        b,
        lambda part: [part[j % n * n + i % n] if i // n == j // n else 0 for i, j in pairs],
        (size, size),
    )
    inverse_system = solve_inverse(add(left, right))
    if not given:
        return linear(inverse_system, list, (m, n, m, n))
    column = linear(given[0], list, (size, 1))
    return linear(multiply(inverse_system, column), list, (m, n))


def _lyapunov(world: Generators, args: Sequence[Jet]) -> Jet:
    a, q = args
    n = a.extent[0]
    turned = linear(a, lambda part: [part[j * n + i] for i in range(n) for j in range(n)], (n, n))
    return _sylvester(world, [a, turned, q])


def _reciprocal(world: Generators, a: Jet) -> Jet:
    return apply(world, "reciprocal", a)


_ONE_ARGUMENT: dict[str, Callable[[Generators, Jet], Jet]] = {
    "sec": lambda world, x: _reciprocal(world, apply(world, "cos", x)),
    "csc": lambda world, x: _reciprocal(world, apply(world, "sin", x)),
    "cot": lambda world, x: divide(world, apply(world, "cos", x), apply(world, "sin", x)),
    "logit": lambda world, x: apply(world, "log", divide(world, x, offset(scale(-1, x), 1))),
    "silu": lambda world, x: hadamard(x, FUNCTIONS["sigmoid"](world, [x])),
    "softsign": lambda world, x: divide(world, x, offset(FUNCTIONS["abs"](world, [x]), 1)),
    "gelu": lambda world, x: hadamard(x, _normcdf(world, x)),
    "normcdf": _normcdf,
    "lognormcdf": lambda world, x: apply(world, "log", _normcdf(world, x)),
    "normpdf": _normpdf,
    "erfinv": lambda world, x: entrywise(x, _erfinv(world)),
    "gamma": lambda world, x: entrywise(x, _gamma(world)),
}


def _single(rule: Callable[[Generators, Jet], Jet]) -> Rule:
    return lambda world, args: rule(world, args[0])


COMPOSITES: dict[str, Rule] = {
    **{name: _single(rule) for name, rule in _ONE_ARGUMENT.items()},
    "leakyrelu": _leaky_relu,
    "elu": _elu,
    "huber": _huber,
    "hypot": _hypot,
    "atan2": _atan2,
    "xlogy": _xlogy,
    "entropy": _entropy,
    "kl": _divergence,
    "logsoftmax": _log_softmax,
    "normp": _normp,
    "var": _variance,
    "std": lambda world, args: apply(world, "sqrt", _variance(world, args)),
    "prod": _product,
    "chol": _cholesky,
    "sylvester": _sylvester,
    "lyapunov": _lyapunov,
    "tril": lambda world, args: _triangle(world, args, 1),
    "triu": lambda world, args: _triangle(world, args, -1),
    "cumsum": lambda world, args: _cumulative(world, args, 1),
    "revcumsum": lambda world, args: _cumulative(world, args, -1),
    "besselj": _bessel,
    "mvlgamma": _multivariate_gamma,
}
