"""Proves gradients and Hessians on manifolds, from what they are defined by.

The gradient is the tangent whose inner product with each tangent is the derivative along it. The
Hessian is the tangent map that is its own adjoint, and whose inner product along a tangent is the
second derivative along the geodesic. The judges look at the expression itself, at points of the
manifold and along tangents that are made of free arrays.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from matcalc.claims.equality import DIFFERENT, EQUAL, Decision, decide_trees
from matcalc.core.directions import PARAMETER
from matcalc.core.kinds import ZERO, Variable, free_kind
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, number, variable, zeros
from matcalc.manifolds.formulas import formula
from matcalc.manifolds.table import Manifold
from matcalc.verify.readback.values import confirm
from matcalc.verify.verification import Verification, verify

_FREE = ("?u", "?v", "?w")  # a point, and two tangents; no names in the language


class Proof:
    """What is proved of an expression on a manifold; ``more`` are trees of further letters."""

    def __init__(
        self, program: Program, wrt: str, manifold: Manifold, more: dict[str, Expr]
    ) -> None:
        self.manifold = manifold
        self.wrt = wrt
        self.more = more
        self.found: list[Verification] = []
        shape = program.variables[wrt].shape
        kind = free_kind(len(shape))
        free = {name: Variable(name, kind, shape) for name in _FREE}
        self.program = replace(program, variables={**program.variables, **free}, definitions={})
        point, first, second = (variable(name, shape) for name in _FREE)
        here = variable(wrt, shape)
        self.point = self._make(manifold.point, W=point) if manifold.point else here
        self.first = self._make(manifold.project, W=first, X=self.point)
        self.second = self._make(manifold.project, W=second, X=self.point)

    def _make(self, text: str, **trees: Expr) -> Expr:
        return formula(text, {**self.more, **trees})

    def at(self, tree: Expr, moves: dict[str, Expr]) -> Expr:
        """The tree at the point, with tangents in place of names."""
        known = {self.wrt: self.point, **moves}
        return replace_variables(tree, {name: _taker(value) for name, value in known.items()})

    def _decide(self, left: Expr, right: Expr) -> Decision:
        return decide_trees(self.program, left, right)

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether two trees over the free arrays have one value; VerificationError if not."""
        decision = self._decide(left, right)
        confirm(decision.verdict != DIFFERENT, "gradient", self.program.language)
        kind = "exact" if decision.is_exact else "numeric"
        kind = "none" if decision.verdict != EQUAL else kind
        self.found.append(Verification(kind, 0.0, decision.how))
        return decision.verdict == EQUAL

    def along(self, curve: Expr, order: int, tree: Expr) -> None:
        """Proves the derivative by t, where it is zero, of the expression on a curve."""
        moved = replace_variables(self.program.expr, {self.wrt: _taker(curve)})
        variables = {**self.program.variables, PARAMETER: Variable(PARAMETER, ZERO)}
        program = replace(self.program, expr=moved, variables=variables)
        self.found.append(verify(DerivativeStatement(program, PARAMETER, order), tree))

    # -- what is proved

    def is_invariant(self, gradient: Expr) -> bool:
        """Whether the expression is one on the manifold, as far as is known."""
        if not self.manifold.invariant:
            return True
        left = self._make(self.manifold.invariant, X=self.point, G=self.at(gradient, {}))
        return self._decide(left, zeros(left.shape)).verdict != DIFFERENT

    def gradient(self, tree: Expr) -> None:
        """The gradient is a tangent, and its inner products are the derivatives."""
        here = self.at(tree, {})
        self._tangent(here)
        product = self._make(self.manifold.inner, X=self.point, U=here, V=self.first)
        self.along(self._curve(self.first, None), 1, product)

    def hessian(self, tree: Expr, direction: str) -> None:
        """The Hessian along a direction, by its name in the tree."""
        first = self.at(tree, {direction: self.first})
        second = self.at(tree, {direction: self.second})
        self._tangent(first)
        inner = self.manifold.inner
        across = [
            self._make(inner, X=self.point, U=one, V=other)
            for one, other in ((first, self.second), (second, self.first))
        ]
        self.equal(*across)
        bend = self._make(self.manifold.bend, X=self.point, V=self.first, W=self.first)
        product = self._make(inner, X=self.point, U=first, V=self.first)
        self.along(self._curve(self.first, bend), 2, product)

    def _tangent(self, here: Expr) -> None:
        if self.manifold.tangent:
            left = self._make(self.manifold.tangent, X=self.point, Z=here)
            self.equal(left, zeros(left.shape))

    def _curve(self, tangent: Expr, bend: Expr | None) -> Expr:
        """point + t*tangent + t^2/2*bend."""
        shape = tangent.shape
        parameter = variable(PARAMETER, ())
        curve = Expr("+", (self.point, Expr("*", (parameter, tangent), shape)), shape)
        if bend is None:
            return curve
        square = Expr("/", (Expr("^", (parameter, number(2))), number(2)))
        return Expr("+", (curve, Expr("*", (square, bend), shape)), shape)


def _taker(tree: Expr) -> Callable[[Expr], Expr]:
    return lambda node: tree
