"""Gradients on manifolds and in metrics, at the command line."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable

from matcalc.cli.refusals import require_plain
from matcalc.core.errors import ArgumentError
from matcalc.core.options import BACKENDS
from matcalc.core.program import Program
from matcalc.manifolds.answer import Riemannian
from matcalc.results import Expression, Formula
from matcalc.verify.verification import Verification
from matcalc.version import __version__


def gradient(text: str, options: Namespace, read: Callable[[], Program]) -> Riemannian:
    """The gradient that the options ask for."""
    name = "--manifold" if options.manifold else "--metric"
    if options.manifold and options.metric:
        raise ArgumentError(
            "a manifold has a metric of its own", hint="leave --manifold or --metric out"
        )
    require_plain(options, name)
    if options.symmetric_check:
        raise ArgumentError(
            f"--symmetric-check does not go with {name}",
            hint="the Hessian on a manifold is proved to be symmetric",
        )
    derivative = Expression(read()).diff(
        options.wrt,
        order=options.order,
        layout=options.layout,
        structure=options.structure,
        verify=False,
    )
    return derivative.riemannian(options.manifold, metric=options.metric, verify=options.verify)


def format_answer(
    found: Riemannian, text: str, options: Namespace, verdict: Verification | None
) -> str:
    """The answer in a format."""
    if options.format == "latex":
        return found.latex()
    if options.format in BACKENDS:
        program = found.program()
        return Formula(program, program.expr).source(options.format).rstrip("\n")
    if options.format == "json":
        content = {
            "version": __version__,
            "expression": text,
            "wrt": found.wrt,
            "order": found.order,
            **found.to_json(),
            "variables": {name: str(each) for name, each in found.variables.items()},
            "notes": list(found.notes),
            "verification": None if verdict is None else str(verdict),
        }
        return json.dumps(content, indent=2, ensure_ascii=False)
    return found.text()
