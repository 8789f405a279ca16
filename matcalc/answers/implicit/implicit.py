"""Derivatives of what an equation determines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcalc.answers.common.equations import fit_sizes, for_all_entries, require_equation
from matcalc.answers.common.names import free_name, with_variable
from matcalc.answers.expansions.taylor import put
from matcalc.answers.zeros.moving import solve_direction
from matcalc.answers.zeros.singular import is_singular, singular_because, with_cofactors
from matcalc.answers.zeros.solving import matrix_of_map
from matcalc.claims.equality import UNDECIDED, decide_trees, require_equal
from matcalc.core.boundary import public
from matcalc.core.directions import direction_of, free_variable
from matcalc.core.errors import (
    ArgumentError,
    ShapeError,
    UnsupportedError,
)
from matcalc.core.kinds import Variable, free_kind, kind_spec
from matcalc.core.notes import format_number_offer, label_lines
from matcalc.core.options import NOTATIONS, require_choice
from matcalc.core.program import Program, require_variable
from matcalc.core.tree import Expr, zeros
from matcalc.engine.directional import derive_steps
from matcalc.results import Derivative, Expression, Formula

if TYPE_CHECKING:
    from matcalc.notations.answer import Written


class Solved(Formula):
    """A formula with a solve in it: ``head`` is what it is, ``lines`` say what it is made of, and
    ``proof`` how it was proved.
    """

    def __init__(
        self, program: Program, tree: Expr, head: str, lines: list[tuple[str, str]], proof: str
    ) -> None:
        super().__init__(program._replace(definitions={}, asked=None), tree)
        self.head = head
        self.lines = lines
        self.proof = proof

    def _title(self) -> str:
        return f"{self.head} = {self}"

    @public
    def report(self) -> str:
        """The formula with what it is made of, a line each."""
        return "\n".join([f"{self.head} = {self}", *self.reasons()])

    def reasons(self) -> list[str]:
        """What the formula is made of, and how it was proved, a line each."""
        return label_lines([*self.lines, *([("proved", self.proof)] if self.proof else [])])


class ImplicitDerivative(Solved):
    """The derivative of ``of`` by ``wrt``, or that along a direction of ``wrt``, which is ``step``
    then; with an objective ``g``, whose gradient it is, in the place of ``of``.
    """

    def __init__(
        self,
        program: Program,
        tree: Expr,
        asked: tuple[str, str, str],
        lines: list[tuple[str, str]],
        proof: str,
    ) -> None:
        self.of, self.wrt, self.step = asked
        head = f"d{self.of}" if self.step else f"d{self.of}/d{self.wrt}"
        super().__init__(program, tree, head, lines, proof)

    @public
    def in_notation(self, notation: str, *, row_major: bool = False) -> Written:
        """The derivative in a notation, proved equal to it: entries or Jacobian of ``of`` by
        ``wrt``, the map of a displacement of ``wrt``, or the differential; see docs/notations.md.
        """
        require_choice("notation", notation, NOTATIONS)
        # few ask for it
        from matcalc.answers.implicit.written import (  # noqa: PLC0415
            Implied,
            implicit_in_notation,
        )

        found = Implied(self._program, self._tree, self.of, self.wrt, self.step)
        return implicit_in_notation(found, notation, row_major=row_major)

    @public
    def report_in(self, notation: str, *, row_major: bool = False) -> str:
        """The report with the derivative in a notation."""
        written = self.in_notation(notation, row_major=row_major)
        said = label_lines([("read as", written.reading)]) if written.reading else []
        return "\n".join([written.text(), *said, *self.reasons()])


def implicit(expression: Expression, of: str, wrt: str) -> ImplicitDerivative:
    """The derivative of ``of`` by ``wrt`` where the expression, the left side of G(x, t) = 0, stays
    zero: ``dx = -inv(dG/dx)*dG/dt``.

    G has the shape of ``of``. By a matrix, or of one, the derivative is along a direction, which is
    a new variable. Raises UnsupportedError where dG/dx has no inverse that can be written.
    """
    expression = match_sizes(expression, of, wrt)
    program = expression._program
    unknown, known = program.variables[of], program.variables[wrt]
    slope = expression.diff(of)
    along = len(unknown.shape) + len(known.shape) > 2 and len(unknown.shape) > 0
    step = ""
    if along:
        step = free_name(program, f"d{wrt}", *"hkvu")
        program = with_variable(program, direction_of(known, step), "the direction")
        (moved,) = derive_steps(program, [{wrt: step}])
    else:
        moved = expression.diff(wrt)._tree
    rest = Expr("neg", (moved,), moved.shape)
    require_determined(expression, slope, unknown)
    moves = {wrt: step} if along else {}
    found = solve_direction(program, slope._tree, rest, unknown, moves)
    if found is None:
        raise UnsupportedError(
            f"the derivative {slope} by {of} has no inverse that can be written",
            hint=f"matcalc jvp gives the linear equation: the derivatives along d{of} and d{wrt}",
        )
    proof = _prove(program, unknown.name, slope, found.tree, moved)

    def where_it_holds(tree: Expr) -> Expr:
        return with_cofactors(program, program.expr, of, tree)

    by_unknown = where_it_holds(slope._tree)
    said = str(slope if by_unknown is slope._tree else Formula(program, by_unknown))
    lines = [
        (f"dG/d{of}", said),
        (
            f"along {step}" if along else f"dG/d{wrt}",
            str(Formula(program, where_it_holds(moved))),
        ),
        ("where", state_regularity(unknown)),
        *([("and", found.where)] if found.where else []),
    ]
    tree = where_it_holds(found.by_equation(found.tree))
    return ImplicitDerivative(program, tree, (of, wrt, step), lines, proof)


def state_regularity(unknown: Variable) -> str:
    """The condition under which an equation determines the unknown."""
    kind = kind_spec(unknown.kind)
    within = f" on {unknown}" if kind.linear else ""
    if kind.reflection:
        within = f" on the {'symmetric' if kind.reflection > 0 else 'skew'} matrices"
    return f"dG/d{unknown.name} is invertible{within}"


def require_open(unknown: Variable) -> None:
    """UnsupportedError where the variable is on a curved set, such as a sphere."""
    if kind_spec(unknown.kind).curved:
        free = Variable(unknown.name, free_kind(len(unknown.shape)), unknown.shape)
        raise UnsupportedError(
            f"{unknown.name} is {unknown}, and an equation for all its entries may take it out of "
            "that set",
            hint=f"declare {unknown.name}: {free}",
        )


def require_determined(expression: Expression, slope: Derivative, unknown: Variable) -> None:
    """UnsupportedError where the derivative of an equation by the unknown has no inverse at any
    point.
    """
    program, name = expression._program, unknown.name
    require_open(unknown)
    linear = kind_spec(unknown.kind).linear
    matrix = None if linear else matrix_of_map(program, slope._tree, unknown)
    if matrix is not None and is_singular(program, matrix):
        fix = f"add an equation that fixes the free part of {name}"
        if len(unknown.shape) == 2 and unknown.shape[0] == unknown.shape[1]:
            fix = f"declare the kind of {name}, such as triangular({unknown.shape[0]}), or {fix}"
        raise UnsupportedError(
            f"{expression} = 0 does not determine {name}: its derivative with respect to {name}, "
            f"{slope}, is {singular_because(program, matrix, unknown)}",
            hint=fix,
        )


def match_sizes(expression: Expression, of: str, wrt: str) -> Expression:
    """The left side of an equation that has as many entries as what it determines; of what is not
    declared with the sizes that make it so.
    """
    program = expression._program
    require_equation(program.expr)
    unknown = require_variable(program, of)
    require_variable(program, wrt)
    if of == wrt:
        raise ArgumentError(f"{of} cannot be a function of itself", hint="--of x --wrt t")
    fitted = fit_sizes(program, [expression._tree], [of])
    whole = for_all_entries(program) if fitted is None else None
    if whole is not None and {of, wrt} <= whole.variables.keys():
        fitted = fit_sizes(whole, [whole.expr], [of])
    if fitted is None:
        known = program.variables.values()
        vectors = [each.name for each in known if each.kind == "vector" and not each.declared]
        hint = f"it takes as many equations as {of} has entries"
        if not program.expr.rank:
            hint += f"; for a minimum of f it is grad(f, {of})"
        if not unknown.shape and vectors and all(len(each.shape) < 2 for each in known):
            numbers = sorted({*vectors, *([] if unknown.declared else [of])})
            hint += f"; or {format_number_offer(numbers)}"
        equation = free_variable("", program.expr)
        raise ShapeError(f"the equation is {equation}, and {of} is {unknown}", hint=hint)
    return expression if fitted[0] is program else Expression(fitted[0])


def _prove(program: Program, of: str, slope: Derivative, tree: Expr, moved: Expr) -> str:
    """How it is proved that dG/dx applied to the derivative, plus dG/dt, is zero."""
    known = program.variables[of]
    if len(known.shape) < 2:
        whole = Expr("*", (slope._tree, tree), moved.shape)
    else:
        step = free_name(program, f"?{of}")
        moving = program.declare(direction_of(known, step))
        (along,) = derive_steps(moving, [{of: step}])
        whole = put(along, {step: tree})
    total = Expr("+", (whole, moved), moved.shape)
    how = prove_solution(program, total, "the implicit derivative")
    return f"dG is zero along it, {how}"


def prove_solution(program: Program, total: Expr, what: str) -> str:
    """How it is proved that what was put into an equation solves it; UnsupportedError where that
    is undecided, as where an inverse in it exists nowhere.
    """
    decision = decide_trees(program, total, zeros(total.shape))
    if decision.verdict == UNDECIDED:
        raise UnsupportedError(
            f"{what} that was found could not be proved: {decision.how}",
            hint="declare the kinds of the variables, where they have any",
        )
    otherwise = f"{what} that it found does not solve its equation"
    return require_equal(program, total, zeros(total.shape), otherwise)
