"""A derivative as one JSON object."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from matcalc.core.kinds import kind_spec
from matcalc.results import Formula
from matcalc.version import find_version

if TYPE_CHECKING:
    from matcalc.answers.derivatives.gradients import Gradients
    from matcalc.answers.derivatives.hessian import Hessian
    from matcalc.core.kinds import Variable
    from matcalc.results import Derivative
    from matcalc.verify.oracle.compare import Comparison


def json_report(
    derivative: Derivative,
    text: str,
    report: Comparison | None,
    verification: str | None,
    cse: bool,
) -> str:
    """Everything known of a derivative of the expression that was written as ``text``; ``cse`` as
    for ``Formula.text``.
    """
    asked = {
        "wrt": derivative.wrt,
        "order": derivative.order,
        "layout": derivative.layout,
        "structure": derivative.structure,
    }
    return json_answer(derivative, text, asked, report, verification, cse)


def json_answer(
    answer: Formula | Gradients,
    text: str,
    asked: Mapping[str, Any],
    report: Comparison | None,
    verification: str | None,
    cse: bool,
) -> str:
    """The same of any answer; ``asked`` says what was wanted of the expression.

    Of several derivatives each has its text and shape as well, as it stands alone.
    """
    if isinstance(answer, Formula):
        parts: dict[str, Any] = {"shape": list(answer.shape)}
    else:
        parts = {
            "derivatives": {
                name: {"shape": list(each.shape), "text": each.text(cse=cse)}
                for name, each in answer.items()
            }
        }
    content = {
        "version": find_version(),
        "expression": text,
        **asked,
        "variables": {name: _variable(variable) for name, variable in answer.variables.items()},
        **parts,
        "text": answer.text(cse=cse),
        "latex": answer.latex(cse=cse),
        "numpy": answer.source("numpy"),
        "notes": list(answer.notes),
        "verification": verification,
        "check": None if report is None else _check(report),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def json_hessian(
    found: Hessian,
    text: str,
    report: Comparison | None,
    verification: str | None,
    cse: bool,
) -> str:
    """The same of second derivatives in blocks; each block says by which variables it is."""
    content = {
        "version": find_version(),
        "expression": text,
        "operation": "hessian",
        "wrt": list(found.wrt),
        "variables": {name: _variable(variable) for name, variable in found.variables.items()},
        "blocks": [
            {"wrt": list(pair), "shape": list(block.shape), "text": block.text(cse=cse)}
            for pair, block in found.items()
        ],
        "text": found.text(cse=cse),
        "latex": found.latex(cse=cse),
        "notes": list(found.notes),
        "verification": verification,
        "check": None if report is None else _check(report),
    }
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def _variable(variable: Variable) -> dict[str, Any]:
    dims = [str(dim) if dim.integer is None else dim.integer for dim in variable.dims]
    kind = kind_spec(variable.kind)
    if kind.width is not None:
        dims.append(kind.width)
    return {
        "kind": str(variable) if variable.ranks else kind.word,
        "dims": dims,
        "declared": variable.declared,
    }


def _check(report: Comparison) -> dict[str, Any]:
    """The verdict; JSON has no infinities, so a number that is not finite is null."""
    worst = report.worst
    return {
        "ok": bool(report.ok),
        "max_error": _finite(report.max_error),
        "worst": None
        if worst is None
        else {
            "index": list(worst.index),
            "expected": _finite(worst.expected),
            "found": _finite(worst.found),
        },
        "tolerance": report.tolerance,
        "method": report.method,
        "step": report.step,
        "rng": report.rng,
        "seed": report.rng,  # the former name
        "sizes": report.sizes,
        "points": report.points,
        "problem": report.problem,
    }


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
