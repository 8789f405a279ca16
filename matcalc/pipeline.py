"""The stages and their order."""

from __future__ import annotations

from matcalc.calculus.derivative import derivative
from matcalc.calculus.rules import Slopes
from matcalc.catalogue.compiled import definition
from matcalc.catalogue.load import LIBRARY
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.ir.build import Builder, Traits
from matcalc.ir.nodes import Node
from matcalc.lowering.lower import Lowering
from matcalc.recovery.recover import Recovery


def differentiate(program: Program, wrt: str, order: int, structure: str) -> Expr:
    builder = Builder(Traits(LIBRARY.transposition, LIBRARY.positive))
    names: dict[str, Node] = {}
    for variable in program.variables.values():
        names[variable.name] = builder.leaf("variable", variable.shape, variable.name, "" if variable.name == wrt else variable.kind)
    lowering = Lowering(builder, definition)
    node = lowering.lower(program.expr, names)
    slopes = Slopes(builder, lowering)
    for _ in range(order):
        node = derivative(builder, node, names[wrt], slopes)
    return Recovery().recover(node)
