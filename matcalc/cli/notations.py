"""Derivatives in a notation, at the command line."""

from __future__ import annotations

import json
from argparse import Namespace

from matcalc.results import Derivative
from matcalc.version import find_version


def in_notation(derivative: Derivative, text: str, options: Namespace) -> tuple[str, str]:
    """The answer, and how it is read."""
    found = derivative.in_notation(options.notation, row_major=options.row_major)
    if options.format == "latex":
        return found.latex(), found.reading
    if options.format == "json":
        content = {
            "version": find_version(),
            "expression": text,
            "wrt": derivative.wrt,
            "order": derivative.order,
            "structure": derivative.structure,
            **found.to_json(),
            "variables": {name: str(each) for name, each in found.variables.items()},
            "notes": list(found.notes),
            "verification": found.verification if options.verify else None,
        }
        return json.dumps(content, indent=2, ensure_ascii=False), found.reading
    return found.text(), found.reading
