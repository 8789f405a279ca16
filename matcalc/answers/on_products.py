"""Gradients on products of manifolds: in each factor that of the function of it alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from matcalc.core.boundary import public
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import Variable
from matcalc.core.options import MANIFOLDS as NAMES
from matcalc.core.statement import DerivativeStatement
from matcalc.manifolds.answer import Riemannian, point_on, require_known
from matcalc.results import Derivative, Expression
from matcalc.verify.steps import weakest
from matcalc.verify.verification import Verification
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.latex_pieces import align

EUCLIDEAN = "euclidean"  # all arrays, with the inner product of the entries


class RiemannianGradients(Mapping[str, Riemannian | Derivative]):
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
        names = [manifolds] * len(wrt) if isinstance(manifolds, str) else list(manifolds)
        if len(names) != len(wrt):
            raise ArgumentError(
                f"{len(names)} manifolds do not go with {len(wrt)} variables",
                hint=f"name one for each of {', '.join(wrt)}; {EUCLIDEAN} is one, of all arrays",
            )
        for name in names:
            require_known(name, (*NAMES, EUCLIDEAN))
        self.manifolds = dict(zip(wrt, names, strict=True))
        program = expression._program
        points = dict(program.variables)
        for name, manifold in self.manifolds.items():
            if manifold in NAMES:
                points[name] = point_on(manifold, points[name])
        program = replace(program, variables=points)
        self._parts: dict[str, Riemannian | Derivative] = {}
        for name, manifold in self.manifolds.items():
            if manifold == EUCLIDEAN:
                self._parts[name] = Expression(program).diff(name, verify=verify)
            else:
                statement = DerivativeStatement(program, name)
                self._parts[name] = Riemannian(statement, manifold, verify=verify)

    def __getitem__(self, name: str) -> Riemannian | Derivative:
        return self._parts[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parts)

    def __len__(self) -> int:
        return len(self._parts)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<matcalc.RiemannianGradients {'; '.join(str(self).splitlines())}>"

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

    def to_json(self) -> Mapping[str, Any]:
        """What JSON says of them."""
        return {
            "manifolds": self.manifolds,
            "reading": self.reading,
            "derivatives": {name: part.text() for name, part in self._parts.items()},
            "text": self.text(),
            "latex": self.latex(),
        }
