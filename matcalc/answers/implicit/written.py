"""Derivatives of what equations determine, in the notations.

An implicit derivative that has matrix notation is the matrix of a linear map, and another one is
that map along a direction. Each is brought into the form of the other here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcalc.answers.common.parts_in_notation import PartsInNotation
from matcalc.core.directions import direction_of
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, pair, variable
from matcalc.engine.pipeline import differentiate, simplify_tree
from matcalc.notations.answer import InNotation, Written
from matcalc.notations.lines import LineNames
from matcalc.notations.values import LinearValue, ValueInNotation
from matcalc.write.printers.latex_names import name as letter

_MAPS = ("operator", "differential")


class Implied(NamedTuple):
    """The derivative ``tree`` of ``of`` by ``wrt``, or its value along the direction ``step``."""

    program: Program
    tree: Expr
    of: str
    wrt: str
    step: str = ""


def implicit_in_notation(found: Implied, notation: str, *, row_major: bool = False) -> Written:
    """An implicit derivative, or the gradient of an objective, in a notation."""
    program, tree, *_, step = found
    if not step:
        known = program.variables[found.wrt]
        rank = tree.rank - len(known.shape)
        (step,) = LineNames(DerivativeStatement(program, found.wrt)).directions(1)
        program = program.declare(direction_of(known, step))
        tree = simplify_tree(program, _along(tree, variable(step, known.shape), rank))
    asked = found.of, found.wrt, step
    if notation == "matrix" and found.step:  # as the answer is printed
        written = _written(program, tree, asked, "differential", row_major=row_major)
        written.notation = notation
        return written
    return _written(program, tree, asked, notation, row_major=row_major)


def _along(array: Expr, step: Expr, rank: int) -> Expr:
    """The product of a derivative with a displacement, where it has matrix notation; ``rank`` axes
    are those of what moves with it.
    """
    if not rank:
        return pair(step, array)
    if not step.shape:
        return Expr("*", (step, array), array.shape)
    return Expr("*", (array, step), array.shape[:1])


def _written(
    program: Program,
    tree: Expr,
    asked: tuple[str, str, str],
    notation: str,
    *,
    row_major: bool = False,
    several: bool = False,
) -> Written:
    """The differential ``tree``, which is linear in a displacement, in a notation."""
    of, wrt, step = asked
    program = program._replace(expr=tree, definitions={}, asked=None)
    if notation in _MAPS:
        value = LinearValue(program, tree, ({wrt: step},), f"d{of}", "the differential")
        label = f"d{of}/d{wrt}" if several and notation == "operator" else ""
        return ValueInNotation(
            value,
            notation,
            row_major=row_major,
            label=label,
            label_tex=_fraction(of, wrt) if label else "",
        )
    statement = DerivativeStatement(program, step)
    said = ""
    if notation in ("index", "cases"):
        said = f"the entries, axes of {of} before those of {wrt}" if tree.shape else ""
    elif len(statement.mixed_shape) > 2 or notation == "kronecker":
        turned = "'" if row_major else ""
        sides = [
            f"vec({name}{turned if rank > 1 else ''})"
            for name, rank in ((of, tree.rank), (wrt, len(statement.variable.shape)))
        ]
        said = f"J of d {sides[0]} = J*d {sides[1]}"
    return InNotation(
        statement,
        differentiate(statement),
        notation,
        row_major=row_major,
        label=f"d{of}/d{wrt}",
        label_tex=_fraction(of, wrt),
        said=said or "the derivative",
    )


def _fraction(of: str, wrt: str) -> str:
    return rf"\frac{{\mathrm{{d}} {letter(of)}}}{{\mathrm{{d}} {letter(wrt)}}}"


class ImplicitInNotation(PartsInNotation[str]):
    """The derivatives of several variables in a notation: a mapping from their names to the lines
    of each.
    """

    def __init__(self, found: Sequence[Implied], notation: str, *, row_major: bool = False) -> None:
        self.notation = notation
        self._parts = {}
        for program, tree, *asked in found:
            of, wrt, step = asked
            self._parts[of] = _written(
                program, tree, (of, wrt, step), notation, row_major=row_major, several=True
            )
