"""Sums over labels, and the arrays that only results have: fused indices and derivatives of matrix
powers.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from math import prod

from matcalc.verify.exact.field import Meter, P, Undecided, identity, strides
from matcalc.verify.exact.jets import Jet, bilinear, constant, power

Labels = tuple[int, ...]
Factors = list[tuple[Jet, Labels]]


_MOST_POWER = 4096
_PLANNING = 200  # multiplications that take as long as to choose a pair and to find its places


def whole_number(exponent: Jet) -> int:
    """The exponent of a matrix."""
    number = exponent.number
    if number is None or number.denominator != 1 or abs(number) > _MOST_POWER:
        raise Undecided("a matrix power that is not a small integer")
    return int(number)


def frechet_power(args: Sequence[Jet], slots: int, meter: Meter) -> Jet:
    """The coefficient of d1*...*dk in (X + d1*E1 + ... + dk*Ek)^p; ``slots`` are directions left
    open, two axes each.
    """
    x, exponent = args[0], whole_number(args[1])
    if any(arg.moves for arg in args):
        raise Undecided("a derivative of frechet_power")
    directions = [arg.value for arg in args[2:]]
    n = x.extent[0]
    meter.pay(n ** (2 * slots) * n**3 << len(args) - 2 + slots)
    units = [identity(n * n)[k * n * n : (k + 1) * n * n] for k in range(n * n)]
    cases: list[list[list[int]]] = [directions]
    for _ in range(slots):
        cases = [[*case, unit] for case in cases for unit in units]
    columns = []
    for case in cases:
        parts: list[list[int] | None] = [None] * (1 << len(case))
        parts[0] = x.value
        for k, direction in enumerate(case):
            parts[1 << k] = direction
        columns.append(power(Jet(x.extent, parts), exponent).parts[-1] or [0] * (n * n))
    entries = [column[k] for k in range(n * n) for column in columns]
    return constant((n, n) * (1 + slots), entries, len(x.parts))


def fuse(size: int, fast: int, slow: int) -> list[int]:
    """F[k, i, j] = 1 where k = i + j*fast."""
    places = product(range(size), range(fast), range(slow))
    return [int(k == i + j * fast) for k, i, j in places]


def contract(args: Sequence[Jet], labels: Sequence[Labels], output: Labels, meter: Meter) -> Jet:
    """result[output] = the sum over the other labels of the product of the entries args[labels],
    two factors at a time.
    """
    factors = list(zip(args, labels, strict=True))
    while len(factors) > 1:
        pairs = [(i, j) for j in range(len(factors)) for i in range(j)]
        i, j = min(pairs, key=lambda pair: _volume(factors, pair, output))
        kept = _kept_labels(factors, (i, j), output)
        (a, left), (b, right) = factors[i], factors[j]
        joined = _pair(a, left, b, right, kept, meter)
        factors = [factor for k, factor in enumerate(factors) if k not in (i, j)] + [(joined, kept)]
    a, names = factors[0]
    one = constant((), [1], len(a.parts))
    return _pair(a, names, one, (), output, meter)


def _kept_labels(factors: Factors, pair: tuple[int, int], output: Labels) -> Labels:
    """The labels of a pair that another factor or the output has, too."""
    others = {
        name for k, (_, names) in enumerate(factors) if k not in pair for name in names
    } | set(output)
    return tuple(
        name for name in dict.fromkeys(factors[pair[0]][1] + factors[pair[1]][1]) if name in others
    )


def _volume(factors: Factors, pair: tuple[int, int], output: Labels) -> int:
    sizes = {
        name: size
        for k in pair
        for name, size in zip(factors[k][1], factors[k][0].extent, strict=True)
    }
    return prod([sizes[name] for name in _kept_labels(factors, pair, output)])


def _pair(a: Jet, left: Labels, b: Jet, right: Labels, output: Labels, meter: Meter) -> Jet:
    """The contraction of two factors: places in both for every place of the output, and how far the
    sums go from there.
    """
    sizes = dict(zip(left, a.extent, strict=True)) | dict(zip(right, b.extent, strict=True))
    steps = {name: [0, 0] for name in sizes}
    for side, (names, jet) in enumerate(((left, a), (right, b))):
        for name, stride in zip(names, strides(jet.extent), strict=True):
            steps[name][side] += stride
    meter.pay(prod(sizes.values()) * len(a.parts) + _PLANNING)
    outer_places = _places(output, sizes, steps)
    inner_places = _places([name for name in sizes if name not in output], sizes, steps)

    def rule(x: list[int], y: list[int]) -> list[int]:
        if len(inner_places) == 1:  # nothing is summed
            return [x[i] * y[j] % P for i, j in outer_places]
        return [sum([x[i + k] * y[j + m] for k, m in inner_places]) % P for i, j in outer_places]

    return bilinear(a, b, rule, tuple([sizes[name] for name in output]))


def _places(
    names: Sequence[int], sizes: dict[int, int], steps: dict[int, list[int]]
) -> list[tuple[int, int]]:
    places = [(0, 0)]
    for name in names:
        first, second = steps[name]
        places = [(i + k * first, j + k * second) for i, j in places for k in range(sizes[name])]
    return places
