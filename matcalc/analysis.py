"""What is asked of derivatives: Taylor polynomials, stationary points, convexity, what an equation
determines, steps of Newton's method, and whether a Hessian is symmetric.

A module of its own, because those who differentiate alone need not wait until it is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from matcalc.answers.common.equations import as_equations, as_objective, left_side, read_root
from matcalc.answers.convex.convexity import Convexity, convexity
from matcalc.answers.derivatives.symmetry import Symmetry
from matcalc.answers.derivatives.symmetry import symmetry as symmetric
from matcalc.answers.expansions import quotient
from matcalc.answers.expansions.quotient import FromDefinition
from matcalc.answers.expansions.taylor import TaylorPolynomial
from matcalc.answers.expansions.taylor import taylor as expansion
from matcalc.answers.extrema.sets import StationaryAnswer, stationary_point
from matcalc.answers.implicit import steps
from matcalc.answers.implicit.adjoint import differentiate_root
from matcalc.answers.implicit.implicit import Solved
from matcalc.answers.implicit.implicit_together import SolvedTogether
from matcalc.answers.implicit.steps import Steps
from matcalc.api import as_expression
from matcalc.conjugates.choice import has_complex
from matcalc.core.boundary import public, warn_of_notes
from matcalc.core.program import Program
from matcalc.core.rng import seed_of
from matcalc.results import Expression, Formula

if TYPE_CHECKING:
    from matcalc.answers.derivatives.hessian import Hessian
    from matcalc.answers.extrema.stationary import NamedProblem
    from matcalc.api import Declarations
    from matcalc.conjugates.stationary import ComplexPoint
    from matcalc.core.language import BaseLanguage
    from matcalc.results import Derivative


@public
def taylor(
    expression: str | Expression | Derivative,
    wrt: str | Sequence[str] | None = None,
    *,
    at: object = None,
    order: int = 2,
    variables: Declarations | None = None,
    latex: bool = False,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> TaylorPolynomial:
    """The Taylor polynomial in ``wrt`` at a point, verified; see docs/taylor.md.

    The point ``at`` is a new name for a variable of the same kind, a number, or an expression;
    without it the polynomial is one in the displacement ``dx`` from x. Of several variables, which
    move together, it is a mapping or a sequence. ``remainder`` measures what is left.
    UnsupportedError where the expression is not smooth at the point.

    Shapes: that of the expression.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``; ``wrt`` is its
    variable, and may be left out where there is one; ``at`` is described above; ``order`` is the
    degree; ``variables`` declares the names of a text, ``latex`` says that it is a formula in
    LaTeX, and ``language`` has the functions and identities of files; ``verify=False`` leaves the
    proof for later.
    Raises: UnsupportedError as described above, ArgumentError for a point that does not fit.
    """
    expression = as_expression(expression, variables, language, latex=latex)
    return expansion(expression, _wrt(expression, wrt), at, order, verify=verify)


@public
def linearize(
    expression: str | Expression | Derivative,
    wrt: str | Sequence[str] | None = None,
    *,
    at: object = None,
    variables: Declarations | None = None,
    latex: bool = False,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> TaylorPolynomial:
    """The best affine approximation near a point: the Taylor polynomial of order 1, verified.

    Shapes: that of the expression.
    Arguments: as for ``taylor``, without the order: ``expression``, ``wrt``, ``at``, ``variables``,
    ``latex``, ``verify``, ``language``.
    Raises: UnsupportedError where the expression is not smooth at the point.
    """
    expression = as_expression(expression, variables, language, latex=latex)
    return expansion(expression, _wrt(expression, wrt), at, 1, verify=verify)


@public
def stationary(
    expression: str | Expression | Derivative,
    wrt: str | Sequence[str] | None = None,
    *,
    subject_to: str | Sequence[str] = (),
    variables: Declarations | None = None,
    latex: bool = False,
    language: BaseLanguage | None = None,
) -> StationaryAnswer | ComplexPoint:
    """The point where a scalar is stationary within the kind of ``wrt``, under equations such as
    ``A*x = b`` if there are any, proved by substitution, or the problem that it leads to; of
    several variables a mapping from these to their values (docs/stationary.md). Of a complex
    variable a real function is given as text (docs/complex.md).

    Shapes: the point has the shape of the variable.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``, and a scalar;
    ``wrt`` is described above; ``subject_to`` has the equations; ``variables`` declares the names
    of a text, ``latex`` says that it is a formula in LaTeX, and ``language`` has the functions and
    identities of files.
    Raises: ArgumentError for an expression that is not a scalar, UnsupportedError where no closed
    form was found.
    """
    if isinstance(expression, str):
        given_equations = [subject_to] if isinstance(subject_to, str) else list(subject_to)
        if has_complex(variables or (), expression):
            return _stationary_complex(expression, wrt, given_equations, variables, latex=latex)
    given = as_expression(expression, variables, language, latex=latex)
    equations = as_equations(subject_to, given._program, latex=latex)
    return stationary_point(given, _wrt(given, wrt), equations)


def _stationary_complex(
    text: str,
    wrt: str | Sequence[str] | None,
    equations: Sequence[str],
    variables: Declarations | None,
    *,
    latex: bool,
) -> ComplexPoint | NamedProblem:
    # few variables are complex
    from matcalc.conjugates.stationary import ComplexProblem  # noqa: PLC0415

    problem = ComplexProblem(text, wrt or "", variables or (), subject_to=equations, latex=latex)
    warn_of_notes(problem.notes)
    return problem.solve()


@public
def convex(
    expression: str | Expression | Derivative,
    wrt: str | Sequence[str] | None = None,
    *,
    rng: Any = 0,
    variables: Declarations | None = None,
    latex: bool = False,
    language: BaseLanguage | None = None,
) -> Convexity:
    """Whether a scalar is convex, in several variables together too (docs/stationary.md).

    Shapes: the expression is a scalar; the variables are scalars, vectors or matrices.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``; ``wrt`` names the
    variables; ``rng`` chooses the random chords; ``variables`` declares the names of a text,
    ``latex`` says that it is a formula in LaTeX, and ``language`` has the functions and identities
    of files.
    Raises: ArgumentError for an expression that is not a scalar, or for variables that form no
    convex set.
    """
    given = as_expression(expression, variables, language, latex=latex)
    return convexity(given, _wrt(given, wrt), rng)


@public
def implicit(
    expression: str | Expression | Derivative | Sequence[str],
    of: str | Sequence[str],
    wrt: str,
    *,
    objective: str = "",
    variables: Declarations | None = None,
    latex: bool = False,
    language: BaseLanguage | None = None,
) -> Solved | SolvedTogether:
    """The derivative of ``of``, or of an ``objective``, where the expression stays zero; a text may
    be an equation, as in ``A*x = b``. As many equations as names in ``of`` are taken together.

    Shapes: the differential has the shape of ``of``, a gradient that of ``wrt``.
    Arguments: ``expression`` is the equation, or a list of equations; ``of`` names what it
    determines, ``wrt`` the variable of the derivative, and ``objective`` is a scalar in both;
    ``variables`` declares the names of a text, ``latex`` says that it is a formula in LaTeX, and
    ``language`` has the functions and identities of files.
    Raises: ArgumentError for an equation of another shape, UnsupportedError where it does not
    determine the variable.
    """
    others: Sequence[str] = ()
    if not isinstance(expression, (str, Formula)):
        expression, *others = expression
    if isinstance(expression, str):
        expression = left_side(expression, latex=latex)
    if isinstance(expression, str) and latex:
        known = dict(variables or {})
        named = {name.strip() for names in known for name in names.split(",")}

        def read_with(text: str, arrays: Mapping[str, str]) -> Program:
            more = {name: kind for name, kind in arrays.items() if name not in named}
            return as_expression(text, {**known, **more}, language, latex=True)._program

        names = [*([of] if isinstance(of, str) else of), wrt]
        read = Expression(read_root(expression, read_with, names))
    else:
        read = as_expression(expression, variables, language, latex=latex)
    equations = as_equations(others, read._program, latex=latex)
    goal = as_objective(objective, read._program, latex=latex)
    return differentiate_root(read, [of] if isinstance(of, str) else of, wrt, goal, equations)


@public
def from_definition(
    expression: str | Expression | Derivative,
    wrt: str | None = None,
    *,
    variables: Declarations | None = None,
    latex: bool = False,
    language: BaseLanguage | None = None,
) -> FromDefinition:
    """The derivative as the limit of the difference quotient, for expressions whose quotient has a
    form without a division; see docs/steps.md.

    Shapes: that of the derivative along a direction.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``; ``wrt`` is its
    variable, and may be left out where there is one; ``variables`` declares the names of a text,
    ``latex`` says that it is a formula in LaTeX, and ``language`` has the functions and identities
    of files.
    Raises: UnsupportedError for functions whose quotient has no such form, such as sin.
    """
    given = as_expression(expression, variables, language, latex=latex, asks=True)
    return quotient.from_definition(given, given.find_wrt(wrt, 1)[0])


@public
def newton(
    expression: str | Expression | Derivative,
    wrt: str | Sequence[str] | None = None,
    *,
    variables: Declarations | None = None,
    latex: bool = False,
    language: BaseLanguage | None = None,
) -> Solved | Steps:
    """The step of Newton's method, ``-inv(H)*g``, for a scalar that is minimised; of several
    variables a mapping from the names of the steps, ``dx``, to these.

    Shapes: a step has the shape of its variable.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``, and a scalar;
    ``wrt`` names the variables; ``variables`` declares the names of a text, ``latex`` says that it
    is a formula in LaTeX, and ``language`` has the functions and identities of files.
    Raises: ArgumentError for an expression that is not a scalar, UnsupportedError where the Hessian
    is singular everywhere.
    """
    given = as_expression(expression, variables, language, latex=latex)
    return steps.newton(given, _wrt(given, wrt))


@public
def gauss_newton(
    expression: str | Expression | Derivative,
    wrt: str | Sequence[str] | None = None,
    *,
    variables: Declarations | None = None,
    latex: bool = False,
    language: BaseLanguage | None = None,
) -> Solved | Steps:
    """The step of the Gauss-Newton method for residuals, or for the sum of their squares; of
    several variables, or of arrays, a mapping from the names of the steps, ``dx``, to these.

    Shapes: a step has the shape of its variable.
    Arguments: ``expression`` is a text, an ``Expression`` or a ``Derivative``: the residuals, or
    the sum of their squares; ``wrt`` names the variables; ``variables`` declares the names of a
    text, ``latex`` says that it is a formula in LaTeX, and ``language`` has the functions and
    identities of files.
    Raises: ArgumentError for anything else, UnsupportedError for a variable with too many axes.
    """
    given = as_expression(expression, variables, language, latex=latex)
    return steps.gauss_newton(given, _wrt(given, wrt))


@public
def symmetry(derivative: Derivative | Hessian, *, rng: Any = 0) -> Symmetry:
    """Whether second derivatives do not depend on which variable comes first, proved on what is
    printed; see docs/several.md.

    Shapes: the derivative has at least two groups of axes of variables.
    Arguments: ``derivative`` is one of order 2 or higher, or a Hessian; ``rng`` chooses the random
    points.
    Raises: ArgumentError for a first derivative.
    """
    return symmetric(derivative, seed_of(rng, None))


def _wrt(expression: Expression, wrt: str | Sequence[str] | None) -> str | Sequence[str]:
    """The variables that are named; without a name the one variable there is."""
    return expression.find_wrt(wrt, 1)[0] if wrt is None or isinstance(wrt, str) else wrt
