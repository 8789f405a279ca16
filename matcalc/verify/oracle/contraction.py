"""Generalised Einstein sums: any number of factors and labels, a label in any number of factors and
in the output.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np

from matcalc.runtime.elementwise import Array

Labels = tuple[int, ...]


def contract(arrays: Sequence[Array], labels: Sequence[Labels], output: Labels) -> Array:
    """result[output] = sum over the other labels of the product of the entries array[labels].

    Factors are multiplied two at a time, the pair with the smallest product first, and a label is
    summed as soon as no other factor and not the output has it; so NumPy's limits on operands and
    letters do not matter.
    """
    factors = [(array, tuple(names)) for array, names in zip(arrays, labels, strict=True)]
    if not factors:
        return np.asarray(1.0)
    sizes = {
        name: size
        for array, names in factors
        for name, size in zip(names, array.shape, strict=True)
    }

    users = Counter(output)  # in how many factors a label occurs; the output is one of them
    for _, names in factors:
        users.update(set(names))

    def kept(i: int, j: int) -> Labels:
        left, right = factors[i][1], factors[j][1]
        return tuple(
            name
            for name in dict.fromkeys(left + right)
            if users[name] > (name in left) + (name in right)
        )

    while len(factors) > 1:
        pairs = [(i, j) for j in range(len(factors)) for i in range(j)]
        i, j = min(pairs, key=lambda pair: math.prod(sizes[name] for name in kept(*pair)))
        names = kept(i, j)
        product = _einsum([factors[i], factors[j]], names)
        users.subtract([*set(factors[i][1]), *set(factors[j][1])])
        users.update(names)
        factors = [factor for k, factor in enumerate(factors) if k not in (i, j)] + [
            (product, names)
        ]
    return _einsum(factors, output)


def _einsum(factors: list[tuple[Array, Labels]], output: Labels) -> Array:
    small = {
        name: k
        for k, name in enumerate(dict.fromkeys(name for _, names in factors for name in names))
    }
    operands: list[object] = []
    for array, names in factors:
        operands += [array, [small[name] for name in names]]
    return np.array(np.einsum(*operands, [small[name] for name in output]))  # type: ignore[call-overload]
