"""What rounding errors may do to a comparison: both sides again at inputs that differ in their last
bits.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from matcalc.core.errors import DomainError
from matcalc.core.kinds import Variable
from matcalc.core.subspaces import SPACES
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import magnitude

_EPSILON = 2.0**-52
_STEP = 8 * _EPSILON  # relative: the last bits
_AMPLIFIED = 100.0  # what is seen once may be so much larger elsewhere
_OPERATIONS = 8.0  # rounded, at the largest intermediate value
_MATRICES = (*SPACES, "orthogonal", "invertible")


def noise(
    sides: Sequence[Callable[[dict[str, Array]], Array]],
    results: Sequence[Array],
    values: Mapping[str, Array],
    sizes: Mapping[str, int],
    variables: Mapping[str, Variable],
    trees: Sequence[Expr],
) -> float:
    """How much of the difference of the two results rounding may be; infinite where one has no
    value beside the point.

    Inputs that differ in their last bits show what cancels after it was rounded. What cancels
    inside the candidate (one of ``trees``) alone shows in its largest intermediate value.
    """
    beside = perturb(values, variables)
    found = 0.0
    for side, result in zip(sides, results, strict=True):
        other = side(beside)
        change = np.abs(other - result) if other.shape == result.shape else np.asarray(np.inf)
        found = max(
            found, float(np.max(np.where(np.isfinite(change), change, np.inf), initial=0.0))
        )
    inner = 0.0
    for tree in trees:
        try:
            inner = max(inner, magnitude(tree, values, sizes))
        except DomainError:
            inner = np.inf
    return _AMPLIFIED * found + _OPERATIONS * _EPSILON * (inner if np.isfinite(inner) else np.inf)


def perturb(values: Mapping[str, Array], variables: Mapping[str, Variable]) -> dict[str, Array]:
    """Every entry moved by some last bits; matrices of a kind by the same for an entry and the one
    across the diagonal.
    """
    rng = np.random.default_rng(0)
    result = {}
    for name, value in values.items():
        turn = rng.choice((-1.0, 1.0), np.shape(value))
        if name in variables and variables[name].kind in _MATRICES:
            turn = np.triu(turn) + np.triu(turn, 1).T
        result[name] = np.asarray(value * (1 + _STEP * turn))
    return result
