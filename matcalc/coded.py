"""The code of a formula: its stable form, written for a backend and run once."""

from __future__ import annotations

from typing import NamedTuple

from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.stable import stable
from matcalc.write.printers.backends import source_kind
from matcalc.write.printers.numpy_regular import Inverting, takes_inverses_up


class Request(NamedTuple):
    """What is asked of the code."""

    backend: str
    runtime: str
    name: str
    title: str
    check: bool
    verify: bool


def write_code(shown: Expr, program: Program, asked: Request) -> tuple[str, tuple[str, ...]]:
    """The source of the function that computes what is shown, and those of its arguments that are
    functions.
    """
    language, variables = program.language, program.variables
    tree = stable(shown, variables, language)
    kind = source_kind(asked.backend, asked.runtime)
    source = kind(tree, variables, asked.name, asked.title, asked.check)
    if (asked.backend, asked.runtime) == ("numpy", "called") and takes_inverses_up(tree, shown):
        source = Inverting(stable(shown, variables, language, poles=True), source)
    text = source.text()
    if asked.verify:
        from matcalc.verify.readback.code import confirm_code  # noqa: PLC0415 - it loads NumPy

        confirm_code(text, source, asked.backend, (tree, shown), program)
    return text, tuple(source.declared.values())
