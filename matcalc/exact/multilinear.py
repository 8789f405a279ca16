"""Kronecker and Khatri-Rao products, reshaped arrays and commutations on jets."""

from __future__ import annotations

from collections.abc import Sequence

from matcalc.exact.field import P, permuted
from matcalc.exact.functions import Rule, matrix, spread, stacked
from matcalc.exact.generators import Generators
from matcalc.exact.jets import Jet, bilinear, constant, hadamard, linear


def kron(world: Generators, args: Sequence[Jet]) -> Jet:
    """K[i1*p + i2, j1*q + j2] = A[i1,j1]*B[i2,j2]."""
    rank = max(len(arg.extent) for arg in args)
    if not min(len(arg.extent) for arg in args):
        return hadamard(*spread(*args))
    a, b = matrix(args[0]), matrix(args[1])
    (m, n), (p, q) = a.extent, b.extent

    def rule(x: list[int], y: list[int]) -> list[int]:
        outer = [u * v % P for u in x for v in y]
        return permuted(outer, (m, n, p, q), (0, 2, 1, 3))

    return bilinear(a, b, rule, (m * p, n * q)[:rank])


def _khatrirao(world: Generators, args: Sequence[Jet]) -> Jet:
    """K[i1*p + i2, j] = A[i1,j]*B[i2,j]."""
    (m, n), (p, _) = args[0].extent, args[1].extent

    def rule(x: list[int], y: list[int]) -> list[int]:
        return [x[i * n + j] * y[k * n + j] % P for i in range(m) for k in range(p) for j in range(n)]

    return bilinear(args[0], args[1], rule, (m * p, n))


def _reshape(world: Generators, args: Sequence[Jet]) -> Jet:
    """R[i,j] is the entry i + j*m, counted column by column."""
    m, n = (int(arg.value[0]) for arg in args[1:])
    entries = stacked(args[0])
    return linear(entries, lambda part: permuted(part, (n, m), (1, 0)), (m, n))


def _commutation(world: Generators, args: Sequence[Jet]) -> Jet:
    """K[j + i*n, i + j*m] = 1."""
    m, n = (int(arg.value[0]) for arg in args)
    size = m * n
    return constant((size, size), [int(k // n + k % n * m == q) for k in range(size) for q in range(size)], len(args[0].parts))


FUNCTIONS: dict[str, Rule] = {
    "kron": kron,
    "khatrirao": _khatrirao,
    "reshape": _reshape,
    "commutation": _commutation,
}
