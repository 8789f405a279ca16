"""What is typed after a command, as a program."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping

from matcalc.cli.kinds import say_unused
from matcalc.cli.refusals import is_latex
from matcalc.core.program import Program
from matcalc.core.split import split_declarations


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


def read_left_side(text: str, options: Namespace) -> Program:
    """What is zero in the equation of ``implicit``; of one of entries in LaTeX the whole array."""
    if not is_latex(options):
        return read_expression(text, options)
    # few commands have equations
    from matcalc.answers.common.equations import read_root  # noqa: PLC0415

    lines = [each for line in options.var for each in split_declarations(line)]
    declared = {name.strip() for each in lines for name in each.partition(":")[0].split(",")}

    def read_with(text: str, arrays: Mapping[str, str]) -> Program:
        added = [f"{name}: {kind}" for name, kind in arrays.items() if name not in declared]
        return read_expression(text, Namespace(**{**vars(options), "var": [*options.var, *added]}))

    return read_root(text, read_with, [*options.of.split(","), options.wrt or ""])


def _is_along(options: Namespace) -> bool:
    """Whether ``diff`` is along directions, or with a cotangent."""
    given = vars(options)
    return bool(given.get("direction")) or given.get("cotangent") is not None


def _expand(program: Program) -> Program:
    """The program with what its derivatives inside are."""
    from matcalc.engine.inner import expand  # noqa: PLC0415 - few expressions have any

    return expand(program)
