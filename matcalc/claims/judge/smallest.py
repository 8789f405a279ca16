"""The smallest counterexample: the smallest sizes first, then entries from 0, 1, -1, 2."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as combinations_of

import numpy as np

from matcalc.claims.judge.question import Point, Question, Sample
from matcalc.core.dims import fits, names_in
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import FREE, Variable
from matcalc.core.subspaces import SPACES, independent
from matcalc.core.tree import positive_sizes, variable_names
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.compare import largest_place
from matcalc.verify.oracle.interpret import extent
from matcalc.verify.oracle.sample import matrix_of_entries

_ENTRIES = (0.0, 1.0, -1.0, 2.0)
_LARGEST_SIZE = 3
_ROTATIONS = dict.fromkeys(("orthogonal", "orthonormal"), "skew")  # what they are made of
_DRAWS = 40  # random choices of entries at each choice of sizes, after the systematic ones
_MOST_SIZES = 12
_VISIBLE = 1e-6
_DIGITS = (2, 3, 6)  # of a point that is shown
_RESIDUE = 1e-30  # what a complex step leaves of zero
_UNFIT = (
    MatcalcError,
    ArithmeticError,
    ValueError,
    RuntimeError,
    np.linalg.LinAlgError,
)  # what has no value at a point


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point, an entry, and the claimed and true values there; whole arrays and no entry where the
    shapes differ.
    """

    point: Point
    index: tuple[int, ...]
    claimed: float | Array
    true: float | Array


Differs = Callable[[Sample], Counterexample | None]


def smallest(question: Question, *, at_kinks: bool = False) -> Counterexample | None:
    """The first counterexample in the order of sizes, with as many entries as possible made 0, 1,
    -1 or 2; the same each time.

    A point on a kink convinces nobody, so there none is looked for unless that is asked for.
    """
    rng = np.random.default_rng(0)
    off_kinks = replace(
        question, smooth=lambda point: question.smooth(point) and not question.kinked(point)
    )
    asked = question if at_kinks else off_kinks
    for differs in (_entry_differs, _shape_differs):
        for sizes in _sizes(asked):
            found = _at(asked, asked.complete(sizes), rng, differs)
            if found is not None:
                return found
    return None


def _sizes(question: Question) -> list[dict[str, int]]:
    dims = [
        size
        for variable in question.variables.values()
        for size in (*variable.dims, *variable.room)
    ]
    if question.program is not None:  # a place in X[i, j] has a name that no variable knows
        places = [node for node in question.program.expr.parts if node.op in ("slice", "unit")]
        dims += [size for node in places for size in positive_sizes(node)]
    names = list(names_in(dims))
    choices = sorted(
        combinations_of(range(1, _LARGEST_SIZE + 1), repeat=len(names)),
        key=lambda c: (max(c, default=0), sum(c)),
    )
    if question.misfit is not None and question.misfit.common.integer is not None:
        choices = [(question.misfit.common.integer,) * len(names)]
    elif question.misfit is not None:
        choices = [choice for choice in choices if len(set(choice)) <= 1]
    found = [
        sizes for choice in choices if fits(sizes := dict(zip(names, choice, strict=True)), dims)
    ]
    return found[: _MOST_SIZES if len(names) < 4 else 2 * _MOST_SIZES]


def _at(
    question: Question, sizes: dict[str, int], rng: np.random.Generator, differs: Differs
) -> Counterexample | None:
    occurring = _occurring(question)
    counts = {
        name: _count(variable, sizes)
        for name, variable in question.variables.items()
        if variable.kind != "function" and name in occurring
    }
    total = sum(counts.values())
    if total > 60:
        return None
    for entries in _candidates(total, rng):
        found = _judge(question, sizes, counts, entries, differs)
        if found is not None:
            return _simplify(question, sizes, counts, entries, found, differs)
    return None


def _occurring(question: Question) -> set[str]:
    """The variables that a formula or its claim contains; of functions, all."""
    if question.program is None or question.tree is None:
        return set(question.variables)
    return variable_names(question.program.expr) | variable_names(question.tree) | {question.wrt}


def _candidates(total: int, rng: np.random.Generator) -> Iterator[Array]:
    """All ones, then everything for a few entries, else random ones."""
    if 4**total <= _DRAWS * 4:
        yield from (np.array(choice) for choice in combinations_of(_ENTRIES, repeat=total))
        return
    yield np.ones(total)
    for _ in range(_DRAWS):
        yield rng.choice(_ENTRIES, total)


def _simplify(
    question: Question,
    sizes: dict[str, int],
    counts: dict[str, int],
    entries: Array,
    found: Counterexample,
    differs: Differs,
) -> Counterexample:
    """Entry by entry the first value in 0, 1, -1, 2 that leaves it a counterexample."""
    for place in range(len(entries)):
        for value in _ENTRIES[: _ENTRIES.index(entries[place])]:
            other = entries.copy()
            other[place] = value
            simpler = _judge(question, sizes, counts, other, differs)
            if simpler is not None:
                entries, found = other, simpler
                break
    return found


def _judge(
    question: Question,
    sizes: dict[str, int],
    counts: dict[str, int],
    entries: Array,
    differs: Differs,
) -> Counterexample | None:
    """Whether the claim is visibly wrong at a smooth point."""
    values: dict[str, Array] = {}
    start = 0
    for name, count in counts.items():
        made = _value(question.variables[name], entries[start : start + count], sizes)
        if made is None:
            return None
        values[name] = made
        start += count
    sample = _sample(question, Point(sizes, values))
    return None if sample is None else differs(sample)


def _sample(question: Question, point: Point) -> Sample | None:
    """What is seen at a point; None where it is not smooth, or where something has no value."""
    try:
        return question.sample(point) if question.smooth(point) else None
    except _UNFIT:
        return None


def _entry_differs(sample: Sample) -> Counterexample | None:
    if sample.truth.shape != sample.claimed.shape or not np.all(np.isfinite(sample.truth)):
        return None
    gaps = np.abs(sample.claimed - sample.truth)
    gaps = np.where(np.isfinite(gaps), gaps, -1.0)
    if not gaps.size or np.max(gaps) <= max(_VISIBLE, sample.method.tolerance) * max(
        1.0, sample.scale
    ):
        return None
    index = largest_place(gaps)
    return Counterexample(
        sample.point, index, float(sample.claimed[index]), float(_rid(sample.truth)[index])
    )


def _shape_differs(sample: Sample) -> Counterexample | None:
    if sample.truth.shape == sample.claimed.shape or sample.truth.size * sample.claimed.size == 0:
        return None
    return Counterexample(sample.point, (), sample.claimed, _rid(sample.truth))


def _rid(truth: Array) -> Array:
    """The derivative without what a complex step leaves of zeros."""
    return np.where(np.abs(truth) < _RESIDUE, 0.0, truth)


def _count(variable: Variable, sizes: dict[str, int]) -> int:
    """How many entries can be chosen."""
    shape = extent(variable.shape, sizes)
    if variable.kind == "onehot":
        return math.prod(shape[:-1])
    kind = _ROTATIONS.get(variable.kind, variable.kind)
    return len(independent(kind, shape[0])) if kind in SPACES else math.prod(shape)


def _value(variable: Variable, entries: Array, sizes: dict[str, int]) -> Array | None:
    """A value of the kind from its entries; None where these are not of it."""
    shape = extent(variable.shape, sizes)
    if variable.kind == "positive":
        return entries.reshape(shape) if np.all(entries > 0) else None
    if variable.kind == "simplex":
        return (
            np.asarray(entries / np.sum(entries))
            if np.all(entries >= 0) and np.any(entries > 0)
            else None
        )
    if variable.kind == "sphere":
        return np.asarray(entries / np.linalg.norm(entries)) if np.any(entries) else None
    if variable.kind == "onehot":
        return np.asarray(np.eye(shape[-1])[entries.astype(int) % shape[-1]].reshape(shape))
    if variable.kind in FREE or variable.kind == "invertible":
        return entries.reshape(shape)
    n = shape[0]
    X = matrix_of_entries(_ROTATIONS.get(variable.kind, variable.kind), entries, n)
    if variable.kind in _ROTATIONS:
        # Cayley: I - K is invertible for every skew K, and the result is a rotation, the identity
        # for K = 0
        return np.asarray(np.linalg.solve(np.eye(n) - X, np.eye(n) + X)[:, : shape[1]])
    if variable.kind == "psd" and float(np.min(np.linalg.eigvalsh(X))) <= 1e-9:
        return None
    return X


def show_error(question: Question, samples: Sequence[Sample]) -> Counterexample | None:
    """The smallest counterexample, else the worst of the samples, else one on a kink."""
    return (
        smallest(question) or largest_error(question, samples) or smallest(question, at_kinks=True)
    )


def largest_error(question: Question, samples: Sequence[Sample]) -> Counterexample | None:
    """Where no small point shows it: the random point at which the claim is most wrong, with as few
    digits as it takes to be one.
    """
    found = [
        (sample.error, made) for sample in samples if (made := _entry_differs(sample)) is not None
    ]
    if not found:
        return None
    worst = max(found, key=lambda pair: pair[0])[1]
    for digits in _DIGITS:
        sample = _sample(question, _rounded(question, worst.point, digits))
        rounded = None if sample is None else _entry_differs(sample)
        if rounded is not None:
            return rounded
    return worst


def _rounded(question: Question, point: Point, digits: int) -> Point:
    """The point with fewer digits, where its entries may be any."""

    def plain(value: Array) -> Array:
        return np.array([float(f"{x:.{digits}g}") for x in value.ravel()]).reshape(value.shape)

    occurring = _occurring(question)
    values = {
        name: plain(value) if question.variables[name].kind in FREE | {"positive"} else value
        for name, value in point.values.items()
        if name in occurring
    }
    return Point(point.sizes, values)
