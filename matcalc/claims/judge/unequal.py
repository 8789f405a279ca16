"""Where two expressions differ: the smallest such point, as for wrong derivatives."""

from __future__ import annotations

import numpy as np

from matcalc.claims.judge.claims import evaluate_claim
from matcalc.claims.judge.question import Point, Question
from matcalc.claims.judge.smallest import Counterexample, smallest
from matcalc.core.dims import names_in
from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.compare import largest_place
from matcalc.verify.oracle.interpret import magnitude
from matcalc.verify.oracle.numeric import Method
from matcalc.verify.oracle.preconditions import find_violation
from matcalc.verify.oracle.sample import find_sizes

_VALUE = Method("evaluation", 0.0, 1e-9)


def difference(left: Program, right: Program, seed: int) -> Counterexample | None:
    """A point where the values differ, ``true`` on the left and ``claimed`` on the right.

    The smallest one, else one of random entries; None where numbers do not show a difference.
    """
    asked = _question(left, right)
    found = smallest(asked) or smallest(asked, at_kinks=True)
    if found is not None:
        return found
    rng = np.random.default_rng(seed)
    try:
        sample = asked.sample(Point(*find_sizes([left.expr, right.expr], left.variables, rng)))
    except MatcalcError:
        return None
    gaps = np.abs(sample.claimed - sample.truth)
    index = largest_place(gaps)
    if not gaps[index] > _VALUE.tolerance * sample.scale:
        return None
    return Counterexample(
        sample.point, index, float(sample.claimed[index]), float(sample.truth[index])
    )


def _question(left: Program, right: Program) -> Question:
    """Whether the right side, as a claim, is the left side: a derivative of order zero."""
    both = (left.expr, right.expr)
    open_names = sorted(names_in(left.undetermined))

    def value(point: Point, _wrt: str, _kind: str) -> tuple[Array, Method]:
        return evaluate_claim(left.expr, point), _VALUE

    def complete(sizes: dict[str, int]) -> dict[str, int]:
        """Sizes that no variable has, as that of ``ones'*ones``, are 1 more than the others are on
        the whole.
        """
        return {**dict.fromkeys(open_names, 1 + sum(sizes.values()) % 2), **sizes}

    return Question(
        title=left.source,
        stated=right.source,
        wrt="",
        variables=left.variables,
        rank=left.expr.rank,
        derivative=value,
        claimed=lambda point: evaluate_claim(right.expr, point),
        points=lambda rng: iter(()),
        smooth=lambda point: all(
            find_violation(expr, point.values, point.sizes) is None for expr in both
        ),
        magnitude=lambda point: max(
            1.0, *(magnitude(expr, point.values, point.sizes) for expr in both)
        ),
        complete=complete,
        structure="free",
    )
