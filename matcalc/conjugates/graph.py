"""The computational graph of an expression in complex variables.

A conjugate is an operation of its own, which is not differentiated: a value and its conjugate are
independent. All other operations are analytic, so the derivative on an edge is an ordinary one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from matcalc.conjugates.analytic import without_norms
from matcalc.conjugates.reading import UNIT, ComplexProgram, conjugate
from matcalc.conjugates.unit import without_powers
from matcalc.conjugates.written import CONJ
from matcalc.core.boundary import public
from matcalc.core.errors import UnsupportedError
from matcalc.core.program import Program
from matcalc.core.tree import Expr, intern_trees, variable, variable_names
from matcalc.graph.build import (
    AskedVariables,
    ComputationGraph,
    GraphBuilder,
    GraphEdge,
    GraphNode,
    select_names,
)
from matcalc.graph.picture import ComputationalGraph, TensorNetwork

if TYPE_CHECKING:
    from matcalc.graph.modes import Modes

_INLINE = ("'", "neg")  # whose conjugates are those of their arguments


class ComplexGraph(ComputationalGraph):
    """The computational graph of an expression in complex variables; ``str`` is its text."""

    def __init__(self, found: ComplexProgram, wrt: AskedVariables = None) -> None:
        self.graph = build_complex(found, wrt)

    @public
    def modes(self, sizes: Mapping[str, int] = MappingProxyType({}), mode: str = "auto") -> Modes:
        """Raises UnsupportedError."""
        raise UnsupportedError("forward and reverse mode are only for real variables")

    @public
    def network(self) -> TensorNetwork:
        """Raises UnsupportedError."""
        raise UnsupportedError(
            "tensor networks are only for real variables",
            hint="the computational graph is drawn with complex ones",
        )


def build_complex(found: ComplexProgram, wrt: AskedVariables) -> ComputationGraph:
    """The graph; UnknownNameError for a variable that is not there."""
    program = found.program
    names = [name for name in found.kinds if program.variables[name].kind != "function"]
    asked = select_names(names, wrt)
    tree = _with_conjugates(found, program.expr)
    known = {name: each for name, each in program.variables.items() if name in found.kinds}
    if UNIT in program.variables:
        known[UNIT] = program.variables[UNIT]
    builder = _ComplexGraphBuilder(known, {}, program.language)
    there = variable_names(tree)
    for name in known:
        if name in there and name != UNIT:
            builder.give(name, found.kinds[name])
    builder.add(tree)
    return builder.graph(program.source, asked)


def _with_conjugates(found: ComplexProgram, root: Expr) -> Expr:
    """The tree without variables for conjugates: of an operation that is there twice, once of
    conjugates, the second one is the conjugate of the first.
    """
    others = {conjugate(name): name for name in found.conjugated}
    (tree,) = intern_trees([root])
    parts = {id(part): part for part in tree.parts}
    turned = intern_trees([tree, *(found.conjugate_of(part) for part in tree.parts)])[1:]
    mirror = {id(part): other for part, other in zip(tree.parts, turned, strict=True)}
    bars = {id(part): _count(part, others) for part in [*tree.parts, *turned]}
    made: dict[int, Expr] = {}

    def is_second(part: Expr) -> bool:
        """Whether the conjugate is there too, and is the one to be computed."""
        other = mirror[id(part)]
        if id(other) not in parts or other is part or part.op in _INLINE or not part.args:
            return False
        return (bars[id(part)], place[id(part)]) > (bars[id(other)], place[id(other)])

    place = {id(part): k for k, part in enumerate(tree.parts)}
    todo = [tree]
    while todo:
        part = todo[-1]
        needed = [mirror[id(part)]] if is_second(part) else list(part.args)
        missing = [each for each in needed if id(each) not in made]
        if missing:
            todo += missing
            continue
        todo.pop()
        values = [made[id(each)] for each in needed]
        if part.op == "variable" and part.value in others:
            letter = variable(others[part.value], part.shape, row=part.row)
            made[id(part)] = Expr(CONJ, (letter,), part.shape, row=part.row)
        elif is_second(part):
            made[id(part)] = Expr(CONJ, (values[0],), part.shape, row=part.row)
        else:
            made[id(part)] = part.with_args(values)
    return made[id(tree)]


def _count(tree: Expr, names: Mapping[str, str]) -> int:
    return sum(part.op == "variable" and part.value in names for part in tree.parts)


class _ComplexGraphBuilder(GraphBuilder):
    """Whose values are complex numbers. The imaginary unit is not a node."""

    turned = GraphBuilder.turned | {CONJ}
    complex = True

    def _edge(self, child: GraphNode, parent: GraphNode) -> GraphEdge:
        assert child.tree is not None
        if child.tree.op == CONJ:
            return GraphEdge(parent.number, child.number)
        return super()._edge(child, parent)

    def _settle(self, program: Program, derivative: Expr) -> Expr:
        moving = {name for name, each in program.variables.items() if each.complex}
        return without_norms(without_powers(program, derivative), moving)
