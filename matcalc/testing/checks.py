"""``check_*`` return the report on a claim, ``assert_*`` raise where it is not right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from matcalc.claims.judge.diagnosis import Diagnosis
from matcalc.claims.judge.question import Question
from matcalc.claims.judge.report import Report, WorstClaimedEntry
from matcalc.claims.judge.smallest import Counterexample
from matcalc.claims.judge.verdict import report
from matcalc.core.boundary import public
from matcalc.core.errors import ArgumentError, CheckFailure
from matcalc.core.kinds import Variable
from matcalc.core.language import BaseLanguage
from matcalc.core.options import STRUCTURES, require_choice
from matcalc.core.rng import warn_of_seed
from matcalc.results import Formula
from matcalc.testing.arrays import LIBRARIES
from matcalc.testing.directions import jvp_question, vjp_question
from matcalc.testing.questions import Setting, ask, tolerant

Given = str | Formula | Callable[..., Any]
Declarations = Mapping[str, str | Variable]
_PRECISIONS = ("float32", "float64")


class GradientMismatch(CheckFailure):
    """A claimed derivative that is wrong, or cannot be judged; ``report`` has everything that is
    known.
    """

    def __init__(self, found: Report) -> None:
        super().__init__(str(found))
        self.report = found

    @property
    def verdict(self) -> str:
        """``wrong`` or ``undecided``."""
        return self.report.verdict

    @property
    def diagnosis(self) -> Diagnosis | None:
        """What is wrong, where it is known."""
        return self.report.diagnosis

    @property
    def correct(self) -> str:
        """The right formula; empty for a function, and where there is no closed form."""
        return self.report.correct

    @property
    def worst(self) -> WorstClaimedEntry | None:
        """The entry with the largest error."""
        return self.report.worst

    @property
    def counterexample(self) -> Counterexample | None:
        """The smallest point at which the claim is wrong."""
        return self.report.counterexample

    @property
    def method(self) -> str:
        """How the truth was computed."""
        return self.report.checked.method if self.report.checked is not None else ""

    @property
    def rng(self) -> int | None:
        """The seed of the points; None where a generator was given."""
        return self.report.checked.rng if self.report.checked is not None else None

    @property
    def seed(self) -> int | None:
        """The former name of ``rng``, deprecated."""
        warn_of_seed()
        return self.rng


@public
def check_gradient(
    objective: Given,
    claim: Given,
    *,
    wrt: str,
    at: Mapping[str, Any] | None = None,
    variables: Declarations | None = None,
    structure: str = "declared",
    arrays: str = "",
    rtol: float | None = None,
    dtype: Any = None,
    rng: Any = 0,
    language: BaseLanguage | None = None,
) -> Report:
    """The report on a claimed gradient of a scalar.

    ``arrays``: of which library functions want arrays; ``rtol``: the largest error allowed,
    relative to the largest entry; ``dtype``: ``float32`` or ``float64``, in which the functions
    compute, where their results do not say so.

    Shapes: the claim has the shape of the variable.
    Arguments: ``objective`` is a formula or a function of arrays, and so is ``claim``; ``wrt``
    names the variable; ``at`` is a point, ``variables`` declares the names of formulas;
    ``structure`` is declared or free; ``rng`` chooses the points, and ``language`` has the
    functions of files; ``arrays``, ``rtol`` and ``dtype`` are described above.
    Raises: ArgumentError for options or functions that cannot be used; a wrong claim raises nothing
    here.
    """
    setting = _setting(wrt, at, variables, structure, arrays, rtol, dtype, language)
    asked = ask(objective, claim, setting)
    if asked.rank:
        raise ArgumentError(
            "the gradient is of a scalar, and this objective has axes",
            hint="assert_jacobian judges these",
        )
    return _report(asked, setting, rng)


@public
def check_jacobian(
    objective: Given,
    claim: Given,
    *,
    wrt: str,
    at: Mapping[str, Any] | None = None,
    variables: Declarations | None = None,
    structure: str = "declared",
    arrays: str = "",
    rtol: float | None = None,
    dtype: Any = None,
    rng: Any = 0,
    language: BaseLanguage | None = None,
) -> Report:
    """The report on a claimed derivative of anything; a function's value has the axes of the
    objective, then the variable's.

    Shapes: the axes of the objective, then those of the variable.
    Arguments: as for ``check_gradient``: ``objective``, ``claim``, ``wrt``, ``at``, ``variables``,
    ``structure``, ``arrays``, ``rtol``, ``dtype``, ``rng``, ``language``.
    Raises: ArgumentError, as ``check_gradient`` does.
    """
    setting = _setting(wrt, at, variables, structure, arrays, rtol, dtype, language)
    return _report(ask(objective, claim, setting), setting, rng)


@public
def check_hessian(
    objective: Given,
    claim: Given,
    *,
    wrt: str,
    at: Mapping[str, Any] | None = None,
    variables: Declarations | None = None,
    structure: str = "declared",
    arrays: str = "",
    rtol: float | None = None,
    dtype: Any = None,
    rng: Any = 0,
    language: BaseLanguage | None = None,
) -> Report:
    """The report on a claimed second derivative.

    Shapes: the axes of the variable, twice, for a scalar objective.
    Arguments: as for ``check_gradient``: ``objective``, ``claim``, ``wrt``, ``at``, ``variables``,
    ``structure``, ``arrays``, ``rtol``, ``dtype``, ``rng``, ``language``.
    Raises: ArgumentError, as ``check_gradient`` does.
    """
    setting = _setting(wrt, at, variables, structure, arrays, rtol, dtype, language, order=2)
    return _report(ask(objective, claim, setting), setting, rng)


@public
def check_jvp(
    objective: Given,
    claim: Given,
    *,
    wrt: str,
    tangent: str = "",
    at: Mapping[str, Any] | None = None,
    variables: Declarations | None = None,
    arrays: str = "",
    rtol: float | None = None,
    dtype: Any = None,
    rng: Any = 0,
    language: BaseLanguage | None = None,
) -> Report:
    """The report on a claimed directional derivative, linear in the ``tangent`` (``dX`` for a
    variable X).

    A formula has it as a variable of that name; a function takes it as its last argument.

    Shapes: that of the objective.
    Arguments: ``tangent`` is described above; the others as for ``check_gradient``: ``objective``,
    ``claim``, ``wrt``, ``at``, ``variables``, ``arrays``, ``rtol``, ``dtype``, ``rng``,
    ``language``.
    Raises: ArgumentError, as ``check_gradient`` does.
    """
    setting = _setting(wrt, at, variables, "declared", arrays, rtol, dtype, language)
    return _report(jvp_question(objective, claim, setting, tangent or f"d{wrt}"), setting, rng)


@public
def check_vjp(
    objective: Given,
    claim: Given,
    *,
    wrt: str,
    cotangent: str = "U",
    at: Mapping[str, Any] | None = None,
    variables: Declarations | None = None,
    arrays: str = "",
    rtol: float | None = None,
    dtype: Any = None,
    rng: Any = 0,
    language: BaseLanguage | None = None,
) -> Report:
    """The report on a claimed gradient of sum(cotangent.*objective), the product that reverse mode
    computes.

    Shapes: that of the variable; the cotangent has that of the objective.
    Arguments: ``cotangent`` is its name; the others as for ``check_gradient``: ``objective``,
    ``claim``, ``wrt``, ``at``, ``variables``, ``arrays``, ``rtol``, ``dtype``, ``rng``,
    ``language``.
    Raises: ArgumentError, as ``check_gradient`` does.
    """
    setting = _setting(wrt, at, variables, "declared", arrays, rtol, dtype, language)
    return _report(vjp_question(objective, claim, setting, cotangent), setting, rng)


@public
def assert_gradient(objective: Given, claim: Given, *, wrt: str, **options: Any) -> None:
    """Raises GradientMismatch unless the claim is the gradient of the scalar objective; options as
    for check_gradient.

    Shapes: the claim has the shape of the variable.
    Arguments: ``objective``, ``claim``, ``wrt`` and the ``options`` of ``check_gradient``.
    Raises: GradientMismatch, with the report, and ArgumentError as ``check_gradient`` does.
    """
    _demand(check_gradient(objective, claim, wrt=wrt, **options))


@public
def assert_jacobian(objective: Given, claim: Given, *, wrt: str, **options: Any) -> None:
    """Raises GradientMismatch unless the claim is the derivative of the objective; options as for
    check_jacobian.

    Shapes: the axes of the objective, then those of the variable.
    Arguments: ``objective``, ``claim``, ``wrt`` and the ``options`` of ``check_jacobian``.
    Raises: GradientMismatch, with the report, and ArgumentError as ``check_gradient`` does.
    """
    _demand(check_jacobian(objective, claim, wrt=wrt, **options))


@public
def assert_hessian(objective: Given, claim: Given, *, wrt: str, **options: Any) -> None:
    """Raises GradientMismatch unless the claim is the second derivative; options as for
    check_hessian.

    Shapes: the axes of the variable, twice, for a scalar objective.
    Arguments: ``objective``, ``claim``, ``wrt`` and the ``options`` of ``check_hessian``.
    Raises: GradientMismatch, with the report, and ArgumentError as ``check_gradient`` does.
    """
    _demand(check_hessian(objective, claim, wrt=wrt, **options))


@public
def assert_jvp(objective: Given, claim: Given, *, wrt: str, **options: Any) -> None:
    """Raises GradientMismatch unless the claim is the directional derivative; options as for
    check_jvp.

    Shapes: that of the objective.
    Arguments: ``objective``, ``claim``, ``wrt`` and the ``options`` of ``check_jvp``.
    Raises: GradientMismatch, with the report, and ArgumentError as ``check_gradient`` does.
    """
    _demand(check_jvp(objective, claim, wrt=wrt, **options))


@public
def assert_vjp(objective: Given, claim: Given, *, wrt: str, **options: Any) -> None:
    """Raises GradientMismatch unless the claim is the product with the transposed derivative;
    options as for check_vjp.

    Shapes: that of the variable.
    Arguments: ``objective``, ``claim``, ``wrt`` and the ``options`` of ``check_vjp``.
    Raises: GradientMismatch, with the report, and ArgumentError as ``check_gradient`` does.
    """
    _demand(check_vjp(objective, claim, wrt=wrt, **options))


def _demand(found: Report) -> None:
    if not found.ok:
        raise GradientMismatch(found)


def _setting(
    wrt: str,
    at: Mapping[str, Any] | None,
    variables: Declarations | None,
    structure: str,
    arrays: str,
    rtol: Any,
    dtype: Any,
    language: BaseLanguage | None,
    order: int = 1,
) -> Setting:
    if not isinstance(wrt, str):
        raise ArgumentError(f"wrt must be the name of a variable, not {wrt!r}")
    require_choice("structure", structure, STRUCTURES)
    _require_declarations(variables)
    if arrays != "":
        require_choice("arrays", arrays, LIBRARIES)
    if rtol is not None and (not isinstance(rtol, int | float | np.number) or not 0 < rtol < 1):
        raise ArgumentError(
            f"rtol must be between 0 and 1, relative to the largest entry, not {rtol!r}"
        )
    allowed = float(rtol) if rtol is not None else 0.0
    return Setting(
        wrt,
        variables or {},
        at or {},
        arrays,
        order,
        structure,
        rtol=allowed,
        dtype=_precision(dtype),
        language=language,
    )


def _require_declarations(variables: Any) -> None:
    """ArgumentError where these are not declarations: names with kinds, or lines."""
    lines = isinstance(variables, str | list | tuple | set)
    given = variables.values() if isinstance(variables, Mapping) else variables if lines else ()
    wrong = [each for each in given if not isinstance(each, str | Variable)]
    if wrong or not (variables is None or lines or isinstance(variables, Mapping)):
        raise ArgumentError(
            f"a declaration must be a string, not {(wrong or [variables])[0]!r}",
            hint='for example variables={"S": "symmetric(n)"}',
        )


def _precision(dtype: Any) -> str:
    """The name of a precision, given by it or by a type of NumPy, PyTorch or JAX; empty where none
    is given.
    """
    named = getattr(dtype, "__name__", str(dtype)).rpartition(".")[2]
    if dtype is None or named in _PRECISIONS:
        return "" if dtype is None else named
    raise ArgumentError(f"dtype must be {' or '.join(map(repr, _PRECISIONS))}, not {dtype!r}")


def _report(asked: Question, setting: Setting, rng: Any) -> Report:
    """An integer is a seed and is told; None draws one; anything else is what NumPy makes a
    generator of.
    """
    seed: int | None = None
    if rng is None:
        seed = int(np.random.default_rng().integers(2**31))
    elif isinstance(rng, int | np.integer) and not isinstance(rng, bool):
        seed = int(rng)
    try:
        generator = np.random.default_rng(rng if seed is None else seed)
    except (TypeError, ValueError):
        raise ArgumentError(
            f"rng must be a nonnegative integer or a NumPy generator, not {rng!r}"
        ) from None
    return report(tolerant(asked, setting.rtol), seed, rng=generator)
