"""Smooth functions with known derivatives that stand for those that are only declared.

Entry by entry c + sum_r a_r*sin(w_r'*x + b_r), where x are the scalars; else C*sin(W*u + b) + c,
where u are the entries of all arguments. The numbers come from the name. What holds for a function
that is only declared holds for these.
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
    points, others = args[: function.arity], args[function.arity :]
    weighted = function.weighted and bool(others)
    directions = others[weighted:]
    counts = [1 if function.entrywise else point.size for point in points]
    count = sum(counts)
    rng = np.random.default_rng([crc32(name.encode()), count])
    waves = _WAVES if function.entrywise and function.arity == 1 else count + _WAVES
    W = rng.uniform(0.4, 1.2, (waves, count)) * rng.choice((-1.0, 1.0), (waves, count))
    b = rng.uniform(0.0, 6.0, waves)
    level = _LEVEL if order == 0 else 0.0
    by = function.by or (0,) * (order - len(directions))
    if function.entrywise:
        phase = b + sum(np.asarray(u)[..., None] * W[:, k] for k, u in enumerate(points))
        slopes = np.prod([W[:, place] for place in by], axis=0)
        amplitudes = rng.uniform(0.2, 0.6, waves) * slopes
        return np.asarray(_sine(np.asarray(phase), order) @ amplitudes + level)
    blocks = np.split(W, np.cumsum(counts)[:-1], axis=1)
    wave = _sine(W @ np.concatenate([point.reshape(-1) for point in points]) + b, order)
    for direction in directions:
        wave = wave * (W @ direction)
    values = others[0].size if weighted else int(np.prod(extent[: function.ranks[-1]]))
    C = rng.uniform(-0.6, 0.6, (values, waves))
    if function.value:
        C = C.reshape(*extent[:2], waves)
        C = np.reshape(C + C.transpose(1, 0, 2), (values, waves)) / 2
    if weighted:
        C = (others[0] @ C)[None]
    result = C * wave
    for place in by:
        result = result[..., None, :] * blocks[place].T
    found = np.asarray((result.sum(axis=-1) + level).reshape(extent))
    if function.value == "psd" and order == 0:  # the diagonal is larger than all beside it
        return found + (waves + level) * extent[0] * np.eye(extent[0])
    return found


def _sine(phase: Array, order: int) -> Array:
    """The derivative of the sine."""
    wave = np.sin(phase) if order % 2 == 0 else np.cos(phase)
    return np.asarray(wave if order % 4 < 2 else -wave)
