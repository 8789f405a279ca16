"""Reports for machines: JSON and the XML of JUnit."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from matcalc.claims.judge.report import AGREED, PROVED, UNDECIDED, WRONG, Report
from matcalc.claims.judge.smallest import Counterexample
from matcalc.runtime.elementwise import Array
from matcalc.version import find_version


def as_text(reports: Sequence[Report]) -> str:
    """Each report in full, and a count if there are several."""
    shown = "\n\n".join(str(report) for report in reports)
    return shown if len(reports) == 1 else f"{shown}\n\n{_count(reports)}"


def _count(reports: Sequence[Report]) -> str:
    verdicts = [report.verdict for report in reports]
    return ", ".join(
        f"{verdicts.count(verdict)} {verdict}" for verdict in (PROVED, AGREED, WRONG, UNDECIDED)
    )


def as_json(reports: Sequence[Report]) -> str:
    """``{"version": ..., "reports": [...]}``."""
    content = {"version": find_version(), "reports": [_fields(report) for report in reports]}
    return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)


def _fields(report: Report) -> dict[str, Any]:
    checked = report.checked
    return {
        "name": report.name,
        "verdict": report.verdict,
        "expression": report.title,
        "wrt": report.wrt,
        "order": report.order,
        "claim": report.claim,
        "correct": report.correct or None,
        "diagnosis": None
        if report.diagnosis is None
        else {
            "text": str(report.diagnosis),
            "causes": [
                {"kind": cause.kind, "text": cause.text} for cause in report.diagnosis.causes
            ],
            "condition": report.diagnosis.condition or None,
            "mended": report.diagnosis.mended or None,
        },
        "difference": report.difference or None,
        "shapes": report.shapes or None,
        "counterexample": _counterexample(report.counterexample),
        "checked": None
        if checked is None
        else {
            "exact": checked.exact or None,
            "method": checked.method,
            "points": checked.points,
            "sizes": checked.sizes,
            "rng": checked.rng,
            "max_error": _finite(checked.error),
            "tolerance": checked.tolerance,
        },
        "reproduce": report.reproduce or None,
        "notes": list(report.notes),
        "reason": report.reason or None,
    }


def _counterexample(found: Counterexample | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "sizes": found.point.sizes,
        "values": {name: np.asarray(value).tolist() for name, value in found.point.values.items()},
        "index": list(found.index),
        "claimed": _numbers(found.claimed),
        "true": _numbers(found.true),
    }


def _numbers(value: Array | float) -> Any:
    """A number, or nested lists of numbers."""
    array = np.asarray(value)
    return [_numbers(part) for part in array] if array.ndim else _finite(float(array))


def _finite(value: float) -> float | None:
    """JSON has no infinities."""
    return float(value) if math.isfinite(value) else None


def as_junit(reports: Sequence[Report]) -> str:
    """One test case for each claim: wrong ones fail, undecided ones are errors."""
    wrong = sum(report.verdict == WRONG for report in reports)
    undecided = sum(report.verdict == UNDECIDED for report in reports)
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines.append(
        f'<testsuite name="matcalc" tests="{len(reports)}" failures="{wrong}" errors="{undecided}">'
    )
    for report in reports:
        case = (
            f"  <testcase classname={_attribute('matcalc.check')} "
            f"name={_attribute(report.name or report.title)}"
        )
        if report.ok:
            lines.append(f"{case}/>")
            continue
        tag = "failure" if report.verdict == WRONG else "error"
        message = (
            str(report.diagnosis)
            if report.diagnosis is not None
            else report.reason or report.verdict
        )
        body = escape("".join(c for c in str(report) if c.isprintable() or c == "\n"))
        lines += [
            f"{case}>",
            f"    <{tag} message={_attribute(message)}>{body}</{tag}>",
            "  </testcase>",
        ]
    return "\n".join([*lines, "</testsuite>"])


def _attribute(text: str) -> str:
    return quoteattr("".join(c if c.isprintable() else " " for c in text))
