"""What the page shows of expressions in complex variables: the derivatives by a variable and by its
conjugate, the derivation, and the verdict on a claim.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from matcalc.conjugates.answer import Wirtinger
from matcalc.core.errors import UnsupportedError
from matcalc.core.options import BACKENDS

Form = Callable[[Callable[[Any], str], Wirtinger], str]  # writes a form, or nothing where none is


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


def derivative_fields(found: Wirtinger, forms: tuple[str, ...], write: Form) -> dict[str, Any]:
    """The derivatives in the forms that are wanted beside their text."""
    makers = {"latex": Wirtinger.latex, "code": Wirtinger.source}
    return {
        "text": found.text(),
        **{form: write(makers[form], found) for form in forms},
        "backends": [BACKENDS[0]],
    }


def step_fields(found: Wirtinger, detail: int) -> dict[str, Any]:
    """How both derivatives are found."""
    steps = found.steps(detail=detail)
    return {
        "steps": steps.latex(),
        "typeset": steps.typeset(),
        "proved": steps.proved,
        "report": str(steps),
        "text": found.text(),
        "code": steps.markdown(),
        "lines": steps.fields(),
    }


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
