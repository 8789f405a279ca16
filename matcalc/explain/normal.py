"""Lines brought into the engine's form: networks, rewritten, and back to matrix notation.

The names of the rewrites that fired are kept; they are the reasons of a line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from matcalc.core.kinds import Variable, kind_spec
from matcalc.core.tree import Expr
from matcalc.engine.calculus.derivative import derivative
from matcalc.engine.calculus.rules import LocalDerivatives
from matcalc.engine.calculus.structured import project
from matcalc.engine.ir.build import Builder
from matcalc.engine.ir.nodes import Node
from matcalc.engine.lowering.lower import Lowering
from matcalc.engine.pipeline import leaf_of
from matcalc.engine.recovery.diagonals import restore_diagonals
from matcalc.engine.recovery.recover import Recovery
from matcalc.engine.rewriting.engine import Rewriter
from matcalc.engine.rewriting.shorten import Shortener
from matcalc.explain.instances import CannotShow, Trees
from matcalc.write.printers.text import has_indices


class Normal:
    """Networks over some variables."""

    def __init__(
        self, trees: Trees, variables: Mapping[str, Variable], free: Sequence[str] = ()
    ) -> None:
        self.trees = trees
        self.builder = Builder(trees.known)
        self.lowering = Lowering(self.builder, trees.known.definition)
        self.names = {
            name: leaf_of(self.builder, each, free=name in free) for name, each in variables.items()
        }
        self.rules: list[str] = []  # names of the rewrites that fired last

    def form(self, tree: Expr) -> Expr:
        """The tree as the engine writes it."""
        node, steps = self._rewrite(self.lowering.lower(tree, self.names))
        return self._recover(node, steps, tree)

    def coefficient(self, tree: Expr, name: str, kind: str = "") -> Expr:
        """What a line is multiplied by the differential ``name`` in; of a structured ``kind``, that
        which is in the structured set.
        """
        leaf = self.names[name]
        line = self.lowering.lower(tree, self.names)
        slopes = LocalDerivatives(self.builder, self.lowering)
        node, steps = self._rewrite(derivative(self.builder, line, leaf, slopes))
        if kind_spec(kind).linear:
            node, more = self._rewrite(project(self.builder, node, kind, line.rank))
            steps += more
        return self._recover(node, steps)

    def differential(self, expr: Expr, moves: Sequence[bool], inner: Sequence[Expr]) -> Expr:
        """The differential of one call, by the network's derivative."""
        places: dict[str, Node] = {}
        back: dict[str, Expr] = {}
        args: list[Expr] = []
        for place, (arg, moving) in enumerate(zip(expr.args, moves, strict=True)):
            if arg.op in ("number", "dimension", "constant"):
                args.append(arg)
                continue
            name = f"?{place}"
            args.append(self.trees.variable(name, arg))
            places[name] = self.builder.leaf("variable", arg.shape, name)
            back[name] = self.trees.upright(arg)
            if moving:
                places[f"?d{place}"] = self.builder.leaf("variable", arg.shape, f"?d{place}")
                back[f"?d{place}"] = self.trees.upright(inner[place])
        call = self.trees.factory.make(expr.op, tuple(args), expr.shape, expr.value, expr.row)
        node = self.lowering.lower(call, places)
        slopes = LocalDerivatives(self.builder, self.lowering)
        terms = []
        for place, moving in enumerate(moves):
            if moving:
                leaf, step = places[f"?{place}"], places[f"?d{place}"]
                kernel = derivative(self.builder, node, leaf, slopes)
                labels = tuple(range(kernel.rank))
                factors = [(kernel, labels, 1), (step, labels[node.rank :], 1)]
                product = self.builder.product(1, factors, labels[: node.rank], node.axes)
                terms.append((1, product))
        total, steps = self._rewrite(self.builder.sum(terms, node.axes))
        shown = self._recover(total, steps)
        made = self.trees.intern(shown, back)
        return self.trees.factory.transpose(made) if expr.row else made

    def _rewrite(self, node: Node) -> tuple[Node, list[str]]:
        """The node rewritten and shortened, and the names of the rewrites."""
        rewriter = Rewriter(self.builder, self.lowering, phases=("short",))
        shortened = Shortener(self.builder).shorten(rewriter.rewrite(node))
        node = rewriter.rewrite(shortened)
        return node, [step.rule for step in rewriter.steps]

    def _recover(self, node: Node, steps: list[str], like: Expr | None = None) -> Expr:
        last = Rewriter(self.builder, self.lowering, final=True, phases=("short",))
        node = restore_diagonals(self.builder, last.rewrite(node))
        functions = self.trees.known.language.functions
        recovery = Recovery(functions=functions, branches=self.builder.complex)
        tree = self.trees.intern(recovery.recover(node))
        if tree.is_tensor or has_indices(tree):
            raise CannotShow("it has no matrix notation")
        self.rules = [*steps, *(step.rule for step in last.steps)]
        if like is not None and like.row != tree.row:
            return self.trees.factory.transpose(tree)
        return tree
