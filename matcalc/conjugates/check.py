"""Wirtinger derivatives against differences by the real and the imaginary part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from matcalc.conjugates.branches import has_branches, has_cut, moves
from matcalc.conjugates.reading import UNIT, ComplexProgram, conjugate
from matcalc.core.errors import EvaluationError
from matcalc.core.kinds import size_names
from matcalc.core.operations import CUTS
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.verify.oracle.interpret import interpret, values_of_parts
from matcalc.verify.oracle.sample import draw
from matcalc.write.printers.numpy_code import compile_numpy

_STEPS = (1e-5, 3e-5)
TOLERANCE = 1e-6
_SAME = 1e-9
_SINGULAR = 1e12  # the condition number of a matrix that has no inverse but for rounding
_REAL = 1e-12  # of an imaginary part, relatively: none but rounding
_POINTS, _TRIES = 2, 12
_OF_CODE, _TRIES_OF_CODE = 1e-9, 8  # the relative error of generated code, and points for it
_POINTS_OF_BRANCHES = 24  # of which some are on each side of a cut,
_FAR = 4.0  # and every other one is so many times as far from 0: exp(z) is on all sides of it


def largest_error(found: ComplexProgram, wrt: str, trees: Sequence[Expr]) -> float | None:
    """The largest relative error at a few complex points; None where no point was found.

    Along a real direction d the expression changes by D*d + C*conj(d), and by i*(D*d - C*conj(d))
    along i*d, for the derivatives D by z and C by conj(z). A Hermitian matrix moves along Hermitian
    directions d, and the expression changes by D*d.
    """
    errors: list[float] = []
    program, trees = found.program, [*map(_continue, trees)]
    program = program._replace(expr=_continue(program.expr))
    branches = has_branches((program.expr, *trees), found)
    wanted = _POINTS_OF_BRANCHES if branches else _POINTS
    with np.errstate(all="ignore"):
        for values, sizes in points(found, wanted + _TRIES, _FAR if branches else 1.0):
            if _on_cut(program, values, sizes):
                continue
            error = _error(program, wrt, trees, values, sizes)
            errors += [] if error is None else [error]
            if len(errors) == wanted:
                break
    return max(errors, default=None)


def same_values(found: ComplexProgram, left: Expr, right: Expr) -> bool | None:
    """Whether two trees have the same values at complex points; None where they have none."""
    visited, branches = 0, has_branches((left, right), found)
    count, far = (_POINTS_OF_BRANCHES, _FAR) if branches else (_TRIES, 1.0)
    with np.errstate(all="ignore"):
        for values, sizes in points(found, count, far):
            if any(_inverts_singular(tree, values, sizes) for tree in (left, right)):
                continue
            one, other = (interpret(_continue(tree), values, sizes) for tree in (left, right))
            if not (np.all(np.isfinite(one)) and np.all(np.isfinite(other))):
                continue
            scale = max(1.0, float(np.max(np.abs(one), initial=0.0)))
            if one.shape != other.shape or not np.allclose(one, other, atol=_SAME * scale):
                return False
            visited += 1
    return True if visited else None


def _inverts_singular(tree: Expr, values: dict[str, Any], sizes: dict[str, int]) -> bool:
    """Whether a matrix is inverted that is singular, but for rounding, as A^H*A of a wide A is."""
    inverted = [node.args[0] for node in tree.parts if node.op == "inv"]
    matrices = [np.asarray(interpret(each, values, sizes)) for each in inverted]
    return any(
        not np.all(np.isfinite(each)) or (each.size and np.linalg.cond(each) > _SINGULAR)
        for each in matrices
    )


def _continue(tree: Expr) -> Expr:
    """The tree with exp(p*log(w)) for the powers w^p that are not whole ones; those of the
    interpreter are real.
    """

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op in ("^", ".^") and has_cut(node):
            power = Expr("log", (args[0],), node.shape, row=node.row)
            product = Expr(".*", (args[1], power), node.shape, row=node.row)
            return Expr("exp", (product,), node.shape, row=node.row)
        return node.with_args(args)

    return tree.fold(rule)


def find_cut(found: ComplexProgram) -> str:
    """The function that is always taken on its branch cut, the negative numbers; there it is not
    analytic, and conj(f(w)) is not f(conj(w)). Empty where there is none.
    """
    always: set[str] = set()
    with np.errstate(all="ignore"):
        for count, (values, sizes) in enumerate(points(found, _TRIES)):
            here = _on_cut(found.program, values, sizes)
            always = here if count == 0 else always & here
            if not always:
                return ""
    return min(always)


def points(
    found: ComplexProgram, count: int, far: float = 1.0
) -> Iterator[tuple[dict[str, Any], dict[str, int]]]:
    """So many complex points of a program, with their sizes; every other one is ``far`` away."""
    rng = np.random.default_rng(0)
    letters = size_names(found.program.variables.values())
    for attempt in range(count):
        sizes = {name: 2 + (k + attempt) % 2 for k, name in enumerate(sorted(letters))}
        yield _point(found, rng, sizes, far if attempt % 2 else 1.0), sizes


def _on_cut(program: Program, values: dict[str, Any], sizes: dict[str, int]) -> set[str]:
    """The functions with a branch cut of which an argument that is not real lies on it."""
    moving = {name for name, value in values.items() if np.iscomplexobj(value)}
    branched = [node for node in program.expr.parts if has_cut(node) and moves(node, moving)]
    if not branched:
        return set()
    known = values_of_parts(program.expr, values, sizes)
    found = set()
    for node in branched:
        at = np.asarray(known.get(id(node.args[0]), np.nan))
        start = CUTS.get(node.op, 0)
        if np.any((at.real < start) & (np.abs(at.imag) <= _REAL * np.abs(at))):
            found.add("a power" if node.op in ("^", ".^") else node.op)
    return found


def _error(
    program: Program,
    wrt: str,
    trees: Sequence[Expr],
    values: dict[str, Any],
    sizes: dict[str, int],
) -> float | None:
    """The largest relative error at a point; None where differences are too rough."""
    direction = _complex(np.random.default_rng(1), np.shape(values[wrt]))
    free = conjugate(wrt) in values
    direction = direction if free else direction + direction.conj().T
    largest = 0.0
    for turn in (1.0, 1j) if free else (1.0,):
        moved = turn * direction
        expected, other = (_difference(program, wrt, moved, values, sizes, step) for step in _STEPS)
        ways = (moved, np.conj(moved))[: len(trees)]
        along = [
            _along(interpret(tree, values, sizes), way)
            for tree, way in zip(trees, ways, strict=True)
        ]
        found = np.asarray(sum(along))
        if not (np.all(np.isfinite(expected)) and np.all(np.isfinite(found))):
            return None
        scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
        if not np.max(np.abs(expected - other), initial=0.0) <= TOLERANCE * scale / 10:
            return None  # as of a singular matrix
        largest = max(largest, float(np.max(np.abs(found - expected), initial=0.0)) / scale)
    return largest


def _complex(rng: np.random.Generator, shape: Any) -> Any:
    return rng.normal(size=shape) + 1j * rng.normal(size=shape)


def _point(
    found: ComplexProgram, rng: np.random.Generator, sizes: dict[str, int], scale: float
) -> dict[str, Any]:
    """Values of the variables, those of the conjugates among them."""
    values: dict[str, Any] = {}
    hidden = {*map(conjugate, found.names), UNIT}
    for name, variable in found.program.variables.items():
        if name in hidden or variable.kind == "function":
            continue
        shape = tuple([size.size(sizes) for size in variable.shape])
        values[name] = (
            scale * _complex(rng, shape)
            if name in found.names
            else draw(variable, rng, sizes, "normal")
        )
        kind = found.self_adjoint.get(name)
        if kind == "psd":
            values[name] = values[name] @ values[name].conj().T + np.eye(shape[0])
        elif kind is not None:
            values[name] = values[name] + values[name].conj().T
    return _with_conjugates(values, found.conjugated)


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


def code_agrees(
    text: str, name: str, found: ComplexProgram, trees: Mapping[str, Expr]
) -> bool | None:
    """Whether the code computes the trees at a complex point: at an ill-conditioned one right code
    may fail, but not at all. None where no point is found at which they have values.
    """
    function = compile_numpy(text, name)
    hidden = {*map(conjugate, found.conjugated), UNIT}
    visited = False
    with np.errstate(all="ignore"):
        for values, sizes in points(found, _TRIES_OF_CODE):
            expected = {key: interpret(tree, values, sizes) for key, tree in trees.items()}
            if not all(np.all(np.isfinite(each)) for each in expected.values()):
                continue
            visited = True
            own = {key: value for key, value in values.items() if key not in hidden}
            try:
                computed = function(**own)
                computed = computed if isinstance(computed, dict) else {"": computed}
            except (EvaluationError, ArithmeticError, ValueError, TypeError, IndexError):
                continue
            if all(_same(computed[key], each) for key, each in expected.items()):
                return True
    return False if visited else None


def _same(computed: Any, expected: Any) -> bool:
    scale = max(1.0, float(np.max(np.abs(expected), initial=0.0)))
    there = np.shape(computed) == np.shape(expected)
    return there and np.allclose(computed, expected, atol=_OF_CODE * scale)
