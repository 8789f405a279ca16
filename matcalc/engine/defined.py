"""Which parts of an answer are what the program defines: they keep their names.

A definition is compared as the engine writes it. In a long program those before it are variables in
it, so that each costs what it adds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from matcalc.core.directions import free_variable
from matcalc.core.likeness import Likeness, symmetric_names
from matcalc.core.program import Program
from matcalc.core.substitution import put_in
from matcalc.core.tree import Expr, variable
from matcalc.engine.recalled import Recalled

_HIDDEN = "?="  # what begins so is not a name in the language
_FEW = 80  # nodes of definitions that are written as they are, and not one after the other


class Defined:
    """The names of the definitions of a program, by their values."""

    def __init__(self, program: Program, simplify: Callable[[Program], Expr]) -> None:
        self.program = program
        self.simplify = simplify
        self._likeness = Likeness(symmetric_names(program.variables))
        self._names: dict[int, str] | None = None
        self._products: list[Expr] = []

    def name(self, part: Expr) -> str | None:
        """The name whose definition a part of an answer is."""
        if self._names is None:
            self._names = self._find()
        return self._names.get(self._likeness.of(part))

    def products(self) -> list[Expr]:
        """The definitions that are products, of short programs."""
        if self._names is None:
            self._names = self._find()
        return self._products

    def _find(self) -> dict[int, str]:
        definitions = self.program.definitions
        every = Expr("several", tuple(definitions.values())).parts
        if len(every) > _FEW:
            return self._one_by_one(definitions)
        written = {name: self._write(value, self.program) for name, value in definitions.items()}
        self._products = [tree for tree in written.values() if tree.op == "*" and tree.rank]
        typed = {self._likeness.of(value): name for name, value in definitions.items()}
        return typed | {self._likeness.of(tree): name for name, tree in written.items()}

    def _write(self, value: Expr, program: Program) -> Expr:
        return self.simplify(program._replace(expr=value, definitions={}))

    def _one_by_one(self, definitions: Mapping[str, Expr]) -> dict[int, str]:
        found: dict[int, str] = {}
        before: dict[Expr, Expr] = {}  # the definitions, with variables that stand for them

        def write_part(part: Program, _: Sequence[str]) -> dict[str, Expr]:
            return {"": self._write(part.expr, part)}

        recalled = Recalled(write_part)
        values = self._likeness.values  # of the hidden names
        for name, value in definitions.items():
            if value in before:
                found[self._likeness.of(values[before[value].value])] = name
                continue
            cut = put_in(value, before)
            hidden = {
                str(node.value): free_variable(node.value, node)
                for node in cut.parts
                if node.op == "variable" and node.value in values
            }
            known = {**self.program.variables, **hidden} if hidden else self.program.variables
            tree = recalled(self.program._replace(expr=cut, variables=dict(known)), ())[""]
            hole = variable(f"{_HIDDEN}{len(before)}", value.shape, row=value.row)
            before[value], values[hole.value] = hole, tree
            found[self._likeness.of(tree)] = name
        return found
