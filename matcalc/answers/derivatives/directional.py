"""Derivatives along directions: products with a Jacobian or a Hessian that is never formed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matcalc.answers.common.names import with_directions, with_variable
from matcalc.core.boundary import public
from matcalc.core.directions import Step, free_variable
from matcalc.core.errors import ArgumentError
from matcalc.core.options import NOTATIONS, require_choice
from matcalc.core.program import Program, require_variable
from matcalc.core.rng import seed_of
from matcalc.core.tree import pair, variable
from matcalc.engine.directional import derive_steps
from matcalc.read.frontend import read
from matcalc.results import Expression, Formula
from matcalc.verify.steps import compare_steps, verify_steps
from matcalc.verify.verification import warn_unverified

if TYPE_CHECKING:
    from matcalc.answers.derivatives.written import Derived
    from matcalc.notations.answer import Written
    from matcalc.verify.oracle.compare import Comparison
    from matcalc.verify.verification import Verification


class Directional(Formula):
    """A derivative of an expression along directions, or of its product with a cotangent.

    ``operation`` is ``jvp``, ``vjp`` or ``hvp``; ``steps`` say what was derived by, in turn: a
    variable, or a mapping from variables to their directions. ``cotangent`` is that of vjp.
    """

    def __init__(
        self,
        expression: Expression,
        operation: str,
        program: Program,
        steps: Sequence[Step],
        *,
        cotangent: str = "",
        verify: bool = True,
    ) -> None:
        self._trees = derive_steps(program, steps)
        self._derived = program  # what is derived: the expression, or its product with a cotangent
        super().__init__(program, self._trees[-1], _last_axes(program, steps), verify=verify)
        self.expression = expression
        self.operation = operation
        self.steps = tuple(steps)
        self.cotangent = cotangent
        self._verification: Verification | None = None
        if verify:
            warn_unverified(self.verification)

    def _label(self) -> str:
        return f"matcalc.Directional {self.operation}"

    def _title(self) -> str:
        return f"The {self.operation} of {self.expression}, {self.said}:\n\n{self}"

    @property
    def reading(self) -> str:
        """How to read a block of a Hessian that is shown as a matrix J; else empty."""
        names = [step for step in self.steps if isinstance(step, str)]
        if self._matrix is None or len(names) < 2:
            return ""
        first, last = names[-2:]
        return f"J of d vec(D) = J*d vec({last}), D the derivative with respect to {first}"

    @property
    def said(self) -> str:
        """What was derived by, in words: ``by x, then along v``."""
        return ", then ".join(_describe_step(step) for step in self.steps)

    @property
    @public
    def verification(self) -> Verification:
        """How the answer was verified; with ``verify=False`` that is done now. VerificationError if
        it is wrong.
        """
        if self._verification is None:
            self._verification = verify_steps(self._derived, self.steps, self._trees, "declared")
            if self._shown is not self._tree:
                trees = [*self._trees[:-1], self._unfold(self._shown)]
                verify_steps(self._derived, self.steps, trees, "declared")
        return self._verification

    @public
    def in_notation(self, notation: str, *, row_major: bool = False) -> Written:
        """The answer in a notation, proved equal to it: its entries, a matrix times the vector of
        the direction, the map of the direction, or a differential; see docs/notations.md.
        """
        require_choice("notation", notation, NOTATIONS)
        # few ask for it
        from matcalc.answers.derivatives.written import directional_in_notation  # noqa: PLC0415

        return directional_in_notation(self.derived, notation, row_major=row_major)

    @property
    def derived(self) -> Derived:
        """The derivatives that were taken in turn."""
        # few ask for notations
        from matcalc.answers.derivatives.written import Derived  # noqa: PLC0415

        return Derived(
            self.operation,
            self._derived,
            self.steps,
            self._trees,
            self.cotangent,
            self.expression._tree,
            self._verify,
        )

    @public
    def check(self, rng: Any = 0) -> Comparison:
        """The answer against numbers that are computed without the engine.

        The last step is checked on what came before it, which is checked itself. Then the printed
        text is read back and checked.
        """
        drawn = seed_of(rng, None)
        report = compare_steps(self._derived, self.steps, self._trees, "declared", drawn)
        if report.ok:
            again = read(str(self), self._program.variables, language=self._program.language).expr
            trees = [*self._trees[:-1], self._unfold(again)]
            report = compare_steps(self._derived, self.steps, trees, "declared", drawn)
        return report


def _describe_step(step: Step) -> str:
    if isinstance(step, str):
        return f"by {step}"
    return "along " + ", ".join(f"{direction} of {name}" for name, direction in step.items())


def _last_axes(program: Program, steps: Sequence[Step]) -> int:
    """How many axes the last variable has that was derived by."""
    names = [step for step in steps if isinstance(step, str)]
    return len(program.variables[names[-1]].shape) if names else 0


def jvp(
    expression: Expression,
    directions: Mapping[str, str] | Sequence[Mapping[str, str]],
    *,
    verify: bool = True,
) -> Directional:
    """The derivative along directions: of one mapping the first derivative, of several in turn the
    second and higher ones.
    """
    mappings = [directions] if isinstance(directions, Mapping) else list(directions)
    if not mappings:
        raise ArgumentError("a direction is missing", hint='--direction x=v, in Python {"x": "v"}')
    program = expression._program
    for moves in mappings:
        program = with_directions(program, moves)
    moved = {name for moves in mappings for name in moves}
    for direction in (each for moves in mappings for each in moves.values()):
        if direction in moved:
            raise ArgumentError(
                f"{direction} varies as well, so it cannot be a direction",
                hint="give the direction a name of its own",
            )
    return Directional(expression, "jvp", program, mappings, verify=verify)


def vjp(
    expression: Expression, wrt: str, *, cotangent: str = "u", verify: bool = True
) -> Directional:
    """The gradient with respect to ``wrt`` of the inner product of the cotangent and the
    expression: J'*u.
    """
    program = expression._program
    require_variable(program, wrt)
    if cotangent == wrt:
        raise ArgumentError(f"the cotangent cannot be {wrt}, the variable of the derivative")
    value = program.expr
    if not isinstance(cotangent, str):
        raise ArgumentError(f"the name of the cotangent must be a string, not {cotangent!r}")
    program = with_variable(program, free_variable(cotangent, value), "the cotangent")
    paired = program._replace(expr=pair(variable(cotangent, value.shape), value))
    return Directional(expression, "vjp", paired, [wrt], cotangent=cotangent, verify=verify)


def hvp(
    expression: Expression, wrt: str, *, direction: str = "v", verify: bool = True
) -> Directional:
    """The derivative with respect to ``wrt``, along a direction of ``wrt``: H*v for the Hessian H
    of a scalar.
    """
    program = expression._program
    require_variable(program, wrt)
    program = with_directions(program, {wrt: direction})
    return Directional(expression, "hvp", program, [wrt, {wrt: direction}], verify=verify)
