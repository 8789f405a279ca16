"""Smooth functions with known derivatives that stand for those that are only declared.

Entry by entry c + sum_r a_r*sin(w_r*x + b_r); of a vector or the entries of a matrix C*sin(W*u + b)
+ c. The numbers come from the name. What holds for a function that is only declared holds for
these.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np

from matcalc.core.declared import FunctionRef
from matcalc.runtime.elementwise import Array

_WAVES = 3
_LEVEL = 0.8  # around which the values are: mostly positive, sometimes above 1


def generic(function: FunctionRef, args: Sequence[Array], extent: tuple[int, ...]) -> Array:
    """The value of a declared function, or of a derivative of it."""
    order, name = function.order, function.name
    u = args[0]
    count = 1 if function.entrywise else u.size
    rng = np.random.default_rng([crc32(name.encode()), count])
    waves = _WAVES if function.entrywise else count + _WAVES
    W = rng.uniform(0.4, 1.2, (waves, count)) * rng.choice((-1.0, 1.0), (waves, count))
    b = rng.uniform(0.0, 6.0, waves)
    if function.entrywise:
        phase = u[..., None] * W[:, 0] + b
        amplitudes = rng.uniform(0.2, 0.6, waves) * W[:, 0] ** order
        return np.asarray(_sine(phase, order) @ amplitudes + (_LEVEL if order == 0 else 0.0))
    wave = _sine(W @ u.reshape(-1) + b, order)
    if function.scalar_of_vector:  # the others are directions
        for direction in args[1:]:
            wave = wave * (W @ direction)
        order -= len(args) - 1
        args = args[:1]
    weighted = len(args) == 2
    values = args[1].size if weighted else extent[0] if function.of_vectors else 1
    C = rng.uniform(-0.6, 0.6, (values, waves))
    if weighted:
        C = (args[1] @ C)[None]
    result = C * wave
    for _ in range(order):
        result = result[..., None, :] * W.T
    total = result.sum(axis=-1) + (_LEVEL if function.order == 0 else 0.0)
    return np.asarray(total.reshape(extent))


def _sine(phase: Array, order: int) -> Array:
    """The derivative of the sine."""
    wave = np.sin(phase) if order % 2 == 0 else np.cos(phase)
    return np.asarray(wave if order % 4 < 2 else -wave)
