"""Derivatives of several variables that as many equations determine together.

The total differentials of the equations are linear in those of the variables. One is solved for and
put into the other equations, and so on, as in the elimination of blocks: what is inverted is a
Schur complement each time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from matcalc.answers.common.equations import (
    Equation,
    fit_sizes,
    read_beside,
    read_equations,
    require_equation,
)
from matcalc.answers.common.formulas import NamedFormulas
from matcalc.answers.common.names import free_name, require_different, with_variable
from matcalc.answers.expansions.taylor import put
from matcalc.answers.extrema.extremes import format_tree
from matcalc.answers.implicit.implicit import require_open
from matcalc.answers.zeros.singular import is_singular
from matcalc.answers.zeros.solving import affine_zero
from matcalc.answers.zeros.within import is_within
from matcalc.claims.equality import require_equal
from matcalc.core.boundary import public
from matcalc.core.dims import ONE, ZERO, Dim
from matcalc.core.directions import direction_of
from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.notes import label_lines
from matcalc.core.options import NOTATIONS, require_choice
from matcalc.core.program import Program, require_variable
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import (
    Expr,
    drop_transpose,
    multiply,
    transpose,
    variable,
    variable_names,
    zeros,
)
from matcalc.engine.definite import Definiteness, negate
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import derive, differentiate, simplify
from matcalc.results import Expression
from matcalc.write.printers.text import text

if TYPE_CHECKING:
    from matcalc.answers.implicit.written import ImplicitInNotation


@dataclass(frozen=True, slots=True)
class Pivot:
    """A differential, its value in terms of others, and what has to be so for it to be the only
    one.
    """

    name: str
    value: Expr
    condition: str


def conditions_of(pivots: Sequence[Pivot]) -> list[str]:
    """What has to be so for the pivots to be the only ones, each once."""
    return list(dict.fromkeys([each.condition for each in pivots if each.condition]))


class SolvedTogether(NamedFormulas):
    """The differentials of what several equations determine, as a mapping from their names.

    A formula may contain the differentials that come before it. ``conditions`` say where they
    exist, ``proof`` how they were proved.
    """

    def __init__(
        self, program: Program, pivots: Sequence[Pivot], proof: str, moves: Mapping[str, str]
    ) -> None:
        self.program, self.pivots = program, tuple(pivots)
        self.moves = dict(moves)  # names of all differentials, that of what is given last
        self.conditions = conditions_of(pivots)
        self.proof = proof
        super().__init__(program, [(each.name, each.value) for each in reversed(pivots)])

    def whole(self, name: str) -> Expr:
        """The differential of a variable in terms of that of what is given alone."""
        step = self.moves[name]
        tree = put_pivots(variable(step, self.program.variables[step].shape), self.pivots)
        return simplify(self.program._replace(expr=tree))

    @public
    def report(self) -> str:
        """The differentials with the condition and the proof, a line each."""
        return "\n".join([str(self), *self.reasons()])

    def reasons(self) -> list[str]:
        """Where the differentials exist, and how they were proved, a line each."""
        return label_lines([*[("where", said) for said in self.conditions], ("proved", self.proof)])

    @public
    def in_notation(self, notation: str, *, row_major: bool = False) -> ImplicitInNotation:
        """The derivatives of all variables in a notation, each proved equal to its differential;
        see docs/notations.md.
        """
        require_choice("notation", notation, NOTATIONS)
        # few ask for it
        from matcalc.answers.implicit.written import (  # noqa: PLC0415
            ImplicitInNotation,
            Implied,
        )

        *names, wrt = self.moves
        others = [self.moves[name] for name in names]
        program, step = self.program.without(*others), self.moves[wrt]
        found = [Implied(program, self.whole(name), name, wrt, step) for name in names]
        return ImplicitInNotation(found, notation, row_major=row_major)

    @public
    def report_in(self, notation: str, *, row_major: bool = False) -> str:
        """The report with the derivatives in a notation."""
        written = self.in_notation(notation, row_major=row_major)
        said = label_lines([("read as", written.reading)]) if written.reading else []
        return "\n".join([written.text(), *said, *self.reasons()])


def match_together(
    expression: Expression,
    others: Sequence[str | Equation],
    of: Sequence[str],
    wrt: str,
    objective: str = "",
) -> tuple[Program, list[Expr]]:
    """What is zero in each equation, over variables of sizes such that there is one equation for
    each of those that are to be determined, and that the objective has a meaning, if there are
    such sizes.
    """
    program, names = expression._program._replace(definitions={}), require_different(of)
    program = program._replace(expr=expression._tree)
    require_equation(program.expr)
    program, trees = read_equations(program, others)
    if objective:
        program, _ = read_beside(program, objective)
        program, trees = read_equations(program, others)
    for name in (*names, wrt):
        require_variable(program, name)
    if wrt in names:
        raise ArgumentError(f"{wrt} cannot be a function of itself", hint="--of x,y --wrt t")
    if len(trees) != len(names):
        raise ArgumentError(
            f"{len(trees)} equations do not determine {len(names)} variables",
            hint=f"there is one equation for each of {', '.join(names)}: add them with --and",
        )
    for name in names:
        require_open(program.variables[name])
    trees = [transpose(tree) if tree.row else tree for tree in trees]
    return fit_sizes(program, trees, names) or (program, trees)


def implicit_together(
    expression: Expression, others: Sequence[str | Equation], of: Sequence[str], wrt: str
) -> SolvedTogether:
    """The differentials of the variables ``of``, along one of ``wrt``, where the expression stays
    zero and the ``others``, which are equations, hold.

    In some order each differential has to be solved for, from an equation of its shape. Raises
    UnsupportedError where no order leads to the end.
    """
    program, trees = match_together(expression, others, of, wrt)
    names = list(of)
    moves: dict[str, str] = {}
    for name in (*names, wrt):
        step = free_name(program, f"d{name}", *"hkvu")
        program = with_variable(program, direction_of(program.variables[name], step), "a direction")
        moves[name] = step
    program = program._replace(asked=None)
    equations = [_differential(program, tree, moves) for tree in trees]
    pivots = Elimination(program, trees, names).solve(equations, [moves[x] for x in names])
    if pivots is None:
        raise UnsupportedError(
            f"the equations could not be solved for {', '.join(names)}, one after the other",
            hint="each needs an equation of its shape, whose derivative with respect to it "
            "is invertible where the equations hold",
        )
    how = prove_zero(
        program,
        equations,
        pivots,
        "the implicit derivatives that it found do not solve their equations",
    )
    said = f"the differentials of all equations are zero along them, {how}"
    return SolvedTogether(program, pivots, said, moves)


def _differential(program: Program, tree: Expr, moves: dict[str, str]) -> Expr:
    found = {name: step for name, step in moves.items() if name in variable_names(tree)}
    if not found:
        return zeros(tree.shape)
    return derive_steps(program._replace(expr=tree), [found])[0]


@dataclass(frozen=True, slots=True)
class Elimination:
    """The equations, and the names of what they determine."""

    program: Program
    trees: Sequence[Expr]
    names: Sequence[str]

    def solve(self, differentials: Sequence[Expr], unknowns: Sequence[str]) -> list[Pivot] | None:
        """The values of the unknown differentials: one after the other, or all at once; None where
        they have none that can be written.
        """
        found = self._eliminate(differentials, unknowns)
        return found if found is not None else self._all_at_once(differentials, unknowns)

    def _all_at_once(
        self, differentials: Sequence[Expr], unknowns: Sequence[str]
    ) -> list[Pivot] | None:
        """The same by the inverse of the matrix of all blocks, where they are numbers and vectors:
        none of the blocks has to be invertible.
        """
        shapes = [self.program.variables[name].shape for name in unknowns]
        if any(len(shape) > 1 for shape in shapes) or any(each.rank > 1 for each in differentials):
            return None
        zero = {name: zeros(shape) for name, shape in zip(unknowns, shapes, strict=True)}
        blocks = []
        for equation in differentials:
            here = self.program._replace(expr=equation)
            rows = [DerivativeStatement(here, name, layout="numerator") for name in unknowns]
            blocks += [differentiate(each) for each in rows]
        lengths = [shape[0] if shape else None for shape in shapes]
        starts = list(accumulate([each or ONE for each in lengths], Dim.plus, initial=ZERO))
        count, size = len(unknowns), starts.pop()
        rest = [put(Expr("neg", (each,), each.shape), zero) for each in differentials]
        rest = [simplify(self.program._replace(expr=each)) for each in rest]
        matrix = Expr("blocks", tuple(blocks), (size, size), value=(count, count))
        if self._is_singular(matrix):
            return None
        right = Expr("blocks", tuple(rest), (size,), value=(count, 1))
        whole = multiply(Expr("inv", (matrix,), matrix.shape), right)
        whole = simplify(self.program._replace(expr=whole))
        condition = f"{format_tree(self.program, matrix)} is invertible"
        found = []
        for name, shape, length, start in zip(unknowns, shapes, lengths, starts, strict=True):
            place = Expr("slice", (whole,), shape, value=((start, length),))
            value = simplify(self.program._replace(expr=place))
            found.append(Pivot(name, value, condition))
        return found

    def _eliminate(
        self, differentials: Sequence[Expr], unknowns: Sequence[str]
    ) -> list[Pivot] | None:
        """The values of the unknown differentials, each in terms of those that are solved for after
        it; None where no order leads to the end.
        """
        if not unknowns:
            return []
        for place, pivot in self._pivots(differentials, unknowns):
            rest = [
                simplify(self.program._replace(expr=put(each, {pivot.name: pivot.value})))
                for k, each in enumerate(differentials)
                if k != place
            ]
            later = self._eliminate(rest, [each for each in unknowns if each != pivot.name])
            if later is not None:
                return [pivot, *later]
        return None

    def _pivots(
        self, differentials: Sequence[Expr], unknowns: Sequence[str]
    ) -> list[tuple[int, Pivot]]:
        """What can be solved for, each with the place of its equation; first without conditions,
        and the shortest value first.
        """
        found = [
            (place, self._pivot(equation, name))
            for name in unknowns
            for place, equation in enumerate(differentials)
        ]
        pivots = [(place, pivot) for place, pivot in found if pivot is not None]
        return sorted(pivots, key=lambda each: (each[1].condition != "", len(text(each[1].value))))

    def _pivot(self, equation: Expr, name: str) -> Pivot | None:
        """One differential by one equation of its shape."""
        known = self.program.variables[name]
        if equation.shape != known.shape or name not in variable_names(equation):
            return None
        here = self.program._replace(expr=equation)
        with suppress(UnsupportedError):
            slope = derive(here, name)
            if len(known.shape) < 2 and self._is_singular(slope):
                return None
            zero = affine_zero(here, name)
            if zero is None or zero.along is not None or not is_within(here, known, zero.point):
                return None
            return Pivot(name, zero.point, self._condition(name, slope))
        return None

    def _is_singular(self, slope: Expr) -> bool:
        if is_singular(self.program, slope):
            return True
        if not self.trees:  # they are linear, and hold at no points of their own
            return False
        from matcalc.verify.oracle.solutions import (  # noqa: PLC0415 - it loads NumPy
            is_singular_at_solutions,
        )

        return is_singular_at_solutions(self.program, self.trees, self.names, slope)

    def _condition(self, name: str, slope: Expr) -> str:
        """What has to be so for the differential to be the only one; empty where it always is."""
        if slope.is_tensor or len(self.program.variables[name].shape) > 1:
            return f"the equation for {name} has one solution"
        known = Definiteness(self.program)
        opposite = negate(self.program, slope)
        if known.is_definite(slope) or known.is_definite(opposite):
            return ""
        shown = opposite if slope.op == "neg" else slope
        shown = drop_transpose(shown)
        end = "invertible" if slope.shape else "not zero"
        return f"{format_tree(self.program, shown)} is {end}"


def prove_zero(
    program: Program, equations: Sequence[Expr], pivots: Sequence[Pivot], otherwise: str
) -> str:
    """How it is proved that all expressions are zero where the pivots have their values."""
    how = ""
    for equation in equations:
        tree = put_pivots(equation, pivots)
        how = require_equal(program, tree, zeros(tree.shape), otherwise)
    return how


def put_pivots(tree: Expr, pivots: Sequence[Pivot]) -> Expr:
    """The tree with the values of the pivots, each of which may contain those after it."""
    for each in pivots:
        tree = put(tree, {each.name: each.value})
    return tree
