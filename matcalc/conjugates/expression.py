"""Expressions in complex variables, and the same in fewer signs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from matcalc.conjugates.equality import require_no_cut, same_value
from matcalc.conjugates.reading import (
    ComplexProgram,
    read_complex,
    read_complex_latex,
    with_conjugates,
)
from matcalc.conjugates.tex import ComplexLatex
from matcalc.conjugates.written import engine_form, shorten_complex
from matcalc.core.boundary import public, warn_of_notes
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import Variable
from matcalc.core.tree import Expr
from matcalc.core.typeset import Typeset
from matcalc.verify.readback.values import confirm
from matcalc.verify.verification import Verification, warn_unverified
from matcalc.write.notation import format_text

if TYPE_CHECKING:
    from matcalc.conjugates.graph import ComplexGraph
    from matcalc.graph.build import AskedVariables


class ComplexExpression(Typeset):
    """An expression in complex variables; ``str`` is its text."""

    def __init__(self, found: ComplexProgram, shown: Expr | None = None) -> None:
        self._found = found
        self._shown = shorten_complex(found, found.program.expr) if shown is None else shown
        self._verify = True

    @property
    def variables(self) -> dict[str, str]:
        """Each variable with its kind."""
        return self._found.kinds

    @property
    def inferred(self) -> dict[str, str]:
        """The variables that were not declared, each with its kind."""
        return self._found.inferred

    @property
    def notes(self) -> tuple[str, ...]:
        """What may have been meant otherwise."""
        return self._found.notes

    @property
    def shape(self) -> tuple[int | str, ...]:
        """The axes, as those of real expressions."""
        axes = self._shown.shape
        return tuple([str(dim) if dim.integer is None else dim.integer for dim in axes])

    @property
    def row(self) -> bool:
        """Whether this is a row vector."""
        return self._shown.row and self._shown.rank == 1

    @cached_property
    def _text(self) -> str:
        known = self._found.program.variables
        text = with_conjugates(
            format_text(self._shown, known, verify=False), self._found.conjugated
        )
        if self._verify:
            self._confirm(lambda: read_complex(text, self._known), "text")
        return text

    @property
    def _known(self) -> dict[str, str]:
        return {name: kind for name, kind in self.variables.items() if kind != "function"}

    def _confirm(self, again: Callable[[], ComplexProgram], what: str) -> None:
        """Whether what is read again is the value; a warning where that cannot be told."""
        meant, read = self._found.program, again().program.expr
        confirm(read.shape == meant.expr.shape, what, meant.language)
        same, how = same_value(self._found, read, meant.expr)
        confirm(same is not False, what, meant.language)
        if same is None:
            warn_unverified(Verification("none", how=how))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"<matcalc.ComplexExpression {self}>"

    @public
    def latex(self) -> str:
        r"""The formula in LaTeX: ``\bar{z}``, ``z^{\mathsf{H}}``, ``\operatorname{Re}``."""
        formula = ComplexLatex(self._found).write(self._shown)
        if self._verify:
            self._confirm(lambda: read_complex_latex(formula, self._known), "LaTeX")
        return formula

    @public
    def source(self, backend: str = "numpy", *, name: str = "f") -> str:
        """Python source of a function of all variables; UnsupportedError for other frameworks than
        NumPy, as of derivatives.
        """
        # a plain answer does not need it
        from matcalc.conjugates.code import source  # noqa: PLC0415

        return source(
            self._found, self._found.program.expr, backend, name, str(self), verify=self._verify
        )

    @public
    def simplify(self) -> ComplexExpression:
        """The same value in fewer signs, verified: with ``abs``, ``norm2``, ``real`` and ``imag``
        where these are shorter.
        """
        require_no_cut(self._found, self._found.program.source)
        simple = self.shorten()
        simple._verify = True
        str(simple)  # which is compared with what was typed
        return simple

    def shorten(self) -> ComplexExpression:
        """The same, not verified."""
        found = self._found
        engines = engine_form(found.program, found.program.expr, found.moving)
        simple = ComplexExpression(found, shorten_complex(found, engines))
        simple._verify = False
        return simple

    @public
    def graph(self, wrt: AskedVariables = None) -> ComplexGraph:
        """The computational graph with local derivatives for ``wrt``, a name or several, or all
        variables. Conjugates are operations in it. See docs/complex.md.
        """
        # few look at graphs
        from matcalc.conjugates.graph import ComplexGraph  # noqa: PLC0415

        return ComplexGraph(self._found, wrt)


def parse_expression(
    text: str,
    variables: Mapping[str, str | Variable] | Iterable[str] = (),
    *,
    latex: bool = False,
) -> ComplexExpression:
    """The expression of a text; a MatcalcError where it cannot be read, or asks for a
    derivative.
    """
    found = (read_complex_latex if latex else read_complex)(text, variables)
    if found.asked:
        raise ArgumentError(
            f"the formula asks for a derivative with respect to {found.asked[0]}",
            hint="leave out the derivative operator before the formula, or differentiate it: "
            "matcalc diff, matcalc.wirtinger in Python",
        )
    return ComplexExpression(found)


@public
def parse_complex(
    text: str,
    variables: Mapping[str, str | Variable] | Iterable[str] = (),
    *,
    latex: bool = False,
) -> ComplexExpression:
    """What an expression in complex variables ``z: complex vector(n)`` means, to be simplified and
    drawn; a formula in LaTeX with ``latex``. See docs/complex.md.

    Shapes: the value has the shape that the text gives it.
    Arguments: ``text`` is an expression; ``variables`` declares its complex variables; ``latex`` is
    described above.
    Raises: ParseError, UnknownNameError or ShapeError, with the place in the text.
    """
    found = parse_expression(text, variables, latex=latex)
    warn_of_notes(found.notes)
    return found
