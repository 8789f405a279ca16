"""Gradients on products of manifolds, in each factor that of the function of it alone, and
Hessians.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, TypeVar

from matcalc.answers.common.names import free_name, require_scalar, with_variable
from matcalc.answers.common.parts import Parts
from matcalc.answers.common.several_code import source_of_several
from matcalc.core.boundary import public
from matcalc.core.directions import direction_of
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import Variable
from matcalc.core.options import MANIFOLDS as NAMES
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.manifolds.answer import (
    Riemannian,
    derive_on,
    point_on,
    require_invariant,
    require_known,
)
from matcalc.manifolds.proof import ProductProof
from matcalc.manifolds.table import MANIFOLDS, euclidean
from matcalc.results import Derivative, Expression, Formula
from matcalc.verify.steps import weakest
from matcalc.verify.verification import Verification, warn_unverified
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.latex_pieces import align

Shown = TypeVar("Shown", bound=Riemannian | Formula)
EUCLIDEAN = "euclidean"  # all arrays, with the inner product of the entries


class _OnProduct(Parts[str, Shown]):
    """What there is by each variable on a product of manifolds; a line for each."""

    expression: Expression
    manifolds: dict[str, str]
    _verify: bool

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<matcalc.{type(self).__name__} {'; '.join(str(self).splitlines())}>"

    @property
    @abstractmethod
    def variables(self) -> dict[str, Variable]:
        """The variables of the texts."""

    @property
    @abstractmethod
    def reading(self) -> str:
        """What it is, in words."""

    @abstractmethod
    def text(self) -> str:
        """A line for each variable."""

    @abstractmethod
    def latex(self, *, bold: bool = False) -> str:
        """The parts in LaTeX, a line each."""

    @public
    def source(self, backend: str = "numpy", *, name: str = "f", runtime: str = "inline") -> str:
        """Source of one function that returns a mapping from names to the parts."""
        reading = self.reading
        title = f"{reading[0].upper()}{reading[1:]} of {self.expression}:\n\n{self}"
        trees = {name: part._tree for name, part in self._parts.items()}
        program = self.expression._program._replace(variables=self.variables)
        return source_of_several(program, trees, title, backend, name, runtime, verify=self._verify)

    def to_json(self) -> Mapping[str, Any]:
        """What JSON says of them."""
        return {
            "manifolds": self.manifolds,
            "reading": self.reading,
            "derivatives": {name: str(part) for name, part in self._parts.items()},
            "text": self.text(),
            "latex": self.latex(),
        }


class RiemannianGradients(_OnProduct[Riemannian | Derivative]):
    """The gradients of a scalar by several variables, each on a manifold of its own: a mapping from
    the names of the variables.

    The inner product of two tangents of a product is the sum of those in the factors, so the
    gradient has the gradients in the factors, with the other variables held fixed, as its parts
    (Boumal, An Introduction to Optimization on Smooth Manifolds, 2023, section 3.8).
    """

    def __init__(
        self,
        expression: Expression,
        wrt: Sequence[str],
        manifolds: str | Sequence[str],
        *,
        verify: bool = True,
    ) -> None:
        self.expression = expression
        self.manifolds = _manifolds_of(wrt, manifolds)
        program = _points_of(expression._program, self.manifolds)
        self._verify = verify
        self._parts: dict[str, Riemannian | Derivative] = {}
        for name, manifold in self.manifolds.items():
            if manifold == EUCLIDEAN:
                self._parts[name] = Expression(program).diff(name, verify=verify)
            else:
                statement = DerivativeStatement(program, name)
                self._parts[name] = Riemannian(statement, manifold, verify=verify)

    @property
    def variables(self) -> dict[str, Variable]:
        """The variables of the texts."""
        return {k: v for part in self._parts.values() for k, v in part.variables.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return next(iter(self._parts.values())).notes

    @property
    def reading(self) -> str:
        """What it is, in words."""
        factors = [f"{name}: {manifold}" for name, manifold in self.manifolds.items()]
        return f"the gradients on the product of {', '.join(factors)}"

    @cached_property
    @public
    def verification(self) -> Verification:
        """How they were proved; VerificationError where one is wrong."""
        return weakest([part.verification for part in self._parts.values()])

    @public
    def text(self) -> str:
        """A line for each variable."""
        return "\n".join([f"d{name} = {part.text()}" for name, part in self._parts.items()])

    @public
    def latex(self, *, bold: bool = False) -> str:
        """The gradients in LaTeX, a line each."""
        return align(
            [
                rf"\operatorname{{grad}}_{{{letter(name)}}} f &= {part.latex(bold=bold)}"
                for name, part in self._parts.items()
            ]
        )


class RiemannianHessian(_OnProduct[Formula]):
    """The Hessian of a scalar on a product of manifolds, along a direction for each variable: a
    mapping from the names of the variables to its parts, which are tangents.

    The derivative of a gradient along what moves in another factor needs no connection, because
    the tangents at a point do not depend on that. So each part is the formula of its manifold, with
    the derivative of the free gradient along all directions.
    """

    def __init__(
        self,
        expression: Expression,
        wrt: Sequence[str],
        manifolds: str | Sequence[str],
        *,
        verify: bool = True,
    ) -> None:
        self.expression, self._verify = expression, verify
        self.manifolds = _manifolds_of(wrt, manifolds)
        program = _points_of(expression._program._replace(definitions={}), self.manifolds)
        require_scalar(program.expr, "a Hessian on manifolds is")
        self._spaces = {
            name: euclidean(len(program.variables[name].shape))
            if each == EUCLIDEAN
            else MANIFOLDS[each]
            for name, each in self.manifolds.items()
        }
        self.directions: dict[str, str] = {}
        for name in wrt:
            self.directions[name] = free_name(program, f"d{name}", *"UVWuvw")
            direction = direction_of(program.variables[name], self.directions[name])
            program = with_variable(program, direction, "a direction")
        self._program = program._replace(asked=None)
        self._proof = ProductProof(self._program, self._spaces)
        parts: dict[str, Expr] = {}
        for name, space in self._spaces.items():
            statement = DerivativeStatement(self._program, name)
            require_invariant(self._proof.factors[name], statement)
            parts[name] = derive_on(space, statement, self.directions, {})
        self._parts = {
            name: Formula(self._program._replace(expr=tree), tree, verify=verify)
            for name, tree in parts.items()
        }
        if verify:
            warn_unverified(self.verification)

    @property
    def variables(self) -> dict[str, Variable]:
        """The variables of the texts, with the directions."""
        return dict(self._program.variables)

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return self._program.notes

    @property
    def reading(self) -> str:
        """What it is, in words."""
        factors = [f"{name}: {manifold}" for name, manifold in self.manifolds.items()]
        along = ", ".join(self.directions.values())
        return f"the Hessian along {along} on the product of {', '.join(factors)}"

    @cached_property
    @public
    def verification(self) -> Verification:
        """How it was proved; VerificationError where it is wrong."""
        trees = {name: part._tree for name, part in self._parts.items()}
        self._proof.hessian(trees, self.directions)
        return weakest(self._proof.found)

    @public
    def text(self) -> str:
        """A line for each variable."""
        return "\n".join([f"H{name} = {part}" for name, part in self._parts.items()])

    @public
    def latex(self, *, bold: bool = False) -> str:
        """The parts in LaTeX, a line each."""
        along = ", ".join([letter(name) for name in self.directions.values()])
        return align(
            [
                rf"\operatorname{{Hess}}_{{{letter(name)}}} f[{along}] &= {part.latex(bold=bold)}"
                for name, part in self._parts.items()
            ]
        )


def on_product(
    expression: Expression,
    wrt: Sequence[str],
    manifolds: str | Sequence[str],
    order: int = 1,
    *,
    verify: bool = True,
) -> RiemannianGradients | RiemannianHessian:
    """The gradients on a product of manifolds, or of order 2 the Hessian."""
    if order not in (1, 2):
        raise ArgumentError(f"on manifolds the order must be 1 or 2, not {order}")
    kind = RiemannianGradients if order == 1 else RiemannianHessian
    return kind(expression, wrt, manifolds, verify=verify)


def _manifolds_of(wrt: Sequence[str], manifolds: str | Sequence[str]) -> dict[str, str]:
    """The manifold of each variable."""
    names = [manifolds] * len(wrt) if isinstance(manifolds, str) else list(manifolds)
    if len(names) != len(wrt):
        raise ArgumentError(
            f"{len(names)} manifolds do not match {len(wrt)} variables",
            hint=f"name one for each of {', '.join(wrt)}; {EUCLIDEAN} is one, of all arrays",
        )
    for name in names:
        require_known(name, (*NAMES, EUCLIDEAN))
    return dict(zip(wrt, names, strict=True))


def _points_of(program: Program, manifolds: Mapping[str, str]) -> Program:
    """The program with variables that are points of these manifolds."""
    points = dict(program.variables)
    for name, manifold in manifolds.items():
        if manifold in NAMES:
            points[name] = point_on(manifold, points[name])
    return program._replace(variables=points)
