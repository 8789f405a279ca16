"""Taylor polynomials: derivatives along the displacement, which never gain axes, added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from math import factorial
from typing import TYPE_CHECKING, Any

from matcalc.answers.names import with_variable
from matcalc.core.boundary import public
from matcalc.core.directions import Step, direction_of
from matcalc.core.errors import ArgumentError
from matcalc.core.rng import seed_of
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, variable
from matcalc.engine.directional import Stepping
from matcalc.engine.pipeline import require_variable, simplify
from matcalc.results import Expression, Formula
from matcalc.verify.readback.values import alike, confirm
from matcalc.verify.steps import verify_steps
from matcalc.verify.verification import warn_unverified

if TYPE_CHECKING:
    from matcalc.verify.verification import Verification

MOST_ORDER = 8
_STEP = "?h"  # no name in the language
_HALVINGS = range(5, 12)
_ROUNDING = 1e-13  # of the value: what is left below it counts as nothing


class TaylorPolynomial(Formula):
    """The Taylor polynomial of an expression in one variable, at a point that is a new variable."""

    def __init__(
        self, expression: Expression, wrt: str, at: str, order: int, *, verify: bool = True
    ) -> None:
        program = expression._program
        known = require_variable(program, wrt)
        if not isinstance(order, int) or not 0 <= order <= MOST_ORDER:
            raise ArgumentError(f"order is a number up to {MOST_ORDER}, not {order!r}")
        if at == wrt:
            raise ArgumentError(f"the point cannot be {wrt}, which moves away from it")
        shown = with_variable(program, replace(known, name=at), "the point")
        variables = {**program.variables, _STEP: direction_of(known, _STEP)}
        self._derived = replace(program, variables=variables)
        self._steps: list[Step] = [{wrt: _STEP}] * order
        stepping = Stepping(self._derived, self._steps, "declared")
        engine, nodes = stepping.engine, stepping.nodes()
        self._trees = stepping.trees()
        point = variable(at, known.shape)
        moved = Expr("-", (variable(wrt, known.shape), point), known.shape)
        tree = put(simplify(replace(program, definitions={})), {wrt: point})
        for place, node in enumerate(nodes, start=1):
            part = engine.recovered(engine.builder.scale(Fraction(1, factorial(place)), node))
            whole = Expr("*", (Expr("number", value=Fraction(factorial(place))), part), part.shape)
            confirm(not verify or alike(whole, self._trees[place - 1], variables), "coefficient")
            tree = add(tree, put(part, {wrt: point, _STEP: moved}))
        super().__init__(shown, tree, 0, verify=verify)
        self.expression, self.wrt, self.at, self.order = expression, wrt, at, order
        self._verification: Verification | None = None
        if verify:
            warn_unverified(self.verification)

    def _title(self) -> str:
        return f"The Taylor polynomial of {self.expression} in {self.wrt} at {self.at}:\n\n{self}"

    @public
    def remainder(self, rng: Any = 0) -> float:
        """The power with which what the polynomial leaves falls, measured without the engine.

        At a random point the displacement is halved again and again: the remainder of a polynomial
        of order k falls with the power k + 1. Infinite where it is no more than rounding.
        """
        import numpy as np  # noqa: PLC0415 - slow to load

        from matcalc.verify.oracle.interpret import interpret  # noqa: PLC0415 - it loads NumPy
        from matcalc.verify.oracle.sample import draw, find_sizes  # noqa: PLC0415 - as above

        drawn = np.random.default_rng(seed_of(rng, None))
        program = self.expression._program
        sizes, values = find_sizes([program.expr], program.variables, drawn)
        direction = draw(direction_of(program.variables[self.wrt], _STEP), drawn, sizes, "normal")
        left = []
        for halving in _HALVINGS:
            moved = values[self.wrt] + direction * 2.0**-halving
            given = {**values, self.wrt: moved}
            exact = interpret(program.expr, given, sizes)
            found = interpret(self._tree, {**given, self.at: values[self.wrt]}, sizes)
            rounding = _ROUNDING * max(1.0, float(np.max(np.abs(exact), initial=0.0)))
            left.append(max(float(np.max(np.abs(exact - found), initial=0.0)) - rounding, 0.0))
        slopes = [np.log2(a / b) for a, b in pairwise(left) if a > 0 and b > 0]
        return float(np.median(slopes[-2:])) if slopes else float("inf")

    @property
    @public
    def verification(self) -> Verification:
        """How the derivatives in it were verified; with ``verify=False`` that is done now."""
        if self._verification is None:
            self._verification = verify_steps(self._derived, self._steps, self._trees, "declared")
        return self._verification


def put(tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """The tree with variables replaced by values that are columns."""

    def rule(node: Expr) -> Expr:
        value = values[node.value]
        return Expr("'", (value,), value.shape, row=True) if node.row else value

    return replace_variables(tree, dict.fromkeys(values, rule))


def add(total: Expr, term: Expr) -> Expr:
    """The sum; a term with a minus in front is taken away."""
    if term.op == "neg":
        return Expr("-", (total, term.args[0]), total.shape, row=total.row)
    return Expr("+", (total, term), total.shape, row=total.row)
