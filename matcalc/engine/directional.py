"""derive_steps(): derivatives along directions, and by one variable after another.

A directional derivative is accumulated forwards, so it never has more axes than what it is the
derivative of: no Jacobian is formed and then multiplied.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcalc.core.directions import Step, direction_of, keeps_kind
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import CURVED, kind_spec
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.engine.calculus.derivative import derivative, directional
from matcalc.engine.calculus.rules import LocalDerivatives
from matcalc.engine.calculus.structured import constrain
from matcalc.engine.ir.nodes import Node
from matcalc.engine.ir.rebuild import substitute
from matcalc.engine.lowering.lower import lower_program
from matcalc.engine.lowering.preconditions import require_single, require_symmetry
from matcalc.engine.pipeline import Engine, leaf_of


def derive_steps(
    program: Program, steps: Sequence[Step], structure: str = "declared", *, last: bool = True
) -> list[Expr]:
    """The derivatives after the first step, after the second, and so on, as typed trees.

    Of those before the last one (of all, if none is the ``last``) more derivatives are taken, so
    that equations such as x'*x = 1 are not used in them.

    A step with respect to a variable adds its axes after those that there are; a step along
    directions adds none. Raises UnsupportedError where no rule is known, or where a direction
    leaves the symmetric matrices that a function is defined on.
    """
    return Stepping(program, steps, structure).trees(len(steps) - last)


class Stepping:
    """One derivation in steps; the nodes of all steps are those of one builder."""

    def __init__(self, program: Program, steps: Sequence[Step], structure: str) -> None:
        self.program = program
        self.steps = steps
        self.structure = structure
        self.engine = Engine(program, "mixed")
        builder = self.engine.builder
        moved = {name for step in steps for name in ([step] if isinstance(step, str) else step)}
        variables = program.variables
        # a variable is free while we differentiate, as in pipeline.derive
        self.names = {
            name: leaf_of(builder, variable, free=name in moved)
            for name, variable in variables.items()
        }
        self.within = {name: leaf_of(builder, variables[name], free=False) for name in moved}
        self.points: dict[str, Node] = {}  # values that variables have once all is derived
        lowering = self.engine.lowering
        require_symmetry(program, lowering, {**self.names, **self.within})
        require_single(program, lowering, {**self.names, **self.within}, moved)
        for step in steps:
            if isinstance(step, str):
                if structure == "free":
                    self._require_symmetry(step)
            else:
                for name, direction in step.items():
                    if not keeps_kind(variables[name], variables[direction]):
                        self._require_symmetry(name, direction)

    def _require_symmetry(self, name: str, direction: str = "") -> None:
        """UnsupportedError where a function of symmetric matrices does not allow for the step."""
        free = {**self.names, **self.within, name: self.names[name]}
        try:
            require_symmetry(self.program, self.engine.lowering, free, name)
        except UnsupportedError as problem:
            if not direction:
                raise
            variable = self.program.variables[name]
            wanted = direction_of(variable, direction)
            raise UnsupportedError(
                f"{direction} is a {self.program.variables[direction]}, and along it {name} does "
                f"not stay symmetric, as a function here demands",
                source=problem.source,
                span=problem.span,
                hint=f"declare {direction}: {wanted}, or leave its declaration out",
            ) from None

    def nodes(self, free: int = 0) -> list[Node]:
        """The derivative after each step, in the names of the variables with their kinds; those
        after the first steps, which are to be ``free``, without kinds that equations define.
        """
        engine, builder = self.engine, self.engine.builder
        node = engine.rewriter.rewrite(lower_program(engine.lowering, self.program, self.names))
        local_derivatives = LocalDerivatives(builder, engine.lowering)
        found: list[Node] = []
        places: list[tuple[str, int]] = []  # where the axes of variables of some kind begin
        for step in self.steps:
            if isinstance(step, str):
                kind = self.program.variables[step].kind
                if self.structure != "free" and kind_spec(kind).linear:
                    places.append((kind, node.rank))
                node = derivative(builder, node, self.names[step], local_derivatives)
            else:
                moves = {self.names[name]: self.names[step[name]] for name in step}
                node = directional(builder, node, moves, local_derivatives)
            node = engine.shorten(node)
            found.append(self._settle(node, places, free=len(found) < free))
        return found

    def value(self) -> Node:
        """What is derived, as the derivatives are."""
        lowered = lower_program(self.engine.lowering, self.program, self.names)
        return self._settle(lowered, ())

    def _settle(self, node: Node, places: Sequence[tuple[str, int]], *, free: bool = False) -> Node:
        """The node in variables of their kinds, within the kinds that it was derived by."""
        builder = self.engine.builder
        back: Mapping[Node, Node] = {
            self.names[name]: leaf
            for name, leaf in self.within.items()
            if leaf is not self.names[name]
            and not (free and self.program.variables[name].kind in CURVED)
        }
        back = {**back, **{self.names[name]: point for name, point in self.points.items()}}
        if back:
            node = substitute(builder, node, back)
        if self.points:
            node = self.engine.shorten(node)
        for kind, first in reversed(places):
            tidy = self.engine.shortener.symmetrise
            node = constrain(builder, node, kind, self.structure, [first], tidy)
        return node

    def trees(self, free: int = 0) -> list[Expr]:
        """The typed tree of each step; along directions a row stays a row. ``free`` is that of
        ``nodes``.
        """
        engine, found = self.engine, []
        row = self.program.expr.row
        for step, node in zip(self.steps, self.nodes(free), strict=True):
            row = row and not isinstance(step, str)
            # in numerator layout the gradient of a scalar is a row
            engine.rank, engine.layout = (0, "numerator") if row else (node.rank, "mixed")
            found.append(engine.recover(engine.ordinary(node)))
        return found
