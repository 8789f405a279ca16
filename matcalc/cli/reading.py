"""What is typed behind a command, as a program."""

from __future__ import annotations

from argparse import Namespace

from matcalc.cli.kinds import say_unused
from matcalc.cli.refusals import is_latex
from matcalc.core.program import Program


def read_expression(text: str, options: Namespace) -> Program:
    """The program that the text means in the language that the options say."""
    if is_latex(options):
        from matcalc.read.tex.read import read_latex  # noqa: PLC0415 - most expressions are not in LaTeX

        asks = options.command in ("diff", "hessian") and not _is_along(options)
        program = read_latex(
            text, options.var, einstein=options.einstein, expand=_expand, asks=asks
        )
    else:
        from matcalc.read.frontend import read  # noqa: PLC0415 - --help does not wait for the engine

        program = read(text, options.var, expand=_expand)
    if options.var and getattr(options, "file", None) is None:
        say_unused(program, text, options)
    return program


def _is_along(options: Namespace) -> bool:
    """Whether ``diff`` is along directions, or with a cotangent."""
    given = vars(options)
    return bool(given.get("direction")) or given.get("cotangent") is not None


def _expand(program: Program) -> Program:
    """The program with what its derivatives inside are."""
    from matcalc.engine.inner import expand  # noqa: PLC0415 - few expressions have any

    return expand(program)
