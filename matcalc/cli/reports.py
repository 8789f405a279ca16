"""The commands whose answers come with reasons: stationary, convex, implicit, newton and
gauss-newton.
"""

from __future__ import annotations

from argparse import Namespace

from matcalc.answers.common.equations import Equation, as_equations, as_objective
from matcalc.answers.common.points import points_by_name
from matcalc.answers.convex.convexity import convexity
from matcalc.answers.expansions.quotient import from_definition
from matcalc.answers.expansions.series import series
from matcalc.answers.extrema.sets import stationary_point
from matcalc.answers.extrema.stationary import NamedProblem
from matcalc.answers.implicit.adjoint import differentiate_root
from matcalc.answers.implicit.implicit import ImplicitDerivative, match_sizes
from matcalc.answers.implicit.implicit_together import SolvedTogether, match_together
from matcalc.answers.implicit.steps import gauss_newton, newton
from matcalc.cli.further import one_of, require_first
from matcalc.cli.notations import is_asked
from matcalc.core.errors import ArgumentError
from matcalc.core.program import Program
from matcalc.results import Expression


def report(options: Namespace, program: Program) -> str:
    """The answer in the format that was asked for."""
    expression = Expression(program)
    latex = options.format == "latex"
    if options.command == "convex":
        names = options.several or [expression.find_wrt(None, 1)[0]]
        verdict = convexity(expression, names, options.rng)
        return verdict.latex() if latex else str(verdict)
    if options.command == "taylor":
        return _series(options, expression)
    if options.command == "diff":
        wrt, _ = expression.find_wrt(one_of(options.several), 1)
        require_first(options)
        return from_definition(expression, wrt).report()
    if options.command == "stationary":
        names = options.several or [expression.find_wrt(None, 1)[0]]
        point = stationary_point(
            expression, names, _equations(options.subject_to, options, program)
        )
        if isinstance(point, NamedProblem):
            return point.report()
        return point.latex() if latex else point.report()
    if options.command == "implicit":
        wrt, _ = expression.find_wrt(options.wrt, 1)
        others = _equations(options.also, options, program)
        goal = as_objective(options.objective, program, latex=bool(options.latex))
        found = differentiate_root(expression, _unknowns(options), wrt, goal, others)
        return _implicit(found, options)
    names = options.several or [expression.find_wrt(None, 1)[0]]
    find = newton if options.command == "newton" else gauss_newton
    solved = find(expression, names if len(names) > 1 else names[0])
    return solved.latex() if latex else solved.report()


def _implicit(found: ImplicitDerivative | SolvedTogether, options: Namespace) -> str:
    """An implicit derivative, in a notation where that is asked."""
    latex, turned = options.format == "latex", options.row_major
    if not is_asked(options):
        return found.latex() if latex else found.report()
    if latex:
        return found.in_notation(options.notation, row_major=turned).latex()
    return found.report_in(options.notation, row_major=turned)


def with_sizes(options: Namespace, program: Program) -> Program:
    """The program with the sizes that make an equation, or several, one for what is unknown."""
    if options.command != "implicit":
        return program
    expression, of = Expression(program), _unknowns(options)
    wrt, _ = expression.find_wrt(options.wrt, 1)
    if len(of) == 1 and not options.also:
        return match_sizes(expression, of[0], wrt)._program
    others = _equations(options.also, options, program)
    goal = as_objective(options.objective, program, latex=bool(options.latex))
    return match_together(expression, others, of, wrt, goal)[0]


def _unknowns(options: Namespace) -> list[str]:
    return [name.strip() for name in options.of.split(",")]


def _equations(sources: list[str], options: Namespace, program: Program) -> list[str | Equation]:
    return as_equations(sources, program, latex=bool(options.latex))


def _series(options: Namespace, expression: Expression) -> str:
    """The series of one variable at a point, as text."""
    names = options.several or [expression.find_wrt(None, 1)[0]]
    if is_asked(options):
        raise ArgumentError(
            "a series is printed with its general term, which has no other notation",
            hint="leave --series out: the polynomial has all notations",
        )
    if len(names) > 1:
        raise ArgumentError("a series has one variable", hint=f"--wrt {names[0]}")
    if options.format != "text":
        raise ArgumentError("series are printed as text", hint="leave out --format")
    at = options.at[0] if options.at else None
    at = (points_by_name(at or "") or {}).get(names[0], at)
    return series(expression, names[0], at, options.order).report()
