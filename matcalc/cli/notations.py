"""Answers in a notation, at the command line."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from warnings import catch_warnings, simplefilter

from matcalc.cli.further import blocks_line
from matcalc.cli.kinds import shapes_line
from matcalc.cli.output import answer, say, say_unverified
from matcalc.cli.refusals import TO_READ, refuse_given, require_plain
from matcalc.core.errors import ArgumentError, VerificationWarning
from matcalc.core.notes import at_command_line
from matcalc.results import Derivative, Expression, Formula
from matcalc.version import find_version

if TYPE_CHECKING:
    from matcalc.answers.common.parts_in_notation import PartsInNotation
    from matcalc.answers.derivatives.directional import Directional
    from matcalc.answers.derivatives.hessian import Hessian
    from matcalc.answers.expansions.taylor import TaylorPolynomial
    from matcalc.core.program import Program
    from matcalc.notations.answer import Written


def print_derivative(text: str, read: Callable[[], Program], options: Namespace) -> Derivative:
    """Prints a derivative in a notation, and what is said about it."""
    require_plain(options)
    with catch_warnings():
        simplefilter("ignore", VerificationWarning)  # it is said below
        found = Expression(read()).diff(
            options.wrt,
            order=options.order,
            layout=options.layout,
            structure=options.structure,
            verify=options.verify,
        )
        written = found.in_notation(options.notation, row_major=options.row_major)
        asked = {"wrt": found.wrt, "order": found.order, "structure": found.structure}
        shown = format_written(written, text, asked, options)
    say(shapes_line(found, written.reading))
    for note in found.notes:
        say(at_command_line(note))
    if found.unverified:
        say(f"not verified: {found.unverified}")
    answer(shown)
    return found


def is_asked(options: Namespace) -> bool:
    """Whether an answer is to be written in another notation than that of matrices;
    ArgumentError for what cannot be combined with one.
    """
    if options.notation == "matrix" and not options.row_major:
        return False
    refuse_given({"--cse": getattr(options, "cse", False)}, "{} cannot be combined with --notation")
    if options.format not in TO_READ:
        raise ArgumentError(
            f"a notation is printed as text, latex or json, not as {options.format}",
            hint="leave --notation out: code is that of the array",
        )
    return True


def print_in_notation(
    found: Directional | TaylorPolynomial | Hessian,
    text: str,
    asked: Mapping[str, Any],
    options: Namespace,
) -> bool:
    """Prints an answer in a notation, and what is said about it, where a notation is asked."""
    if not is_asked(options):
        return False
    written = found.in_notation(options.notation, row_major=options.row_major)
    if isinstance(found, Formula):
        say(shapes_line(found, written.reading))
    else:
        say(blocks_line(found, written.reading))
    for note in found.notes:
        say(at_command_line(note))
    say_unverified(found.verification if options.verify else None)
    answer(format_written(written, text, asked, options))
    return True


def format_written(
    found: Written | PartsInNotation[Any],
    text: str,
    asked: Mapping[str, Any],
    options: Namespace,
) -> str:
    """The lines in the format that was asked for."""
    if options.format == "latex":
        return found.latex()
    if options.format == "json":
        content = {
            "version": find_version(),
            "expression": text,
            **asked,
            **found.to_json(),
            "variables": {name: str(each) for name, each in found.variables.items()},
            "notes": list(found.notes),
            "verification": found.verification if options.verify else None,
        }
        return json.dumps(content, indent=2, ensure_ascii=False)
    return found.text()
