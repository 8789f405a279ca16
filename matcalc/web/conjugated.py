"""What the page shows of expressions in complex variables: the derivatives with respect to a
variable and by its conjugate, the derivation, and the verdict on a claim.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from matcalc.conjugates.answer import Wirtinger
from matcalc.core.errors import UnsupportedError


def derive(text: str, wrt: str, declared: Mapping[str, str], **options: Any) -> Wirtinger:
    """The derivatives; not verified where that needs numbers and there is no NumPy."""
    try:
        return Wirtinger(text, wrt, declared, **options)
    except ModuleNotFoundError:
        return Wirtinger(text, wrt, declared, **options, verify=False)


def common_fields(found: Wirtinger) -> dict[str, Any]:
    """What is said beside each answer."""
    notes = list(found.notes)
    if found.reading:
        notes.append(f"each is shown as {found.reading}, for the conjugate as well")
    with suppress(ModuleNotFoundError):  # whether the expression is real is seen from numbers
        if found.order == 1 and found.convention:
            notes.append(found.convention)
    return {"wrt": found.wrt, "variables": found.variables, "notes": notes}


def claim_fields(found: Wirtinger, claim: str, *, latex: bool) -> dict[str, Any]:
    """The verdict on a claim."""
    try:
        report = found.judge(claim, latex=latex)
    except ModuleNotFoundError:
        raise UnsupportedError(
            "claims about complex variables need numbers, which the engine in the page lacks",
            hint="matcalc web has them",
        ) from None
    return {"verdict": report.verdict, "report": str(report), "correct": found.text()}
