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
