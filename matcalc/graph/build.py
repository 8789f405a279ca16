"""A program as a graph of variables: x_i = g_i(x_Pa(i)), inputs first (Deisenroth, Faisal & Ong,
Mathematics for Machine Learning (2020), section 5.6.2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcalc.core.dims import Shape
from matcalc.core.errors import UnsupportedError
from matcalc.core.kinds import Variable, kind_spec, size_names
from matcalc.core.language import BaseLanguage
from matcalc.core.loops import Assignment, ForLoop, base
from matcalc.core.members import families
from matcalc.core.operations import ENTRYWISE
from matcalc.core.program import Program, unknown_variable
from matcalc.core.statement import DerivativeStatement
from matcalc.core.tree import Expr, drop_transpose, variable_names
from matcalc.engine.pipeline import differentiate, prepare_to_print
from matcalc.explain.instances import Trees
from matcalc.verify.verification import verify
from matcalc.write.printers.loops import split_sign
from matcalc.write.printers.program import array_head
from matcalc.write.printers.text import text

_KINDS = ("scalar", "vector", "matrix")
_INLINE = ("number", "constant", "dimension", "eye", "unit")  # no nodes of their own
_MOST = 300  # nodes of a graph that anybody would look at


@dataclass(slots=True)
class GraphNode:
    """An input or an operation.

    ``number`` is its place in the forward order, from 1; ``reverse`` that in the reverse order,
    from 1 at the output, and 0 where the output is not to be differentiated with respect to it.
    ``tree`` is the operation over the names of the ``parents``, None for an input, and for what
    another step of a loop has computed. ``whole`` is the value in terms of the inputs. With
    ``adds`` the value is added to what has this name. ``loops`` are those around it.
    """

    number: int
    name: str
    shape: Shape
    whole: Expr
    tree: Expr | None = None
    parents: tuple[int, ...] = ()
    kind: str = ""
    reverse: int = 0
    value: Any = None
    adjoint: Any = None
    adds: bool = False
    loops: tuple[ForLoop, ...] = ()

    @property
    def is_input(self) -> bool:
        """Whether nothing in the program computes it."""
        return self.tree is None and not self.parents

    @property
    def formula(self) -> str:
        """``u = A*x``; of an array by its entries ``K[i,j] = ...``, of an input its name."""
        if self.tree is None:
            return self.name
        sign, tree = split_sign(Assignment(self.name, self.tree, self.adds))
        return f"{self.name}{array_head(tree)} {sign}= {text(tree)}"


@dataclass(slots=True)
class GraphEdge:
    """The dependence of a node on one of its parents, with the local derivative.

    ``derivative`` has the axes of the child, then those of the parent; ``label`` is its text, or
    that of the matrix J of d vec(child) = J*d vec(parent) where it has more than two axes and this
    matrix has a form: it is ``vectorised`` then. Both are None where nothing is differentiated, or
    no derivative is known.

    Where the child is the parent itself in another step of a loop, there is nothing to
    differentiate, and ``step`` says in which: ``k = 1``, ``next k``.
    """

    parent: int
    child: int
    derivative: Expr | None = None
    label: str | None = None
    vectorised: bool = False
    step: str | None = None


@dataclass(slots=True)
class ComputationGraph:
    """All nodes in forward order, the last is the output, and the edges."""

    source: str
    wrt: tuple[str, ...]
    nodes: list[GraphNode]
    edges: list[GraphEdge]
    variables: dict[str, Variable] = field(default_factory=dict)
    remark: str = ""

    def node(self, number: int) -> GraphNode:
        """The node with this number."""
        return self.nodes[number - 1]

    @property
    def output(self) -> GraphNode:
        """The value of the program."""
        return self.nodes[-1]


AskedVariables = str | Sequence[str] | None  # a variable, several of them, or all


def select_variables(program: Program, wrt: AskedVariables) -> tuple[str, ...]:
    """The variables and the members of families that are meant; UnknownNameError for a name that
    is not there.
    """
    return select_names([n for n, v in program.variables.items() if v.kind != "function"], wrt)


def select_names(names: Sequence[str], wrt: AskedVariables) -> tuple[str, ...]:
    """The same of some names."""
    if wrt is None:
        return tuple(names)
    asked = (wrt,) if isinstance(wrt, str) else tuple(dict.fromkeys(wrt))
    if asked == ("all",) and "all" not in names:
        return tuple(names)
    members = families(names)
    for name in asked:
        if name not in names and name not in members:
            raise unknown_variable(names, name)
    return tuple(each for name in asked for each in members.get(name, [name]))


def build(program: Program, wrt: AskedVariables = None) -> ComputationGraph:
    """The graph of a program; with ``wrt`` only what depends on these variables is differentiated.

    Raises UnknownNameError for a variable that is not there, UnsupportedError for a graph that is
    too large to be drawn.
    """
    asked = select_variables(program, wrt)
    builder = GraphBuilder(program.variables, program.definitions, program.language)
    there = variable_names(program.expr)
    for name, each in program.variables.items():
        if name in there:
            builder.give(name, str(each))
    builder.add(program.expr)
    return builder.graph(program.source, asked)


def _active(graph: ComputationGraph) -> set[int]:
    """The numbers of the nodes that depend on one of the variables, and that the output depends
    on.
    """
    depends = {
        node.number
        for node in graph.nodes
        if node.is_input and {node.name, base(node.name)}.intersection(graph.wrt)
    }
    before = -1
    while len(depends) > before:  # once, where there are no loops
        before = len(depends)
        depends.update(node.number for node in graph.nodes if depends.intersection(node.parents))
    return depends


class GraphBuilder:
    """Names inputs and operations one after the other: ``nodes`` has what is there so far, and
    ``numbers`` the nodes that names stand for.
    """

    turned = ENTRYWISE | {"neg", "+", "-", "*", ".*", "/", "./"}  # whose rows are those of columns
    complex = False  # whether values are complex numbers

    def __init__(
        self,
        variables: Mapping[str, Variable],
        definitions: Mapping[str, Expr],
        language: BaseLanguage,
    ) -> None:
        self.language = language
        self.trees = Trees(language)
        self.variables: dict[str, Variable] = dict(variables)
        self.given = {id(self.trees.intern(tree)): name for name, tree in definitions.items()}
        taken = {*variables, *definitions, *size_names(variables.values())}
        self.letter = next(
            letter
            for letter in ("x", "v", "z", "node")
            if not any(name.startswith(letter) and name[len(letter) :].isdigit() for name in taken)
        )
        self.nodes: list[GraphNode] = []
        self.numbers: dict[str, int] = {}
        self.steps: dict[tuple[int, int], str] = {}  # what edges of loops say, by their ends

    def give(self, name: str, kind: str) -> GraphNode:
        """The node of a variable that no operation computes."""
        shape = self.variables[name].shape
        tree = self.trees.factory.make("variable", (), shape, name)
        self.numbers[name] = len(self.nodes) + 1
        node = GraphNode(self.numbers[name], name, shape, tree, kind=kind)
        self.nodes.append(node)
        return node

    def graph(self, source: str, wrt: tuple[str, ...]) -> ComputationGraph:
        """The nodes with their edges; what depends on the variables ``wrt`` is differentiated."""
        graph = ComputationGraph(source, wrt, self.nodes, [], self.variables)
        active = _active(graph)
        for node in self.nodes:
            for parent in node.parents:
                moving = parent in active and node.number in active
                step = self.steps.get((parent, node.number))
                if step is not None or not moving:
                    graph.edges.append(GraphEdge(parent, node.number, step=step))
                else:
                    graph.edges.append(self._edge(node, self.nodes[parent - 1]))
        below = [node for node in reversed(self.nodes) if node.number in active]
        for place, node in enumerate(below, 1):
            node.reverse = place
        return graph

    def add(self, expr: Expr, name: str | None = None) -> GraphNode:
        """The operations of an expression, in the order of its tree; the last one has the name."""
        root = self.trees.intern(expr)
        order = root.parts
        made: dict[int, Expr] = {}
        literals: set[int] = set()  # numbers, and what is computed of numbers alone
        for expr in order:
            if expr.op == "number" or (
                expr.op in ("/", "neg") and literals.issuperset(map(id, expr.args))
            ):
                literals.add(id(expr))
            args = tuple([made[id(arg)] for arg in expr.args])
            fresh = self._again(expr, args)
            inline = id(expr) in literals or self._is_inline(expr)
            last = expr is root and (name is not None or expr.op != "variable")
            if last or not inline:
                fresh = self._name(expr, fresh, name if last else None)
            made[id(expr)] = fresh
            if len(self.nodes) > _MOST:
                raise UnsupportedError(
                    f"the graph has more than {_MOST} nodes, too many to read",
                    hint="draw a part of the expression",
                )
        return self.nodes[-1]

    def _again(self, expr: Expr, args: tuple[Expr, ...]) -> Expr:
        """The operation, of other arguments."""
        factory = self.trees.factory
        if expr.op == "'":
            return factory.transpose(args[0])  # of what was a row and has a name, nothing is left
        return factory.make(expr.op, args, expr.shape, expr.value, expr.row)

    def _is_inline(self, expr: Expr) -> bool:
        """Names, literals, transposes, and negatives of names are in the formulas of others."""
        if expr.op in _INLINE or expr.op == "variable":
            return True
        if expr.op == "'":
            return True
        inner = expr.args[0] if expr.op in ("neg", "fill") else expr
        inner = drop_transpose(inner)
        return inner is not expr and (inner.op in _INLINE or inner.op == "variable")

    def _name(self, expr: Expr, fresh: Expr, name: str | None) -> Expr:
        factory = self.trees.factory
        upright = self._upright(fresh)
        number = len(self.nodes) + 1
        if name is None:
            given = self.given.get(id(expr))
            free = given is not None and given not in self.numbers
            name = given if given is not None and free else f"{self.letter}{number}"
        names = dict.fromkeys(part.value for part in upright.parts if part.op == "variable")
        parents = tuple(self.numbers[parent] for parent in names if parent in self.numbers)
        self.numbers[name] = number
        kind = _KINDS[upright.rank]
        self.variables[name] = Variable(name, kind, upright.shape, complex=self.complex)
        whole = self._upright(expr)
        self.nodes.append(GraphNode(number, name, upright.shape, whole, upright, parents))
        letter = self.trees.variable(name, upright)
        return factory.transpose(letter) if fresh.row else letter

    def _upright(self, expr: Expr) -> Expr:
        """A row as a column: A'*x for x'*A."""
        if not expr.row:
            return expr
        factory = self.trees.factory
        if expr.op not in self.turned:
            return factory.transpose(expr)
        args = [self._upright(arg) if arg.row else self._turned(arg) for arg in expr.args]
        if expr.op == "*" and all(arg.shape for arg in args):
            args.reverse()
        return factory.make(expr.op, tuple(args), expr.shape, expr.value)

    def _turned(self, expr: Expr) -> Expr:
        """The transpose; a symmetric variable stays."""
        known = self.variables.get(expr.value) if expr.op == "variable" else None
        if known is not None and kind_spec(known.kind).symmetry == 1:
            return expr
        return self.trees.factory.transpose(expr)

    def _settle(self, program: Program, derivative: Expr) -> Expr:
        """A derivative that was verified, as it is to be shown."""
        return derivative

    def _edge(self, child: GraphNode, parent: GraphNode) -> GraphEdge:
        """The derivative of an operation by one of its arguments, in which its value has its
        name.
        """
        assert child.tree is not None
        used = {
            part.value: self.variables[part.value]
            for part in child.tree.parts
            if part.op == "variable"
        }
        functions = {n: v for n, v in self.variables.items() if v.kind == "function"}
        known = {**used, **functions}
        program = Program(child.tree, known, text(child.tree), self.language)
        statement = DerivativeStatement(program, parent.name, 1, "free")
        try:
            tree = differentiate(statement)
        except UnsupportedError:
            return GraphEdge(parent.number, child.number)
        verify(statement, tree)
        tree = self._settle(program, tree)
        printed = prepare_to_print(
            tree, program.variables, statement.columns, language=program.language
        )
        label, vectorised = self._label(child, printed), printed.rank < tree.rank
        return GraphEdge(parent.number, child.number, tree, label, vectorised)

    def _label(self, child: GraphNode, printed: Expr) -> str:
        """The text of a derivative, in which the value of the operation has its name."""
        own = self.trees.variable(child.name, child.tree) if child.tree is not None else printed
        value = self.trees.intern(child.tree) if child.tree is not None else own
        inside = self.trees.intern(printed)

        def rule(expr: Expr, args: list[Expr]) -> Expr:
            if expr is value and expr.args:
                return own
            return self.trees.factory.make(expr.op, tuple(args), expr.shape, expr.value, expr.row)

        named = inside.fold(rule)
        written = text(named)
        head = array_head(named)
        return f"D{head} = {written}" if head else written
