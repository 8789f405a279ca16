"""``matcalc diff --steps``: the derivation of an answer in one of its forms."""

from __future__ import annotations

import json
from argparse import Namespace
from typing import TYPE_CHECKING

from matcalc.core.errors import ArgumentError
from matcalc.core.options import BACKENDS
from matcalc.version import find_version

if TYPE_CHECKING:
    from matcalc.conjugates.answer import Wirtinger
    from matcalc.results import Derivative


def steps_text(derivative: Derivative | Wirtinger, text: str, options: Namespace) -> str:
    """The derivation; ArgumentError for a format that it does not have."""
    if not options.steps:
        raise ArgumentError(
            "the format markdown is only for steps", hint="--steps --format markdown"
        )
    if options.format in BACKENDS:
        raise ArgumentError(
            "steps are printed as formulas, not as code",
            hint="leave out --steps for the code, or use --format text, latex, markdown or json",
        )
    found = derivative.steps(detail=options.detail)
    if options.format == "json":
        content = {
            "version": find_version(),
            "expression": text,
            "wrt": derivative.wrt,
            "order": derivative.order,
            "text": str(derivative),
            "proved": found.proved,
            "steps": found.fields(),
        }
        return json.dumps(content, indent=2, ensure_ascii=False, allow_nan=False)
    if options.format == "latex":
        return found.latex()
    return found.markdown() if options.format == "markdown" else str(found)
