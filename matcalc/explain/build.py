"""The derivation of a derivative, proved: one chain for each order."""

from __future__ import annotations

from dataclasses import dataclass, field

from matcalc.core.directions import direction_of
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import size_names
from matcalc.core.options import COORDINATES
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import differentiate, matricize
from matcalc.explain.derivation import LineChain, Reason
from matcalc.explain.forms import as_fields, as_markdown, as_text
from matcalc.explain.instances import CannotShow
from matcalc.explain.parts import DETAILS, USUAL, Names
from matcalc.explain.proof import prove
from matcalc.explain.steps import ChainBuilder
from matcalc.verify.steps import verify_steps
from matcalc.write.printers.text import has_indices

_MOST_AXES = 2  # of a value of the language
_DIRECTIONS = (("t", "h"), ("v", "h", "w"), ("V", "H", "W"))  # names of them, by rank
_MOST = 400  # nodes of an expression whose derivation anybody would read


@dataclass(frozen=True, repr=False)
class Derivation:
    """A derivation in differentials; ``str`` gives the lines as text.

    Each line was proved from those before when this was made. ``chains`` has one entry for the
    first derivative, and one more for the second.
    """

    chains: tuple[LineChain, ...] = field(default=())

    def __str__(self) -> str:
        return as_text(self.chains)

    def __repr__(self) -> str:
        lines = sum(len(chain.lines) for chain in self.chains)
        return f"<matcalc.Derivation of {lines} lines>"

    @property
    def proved(self) -> bool:
        """Whether every line is proved."""
        return all(line.proved for chain in self.chains for line in chain.lines)

    def markdown(self) -> str:
        """Tables of formulas and reasons, and the sources."""
        return as_markdown(self.chains)

    def latex(self, *, bold: bool = False) -> str:
        """An ``align*`` for each derivative, and the sources; needs amsmath."""
        from matcalc.explain.latex_form import as_latex  # noqa: PLC0415 - text does not need it

        return as_latex(self.chains, bold=bold)

    def typeset(self) -> dict[str, object]:
        """The lines in LaTeX one by one, for a page that sets each alone, and the sources."""
        from matcalc.explain.latex_form import typeset  # noqa: PLC0415 - as above

        return typeset(self.chains)

    def fields(self) -> list[dict[str, object]]:
        """All that is known of each line, as JSON has it."""
        return as_fields(self.chains)

    def _repr_markdown_(self) -> str:
        return self.markdown()


def derivation(statement: DerivativeStatement, detail: int = USUAL) -> Derivation:
    """The derivation of a derivative, each line proved.

    ``detail`` 1 shows the main lines, 2 also what is inserted where, 3 also linear steps. Raises
    UnsupportedError where some step has no form that can be shown, and VerificationError where a
    line does not follow.
    """
    if isinstance(detail, bool) or detail not in DETAILS:
        raise ArgumentError(f"detail is 1, 2 or 3, not {detail!r}")
    if statement.structure in COORDINATES:
        raise _refusal(
            f"steps end at the gradient within the set, not at structure {statement.structure}"
        )
    if len(statement.program.expr.parts) > _MOST:
        raise _refusal("the expression is too long to be read step by step")
    chains: list[LineChain] = []
    why = ""  # the value of the next chain is one that the last chain does not end with
    if statement.order > 1 and len(statement.program.variables[statement.wrt].shape) > _MOST_AXES:
        raise _refusal(f"{statement.wrt} has more than two axes, and this is a second derivative")
    first = statement._replace(order=1, layout="mixed")
    for turn in range(statement.order):
        tree = differentiate(first)
        chains.append(_chain(first, tree, turn, detail))
        if why:
            chains[-1].lines[0].reasons = (Reason(why),)
        if turn + 1 < statement.order:
            program, why = first.program._replace(expr=tree, definitions={}, asked=None), ""
            if tree.rank > _MOST_AXES or has_indices(tree):
                program, why = _along(first, chains[-1].name)
            first = first._replace(program=program)
    if statement.layout != "mixed":
        chains[-1].remark = (
            f"these steps are in mixed layout; in {statement.layout} layout the axes may stand in "
            "another order"
        )
    return Derivation(tuple(chains))


def _chain(statement: DerivativeStatement, tree: Expr, turn: int, detail: int) -> LineChain:
    program = statement.program
    if program.expr.rank > _MOST_AXES or has_indices(program.expr):
        raise _refusal("the expression is in index notation")
    answer: Expr | None = tree
    axes = len(program.variables[statement.wrt].shape)
    if tree.rank > _MOST_AXES >= axes:
        answer = matricize(tree, program.variables, statement.columns, language=program.language)
    if program.expr.rank and (axes > _MOST_AXES or (answer is not None and has_indices(answer))):
        answer = None
    try:
        chain = ChainBuilder(
            program, statement.wrt, statement.structure, answer, turn, detail
        ).build()
    except CannotShow as problem:
        raise _refusal(str(problem)) from problem
    prove(chain)
    return chain


def _along(statement: DerivativeStatement, name: str) -> tuple[Program, str]:
    """The differential as a program, with a constant in the place of the differential of the
    variable, and what to say of it. A second derivative with more than two axes is shown as the
    differential of that. VerificationError where it is not the differential.
    """
    program, wrt = statement.program, statement.wrt
    variable = program.variables[wrt]
    sizes = size_names(program.variables.values())
    names = Names({*program.variables, *sizes, *program.language.functions})
    direction = names.first(_DIRECTIONS[len(variable.shape)])
    program = program.declare(direction_of(variable, direction))._replace(asked=None)
    step = {wrt: direction}
    (tree,) = derive_steps(program, [step], statement.structure)
    verify_steps(program, [step], [tree], statement.structure)
    return program._replace(
        expr=tree, definitions={}
    ), f"d{name} for a constant d{wrt} = {direction}"


def _refusal(why: str) -> UnsupportedError:
    return UnsupportedError(
        f"this derivation cannot be shown in steps: {why}",
        hint="the derivative itself is there without steps",
    )
