"""Several formulas under their names, each a line."""

from __future__ import annotations

from collections.abc import Iterable

from matcalc.answers.common.parts import Parts
from matcalc.core.boundary import public
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.results import Formula
from matcalc.write.printers.latex_names import name as letter
from matcalc.write.printers.latex_pieces import align


class NamedFormulas(Parts[str, Formula]):
    """A mapping from names to formulas in the variables of a program; ``str`` has a line for
    each.
    """

    def __init__(self, program: Program, values: Iterable[tuple[str, Expr]]) -> None:
        self._parts = {name: Formula(program._replace(expr=tree), tree) for name, tree in values}

    def __str__(self) -> str:
        return "\n".join(f"{name} = {value}" for name, value in self._parts.items())

    def __repr__(self) -> str:
        return f"<matcalc.{type(self).__name__} {'; '.join(str(self).splitlines())}>"

    @public
    def latex(self) -> str:
        """The formulas in LaTeX, a line each."""
        return align([f"{letter(name)} &= {each.latex()}" for name, each in self._parts.items()])
