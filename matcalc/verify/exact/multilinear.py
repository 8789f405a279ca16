"""Kronecker and Khatri-Rao products, reshaped arrays and commutations on jets."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from matcalc.core.operations import PROJECTORS
from matcalc.core.subspaces import independent
from matcalc.verify.exact.field import P, inverse, permute
from matcalc.verify.exact.field_rules import FieldRule, matrix, spread, stack
from matcalc.verify.exact.generators import HALF, Generators
from matcalc.verify.exact.jets import Jet, bilinear, constant, hadamard, linear


def kron(field: Generators, args: Sequence[Jet]) -> Jet:
    """K[i1*p + i2, j1*q + j2] = A[i1,j1]*B[i2,j2]."""
    rank = max(len(arg.extent) for arg in args)
    if not min(len(arg.extent) for arg in args):
        return hadamard(*spread(*args))
    a, b = matrix(args[0]), matrix(args[1])
    (m, n), (p, q) = a.extent, b.extent

    def rule(x: list[int], y: list[int]) -> list[int]:
        outer = [u * v % P for u in x for v in y]
        return permute(outer, (m, n, p, q), (0, 2, 1, 3))

    return bilinear(a, b, rule, (m * p, n * q)[:rank])


def _khatrirao(field: Generators, args: Sequence[Jet]) -> Jet:
    """K[i1*p + i2, j] = A[i1,j]*B[i2,j]."""
    (m, n), (p, _) = args[0].extent, args[1].extent

    def rule(x: list[int], y: list[int]) -> list[int]:
        rows = product(range(m), range(p))
        return [x[i * n + j] * y[k * n + j] % P for i, k in rows for j in range(n)]

    return bilinear(args[0], args[1], rule, (m * p, n))


def _reshape(field: Generators, args: Sequence[Jet]) -> Jet:
    """R[i,j] is the entry i + j*m of the stacked array, and so on."""
    extent = tuple([int(arg.value[0]) for arg in args[1:]])
    backwards = range(len(extent))[::-1]
    return linear(stack(args[0]), lambda part: permute(part, extent[::-1], backwards), extent)


def _commutation(field: Generators, args: Sequence[Jet]) -> Jet:
    """K[j + i*n, i + j*m] = 1."""
    m, n = (int(arg.value[0]) for arg in args)
    size = m * n
    return constant(
        (size, size),
        [int(k // n + k % n * m == q) for k in range(size) for q in range(size)],
        len(args[0].parts),
    )


_CYCLES = ((1, 2), (2, 0), (0, 1))  # the other two indices of each, in the order of the cycle


def _cross(field: Generators, args: Sequence[Jet]) -> Jet:
    """(x2*y3 - x3*y2, x3*y1 - x1*y3, x1*y2 - x2*y1)."""
    return bilinear(
        args[0], args[1], lambda x, y: [(x[j] * y[k] - x[k] * y[j]) % P for j, k in _CYCLES], (3,)
    )


def _skewmat(field: Generators, args: Sequence[Jet]) -> Jet:
    """[0, -x3, x2; x3, 0, -x1; -x2, x1, 0]."""
    return linear(
        args[0], lambda x: [0, -x[2] % P, x[1], x[2], 0, -x[0] % P, -x[1] % P, x[0], 0], (3, 3)
    )


def _vee(field: Generators, args: Sequence[Jet]) -> Jet:
    """(M32 - M23, M13 - M31, M21 - M12)/2."""
    return linear(
        args[0], lambda m: [(m[3 * k + j] - m[3 * j + k]) * HALF % P for j, k in _CYCLES], (3,)
    )


def _places(n: int) -> list[tuple[int, int]]:
    """Row and column of the entries of the lower half, column by column."""
    return [(i, j) for j in range(n) for i in range(j, n)]


def _vech(field: Generators, args: Sequence[Jet]) -> Jet:
    """The entries i >= j, column by column."""
    n = args[0].extent[0]
    places = [i * n + j for i, j in _places(n)]
    return linear(args[0], lambda part: [part[place] for place in places], (len(places),))


def _elimination(field: Generators, args: Sequence[Jet]) -> Jet:
    """L[k, i + j*n] = 1 for the k-th place i, j of the lower half."""
    n = int(args[0].value[0])
    places = _places(n)
    entries = [int(q == i + j * n) for i, j in places for q in range(n * n)]
    return constant((len(places), n * n), entries, len(args[0].parts))


def _duplication(field: Generators, args: Sequence[Jet]) -> Jet:
    """D[i + j*n, k] = D[j + i*n, k] = 1 for the k-th place i, j of the lower half."""
    n = int(args[0].value[0])
    places = _places(n)
    entries = [int(q in (i + j * n, j + i * n)) for q in range(n * n) for i, j in places]
    return constant((n * n, len(places)), entries, len(args[0].parts))


def _nearest(kind: str) -> FieldRule:
    """Each entry that is in several places of a matrix of a kind is the mean of those."""

    def rule(field: Generators, args: Sequence[Jet]) -> Jet:
        if not args[0].extent:  # a number is one entry
            return args[0]
        n = args[0].extent[0]

        def means(part: list[int]) -> list[int]:
            found = [0] * len(part)
            for places in independent(kind, n):
                total = sum(part[i * n + j] for i, j, _ in places)
                for i, j, _ in places:
                    found[i * n + j] = total * inverse(len(places)) % P
            return found

        return linear(args[0], means, (n, n))

    return rule


def _projector(kind: str) -> FieldRule:
    """1/c for two of the c places of an entry of a matrix of a kind, else 0."""

    def rule(field: Generators, args: Sequence[Jet]) -> Jet:
        n = int(args[0].value[0])
        entries = [0] * n**4
        for places in independent(kind, n):
            for i, j, _ in places:
                for k, m, _ in places:
                    entries[(i + j * n) * n * n + k + m * n] = inverse(len(places))
        return constant((n * n, n * n), entries, len(args[0].parts))

    return rule


def epsilon() -> list[int]:
    """The sign of the permutation i, j, k."""
    entries = [0] * 27
    for i, (j, k) in enumerate(_CYCLES):
        entries[9 * i + 3 * j + k], entries[9 * i + 3 * k + j] = 1, P - 1
    return entries


FUNCTIONS: dict[str, FieldRule] = {
    "kron": kron,
    "khatrirao": _khatrirao,
    "reshape": _reshape,
    "commutation": _commutation,
    "vech": _vech,
    "elimination": _elimination,
    "duplication": _duplication,
    **{kind: _nearest(kind) for kind in PROJECTORS.values()},
    **{name: _projector(kind) for name, kind in PROJECTORS.items()},
    "cross": _cross,
    "skewmat": _skewmat,
    "vee": _vee,
}
