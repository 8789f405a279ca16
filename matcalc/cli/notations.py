"""Derivatives in a notation, at the command line."""

from __future__ import annotations

import json
from argparse import Namespace

from matcalc.core.errors import ArgumentError
from matcalc.results import Derivative
from matcalc.version import __version__

_FORMATS = ("text", "latex", "json")


def require_plain(options: Namespace, name: str = "--notation") -> None:
    """ArgumentError for what does not go with a notation, or with another option like it."""
    given = {
        "--steps": options.steps or options.format == "markdown",
        "--direction": bool(options.direction),
        "--cotangent": options.cotangent is not None,
        "--data": bool(options.data),
        "--cse": options.cse,
    }
    if name == "--notation":
        given |= {"--manifold": bool(options.manifold), "--metric": bool(options.metric)}
    for option, is_given in given.items():
        if is_given:
            raise ArgumentError(f"{option} does not go with {name}", hint=f"leave {option} out")
    if len(options.several) > 1:
        raise ArgumentError(
            f"{name} goes with the derivative with respect to one variable",
            hint=f"differentiate with respect to one of them: --wrt {options.several[0]}",
        )
    if name == "--notation" and options.format not in _FORMATS:
        raise ArgumentError(
            f"a notation is printed as text, latex or json, not as {options.format}",
            hint="leave --notation out: code is that of the array",
        )


def in_notation(derivative: Derivative, text: str, options: Namespace) -> tuple[str, str]:
    """The answer, and how it is read."""
    found = derivative.in_notation(options.notation, row_major=options.row_major)
    if options.format == "latex":
        return found.latex(), found.reading
    if options.format == "json":
        content = {
            "version": __version__,
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
