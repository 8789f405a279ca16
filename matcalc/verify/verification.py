"""Proves a derivative before anybody sees it: exactly in a prime field, else numerically."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from math import isfinite
from typing import TYPE_CHECKING, Any, NamedTuple

from matcalc.core.boundary import warn_caller
from matcalc.core.errors import (
    DomainError,
    MatcalcError,
    UnsupportedError,
    VerificationError,
    VerificationWarning,
)
from matcalc.core.operations import OF_TALL
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, usual_entries
from matcalc.verify.exact.every_size import for_every_size
from matcalc.verify.exact.judge import BITS, judge, orders
from matcalc.verify.oracle.domain import no_value
from matcalc.verify.oracle.zeros import no_point
from matcalc.write.printers.text import text

if TYPE_CHECKING:
    from matcalc.verify.oracle.compare import Comparison, Truths

_SEEDS = (0, 1, 2)  # a true formula may fail at an ill-conditioned point, but not at all of these
_FURTHER_SEEDS = (3, 4, 5, 6)  # where rounding errors hide the derivative at all of these
_MOST_ENTRIES = (
    10_000  # of a derivative whose sizes are given: more take too long to be checked unasked
)
# what Python and NumPy raise where a tree is not what it says it is
_FAILURES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


class Verification(NamedTuple):
    """How a derivative was verified: ``exact``, with the sizes if these were the only ones that
    could be decided, ``numeric`` with the error and the method, or ``none`` with the reason.
    """

    kind: str
    error: float | None = None
    how: str = ""

    def __str__(self) -> str:
        if self.kind == "exact":
            return f"exact (error probability < 2^-{BITS}{', ' if self.how else ''}{self.how})"
        if self.kind == "numeric":
            return f"numeric (max relative error {self.error:.0e}, {self.how})"
        return f"not verified ({self.how})"


def verify(
    statement: DerivativeStatement, tree: Expr, truths: Truths | None = None
) -> Verification:
    """Verifies that ``tree`` is the derivative; VerificationError if it is not, or if a judge
    fails: that is not a verdict. ``truths`` keeps numeric derivatives for other trees.
    """
    program = statement.program
    for node in tree.parts:
        if node.op == "variable" and _is_strange(node, program):
            raise _problem(program, f"wrong: it has a {node.value} of another shape")
    try:
        return _verify(statement, tree, truths)
    except (VerificationError, UnsupportedError):
        raise
    except MatcalcError as problem:
        raise _problem(
            program, f"not to be trusted, because it cannot be judged: {problem.message}"
        ) from problem
    except MemoryError:
        return Verification("none", how="the sizes are too large")
    except _FAILURES as failure:
        how = f"not to be trusted, because it cannot be judged: {type(failure).__name__}: {failure}"
        raise _problem(program, how) from failure


def _is_strange(node: Expr, program: Program) -> bool:
    """Whether the program has this variable in another shape, or not at all."""
    variable = program.variables.get(node.value)
    return variable is None or variable.shape != node.shape


def _verify(statement: DerivativeStatement, tree: Expr, truths: Truths | None) -> Verification:
    program = statement.program
    _refuse_tied(statement)
    verdict = judge(statement, tree)
    if verdict.outcome == "exact":
        how = f"at {verdict.alone} alone" if verdict.alone else ""
        try:
            nowhere = no_value(program.expr, program.variables)
        except ModuleNotFoundError:  # NumPy, with which a point would be looked for
            nowhere, how = None, how or "wherever the expression has a value"
        return Verification("none", how=nowhere) if nowhere else Verification("exact", how=how)
    if verdict.outcome == "wrong":
        raise _problem(
            program, f"wrong: {verdict.reason or 'it differs at a random point of a prime field'}"
        )
    if verdict.outcome == "undefined":
        return Verification(
            "none", how=no_point(verdict.reason, [program.expr], program.variables)[0]
        )
    for general in for_every_size(statement, tree):  # a few entries will do
        with suppress(VerificationError, UnsupportedError):
            found = _verify_numerically(*general, None)
            if found.kind != "none":
                return found
    if usual_entries(statement.mixed_shape) > _MOST_ENTRIES:
        return Verification("none", how="the derivative has too many entries")
    return _verify_numerically(statement, tree, truths)


def _verify_numerically(
    statement: DerivativeStatement, tree: Expr, truths: Truths | None
) -> Verification:
    """At random points; VerificationError where it is wrong."""
    program = statement.program
    try:
        reports: list[Comparison] = []
        for seed in (*_SEEDS, *_FURTHER_SEEDS):
            if seed in _FURTHER_SEEDS and any(not report.hidden for report in reports):
                break
            report = compare(statement, tree, seed, truths)
            if report.ok and not report.hidden:
                if report.unvisited:
                    return Verification(
                        "none", how=f"no point was found where {report.unvisited[0].describe(text)}"
                    )
                return Verification("numeric", report.max_error, report.method)
            reports.append(report)
    except DomainError as problem:
        _refuse_degenerate(program, statement.wrt)
        if program.variables[statement.wrt].kind == "onehot" and problem.message.endswith("kink"):
            zeros = f"{statement.wrt} is one-hot, and its zeros are on a kink"
            raise UnsupportedError(
                f"there is no derivative: {zeros}",
                hint="declare it positive; then the derivative is that off the kink",
            ) from None
        return Verification("none", how=problem.message)
    except UnsupportedError as problem:
        return Verification("none", how=problem.message)
    wrong = next((report for report in reports if not report.hidden), None)
    if wrong is None:
        return Verification(
            "none", how="rounding errors hide the derivative at all points that were tried"
        )
    if not any(isfinite(each.worst.found) for each in reports if each.worst is not None):
        _refuse_division(program, statement.wrt)
    raise _problem(program, f"wrong: {wrong}")


def _refuse_degenerate(program: Program, wrt: str) -> None:
    """UnsupportedError where a spectral function meets eigenvalues or singular values that coincide
    at every point.
    """
    from matcalc.verify.oracle.degenerate import degenerate  # noqa: PLC0415 - it loads NumPy

    reason = degenerate(program.expr, program.variables, wrt)
    if reason is not None:
        raise UnsupportedError(reason, source=program.source or None)


def _refuse_division(program: Program, wrt: str) -> None:
    """UnsupportedError where the expression has entries that are zero everywhere, by which a
    formula may have been divided.
    """
    from matcalc.verify.oracle.degenerate import has_zeros  # noqa: PLC0415 - it loads NumPy

    if has_zeros(program.expr, program.variables, wrt):
        raise UnsupportedError(
            f"the derivative of {program.source or 'this expression'} is not known: the formula "
            "that was found divides by zero at every point",
            hint="some entries are zero everywhere; write the formula without them",
        )


def _refuse_tied(statement: DerivativeStatement) -> None:
    """UnsupportedError where a largest or smallest entry is in two places: the field has no
    order, so its judge does not see that the rule for it counts both.
    """
    if not (statement.order and orders(statement.program.expr)):
        return
    from matcalc.verify.oracle.ties import find_tie  # noqa: PLC0415 - it loads NumPy

    reason = find_tie(statement)
    if reason is not None:
        hint = "write each number once, as vech(S) does for a symmetric matrix S"
        raise UnsupportedError(reason, source=statement.program.source or None, hint=hint)


def warn_unverified(found: Verification) -> None:
    """A VerificationWarning at the line of the caller, where an answer was not verified."""
    if found.kind == "none":
        warn_caller(f"not verified: {found.how}", VerificationWarning)


def compare(
    statement: DerivativeStatement, tree: Expr, seed: int = 0, truths: Truths | None = None
) -> Comparison:
    """The numeric verdict on a tree whose axes stand as the layout says."""
    import numpy as np  # noqa: PLC0415 - slow to load

    from matcalc.verify.oracle.compare import check  # noqa: PLC0415 - it loads NumPy
    from matcalc.verify.oracle.interpret import interpret  # noqa: PLC0415 - it loads NumPy

    axes = statement.axes
    back = tuple([axes.index(axis) for axis in range(len(axes))])

    def evaluate_mixed(values: dict[str, Any], sizes: dict[str, int]) -> Any:
        value = interpret(tree, values, sizes)
        return np.transpose(value, back) if value.ndim == len(back) else value

    # of a wide matrix there are no such vectors, so that the sizes have to be others
    tall = [node for node in tree.parts if node.op in OF_TALL]
    judged = partial(check, statement, evaluate_mixed, seed, trees=[tree], truths=truths)
    try:
        return judged(beside=tall)
    except DomainError:  # singular values that are equal everywhere, as those of a skew matrix
        found = judged(beside=[]) if tall else None
        if found is None or not found.ok:
            raise
        return found


def _problem(program: Program, how: str) -> VerificationError:
    return VerificationError(
        f"{program.language.blame()}: the derivative that it found of "
        f"{program.source or 'this expression'} is {how}",
        hint="please report it with the expression, its declarations and the output of "
        "matcalc --version; "
        "verify=False (--no-verify) gives the answer all the same",
    )
