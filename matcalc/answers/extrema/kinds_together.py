"""What kind of points of several numbers stationary points are, under equations too."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import suppress
from fractions import Fraction
from itertools import combinations
from typing import NamedTuple

from matcalc.answers.convex.convexity import verdict_on
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.constraints import Constraint, are_affine, lagrangian_gradient
from matcalc.answers.extrema.extremes import (
    DOMAIN,
    EXTREMES,
    PointKind,
    domain_there,
    format_requirements,
    format_tree,
    is_surely,
)
from matcalc.answers.extrema.lagrange import kind_on_affine_set
from matcalc.answers.extrema.several_points import by_orders
from matcalc.answers.zeros.singular import is_everywhere_zero
from matcalc.answers.zeros.solving import Requirement
from matcalc.answers.zeros.surds import as_fraction, value_at
from matcalc.core.errors import MatcalcError
from matcalc.core.kinds import FREE
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_number, number, variable_names
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.pipeline import derive, simplify_tree
from matcalc.results import Expression

Square = Sequence[Sequence[Expr]]
_NOT_DECIDED = PointKind("a stationary point", "its kind is not decided")
_OF_POLYNOMIALS = frozenset({"variable", "+", "-", "neg", "*", ".*"})


class CriticalPoint(NamedTuple):
    """The values of numbers and multipliers at a point, the names of those that are determined, and
    what has to be positive for the point to be real.
    """

    values: Mapping[str, Expr]
    known: Set[str]
    requires: tuple[Requirement, ...] = ()


def kinds_of(
    expression: Expression,
    names: Sequence[str],
    found: Sequence[Constraint],
    places: list[CriticalPoint],
) -> Iterator[PointKind]:
    """What each of the points is that are all there are, and where it counts."""
    program = expression._program
    whole = _by_verdict(expression, names, found)
    levels = [_there(program, program.expr, place.values) for place in places]
    for place, level in zip(places, levels, strict=True):
        values = {name: place.values[name] for name in names}
        what = whole or _by_value(program, level)
        if found:
            what = what or _by_values(program, names, found, level, levels)
            if what is None and len(found) == 1:
                what = _by_bordered_hessian(program, names, found[0], place)
            what = what or PointKind("a stationary point on the set")
            what = what._replace(why=_with_values(program, what.why, level, found, place))
        elif what is None:
            is_line = len(place.known) < len(names)
            what = _NOT_DECIDED if is_line else _by_hessian(program, values)
        yield what._replace(conditions=_conditions(program, values, place.requires))


def _with_values(
    program: Program, why: str, level: Expr, found: Sequence[Constraint], place: CriticalPoint
) -> str:
    """The reason with the value of the function and of the multipliers that are determined."""
    names = [each.multiplier.name for each in found if each.multiplier.name in place.known]
    said = [f"{name} = {format_tree(program, as_fraction(place.values[name]))}" for name in names]
    value = f"the value there is {format_tree(program, level)}"
    parts = [", ".join([value, *[why] * bool(why)]), ", ".join(said)]
    return "; ".join(filter(None, parts))


def _conditions(
    program: Program, values: Mapping[str, Expr], requires: Sequence[Requirement]
) -> tuple[str, ...]:
    """On which conditions a point counts."""
    found = [
        f"if {name} is {program.variables[name]}"
        for name, tree in values.items()
        if not is_surely(program, program.variables[name], tree)
    ]
    found += domain_there(program, values.keys(), lambda tree: put(tree, values))
    return tuple(dict.fromkeys([*found, *format_requirements(program, requires)]))


def _by_verdict(
    expression: Expression, names: Sequence[str], found: Sequence[Constraint]
) -> PointKind | None:
    """The kind of all points of a function that is convex or concave."""
    with suppress(MatcalcError):
        verdict = verdict_on(expression, names)
        if found:
            is_flat = are_affine(expression._program, names, found)
            return kind_on_affine_set(verdict.verdict) if is_flat else None
        if verdict.verdict in EXTREMES:
            return PointKind(EXTREMES[verdict.verdict], verdict.why.replace(DOMAIN, ""))
    return None


def _by_value(program: Program, value: Expr) -> PointKind | None:
    """The kind of a point where the function is proved to be nowhere below its value, or above."""
    known = Definiteness(program)
    rise = simplify_tree(program, Expr("-", (program.expr, value)))
    for end, side, tree in (
        ("minimum", "below", rise),
        ("maximum", "above", negate(program, rise)),
    ):
        if known.is_nonnegative(tree):
            shown = format_tree(program, value)
            return PointKind(f"a {end}", f"the function is nowhere {side} its value there, {shown}")
    return None


def _by_values(
    program: Program, names: Sequence[str], found: Sequence[Constraint], own: Expr, all_: list[Expr]
) -> PointKind | None:
    """The kind of a point on a bounded set, where a polynomial has a least and a largest value:
    these are among the values at all points.
    """
    if len(found) > 1 or not _is_bounded(program, names, found[0]):
        return None  # several sets may touch at a point where there are no multipliers
    if not _is_polynomial(program, names):
        return None  # it may fall without end where it has no value, or where positive numbers end
    signs = [_sign(program, simplify_tree(program, Expr("-", (own, each)))) for each in all_]
    if None in signs:
        return None
    for end, word, beyond in (("minimum", "least", 1), ("maximum", "largest", -1)):
        if beyond not in signs:
            return PointKind(
                f"a {end} on the set", f"{word} at these points, and the set is bounded"
            )
    return None


def _is_polynomial(program: Program, names: Sequence[str]) -> bool:
    """Whether a function is a polynomial in numbers that may be any numbers."""
    moving = set(names)
    return all(program.variables[name].kind in FREE for name in names) and all(
        not moving & variable_names(node)
        or node.op in _OF_POLYNOMIALS
        or (node.op in ("/", "./") and not moving & variable_names(node.args[1]))
        or (node.op in ("^", ".^") and is_number(node.args[1]) and _is_whole(node.args[1].value))
        for node in program.expr.parts
    )


def _is_whole(power: Fraction) -> bool:
    return power.denominator == 1 and power >= 0


def _is_bounded(program: Program, names: Sequence[str], constraint: Constraint) -> bool:
    """Whether an equation is that of an ellipsoid: its second derivatives are positive definite
    numbers.
    """
    bends = _hessian(program._replace(expr=constraint.zero), names, (), {})
    is_flat = not any(variable_names(tree) for row in bends for tree in row)
    return is_flat and set(_leading_signs(program, bends)) == {1}


def _by_bordered_hessian(
    program: Program, names: Sequence[str], constraint: Constraint, place: CriticalPoint
) -> PointKind | None:
    """The kind of a point by the signs of the determinants of the Hessian of the Lagrangian with
    the gradient of an equation around it (Magnus & Neudecker 2019, section 7.13).
    """
    zero = program._replace(expr=constraint.zero)
    slopes = {name: _there(program, derive(zero, name), place.values) for name in names}
    first = next((name for name in names if _sign(program, slopes[name])), None)
    if first is None:
        return None
    order = [first, *[name for name in names if name != first]]
    inner = _hessian(program, order, [constraint], place.values)
    border = [slopes[name] for name in order]
    whole = [
        [number(0), *border],
        *[[slopes[n], *row] for n, row in zip(order, inner, strict=True)],
    ]
    signs = _leading_signs(program, whole)[2:]
    why = "by the signs of the bordered Hessian"
    ends = {"minimum": [-1] * len(signs), "maximum": [(-1) ** k for k in range(len(signs))]}
    for end, wanted in ends.items():
        if signs == wanted:
            return PointKind(f"a local {end} on the set", why)
    return PointKind("a saddle on the set", why) if signs[-1] and None not in signs else None


def _by_hessian(program: Program, values: Mapping[str, Expr]) -> PointKind:
    """The kind of a point by the signs of determinants of the Hessian there."""
    names = list(values)
    hessian = _hessian(program, names, (), values)
    rows = "; ".join([", ".join([format_tree(program, each) for each in row]) for row in hessian])
    shown = f"the Hessian there, [{rows}],"
    signs = _leading_signs(program, hessian)
    if all(sign == 1 for sign in signs):
        return PointKind("a local minimum", f"{shown} is positive definite")
    if all(sign == (-1) ** size for size, sign in enumerate(signs, 1)):
        return PointKind("a local maximum", f"{shown} is negative definite")
    pairs = combinations(range(len(names)), 2)
    if any(_sign(program, _minor(program, hessian, pair)) == -1 for pair in pairs):
        return PointKind("a saddle", f"{shown} is indefinite")
    if None in signs:
        return PointKind(
            f"a minimum where {shown} is positive definite, a maximum where it is negative "
            "definite, a saddle where it is indefinite"
        )
    if signs[-1]:
        return PointKind("a saddle", f"{shown} is indefinite")
    for name in names:
        others = {other: tree for other, tree in values.items() if other != name}
        line = program._replace(expr=_there(program, program.expr, others))
        along = by_orders(line, name, values[name])
        if along.said == "no extreme":
            return PointKind("a saddle", f"along {name} {along.why}")
    return PointKind("a stationary point", f"{shown} is singular, so this test is inconclusive")


def _there(program: Program, tree: Expr, values: Mapping[str, Expr]) -> Expr:
    return value_at(program, tree, values)


def _hessian(
    program: Program, names: Sequence[str], found: Sequence[Constraint], values: Mapping[str, Expr]
) -> Square:
    """The second derivatives of the function, or of the Lagrangian, at a point."""
    rows = []
    for name in names:
        slope = program._replace(expr=lagrangian_gradient(program, name, found))
        rows.append([_there(program, derive(slope, other), values) for other in names])
    return rows


def _leading_signs(program: Program, matrix: Square) -> list[int | None]:
    """The signs of the determinants of the first rows and columns (Sylvester 1852)."""
    sizes = range(1, len(matrix) + 1)
    return [_sign(program, _minor(program, matrix, range(size))) for size in sizes]


def _minor(program: Program, matrix: Square, places: Sequence[int]) -> Expr:
    """The determinant of some rows and the same columns."""
    return simplify_tree(program, _determinant([[matrix[i][j] for j in places] for i in places]))


def _determinant(matrix: Square) -> Expr:
    """By the first row (Laplace)."""
    if len(matrix) == 1:
        return matrix[0][0]
    total: Expr | None = None
    for place, entry in enumerate(matrix[0]):
        rest = [[*row[:place], *row[place + 1 :]] for row in matrix[1:]]
        term = Expr("*", (entry, _determinant(rest)))
        total = term if total is None else Expr("-" if place % 2 else "+", (total, term))
    assert total is not None
    return total


def _sign(program: Program, tree: Expr) -> int | None:
    """1, -1 or 0 of what has one sign; else None."""
    known = Definiteness(program)
    if known.is_positive(tree):
        return 1
    if known.is_positive(negate(program, tree)):
        return -1
    return 0 if is_everywhere_zero(program, tree) else None
