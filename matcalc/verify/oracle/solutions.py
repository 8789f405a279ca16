"""Whether a matrix is singular wherever equations hold, as S - l*eye is where S*x = l*x.

Such points are looked for with numbers, by Gauss and Newton's method from random starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice, permutations

import numpy as np

from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import FREE
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import interpret, magnitude
from matcalc.verify.oracle.sample import find_point, find_sizes

_MOST_ORDERS = 6  # of the sizes
_STARTS = 3  # at sizes of one order
_STEPS = 60
_STEP = 1e-6  # of the differences
_ZERO = 1e-9  # what is left of the equations at a solution, to their size
_SINGULAR = 1e-6  # the smallest singular value, to the size of what it is computed from


def is_singular_at_solutions(
    program: Program, equations: Sequence[Expr], unknowns: Sequence[str], matrix: Expr
) -> bool:
    """Whether a square matrix, or a number, is singular at all solutions of the equations that are
    found; not where none is, or where the unknowns are not arrays of free entries.
    """
    if any(program.variables[name].kind not in FREE for name in unknowns):
        return False
    trees = [*equations, matrix]
    rng = np.random.default_rng(0)
    found = False
    try:
        names = sorted(find_sizes(trees, program.variables, rng)[0])
    except MatcalcError:
        return False
    for order in islice(permutations(names), _MOST_ORDERS):
        sizes = {name: 2 + place for place, name in enumerate(order)}
        for _ in range(_STARTS):
            start, _ = find_point(trees, program.variables, rng, sizes)
            values = None if start is None else _solve(equations, unknowns, start, sizes)
            if values is None:
                continue
            value = np.atleast_2d(interpret(matrix, values, sizes))
            least = np.linalg.svd(value, compute_uv=False)[-1] if np.isfinite(value).all() else 0.0
            if least > _SINGULAR * magnitude(matrix, values, sizes):
                return False
            found = True
    return found


def _solve(
    equations: Sequence[Expr],
    unknowns: Sequence[str],
    start: dict[str, Array],
    sizes: dict[str, int],
) -> dict[str, Array] | None:
    """A point near a start where the equations hold; None where the steps do not lead to one."""
    shapes = [start[name].shape for name in unknowns]
    cuts = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]

    def place(z: Array) -> dict[str, Array]:
        parts = zip(unknowns, np.split(z, cuts), shapes, strict=True)
        return {**start, **{name: part.reshape(shape) for name, part, shape in parts}}

    def residual(z: Array) -> Array:
        values = place(z)
        return np.concatenate([np.ravel(interpret(tree, values, sizes)) for tree in equations])

    z = np.concatenate([np.ravel(start[name]) for name in unknowns]).astype(float)
    rest = residual(z)
    for _ in range(_STEPS):
        size = max(magnitude(tree, place(z), sizes) for tree in equations)
        if np.linalg.norm(rest) <= _ZERO * size:
            return place(z)
        slope = _jacobian(residual, z)
        if not np.isfinite(slope).all():  # at the end of a domain, as that of sqrt(x)
            return None
        step = np.linalg.lstsq(slope, -rest, rcond=None)[0]
        for halving in range(12):
            moved = residual(z + step / 2**halving)
            if np.linalg.norm(moved) < np.linalg.norm(rest):
                z, rest = z + step / 2**halving, moved
                break
        else:
            return None
    return None


def _jacobian(function: Callable[[Array], Array], z: Array) -> Array:
    columns = [
        (function(z + _STEP * e) - function(z - _STEP * e)) / (2 * _STEP) for e in np.eye(len(z))
    ]
    return np.stack(columns, axis=1)
