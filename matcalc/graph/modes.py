"""Automatic differentiation of a computational graph in forward and in reverse mode.

Forward mode carries tangents from the inputs to the output: one pass for each entry of the
variables. Reverse mode carries adjoints back: one pass for each entry of the output (Griewank &
Walther, Evaluating Derivatives (2008), chapter 3). Both are programs of single operations; each
line is derived and proved alone, and what all lines make up is proved again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from types import MappingProxyType

from matcalc.core.directions import free_variable
from matcalc.core.errors import ArgumentError, UnknownNameError
from matcalc.core.kinds import Variable, free_kind, size_names
from matcalc.core.options import require_choice
from matcalc.core.program import Program
from matcalc.core.statement import DerivativeStatement
from matcalc.core.substitution import replace_variables
from matcalc.core.tree import Expr, number, pair, variable, variable_names
from matcalc.engine.directional import derive_steps
from matcalc.engine.pipeline import differentiate
from matcalc.explain.instances import Trees
from matcalc.graph.build import AskedVariables, ComputationGraph, GraphNode, build
from matcalc.graph.modes_text import JacobianChain, Pass, cost_lines, order_lines
from matcalc.graph.operations import (
    Count,
    Order,
    Side,
    chain_order,
    entries,
    pair_count,
    require_sizes,
)
from matcalc.verify.steps import verify_steps, weakest
from matcalc.verify.verification import Verification, verify
from matcalc.write.printers.text import text

MODES = ("forward", "reverse", "auto")


class Modes:
    """The derivative of a program in forward and reverse mode; ``str`` has the program in the mode
    that was asked for, and the operations of both.

    ``sizes`` are those of all dimensions. A mode that is asked for by its name is shown without
    them, and nothing is counted. Raises ArgumentError where a size is missing, UnsupportedError
    where operations are not counted or a graph is too large to be read.
    """

    def __init__(
        self,
        program: Program,
        wrt: AskedVariables = None,
        sizes: Mapping[str, int] = MappingProxyType({}),
        mode: str = "auto",
    ) -> None:
        require_choice("mode", mode, MODES)
        _require_sizes(sizes)
        self.graph = build(program, wrt)
        self.sizes = dict(sizes)
        self.mode = mode
        letters = [dim.letters for each in self.graph.variables.values() for dim in each.shape]
        self.is_counted = bool(sizes) or mode == "auto" or not any(letters)
        if self.is_counted:
            require_sizes(letters, self.sizes)
        writer = _ModeWriter(self.graph, program, self.sizes)
        self.values = tuple([node.formula for node in self.graph.nodes if node.tree is not None])
        self.forward = writer.forward()
        self.reverse = writer.reverse()
        self.chain = writer.chain() if self.is_counted else None
        self._costs = (
            cost_lines(self.forward, self.reverse, self.cheaper) if self.is_counted else []
        )

    @property
    def asked(self) -> list[str]:
        """The variables that are differentiated by."""
        return [node.name for node in self.graph.nodes if node.tree is None and node.reverse]

    @property
    def cheaper(self) -> str:
        """``forward`` or ``reverse``: the mode with fewer multiplications and additions."""
        return "forward" if self.forward.whole.total < self.reverse.whole.total else "reverse"

    @property
    def shown(self) -> str:
        """The mode that is shown, ``forward`` or ``reverse``."""
        return self.cheaper if self.mode == "auto" else self.mode

    @property
    def chosen(self) -> Pass:
        """The pass that is shown."""
        return self.forward if self.shown == "forward" else self.reverse

    def __repr__(self) -> str:
        said = f"{self.cheaper} is cheaper" if self.is_counted else self.shown
        return f"<matcalc.Modes: {said}>"

    def __str__(self) -> str:
        heading = f"{self.shown} mode: {self._meaning()}"
        lines = [heading, *self.values, *self.chosen.lines]
        if self._costs:
            lines += ["", *self._costs]
        if self.chain is not None:
            lines += ["", *order_lines(self.chain)]
        return "\n".join(lines)

    def _meaning(self) -> str:
        """What the last line of the program is."""
        output, names = self.graph.output, self.asked
        steps = ", ".join(f"d{name}" for name in names)
        if self.shown == "forward":
            return f"d{output.name} is the derivative of {output.name} along {steps}"
        product = f"the inner product of d{output.name} and {output.name}"
        value = product if output.shape else output.name
        what = "is the derivative" if len(names) == 1 else "are the derivatives"
        return f"{steps} {what} of {value} with respect to {', '.join(names)}"


def _require_sizes(sizes: Mapping[str, int]) -> None:
    for name, size in sizes.items():
        if not isinstance(size, int) or isinstance(size, bool) or size < 1:
            raise ArgumentError(f"the size {name} is {size!r}", hint="a size is a positive integer")


class _ModeWriter:
    """Derives the lines of both modes for one graph."""

    def __init__(self, graph: ComputationGraph, program: Program, sizes: Mapping[str, int]) -> None:
        self.graph = graph
        self.sizes = sizes
        self.language = program.language
        self.trees = Trees(self.language)
        self.named = {
            id(self.trees.intern(node.tree)): self.trees.variable(node.name, node.tree)
            for node in graph.nodes
            if node.tree is not None
        }
        self.inputs = [node for node in graph.nodes if node.tree is None and node.reverse]
        if not self.inputs:
            raise UnknownNameError("the value does not depend on the variables of the derivative")
        self.active = [node for node in graph.nodes if node.reverse and node.tree is not None]
        self.taken = set(graph.variables) | set(size_names(graph.variables.values()))
        self.slopes = {node.name: self._slope_name(node.name) for node in graph.nodes}

    def _slope_name(self, name: str) -> str:
        found = f"d{name}"
        while found in self.taken:
            found = f"d_{name}" if found == f"d{name}" else f"{found}_"
        self.taken.add(found)
        return found

    def _slope(self, node: GraphNode) -> Expr:
        return variable(self.slopes[node.name], node.shape)

    def _program(self, more: list[GraphNode], tree: Expr) -> Program:
        """The operation of a node over its parents and the slopes of other nodes."""
        used = variable_names(tree)
        known = {
            name: v
            for name, v in self.graph.variables.items()
            if name in used or v.kind == "function"
        }
        for each in more:
            known[self.slopes[each.name]] = free_variable(self.slopes[each.name], _like(each))
        return Program(tree, known, text(tree), self.language)

    def _with_names(self, tree: Expr) -> Expr:
        """A slope in which the values of nodes have their names."""

        def rule(expr: Expr, args: list[Expr]) -> Expr:
            made = self.trees.factory.make(expr.op, tuple(args), expr.shape, expr.value, expr.row)
            return self.named.get(id(made), made)

        return self.trees.intern(tree).fold(rule)

    # -- forward

    def forward(self) -> Pass:
        """A tangent for each node; a pass for each entry of the variables."""
        lines, computed = [], []
        wholes = {node.name: node.whole for node in self.graph.nodes}
        tangents: dict[str, Expr] = {}
        for node in self.active:
            assert node.tree is not None
            moving = [
                self.graph.node(place) for place in node.parents if self.graph.node(place).reverse
            ]
            program = self._program(moving, node.tree)
            moves = {each.name: self.slopes[each.name] for each in moving}
            trees = derive_steps(program, [moves], "free")
            verify_steps(program, [moves], trees, "free")
            tree = self._with_names(trees[-1])
            lines.append(f"{self.slopes[node.name]} = {text(tree)}")
            computed.append(tree)
            tangents[self.slopes[node.name]] = _put(tree, {**wholes, **tangents})
        program = self._whole_program(self.inputs)
        moves = {node.name: self.slopes[node.name] for node in self.inputs}
        proof = verify_steps(program, [moves], [tangents[self.slopes[self._output.name]]], "free")
        return self._pass(lines, computed, self.inputs, proof)

    def _pass(
        self, lines: list[str], computed: list[Expr], seeds: list[GraphNode], proof: Verification
    ) -> Pass:
        values = tuple([node.tree for node in self.graph.nodes if node.tree is not None])
        shapes = tuple([node.shape for node in seeds])
        return Pass(tuple(lines), tuple(computed), values, shapes, self.sizes, proof)

    @property
    def _output(self) -> GraphNode:
        return self.graph.output

    def _whole_program(self, seeds: list[GraphNode]) -> Program:
        known = {n: v for n, v in self.graph.variables.items() if not self._is_made(n)}
        for node in seeds:
            name = self.slopes[node.name]
            known[name] = free_variable(name, _like(node))
        return Program(self._output.whole, known, self.graph.source, self.language)

    def _is_made(self, name: str) -> bool:
        return any(node.name == name and node.tree is not None for node in self.graph.nodes)

    # -- reverse

    def reverse(self) -> Pass:
        """An adjoint for each node; a pass for each entry of the value."""
        output = self._output
        contributions: dict[int, list[Expr]] = {output.number: []}
        lines: list[str] = []
        computed: list[Expr] = []
        wholes = {node.name: node.whole for node in self.graph.nodes}
        adjoints: dict[str, Expr] = {}
        if not output.shape:
            one = number(1)
            lines.append(f"{self.slopes[output.name]} = 1")
            adjoints[self.slopes[output.name]] = one
        for node in sorted([*self.active, *self.inputs], key=lambda node: node.reverse):
            if node is not output:
                tree = contributions[node.number][0]
                for more in contributions[node.number][1:]:
                    minus = more.op == "neg"
                    other = more.args[0] if minus else more
                    tree = Expr("-" if minus else "+", (tree, other), tree.shape)
                lines.append(f"{self.slopes[node.name]} = {text(tree)}")
                computed.append(tree)
                adjoints[self.slopes[node.name]] = _put(tree, {**wholes, **adjoints})
            for place in node.parents:
                parent = self.graph.node(place)
                if parent.reverse:
                    contributions.setdefault(place, []).append(self._pull_back(node, parent))
        return self._pass(lines, computed, [output], self._prove(adjoints))

    def _pull_back(self, child: GraphNode, parent: GraphNode) -> Expr:
        """What the adjoint of a node adds to that of its parent."""
        assert child.tree is not None
        whole = pair(self._slope(child), child.tree)
        program = self._program([child], whole)
        statement = DerivativeStatement(program, parent.name, 1, "free")
        tree = differentiate(statement)
        verify(statement, tree)
        return self._with_names(tree)

    def _prove(self, adjoints: Mapping[str, Expr]) -> Verification:
        """Each adjoint of a variable is the derivative of the whole, times the seed."""
        output = self._output
        program = self._whole_program([] if not output.shape else [output])
        if output.shape:
            whole = pair(self._slope(output), program.expr)
            program = program._replace(expr=whole)
        found = []
        for node in self.inputs:
            statement = DerivativeStatement(program, node.name, 1, "free")
            found.append(verify(statement, adjoints[self.slopes[node.name]]))
        return weakest(found)

    # -- products of Jacobians

    def chain(self) -> JacobianChain | None:
        """The Jacobians between the nodes that everything goes through; None where there are
        fewer than three.
        """
        if len(self.inputs) != 1:
            return None
        through = self._through()
        if len(through) < 4:
            return None
        sizes = [entries(node.shape, self.sizes) for node in through]
        pairs = list(pairwise(through))[::-1]
        names = tuple([f"d{child.name}/d{parent.name}" for parent, child in pairs])
        place = {node.number: k for k, node in enumerate(through)}
        sides = tuple([Side(sizes[place[c.number]], sizes[place[p.number]]) for p, c in pairs])
        best, order = chain_order(sides)
        rightwards, leftwards = Count(), Count()
        for k in range(len(sides) - 1):
            whole = Side(sides[0].rows, sides[k].columns)
            leftwards = leftwards.plus(pair_count(whole, sides[k + 1]))
            tail = Side(sides[-1 - k].rows, sides[-1].columns)
            rightwards = rightwards.plus(pair_count(sides[-2 - k], tail))
        said = _bracket(order, [f"J{len(sides) - k}" for k in range(len(sides))])
        return JacobianChain(names, sides, rightwards, leftwards, best, said)

    def _through(self) -> list[GraphNode]:
        """The nodes that every path from the variable to the value goes through, inputs first."""
        found, open_until = [], 0
        for node in [*self.inputs, *self.active]:
            if open_until <= node.number:
                found.append(node)
            last = [each.number for each in self.active if node.number in each.parents]
            open_until = max([open_until, *last])
        return found


def _like(node: GraphNode) -> Variable:
    """A variable of the shape of a node."""
    return Variable(node.name, free_kind(len(node.shape)), node.shape)


def _put(tree: Expr, values: Mapping[str, Expr]) -> Expr:
    """The tree in terms of the inputs and the seeds."""
    return replace_variables(
        tree, {name: partial(_as_given, each) for name, each in values.items()}
    )


def _as_given(tree: Expr, _node: Expr) -> Expr:
    return tree


def _bracket(order: Order, names: list[str]) -> str:
    """``(J3*J2)*J1``; the tree of a chain is as deep as it is long."""
    done: list[str] = []
    todo: list[tuple[Order, bool]] = [(order, False)]
    while todo:
        node, ready = todo.pop()
        if isinstance(node, int):
            done.append(names[node])
        elif ready:
            right, left = done.pop(), done.pop()
            sides = [f"({each})" if "*" in each else each for each in (left, right)]
            done.append("*".join(sides))
        else:
            todo += [(node, True), (node[1], False), (node[0], False)]
    return done[0]
