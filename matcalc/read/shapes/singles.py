"""Letters that are vectors by their first letter, and of which the sizes leave one entry: the x1
and x2 of ``[x1, x2]*[a, b; b, c]*[x1; x2]`` are numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping

from matcalc.core.errors import MatcalcError
from matcalc.core.functions.spec import SQUARE_TO_SCALAR
from matcalc.core.notes import format_number_offer
from matcalc.core.operations import OPERATIONS
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.core.user_functions import acts_entrywise
from matcalc.read.syntax.names import default_kind


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
    program = _note_value(program)
    program = program if latex else _note_entrywise(program)
    for name, variable in program.variables.items():
        if variable.declared:
            continue
        odd = "_" in name or not name.isascii() or "√" in program.source
        if len(name) == 2 or name == "t" or odd:
            # most letters are alone
            from matcalc.read.shapes.spelled import check_names  # noqa: PLC0415

            return check_names(program, latex=latex)
    return program


def _note_value(program: Program) -> Program:
    """The program with a note on the p of ``sum(x)*log(p)``, a vector by convention alone, of which
    a function makes a vector of what would be a number: nothing else has its size.
    """
    if program.expr.rank != 1:
        return program
    arrays = {name: each for name, each in program.variables.items() if each.shape}
    names = [name for name, each in arrays.items() if program.expr.shape[0] in each.shape]
    vectors = all(len(arrays[each].shape) == 1 and not arrays[each].declared for each in names)
    if not vectors or len(names) in (0, len(arrays)):
        return program
    if any(default_kind(name) != "vector" for name in names) or not _in_functions(program, names):
        return program
    said = "is read as a vector" if len(names) == 1 else "are read as vectors"
    offer = format_number_offer(names)
    note = f"note: {' and '.join(names)} {said}, and so is the value; {offer}"
    return program._replace(notes=(*program.notes, note))


def _note_entrywise(program: Program) -> Program:
    """The program with a note on the exp(X) of ``tr(exp(X))``, which goes entry by entry, though
    hardly anybody takes the trace of that.
    """
    found: dict[str, None] = {}
    for whole in program.expr.parts:
        known = OPERATIONS.get(whole.op)
        of_matrix = known is not None and known.signature == SQUARE_TO_SCALAR
        stack = [whole.args[0]] if of_matrix else []
        while stack:
            part = stack.pop()
            if part.op in ("*", "'", "neg") and part.rank == 2:
                stack += part.args
            elif len(part.args) == 1 and f"{part.op}m" in OPERATIONS and _is_square(part.args[0]):
                inside = part.args[0].value if part.args[0].op == "variable" else "..."
                found.setdefault(
                    f"note: {part.op}({inside}) is read entry by entry; write {part.op}m({inside}) "
                    "for the function of a matrix"
                )
    return program._replace(notes=(*program.notes, *found)) if found else program


def _is_square(part: Expr) -> bool:
    """Whether this is a square matrix that no operator makes entry by entry."""
    made = part.op in ("variable", "*", "/", "+", "-", "neg", "'")
    return made and part.rank == 2 and part.shape[0] == part.shape[1]


def _in_functions(program: Program, names: list[str]) -> bool:
    """Whether variables occur as arguments of functions of entries only."""
    stack, seen = [program.expr], set[int]()
    while stack:
        part = stack.pop()
        if part.op == "variable" and part.value in names:
            return False
        if id(part) not in seen and not acts_entrywise(part):
            seen.add(id(part))
            stack += part.args
    return True
