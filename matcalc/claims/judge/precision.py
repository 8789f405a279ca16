"""Signs that a function computes a derivative too roughly: in single precision inside, or by finite
differences.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from matcalc.claims.judge.diagnosis import Mistake
from matcalc.claims.judge.question import Point, Question, Sample
from matcalc.core.errors import ArgumentError
from matcalc.runtime.elementwise import Array

_ROUGH = 1e-3  # of larger errors something else is the cause
_SINGLE = 1e-4  # of single precision there are no larger ones
_UNSEEN = 1e-10  # a relative change of the arguments that single precision does not see
_OUTSIDE = (ArithmeticError, ValueError, RuntimeError)  # what a function raises off its domain
_SEEN = 1e-3  # and one that it does
_HINT = "rtol= allows for errors"

Function = Callable[[Point], Array]


def single(asked: Question, samples: Sequence[Sample]) -> Mistake | None:
    """The cause of small errors if the claim has single precision, though its type does not say
    so.
    """
    if not _small(samples):
        return None
    representable = all(_representable(sample.claimed) for sample in samples)
    if not representable and not all(
        is_blurred(asked.claimed, sample.point, asked.wrt) for sample in samples
    ):
        return None
    text = f"it looks like single precision: errors of the order of {_order(samples)}; "
    if max(sample.error for sample in samples) > _SINGLE:  # float32 would not be believed
        text = f"it looks like half precision: errors of the order of {_order(samples)}; {_HINT}"
    else:
        text += f"dtype='float32' says so, {_HINT}"
    return Mistake("precision", text)


def differences(samples: Sequence[Sample]) -> Mistake | None:
    """The cause of small errors that nothing else explains."""
    if not _small(samples):
        return None
    text = (
        f"it looks like finite differences, or a rounded number: errors of the order of "
        f"{_order(samples)}; {_HINT}"
    )
    return Mistake("precision", text)


def is_blurred(function: Function, point: Point, wrt: str) -> bool:
    """Whether a function does not see a change that double precision would show, of one argument or
    of all, but a larger one.
    """
    arrays = [name for name, value in point.values.items() if np.asarray(value).dtype.kind == "f"]
    try:
        here = function(point)
        return any(
            np.array_equal(function(_scale(point, names, _UNSEEN)), here)
            and not np.array_equal(function(_scale(point, names, _SEEN)), here)
            for names in ([wrt], arrays)
        )
    except ArgumentError as problem:
        if not isinstance(problem.raised, _OUTSIDE):
            raise
        return False
    except _OUTSIDE:
        return False


def _scale(point: Point, names: Sequence[str], by: float) -> Point:
    return Point(
        point.sizes,
        {**point.values, **{name: np.asarray(point.values[name]) * (1 + by) for name in names}},
    )


def _representable(value: Array) -> bool:
    return np.array_equal(value, value.astype(np.float32).astype(float))


def _small(samples: Sequence[Sample]) -> bool:
    return all(sample.error < _ROUGH for sample in samples)


def _order(samples: Sequence[Sample]) -> str:
    return f"{max(sample.error for sample in samples):.0e}"
