"""All stationary points of a function of one number, each with its kind."""

from __future__ import annotations

from contextlib import suppress

from matcalc.answers.convex.convexity import has_kinks, verdict_on
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.extremes import EXTREMES, PointKind, format_tree, is_beyond, kind_of
from matcalc.answers.zeros.roots import find_roots
from matcalc.answers.zeros.singular import is_everywhere_zero
from matcalc.answers.zeros.solving import Zero
from matcalc.answers.zeros.surds import value_at
from matcalc.claims.equality import prove_all
from matcalc.core.boundary import public
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import FREE
from matcalc.core.notes import label_lines
from matcalc.core.operations import FLAT, VANISHING
from matcalc.core.program import Program
from matcalc.core.tree import Expr, is_zero, variable_names, zeros
from matcalc.core.typeset import Typeset
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.pipeline import derive
from matcalc.results import Derivative, Expression, Formula
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.text import text

_MOST_ORDERS = 12  # until a derivative is not zero
_JUMPS = FLAT & VANISHING  # the derivatives of what has kinks; each is 0 at 0
_STEP = 1e-4  # to the sides of a kink
_SLOPE = 1e-3  # below it a function is flat there


class StationaryPoints(Typeset):
    """All zeros of the derivative of a function of one number: ``points`` are their values, each
    with what it is; ``proof`` says how it was proved that the derivative is zero there.
    """

    def __init__(
        self, gradient: Derivative, points: list[tuple[Formula, PointKind]], proof: str
    ) -> None:
        self.gradient = gradient
        self.points = points
        self.proof = proof

    def __str__(self) -> str:
        return ", ".join([str(point) for point, _ in self.points])

    @public
    def report(self) -> str:
        """The points, a line each with its kind, and the proof."""
        proof = f"the gradient there is zero, {self.proof}; it has no other zeros"
        kinds = [(f"at {point}", str(kind)) for point, kind in self.points]
        rows = [("gradient", str(self.gradient)), *kinds, ("proved", proof)]
        points = " or ".join([str(point) for point, _ in self.points])
        return "\n".join([f"{self.gradient.wrt} = {points}", *label_lines(rows)])

    @public
    def latex(self) -> str:
        """The points as one line of LaTeX."""
        points = r",\ ".join([point.latex() for point, _ in self.points])
        return rf"{letter(self.gradient.wrt)} \in \left\{{{points}\right\}}"


def find_all_points(
    expression: Expression, gradient: Derivative, wrt: str
) -> StationaryPoints | None:
    """All stationary points of a function of a number; None where some are not found, or cannot
    be proved. Raises UnsupportedError where there is none.
    """
    program = expression._program
    known = program.variables[wrt]
    if known.shape:
        return None
    if has_kinks(program.expr, [wrt], Definiteness(program)):
        return None  # between kinks the gradient may have zeros that its formula does not show
    roots = find_roots(program, gradient._tree, wrt)
    if roots is None:
        return None
    if known.kind == "positive":
        signs = Definiteness(program)
        roots = [root for root in roots if not _is_not_above(program, signs, root.point)]
    beyond = [root.point for root in roots if is_beyond(program, {wrt: root.point})]
    roots = [root for root in roots if root.point not in beyond]
    if not roots:
        where = f"no {known} {wrt}"
        if beyond:
            said = ", ".join([format_tree(program, point) for point in beyond])
            where = f"{said} alone, where {text(program.expr)} has no value"
        raise UnsupportedError(
            f"there is no stationary point: {gradient} is zero at {where}",
            hint="matcalc convex says how the function is curved",
        )
    proofs: list[str | None] = [None]
    with suppress(UnsupportedError):
        proofs = [prove_zero(program, wrt, gradient._tree, root.point) for root in roots]
    if None in proofs:
        return None
    rest = program.without(wrt)._replace(definitions={}, asked=None)
    points = []
    for root in roots:
        left = rest._replace(expr=root.point)
        points.append((Formula(left, root.point), _kind_of(expression, wrt, root)))
    return StationaryPoints(gradient, points, str(proofs[0]))


def _is_not_above(program: Program, signs: Definiteness, point: Expr) -> bool:
    return is_zero(point) or signs.is_positive(negate(program, point))


def prove_zero(program: Program, wrt: str, gradient: Expr, point: Expr) -> str | None:
    """How it is proved that the gradient is zero at a point; None where it is not. On a kink it is
    so by convention alone, as that of ``norm1(x)`` is at 0, and not where the function rises
    through the kink, as ``relu(x) - relu(-x)`` does.
    """
    there = put(gradient, {wrt: point})
    base = program.without(wrt)
    proof = prove_all(base, [(there, zeros(there.shape, row=there.row))])
    jumps = [part for part in gradient.parts if part.op in _JUMPS and wrt in variable_names(part)]
    for part in jumps if proof is not None else ():
        if is_everywhere_zero(base, put(part.args[0], {wrt: point})):
            if _passes_through(program, wrt, point):
                return None
            return f"{proof}; by the convention {part.op}(0) = 0, because it jumps there"
    return proof


def _passes_through(program: Program, wrt: str, point: Expr) -> bool:
    """Whether the function rises on one side of a point and falls on the other, along an entry of
    the variable.
    """
    import numpy as np  # noqa: PLC0415 - slow to load

    from matcalc.verify.oracle.interpret import function_of, interpret  # noqa: PLC0415 - it loads NumPy
    from matcalc.verify.oracle.sample import find_sizes  # noqa: PLC0415 - as above

    if program.variables[wrt].kind not in FREE:
        return False
    sizes, values = find_sizes([program.expr], program.variables, np.random.default_rng(0))
    place = np.asarray(interpret(point, values, sizes), dtype=float)
    value = function_of(program.expr, wrt, values, sizes)
    start = value(place)
    least = _STEP * _SLOPE * max(1.0, abs(float(start)))
    steps = _STEP * np.eye(place.size).reshape(place.size, *place.shape)
    sides = [[float(value(place + step) - start) for step in (each, -each)] for each in steps]
    return any(one * other < 0 and min(abs(one), abs(other)) > least for one, other in sides)


def _kind_of(expression: Expression, wrt: str, root: Zero) -> PointKind:
    program = expression._program
    kind = kind_of(expression, wrt, root)
    if verdict_on(expression, wrt).verdict not in EXTREMES:
        kind = by_orders(program, wrt, root.point)._replace(conditions=kind.conditions)
    return kind


def by_orders(program: Program, wrt: str, point: Expr) -> PointKind:
    """By the first derivative there that is not zero: one of even order makes an extreme."""
    known = Definiteness(program)
    tree = derive(program, wrt)
    for order in range(2, _MOST_ORDERS + 1):
        tree = derive(program._replace(expr=tree), wrt)
        there = value_at(program, tree, {wrt: point})
        if is_zero(there):
            continue
        which = "second derivative" if order == 2 else f"derivative of order {order}"
        shown = format_tree(program, there)
        if order % 2:
            why = f"the {which} there, {shown}, is the first that is not zero"
            return PointKind("no extreme", why)
        for end, side, value in (
            ("minimum", "positive", there),
            ("maximum", "negative", negate(program, there)),
        ):
            if known.is_positive(value):
                return PointKind(f"a local {end}", f"the {which} there, {shown}, is {side}")
        return PointKind(f"a minimum where {shown} is positive, a maximum where it is negative")
    return PointKind("a stationary point")
