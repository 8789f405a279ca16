"""Claims that are right only if some matrix is symmetric, orthogonal or diagonal, or if two of them
commute.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from matcalc.claims.judge.question import Point, Question, Sample
from matcalc.core.kinds import ROWS, Variable
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.pieces import EQUAL, Pieces
from matcalc.verify.oracle.sample import draw

_TRIALS = 2
_ATTEMPTS = 6  # points drawn under a condition until one is inside the domain
_COSTS = {
    "symmetric": 1.25,
    "orthogonal": 1.35,
    "diagonal": 2.4,
}  # almost any two mistakes vanish for diagonal matrices
_NARROWER = {
    "matrix": ("symmetric", "orthogonal", "diagonal"),
    "invertible": ("symmetric", "orthogonal", "diagonal"),
    # of linear kinds; the diagonal of a skew matrix is zero
    **{row.name: ("diagonal",) for row in ROWS if row.linear and row.symmetry >= 0},
    "diagonal": (),
}


@dataclass(frozen=True, slots=True)
class ClaimCondition:
    """When a claim is right, and how far-fetched it is that this was taken for granted."""

    kind: str
    text: str
    cost: float


def conditions(
    question: Question, samples: list[Sample], rng: np.random.Generator
) -> Iterator[tuple[ClaimCondition, list[Sample]]]:
    """Each condition with samples in which it holds."""
    named = _names(question.tree, question.answer) or set(question.variables)
    square = [
        v
        for v in question.variables.values()
        if len(v.shape) == 2 and v.shape[0] == v.shape[1] and v.name in named
    ]
    base = samples[0].point
    for variable in square:
        for kind in _NARROWER.get(variable.kind, ()):
            found = _worlds(question, base, rng, {variable.name: kind})
            if found:
                cost = _COSTS[kind]
                yield (
                    ClaimCondition(
                        f"needs-{kind}", f"it is right only if {variable.name} is {kind}", cost
                    ),
                    found,
                )
    general = [v.name for v in square if v.kind in ("matrix", "invertible")]
    if len(general) > 1:
        found = _worlds(question, base, rng, dict.fromkeys(general, "symmetric"))
        if found:
            yield (
                ClaimCondition(
                    "needs-symmetric",
                    f"it is right only if {_format_list(general)} are symmetric",
                    1.4,
                ),
                found,
            )
    for one, other in combinations(square, 2):
        if one.shape == other.shape and {one.kind, other.kind} <= {
            "matrix",
            "invertible",
            "symmetric",
        }:
            found = _commuting_samples(question, base, rng, one, other)
            if found:
                yield (
                    ClaimCondition(
                        "needs-commuting",
                        f"it is right only if {one.name} and {other.name} commute",
                        1.4,
                    ),
                    found,
                )


def _names(*trees: Expr | None) -> set[str]:
    """The variables of claim and derivative; empty where one of them is not a formula."""
    if any(tree is None for tree in trees):
        return set()
    nodes = (node for tree in trees if tree is not None for node in tree.parts)
    return {node.value for node in nodes if node.op == "variable"}


def _format_list(names: list[str]) -> str:
    return ", ".join(names[:-1]) + " and " + names[-1]


def _worlds(
    question: Question, base: Point, rng: np.random.Generator, kinds: dict[str, str]
) -> list[Sample]:
    """Samples in which the variables are of narrower kinds; none where the domain has no such
    point.
    """

    def values() -> dict[str, Array]:
        style = {
            name: draw(
                Variable(name, kind, question.variables[name].dims[:1]), rng, base.sizes, "normal"
            )
            for name, kind in kinds.items()
        }
        return {**base.values, **style}

    return _draw_samples(question, base, values)


def _commuting_samples(
    question: Question, base: Point, rng: np.random.Generator, one: Variable, other: Variable
) -> list[Sample]:
    """The second matrix as a polynomial of the first, plus enough of the identity to be
    invertible.
    """

    def values() -> dict[str, Array]:
        A = draw(one, rng, base.sizes, "normal")
        B = 2 * np.eye(len(A)) + rng.uniform(0.3, 1.0) * A + rng.uniform(0.1, 0.3) * A @ A
        return {**base.values, one.name: A, other.name: B}

    return _draw_samples(question, base, values)


def _draw_samples(
    question: Question, base: Point, values: Callable[[], dict[str, Array]]
) -> list[Sample]:
    """Samples at which the same equations of the objective hold as at the base: off the surface
    tr(A) == 1 a claim that is wrong on it says nothing.
    """
    found: list[Sample] = []
    pieces = Pieces([] if question.program is None else [question.program.expr])
    places = [place for place, each in enumerate(pieces.switches) if each.kind == EQUAL]

    def holding(point: Point) -> list[bool]:
        gaps = pieces.sight(point.values, point.sizes).gaps if places else []
        return [bool(np.any(gaps[place] == 0)) for place in places]

    there = holding(base)
    for _ in range(_ATTEMPTS):
        point = Point(base.sizes, values())
        if question.smooth(point) and holding(point) == there:
            found.append(question.sample(point))
            if len(found) == _TRIALS:
                return found
    return []
