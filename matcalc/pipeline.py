"""The stages and their order; the only module that knows both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from matcalc.calculus.derivative import derivative
from matcalc.calculus.rules import Slopes
from matcalc.calculus.structured import PROJECTED, project
from matcalc.catalogue.compiled import definition
from matcalc.catalogue.load import LIBRARY
from matcalc.core.errors import NameProblem, ShapeProblem, Span
from matcalc.core.kinds import Variable
from matcalc.core.program import Program
from matcalc.core.tree import Expr
from matcalc.core.walk import fold
from matcalc.frontend import read
from matcalc.ir.build import Builder
from matcalc.ir.nodes import Node
from matcalc.ir.rebuild import substitute
from matcalc.lowering.lower import Lowering
from matcalc.printers.naming import naming
from matcalc.printers.program import program_text
from matcalc.printers.sizes import known_sizes, kronecker_sizes, size_choices
from matcalc.printers.text import has_indices, index_head, text
from matcalc.recovery.kronecker import kronecker
from matcalc.recovery.recover import Recovery
from matcalc.rewriting.engine import PHASES, Rewriter
from matcalc.rewriting.expansion import expanded
from matcalc.rewriting.shorten import Shortener

if TYPE_CHECKING:
    from matcalc.rewriting.commuting import Commuting

_LEAST_TRIED, _MOST_TRIED = 12, 200  # tokens of a result that is tried multiplied out as well


def derive(program: Program, wrt: str, order: int = 1, *, structure: str = "declared", layout: str = "mixed") -> Expr:
    """The derivative of a program by one of its variables, as a typed tree in matrix notation.

    Its axes are those of the expression followed by those of the variable, ``order`` times; see docs/conventions.md for
    ``structure`` and ``layout``. Raises NameProblem for an unknown variable, UnsupportedProblem where no rule is known.
    """
    variable = program.variables.get(wrt)
    if variable is None:
        raise NameProblem(
            f"{wrt} is not a variable of this expression",
            source=wrt,
            span=Span(0, len(wrt)),
            hint=f"its variables are {', '.join(program.variables) or 'none'}",
        )
    engine = _Engine(program.expr.rank, layout)
    builder = engine.builder
    # the variable is free while we differentiate: S' = S would merge entries that vary on their own
    names = {v.name: _leaf(builder, v, free=v is variable) for v in program.variables.values()}
    node = engine.rewriter.rewrite(engine.lowering.lower(program.expr, names))
    slopes = Slopes(builder, engine.lowering)
    for _ in range(order):
        node = engine.shortened(derivative(builder, node, names[wrt], slopes))
    if variable.kind not in ("scalar", "vector", "matrix"):
        node = substitute(builder, node, {names[wrt]: _leaf(builder, variable, free=False)})
    if structure == "declared" and variable.kind in PROJECTED:
        for turn in range(order):
            node = project(builder, node, variable.kind, program.expr.rank + 2 * turn)
    return engine.recovered(node)


def simplify(program: Program, *, expand_inverse: bool = False) -> Expr:
    """The program's value as the engine writes it, where that is no longer than what was typed, and else as it was typed.

    With ``expand_inverse`` inverses and determinants of updated matrices are expanded (see ``expansion``), however long that is.
    """
    engine = _Engine(program.expr.rank, "mixed", () if expand_inverse else PHASES)
    names = {v.name: _leaf(engine.builder, v, free=False) for v in program.variables.values()}
    node = engine.lowering.lower(program.expr, names)
    node = expanded(engine.builder, engine.rewriter.rewrite(node)) if expand_inverse else engine.shortened(node)
    tree = engine.recovered(engine.rewriter.rewrite(node))
    forge = engine.recovery.forge
    if program.expr.row:
        tree = forge.transpose(tree)
    typed = fold(program.expr, lambda e: e.args, lambda e, args: forge.make(e.op, tuple(args), e.shape, e.value, e.row))
    longer = forge.size(typed) < forge.size(tree) and not expand_inverse
    return typed if has_indices(tree) or longer else tree


class _Engine:
    """What one derivation works with: a builder, all that keeps its nodes, and the road back to matrix notation."""

    def __init__(self, rank: int, layout: str, phases: tuple[str, ...] = ("short",)) -> None:
        self.rank = rank  # of the expression
        self.layout = layout
        self.builder = Builder(LIBRARY.traits)
        self.lowering = Lowering(self.builder, definition)
        self.phases = phases
        self.rewriter = Rewriter(self.builder, self.lowering, final=False, phases=phases)
        self.shortener = Shortener(self.builder)
        self.recovery = Recovery()
        self.commuting: Commuting | None = None

    def shortened(self, node: Node) -> Node:
        """The node rewritten, and multiplied out where that makes it shorter."""
        node = self._commuting(node)
        return self._commuting(self.rewriter.rewrite(self.shortener.shorten(self.rewriter.rewrite(node))))

    def _commuting(self, node: Node) -> Node:
        """The node with derivatives of functions of matrices in ordinary form where all commutes."""
        if not self.builder.matrix_functions:
            return node
        if self.commuting is None:
            from matcalc.rewriting.commuting import Commuting  # noqa: PLC0415 - few expressions have functions of matrices

            self.commuting = Commuting(self.builder, self.lowering)
        return self.commuting.reduce(node)

    def recovered(self, node: Node) -> Expr:
        """The tree of a node, or where that is shorter the tree of the node multiplied out."""
        last = Rewriter(self.builder, self.lowering, final=True, phases=self.phases)
        size = self.recovery.forge.size
        tree = _lay_out(self.recovery, self.builder, last.rewrite(node), self.rank, self.layout)
        spread = self.shortener.expanded(node) if _LEAST_TRIED <= size(tree) <= _MOST_TRIED else None
        if spread is not None:
            other = last.rewrite(self.rewriter.rewrite(spread))
            tree = min(tree, _lay_out(self.recovery, self.builder, other, self.rank, self.layout), key=size)
        return tree


def _leaf(builder: Builder, variable: Variable, *, free: bool) -> Node:
    structure = "" if free or variable.kind in ("scalar", "vector", "matrix") else variable.kind
    return builder.leaf("variable", variable.shape, variable.name, structure)


def _lay_out(recovery: Recovery, builder: Builder, node: Node, rank: int, layout: str) -> Expr:
    """numerator: the gradient of a scalar is transposed; denominator: the derivative of anything else is."""
    if layout == "mixed" or (layout == "numerator") == (rank > 0) or not node.axes:
        return recovery.recover(node)
    if node.rank == 2:
        return recovery.recover(builder.transpose(node))
    if node.rank == 1:
        return recovery.recover_row(node)
    return recovery.recover(builder.permute(node, tuple(range(rank, node.rank)) + tuple(range(rank))))


def render(
    tree: Expr,
    variables: Mapping[str, Variable],
    columns: int = 0,
    *,
    cse: bool = False,
    definitions: Mapping[str, Expr] | None = None,
) -> str:
    """The final text: matrix notation, for three axes and more a Kronecker product or index notation.

    ``columns`` says how many of the last axes are those of the variable. With up to two axes the text parses again with
    ``variables`` and means the same; sizes that the text does not fix are written out. What repeats in a long text is
    named (``cse``, see ``naming``), by the names that ``definitions`` give where they do.
    """
    tree = known_sizes(tree, variables)
    if tree.rank > 2 or has_indices(tree):
        matrix = kronecker(tree, columns) if tree.rank > 2 else None
        if matrix is not None:
            return program_text(matrix, named(matrix, variables, cse, definitions), kronecker_sizes(matrix))
        head = "" if tree.op == "fill" else f"{index_head(tree.rank)} = "
        return program_text(tree, named(tree, variables, cse, definitions), size_choices(tree)[-1], head=head)
    names = named(tree, variables, cse, definitions)
    choices = size_choices(tree)
    for sized in choices:
        shown = program_text(tree, names, sized)
        if len(choices) == 1 or _says_it_all(shown, tree, variables):
            break
    return shown


def named(
    tree: Expr, variables: Mapping[str, Variable], cse: bool = False, definitions: Mapping[str, Expr] | None = None
) -> dict[int, str]:
    """The parts of a tree that get names; what ``definitions`` define keeps its name."""
    sizes = {name for variable in variables.values() for size in variable.dims for name in size.names}
    given: dict[str, str] = {}

    def known(part: Expr) -> str | None:
        if definitions and not given:
            given.update({text(simplify(Program(value, dict(variables), ""))): name for name, value in definitions.items()})
        return given.get(text(part))

    taken = {*variables, *sizes, *(definitions or {})}
    taken |= {name.replace("_", "") for name in taken}  # LaTeX sets t_1 and t1 alike
    return naming(tree, taken, cse=cse, known=known if definitions else None)


def _says_it_all(shown: str, tree: Expr, variables: Mapping[str, Variable]) -> bool:
    """Whether the text, read again, has just the shape of the tree."""
    try:
        again = read(shown, variables)
    except ShapeProblem:
        return False  # sizes that only their product fixes
    return not again.undetermined and again.expr.shape == tree.shape
