"""Parts of a program that can be derived by: an entry or a slice of a variable, and what the
program gives a name.
"""

from __future__ import annotations

from typing import NamedTuple

from matcalc.core.dims import Dim, Shape
from matcalc.core.kinds import ZERO, Variable
from matcalc.core.program import Program
from matcalc.core.substitution import put_in, replace_variables
from matcalc.core.tree import Expr, eye

Places = tuple["tuple[Dim, Dim | None] | None", ...]


class VariablePart(NamedTuple):
    """What is derived by: the ``places`` of a ``whole``, as a slice has them, or all of it.

    The whole is a variable, or a part of the tree that has a name. ``name`` is as it was asked for.
    """

    name: str
    whole: Expr
    places: Places
    shape: Shape

    def perturb(self, program: Program) -> Program:
        """The program with whole + E*t for the whole, where the t of the shape of the part is zero
        and E puts it in its place. Its derivative with respect to t is the one by the part.
        """
        whole = self.whole
        step = self._embed()

        def put(node: Expr) -> Expr:
            move = Expr("'", (step,), step.shape, row=True) if node.row else step
            return Expr("+", (node, move), node.shape, row=node.row, span=node.span)

        if whole.op == "variable":
            expr = replace_variables(program.expr, {whole.value: put})
        else:
            expr = put_in(program.expr, {whole: put(whole)})
        variables = {**program.variables, self.name: Variable(self.name, ZERO, self.shape)}
        return program._replace(expr=expr, variables=variables)

    def _embed(self) -> Expr:
        """An array like the whole with the part in its place, and zeros elsewhere."""
        part = Expr("variable", (), self.shape, value=self.name)
        if all(place is None for place in self.places):
            return part
        args = [part]
        labels: list[tuple[int, ...]] = []
        own: list[int] = []
        rank = self.whole.rank
        for axis, (place, size) in enumerate(zip(self.places, self.whole.shape, strict=True)):
            if place is None:
                own.append(axis)
                continue
            start, count = place
            if count is None:
                args.append(Expr("unit", (), (size,), value=start))
                labels.append((axis,))
            else:
                range_ = (None, (start, count))
                args.append(Expr("slice", (eye(size),), (size, count), value=range_))
                labels.append((axis, rank + axis))
                own.append(rank + axis)
        axes = tuple(range(rank))
        return Expr("einsum", tuple(args), self.whole.shape, value=((tuple(own), *labels), axes))
