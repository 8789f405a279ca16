"""What an optimiser asks for: ``matcalc.compile`` and ``matcalc.Problem``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matcalc.answers.derivatives.joint import Joint, joint
from matcalc.answers.objectives.problem import Minimization
from matcalc.core.boundary import public, warn_of_notes
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.core.options import require_choice
from matcalc.read.frontend import read
from matcalc.results import Expression, Formula


@public
def compile(
    expression: str | Formula,
    wrt: Sequence[str] | None = None,
    *,
    value: bool = True,
    order: int = 1,
    hvp: bool = False,
    backend: str = "numpy",
    variables: Mapping[str, str | Variable] | None = None,
    verify: bool = True,
    language: BaseLanguage | None = None,
) -> Joint:
    """One function that returns the value, the gradients (``order=1``), the Hessian (``order=2``)
    and the products of the Hessian with directions (``hvp``) by the variables ``wrt``, verified; by
    all variables where ``wrt`` is left out. See docs/optimize.md.

    Shapes: gradients have the shapes of the variables, blocks of the Hessian the axes of both.
    Arguments: ``expression`` is a scalar: a text, an ``Expression`` or a ``Derivative``; ``wrt``,
    ``order`` and ``hvp`` are described above; ``value`` says whether the value is returned;
    ``backend`` names the framework; ``variables`` declares the names of a text; ``verify=False``
    leaves the proof for later; ``language`` has the functions and identities of files.
    Raises: ArgumentError for an expression that is not a scalar, UnsupportedError for what a
    framework lacks.
    """
    expression = _expression(expression, variables, language)
    return joint(expression, wrt, value=value, order=order, hvp=hvp, backend=backend, verify=verify)


@public
def Problem(
    expression: str | Formula,
    over: Sequence[str],
    data: Mapping[str, Any] | None = None,
    *,
    start: Mapping[str, Any] | None = None,
    sizes: Mapping[str, int] | None = None,
    variables: Mapping[str, str | Variable] | None = None,
    rng: Any = 0,
    verify: bool = True,
    language: BaseLanguage | None = None,
    backend: str = "numpy",
) -> Minimization:
    """The scalar expression as a function of one vector, that of the entries of the variables
    ``over``, for ``scipy.optimize.minimize``: ``fun``, ``jac``, ``hess``, ``hessp``, ``x0``,
    ``pack``, ``unpack`` and ``minimize``. ``data`` has the arrays of the other variables; with
    ``backend="dask"`` they may be dask arrays. See docs/optimize.md.

    Shapes: the vector has one entry for each entry of the variables; the Hessian is a matrix.
    Arguments: ``expression``, ``over``, ``data`` and ``backend`` are described above; ``start`` has
    arrays to begin with, ``sizes`` the sizes that no array determines; ``variables`` declares
    names; ``rng`` draws the start; ``verify=False`` leaves the proof for later; ``language`` has
    the functions and identities of files.
    Raises: ArgumentError for variables without free entries, for missing data and for sizes that do
    not fit.
    """
    expression = _expression(expression, variables, language)
    require_choice("backend", backend, ("numpy", "dask"))
    kind = Minimization
    if backend == "dask":
        # most data fits into memory
        from matcalc.answers.objectives.distributed import Distributed  # noqa: PLC0415

        kind = Distributed
    return kind(expression, over, data or {}, start=start, sizes=sizes, rng=rng, verify=verify)


def _expression(
    expression: str | Formula,
    variables: Mapping[str, str | Variable] | None,
    language: BaseLanguage | None,
) -> Expression:
    """A text is read; what is an expression already has its variables."""
    if isinstance(expression, str):
        program = read(expression, variables or {}, language=language)
        warn_of_notes(program.notes)
        return Expression(program)
    if not isinstance(expression, Formula):
        raise ArgumentError(f"the expression must be a string, not {expression!r}")
    if variables is not None:
        hint = "declare them where the expression is made: matcalc.parse(text, variables)"
        raise ArgumentError("the variables of this expression are known already", hint=hint)
    return expression if isinstance(expression, Expression) else Expression(expression.program())
