"""Derivatives by complex variables, at the command line."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable

from matcalc.cli.exits import DONE
from matcalc.cli.refusals import TO_READ, refuse_given, require_plain, unusual
from matcalc.conjugates.answer import Wirtinger
from matcalc.core.errors import ArgumentError
from matcalc.core.notes import at_command_line
from matcalc.version import __version__


def derive(
    text: str, options: Namespace, say: Callable[[str], None], answer: Callable[[str], None]
) -> int:
    """The command: both derivatives, and what is said of them."""
    found = _derivatives(text, options)
    verdict = found.verification if options.verify else None
    if found.reading:
        say(f"each is shown as {found.reading}, for the conjugate as well")
    for note in found.notes:
        say(at_command_line(note))
    if verdict is not None and verdict.kind == "none":
        say(f"not verified: {verdict.how}")
    answer(_shown(found, text, options))
    if options.check and verdict is not None:
        say(f"verified: {verdict}")
    return DONE


def _derivatives(text: str, options: Namespace) -> Wirtinger:
    """The derivatives by the variable and by its conjugate."""
    require_plain(options, "a complex variable")
    given = {
        **unusual(options),
        "--latex": options.latex,
        "--symmetric-check": options.symmetric_check,
        "--manifold": bool(options.manifold),
        "--metric": bool(options.metric),
    }
    refuse_given(given, "{} does not go with a complex variable")
    if options.format not in TO_READ:
        raise ArgumentError(
            f"derivatives with respect to complex variables are printed as text, latex or "
            f"json, not as "
            f"{options.format}",
        )
    wrt = options.several[0] if options.several else ""
    return Wirtinger(text, wrt, options.var, verify=options.verify)


def _shown(found: Wirtinger, text: str, options: Namespace) -> str:
    """The answer in a format."""
    if options.format == "latex":
        return found.latex()
    if options.format == "json":
        content = {
            "version": __version__,
            "expression": text,
            **found.to_json(),
            "verification": str(found.verification) if options.verify else None,
        }
        return json.dumps(content, indent=2, ensure_ascii=False)
    return found.text()
