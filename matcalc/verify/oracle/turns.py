"""Points beyond half a turn: there sqrt(1 - sin(x)^2) and asin(sin(x)) have another sign than near
0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from matcalc.core.kinds import Variable, free_kind
from matcalc.core.operations import PERIODIC
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import Sizes
from matcalc.verify.oracle.preconditions import find_violation

_TURNS = np.array([1, -2, 3])  # half turns: of a number an odd one


def move_by_half_turns(
    trees: Sequence[Expr],
    variables: Mapping[str, Variable],
    names: Iterable[str],
    values: dict[str, Array],
    sizes: Sizes,
    *,
    beside: Sequence[Expr] = (),
    moving: str = "",
) -> dict[str, Array]:
    """The point with these variables moved by half turns, where functions are periodic, also in
    what is compared ``beside``; the same where none is, or where that is no point of the domain.
    """
    if all(tree.operations.isdisjoint(PERIODIC) for tree in (*trees, *beside)):
        return values
    moved = dict(values)
    for k, name in enumerate(names):
        x = values.get(name)
        if x is not None and variables[name].kind == free_kind(np.ndim(x)):
            moved[name] = x + np.pi * np.resize(np.roll(_TURNS, k), np.shape(x))
    still = not moving
    outside = (find_violation(tree, moved, sizes, still=still, moving=moving)
               for tree in trees)  # fmt: skip
    return values if any(outside) else moved
