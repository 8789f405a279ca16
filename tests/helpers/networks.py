"""Networks of expressions, for the tests of what happens inside of the engine."""

from __future__ import annotations

import re

from strategies import DECLARATIONS

from matcalc.core.kinds import Variable
from matcalc.core.language import BUILT_IN
from matcalc.core.walk import postorder
from matcalc.engine.catalogue.compiled import catalogue
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.recovery.recover import Recovery
from matcalc.read.frontend import read
from matcalc.write.printers.text import text

PLAIN = ("scalar", "vector", "matrix")


class Bench:
    """One builder, and texts lowered into it; names are declared as in ``strategies.DECLARATIONS``,
    or by ``more``.
    """

    def __init__(self, more: dict[str, str] | None = None) -> None:
        self.declarations = {**DECLARATIONS, **(more or {})}
        self.builder = Builder(catalogue(BUILT_IN))
        self.lowering = Lowering(self.builder, catalogue(BUILT_IN).definition)

    def leaf(self, variable: Variable) -> Node:
        """The node of a variable, its kind in mind."""
        structure = "" if variable.kind in PLAIN else variable.kind
        return self.builder.leaf("variable", variable.shape, variable.name, structure)

    def node(self, source: str) -> Node:
        """The network of a text."""
        names = set(re.findall(r"[A-Za-z]\w*", source)) & set(self.declarations)
        program = read(source, {name: self.declarations[name] for name in sorted(names)})
        return self.lowering.lower(
            program.expr, {v.name: self.leaf(v) for v in program.variables.values()}
        )


def recovered(node: Node) -> str:
    """The network in matrix notation."""
    return text(Recovery().recover(node))


def count(node: Node) -> int:
    """How many nodes the shared network has."""
    return len(postorder(node, lambda n: n.children))
