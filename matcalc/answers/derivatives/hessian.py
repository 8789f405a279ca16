"""Second derivatives with respect to several variables, in blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from matcalc.answers.common.names import require_different, require_scalar
from matcalc.answers.common.parts import Parts
from matcalc.answers.common.together import Together, put_together
from matcalc.answers.derivatives.directional import Directional
from matcalc.core.boundary import public
from matcalc.core.options import NOTATIONS, require_choice
from matcalc.core.program import require_variable
from matcalc.core.tree import intern_trees
from matcalc.results import Expression
from matcalc.verify.steps import weakest, worst
from matcalc.write.arrays import functions_of_arrays
from matcalc.write.notation import value_name
from matcalc.write.printers.latex_names import name as letter

if TYPE_CHECKING:
    from matcalc.answers.derivatives.written import HessianInNotation
    from matcalc.core.kinds import Variable
    from matcalc.notations.values import ValueInNotation
    from matcalc.verify.oracle.compare import Comparison
    from matcalc.verify.verification import Verification

Pair = tuple[str, str]


class Hessian(Parts[Pair, Directional]):
    """A mapping from pairs of variables to the derivative by the first, then by the second.

    ``str`` gives the block matrix, where all variables are scalars and vectors, and a line for each
    block. Of one variable it gives the block alone, named H.
    """

    def __init__(self, expression: Expression, wrt: Sequence[str], *, verify: bool = True) -> None:
        self.expression = expression
        self.wrt = tuple(wrt)
        self._verify = verify
        program = expression._program
        self._parts = {
            (one, other): Directional(expression, "hessian", program, [one, other], verify=verify)
            for one in self.wrt
            for other in self.wrt
        }

    def __repr__(self) -> str:
        return f"<matcalc.Hessian by {', '.join(self.wrt)}>"

    def __str__(self) -> str:
        return self.text()

    @public
    def text(self, *, cse: bool = False) -> str:
        """The block matrix and its blocks, a line each, and a line with the parts that are named in
        them.
        """
        lines = []
        program = self.expression._program
        alone = len(self.wrt) == 1
        if not alone and all(len(program.variables[name].shape) <= 1 for name in self.wrt):
            rows = (
                ", ".join(self._format_block(one, other) for other in self.wrt) for one in self.wrt
            )
            lines.append(f"H = [{'; '.join(rows)}]")
        labels = [self.label_of(*pair)[0] for pair in self]
        return "\n".join([*lines, *self._together(cse).text(labels)])

    def _together(self, cse: bool) -> Together:
        trees = functions_of_arrays(intern_trees([block._shown for block in self.values()]))
        return put_together(self.expression._program, trees, cse=cse, verify=self._verify)

    def _format_block(self, one: str, other: str) -> str:
        """A block as it is in the matrix: the derivatives of one row are a row."""
        variables = self.expression.variables
        row = not variables[one].shape and variables[other].shape
        return _name(one, other) + "'" * bool(row)

    @property
    def variables(self) -> dict[str, Variable]:
        """Every variable of the expression; ``str`` of it is the declaration."""
        return self.expression.variables

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return self.expression.notes

    @public
    def latex(self, *, bold: bool = False, cse: bool = False) -> str:
        """The blocks in LaTeX, a line each, after the parts that are named in them."""
        labels = [self._fraction(*pair, bold=bold) for pair in self]
        return self._together(cse).latex(labels, bold=bold)

    def _fraction(self, *pair: str, bold: bool = False) -> str:
        """What a block is in LaTeX."""
        variables = self.expression.variables
        above = rf"\partial^2 {letter(value_name(variables))}"
        one, other = (letter(n, bold=bold and bool(variables[n].shape)) for n in pair)
        below = rf"\partial {one}^2" if one == other else rf"\partial {one} \, \partial {other}"
        return rf"\frac{{{above}}}{{{below}}}"

    def label_of(self, one: str, other: str) -> tuple[str, str]:
        """What a block is called in text, and in LaTeX; that of one variable is called H."""
        name = "H" if len(self.wrt) == 1 else _name(one, other)
        return name, self._fraction(one, other)

    @public
    def in_notation(
        self, notation: str, *, row_major: bool = False
    ) -> HessianInNotation | ValueInNotation:
        """The blocks in a notation, each proved; ``differential`` gives the second differential of
        all variables together. See docs/notations.md.
        """
        require_choice("notation", notation, NOTATIONS)
        # few ask for it
        from matcalc.answers.derivatives.written import (  # noqa: PLC0415
            HessianInNotation,
            second_differential,
        )

        blocks = {pair: block.derived for pair, block in self.items()}
        if notation == "differential" and len(blocks) > 1:
            program = self.expression._program
            return second_differential(program, blocks, row_major=row_major)
        labels = {pair: self.label_of(*pair) for pair in blocks}
        return HessianInNotation(blocks, labels, notation, row_major=row_major)

    @public
    def check(self, rng: Any = 0) -> Comparison:
        """The blocks against numbers that are computed without the engine: the first report that
        failed, or the one with the largest error.
        """
        return worst([block.check(rng) for block in self._parts.values()])

    @property
    @public
    def verification(self) -> Verification:
        """How the blocks were verified: as sure as the least sure."""
        return weakest([block.verification for block in self._parts.values()])


def _name(one: str, other: str) -> str:
    return f"H_{one}_{other}"


def hessian(expression: Expression, wrt: Sequence[str], *, verify: bool = True) -> Hessian:
    """The second derivatives of a scalar by each pair of variables, verified."""
    names = require_different(wrt)
    for name in names:
        require_variable(expression._program, name)
    hint = "matcalc diff --order 2 (in Python diff(..., order=2)) differentiates it twice"
    require_scalar(expression._program.expr, "the Hessian is", hint)
    return Hessian(expression, names, verify=verify)
