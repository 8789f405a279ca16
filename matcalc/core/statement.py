"""What is asked and answered, proved and judged: the derivative of a program with respect to one of
its variables.
"""

from __future__ import annotations

from typing import NamedTuple

from matcalc.core.dims import Shape
from matcalc.core.errors import ArgumentError
from matcalc.core.kinds import Variable
from matcalc.core.options import LAYOUTS, STRUCTURES, require_choice, require_order
from matcalc.core.program import Program
from matcalc.core.subspaces import coordinate_name, coordinate_shape, frame_of, require_coordinates


class DerivativeStatement(NamedTuple):
    """``d^order program / d wrt^order``, in a layout and within a structure (docs/conventions.md).

    The *mixed axes* are those of the expression, then those of the variable for each order; a
    derivative has them in the order that the layout says.
    """

    program: Program
    wrt: str
    order: int = 1
    structure: str = "declared"
    layout: str = "mixed"

    @property
    def variable(self) -> Variable:
        """The variable; KeyError where the program has none of this name."""
        return self.program.variables[self.wrt]

    @property
    def kind(self) -> str:
        """The kind on whose matrices the derivative is projected, ``free`` for none; with
        coordinates in it as ``subspaces.framed`` says it.
        """
        return frame_of(self.variable.kind, self.structure)

    @property
    def moving_shape(self) -> Shape:
        """The axes of the variable in the derivative: its own, or one of its coordinates."""
        variable = self.variable
        return coordinate_shape(variable) if self.structure == "vech" else variable.shape

    @property
    def mixed_shape(self) -> Shape:
        """The mixed axes."""
        return self.program.expr.shape + self.moving_shape * self.order

    @property
    def axes(self) -> tuple[int, ...]:
        """Which mixed axis each axis of the derivative is."""
        return layout_axes(self.program.expr.rank, len(self.mixed_shape), self.layout)

    @property
    def shape(self) -> Shape:
        """The axes of the derivative as they are laid out."""
        mixed = self.mixed_shape
        return tuple([mixed[axis] for axis in self.axes])

    @property
    def columns(self) -> int:
        """How many of the last axes are the columns of J in d vec(F) = J*d vec(X)."""
        total = len(self.mixed_shape)
        return columns_of(self.program.expr.rank, total, self.order, self.layout)

    @property
    def reading(self) -> str:
        """How to read the matrix that a derivative of three axes or more is shown as."""
        transposed = self.layout == "denominator" and self.program.expr.rank > 0
        by_half = self.structure == "vech"
        stacked = coordinate_name(self.variable) if by_half else f"vec({self.wrt})"
        if self.order == 1:
            matrix = "J'" if transposed else "J"
            return f"{matrix} of d vec(F) = J*d {stacked}"
        if transposed:
            return "the matrix with vec of the first two axes as rows and the others as columns"
        below = "first derivative" if self.order == 2 else f"derivative of order {self.order - 1}"
        return f"J of d vec(D) = J*d {stacked}, D the {below}"


def make_statement(
    program: Program, wrt: object, order: object, structure: str, layout: str
) -> DerivativeStatement:
    """What a caller asks for; ArgumentError where an argument is none."""
    if not isinstance(wrt, str):
        raise ArgumentError(f"wrt must be the name of a variable, not {wrt!r}")
    times = require_order(order)
    require_choice("layout", layout, LAYOUTS)
    require_choice("structure", structure, STRUCTURES)
    if wrt in program.variables:
        require_coordinates(program.variables[wrt], structure)
    return DerivativeStatement(program, wrt, times, structure, layout)


def is_matricized(rank: int, total: int, order: int, written: int) -> bool:
    """Whether a derivative of an objective with ``rank`` axes is the matrix J of
    d vec(F) = J*d vec(X) where it is written with ``written`` axes: that of a tensor, or by one,
    is an array.
    """
    return written <= 2 < total and rank <= 2 and total - rank <= 2 * order


def layout_axes(rank: int, total: int, layout: str) -> tuple[int, ...]:
    """The axes of the mixed layout, in the order in which a layout shows them.

    ``rank`` of the ``total`` axes are the expression's. Numerator layout transposes the matrix
    gradient of a scalar, denominator layout puts the variable's axes first where the expression has
    any; the rest is as in mixed layout.
    """
    if layout == "numerator" and rank == 0 and total == 2:
        return (1, 0)
    if layout == "denominator" and rank > 0:
        return (1, 0) if total == 2 else (*range(rank, total), *range(rank))
    return tuple(range(total))


def columns_of(rank: int, total: int, order: int, layout: str) -> int:
    """How many of the last axes of a derivative are the columns of J, of an objective with ``rank``
    axes.
    """
    if layout == "denominator" and rank:
        return rank
    return (total - rank) // order if order else 0
