"""Taylor polynomials: derivatives along the displacement, which never gain axes, added up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import factorial
from typing import TYPE_CHECKING, Any

from matcalc.answers.common.names import require_different
from matcalc.answers.common.points import (
    ExpansionPoint,
    beside,
    point_of,
    points_by_name,
    require_smooth,
)
from matcalc.core.boundary import public
from matcalc.core.directions import Step, direction_of
from matcalc.core.errors import ArgumentError
from matcalc.core.options import NOTATIONS, require_choice
from matcalc.core.program import Program, require_variable
from matcalc.core.rng import seed_of
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, add_terms, is_zero, number, variable
from matcalc.engine.directional import Stepping
from matcalc.engine.pipeline import simplify
from matcalc.results import Expression, Formula
from matcalc.verify.readback.values import alike, confirm
from matcalc.verify.steps import compare_steps, verify_steps
from matcalc.verify.verification import warn_unverified

if TYPE_CHECKING:
    from matcalc.notations.answer import Written
    from matcalc.verify.oracle.compare import Comparison
    from matcalc.verify.verification import Verification

MOST_ORDER = 8
_STEP = "~h"  # no name in the language; after all letters, so that it comes last
_HALVINGS = range(1, 12)
_FALLS = 0.5  # that much faster than the order
_ROUNDING = 3e-12  # of the value: what is left below it counts as nothing


class TaylorPolynomial(Formula):
    """The Taylor polynomial of an expression in some of its variables, which move together from a
    point each; ``powers`` are the orders of its terms.
    """

    def __init__(
        self,
        expression: Expression,
        wrt: Sequence[str],
        at: Sequence[object],
        order: int,
        *,
        verify: bool = True,
    ) -> None:
        program, self.points = _read_points(expression._program, wrt, at)
        if isinstance(order, bool) or not isinstance(order, int) or not 1 <= order <= MOST_ORDER:
            raise ArgumentError(f"order must be a number from 1 to {MOST_ORDER}, not {order!r}")
        moves = {point.wrt: f"{_STEP}{point.wrt}" for point in self.points}
        ways = [direction_of(program.variables[name], step) for name, step in moves.items()]
        self._derived = program.declare(*ways)
        self._steps: list[Step] = [moves] * order
        terms = self._terms(moves, verify=verify)
        self.powers = [power for power, term in enumerate(terms) if not is_zero(term)]
        total = add_terms(terms, program.expr.shape, row=program.expr.row)
        super().__init__(program, total, 0, verify=verify)
        self.expression, self.order = expression, order
        self.wrt = ", ".join(point.wrt for point in self.points)
        self.at = ", ".join(point.said for point in self.points)
        self._verification: Verification | None = None
        if verify:
            warn_unverified(self.verification)

    def _terms(self, moves: Mapping[str, str], *, verify: bool) -> list[Expr]:
        """The terms of order 0, 1, and so on; they have the values of the derivatives."""
        program = self._derived
        stepping = Stepping(program, self._steps, "declared")
        engine, builder = stepping.engine, stepping.engine.builder
        self._trees = stepping.trees(len(self._steps) - 1)
        at = {point.wrt: point.tree for point in self.points}
        steps = {step: variable(step, program.variables[step].shape) for step in moves.values()}
        values = [put(tree, at) for tree in (program.expr, *self._trees)]
        fixed = [point for point in self.points if point.fixed]
        if fixed:
            near = {p.wrt: beside(p, steps[moves[p.wrt]]) for p in fixed}
            smooth = [put(program.expr, {**at, **near})]
            require_smooth(program, values, smooth, fixed)
            leaves = {**stepping.names, **stepping.within}
            stepping.points = {p.wrt: engine.lowering.lower(p.tree, leaves) for p in fixed}
        nodes = [stepping.value(), *stepping.nodes()] if fixed else stepping.nodes()
        parts = [] if fixed else [simplify(program._replace(definitions={}))]
        for place, node in enumerate(nodes, start=len(parts)):
            parts.append(engine.recover(builder.scale(Fraction(1, factorial(place)), node)))
        away = {moves[point.wrt]: point.moved for point in self.points}
        self.parts = [put(part, at) for part in parts]
        for place, part in enumerate(parts):
            term = put(part, at)
            whole = Expr("*", (number(factorial(place)), term), term.shape, row=term.row)
            right = not verify or alike(whole, values[place], program.variables)
            confirm(right, "coefficient", program.language)
        return [put(part, {**at, **away}) for part in parts]

    def _title(self) -> str:
        return f"The Taylor polynomial of {self.expression} in {self.wrt} at {self.at}:\n\n{self}"

    @property
    def reading(self) -> str:
        """What the polynomial is of, where the points are the variables themselves."""
        moved = [f"{p.said} + {p.moved.value}" for p in self.points if p.is_named]
        return f"the expression at {', '.join(moved)}" if moved else ""

    @public
    def in_notation(self, notation: str, *, row_major: bool = False) -> Written:
        """The polynomial in a notation, proved equal to it: its entries, matrices times the vector
        of the displacement, the map of the displacement, or the differentials that it is made of;
        see docs/notations.md.
        """
        require_choice("notation", notation, NOTATIONS)
        # few ask for it
        from matcalc.answers.expansions.written import Expansion, TaylorInNotation  # noqa: PLC0415

        parts = self._program, self._tree, self.points, self.move, self.reading, self._verify
        return TaylorInNotation(Expansion(*parts), notation, row_major=row_major)

    def move(self, names: Mapping[str, str]) -> tuple[list[Expr], list[Expr], Expr]:
        """The terms of each order and the derivatives at the point, along displacements with these
        names, and the polynomial of them.
        """
        points = {point.wrt: point.tree for point in self.points}
        shapes = {name: self._program.variables[name].shape for name in names}
        ways = {f"{_STEP}{x}": variable(step, shapes[x]) for x, step in names.items()}
        there = {}
        for point in self.points:
            if point.moved.op != "variable" or point.fixed:
                step = variable(names[point.wrt], shapes[point.wrt])
                there[point.wrt] = Expr("+", (point.tree, step), step.shape)
        terms = [put(part, ways) for part in self.parts]
        values = [put(put(tree, points), ways) for tree in (self.expression._tree, *self._trees)]
        return terms, values, put(self._tree, there)

    @public
    def remainder(self, rng: Any = 0) -> float:
        """The power with which what the polynomial leaves falls, measured without the engine.

        At a random point the displacement is halved again and again: the remainder of a polynomial
        of order k falls with the power k + 1, or faster. Infinite where it is no more than
        rounding.
        """
        import numpy as np  # noqa: PLC0415 - slow to load

        from matcalc.verify.oracle.interpret import interpret  # noqa: PLC0415 - it loads NumPy
        from matcalc.verify.oracle.sample import draw, find_sizes  # noqa: PLC0415 - as above

        drawn = np.random.default_rng(seed_of(rng, None))
        variables = self._program.variables
        value = self.expression._program.expr
        start = put(value, {p.wrt: p.tree for p in self.points if p.fixed})
        sizes, values = find_sizes([start], variables, drawn)
        directions, bases = {}, {}
        for point in self.points:
            name = point.wrt
            step = direction_of(variables[name], _STEP)
            directions[name] = draw(step, drawn, sizes, "normal")
            bases[name] = interpret(point.tree, values, sizes)
        left = []
        for halving in _HALVINGS:
            steps = {name: step * 2.0**-halving for name, step in directions.items()}
            moved = {**values, **{name: bases[name] + step for name, step in steps.items()}}
            with np.errstate(all="ignore"):  # the first steps may leave the domain
                exact = interpret(value, moved, sizes)
            inside = {
                **moved,
                **{p.moved.value: steps[p.wrt] for p in self.points if p.is_named},
                **{p.wrt: bases[p.wrt] for p in self.points if p.is_named},
                **{p.tree.value: bases[p.wrt] for p in self.points if p.tree.op == "variable"},
            }
            found = interpret(self._tree, inside, sizes)
            rounding = _ROUNDING * max(1.0, float(np.max(np.abs(exact), initial=0.0)))
            error = float(np.max(np.abs(exact - found), initial=0.0))
            left.append(error if error > rounding else 0.0)
        slopes = [np.log2(a / b) for a, b in pairwise(left) if a > 0 and b > 0]
        return float(np.median(slopes[-2:])) if slopes else float("inf")

    @public
    def check(self, rng: Any = 0) -> Comparison:
        """The last of the derivatives in it against numbers that are computed without the engine,
        and the power with which the remainder falls.
        """
        drawn = seed_of(rng, None)
        report = compare_steps(self._derived, self._steps, self._trees, "declared", drawn)
        power = self.remainder(drawn)
        if not report.ok or power > self.order + _FALLS:
            return report
        problem = f"the remainder decreases like the power {power:.1f} of the displacement only"
        return replace(report, ok=False, problem=problem)

    @property
    @public
    def verification(self) -> Verification:
        """How the derivatives in it were verified; with ``verify=False`` that is done now."""
        if self._verification is None:
            self._verification = verify_steps(self._derived, self._steps, self._trees, "declared")
        return self._verification


def _read_points(
    program: Program, wrt: Sequence[str], at: Sequence[object]
) -> tuple[Program, list[ExpansionPoint]]:
    """The points, and the program with the variables that they bring."""
    for name in wrt:
        require_variable(program, name)
    if len(at) != len(wrt):
        raise ArgumentError(
            f"there are {len(at)} points for {len(wrt)} variables", hint="a point for each, or none"
        )
    points = []
    for name, each in zip(wrt, at, strict=True):
        program, point = point_of(program, name, each)
        points.append(point)
    return program, points


def put(tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """The tree with variables replaced by values that are columns."""

    def rule(node: Expr) -> Expr:
        value = values[node.value]
        return Expr("'", (value,), value.shape, row=True) if node.row else value

    return replace_variables(tree, dict.fromkeys(values, rule))


def taylor(
    expression: Expression,
    wrt: str | Sequence[str],
    at: object = None,
    order: int = 2,
    *,
    verify: bool = True,
) -> TaylorPolynomial:
    """The Taylor polynomial in one variable or in several.

    ``at`` is the point: None for the variables themselves, of several a mapping, a sequence or a
    text such as ``x=1, y=2``.
    """
    if isinstance(at, str):
        at = points_by_name(at) or at
    if isinstance(wrt, str) and not isinstance(at, Mapping):
        return TaylorPolynomial(expression, [wrt], [at], order, verify=verify)
    names = require_different([wrt] if isinstance(wrt, str) else wrt)
    if isinstance(at, Mapping):
        unknown = [name for name in at if name not in names]
        if unknown:
            raise ArgumentError(f"there is a point for {unknown[0]}, which does not move")
        points: list[object] = [at.get(name) for name in names]
    elif at is None:
        points = [None] * len(names)
    elif isinstance(at, Sequence) and not isinstance(at, str):
        points = list(at)
    else:
        points = [at]
    return TaylorPolynomial(expression, names, points, order, verify=verify)
