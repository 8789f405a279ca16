"""What is judged: an objective, a claimed derivative, and how both are evaluated at a point."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from matcalc.claims.judge.claim import OPEN, Claim, Misfit
from matcalc.core.kinds import Variable, size_names
from matcalc.core.language import BaseLanguage, default_language
from matcalc.core.program import Program
from matcalc.core.statement import columns_of, is_matricized, layout_axes
from matcalc.core.subspaces import frame_of
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.numeric import Method
from matcalc.verify.oracle.rounding import noise

_READABLE = 1e-3  # of a derivative, which rounding errors leave
_CLOSE, _CLOSEST = 1e-7, 1e-11  # relative errors of what is the same


@dataclass(frozen=True, slots=True)
class Point:
    """A size for each named dimension and a value for each variable."""

    sizes: dict[str, int]
    values: dict[str, Array]


class OnBorder(NamedTuple):
    """A point at which a condition of the claim holds, and where the objective may have no
    derivative.
    """

    condition: str
    point: Point


class Surveyed(NamedTuple):
    """Points on all sides of the kinks of objective and claim, what holds on the sides without, and
    points on borders.
    """

    points: list[Point]
    missing: tuple[str, ...]
    borders: list[OnBorder]


@dataclass(frozen=True, slots=True)
class Sample:
    """A point with what is true and what is claimed there, in the axes in which the claim is
    written.

    ``scale`` is the number that errors are relative to.
    """

    point: Point
    truth: Array
    claimed: Array
    scale: float
    method: Method

    @property
    def hidden(self) -> bool:
        """Whether rounding errors may be so large that a wrong claim would pass."""
        if self.truth.shape != self.claimed.shape or np.array_equal(self.truth, self.claimed):
            return False
        seen = max(float(np.max(np.abs(each), initial=0.0)) for each in (self.truth, self.claimed))
        return (
            self.method.rounded == 0 and not self.method.tolerance * self.scale < _READABLE * seen
        )

    @property
    def noise(self) -> float:
        """What rounding may leave of a derivative that is much smaller than what it is computed
        from; else 0.
        """
        faint = self.scale > 2 * float(np.max(np.abs(self.truth), initial=np.finfo(float).tiny))
        return self.method.tolerance * self.scale if faint else 0.0

    @property
    def error(self) -> float:
        """The largest error of an entry; infinite where shapes differ or the claim has no value."""
        if self.truth.shape != self.claimed.shape:
            return math.inf
        errors = np.abs(self.claimed - self.truth)
        return float(np.max(np.where(np.isnan(errors), np.inf, errors), initial=0.0)) / self.scale


@dataclass(frozen=True, slots=True)
class Question:
    """A claim together with everything that judging it needs.

    ``derivative(point, variable, kind)`` is the true derivative with respect to a variable, its
    axes those of the objective and then those of the variable, projected on the matrices of the
    kind; ``claimed(point)`` the claim. ``points`` draws inside the domain and ``smooth`` says
    whether a point is in it; ``complete`` adds to the sizes of the variables those that only the
    claim has. The trees are there where the objective or the claim is a formula; ``proof`` is the
    verdict of exact arithmetic, if both are.
    """

    title: str
    stated: str
    wrt: str
    variables: Mapping[str, Variable]
    rank: int
    derivative: Callable[[Point, str, str], tuple[Array, Method]]
    claimed: Callable[[Point], Array]
    points: Callable[[np.random.Generator], Iterator[Point]]
    smooth: Callable[[Point], bool]
    magnitude: Callable[[Point], float]
    complete: Callable[[dict[str, int]], dict[str, int]] = lambda sizes: sizes
    order: int = 1
    layout: str = "mixed"
    structure: str = "declared"
    program: Program | None = None
    answer: Expr | None = None
    tree: Expr | None = None
    misfit: Misfit | None = None
    notes: tuple[str, ...] = ()
    proof: Callable[[], str] = lambda: OPEN
    exceptions: Callable[[], tuple[str, ...]] = tuple  # notes on small sizes where no proof holds
    # the same where sizes are equal at which the claim has the shape of the derivative, if it has
    # another
    alike: Callable[[], Question | None] = lambda: None
    kinked: Callable[[Point], bool] = lambda point: (
        False
    )  # whether a point lies on a kink, where conventions decide
    # what is found at the sizes of a given point
    survey: Callable[[Point, np.random.Generator, bool], Surveyed] = lambda point, rng, proved: (
        Surveyed([], (), [])
    )
    # which maximum is in two places at once, so that there is no derivative; of a formula
    tied: Callable[[], str] = lambda: ""
    rough: bool = False  # whether errors are allowed that are more than rounding
    source: Claim | None = None  # where it came from, if that is a claim in text

    @property
    def language(self) -> BaseLanguage:
        """That of the objective, if it is a formula."""
        return default_language() if self.program is None else self.program.language

    @property
    def kind(self) -> str:
        """What the derivative is brought to: the kind on whose matrices it is projected, or as
        ``subspaces.framed`` says it.
        """
        if self.structure == "free":
            return "free"  # of an equation there is no variable
        return frame_of(self.variables[self.wrt].kind, self.structure)

    def select_known_sizes(self, sizes: Mapping[str, int]) -> dict[str, int]:
        """The sizes that have a meaning for the reader: those of the variables' dimensions."""
        names = size_names(self.variables.values())
        return {name: size for name, size in sizes.items() if name in names}

    def is_matricized(self, total: int) -> bool:
        """Whether a claim of a derivative with these many axes is the matrix J of d vec(F) = J*d
        vec(X), and no array.
        """
        written = 2 if self.tree is None else self.tree.rank
        return is_matricized(self.rank, total, self.order, written)

    def to_layout(self, derivative: Array) -> Array:
        """A derivative as claims write it: in the layout asked for, beyond two axes as J of d
        vec(F) = J*d vec(X), unless it is claimed as an array.
        """
        total = derivative.ndim
        if total < self.rank:
            return derivative
        laid = np.transpose(derivative, layout_axes(self.rank, total, self.layout))
        if not self.is_matricized(total):
            return laid
        return laid.reshape(*self.split(laid.shape), order="F")

    def from_layout(self, claimed: Array, shape: tuple[int, ...]) -> Array:
        """A claim with the axes of a derivative of this shape."""
        axes = layout_axes(self.rank, len(shape), self.layout)
        laid = claimed.reshape([shape[axis] for axis in axes], order="F")
        return np.transpose(laid, np.argsort(axes)) if axes else laid

    def split(self, shape: tuple[int, ...]) -> tuple[int, int]:
        """Rows and columns of the matrix J of a derivative with these axes."""
        columns = self.columns(len(shape))
        return math.prod(shape[: len(shape) - columns]), math.prod(shape[len(shape) - columns :])

    def columns(self, total: int) -> int:
        """How many of the last axes are the columns of J."""
        return columns_of(self.rank, total, self.order, self.layout)

    def sample(self, point: Point) -> Sample:
        """The truth and the claim at a point.

        Errors are relative to the largest entry of the derivative. Where that is much smaller than
        what it is computed from, they are relative to what rounding leaves of it.
        """
        derivative, method = self.derivative(point, self.wrt, self.kind)
        truth, claimed = self.to_layout(derivative), self.claimed(point)
        scale = max(float(np.max(np.abs(truth), initial=0.0)), np.finfo(float).tiny)
        size = 1e-3 * self.magnitude(point)
        exact = self.program is not None and method.rounded == 0  # functions may be rough
        if scale < size and exact and np.all(np.isfinite(claimed)):
            size = min(size, self.rounding(point, truth, claimed) / method.tolerance)
        return Sample(point, truth, claimed, max(scale, size), method)

    def rounding(self, point: Point, truth: Array, claimed: Array) -> float:
        """How much of the difference of the truth and the claim rounding may be."""

        def again(values: dict[str, Array]) -> Array:
            return self.to_layout(
                self.derivative(Point(point.sizes, values), self.wrt, self.kind)[0]
            )

        def evaluate_again(values: dict[str, Array]) -> Array:
            return self.claimed(Point(point.sizes, values))

        trees = [] if self.tree is None else [self.tree]
        sides, results = (again, evaluate_again), (truth, claimed)
        with np.errstate(all="ignore"):
            return noise(sides, results, point.values, point.sizes, self.variables, trees)


def closeness(samples: Sequence[Sample]) -> float:
    """How close what is the same has to be where a claim is explained: much closer than the claim
    is.
    """
    wrong = [each.error for each in samples if each.error > each.method.tolerance]
    return max(_CLOSEST, min(_CLOSE, min(wrong, default=1.0) / 100))


def tolerance(sample: Sample, close: float) -> float:
    """The relative error that is allowed in a sample, of which the method may be rougher."""
    return max(close, sample.method.tolerance) if sample.method.rounded else close
