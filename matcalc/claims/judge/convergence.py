"""How the error of central differences depends on the step: a picture of a gradient check.

Along a random direction v, (f(x + h*v) - f(x - h*v))/(2*h) differs from the claimed derivative by
c*h^2 until rounding takes over, whose errors are about eps*|f|/h (Nocedal & Wright, Numerical
Optimization (2006), section 8.1). A wrong claim leaves an error that does not fall.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from matcalc.claims.judge.claim import Claim
from matcalc.claims.judge.claims import question
from matcalc.claims.judge.question import Point, Question
from matcalc.core.errors import DomainError, UnsupportedError
from matcalc.core.options import COORDINATES
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import interpret, magnitude
from matcalc.verify.oracle.numeric import project_on_frame

_STEPS = 10.0 ** np.linspace(-0.5, -13, 51)
_CLEAR = 30.0  # times the noise: errors above that are not rounding
_FEWEST = 4  # points that make a slope
_FLAT, _QUADRATIC = 0.3, 1.5


@dataclass(frozen=True, slots=True)
class Convergence:
    """Errors by step, relative to the largest entry of the directional derivative.

    ``noise`` are the errors of rounding to be expected. ``slope`` is that of the errors above the
    noise on logarithmic axes, None where too few are. ``level`` is the smallest error.
    """

    title: str
    wrt: str
    claim: str
    steps: Array
    errors: Array
    noise: Array
    slope: float | None

    @property
    def level(self) -> float:
        """The smallest error."""
        return float(np.min(self.errors))

    @property
    def says(self) -> str:
        """What the picture means, in a sentence."""
        if self.slope is None:
            return "all errors are noise: along this direction the differences have no error"
        if self.slope < _FLAT:
            usual = float(np.median(self.errors))
            return f"the error does not fall with the step: the claim is wrong by {usual:.1e}"
        if self.slope > _QUADRATIC:
            return "the error falls with the square of the step, down to the noise"
        return "the error falls, but more slowly than the square of the step"


def convergence(claim: Claim, seed: int = 0) -> Convergence:
    """The errors of a claimed first derivative at a random point; UnsupportedError where there is
    nothing to compare.
    """
    asked = question(claim)
    program = asked.program
    if asked.order != 1 or program is None:
        raise UnsupportedError("the errors by step are those of a first derivative")
    rng = np.random.default_rng(seed)
    point = next(asked.points(rng), None)
    if point is None:
        raise DomainError("no point inside the domain was found")
    direction = _direction(asked, point, rng)
    predicted = _along(asked, point, direction)
    start = point.values[asked.wrt]

    def value(step: float) -> Array:
        moved = {**point.values, asked.wrt: start + step * direction}
        return np.asarray(interpret(program.expr, moved, point.sizes))

    found = [(value(step) - value(-step)) / (2 * step) for step in _STEPS]
    scale = max(
        *[float(np.max(np.abs(array), initial=0.0)) for array in (predicted, found[10])],
        np.finfo(float).tiny,
    )
    errors = np.array([float(np.max(np.abs(array - predicted))) for array in found]) / scale
    largest = max(float(magnitude(program.expr, point.values, point.sizes)), scale)
    noise = np.finfo(float).eps * largest / _STEPS / scale
    return Convergence(
        asked.title,
        asked.wrt,
        asked.stated,
        _STEPS,
        np.maximum(errors, np.finfo(float).eps),
        noise,
        _slope(errors, noise),
    )


def _direction(asked: Question, point: Point, rng: np.random.Generator) -> Array:
    """A random direction within the set of the variable, of norm 1."""
    if asked.structure in COORDINATES:
        raise UnsupportedError(
            f"convergence is measured along a direction, which has no structure {asked.structure}",
            hint="leave structure out (--structure), or --plot",
        )
    drawn = np.asarray(rng.standard_normal(np.shape(point.values[asked.wrt])))
    drawn = project_on_frame(drawn, asked.kind, 0)
    norm = float(np.linalg.norm(drawn))
    return drawn / norm if norm else drawn


def _along(asked: Question, point: Point, direction: Array) -> Array:
    """What the claim says of the derivative along a direction."""
    true = asked.derivative(point, asked.wrt, asked.kind)[0]
    claimed = np.asarray(asked.claimed(point))
    if claimed.shape != asked.to_layout(true).shape:
        raise UnsupportedError(
            f"the claim has shape {claimed.shape} and the derivative {asked.to_layout(true).shape}",
            hint="without --plot the report says what is wrong with the claim",
        )
    array = asked.from_layout(claimed, true.shape)
    return np.asarray(np.tensordot(array, direction, axes=direction.ndim))


def _slope(errors: Array, noise: Array) -> float | None:
    """The slope of the errors that are clearly no noise, down to the first that is."""
    clear = errors > _CLEAR * noise
    count = len(clear) if clear.all() else int(np.argmin(clear))
    used = slice(count // 3, count)  # for large steps higher powers count too
    if count < _FEWEST or not np.isfinite(errors[used]).all():
        return None
    steps = np.log(_STEPS[used])
    return float(np.polyfit(steps, np.log(errors[used]), 1)[0]) if len(steps) > 1 else math.nan
