"""Activation functions, divergences and special functions on jets, built on the rules of
``field_rules.py``.

Branches are taken by ``step``, which is an opaque sign; ``gamma``, ``erfinv`` and Bessel functions
are opaque elements of which only the derivatives are known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from matcalc.verify.exact.field import Extent, P, Undecided, inverse, number_root, strides, times
from matcalc.verify.exact.field_rules import (
    FUNCTIONS,
    FieldRule,
    along,
    apply,
    back,
    divide,
    lines,
    log_sum_exp,
    matrix,
    not_negative,
    note_positive,
    offset,
    raise_power,
    single,
    spread,
    step,
    total,
)
from matcalc.verify.exact.generators import HALF, Generators
from matcalc.verify.exact.jets import (
    Jet,
    Series,
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


def _whole(a: Jet) -> int:
    """An order: a number that is written."""
    if a.number is None or a.number.denominator != 1 or a.number < 0:
        raise Undecided("an order that is not a number")
    return int(a.number)


def _branch(field: Generators, x: Jet, above: Jet, below: Jet) -> Jet:
    """``above`` where x > 0, else ``below``."""
    return add(below, hadamard(step(field, x), add(above, below, -1)))


def _leaky_relu(field: Generators, args: Sequence[Jet]) -> Jet:
    x, a = spread(*args)
    return _branch(field, x, x, hadamard(a, x))


def _elu(field: Generators, args: Sequence[Jet]) -> Jet:
    x, a = spread(*args)
    return _branch(field, x, x, hadamard(a, offset(apply(field, "exp", x), -1)))


def _huber(field: Generators, args: Sequence[Jet]) -> Jet:
    """x^2/2 between -d and d; beyond, the tangents d*(x - d/2) and -d*(x + d/2)."""
    x, d = spread(*args)
    half = scale(HALF, d)
    inner = _branch(
        field, add(x, d), scale(HALF, hadamard(x, x)), scale(-1, hadamard(d, add(x, half)))
    )
    return _branch(field, add(x, d, -1), hadamard(d, add(x, half, -1)), inner)


def _xlogy(field: Generators, args: Sequence[Jet]) -> Jet:
    """x*log(y)."""
    return hadamard(*spread(args[0], apply(field, "log", args[1])))


def _entropy(field: Generators, args: Sequence[Jet]) -> Jet:
    return scale(-1, total(_xlogy(field, [args[0], args[0]])))


def _divergence(field: Generators, args: Sequence[Jet]) -> Jet:
    """sum(p.*log(p./q))."""
    return total(_xlogy(field, [args[0], divide(field, *args)]))


def _log_softmax(field: Generators, args: Sequence[Jet]) -> Jet:
    """x - log(sum(exp(x)))."""
    return add(args[0], back(log_sum_exp(field, args), args), -1)


def _normp(field: Generators, args: Sequence[Jet]) -> Jet:
    """sum(abs(x).^p)^(1/p)."""
    x, p = args
    powers = raise_power(field, FUNCTIONS["abs"](field, [x]), p)
    root = apply(field, "reciprocal", p)
    if p.number is not None:
        root.number = 1 / p.number
    return not_negative(field, raise_power(field, not_negative(field, total(powers)), root))


def _variance(field: Generators, args: Sequence[Jet]) -> Jet:
    """mean((x - mean(x)).^2)."""
    whole = along(args[0], args)
    count = inverse(len(args[0].value) // len(whole.value))
    moved = add(args[0], back(scale(count, whole), args), -1)
    return scale(count, along(hadamard(moved, moved), args))


def _entries(a: Jet, places: Sequence[int], extent: Extent) -> Jet:
    """The entries of ``a`` at these places, in this order."""
    return linear(a, lambda part: [part[place] for place in places], extent)


def _product(field: Generators, args: Sequence[Jet]) -> Jet:
    """The product of all entries, or along an axis."""
    a = args[0]
    places, extent = lines(args)
    result = _entries(a, [each[0] for each in places], extent)
    for k in range(1, len(places[0])):
        result = hadamard(result, _entries(a, [each[k] for each in places], extent))
    return result


def _hypot(field: Generators, args: Sequence[Jet]) -> Jet:
    """sqrt(x^2 + y^2)."""
    x, y = spread(args[0], args[1])
    return apply(field, "sqrt", add(hadamard(x, x), hadamard(y, y)))


def _atan2(field: Generators, args: Sequence[Jet]) -> Jet:
    """2*atan(y/(sqrt(x^2 + y^2) + x)), by half the angle."""
    y, x = spread(args[0], args[1])
    far = add(_hypot(field, [x, y]), x)
    return scale(2, apply(field, "atan", divide(field, y, far)))


def _normcdf(field: Generators, x: Jet) -> Jet:
    """(1 + erf(x/sqrt(2)))/2."""
    scaled = scale(inverse(number_root(Fraction(2))), x)
    return note_positive(field, scale(HALF, offset(apply(field, "erf", scaled), 1)))


def _normpdf(field: Generators, x: Jet) -> Jet:
    """exp(-x^2/2)/(sqrt(2)*sqrt(pi))."""
    norm = number_root(Fraction(2)) * field.sqrt(field.pi()) % P
    return note_positive(
        field, scale(inverse(norm), apply(field, "exp", scale(-HALF, hadamard(x, x))))
    )


def _erfinv(field: Generators) -> Series:
    """y with erf(y) = x: y' = sqrt(pi)/2*exp(y^2), y'' = 2*y*y'^2."""

    def rule(x: int, order: int) -> tuple[int, ...]:
        y = field.odd("erfinv", x)
        slope = field.sqrt(field.pi()) * HALF % P * field.exp(y * y % P) % P if order else 0
        return (y, slope, 2 * y * slope * slope % P)[: order + 1]

    return rule


def _gamma(field: Generators) -> Series:
    """Gamma, Gamma*psi, Gamma*(psi^2 + psi')."""

    def rule(x: int, order: int) -> tuple[int, ...]:
        value = field.other("gamma", x)
        psi, slope = (field.other(f"polygamma{k}", x) for k in (0, 1))
        return (value, value * psi % P, value * (psi * psi + slope) % P)[: order + 1]

    return rule


def _bessel(field: Generators, args: Sequence[Jet]) -> Jet:
    """J_k' = (J_(k-1) - J_(k+1))/2 and J_(-k) = (-1)^k J_k."""
    k = _whole(args[0])

    def value(n: int, x: int) -> int:
        return field.other(f"besselj{abs(n)}", x) * (-1 if n < 0 and n % 2 else 1) % P

    def rule(x: int, order: int) -> tuple[int, ...]:
        first = (value(k - 1, x) - value(k + 1, x)) * HALF % P
        second = (value(k - 2, x) - 2 * value(k, x) + value(k + 2, x)) * HALF * HALF % P
        return (value(k, x), first, second)[: order + 1]

    return entrywise(args[1], rule)


def _multivariate_gamma(field: Generators, args: Sequence[Jet]) -> Jet:
    """p*(p - 1)/4*log(pi) + sum_j gammaln(a - j/2), j = 0, ..., p - 1."""
    a, p = args[0], _whole(args[1])
    result = offset(scale(0, a), p * (p - 1) * HALF * HALF % P * field.log(field.pi()))
    for j in range(p):
        result = add(result, apply(field, "gammaln", offset(a, -j * HALF)))
    return result


def _triangle(field: Generators, args: Sequence[Jet], sign: int) -> Jet:
    """The entries with j - i <= k, or with i - j <= -k."""
    rows, columns = matrix(args[0]).extent
    offset = int(args[1].number or 0) if len(args) == 2 else 0
    kept = [int(sign * (j - i) <= sign * offset) for i in range(rows) for j in range(columns)]
    return linear(args[0], lambda part: times(part, kept), args[0].extent)


def _cumulative(field: Generators, args: Sequence[Jet], sign: int) -> Jet:
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


def _cholesky(field: Generators, args: Sequence[Jet]) -> Jet:
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
            found[i][k] = apply(field, "sqrt", rest) if i == k else divide(field, rest, found[k][k])
    return stack([entry for row in found for entry in row], a.extent)


def _orthogonal(field: Generators, args: Sequence[Jet]) -> Jet:
    """Q of A = Q*R, which is A*inv(R)."""
    return multiply(args[0], solve_inverse(_triangular(field, args)))


def _triangular(field: Generators, args: Sequence[Jet]) -> Jet:
    """R of A = Q*R, the transpose of L with L*L' = A'*A."""
    return _turn(_cholesky(field, [multiply(_turn(args[0]), args[0])]))


def _turn(a: Jet) -> Jet:
    m, n = a.extent
    return linear(a, lambda part: [part[j * n + i] for i in range(n) for j in range(m)], (n, m))


def _elimination(field: Generators, a: Jet) -> tuple[list[list[Jet]], list[list[Jet]]]:
    """The rows of L and of U with L*U = A, without exchanges."""
    n = a.extent[0]
    rest: list[list[Jet]] = [[_entries(a, [i * n + j], ()) for j in range(n)] for i in range(n)]
    zero = constant((), [0], len(a.parts))
    one = constant((), [1], len(a.parts))
    lower = [[one if i == j else zero for j in range(n)] for i in range(n)]
    for k in range(n):
        for i in range(k + 1, n):
            lower[i][k] = divide(field, rest[i][k], rest[k][k])
            rest[i] = [
                zero if j <= k else add(rest[i][j], hadamard(lower[i][k], rest[k][j]), -1)
                for j in range(n)
            ]
    return lower, rest


def _lower_factor(field: Generators, args: Sequence[Jet]) -> Jet:
    lower, _ = _elimination(field, args[0])
    return stack([entry for row in lower for entry in row], args[0].extent)


def _upper_factor(field: Generators, args: Sequence[Jet]) -> Jet:
    _, upper = _elimination(field, args[0])
    return stack([entry for row in upper for entry in row], args[0].extent)


def _sylvester(field: Generators, args: Sequence[Jet]) -> Jet:
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


def _lyapunov(field: Generators, args: Sequence[Jet]) -> Jet:
    a, q = args
    n = a.extent[0]
    turned = linear(a, lambda part: [part[j * n + i] for i in range(n) for j in range(n)], (n, n))
    return _sylvester(field, [a, turned, q])


def _reciprocal(field: Generators, a: Jet) -> Jet:
    return apply(field, "reciprocal", a)


_ONE_ARGUMENT: dict[str, Callable[[Generators, Jet], Jet]] = {
    "sec": lambda field, x: _reciprocal(field, apply(field, "cos", x)),
    "csc": lambda field, x: _reciprocal(field, apply(field, "sin", x)),
    "cot": lambda field, x: divide(field, apply(field, "cos", x), apply(field, "sin", x)),
    "logit": lambda field, x: apply(field, "log", divide(field, x, offset(scale(-1, x), 1))),
    "silu": lambda field, x: hadamard(x, FUNCTIONS["sigmoid"](field, [x])),
    "softsign": lambda field, x: divide(field, x, offset(FUNCTIONS["abs"](field, [x]), 1)),
    "gelu": lambda field, x: hadamard(x, _normcdf(field, x)),
    "normcdf": _normcdf,
    "lognormcdf": lambda field, x: apply(field, "log", _normcdf(field, x)),
    "normpdf": _normpdf,
    "erfinv": lambda field, x: entrywise(x, _erfinv(field)),
    "gamma": lambda field, x: entrywise(x, _gamma(field)),
}


COMPOSITES: dict[str, FieldRule] = {
    **{name: single(rule) for name, rule in _ONE_ARGUMENT.items()},
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
    "std": lambda field, args: apply(field, "sqrt", _variance(field, args)),
    "prod": _product,
    "chol": _cholesky,
    "qr_q": _orthogonal,
    "qr_r": _triangular,
    "lu_l": _lower_factor,
    "lu_u": _upper_factor,
    "sylvester": _sylvester,
    "lyapunov": _lyapunov,
    "tril": lambda field, args: _triangle(field, args, 1),
    "triu": lambda field, args: _triangle(field, args, -1),
    "cumsum": lambda field, args: _cumulative(field, args, 1),
    "revcumsum": lambda field, args: _cumulative(field, args, -1),
    "besselj": _bessel,
    "mvlgamma": _multivariate_gamma,
}
