"""The commands whose answers come with reasons: stationary, convex, implicit, newton and
gauss-newton.
"""

from __future__ import annotations

from argparse import Namespace

from matcalc.answers.adjoint import implied
from matcalc.answers.convexity import convexity
from matcalc.answers.implicit import gauss_newton, newton
from matcalc.answers.lagrange import ConstrainedPoint, constrained
from matcalc.answers.stationary import NamedProblem, StationaryPoint, stationary
from matcalc.core.program import Program
from matcalc.results import Expression


def report(options: Namespace, program: Program) -> str:
    """The answer in the format that was asked for."""
    expression = Expression(program)
    latex = options.format == "latex"
    if options.command == "convex":
        names = options.several or [expression.wanted(None, 1)[0]]
        found = convexity(expression, names, options.rng)
        return found.latex() if latex else str(found)
    wrt, _ = expression.wanted(options.wrt, 1)
    if options.command == "stationary":
        point: StationaryPoint | ConstrainedPoint | NamedProblem
        if options.subject_to:
            point = constrained(expression, wrt, options.subject_to)
        else:
            point = stationary(expression, wrt)
        if isinstance(point, NamedProblem):
            return point.report()
        return point.latex() if latex else point.report()
    if options.command == "implicit":
        solved = implied(expression, options.of, wrt, options.objective)
    else:
        solved = (newton if options.command == "newton" else gauss_newton)(expression, wrt)
    return solved.latex() if latex else solved.report()
