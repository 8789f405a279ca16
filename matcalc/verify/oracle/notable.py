"""Points at which equations often hold that no random point is on: a variable is what the other
side of a difference says, or is zero, of equal entries, the identity, singular, symmetric, or the
same as another variable.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations

import numpy as np

from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import FREE, Variable
from matcalc.core.tree import Expr, variable_names
from matcalc.runtime.elementwise import Array
from matcalc.verify.oracle.interpret import Sizes, interpret
from matcalc.verify.oracle.preconditions import is_of_kind

_DIFFERENCES = frozenset(("-", "+", "==", "!=", "<", "<=", ">", ">="))  # or opposites
_QUARTERS = 4  # sums of such numbers are exact


def notable_points(
    sides: Sequence[Expr],
    base: Mapping[str, Array],
    variables: Mapping[str, Variable],
    sizes: Sizes,
    numbers: Sequence[float] = (),
) -> Iterator[dict[str, Array]]:
    """Points at which the sides of an equation may be equal, all but one variable as at the base;
    the most general come first. ``numbers`` are such as a variable may consist of.
    """
    names = sorted(set().union(*map(variable_names, sides)))
    for name, value in _solved(sides, base, sizes):
        if name in names and np.shape(value) in ((), base[name].shape):
            filled = np.array(np.broadcast_to(value, base[name].shape), dtype=float)
            yield from _if_of_kind(name, filled, base, variables)
    for name, other in permutations(names, 2):
        if base[name].shape == base[other].shape:
            yield from _if_of_kind(name, base[other], base, variables)
    for name in names:
        found = [*_patterns(base[name]), *(np.full(base[name].shape, each) for each in numbers)]
        for value in found:
            yield from _if_of_kind(name, value, base, variables)


def _if_of_kind(
    name: str, value: Array, base: Mapping[str, Array], variables: Mapping[str, Variable]
) -> Iterator[dict[str, Array]]:
    stated = variables[name]
    if stated.kind in FREE or is_of_kind(stated, value):
        yield {**base, name: value}


def _solved(
    sides: Sequence[Expr], base: Mapping[str, Array], sizes: Sizes
) -> Iterator[tuple[str, Array]]:
    """A variable with the value that makes a difference in which it stands alone vanish."""
    pairs: list[tuple[Expr, Expr | None, int]] = [
        (sides[0], sides[1] if len(sides) == 2 else None, 1)
    ]
    pairs += [
        (node.args[0], node.args[1], -1 if node.op == "+" else 1)
        for side in sides
        for node in side.parts
        if node.op in _DIFFERENCES
    ]
    for left, right, sign in pairs:
        for one, other in ((left, right), (right, left)):
            inner = one.args[0] if one is not None and one.op == "fill" else one
            if inner is None or inner.op != "variable":
                continue
            try:
                value = np.zeros(()) if other is None else interpret(other, base, sizes)
            except (EvaluationError, np.linalg.LinAlgError):
                continue
            yield inner.value, sign * value


def _patterns(value: Array) -> Iterator[Array]:
    """Arrays of this shape that are special in one way each."""
    rounded = np.round(value * _QUARTERS) / _QUARTERS
    if value.ndim and len(value) > 1:
        repeated = rounded.copy()
        repeated[-1] = repeated[0]
        yield repeated
        yield np.broadcast_to(rounded[:1], value.shape).copy()
        unit = np.zeros(value.shape)
        unit[0] = 1.0
        yield unit
    if value.ndim == 2 and value.shape[0] == value.shape[1]:
        turned = np.roll(np.eye(len(value)), 1, axis=0)
        yield rounded + rounded.T
        yield rounded - rounded.T
        yield np.diag(np.diag(rounded))
        yield turned
        yield np.eye(len(value))
    if value.ndim == 2:
        lacking = rounded.copy()
        lacking[:, -1] = 0.0
        yield lacking
    yield np.ones(value.shape)
    yield np.zeros(value.shape)
