r"""Formulas over complex variables in LaTeX: ``\bar{z}``, ``z^{\mathsf{H}}``, Re and Im."""

from __future__ import annotations

import re
from collections.abc import Callable

from matcalc.conjugates.reading import UNIT, ComplexProgram, conjugate
from matcalc.conjugates.written import ADJOINT, CONJ, IMAG, REAL
from matcalc.core.kinds import Variable
from matcalc.core.substitution import rename, replace_variables
from matcalc.core.tree import Expr, variable
from matcalc.write.printers.differentials import Marks
from matcalc.write.printers.latex import latex
from matcalc.write.printers.latex_names import name as letter

_BARRED_ENTRY = re.compile(r"\((\\bar\{[^{}]*\})\)(?=_)")  # brackets that say nothing
_FORMS: dict[str, Callable[[str], str]] = {
    REAL: r"\operatorname{{Re}}\left({}\right)".format,
    IMAG: r"\operatorname{{Im}}\left({}\right)".format,
    CONJ: r"\left({}\right)^{{*}}".format,
    ADJOINT: r"\left({}\right)^{{\mathsf{{H}}}}".format,
}


class ComplexLatex:
    """Letters for the variables of a program; those of conjugates have a bar."""

    def __init__(self, found: ComplexProgram) -> None:
        self._found = found
        self._marks = Marks()
        for name in found.conjugated:
            self._marks.mark(conjugate(name), rf"\bar{{{letter(name)}}}")
        if UNIT in found.program.variables:
            self._marks.mark(UNIT, r"\mathrm{i}")

    def mark(self, name: str, shown: str) -> None:
        """Sets a variable as it is ``shown``."""
        self._marks.mark(name, shown)

    @property
    def names(self) -> dict[str, str]:
        """The names that stand for variables in ``marked``."""
        return self._marks.names

    @property
    def variables(self) -> dict[str, Variable]:
        """The variables by the names that stand for them in ``marked``."""
        names = self._marks.names
        known = self._found.program.variables
        return {
            names.get(name, name): each._replace(name=names.get(name, name))
            for name, each in known.items()
        }

    def mark_formula(self, tree: Expr) -> tuple[str, Expr]:
        """The formula before its letters are put in, and the tree that it says then."""
        renamed = {one: rename(other) for one, other in self._marks.names.items()}
        tree = replace_variables(tree, renamed)
        return latex(tree, named={}, declared=self.variables), tree

    def finish(self, formula: str) -> str:
        """The formula with its letters; transposes of conjugates as people write them."""
        shown = self._marks.unmark(formula)
        shown = _BARRED_ENTRY.sub(r"\1", shown)
        for name in self._found.conjugated:
            across = rf"\bar{{{letter(name)}}}^{{\top}}"
            shown = shown.replace(across, rf"{letter(name)}^{{\mathsf{{H}}}}")
        return shown

    def write(self, tree: Expr) -> str:
        """The formula of a tree that may have the operations of complex values alone."""
        return self.finish(self.mark_formula(tree.fold(self._mark_own))[0])

    def _mark_own(self, node: Expr, args: list[Expr]) -> Expr:
        """A variable in place of such an operation, which is set as that is."""
        node = node.with_args(args)
        form = _FORMS.get(node.op)
        if form is None:
            return node
        name = f"{node.op} {len(self._marks.names)}"
        self._marks.mark(name, form(self.write(node.args[0])))
        return variable(name, node.shape)  # a row would be set as the transpose of a column
