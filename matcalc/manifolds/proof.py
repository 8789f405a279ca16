"""Proves gradients and Hessians on manifolds, from what they are defined by.

The gradient is the tangent whose inner product with each tangent is the derivative along it. The
Hessian is the tangent map that is its own adjoint, and whose inner product along a tangent is the
second derivative along the geodesic. The judges look at the expression itself, at points of the
manifold and along tangents that are made of free arrays.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from matcalc.claims.equality import DIFFERENT, EQUAL, Decision, decide_trees
from matcalc.core.directions import PARAMETER
from matcalc.core.kinds import ZERO, Variable, free_kind
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, add_terms, number, variable, zeros
from matcalc.manifolds.formulas import formula
from matcalc.manifolds.table import Manifold
from matcalc.verify.readback.values import confirm
from matcalc.verify.verification import Verification, verify

_FREE = ("?u", "?v", "?w")  # a point, and two tangents; no names in the language


class Proof:
    """What is proved of an expression on a manifold; ``more`` are trees of further letters, and
    ``mark`` tells the free arrays of several manifolds apart.
    """

    def __init__(
        self,
        program: Program,
        wrt: str,
        manifold: Manifold,
        more: dict[str, Expr],
        mark: str = "",
    ) -> None:
        self.manifold = manifold
        self.wrt = wrt
        self.more = more
        self.found: list[Verification] = []
        shape = program.variables[wrt].shape
        kind = free_kind(len(shape))
        names = [name + mark for name in _FREE]
        free = [Variable(name, kind, shape) for name in names]
        self.program = program.declare(*free)._replace(definitions={})
        point, first, second = (variable(name, shape) for name in names)
        here = variable(wrt, shape)
        self.point = self._make(manifold.point, W=point) if manifold.point else here
        self.first = self._make(manifold.project, W=first, X=self.point)
        self.second = self._make(manifold.project, W=second, X=self.point)

    def _make(self, text: str, **trees: Expr) -> Expr:
        return formula(text, {**self.more, **trees})

    def at(self, tree: Expr, moves: dict[str, Expr]) -> Expr:
        """The tree at the point, with tangents in place of names."""
        return put(tree, {self.wrt: self.point, **moves})

    def _decide(self, left: Expr, right: Expr) -> Decision:
        return decide_trees(self.program, left, right)

    def equal(self, left: Expr, right: Expr) -> bool:
        """Whether two trees over the free arrays have one value; VerificationError if not."""
        decision = self._decide(left, right)
        confirm(decision.verdict != DIFFERENT, "gradient", self.program.language)
        kind = "exact" if decision.is_exact else "numeric"
        kind = "none" if decision.verdict != EQUAL else kind
        how = "" if kind == "exact" else decision.how
        self.found.append(Verification(kind, 0.0, how))
        return decision.verdict == EQUAL

    def along(self, curves: dict[str, Expr], order: int, tree: Expr) -> None:
        """Proves the derivative of the expression on curves with respect to t, at t = 0."""
        moved = put(self.program.expr, curves)
        program = self.program.declare(Variable(PARAMETER, ZERO))._replace(expr=moved)
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
        self.tangent(here)
        product = self.inner(here, self.first)
        self.along({self.wrt: self._curve(self.first, None)}, 1, product)

    def hessian(self, tree: Expr, direction: str) -> None:
        """The Hessian along a direction, by its name in the tree."""
        first = self.at(tree, {direction: self.first})
        second = self.at(tree, {direction: self.second})
        self.tangent(first)
        self.equal(self.inner(first, self.second), self.inner(second, self.first))
        product = self.inner(first, self.first)
        self.along({self.wrt: self.geodesic()}, 2, product)

    def tangent(self, here: Expr) -> None:
        """It is a tangent at the point."""
        if self.manifold.tangent:
            left = self._make(self.manifold.tangent, X=self.point, Z=here)
            self.equal(left, zeros(left.shape))

    def inner(self, one: Expr, other: Expr) -> Expr:
        """The inner product of two tangents at the point."""
        return self._make(self.manifold.inner, X=self.point, U=one, V=other)

    def geodesic(self) -> Expr:
        """The geodesic along the first tangent, up to the second order in t."""
        bend = self._make(self.manifold.bend, X=self.point, V=self.first, W=self.first)
        return self._curve(self.first, bend)

    def _curve(self, tangent: Expr, bend: Expr | None) -> Expr:
        """point + t*tangent + t^2/2*bend."""
        shape = tangent.shape
        parameter = variable(PARAMETER, ())
        curve = Expr("+", (self.point, Expr("*", (parameter, tangent), shape)), shape)
        if bend is None:
            return curve
        square = Expr("/", (Expr("^", (parameter, number(2))), number(2)))
        return Expr("+", (curve, Expr("*", (square, bend), shape)), shape)


class ProductProof:
    """What is proved of a Hessian on a product of manifolds, one for each variable: inner products
    are sums of those in the factors, and geodesics have geodesics as their parts.
    """

    def __init__(self, program: Program, spaces: Mapping[str, Manifold]) -> None:
        self.factors: dict[str, Proof] = {}
        for name, space in spaces.items():
            self.factors[name] = Proof(program, name, space, {}, mark=str(len(self.factors)))
            program = self.factors[name].program
        for proof in self.factors.values():
            proof.program = program

    @property
    def found(self) -> list[Verification]:
        """All that was proved."""
        return [each for proof in self.factors.values() for each in proof.found]

    def hessian(self, trees: Mapping[str, Expr], directions: Mapping[str, str]) -> None:
        """The parts of the Hessian along directions, which have names in the trees."""
        factors = self.factors
        points = {name: proof.point for name, proof in factors.items()}
        first = {directions[name]: proof.first for name, proof in factors.items()}
        second = {directions[name]: proof.second for name, proof in factors.items()}
        along = {name: put(tree, {**points, **first}) for name, tree in trees.items()}
        across = {name: put(tree, {**points, **second}) for name, tree in trees.items()}
        for name, proof in factors.items():
            proof.tangent(along[name])
        one = [proof.inner(along[name], proof.second) for name, proof in factors.items()]
        other = [proof.inner(across[name], proof.first) for name, proof in factors.items()]
        size = [proof.inner(along[name], proof.first) for name, proof in factors.items()]
        any_factor = next(iter(factors.values()))
        any_factor.equal(add_terms(one, ()), add_terms(other, ()))
        curves = {name: proof.geodesic() for name, proof in factors.items()}
        any_factor.along(curves, 2, add_terms(size, ()))


def put(tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """The tree with values in place of variables."""
    return replace_variables(tree, {name: _taker(value) for name, value in values.items()})


def _taker(tree: Expr) -> Callable[[Expr], Expr]:
    return lambda node: tree
