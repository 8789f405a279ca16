"""What the line of kinds on standard error says."""

from __future__ import annotations

import re
from argparse import Namespace
from collections.abc import Mapping
from typing import TYPE_CHECKING

from matcalc.cli.output import say
from matcalc.core.declared import FunctionRef
from matcalc.core.tree import variable_names

_WORDS = re.compile(r"\b(?:(?:grad|jac|hess|d\d+)_)?([^\W_]\w*)")  # the f of grad_f

if TYPE_CHECKING:
    from matcalc.core.kinds import Variable
    from matcalc.core.program import Program
    from matcalc.results import Formula


def describe_inferred_kinds(variables: Mapping[str, Variable]) -> str:
    """The variables that were not declared, before the results."""
    inferred = [
        f"{name}: {variable}" for name, variable in variables.items() if not variable.declared
    ]
    return f"with {', '.join(inferred)}; " if inferred else ""


def kind_of(formula: Formula) -> str:
    """``vector(n)``, with the word row before it where it is one."""
    axes = ", ".join(map(str, formula.shape))
    names = ("scalar", "vector", "matrix")
    name = names[len(formula.shape)] if len(formula.shape) < len(names) else "array"
    return ("row " if formula.row else "") + (f"{name}({axes})" if axes else name)


def shapes_line(formula: Formula, reading: str = "") -> str:
    """What was inferred: the variables that were not declared, and the kind of the result."""
    shown = f", shown as {reading}" if reading else ""
    return f"{describe_inferred_kinds(formula.variables)}result: {kind_of(formula)}{shown}"


def say_unused(program: Program, text: str, options: Namespace) -> None:
    """Says of a variable of --var that it occurs nowhere: its name may be misspelt."""
    given = {name: value for name, value in vars(options).items() if name != "var"}
    words = {*_WORDS.findall(f"{text} {given}")}
    functions = [part.value for part in program.expr.parts if isinstance(part.value, FunctionRef)]
    used = variable_names(program.expr) | {each.name for each in functions}
    for name, variable in program.variables.items():
        if variable.declared and name.isidentifier() and name not in used | words:
            say(f"note: {name} is declared, and does not occur")
