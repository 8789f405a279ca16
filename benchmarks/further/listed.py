"""The list that the experts' functions of this folder are entered in."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from problems import Array, Problem, Sizes

FURTHER: list[Problem] = []
_Expert = Callable[..., Array]


def expert(
    name: str, text: str, variables: dict[str, str], wrt: str, sizes: Sizes, order: int = 1
) -> Callable[[_Expert], _Expert]:
    """Enters the function that an expert would write for a derivative."""

    def enter(function: _Expert) -> _Expert:
        FURTHER.append(Problem(name, text, wrt, order, variables, (sizes,), function, None))
        return function

    return enter


def row_softmax(Z: Array, axis: int = 1) -> Array:
    Z = Z - Z.max(axis=axis, keepdims=True)
    np.exp(Z, out=Z)
    Z /= Z.sum(axis=axis, keepdims=True)
    return Z
