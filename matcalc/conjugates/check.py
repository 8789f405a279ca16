"""Wirtinger derivatives against differences by the real and the imaginary part."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from matcalc.conjugates.reading import UNIT, conjugate
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.verify.oracle.interpret import interpret
from matcalc.verify.oracle.sample import draw

_STEPS = (1e-5, 3e-5)
_TOLERANCE = 1e-6
_POINTS, _TRIES = 2, 12


def agrees(program: Program, wrt: str, trees: Sequence[Expr], names: Sequence[str]) -> bool | None:
    """Whether the derivatives by z and by conj(z) give the derivatives by the real and by the
    imaginary part of z; None where the expression has no value at any point that was tried.

    Along a real direction d the expression changes by D*d + C*conj(d), and by i*(D*d - C*conj(d))
    along i*d, for the derivatives D by z and C by conj(z).
    """
    with np.errstate(all="ignore"):
        return _agrees(program, wrt, trees, names)


def _agrees(program: Program, wrt: str, trees: Sequence[Expr], names: Sequence[str]) -> bool | None:
    rng = np.random.default_rng(0)
    letters = {name for v in program.variables.values() for d in v.dims for name in d.letters}
    visited = 0
    for attempt in range(_TRIES):
        sizes = {name: 2 + (k + attempt) % 2 for k, name in enumerate(sorted(letters))}
        values = _point(program, names, rng, sizes)
        direction = _complex(rng, np.shape(values[wrt]))
        for turn in (1.0, 1j):
            moved = turn * direction
            expected, other = (
                _difference(program, wrt, moved, values, sizes, step) for step in _STEPS
            )
            by_z, by_conjugate = (interpret(tree, values, sizes) for tree in trees)
            found = _along(by_z, moved) + _along(by_conjugate, np.conj(moved))
            if not (np.all(np.isfinite(expected)) and np.all(np.isfinite(found))):
                break
            scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
            if not np.max(np.abs(expected - other), initial=0.0) <= _TOLERANCE * scale / 10:
                break  # differences are too rough here, as of a singular matrix
            if np.max(np.abs(found - expected), initial=0.0) > _TOLERANCE * scale:
                return False
        else:
            visited += 1
        if visited == _POINTS:
            return True
    return True if visited else None


def _complex(rng: np.random.Generator, shape: Any) -> Any:
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def _point(
    program: Program, names: Sequence[str], rng: np.random.Generator, sizes: dict[str, int]
) -> dict[str, Any]:
    """Values of the variables, those of the conjugates among them."""
    values: dict[str, Any] = {}
    hidden = {*map(conjugate, names), UNIT}
    for name, variable in program.variables.items():
        if name in hidden or variable.kind == "function":
            continue
        shape = tuple([size.size(sizes) for size in variable.shape])
        values[name] = (
            _complex(rng, shape) if name in names else draw(variable, rng, sizes, "normal")
        )
    return _with_conjugates(values, names)


def _with_conjugates(values: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    others = {conjugate(name): np.conj(values[name]) for name in names}
    return {**values, **others, UNIT: np.asarray(1j)}


def _difference(
    program: Program,
    wrt: str,
    moved: Any,
    values: dict[str, Any],
    sizes: dict[str, int],
    step: float,
) -> Any:
    """The central difference along a direction."""
    names = [name for name in values if conjugate(name) in values]
    ends = []
    for sign in (1, -1):
        there = _with_conjugates({**values, wrt: values[wrt] + sign * step * moved}, names)
        ends.append(interpret(program.expr, there, sizes))
    return (ends[0] - ends[1]) / (2 * step)


def _along(derivative: Any, direction: Any) -> Any:
    """The derivative contracted with a direction over its last axes."""
    return np.tensordot(derivative, direction, axes=np.ndim(direction))
