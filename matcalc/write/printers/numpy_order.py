"""The cheapest order in which a chain of matrices is multiplied."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from matcalc.core.dims import Dim, names_in
from matcalc.write.printers.numpy_places import is_placed
from matcalc.write.printers.numpy_products import DIAGONAL, INVERSE, MATRIX, SUMS, CodeFactor

_NOMINAL = 100  # the size that stands for every name
PLANNED = 24  # longer chains of matrices are multiplied from the left


def _size(dim: Dim, known: Mapping[str, int]) -> int:
    return max(1, dim.size({name: known.get(name, _NOMINAL) for name in dim.letters}))


def _kind(factor: CodeFactor) -> str:
    """That of the factor; a product with a list of places, or cumulative sums, has the cost of
    one with a diagonal.
    """
    cheap = factor.kind == SUMS or (factor.kind == MATRIX and is_placed(factor.node))
    return DIAGONAL if cheap else factor.kind


def _cost(left: str, right: str, rows: int, inner: int, columns: int) -> int:
    """Nominal multiplications in a product of two factors of the given kinds (MATRIX: already an
    array).
    """
    factorisation = inner**3
    if DIAGONAL in (left, right):
        other = factorisation if INVERSE in (left, right) else 0
        return rows * columns + other
    solves = (left == INVERSE) + (right == INVERSE)
    return rows * inner * columns + solves * factorisation


def splits(
    factors: Sequence[CodeFactor], known: Mapping[str, int] = MappingProxyType({})
) -> tuple[dict[tuple[int, int], int], dict[tuple[int, int], int]]:
    """For each part first..last of the chain: its least cost, and after which factor to split
    it; ``known`` are sizes that are not the usual ones.
    """
    kinds = [_kind(factor) for factor in factors]
    sizes = [_size(factors[0].ends[0], known)]
    sizes += [_size(factor.ends[1], known) for factor in factors]
    cost = {(place, place): 0 for place in range(len(factors))}
    split: dict[tuple[int, int], int] = {}
    for length in range(1, len(factors)):
        for first in range(len(factors) - length):
            last = first + length
            cost[first, last], split[first, last] = min(
                (
                    cost[first, middle]
                    + cost[middle + 1, last]
                    + _cost(
                        kinds[first] if first == middle else MATRIX,
                        kinds[last] if middle + 1 == last else MATRIX,
                        sizes[first],
                        sizes[middle + 1],
                        sizes[last + 1],
                    ),
                    middle,
                )
                for middle in range(first, last)
            )
    return cost, split


def cut(factors: Sequence[CodeFactor]) -> tuple[int, int]:
    """The cheapest place to cut a chain of which only paired entries are wanted: the cost, and the
    length of the left part.
    """
    if len(factors) > PLANNED:
        return 0, len(factors) - 1
    cost = splits(factors)[0]
    last = len(factors) - 1
    sizes = [_size(factors[0].ends[0], {})] + [_size(factor.ends[1], {}) for factor in factors]
    return min(
        (cost[0, cut - 1] + cost[cut, last] + sizes[0] * sizes[cut], cut)
        for cut in range(1, len(factors))
    )


def certain(factors: Sequence[CodeFactor]) -> bool:
    """Whether one order is the best whichever of the sizes is the smallest or the largest."""
    names = names_in([dim for factor in factors for dim in factor.ends])
    if len(names) > PLANNED:
        return False
    usual = splits(factors)[1]
    return all(
        splits(factors, {name: size})[1] == usual
        for name in names
        for size in (_NOMINAL // 10, _NOMINAL * 10)
        if len(names) > 1
    )
