"""The indicators of the network written as comparisons: in conditions, and in answers to programs
that compare.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from matcalc.core.indexed import Form
from matcalc.core.likeness import Likeness
from matcalc.core.operations import COMPARISONS, MIRRORED, OPPOSITE
from matcalc.core.tree import Expr, is_number
from matcalc.core.walk import fold
from matcalc.engine.recovery.factory import ExpressionFactory

Binary = Callable[[str, Expr, Expr], Expr]


def condition(factory: ExpressionFactory, tree: Expr) -> Expr:
    """step(a - b) as a > b, 1 - step(a - b) as a <= b; of a product of indicators each of them."""

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op == "step":
            return _above(factory.binary, node.args[0], factory.number(0))
        if _is_complement(node, args):
            return factory.binary(OPPOSITE[args[1].op], *args[1].args)
        return factory.binary(node.op, *args) if node.op in ("*", ".*") else node

    return fold(tree, lambda node: node.args if node.op in ("*", ".*", "-") else (), rule)


def compare(factory: ExpressionFactory, tree: Expr, program: Expr) -> Expr:
    """The tree with comparisons in place of steps, also in index notation; the sides of one that
    the program has stand as they do there.
    """
    likeness = Likeness()
    typed = {
        tuple([likeness.of(side) for side in part.args])
        for part in program.parts
        if part.op in COMPARISONS
    }

    def turn(node: Expr, make: Binary) -> Expr:
        left, right = (likeness.of(side) for side in node.args)
        other = (right, left) in typed and (left, right) not in typed
        return make(MIRRORED[node.op], *node.args[::-1]) if other else node

    def write(node: Expr, args: Sequence[Expr], make: Binary) -> Expr | None:
        if node.op == "step":
            return turn(_above(make, args[0], factory.number(0)), make)
        if _is_complement(node, args):
            return turn(make(OPPOSITE[args[1].op], *args[1].args), make)
        return turn(make(node.op, *args), make) if node.op in COMPARISONS else None

    def rule(node: Expr, args: list[Expr]) -> Expr:
        if node.op != "indexed":
            return write(node, args, factory.binary) or factory.remake(node, args)
        form = node.value
        body = form.body.fold(
            lambda each, inside: write(each, inside, _entry_of_form) or each.with_args(inside)
        )
        new = Form(form.indices, body, form.room)
        return factory.make("indexed", tuple(args), node.shape, new, row=node.row)

    return tree.fold(rule)


def _is_complement(node: Expr, args: Sequence[Expr]) -> bool:
    """Whether this is one less a comparison."""
    return node.op == "-" and args[1].op in OPPOSITE and is_number(_entry(node.args[0]), 1)


def _entry(expr: Expr) -> Expr:
    return expr.args[0] if expr.op == "fill" else expr


def _entry_of_form(op: str, left: Expr, right: Expr) -> Expr:
    return Expr(op, (left, right), ())


def _above(make: Binary, gap: Expr, zero: Expr) -> Expr:
    """gap > 0; a number is on the right."""
    left, right = (gap.args[0], gap.args[1]) if gap.op == "-" else (gap, zero)
    if gap.op == "neg":
        return make("<", gap.args[0], right)
    if is_number(_entry(left)):
        return make("<", right, left)
    return make(">", left, right)
