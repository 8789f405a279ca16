"""What to differentiate with respect to where it is not a variable: ``R[i,j]``, ``X[:,k]``, or what
a program names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from matcalc.core.errors import ArgumentError, UnsupportedError
from matcalc.core.kinds import FREE, Variable, free_kind
from matcalc.core.program import Program
from matcalc.core.tree import Expr, variable
from matcalc.read.frontend import read

if TYPE_CHECKING:
    from matcalc.core.parts import VariablePart

_ENTRIES = FREE | {"positive", "invertible", "simplex"}  # kinds whose entries vary on their own


def part_of(program: Program, text: object, *, free: bool = False) -> VariablePart | None:
    """The part of a program that a text names; None where it names none.

    Raises UnsupportedError for entries of matrices whose entries depend on each other, unless they
    are taken for ``free``, and ShapeError or ParseError for places that the whole does not have.
    """
    if not isinstance(text, str) or text in program.variables:
        return None
    name = text.strip()
    if name in program.definitions:
        return _whole(program, name, program.definitions[name])
    base = name.partition("[")[0].strip()
    while base not in program.variables and base not in program.definitions:
        # a member of a family: W[2][i,j]
        rest = name[len(base) :]
        if not rest.startswith("[") or "]" not in rest:
            return None
        base = name[: len(base) + rest.index("]") + 1]
    if not name[len(base) :].lstrip().startswith("["):
        return None
    known = program.variables.get(base)
    whole = program.definitions[base] if known is None else variable(base, known.shape)
    if known is None:
        known = Variable(base, free_kind(whole.rank), whole.shape)
    asked = read(name, {**program.variables, base: known}, language=program.language).expr
    if asked.op != "slice" or asked.args[0].value != base:
        raise UnsupportedError(
            f"{name} is not a slice that can be differentiated with respect to", source=name
        )
    if known.kind not in _ENTRIES and not free:
        raise UnsupportedError(
            f"{base} is {known}, so its entries depend on each other",
            source=name,
            hint=f"differentiate with respect to {base} for the gradient within its kind, or "
            f"take the entries for free "
            f"ones: --structure free, in Python structure='free'",
        )
    from matcalc.core.parts import VariablePart  # noqa: PLC0415 - most derivatives are by variables

    return VariablePart(name, _column(whole), asked.value, asked.shape)


def _whole(program: Program, name: str, tree: Expr) -> VariablePart:
    """All of what has a name."""
    tree = _column(tree)
    if all(node is not tree for node in program.expr.parts):
        raise ArgumentError(f"{name} does not occur in this expression as a part of its own")
    from matcalc.core.parts import VariablePart  # noqa: PLC0415 - as above

    return VariablePart(name, tree, (None,) * tree.rank, tree.shape)


def _column(tree: Expr) -> Expr:
    """What a row is the transpose of."""
    return tree.args[0] if tree.op == "'" and tree.row else tree
