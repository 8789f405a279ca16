"""Letters that are vectors by their first letter, and of which the sizes leave one entry: the x1
and x2 of ``[x1, x2]*[a, b; b, c]*[x1; x2]`` are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from matcalc.core.errors import MatcalcError
from matcalc.core.program import Program


def with_numbers(program: Program, again: Callable[[Mapping[str, str]], Program]) -> Program:
    """The program with such letters as numbers, where ``again`` can read it so; notes say that."""
    names = [
        name
        for name, variable in program.variables.items()
        if not variable.declared and len(variable.shape) == 1 and variable.shape[0].integer == 1
    ]
    if not names:
        return program
    try:
        found = again(dict.fromkeys(names, "scalar"))
    except MatcalcError:
        return program
    notes = [
        f"note: {name} is read as a number, because a vector would have one entry" for name in names
    ]
    return without_declarations(found, names)._replace(notes=(*notes, *found.notes))


def without_declarations(program: Program, names: Container[str]) -> Program:
    """The program, of which nobody has declared the letters with these names."""
    variables = {
        name: variable._replace(declared=False) if name in names else variable
        for name, variable in program.variables.items()
    }
    return program._replace(variables=variables)


def note_names(program: Program, *, latex: bool = False) -> Program:
    """The program with what its names leave to say, if they are spelt as something else is."""
    for name, variable in program.variables.items():
        if variable.declared:
            continue
        odd = "_" in name or not name.isascii() or "√" in program.source
        if len(name) == 2 or name == "t" or odd:
            # most letters are alone
            from matcalc.read.shapes.spelled import check_names  # noqa: PLC0415

            return check_names(program, latex=latex)
    return program
