"""Gradients on manifolds and in metrics, at the command line."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable

from matcalc.answers.derivatives.on_products import (
    RiemannianGradients,
    RiemannianHessian,
    on_product,
)
from matcalc.cli.refusals import refuse_given, require_plain, unusual
from matcalc.core.errors import ArgumentError
from matcalc.core.options import BACKENDS
from matcalc.core.program import Program
from matcalc.manifolds.answer import Riemannian
from matcalc.results import Expression
from matcalc.verify.verification import Verification
from matcalc.version import find_version


def gradient(
    options: Namespace, read: Callable[[], Program]
) -> Riemannian | RiemannianGradients | RiemannianHessian:
    """The gradient that the options ask for."""
    if len(options.several) > 1 and options.manifold and not options.metric:
        return _on_product(options, read)
    name = "--manifold" if options.manifold else "--metric"
    if options.manifold and options.metric:
        raise ArgumentError(
            "a manifold has a metric of its own", hint="leave --manifold or --metric out"
        )
    require_plain(options, name)
    if options.symmetric_check:
        raise ArgumentError(
            f"--symmetric-check cannot be combined with {name}",
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


def _on_product(
    options: Namespace, read: Callable[[], Program]
) -> RiemannianGradients | RiemannianHessian:
    """The gradients with respect to several variables, with a manifold for each or one for all."""
    names, several = options.manifold.split(","), options.several
    require_plain(Namespace(**{**vars(options), "several": []}), "--manifold")
    given = {**unusual(options), "--order": options.order > 2}
    refuse_given(given, "{} cannot be combined with manifolds of several variables")
    manifolds = names[0] if len(names) == 1 else [name.strip() for name in names]
    expression = Expression(read())
    return on_product(expression, several, manifolds, options.order, verify=options.verify)


def format_answer(
    found: Riemannian | RiemannianGradients | RiemannianHessian,
    text: str,
    options: Namespace,
    verdict: Verification | None,
) -> str:
    """The answer in a format."""
    if options.format == "latex":
        return found.latex()
    if options.format in BACKENDS:
        coded = found if not isinstance(found, Riemannian) else Expression(found.program())
        return coded.source(options.format).rstrip("\n")
    if options.format == "json":
        content = {
            "version": find_version(),
            "expression": text,
            "wrt": found.wrt if isinstance(found, Riemannian) else list(found),
            "order": options.order,
            **found.to_json(),
            "variables": {name: str(each) for name, each in found.variables.items()},
            "notes": list(found.notes),
            "verification": None if verdict is None else str(verdict),
        }
        return json.dumps(content, indent=2, ensure_ascii=False)
    return found.text()
